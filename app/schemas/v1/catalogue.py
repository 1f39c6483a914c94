"""The catalogue as a whole: index, look-up and changes."""

import datetime as dt

from pydantic import Field

from app.schemas.v1.common import ItemLinks
from app.values.model import Value


class Collection(Value):
    """A kind of record."""

    name: str = Field(examples=["treatments"])
    """Name of the collection."""
    description: str
    """What its records are."""
    count: int
    """Number of records."""
    href: str = Field(examples=["/v1/treatments"])
    """Address of the list."""


class Index(Value):
    """What the API holds."""

    title: str
    """Name of the API."""
    api_version: str
    """Version of the contract."""
    release: str
    """Name of the content release."""
    released: dt.date
    """Day of the newest change in the content."""
    digest: str
    """SHA-256 of the canonical content, in hexadecimal."""
    collections: list[Collection]
    """Every kind of record, with its count."""
    documentation: str
    """Address of the interactive documentation."""
    openapi: str
    """Address of the OpenAPI description."""


class LookupResult(Value):
    """A record that carries a code."""

    collection: str = Field(examples=["drugs"])
    """Collection of the record."""
    id: str = Field(examples=["ketamine"])
    """Id of the record."""
    name: str = Field(examples=["ketamine"])
    """Name of the record."""
    system: str
    """Address of the code system."""
    code: str
    """The code, as recorded."""
    display: str
    """What the system calls the thing."""
    status: str = Field(examples=["current"])
    """`current` or `superseded`."""
    links: ItemLinks
    """Addresses."""


class Change(Value):
    """Something that happened to the content."""

    date: dt.date
    """Day of the change."""
    kind: str = Field(examples=["added"])
    """`added`, `corrected`, `updated`, `reviewed` or `withdrawn`."""
    collection: str = Field(examples=["facts"])
    """Collection of the item."""
    id: str
    """Id of the item."""
    name: str
    """What the item is called; for facts, their section."""
    version: int
    """Version of the item now."""
    note: str
    """What changed and why."""
    links: ItemLinks
    """Addresses; that of a withdrawn item answers 410."""


class Health(Value):
    """Whether the service works."""

    status: str = Field(examples=["ok"])
    """`ok`."""
    release: str | None
    """Name of the release being served, null when there is none."""
