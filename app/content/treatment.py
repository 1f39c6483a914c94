"""Treatments and their ten sections."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.content.review import Reviewed, Sentence
from app.content.statement import Statement
from app.values.ids import FactId, Slug
from app.values.model import Value
from app.values.quantity import Duration
from app.values.sections import SectionName

Name = Annotated[str, StringConstraints(min_length=1, max_length=160, strip_whitespace=True)]


class Relation(Value):
    """A typed link from this treatment to another one."""

    kind: Literal["racemate-of", "enantiomer-of", "member-of-class", "augmentation-of", "compared-with", "contraindicated-with"]
    """How this treatment stands to the other."""
    treatment: Slug
    """Id of the other treatment."""
    facts: Annotated[tuple[FactId, ...], Field(max_length=6)] = ()
    """Statements that tell of it: for `compared-with` those on studies that set the two against each other."""


Attribute = Literal[
    "legal-status", "onset", "response", "remission", "durability", "relapse", "common-harms", "serious-harms", "setting", "visits",
    "cost", "guideline-position",
]  # fmt: skip
"""What treatments are compared by, beside what their heads already say (kind, route, certainty)."""


class ProfileCell(Value):
    """One attribute of a treatment in a few words, with the statements that it rests on."""

    attribute: Attribute
    """Which attribute."""
    jurisdiction: Name | None = None
    """Where it holds, for legal status, cost and guidelines: US, EU, UK."""
    value: Annotated[str, StringConstraints(min_length=2, max_length=160, strip_whitespace=True)] | None = None
    """The attribute in a few words; null when it is not known."""
    reason: Sentence | None = None
    """Why there is no value; given exactly when `value` is not."""
    status: Literal["licensed", "off-label", "investigational", "not-a-drug"] | None = None
    """For `legal-status`: whether a regulator has licensed it for the condition; `not-a-drug`: no licence is needed."""
    within: Duration | None = None
    """For `onset`: the time within which trials saw an effect over the comparator, as an ISO 8601 duration."""
    facts: Annotated[tuple[FactId, ...], Field(max_length=6)] = ()
    """Statements that the value rests on; at least one with a value."""
    syntheses: Annotated[tuple[Slug, ...], Field(max_length=4)] = ()
    """Pooled results that the value rests on."""

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        if (self.value is None) is (self.reason is None):
            raise ValueError("give a `value`, or a `reason` why there is none")
        if self.value is not None and not self.facts:
            raise ValueError("a `value` rests on statements: name them under `facts`")
        if (self.status is not None) is not (self.attribute == "legal-status" and self.value is not None):
            raise ValueError("`status` belongs to `legal-status`, and each legal status that is known needs it")
        if self.within is not None and self.attribute != "onset":
            raise ValueError("`within` belongs to `onset` only")
        return self


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
    plain_sentence: Annotated[str, StringConstraints(min_length=20, max_length=160, strip_whitespace=True)]
    """The treatment in one sentence for everybody, benefit and harm together: what a card shows."""
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
    profile: tuple[ProfileCell, ...] = ()
    """The treatment in short, by attribute: what comparisons show."""


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
