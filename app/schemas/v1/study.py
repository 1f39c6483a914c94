"""Studies: design, population, arms, outcomes and adverse events."""

from pydantic import Field

from app.schemas.v1.common import Code, Dated, ItemLinks
from app.schemas.v1.fact import FactInSection
from app.values.certainty import Check
from app.values.model import Value
from app.values.quantity import Range


class Design(Value):
    """How the study was done."""

    type: str = Field(examples=["parallel"])
    """`parallel`, `crossover`, `randomised-withdrawal`, `single-arm`, `pooled-analysis` or `cohort`."""
    randomised: bool
    """Whether chance decided who got what."""
    blinding: str = Field(examples=["double-blind"])
    """Who did not know."""
    allocation: str | None
    """Ratio of the arms; null when not recorded."""
    phase: str | None
    """Phase of drug development; null when not recorded."""
    sites: int | None
    """Number of centres; null when not recorded."""
    countries: list[str]
    """ISO 3166-1 alpha-2 codes, as far as recorded."""
    note: str | None
    """Washout, periods, run-in, who rated; null when there is nothing to add."""


class Population(Value):
    """Who took part."""

    condition: str
    """In the study's words, shortened."""
    conditions: list[str]
    """Ids of the conditions."""
    groups: list[str]
    """Groups: `adults`, `older-adults`, `adolescents`, `inpatients`, `bipolar`, `suicidal`, `psychotic`."""
    setting: str | None
    """Where they were treated; null when not recorded."""
    n_screened: int | None
    """People screened; null when not recorded."""
    n_randomised: int | None
    """People randomised; null when not recorded."""
    n_analysed: int | None
    """People in the main analysis; null when not recorded."""
    mean_age_years: float | None
    """Mean age in years; null when not recorded."""
    female_percent: float | None
    """Share of women in percent; null when not recorded."""
    inclusion: str | None
    """Who could join; null when not recorded."""
    baseline: str | None
    """How ill they were at the start; null when not recorded."""


class Arm(Value):
    """A group and what it got."""

    id: str
    """Short name, unique in the study."""
    label: str
    """What it got, in words."""
    role: str = Field(examples=["experimental"])
    """`experimental`, `active-comparator`, `active-placebo`, `inactive-placebo` or `no-treatment`."""
    drug: str | None
    """Name of the drug; null for procedures."""
    treatment: str | None
    """Id of the treatment, null when it has none."""
    dose: Range | None
    """Dose; null when not recorded."""
    route: str | None
    """Route; null when not recorded."""
    given_over: str | None
    """How long one administration took, as an ISO 8601 duration; null when not recorded."""
    schedule: str | None
    """How often; null when not recorded."""
    n_randomised: int | None
    """People allocated; null when not recorded."""
    n_analysed: int | None
    """People in the main analysis; null when not recorded."""


class ArmResult(Value):
    """What was counted or measured in one arm."""

    arm: str
    """Id of the arm."""
    events: int | None
    """People with the outcome; null when not published."""
    n: int | None
    """People counted or measured; null when not recorded."""
    percent: float | None
    """Share with the outcome in percent, as published; null when not published."""
    mean: float | None
    """Mean, in points of the scale or in the outcome's `unit`; null when not published."""
    sd: float | None
    """Standard deviation; null when not published."""
    se: float | None
    """Standard error of the mean; null when not published."""
    median: float | None
    """Median; null when not published."""
    low: float | None
    """Lower end of the interval around mean or median; null when not published."""
    high: float | None
    """Upper end of it; null when not published."""
    note: str | None
    """Anything unusual; null when there is nothing."""


class Contrast(Value):
    """A published comparison of two arms."""

    kind: str = Field(examples=["ls-mean-difference"])
    """What was estimated."""
    treatment: str
    """Id of the arm of interest."""
    comparator: str
    """Id of the arm that it is compared with."""
    estimate: float | None
    """The estimate, treatment minus or over comparator; null when only a p value was published."""
    low: float | None
    """Lower end of the confidence interval; null when not published."""
    high: float | None
    """Upper end of it; null when not published."""
    se: float | None
    """Standard error of the estimate, of its logarithm for ratios; null when not published."""
    level_percent: float
    """Confidence level in percent."""
    p: str | None
    """P value as printed; null when not published."""
    note: str | None
    """Model, adjustment; null when there is nothing to add."""


class Computed(Value):
    """An effect worked out from the arms, with a 95 % confidence interval (Cochrane Handbook, chapters 6 and 10)."""

    kind: str = Field(examples=["risk-ratio"])
    """`risk-ratio`, `odds-ratio`, `risk-difference` in percentage points, `number-needed-to-treat` (negative where events are fewer),
    `mean-difference` or `standardised-mean-difference` (Hedges' g)."""
    treatment: str
    """Id of the arm of interest."""
    comparator: str
    """Id of the arm that it is compared with."""
    estimate: float
    """The effect, treatment minus or over comparator."""
    low: float | None
    """Lower end of the interval; null for a number needed to treat whose interval is not finite."""
    high: float | None
    """Upper end of it."""
    note: str | None
    """How it was worked out, where that is not plain; null otherwise."""


