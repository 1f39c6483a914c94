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
    """Effect of the study, also where nothing is pooled."""
    ci_low: float | None
    """Lower end of its 95 % interval."""
    ci_high: float | None
    """Upper end."""
    weight_percent: float | None
    """Its weight in percent; null where nothing is pooled."""
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


class Absolute(Value):
    """The effect in people: risks in percent, at the median risk of the comparator groups."""

    comparator_risk_percent: float
    """Risk without the treatment: the median of the comparator groups that entered."""
    treated_risk_percent: float
    """Risk with the treatment: the pooled effect applied to it."""
    treated_risk_low: float
    """Lower end of its 95 % interval, which is that of the pooled effect."""
    treated_risk_high: float
    """Upper end."""
    difference_percent: float
    """Percentage points more (or fewer, where negative) with the treatment."""
    difference_low: float
    """Lower end of its 95 % interval."""
    difference_high: float
    """Upper end."""
    number_needed_to_treat: float | None
    """People to treat for one more with the outcome, for one fewer where negative; null where there is no difference."""
    needed_low: float | None
    """End of its 95 % interval with fewer people; null where the difference's interval contains 0."""
    needed_high: float | None
    """End with more people."""


class PublishedPool(Value):
    """What others pooled for the same question."""

    source: str
    """Id of the source."""
    effect: str
    """`rr`, `or`, `rd`, `md`, `smd` or `hr`; differences are treatment minus comparator."""
    estimate: float
    """The pooled effect."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end."""
    k: int | None
    """Number of trials."""
    n: int | None
    """Number of people."""
    certainty: Certainty
    """As the source grades it."""
    locator: str | None
    """Where in the source."""
    check: str
    """`seen` in the source or a copy of it, or `secondary`, in a text that reports it."""
    note: str | None
    """How its trials, time or method differ."""


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
    method: str | None
    """How it was worked out, in words: model, interval, zero cells; null where nothing is pooled."""
    absolute: Absolute | None
    """The effect in people; null where nothing is pooled or where no counts entered."""
    sensitivity: list[Estimate]
    """The same results under other models."""
    leave_one_out: list[Without]
    """The pooled effect without each result; empty below three."""
    entries: list[Entry]
    """Results that entered; where nothing is pooled, those that stand alone."""
    excluded: list[LeftOut]
    """Studies left out."""
    published: list[PublishedPool]
    """What others pooled for the same question."""
    certainty: Certainty
    """GRADE certainty."""
    domains: list[Domain]
    """Why this certainty."""
    facts: list[FactInSection]
    """What it shows, as statements."""
    links: ItemLinks
    """Addresses."""
