"""The data behind statements, as numbers: what records, details, declarations and pooled results hold."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from pydantic import BaseModel

from app.content.library import Library, PlacedStatement
from app.content.source import Source
from app.content.study import Contrast, Study
from app.evidence.effect import RATIOS
from app.evidence.numbers import HOURS, NumberKind, find_numbers
from app.evidence.study import work_out_effects
from app.evidence.synthesis import Computed, find_events
from app.values.quantity import DURATION, read_hours

_DURATION = re.compile(DURATION)
_TIME_UNITS = {"s": "s", "min": "mi", "h": "h", "d": "d", "wk": "w", "mo": "mo", "a": "y"}
"""UCUM units of time, by how `numbers` calls them."""
_MASS = re.compile(r"^(?:[munp]?g|[mu]?L)(?:/|$)")


class Datum(NamedTuple):
    """A number of the data."""

    value: float
    kind: NumberKind | Literal["any"]
    unit: str | None = None
    """Unit of an amount."""


class Data:
    """The numbers of one library; those of a record are worked out once."""

    def __init__(self, library: Library, computed: Mapping[str, Computed | None]) -> None:
        self._library = library
        self._computed = computed
        self._figures: dict[str, tuple[Datum, ...]] = {}

    def of_statement(self, placed: PlacedStatement) -> Iterator[Datum]:
        """What a statement may tell: its details, declared numbers, the years of its sources, and the records that it names."""
        statement = placed.statement
        if statement.details is not None:
            yield from _walk(statement.details)
        for declared in statement.numbers:
            yield from map(read_declared, declared.values)
        for ref in statement.sources:
            source = self._library.sources.get(ref.id)
            if source is not None:
                yield from _years(source.item)
        for figure in list_figures(placed, self._library):
            yield from self.of_figure(figure)
        if placed.kind == "study":
            study = self._library.studies[placed.owner].item
            yield from _walk((study.design, study.population, study.arms))

    def told_by(self, placed: PlacedStatement) -> Iterator[Datum]:
        """The numbers of a statement's own texts, and those behind them."""
        for text in (placed.statement.text, placed.statement.plain):
            yield from _read_text(text)
        yield from self.of_statement(placed)

    def of_figure(self, figure: str) -> tuple[Datum, ...]:
        """What a record holds, `<owner>/<part>`: a study's result, a pooled result, a value of a drug."""
        if figure not in self._figures:
            self._figures[figure] = tuple(_figure(figure, self._library, self._computed))
        return self._figures[figure]


def list_figures(placed: PlacedStatement, library: Library) -> list[str]:
    """The records that a statement may tell: those that it names; also the result of its synthesis, and all results of its study where it
    names none."""
    figures = [*placed.statement.figures]
    if placed.kind == "synthesis":
        figures.append(f"{placed.owner}/result")
    elif placed.kind == "study" and not figures:
        study = library.studies[placed.owner].item
        figures += [f"{study.id}/{part.id}" for part in (*study.outcomes, *study.adverse_events)]
    return figures


def _figure(figure: str, library: Library, computed: Mapping[str, Computed | None]) -> Iterator[Datum]:
    owner, _, part = figure.partition("/")
    if owner in library.studies:
        yield from _study(library.studies[owner].item, part)
    elif owner in library.syntheses:
        yield from _synthesis(owner, library, computed)
    else:
        drug = library.drugs[owner].item
        for value in (*drug.targets, *drug.pharmacokinetics):
            if value.id == part:
                yield from _walk(value)
                if "half-life" in value.name:
                    yield Datum(50, "percent")  # what a half-life is: the time in which half is gone


def read_declared(written: str) -> Datum:
    """A declared number stands for itself, whatever it counts."""
    return Datum(float(written), "any")


def _years(source: Source) -> Iterator[Datum]:
    if source.year is not None:
        yield Datum(source.year, "year")


