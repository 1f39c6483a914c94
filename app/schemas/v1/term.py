"""The glossary."""

from pydantic import Field

from app.schemas.v1.common import Dated, ItemLinks, Reference
from app.schemas.v1.fact import FactInSection
from app.values.model import Value


class Term(Dated):
    """A word of the glossary."""

    id: str = Field(examples=["madrs"])
    """Id of the term."""
    name: str = Field(examples=["Montgomery-Åsberg Depression Rating Scale"])
    """The term, written out."""
    abbreviation: str | None = Field(examples=["MADRS"])
    """Its abbreviation; null when there is none."""
    other_names: list[str]
    """Synonyms."""
    definition: list[FactInSection]
    """What it means; the first statement is the definition."""
    related: list[Reference]
    """Related terms."""
    links: ItemLinks
    """Addresses."""


class TermCard(Value):
    """A word of the glossary, in a list."""

    id: str
    """Id of the term."""
    name: str
    """The term, written out."""
    abbreviation: str | None
    """Its abbreviation; null when there is none."""
    text: str
    """Definition for professionals."""
    plain: str
    """Definition in everyday words."""
    links: ItemLinks
    """Addresses."""
