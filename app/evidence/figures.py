"""Whether the numbers that statements tell are those of the data that they rest on."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import BaseModel

from app.content.library import Library, PlacedStatement
from app.content.problem import Problem
from app.content.source import Source
from app.content.study import Contrast, Study
from app.evidence.effect import RATIOS
from app.evidence.numbers import HOURS, Number, NumberKind, find_numbers
from app.evidence.study import work_out_effects
from app.evidence.synthesis import Computed, find_events
from app.values.quantity import DURATION, read_hours

BOUND_SECTIONS = frozenset({"efficacy", "safety"})
"""Sections of treatments in which every number has to be bound. Elsewhere a statement is checked once it names `figures` or `numbers`."""

_DURATION = re.compile(DURATION)
_TIME_UNITS = {"s": "s", "min": "mi", "h": "h", "d": "d", "wk": "w", "mo": "mo", "a": "y"}
"""UCUM units of time, by how this module calls them."""
_MASS = re.compile(r"^(?:[munp]?g|[mu]?L)(?:/|$)")


@dataclass(frozen=True)
class Datum:
    """A number of the data."""

    value: float
    kind: NumberKind | Literal["any"]


def check_figures(library: Library, computed: Mapping[str, Computed | None]) -> list[Problem]:
    """A problem for each number of a statement that its data do not hold, and for each declared number that it does not tell."""
    names = _names(library)
    problems: list[Problem] = []
    for placed in library.statements():
        statement = placed.statement
        if statement.status == "active" and (statement.figures or statement.numbers or _has_to_be_bound(placed)):
            problems += _check(placed, library, computed, names)
    return problems


def _has_to_be_bound(placed: PlacedStatement) -> bool:
    return placed.kind == "synthesis" or (placed.kind == "treatment" and placed.section in BOUND_SECTIONS)


def _names(library: Library) -> list[str]:
    """Proper names with digits, longest first."""
    names = {study.item.name for study in library.studies.values()}
    for treatment in library.treatments.values():
        names.update((treatment.head.item.name, *treatment.head.item.other_names))
    for drug in library.drugs.values():
        names.update((drug.item.name, *drug.item.other_names))
    return sorted(names, key=lambda name: (-len(name), name))


def _check(placed: PlacedStatement, library: Library, computed: Mapping[str, Computed | None], names: list[str]) -> Iterator[Problem]:
    statement, document = placed.statement, placed.document
    data = [*_find_data(placed, library, computed)]
    told: list[Number] = []
    for key in ("text", "plain"):
        for number in find_numbers(getattr(statement, key), names):
            told.append(number)
            if not any(number.fits(datum.value, datum.kind) for datum in data):
                yield document.problem(
                    (*placed.path, key),
                    f"no data behind the number `{number.text}`",
                    "name its record under `figures`, or declare it under `numbers` with its source and the reason, or correct it",
                )
    cited = {source.id for source in statement.sources}
    for index, declared in enumerate(statement.numbers):
        here = (*placed.path, "numbers", index)
        if declared.source not in cited:
            yield document.problem(
                (*here, "source"),
                f"`{declared.source}` is not among the statement's sources",
                "cite it, or name the one that gives these numbers",
            )
        for place, written in enumerate(declared.values):
            if not any(number.fits(datum.value, datum.kind) for number in told for datum in _declared(written)):
                yield document.problem(
                    (*here, "values", place), f"the statement does not tell the number {written}", "take it out, or correct the text"
                )


def _find_data(placed: PlacedStatement, library: Library, computed: Mapping[str, Computed | None]) -> Iterator[Datum]:
    statement = placed.statement
    if statement.details is not None:
        yield from _walk(statement.details)
    for declared in statement.numbers:
        for written in declared.values:
            yield from _declared(written)
    for ref in statement.sources:
        source = library.sources.get(ref.id)
        if source is not None:
            yield from _years(source.item)
    for figure in statement.figures:
        yield from _figure(figure, library, computed)
    if placed.kind == "synthesis":
        yield from _synthesis(placed.owner, library, computed)


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


def _declared(written: str) -> Iterator[Datum]:
    """A declared number stands for itself whatever it counts, a time in the unit that the sentence has."""
    value = float(written)
    yield Datum(value, "any")
    for hours in HOURS.values():
        yield Datum(value * hours, "time")


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
    yield from _walk((synthesis.question, synthesis.timepoint))
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
    yield from (Datum(value, "plain") for value in (pooled.k, pooled.n, pooled.tau2, pooled.q, pooled.p_heterogeneity) if value is not None)
    yield from (Datum(weight, "percent") for weight in pooled.weights)


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
        yield from _read_text(item)
    elif isinstance(item, date):
        yield Datum(item.year, "year")
    elif isinstance(item, int | float) and not isinstance(item, bool):
        yield Datum(item, "percent" if key.endswith("percent") else "year" if key == "year" else "plain")


def _measured(value: float, unit: str) -> Datum:
    if unit == "%":
        return Datum(value, "percent")
    if unit in _TIME_UNITS:
        return Datum(value * HOURS[_TIME_UNITS[unit]], "time")
    return Datum(value, "dose" if _MASS.match(unit) else "plain")


def _read_text(text: str) -> Iterator[Datum]:
    if _DURATION.fullmatch(text):
        yield Datum(read_hours(text), "time")
    else:
        yield from (Datum(number.value, number.kind) for number in find_numbers(text))
