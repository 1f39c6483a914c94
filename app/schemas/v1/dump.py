"""The manifest of the dumps."""

import datetime as dt

from pydantic import Field

from app.values.model import Value


class DumpFile(Value):
    """A file that holds everything."""

    format: str = Field(examples=["ndjson"])
    """`ndjson` or `sqlite`."""
    media_type: str
    """Media type of the file."""
    description: str
    """What the file is."""
    bytes: int
    """Length of the file, unpacked."""
    sha256: str
    """SHA-256 of the file, unpacked, in hexadecimal."""
    href: str = Field(examples=["/v1/dump.ndjson"])
    """Address of the file."""


class DumpCollection(Value):
    """A collection that the dumps hold."""

    name: str = Field(examples=["drugs"])
    """Name of the collection."""
    count: int
    """Number of its records."""
    schema_href: str = Field(examples=["/openapi.json#/components/schemas/Drug"])
    """Address of the JSON Schema of its records."""


class KnownRelease(Value):
    """A release that another one follows."""

    release: str = Field(examples=["2026.11.23-3f9a1c2b"])
    """Name of the release."""
    date: dt.date
    """Day from which on to ask for what has changed since that release."""


class Dump(Value):
    """What the dumps hold."""

    release: str
    """Name of the content release."""
    released: dt.date
    """Day of the newest change in the content."""
    digest: str
    """SHA-256 of the canonical content, in hexadecimal."""
    license: str
    """Licence of the content."""
    license_url: str
    """Address of the licence."""
    files: list[DumpFile]
    """The dumps."""
    collections: list[DumpCollection]
    """What is in them, in the order of the lines."""
    follows: list[KnownRelease]
    """Releases that `/v1/changes` brings up to date, the oldest first and this one last. A copy of another release has to be taken anew."""
    changes: str = Field(examples=["/v1/changes?since=2026-11-23"])
    """Keep this address with your copy: it tells later what has changed since."""
