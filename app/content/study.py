"""Studies: design, population, arms, outcomes and adverse events, with every figure's check."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.content.review import Reviewed, Sentence
from app.content.statement import Statement
from app.content.treatment import Name
from app.values.certainty import Check
from app.values.coding import Coding
from app.values.ids import Slug
from app.values.model import Value
from app.values.quantity import Duration, Range

Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class Design(Value):
    """How the study was done."""

    type: Literal["parallel", "crossover", "randomised-withdrawal", "single-arm", "pooled-analysis", "cohort"]
    """Kind of comparison."""
    randomised: bool
    """Whether chance decided who got what."""
    blinding: Literal["double-blind", "single-blind", "triple-masked", "open-label", "mixed"]
    """Who did not know."""
    allocation: Name | None = None
    """Ratio, such as "2:1"."""
    phase: Name | None = None
    """Phase of drug development."""
    sites: Annotated[int | None, Field(ge=1)] = None
    """Number of centres."""
    countries: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")], ...] = ()
    """ISO 3166-1 codes."""
    note: Sentence | None = None
    """Washout, periods, run-in, who rated."""


class Population(Value):
    """Who took part."""

    condition: Name
    """In the study's words, shortened."""
    conditions: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Ids of the conditions."""
    groups: tuple[Literal["adults", "older-adults", "adolescents", "inpatients", "bipolar", "suicidal", "psychotic"], ...] = ()
    """Groups that `/v1/studies?population=` filters by."""
    setting: Name | None = None
    """Where they were treated."""
    n_screened: Count | None = None
    """People screened."""
    n_randomised: Count | None = None
    """People randomised (or enrolled, when nobody was)."""
    n_analysed: Count | None = None
    """People in the main analysis."""
    mean_age_years: Annotated[float | None, Field(gt=0, lt=120)] = None
    """Mean age in years."""
    female_percent: Annotated[float | None, Field(ge=0, le=100)] = None
    """Share of women in percent."""
    inclusion: Sentence | None = None
    """Who could join."""
    baseline: Sentence | None = None
    """How ill they were at the start."""


class Arm(Value):
    """A group and what it got."""

    id: Slug
    """Short name, unique in the study."""
    label: Name
    """What it got, in words."""
    role: Literal["experimental", "active-comparator", "active-placebo", "inactive-placebo", "no-treatment"]
    """`active-placebo`: a drug without the effect under test but with noticeable effects, such as midazolam."""
    drug: Slug | None = None
    """Name of the drug."""
    treatment: Slug | None = None
    """Id of the treatment, where the catalogue or its plans have one."""
    dose: Range | None = None
    """Dose; low and high alike when it is fixed."""
    route: Name | None = None
    """Route of administration."""
    given_over: Duration | None = None
    """How long one administration took."""
    schedule: Name | None = None
    """How often: "once", "twice weekly for 4 weeks"."""
    n_randomised: Count | None = None
    """People allocated."""
    n_analysed: Count | None = None
    """People in the main analysis."""


class ArmResult(Value):
    """What was counted or measured in one arm."""

    arm: Slug
    """Id of the arm."""
    events: Count | None = None
    """People with the outcome."""
    n: Annotated[int | None, Field(ge=1)] = None
    """People counted or measured: the denominator."""
    percent: Annotated[float | None, Field(ge=0, le=100)] = None
    """Share with the outcome as published, in percent."""
    mean: Number | None = None
    """Mean, in points of the scale or in `unit`."""
    sd: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    """Standard deviation of the values."""
    se: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    """Standard error of the mean."""
    median: Number | None = None
    """Median."""
    low: Number | None = None
    """Lower end of the interval or interquartile range around the mean or median."""
    high: Number | None = None
    """Upper end of it."""
    note: Sentence | None = None
    """Anything unusual about these numbers."""

    @model_validator(mode="after")
    def _counts_are_possible(self) -> Self:
        if self.events is not None and self.n is not None and self.events > self.n:
            raise ValueError(f"events ({self.events}) above n ({self.n}) in arm `{self.arm}`: correct one of them")
        if self.events is not None and self.n is not None and self.percent is not None:
            computed = 100 * self.events / self.n
            if abs(computed - self.percent) > 1.0:
                raise ValueError(
                    f"{self.events}/{self.n} in arm `{self.arm}` is {computed:.1f} %, but `percent` says {self.percent:g}: "
                    "correct one of them, or leave the count out and say why in `note`"
                )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"`low` is above `high` in arm `{self.arm}`: swap them")
        return self


class Contrast(Value):
    """A published comparison of two arms."""

    kind: Literal[
        "mean-difference", "ls-mean-difference", "median-difference", "standardised-mean-difference", "odds-ratio",
        "adjusted-odds-ratio", "risk-ratio", "risk-difference", "hazard-ratio", "p-value-only",
    ]  # fmt: skip
    """What was estimated; differences in percentage points for `risk-difference`."""
    treatment: Slug
    """Id of the arm of interest."""
    comparator: Slug
    """Id of the arm it is compared with."""
    estimate: Number | None = None
    """The published estimate, treatment minus or over comparator."""
    low: Number | None = None
    """Lower end of the confidence interval."""
    high: Number | None = None
    """Upper end."""
    se: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    """Standard error of the estimate; of its logarithm for ratios."""
    level_percent: Annotated[float, Field(gt=50, lt=100)] = 95
    """Confidence level in percent."""
    p: Annotated[str, StringConstraints(pattern=r"^[<>=≤≥]?\s?(0?\.\d+|1(\.0+)?|0)$")] | None = None
    """P value as printed: "0.002", "<0.001"."""
    note: Sentence | None = None
    """Model, adjustment, or why it differs from the arms."""

    @model_validator(mode="after")
    def _interval_contains_estimate(self) -> Self:
        if (self.low is None) is not (self.high is None):
            raise ValueError("an interval has both ends: give `low` and `high`, or neither")
        if self.low is not None and self.high is not None and self.estimate is not None and not self.low <= self.estimate <= self.high:
            raise ValueError(f"the interval {self.low:g} to {self.high:g} does not contain the estimate {self.estimate:g}: correct them")
        return self


class Timepoint(Value):
    """When something was measured."""

    duration: Duration
    """Time since the start of treatment, as an ISO 8601 duration."""
    label: Name
    """In the study's words: "24 h after the first infusion"."""


