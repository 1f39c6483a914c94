"""Typed fields that some kinds of statement carry beside their text.

The same shapes are written in YAML, where fields that are not known may be left out, and served in JSON, where they are
then null."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.values.ids import Slug
from app.values.model import Value
from app.values.quantity import Duration, Quantity, Range, TimeSpan

Phrase = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""A short piece of text, no sentence needed."""


class Frequency(Value):
    """How often an adverse effect was counted, and in whom."""

    category: Literal["very-common", "common", "uncommon", "rare", "very-rare", "not-known"] | None = None
    """CIOMS III band: very common at least 1 in 10, common at least 1 in 100, uncommon at least 1 in 1,000,
    rare at least 1 in 10,000, very rare below; `not-known` where it cannot be estimated."""
    events: Annotated[int | None, Field(ge=0)] = None
    """People (or treatment sessions, as `population` says) with the effect."""
    n: Annotated[int | None, Field(gt=0)] = None
    """People (or sessions) observed: the denominator of `events` and `percent`."""
    percent: Annotated[float | None, Field(ge=0, le=100)] = None
    """Share with the effect in percent, as published."""
    population: Phrase | None = None
    """Who or what was counted, and under which treatment."""


class AdverseEffectDetails(Value):
    """An unwanted effect."""

    kind: Literal["adverse-effect"] = "adverse-effect"
    name: Phrase
    """What the effect is called."""
    body_system: Literal[
        "cardiovascular", "psychiatric", "neurological", "cognitive", "urinary", "hepatic", "gastrointestinal",
        "respiratory", "ocular", "dependence", "general", "other",
    ]  # fmt: skip
    """Part of the body or mind affected."""
    seriousness: Literal["usually-mild", "can-be-serious", "serious"]
    """How grave the effect usually is."""
    frequency: Annotated[tuple[Frequency, ...], Field(max_length=8)] = ()
    """Counts, one for each study or setting."""
    onset: TimeSpan | None = None
    """When it begins."""
    peak: TimeSpan | None = None
    """When it is strongest."""
    duration: TimeSpan | None = None
    """How long it lasts."""
    at_risk: tuple[Phrase, ...] = ()
    """Who is more likely to have it."""
    management: tuple[Phrase, ...] = ()
    """What clinicians do about it."""


class CautionDetails(Value):
    """A situation in which a treatment is ruled out or needs care."""

    kind: Literal["contraindication", "caution"]
    condition: Phrase
    """The situation: an illness, a finding, another circumstance."""
    strength: Literal["absolute", "relative", "trial-exclusion", "caution"]
    """`absolute`: the label or guideline rules it out; `relative`: usually ruled out; `trial-exclusion`: such people were
    not studied; `caution`: extra care."""
    reason: Phrase
    """What may go wrong."""


class InteractionDetails(Value):
    """What happens when a treatment meets another drug."""

    kind: Literal["interaction"] = "interaction"
    with_agent: Phrase
    """The other drug or class."""
    mechanism: Literal["pharmacokinetic", "pharmacodynamic", "both", "not-known"]
    """`pharmacokinetic`: changes the level; `pharmacodynamic`: changes the effect."""
    effect: Phrase
    """What changes."""
    evidence: Literal["trial", "volunteer-study", "observational", "case-report", "label", "theory"]
    """Best kind of evidence behind it."""


class DoseDetails(Value):
    """A dose as it was studied or labelled; never a recommendation."""

    kind: Literal["dose"] = "dose"
    drug: Slug
    """Id of the drug."""
    route: Phrase
    """Route of administration: intravenous, intramuscular, subcutaneous, oral, intranasal, sublingual."""
    amount: Range | None = None
    """Dose, low and high alike when it is one figure."""
    given_over: TimeSpan | None = None
    """How long one administration takes."""
    schedule: Phrase | None = None
    """How often."""
    status: Literal["licensed", "off-label", "investigational", "unregulated"]
    """Whether a regulator has licensed this use."""


class MonitoringDetails(Value):
    """Something that is measured or watched, and the value that leads to action."""

    kind: Literal["monitoring"] = "monitoring"
    parameter: Phrase
    """What is watched."""
    when: Phrase
    """When, and how often."""
    threshold: Range | None = None
    """The limit that leads to action, if there is one."""
    action: Phrase | None = None
    """What clinicians do at the limit."""


class PopulationDetails(Value):
    """What is known for a group of people."""

    kind: Literal["population"] = "population"
    population: Phrase
    """The group: pregnancy, breast-feeding, adults over 65, adolescents, liver disease."""
    evidence: Literal["trial", "observational", "case-report", "label", "animal", "theory", "none"]
    """Best kind of evidence."""


