"""What the operations give back: the data, and what is known about where it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from treatment_information import models

T = TypeVar("T")


@dataclass(frozen=True)
class Origin:
    """Where an answer came from."""

    url: str
    """The address that was asked."""
    etag: str | None
    """Validator of this very answer."""
    request_id: str | None
    """Names the request in the service's log."""
    from_memory: bool
    """True when the body was kept from an earlier request: still fresh, or confirmed by a 304."""
    is_stale: bool
    """True when the service could not be reached, and a kept answer stands in for it (`stale_if_error`)."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """An answer with one resource."""

    data: T
    """The resource."""
    meta: models.Meta
    """Release, licence and disclaimer. Show the disclaimer with the content."""
    links: Mapping[str, str | None]
    """Addresses, relative to the server."""
    included: models.Included | None
    """Records asked for with `include`."""
    origin: Origin
    """Where the answer came from."""

    @property
    def release(self) -> str:
        """Name of the content release that the data was taken from."""
        return self.meta["release"]


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; iterating gives its entries."""

    data: list[T]
    """The entries of this page."""
    meta: models.ListMeta
    """Release, licence, disclaimer, `total`, `limit` and `offset`."""
    links: Mapping[str, str | None]
    """Addresses of this page and its neighbours, relative to the server."""
    included: models.Included | None
    """Records asked for with `include`."""
    origin: Origin
    """Where the page came from."""

    @property
    def release(self) -> str:
        """Name of the content release that the entries were taken from."""
        return self.meta["release"]

    @property
    def total(self) -> int:
        """Number of entries on all pages together."""
        return self.meta["total"]

    def __iter__(self) -> Iterator[T]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)
