"""Notices: what is said first when the person who asks may be in danger or asks for personal advice."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.content.review import Sentence
from app.content.statement import SourceRef
from app.content.treatment import Name
from app.values.ids import Slug
from app.values.model import Value


class Contact(Value):
    """Whom to call."""

    region: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|EU|international)$")]
    """ISO 3166-1 country code, `EU` or `international`."""
    name: Name
    """Name of the service."""
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+ ]{2,20}$")] | None = None
    """Number to call from inside the region."""
    text: Name | None = None
    """Number and word to text, if the service takes text messages."""
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None = None
    """Official address."""
    hours: Name | None = None
    """When it answers."""
    source: SourceRef
    """Where the contact was checked."""


class Notice(Value):
    """A message that goes before answers."""

    id: Slug
    """Short name."""
    kind: Literal["crisis", "personal-advice", "emergency"]
    """What it is for."""
    title: Name
    """Heading."""
    text: Sentence
    """What it says."""
    signs: tuple[Name, ...] = ()
    """Phrases that call for it wherever they stand in a question; inflection and case do not count."""
    examples: tuple[Name, ...] = ()
    """Questions that call for it, in as many wordings as possible: what the model learns from."""
    contacts: tuple[Contact, ...] = ()
    """Whom to call, by region."""


class Notices(Value):
    """The file `notices.yaml`."""

    added: date
    """Day the notices were first published."""
    reviewed: date
    """Day texts and contacts were last checked."""
    next_review: date
    """Day they are to be checked again."""
    notices: Annotated[tuple[Notice, ...], Field(min_length=1)]
    """All notices."""
    harmless: tuple[Name, ...] = ()
    """Questions that call for no notice although they sound alike: research, labels, idioms."""