def _study(study: Study, part_id: str) -> Iterator[Datum]:
    """What a study says about itself and about one of its results, with what the arms give."""
    yield from _walk((study.design, study.population, study.arms))
    for part in (*study.outcomes, *study.adverse_events):
        if part.id != part_id:
            continue
        yield from _walk(part)
        for result in part.arms:
            events = find_events(result)
            if events is not None and result.n is not None:
                yield Datum(events, "plain")
                yield Datum(100 * events / result.n, "percent")
        for worked in work_out_effects(study, part):
            kind: NumberKind = "percent" if worked.kind == "risk-difference" else "plain"
            yield from (Datum(value, kind) for value in (worked.estimate, worked.low, worked.high) if value is not None)


def _synthesis(owner: str, library: Library, computed: Mapping[str, Computed | None]) -> Iterator[Datum]:
    synthesis, result = library.syntheses[owner].item, computed.get(owner)
    yield from _walk((synthesis.question, synthesis.timepoint, synthesis.published))
    for entry in synthesis.entries:
        study_id, _, part = entry.figure.partition("/")
        yield from _study(library.studies[study_id].item, part)
    if result is None:
        return
    pooled = result.pooled
    is_ratio = synthesis.effect in RATIOS or synthesis.effect == "hr"
    for value in (pooled.estimate, pooled.low, pooled.high, *(pooled.prediction or ())):
        yield Datum(
            math.exp(value) if is_ratio else 100 * value if synthesis.effect == "rd" else value,
            "percent" if synthesis.effect == "rd" else "plain",
        )
    yield Datum(pooled.i2, "percent")
    yield from (Datum(value, "plain") for value in (pooled.k, pooled.n, pooled.tau2, pooled.q) if value is not None)
    if pooled.p_heterogeneity is not None:
        yield Datum(pooled.p_heterogeneity, "p")
    yield from (Datum(weight, "percent") for weight in pooled.weights)
    if result.absolute is not None:
        absolute = result.absolute
        shares = (absolute.comparator_risk, *absolute.treated_risk, *absolute.difference)
        yield from (Datum(share, "percent") for share in shares)
        yield from (Datum(needed, "plain") for needed in (absolute.needed, *(absolute.needed_ends or ())) if needed is not None)


def _walk(item: object, key: str = "") -> Iterator[Datum]:
    """Every number below `item`: fields, durations, and what its texts say."""
    if isinstance(item, BaseModel):
        unit = getattr(item, "unit", None)
        is_share = isinstance(item, Contrast) and item.kind == "risk-difference"
        for name in type(item).model_fields:
            value = None if name == "level_percent" else getattr(item, name)
            if isinstance(value, float) and (isinstance(unit, str) or is_share):
                yield _measured(value, "%" if is_share else str(unit))
            else:
                yield from _walk(value, name)
    elif isinstance(item, tuple):
        for part in item:  # pyright: ignore[reportUnknownVariableType] -- whatever it is, it is walked
            yield from _walk(part, key)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(item, str):
        yield from (Datum(datum.value, "p") for datum in _read_text(item)) if key == "p" else _read_text(item)
    elif isinstance(item, date):
        yield Datum(item.year, "year")
    elif isinstance(item, int | float) and not isinstance(item, bool):
        yield Datum(
            item, "percent" if key.endswith("percent") else "year" if key == "year" else "spread" if key in {"sd", "se"} else "plain"
        )


def _measured(value: float, unit: str) -> Datum:
    if unit == "%":
        return Datum(value, "percent")
    if unit in _TIME_UNITS:
        return Datum(value * HOURS[_TIME_UNITS[unit]], "time")
    return Datum(value, "dose", unit) if _MASS.match(unit) else Datum(value, "plain")


@lru_cache(maxsize=8192)  # the same labels stand behind many statements
def _read_text(text: str) -> tuple[Datum, ...]:
    if _DURATION.fullmatch(text):
        return (Datum(read_hours(text), "time"),)
    return tuple(Datum(number.value, number.kind, number.unit) for number in find_numbers(text))
