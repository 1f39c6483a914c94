"""Parts that several resources share."""

import datetime as dt

from pydantic import Field

from app.values.model import Value


class Code(Value):
    """A code of the thing in another system."""

    system: str = Field(examples=["http://www.nlm.nih.gov/research/umls/rxnorm"])
    """Address of the code system, as FHIR names it where FHIR does."""
    code: str = Field(examples=["6130"])
    """The code."""
    display: str = Field(examples=["ketamine"])
    """What the system calls the thing."""
    status: str = Field(examples=["current"])
    """`current` or `superseded`; look-ups answer for both."""


class Reference(Value):
    """A pointer to another record."""

    id: str
    """Id of the record."""
    name: str
    """What it is called."""
    href: str = Field(examples=["/v1/drugs/ketamine"])
    """Address of the record, relative to the server."""


class ItemLinks(Value):
    """Addresses that belong to a resource."""

    self: str
    """Its own address, relative to the server."""


class ChangeNote(Value):
    """Something that happened to an item after it was first published."""

    date: dt.date
    """Day of the change."""
    kind: str = Field(examples=["corrected"])
    """`corrected` (it was wrong), `updated` (the evidence or the world moved), `reviewed`, `withdrawn` or `added`."""
    note: str
    """What changed and why."""


class Dated(Value):
    """Id, version and review of an item."""

    id: str
    """Never changes; also part of the item's address."""
    version: int
    """Rises by one when the item's meaning changes."""
    added: dt.date
    """Day the item was first published."""
    reviewed: dt.date
    """Day a person last checked the item against its sources."""
    next_review: dt.date
    """Day by which it is to be checked again."""
    changes: list[ChangeNote]
    """What happened since it was first published, oldest first."""
