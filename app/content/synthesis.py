"""Syntheses: which results are pooled, which are not, and why."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.content.review import Reviewed, Sentence
from app.content.statement import Statement
from app.content.study import Count, Number, Timepoint
from app.content.treatment import Name
from app.values.certainty import Certainty, Check
from app.values.ids import FigureRef, Slug
from app.values.model import Value


class Question(Value):
    """The question as PICO."""

    population: Name
    """In whom."""
    intervention: Name
    """What is given."""
    comparator: Name
    """Against what."""
    outcome: Name
    """What is measured."""


class Entry(Value):
    """A trial result that enters."""

    figure: FigureRef
    """`<study>/<outcome>`."""
    treatment_arms: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Ids of the arms of interest; several are combined."""
    comparator_arms: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Ids of the arms compared with."""
    label: Name | None = None
    """What sets it apart from another entry of the same study."""


class Exclusion(Value):
    """A study that does not enter."""

    study: Slug
    """Id of the study."""
    reason: Sentence
    """Why not."""


class PublishedPool(Value):
    """What others pooled for the same question, to set beside ours or in its place."""

    source: Slug
    """Id of the source."""
    effect: Literal["rr", "or", "rd", "md", "smd", "hr"]
    """Effect measure; differences are treatment minus comparator, risk differences in percentage points."""
    estimate: Number
    """The pooled effect."""
    low: Number
    """Lower end of its 95 % interval."""
    high: Number
    """Upper end."""
    k: Count | None = None
    """Number of trials."""
    n: Count | None = None
    """Number of people."""
    certainty: Certainty = "not-graded"
    """As the source grades it."""
    locator: Name | None = None
    """Where in the source."""
    check: Check
    """How the figures were checked."""
    note: Sentence | None = None
    """How its trials, time or method differ."""

    @model_validator(mode="after")
    def _interval_contains_estimate(self) -> Self:
        if not self.low <= self.estimate <= self.high:
            raise ValueError(f"the interval {self.low:g} to {self.high:g} does not contain the estimate {self.estimate:g}: correct them")
        return self


class GradeDomain(Value):
    """A GRADE domain (Guyatt et al., BMJ 2008;336:924)."""

    domain: Literal["risk-of-bias", "inconsistency", "indirectness", "imprecision", "publication-bias"]
    """The domain."""
    judgement: Literal["not-serious", "serious", "very-serious", "undetected", "suspected"]
    """Our judgement."""
    reason: Sentence
    """Why."""


class Synthesis(Reviewed):
    """A pooled result, or the reason why there is none."""

    id: Slug
    """File name."""
    title: Name
    """What is pooled."""
    question: Question
    """The question."""
    treatment: Slug
    """Id of the treatment."""
    comparator: Slug
    """Class of comparator: `inactive-placebo`, `midazolam`, `ect`."""
    outcome: Literal["response", "remission", "symptom-change", "relapse", "adverse-event", "suicidal-ideation"]
    """What is measured."""
    timepoint: Timepoint
    """When."""
    effect: Literal["rr", "or", "rd", "md", "smd", "hr"]
    """Effect measure."""
    model: Literal["fixed-mh", "fixed-iv", "dl", "pm", "reml"] = "reml"
    """How effects are pooled."""
    hartung_knapp: bool | None = None
    """Whether the interval is that of Hartung and Knapp; left out: where there are three results or more with τ² above 0."""
    pooled: bool
    """False where pooling would mislead; `reason` says why."""
    reason: Sentence | None = None
    """Why nothing is pooled; given exactly when `pooled` is false."""
    entries: tuple[Entry, ...] = ()
    """Results that enter."""
    excluded: tuple[Exclusion, ...] = ()
    """Studies left out."""
    published: tuple[PublishedPool, ...] = ()
    """What others pooled."""
    certainty: Certainty
    """GRADE certainty."""
    domains: tuple[GradeDomain, ...] = ()
    """Why this certainty."""
    findings: tuple[Statement, ...] = ()
    """What it shows; ids are `synthesis.<id>.result.<slug>`."""
    aliases: tuple[Slug, ...] = ()
    """Other ids that redirect here."""

    @model_validator(mode="after")
    def _pooled_or_explained(self) -> Self:
        if self.pooled is (self.reason is not None):
            raise ValueError("`pooled: false` and a `reason` go together: give both or neither")
        if self.pooled and not self.entries:
            raise ValueError("a pooled synthesis needs `entries`")
        return self
