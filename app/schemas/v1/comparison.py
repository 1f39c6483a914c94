"""Treatments side by side."""

from pydantic import Field

from app.schemas.v1.fact import Fact
from app.schemas.v1.study import StudyCard
from app.schemas.v1.synthesis import SynthesisCard
from app.schemas.v1.treatment import MainEffect
from app.values.certainty import Certainty
from app.values.model import Value


class Compared(Value):
    """A treatment of a comparison."""

    id: str = Field(examples=["ketamine"])
    """Id of the treatment."""
    name: str
    """What it is called."""
    kind: str
    """`drug`, `drug-class`, `procedure`, `psychotherapy` or `combination`."""
    plain_summary: str
    """What it is, in everyday words."""
    main_effect: MainEffect
    """The effect that stands for it, with its certainty."""
    href: str
    """Address of its document."""


class Pair(Value):
    """Two of the treatments, and whether studies set them against each other."""

    treatments: list[str]
    """Ids of the two."""
    comparison: str = Field(examples=["head-to-head"])
    """`head-to-head` when studies that compared the two directly are recorded or told of here, `indirect` when none is."""
    note: str
    """What that means for reading the rows."""
    studies: list[StudyCard]
    """Studies that compared the two directly; empty when there is none."""
    syntheses: list[SynthesisCard]
    """Pooled results of direct comparisons; empty when there is none."""
    facts: list[Fact]
    """What the catalogue says of direct comparisons, with sources and certainty; empty when it says nothing."""


class Cell(Value):
    """What is known of one attribute of one treatment."""

    treatment: str
    """Id of the treatment."""
    value: str | None
    """A few words; null when it is not known."""
    reason: str | None
    """Why there is no value; null when there is one."""
    certainty: Certainty | None
    """The lowest GRADE certainty of the graded facts it rests on; null when none is graded."""
    facts: list[str]
    """Ids of the facts it rests on."""
    syntheses: list[str]
    """Ids of the pooled results it rests on."""
    see_also: list[str]
    """Ids of the warnings and limits that belong to these facts and travel with the value."""


class Row(Value):
    """One attribute of all treatments."""

    attribute: str = Field(examples=["onset"])
    """The attribute."""
    title: str
    """The attribute in words."""
    jurisdiction: str | None
    """Where it holds, for legal status, cost and guidelines; null otherwise."""
    comparison: str = Field(examples=["indirect"])
    """`described` for what a treatment is and how it is given; `indirect` for effects, where each cell comes from the treatment's own
    studies, whose people and comparators differ, so that the row shows no winner."""
    cells: list[Cell]
    """One for each treatment, in the order asked for."""


class ComparisonLinks(Value):
    """Addresses that belong to a comparison."""

    self: str
    """Its own address."""


class Comparison(Value):
    """Treatments side by side: direct comparisons first, then attribute by attribute."""

    treatments: list[Compared]
    """The treatments, in the order asked for."""
    pairs: list[Pair]
    """Each two of them; those with direct comparisons first."""
    rows: list[Row]
    """The attributes."""
    links: ComparisonLinks
    """Addresses."""
