"""Conditions: what treatments are described for."""

from pydantic import Field

from app.schemas.v1.common import Code, Dated, ItemLinks, Reference
from app.schemas.v1.fact import FactInSection
from app.values.model import Value


class ConditionSections(Value):
    """Statements about a condition, by subject."""

    definition: list[FactInSection]
    """What it is."""
    burden: list[FactInSection]
    """How many people have it and what it costs them."""

    def listed(self) -> list[FactInSection]:
        """All statements, in order."""
        return [*self.definition, *self.burden]


class Condition(Dated):
    """An illness that treatments are described for."""

    id: str = Field(examples=["treatment-resistant-depression"])
    """Id of the condition."""
    name: str
    """What it is called."""
    other_names: list[str]
    """Synonyms and abbreviations."""
    broader: Reference | None
    """The wider condition that it is part of; null when there is none."""
    codes: list[Code]
    """Codes in other systems."""
    treatments: list[Reference]
    """Treatments that are described for it."""
    sections: ConditionSections
    """Statements by subject."""
    links: ItemLinks
    """Addresses."""


class ConditionCard(Value):
    """A condition, in a list."""

    id: str
    """Id of the condition."""
    name: str
    """What it is called."""
    other_names: list[str]
    """Synonyms and abbreviations."""
    codes: list[Code]
    """Codes in other systems."""
    plain: str
    """What it is, in everyday words."""
    links: ItemLinks
    """Addresses."""
