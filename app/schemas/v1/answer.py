"""Answers to questions, and search results."""

from typing import Literal

from pydantic import Field

from app.schemas.v1.fact import Fact
from app.values.model import Value


class Span(Value):
    """Where a word of the question stands in a text."""

    field: Literal["text", "plain"]
    """In which of the fact's two texts."""
    start: int
    """Index of the first character, from 0."""
    end: int
    """Index after the last character."""


class FoundFact(Fact):
    """A fact that was found, with how well it fits."""

    score: float
    """How well it fits the question, from 0 to 1; in answers, how likely it answers it."""
    question: str | None
    """The question of this fact that is nearest to the one asked; null when none is near."""
    highlights: list[Span]
    """Words of the question in the fact's texts."""


class QuotedFact(FoundFact):
    """A fact as an answer, to be quoted word for word."""

    quote: str
    """The wording for the audience asked for: `plain` for the public, `text` for professionals."""


class Contact(Value):
    """Whom to call."""

    region: str = Field(examples=["US"])
    """ISO 3166-1 country code, `EU` or `international`."""
    name: str
    """Name of the service."""
    phone: str | None
    """Number to call from inside the region; null when there is none."""
    text: str | None
    """Number to text; null when there is none."""
    url: str | None
    """Official address; null when there is none."""
    hours: str | None
    """When it answers; null when not recorded."""


class Notice(Value):
    """A message that goes before the facts because of what the question shows."""

    kind: str = Field(examples=["crisis"])
    """`crisis`: someone may be at risk of suicide or self-harm; `emergency`: a medical emergency; `personal-advice`: a question that
    only someone who knows the person can answer."""
    title: str
    """Heading."""
    text: str
    """What to say."""
    contacts: list[Contact]
    """Whom to call, by region; empty for `personal-advice`."""


class Answer(Value):
    """What the catalogue says to a question, in statements that may be quoted; never a new sentence."""

    question: str
    """The question, as it was asked."""
    status: str = Field(examples=["answered"])
    """`answered`, or `no_answer` when the catalogue does not cover the question."""
    facts: list[QuotedFact]
    """Statements that answer it, best first; empty with `no_answer`."""
    left_out: int
    """Facts that fitted too, but not into `max_tokens`."""
    notices: list[Notice]
    """Messages to show before the facts, the most urgent first."""
    suggestions: list[str]
    """Questions that this catalogue does answer."""
