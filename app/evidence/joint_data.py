"""The shares and intervals of the data, and whether those of a sentence are among them."""

import math
from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel

from app.content.library import Library, PlacedStatement
from app.content.study import Study
from app.evidence.data import list_figures
from app.evidence.effect import RATIOS
from app.evidence.joint import Share, Span, ToldShare, ToldSpan, find_shares, find_spans
from app.evidence.numbers import NEARLY, Number
from app.evidence.study import work_out_effects
from app.evidence.synthesis import Computed, find_events

Complaint = tuple[str, str]
"""What is wrong, and the remedy."""

_WHOLES = (("events", "n"), ("n_analysed", "n_randomised"), ("n_randomised", "n_screened"), ("n_analysed", "n_screened"))
"""Fields that count people, and those out of whom."""
_ESTIMATES = ("estimate", "mean", "median", "value", "percent")
"""Fields that an interval stands around."""


class JointData:
    """The shares and intervals of one library."""

    def __init__(self, library: Library, computed: Mapping[str, Computed | None]) -> None:
        self._library = library
        self._computed = computed
        self._figures: dict[str, tuple[Share | Span, ...]] = {}

    def find_share_complaint(self, told: ToldShare, placed: PlacedStatement) -> Complaint | None:
        """What is wrong with a share in a sentence of this statement."""
        if not told.is_right:
            return (f"`{told.text}` is not {told.percent:g} %", "correct one of them")
        if told.share in self._of_statement(placed) or _is_declared(placed, told.share.events, told.share.n):
            return None
        return (
            f"no group of which the data count `{told.text}`",
            "take both numbers from one group of a record under `figures`, or declare both in one entry of `numbers`, or correct them",
        )

    def find_span_complaint(self, told: ToldSpan, placed: PlacedStatement, numbers: Sequence[Number]) -> Complaint | None:
        """What is wrong with an interval in a sentence that tells these numbers."""
        fitting = [item for item in self._of_statement(placed) if isinstance(item, Span) and told.fits(item)]
        if any(item.estimate is None or _tells(numbers, item.estimate) for item in fitting):
            return None
        if _is_declared(placed, told.low.value, told.high.value):
            return None
        if fitting:
            estimates = ", ".join(f"{item.estimate:.3g}" for item in fitting)
            return (
                f"the interval `{told.text}` stands without its estimate, {estimates}",
                "tell the estimate too, or correct the interval",
            )
        return (
            f"no data behind the interval `{told.text}`",
            "take both ends from one comparison of a record under `figures`, or declare both in one entry of `numbers`, or correct them",
        )

    def _of_statement(self, placed: PlacedStatement) -> list[Share | Span]:
        found = [*walk_joint(placed.statement.details)]
        for figure in list_figures(placed, self._library):
            found += self._of_figure(figure)
        if placed.kind == "study":
            study = self._library.studies[placed.owner].item
            found += walk_joint((study.design, study.population, study.arms))
        return found

    def _of_figure(self, figure: str) -> tuple[Share | Span, ...]:
        if figure not in self._figures:
            self._figures[figure] = tuple(self._read_figure(figure))
        return self._figures[figure]

    def _read_figure(self, figure: str) -> Iterator[Share | Span]:
        owner, _, part = figure.partition("/")
        if owner in self._library.studies:
            yield from _read_study(self._library.studies[owner].item, part)
        elif owner in self._library.syntheses:
            yield from self._read_synthesis(owner)
        else:
            drug = self._library.drugs[owner].item
            yield from walk_joint(tuple(value for value in (*drug.targets, *drug.pharmacokinetics) if value.id == part))

    def _read_synthesis(self, owner: str) -> Iterator[Share | Span]:
        synthesis, result = self._library.syntheses[owner].item, self._computed.get(owner)
        yield from walk_joint((synthesis.question, synthesis.published))
        for entry in synthesis.entries:
            yield from self._of_figure(entry.figure)
        if result is None:
            return
        is_ratio = synthesis.effect in RATIOS or synthesis.effect == "hr"

        def shown(value: float) -> float:
            return math.exp(value) if is_ratio else 100 * value if synthesis.effect == "rd" else value

        pooled = result.pooled
        for low, high in ((pooled.low, pooled.high), pooled.prediction or (pooled.low, pooled.high)):
            yield Span(shown(low), shown(high), shown(pooled.estimate))
        for entered in result.entered:
            low, high = entered.effect.interval
            yield Span(shown(low), shown(high), shown(entered.effect.estimate))
            if entered.counts is not None:
                counts = entered.counts
                yield from (Share(counts.events_t, counts.n_t), Share(counts.events_c, counts.n_c))
        if result.absolute is not None:
            for estimate, low, high in (result.absolute.treated_risk, result.absolute.difference):
                yield Span(low, high, estimate)


def _read_study(study: Study, part_id: str) -> Iterator[Share | Span]:
    yield from walk_joint((study.design, study.population, study.arms))
    for part in (*study.outcomes, *study.adverse_events):
        if part.id != part_id:
            continue
        yield from walk_joint(part)
        for result in part.arms:
            events = find_events(result)
            if events is not None and result.n is not None:
                yield Share(events, result.n)
        for worked in work_out_effects(study, part):
            if worked.low is not None and worked.high is not None:
                yield Span(worked.low, worked.high, worked.estimate)


def walk_joint(item: object) -> Iterator[Share | Span]:
    """Every share and interval below `item`, in fields and in what its texts say."""
    if isinstance(item, BaseModel):
        yield from _read_fields(item)
        for name in type(item).model_fields:
            yield from walk_joint(getattr(item, name))
    elif isinstance(item, tuple):
        for part in item:  # pyright: ignore[reportUnknownVariableType] -- whatever it is, it is walked
            yield from walk_joint(part)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(item, str):
        yield from (told.share for told in find_shares(item))
        yield from (Span(told.low.value, told.high.value) for told in find_spans(item))


def _read_fields(item: BaseModel) -> Iterator[Share | Span]:
    for name, whole in _WHOLES:
        count, total = getattr(item, name, None), getattr(item, whole, None)
        if isinstance(count, int) and isinstance(total, int):
            yield Share(count, total)
    low, high = getattr(item, "low", None), getattr(item, "high", None)
    if isinstance(low, int | float) and isinstance(high, int | float):
        around = (getattr(item, name, None) for name in _ESTIMATES)
        yield Span(low, high, next((value for value in around if isinstance(value, int | float)), None))


def _is_declared(placed: PlacedStatement, *values: float) -> bool:
    """Whether one declaration of the statement has all these values."""
    return any(
        all(any(abs(abs(float(written)) - abs(value)) <= NEARLY for written in declared.values) for value in values)
        for declared in placed.statement.numbers
    )


def _tells(numbers: Sequence[Number], estimate: float) -> bool:
    """Whether one of the numbers is this estimate, or the same seen from the other side."""
    return any(number.fits(value, "any") for number in numbers if number.kind not in {"time", "year"} for value in (estimate, -estimate))