class Timepoint(Value):
    """When something was measured."""

    duration: str = Field(examples=["P1D"])
    """Time since the start of treatment, as an ISO 8601 duration."""
    label: str
    """In words."""


class Outcome(Value):
    """One result."""

    id: str
    """Short name; facts name it as `<study>/<id>` under `figures`."""
    measure: str = Field(examples=["response"])
    """What was measured."""
    scale: str | None
    """Scale; null when there is none."""
    definition: str | None
    """Definition; null when the measure says it all."""
    timepoint: Timepoint
    """When."""
    period: str | None
    """In a crossover, `first` period alone or `both`; null otherwise."""
    primary: bool
    """Whether it was the primary outcome."""
    analysis_set: str | None
    """Who was analysed; null when not recorded."""
    unit: str | None
    """Unit; null when it is points of the scale or people."""
    arms: list[ArmResult]
    """Results by arm."""
    contrasts: list[Contrast]
    """Published comparisons of two arms each; empty when none was published."""
    computed: list[Computed]
    """Effects worked out from the arms; empty where they allow none, as with both periods of a crossover."""
    finding: str | None
    """What was found in words, where the report that was read gives no figure; null otherwise."""
    source: str
    """Id of the source of these figures."""
    locator: str | None
    """Where in the source; null when not recorded."""
    check: Check
    """How the figures were checked."""
    note: str | None
    """Limits of this figure; null when there is nothing to add."""


class AdverseEvent(Value):
    """An adverse event by arm."""

    id: str
    """Short name; facts name it as `<study>/<id>` under `figures`."""
    event: str
    """What happened."""
    arms: list[ArmResult]
    """Counts by arm."""
    computed: list[Computed]
    """Effects worked out from the arms; empty where they allow none, as with both periods of a crossover."""
    finding: str | None
    """What was found in words, where the report that was read gives no figure; null otherwise."""
    unit: str | None
    """Unit of means; null for counts of people."""
    timing: str | None
    """When and for how long; null when not recorded."""
    source: str
    """Id of the source of these figures."""
    locator: str | None
    """Where in the source; null when not recorded."""
    check: Check
    """How the figures were checked."""
    note: str | None
    """Definition or limit; null when there is nothing to add."""


class BiasDomain(Value):
    """A domain of the Cochrane risk-of-bias tool RoB 2."""

    domain: str
    """The domain."""
    judgement: str
    """`low`, `some-concerns`, `high` or `not-assessed`."""
    reason: str
    """Why."""


class Study(Dated):
    """A study with its numbers, as published and checked."""

    id: str = Field(examples=["murrough-2013"])
    """Id of the study: first author and year."""
    name: str
    """Acronym, or first author and year."""
    source: str
    """Id of the source that reports it."""
    treatments: list[str]
    """Ids of the treatments under test."""
    comparators: list[str]
    """What they were compared with."""
    registration: list[Code]
    """Registry numbers."""
    design: Design
    """How it was done."""
    population: Population
    """In whom."""
    arms: list[Arm]
    """Groups."""
    outcomes: list[Outcome]
    """Results, the primary one first."""
    adverse_events: list[AdverseEvent]
    """Harms."""
    funding: str | None
    """Who paid; null when not recorded."""
    risk_of_bias: list[BiasDomain]
    """RoB 2 judgements; empty when not assessed."""
    limits: list[str]
    """What limits the study."""
    gaps: list[str]
    """What could not be found or confirmed."""
    findings: list[FactInSection]
    """What it found, as statements."""
    links: ItemLinks
    """Addresses."""

    def cited(self) -> list[str]:
        """Ids of the sources of its figures."""
        stated = (ref.id for fact in self.findings for ref in fact.sources)
        return list(dict.fromkeys([self.source, *(part.source for part in (*self.outcomes, *self.adverse_events)), *stated]))


class StudyCard(Value):
    """A study, in a list."""

    id: str
    """Id of the study."""
    name: str
    """Acronym, or first author and year."""
    citation: str
    """Short citation."""
    year: int | None
    """Year of publication."""
    treatments: list[str]
    """Ids of the treatments under test."""
    comparators: list[str]
    """What they were compared with."""
    design: str
    """Kind of comparison."""
    condition: str
    """In whom."""
    n_randomised: int | None
    """People randomised; null when not recorded."""
    links: ItemLinks
    """Addresses."""
