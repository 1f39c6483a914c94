"""Conditions, glossary terms and claims."""

from typing import Annotated, Literal

from pydantic import Field

from app.content.review import Reviewed, Sentence
from app.content.statement import Statement
from app.content.treatment import Name
from app.values.coding import Coding
from app.values.ids import FactId, Slug
from app.values.model import Value


class ConditionSections(Value):
    """The statements about a condition, by subject."""

    definition: Annotated[tuple[Statement, ...], Field(min_length=1)]
    """What it is and how it is recognised."""
    burden: tuple[Statement, ...] = ()
    """How many people have it and what it costs them."""


class Condition(Reviewed):
    """An illness or problem that treatments are described for."""

    id: Slug
    """File name."""
    name: Name
    """What it is called."""
    other_names: tuple[Name, ...] = ()
    """Synonyms and abbreviations."""
    broader: Slug | None = None
    """Id of the wider condition it is a part of."""
    codes: tuple[Coding, ...] = ()
    """Its codes in other systems."""
    sections: ConditionSections
    """Statements by subject; their ids are `condition.<id>.<subject>.<slug>`."""
    aliases: tuple[Slug, ...] = ()
    """Other ids that redirect here."""


class Term(Reviewed):
    """A word of the glossary."""

    id: Slug
    """File name."""
    name: Name
    """The term, written out."""
    abbreviation: Name | None = None
    """Its abbreviation."""
    other_names: tuple[Name, ...] = ()
    """Synonyms."""
    definition: Annotated[tuple[Statement, ...], Field(min_length=1, max_length=4)]
    """What it means; ids are `term.<id>.definition.<slug>`, the first slug `meaning`."""
    related: tuple[Slug, ...] = ()
    """Ids of related terms."""
    aliases: tuple[Slug, ...] = ()
    """Other ids that redirect here."""


class Claim(Reviewed):
    """Something that is often said, and what the evidence says of it."""

    id: Slug
    """File name."""
    claim: Sentence
    """The claim, in our words."""
    verdict: Literal["supported", "partly-supported", "not-supported", "contradicted", "unverifiable"]
    """What the evidence says of it."""
    treatments: tuple[Slug, ...] = ()
    """Ids of the treatments it is about."""
    findings: Annotated[tuple[Statement, ...], Field(min_length=1)]
    """Why; ids are `claim.<id>.verdict.<slug>`, the first slug `summary` and its kind `verdict`."""
    rests_on: tuple[FactId, ...] = ()
    """Ids of the statements that decide it."""
    studies: tuple[Slug, ...] = ()
    """Ids of the studies that decide it."""
    syntheses: tuple[Slug, ...] = ()
    """Ids of the syntheses that decide it."""
    aliases: tuple[Slug, ...] = ()
    """Other ids that redirect here."""