class Outcome(Value):
    """One result."""

    id: Slug
    """Short name, unique in the study; figures name it as `<study>/<id>`."""
    measure: Literal[
        "response", "remission", "symptom-change", "symptom-score", "suicidal-ideation", "relapse", "durability", "function",
        "anxiety", "cognition", "blinding", "time-to-event", "other",
    ]  # fmt: skip
    """What was measured."""
    scale: Name | None = None
    """Scale: MADRS, HDRS-17, QIDS-SR16."""
    definition: Name | None = None
    """Definition: "fall of at least 50 %"."""
    timepoint: Timepoint
    """When."""
    period: Literal["first", "both"] | None = None
    """In a crossover: whether the first period alone or both are counted."""
    primary: bool = False
    """Whether it was the study's primary outcome."""
    analysis_set: Name | None = None
    """Who was analysed: intention to treat, completers."""
    unit: Name | None = None
    """Unit, when it is not points of the scale."""
    arms: tuple[ArmResult, ...] = ()
    """Results by arm."""
    contrasts: tuple[Contrast, ...] = ()
    """Published comparisons of two arms each."""
    finding: Sentence | None = None
    """What was found, where the report that was read gives words and no figure."""
    source: Slug | None = None
    """Id of the source of these figures; null: the study's own report."""
    locator: Name | None = None
    """Where in the source."""
    check: Check
    """How the figures were checked."""
    note: Sentence | None = None
    """Limits of this figure."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.arms and not self.contrasts and self.finding is None:
            raise ValueError(f"outcome `{self.id}` says nothing: give `arms`, `contrasts` or a `finding` in words")
        return self


class AdverseEvent(Value):
    """An adverse event by arm."""

    id: Slug
    """Short name, unique in the study beside the outcomes."""
    event: Name
    """What happened."""
    arms: tuple[ArmResult, ...] = ()
    """Counts by arm; means for measured changes."""
    finding: Sentence | None = None
    """What was found, where the report that was read gives words and no figure."""
    unit: Name | None = None
    """Unit of means, such as `mm[Hg]`."""
    timing: Sentence | None = None
    """When it happened and for how long."""
    source: Slug | None = None
    """Id of the source of these figures; null: the study's own report."""
    locator: Name | None = None
    """Where in the source."""
    check: Check
    """How the figures were checked."""
    note: Sentence | None = None
    """Definition or limit."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.arms and self.finding is None:
            raise ValueError(f"adverse event `{self.id}` says nothing: give `arms` or a `finding` in words")
        return self


class BiasDomain(Value):
    """A domain of the Cochrane risk-of-bias tool RoB 2 (Sterne et al., BMJ 2019;366:l4898)."""

    domain: Literal["randomisation", "deviations", "missing-data", "measurement", "selective-reporting", "overall"]
    """The domain."""
    judgement: Literal["low", "some-concerns", "high", "not-assessed"]
    """Our judgement."""
    reason: Sentence
    """Why."""


class Study(Reviewed):
    """A study with its numbers."""

    id: Slug
    """First author and year."""
    name: Name
    """Acronym, or first author and year."""
    source: Slug
    """Id of the source that reports it."""
    treatments: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Ids of the treatments under test."""
    comparators: tuple[Slug, ...] = ()
    """What they were compared with: `midazolam`, `placebo`, `ect`."""
    registration: tuple[Coding, ...] = ()
    """Registry numbers."""
    design: Design
    """How it was done."""
    population: Population
    """In whom."""
    arms: Annotated[tuple[Arm, ...], Field(min_length=1)]
    """Groups."""
    outcomes: tuple[Outcome, ...] = ()
    """Results, the primary one first."""
    adverse_events: tuple[AdverseEvent, ...] = ()
    """Harms."""
    funding: Sentence | None = None
    """Who paid."""
    risk_of_bias: tuple[BiasDomain, ...] = ()
    """RoB 2 judgements."""
    limits: tuple[Sentence, ...] = ()
    """What limits the study."""
    gaps: tuple[Sentence, ...] = ()
    """What could not be found or confirmed."""
    findings: tuple[Statement, ...] = ()
    """What it found, as statements; ids are `study.<id>.findings.<slug>`."""
    aliases: tuple[Slug, ...] = ()
    """Other ids that redirect here."""
