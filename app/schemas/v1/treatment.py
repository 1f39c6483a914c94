"""Treatments and their sections."""

import datetime as dt

from pydantic import Field

from app.schemas.v1.common import Dated, ItemLinks, Reference
from app.schemas.v1.fact import FactInSection
from app.values.certainty import Certainty
from app.values.model import Value
from app.values.sections import SectionName


class MainEffect(Value):
    """The effect that stands for a treatment where there is room for one."""

    fact: str
    """Id of the fact."""
    certainty: Certainty
    """GRADE certainty of it."""


class ProfileCell(Value):
    """One attribute of a treatment in a few words, with what it rests on."""

    attribute: str = Field(examples=["onset"])
    """`legal-status`, `onset`, `response`, `remission`, `durability`, `relapse`, `common-harms`, `serious-harms`, `setting`, `visits`,
    `cost` or `guideline-position`."""
    jurisdiction: str | None
    """Where it holds, for legal status, cost and guidelines; null otherwise."""
    value: str | None
    """The attribute in a few words; null when it is not known."""
    reason: str | None
    """Why there is no value; null when there is one."""
    status: str | None
    """Of a legal status: `licensed`, `off-label`, `investigational` or `not-a-drug`; null otherwise."""
    within: str | None
    """Of the onset: the time within which trials saw an effect, as an ISO 8601 duration; null otherwise."""
    facts: list[str]
    """Ids of the facts it rests on; their `see_also` names the warnings that travel with the value."""
    syntheses: list[str]
    """Ids of the pooled results it rests on."""


class LegalStatus(Value):
    """Whether a regulator has licensed a treatment for the condition."""

    jurisdiction: str | None
    """Where."""
    status: str = Field(examples=["off-label"])
    """`licensed`, `off-label`, `investigational` or `not-a-drug`."""
    value: str
    """In a few words."""


class TreatmentLinks(ItemLinks):
    """Addresses that belong to a treatment."""

    sections: dict[str, str]
    """Address of each section, by name."""


class TreatmentCard(Value):
    """A treatment, in a list."""

    id: str = Field(examples=["ketamine"])
    """Id of the treatment."""
    name: str
    """What it is called."""
    kind: str = Field(examples=["drug"])
    """`drug`, `drug-class`, `procedure`, `psychotherapy` or `combination`."""
    summary: str
    """One or two sentences for professionals."""
    plain_summary: str
    """The same in everyday words."""
    plain_sentence: str
    """One sentence in everyday words, benefit and harm together, for where there is room for no more."""
    main_effect: MainEffect
    """The effect that stands for it, with its certainty."""
    conditions: list[str]
    """Ids of the conditions it is described for."""
    drugs: list[str]
    """Ids of its drugs."""
    routes: list[str]
    """Routes of administration in use, licensed or not."""
    legal_status: list[LegalStatus]
    """Legal status by jurisdiction; empty when none is recorded."""
    onset_within: str | None
    """Time within which trials saw an effect over the comparator, as an ISO 8601 duration; null when not recorded."""
    fact_count: int
    """Number of statements in its document."""
    version: int
    """Rises by one when the meaning of its head changes."""
    reviewed: dt.date
    """Day a person last checked it against its sources."""
    links: ItemLinks
    """Addresses."""


class Hypothesis(Value):
    """An account of how a treatment acts, told by statements of the same section."""

    id: str
    """Short name."""
    name: str
    """What it is called."""
    evidence_level: str
    """Where its best evidence comes from: `human`, `human-indirect`, `animal`, `in-vitro` or `theory`."""
    standing: str
    """Where the debate stands: `supported`, `contested`, `weakened` or `unsettled`."""
    steps: list[str]
    """Ids of the facts that tell it, in order."""
    supporting: list[str]
    """Ids of findings for it."""
    contradicting: list[str]
    """Ids of findings against it."""


class Section(Value):
    """A section of a treatment's document."""

    name: SectionName
    """Name of the section."""
    title: str
    """Heading."""
    facts: list[FactInSection]
    """The statements, in reading order."""
    hypotheses: list[Hypothesis]
    """Accounts of the mechanism; empty in all other sections."""
    links: ItemLinks
    """Addresses."""


class SectionDocument(Section):
    """A section, asked for by itself."""

    treatment: Reference
    """The treatment that it belongs to."""


class Sections(Value):
    """The ten sections, in reading order. A section is null when it was not asked for with `sections`."""

    overview: Section | None
    """What the treatment is."""
    background: Section | None
    """Why it came up."""
    mechanism: Section | None
    """How it may act."""
    administration: Section | None
    """How it is given."""
    efficacy: Section | None
    """How well it works."""
    benefits: Section | None
    """What speaks for it, with the limits."""
    safety: Section | None
    """Harms, contraindications, interactions."""
    limitations: Section | None
    """What limits it and what is not known."""
    access: Section | None
    """Legal status, guidelines, cost."""
    conclusion: Section | None
    """What can be said in a few statements."""

    def listed(self) -> list[Section]:
        """The sections that are there, in order."""
        found: list[Section | None] = [getattr(self, name) for name in type(self).model_fields]
        return [section for section in found if section is not None]


class Relation(Value):
    """A typed link to another treatment."""

    kind: str
    """How this treatment stands to the other: `racemate-of`, `enantiomer-of`, `member-of-class`, `has-member`, `augmentation-of`,
    `augmented-by`, `compared-with` (in a study), `contraindicated-with`. Each relation stands in both treatments."""
    treatment: Reference
    """The other treatment."""
    facts: list[str]
    """Ids of facts that tell of it: for `compared-with` those on studies that set the two against each other; empty when none is named."""


class DrugRelation(Value):
    """A typed link from a class of drugs to one of them."""

    kind: str
    """`has-member`: the drug belongs to this class, and says so as `member-of-class`."""
    drug: Reference
    """The drug."""


class Treatment(Dated):
    """The whole document of a treatment."""

    id: str = Field(examples=["ketamine"])
    """Id of the treatment."""
    name: str
    """What it is called."""
    kind: str = Field(examples=["drug"])
    """`drug`, `drug-class`, `procedure`, `psychotherapy` or `combination`."""
    summary: str
    """One or two sentences for professionals."""
    plain_summary: str
    """The same in everyday words."""
    plain_sentence: str
    """One sentence in everyday words, benefit and harm together, for where there is room for no more."""
    main_effect: MainEffect
    """The effect that stands for it, with its certainty."""
    conditions: list[Reference]
    """Conditions it is described for."""
    drugs: list[Reference]
    """Its drugs."""
    routes: list[str]
    """Routes of administration in use, licensed or not."""
    other_names: list[str]
    """Other names and brand names."""
    aliases: list[str]
    """Other ids, which redirect here."""
    relations: list[Relation]
    """Links to other treatments."""
    drug_relations: list[DrugRelation]
    """Links to its drugs where it is a class (`kind` is `drug-class`); empty otherwise."""
    profile: list[ProfileCell]
    """The treatment in short, by attribute; `/v1/compare` sets several side by side."""
    fact_count: int
    """Number of statements in the whole document."""
    sections: Sections
    """The ten sections."""
    links: TreatmentLinks
    """Addresses."""
