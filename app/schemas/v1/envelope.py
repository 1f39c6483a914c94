"""What is around every JSON answer."""

from typing import Any, Generic, TypeVar

from pydantic import Field

from app.schemas.v1.source import Source
from app.schemas.v1.study import Study
from app.schemas.v1.term import Term
from app.values.model import Value

DataT = TypeVar("DataT")

LICENSE = "CC BY 4.0"
LICENSE_URL = "https://creativecommons.org/licenses/by/4.0/"
DISCLAIMER = (
    "Information about treatments, not medical advice. It cannot take the place of a doctor, pharmacist or nurse who knows you. "
    "In an emergency call your local emergency number."
)


class Meta(Value):
    """About the answer rather than its subject."""

    api_version: str = Field(examples=["1.0.0"])
    """Version of the API contract."""
    release: str = Field(examples=["2026.11.23-3f9a1c2b"])
    """Name of the content release that the answer was taken from: the day of its newest change and a digest of all its
    content. Two answers with the same release name agree with each other."""
    license: str
    """Licence of the content."""
    disclaimer: str
    """What the content is not. Show it with the content."""


class ListMeta(Meta):
    """About a list."""

    total: int
    """Number of entries that match, on all pages together."""
    limit: int
    """Most entries that a page holds, as asked for."""
    offset: int
    """Number of entries before this page."""


class Links(Value):
    """Addresses of the answer, relative to the server."""

    self: str
    """This answer."""


class ListLinks(Links):
    """Addresses of the pages of a list."""

    next: str | None
    """The next page, null on the last one."""
    prev: str | None
    """The page before, null on the first one."""


class Included(Value):
    """Records that the data refers to, as asked for with `include`."""

    sources: list[Source] | None
    """The cited sources, null when not asked for."""
    studies: list[Study] | None
    """The studies behind the figures and sources, null when not asked for."""
    terms: list[Term] | None
    """Glossary entries of the words used, null when not asked for."""


class Envelope(Value, Generic[DataT]):
    """An answer with one resource."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name in the OpenAPI description: `TreatmentAnswer`."""
        return f"{getattr(params[0], '__name__', 'Any')}Answer"

    data: DataT
    """The resource."""
    meta: Meta
    """Release, licence and disclaimer."""
    links: Links
    """Addresses."""


class IncludingEnvelope(Envelope[DataT], Generic[DataT]):
    """An answer with one resource, which can bring the records that it refers to."""

    included: Included | None
    """The records asked for with `include`, null without it."""


class ListEnvelope(Value, Generic[DataT]):
    """An answer with one page of a list."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name in the OpenAPI description: `TreatmentCardPage`."""
        return f"{getattr(params[0], '__name__', 'Any')}Page"

    data: list[DataT]
    """The entries of this page."""
    meta: ListMeta
    """Release, licence, disclaimer and the size of the list."""
    links: ListLinks
    """Addresses of this page and its neighbours."""


class IncludingListEnvelope(ListEnvelope[DataT], Generic[DataT]):
    """A page of a list, which can bring the records that it refers to."""

    included: Included | None
    """The records asked for with `include`, null without it."""
