"""Treatments and their ten sections."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.content.review import Reviewed, Sentence
from app.content.statement import Statement
from app.values.ids import FactId, Slug
from app.values.model import Value
from app.values.sections import SectionName

Name = Annotated[str, StringConstraints(min_length=1, max_length=160, strip_whitespace=True)]


class Relation(Value):
    """A typed link from this treatment to another one."""

    kind: Literal["racemate-of", "enantiomer-of", "member-of-class", "augmentation-of", "compared-with", "contraindicated-with"]
    """How this treatment stands to the other."""
    treatment: Slug
    """Id of the other treatment."""


class Treatment(Reviewed):
    """A treatment for a condition: the head of its document (`treatment.yaml`)."""

    id: Slug
    """Name of the folder."""
    name: Name
    """What it is called."""
    kind: Literal["drug", "drug-class", "procedure", "psychotherapy", "combination"]
    """What kind of treatment it is."""
    summary: Sentence
    """One or two sentences for professionals."""
    plain_summary: Sentence
    """The same for everybody."""
    main_effect: FactId
    """The statement whose certainty stands for the treatment on a card."""
    conditions: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Ids of the conditions it is described for."""
    drugs: tuple[Slug, ...] = ()
    """Ids of its drugs."""
    routes: tuple[Name, ...] = ()
    """Routes of administration in use."""
    other_names: tuple[Name, ...] = ()
    """Other names and brand names."""
    aliases: tuple[Slug, ...] = ()
    """Other ids that redirect here."""
    relations: tuple[Relation, ...] = ()
    """Links to other treatments."""


class Hypothesis(Value):
    """An account of how a treatment acts, told by statements of the same section."""

    id: Slug
    """Short name."""
    name: Name
    """What it is called."""
    evidence_level: Literal["human", "human-indirect", "animal", "in-vitro", "theory"]
    """Where its best evidence comes from."""
    standing: Literal["supported", "contested", "weakened", "unsettled"]
    """Where the debate stands."""
    steps: Annotated[tuple[FactId, ...], Field(min_length=1)]
    """Statements that tell it, in order."""
    supporting: tuple[FactId, ...] = ()
    """Statements of findings for it."""
    contradicting: tuple[FactId, ...] = ()
    """Statements of findings against it."""


class Section(Value):
    """One section of a treatment (`<section>.yaml`)."""

    section: SectionName
    """Name of the section and of the file."""
    title: Name
    """Heading."""
    added: date
    """Day its statements were first published, unless they say otherwise."""
    reviewed: date
    """Day its statements were last checked, unless they say otherwise."""
    next_review: date
    """Day its statements are to be checked again, unless they say otherwise."""
    hypotheses: tuple[Hypothesis, ...] = ()
    """Accounts of the mechanism; only in `mechanism`."""
    facts: Annotated[tuple[Statement, ...], Field(min_length=1)]
    """The statements, in reading order."""
