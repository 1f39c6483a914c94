"""The statement: the one thing that everything this project can say is made of."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.content.review import Change, Sentence, Withdrawal
from app.values.certainty import Certainty, Check, Status
from app.values.details import Details, FactKind
from app.values.ids import FactId, FigureRef, Slug
from app.values.model import Value

Text = Annotated[str, StringConstraints(min_length=20, max_length=700, strip_whitespace=True)]
"""One to three sentences that are true and safe when read alone."""

Question = Annotated[str, StringConstraints(min_length=8, max_length=160, strip_whitespace=True, pattern=r"\?$")]
"""A question in somebody's own words, ending in a question mark."""

UNTYPED_KINDS = frozenset({"general", "definition", "verdict"})


class SourceRef(Value):
    """Which source backs a statement, and where in it."""

    id: Slug
    """Id of a file in `sources/`."""
    locator: Annotated[str, StringConstraints(min_length=1, max_length=160)] | None = None
    """Where in the source: "Table 2", "abstract", "section 5.3"."""
    check: Check = "seen"
    """`seen`: read in the source or a copy of it; `secondary`: read in a text that reports it."""


class DeclaredNumbers(Value):
    """Numbers of a statement that no record of this catalogue holds, with the source that does."""

    values: Annotated[tuple[Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")], ...], Field(min_length=1, max_length=40)]
    """The numbers as written in `text` or `plain`, without units and thousands separators: `["52.2", "368", "9"]`."""
    source: Slug
    """Id of the one of the statement's sources that gives them."""
    reason: Annotated[str, StringConstraints(min_length=10, max_length=300, strip_whitespace=True)]
    """Why they stand here and not in a record: "pooled by the review; its trials are not recorded here"."""
    outcome: Slug | None = None
    """What they measure (`remission-after-switch`); needed where another treatment tells other numbers of the same source."""


class Statement(Value):
    """A sentence that we stand behind, with all that a reader needs to judge it.

    `reviewed`, `next_review` and `added` fall back to the file's own."""

    id: FactId
    """`<kind>.<owner>.<section>.<slug>`; it never changes."""
    kind: FactKind
    """What the statement is; decides the fields under `details`."""
    text: Text
    """Professional wording."""
    plain: Text
    """Everyday wording, reading age about 12."""
    known: bool = True
    """False when the statement says that something is not known."""
    reason: Sentence | None = None
    """Why it is not known; given exactly when `known` is false."""
    certainty: Certainty
    """GRADE certainty of an effect; `not-graded` for all else."""
    certainty_reason: Sentence | None = None
    """Why this certainty; required unless `not-graded`."""
    topics: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=8)]
    """What it is about."""
    sources: Annotated[tuple[SourceRef, ...], Field(min_length=1, max_length=8)]
    """What backs it; at least one."""
    figures: tuple[FigureRef, ...] = ()
    """The structured data that its numbers come from."""
    numbers: Annotated[tuple[DeclaredNumbers, ...], Field(max_length=8)] = ()
    """Its numbers that no structured data holds, by source."""
    see_also: Annotated[tuple[FactId, ...], Field(max_length=8)] = ()
    """Warnings and limits that must travel with it."""
    details: Details | None = None
    """Typed fields of this kind of statement; their own `kind` is taken from the statement and need not be written."""
    asks: Annotated[tuple[Question, ...], Field(min_length=3, max_length=6)]
    """Questions it answers, in the words of patients, carers, clinicians and students."""
    version: Annotated[int, Field(ge=1)] = 1
    """Rises by one when the meaning changes."""
    added: date | None = None
    """Day it was first published; null: as the file."""
    reviewed: date | None = None
    """Day it was last checked; null: as the file."""
    next_review: date | None = None
    """Day of the next check; null: as the file."""
    status: Status = "active"
    """`withdrawn` statements stay and answer 410."""
    withdrawal: Withdrawal | None = None
    """Given exactly when `status` is `withdrawn`."""
    changes: tuple[Change, ...] = ()
    """What happened after it was added, oldest first."""

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        if self.kind not in UNTYPED_KINDS and self.details is None:
            raise ValueError(f"a `{self.kind}` statement needs `details`: add them or make it `general`")
        if self.details is not None and self.details.kind != self.kind:
            raise ValueError(f"the details are of kind `{self.details.kind}` but the statement is `{self.kind}`: make them alike")
        if self.known is (self.reason is not None):
            raise ValueError("`known: false` and a `reason` go together: give both or neither")
        if self.certainty != "not-graded" and self.certainty_reason is None:
            raise ValueError(f"certainty `{self.certainty}` needs a `certainty_reason`: say what raises or lowers it")
        return self
