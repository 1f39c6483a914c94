"""Syntheses: pooled results of studies, or why there is none."""

from pydantic import Field

from app.schemas.v1.common import Dated, ItemLinks
from app.schemas.v1.fact import FactInSection
from app.schemas.v1.study import Timepoint
from app.values.certainty import Certainty
from app.values.model import Value


class Question(Value):
    """The question as PICO."""

    population: str
    """In whom."""
    intervention: str
    """What is given."""
    comparator: str
    """Against what."""
    outcome: str
    """What is measured."""


class Estimate(Value):
    """A pooled effect; ratios are given as ratios."""

    model: str = Field(examples=["reml"])
    """How effects are pooled: `fixed-mh`, `fixed-iv`, `dl`, `pm` or `reml`."""
    k: int
    """Number of results."""
    n: int | None
    """People, null when not known of all studies."""
    estimate: float
    """The pooled effect."""
    ci_low: float
    """Lower end of the 95 % confidence interval."""
    ci_high: float
    """Upper end."""
    se: float
    """Standard error, of the logarithm for ratios."""
    tau2: float
    """Variance of effects between studies, on the log scale for ratios."""
    i2: float
    """Heterogeneity in percent."""
    q: float
    """Cochran's Q."""
    p_heterogeneity: float | None
    """P value of Q; null for a single study."""
    prediction_low: float | None
    """Lower end of the 95 % prediction interval; null below three results and in fixed models."""
    prediction_high: float | None
    """Upper end."""


class Entry(Value):
    """A trial result that entered."""

    study: str
    """Name of the study."""
    figure: str
    """`<study>/<outcome>`."""
    treatment_arms: list[str]
    """Arms of interest."""
    comparator_arms: list[str]
    """Arms compared with."""
    estimate: float | None
    """Effect of the study; null when nothing is pooled."""
    ci_low: float | None
    """Lower end of its 95 % interval."""
    ci_high: float | None
    """Upper end."""
    weight_percent: float | None
    """Its weight in percent."""
    events_t: int | None
    """People with the outcome on treatment; null when no counts entered."""
    n_t: int | None
    """People on treatment."""
    events_c: int | None
    """People with the outcome under the comparator."""
    n_c: int | None
    """People under the comparator."""
    note: str | None
    """How the effect was taken from the study."""


class LeftOut(Value):
    """A study that does not enter."""

    study: str
    """Id of the study."""
    reason: str
    """Why not."""


class Domain(Value):
    """A GRADE domain."""

    domain: str
    """`risk-of-bias`, `inconsistency`, `indirectness`, `imprecision` or `publication-bias`."""
    judgement: str
    """`not-serious`, `serious`, `very-serious`, `undetected` or `suspected`."""
    reason: str
    """Why."""


class Without(Value):
    """The pooled effect without one result."""

    study: str
    """The result left out."""
    estimate: float
    """The pooled effect of the others."""
    ci_low: float
    """Lower end of its 95 % interval."""
    ci_high: float
    """Upper end."""


class SynthesisCard(Value):
    """A synthesis, in a list."""

    id: str = Field(examples=["esketamine-madrs-day-28"])
    """Id of the synthesis."""
    title: str
    """What is pooled."""
    treatment: str
    """Id of the treatment."""
    comparator: str
    """Class of comparator."""
    outcome: str
    """What is measured."""
    effect: str = Field(examples=["md"])
    """`rr` risk ratio, `or` odds ratio, `rd` risk difference, `md` mean difference, `smd` standardised mean difference,
    `hr` hazard ratio."""
    result: Estimate | None
    """The pooled effect; null where nothing is pooled."""
    certainty: Certainty
    """GRADE certainty."""
    links: ItemLinks
    """Addresses."""


class Synthesis(Dated):
    """A pooled result with all that entered, or the reason why there is none."""

    id: str = Field(examples=["esketamine-madrs-day-28"])
    """Id of the synthesis."""
    title: str
    """What is pooled."""
    question: Question
    """Population, intervention, comparator and outcome."""
    treatment: str
    """Id of the treatment."""
    comparator: str
    """Class of comparator."""
    outcome: str
    """What is measured."""
    timepoint: Timepoint
    """When."""
    effect: str
    """`rr`, `or`, `rd`, `md`, `smd` or `hr`."""
    pooled: bool
    """False where pooling would mislead; `reason` says why."""
    reason: str | None
    """Why nothing is pooled; null when it is."""
    hartung_knapp: bool
    """Whether the interval of `result` is that of Hartung and Knapp."""
    result: Estimate | None
    """The pooled effect; null where nothing is pooled."""
    sensitivity: list[Estimate]
    """The same results under other models."""
    leave_one_out: list[Without]
    """The pooled effect without each result; empty below three."""
    entries: list[Entry]
    """Results that entered, or would."""
    excluded: list[LeftOut]
    """Studies left out."""
    certainty: Certainty
    """GRADE certainty."""
    domains: list[Domain]
    """Why this certainty."""
    facts: list[FactInSection]
    """What it shows, as statements."""
    links: ItemLinks
    """Addresses."""