class FindingDetails(Value):
    """A result, in the terms of PICO: population, intervention, comparator, outcome."""

    kind: Literal["finding"] = "finding"
    population: Phrase
    """In whom."""
    intervention: Phrase
    """What was given."""
    comparator: Phrase | None = None
    """Against what; null when nothing was compared."""
    outcome: Phrase
    """What was measured, on which scale."""
    timepoint: TimeSpan | None = None
    """When it was measured."""
    direction: Literal["favours-treatment", "favours-comparator", "no-difference", "mixed", "uncontrolled"]
    """Which side the result favours; `no-difference`: no statistically clear difference; `uncontrolled`: no comparison."""


class MechanismDetails(Value):
    """A step or finding in an account of how a treatment acts."""

    kind: Literal["mechanism"] = "mechanism"
    evidence: Literal["human-trial", "human-imaging", "human-tissue", "animal", "in-vitro", "theory", "review"]
    """Best kind of evidence behind this statement."""
    target: Phrase | None = None
    """Receptor, enzyme, pathway or brain region."""


class RegulatoryDetails(Value):
    """What a regulator or law says."""

    kind: Literal["regulatory-status"] = "regulatory-status"
    jurisdiction: Phrase
    """Country or body: US, EU, UK, international."""
    authority: Phrase
    """Who decided: FDA, EMA, MHRA, DEA, WHO."""
    status: Literal["licensed", "not-licensed", "off-label", "controlled", "essential-medicine", "alert", "programme", "other"]
    """What was decided; `programme`: a condition of supply, such as a REMS."""
    indication: Phrase | None = None
    """For what."""
    route: Phrase | None = None
    """By which route."""
    decided_on: date | None = None
    """Day of the decision, when the day is known."""
    decided_in: Annotated[str | None, StringConstraints(pattern=r"^\d{4}(-\d{2})?$")] = None
    """Year or month of the decision, when that is all that is known."""


class GuidelineDetails(Value):
    """What a guideline or health-technology body says."""

    kind: Literal["guideline-position"] = "guideline-position"
    organisation: Phrase
    """Who issued it."""
    jurisdiction: Phrase
    """Where it applies."""
    year: Annotated[int, Field(ge=1900, le=2100)]
    """Year of issue."""
    position: Literal["recommends", "suggests", "option", "research-only", "does-not-recommend", "no-position"]
    """`recommends` strongly, `suggests` weakly, `option` among others, `research-only`, against, or silent."""


class CostDetails(Value):
    """What something costs, where and when."""

    kind: Literal["cost"] = "cost"
    jurisdiction: Phrase
    """Country."""
    amount: Range | None = None
    """Price; `unit` is the ISO 4217 currency in UCUM's brackets, such as `[USD]`."""
    per: Phrase | None = None
    """What the price is for."""
    year: Annotated[int | None, Field(ge=1900, le=2100)] = None
    """Year of the price."""


class StepDetails(Value):
    """A step of a procedure, in order."""

    kind: Literal["step"] = "step"
    position: Annotated[int, Field(ge=1)]
    """Place in the sequence, from 1."""
    phase: Literal["before", "during", "after"]
    """Part of the treatment session."""
    duration: Duration | None = None
    """How long the step takes, as an ISO 8601 duration."""


class MeasureDetails(Value):
    """A number that describes the subject itself: a burden figure, a physical constant."""

    kind: Literal["measure"] = "measure"
    name: Phrase
    """What was measured."""
    value: Quantity | None = None
    """The figure."""
    range: Range | None = None
    """The figure as a range, or its uncertainty interval."""
    year: Annotated[int | None, Field(ge=1900, le=2100)] = None
    """Year the figure is for."""


Details = Annotated[
    AdverseEffectDetails | CautionDetails | InteractionDetails | DoseDetails | MonitoringDetails | PopulationDetails
    | FindingDetails | MechanismDetails | RegulatoryDetails | GuidelineDetails | CostDetails | StepDetails | MeasureDetails,
    Field(discriminator="kind"),
]  # fmt: skip

FactKind = Literal[
    "general", "adverse-effect", "contraindication", "caution", "interaction", "dose", "monitoring", "population", "finding",
    "mechanism", "regulatory-status", "guideline-position", "cost", "step", "measure", "definition", "verdict",
]  # fmt: skip
"""What a statement is; all but `general`, `definition` and `verdict` may carry typed `details` of the same kind."""
