"""Notices: what is said first when the person who asks may be in danger or asks for personal advice."""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.content.review import Sentence
from app.content.statement import SourceRef
from app.content.treatment import Name
from app.values.ids import Slug
from app.values.model import Value

Example = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
_FAMILY = re.compile(r"\{([^}]*)\}")


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
    """Phrases that call for it wherever they stand in a question; inflection, case and misspelling do not count. `{family}` stands for any
    of its words, `{one,other}` for any of two families, `..` for up to one word between, `...` for up to three, `##` for a number of two or
    more digits, `$` for the end of a clause."""
    unless: tuple[Name, ...] = ()
    """Phrases of general questions: with one of them the signs count only where the question speaks of somebody (`someone`)."""
    never: tuple[Name, ...] = ()
    """Phrases with which the signs do not count at all: idioms."""
    examples: tuple[Example, ...] = ()
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
    families: dict[Slug, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """Words and phrases that mean the same in signs, by name."""
    someone: tuple[Slug, ...] = ()
    """Families that speak of the person who asks, or of one near to them."""
    notices: Annotated[tuple[Notice, ...], Field(min_length=1)]
    """All notices."""
    harmless: tuple[Example, ...] = ()
    """Questions that call for no notice although they sound alike: research, labels, idioms."""

    @model_validator(mode="after")
    def _families_exist(self) -> Self:
        phrases = [phrase for notice in self.notices for phrase in (*notice.signs, *notice.unless, *notice.never)]
        named = {name for phrase in phrases for part in _FAMILY.findall(phrase) for name in part.split(",")} | set(self.someone)
        unknown = sorted(named - set(self.families))
        if unknown:
            raise ValueError(f"there is no family `{unknown[0]}`: there are {', '.join(self.families) or 'none'}")
        return self
