"""Tidy tables as CSV (RFC 4180, UTF-8, one header line, nothing where nothing is known): they load into R or pandas as they are."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from app.schemas.v1.study import AdverseEvent, Outcome, Study

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]

TableName = Literal["studies", "arms", "outcomes", "contrasts"]

STUDIES = (
    "study", "name", "source", "treatments", "comparators", "registration", "design", "randomised", "blinding", "phase", "sites",
    "countries", "condition", "groups", "n_screened", "n_randomised", "n_analysed", "mean_age_years", "female_percent", "funding",
)  # fmt: skip
ARMS = (
    "study", "arm", "label", "role", "drug", "treatment", "dose_low", "dose_high", "dose_unit", "route", "given_over", "schedule",
    "n_randomised", "n_analysed",
)  # fmt: skip
OUTCOMES = (
    "study", "outcome", "kind", "measure", "scale", "definition", "timepoint", "timepoint_label", "period", "is_primary", "analysis_set",
    "unit", "arm", "events", "n", "percent", "mean", "sd", "se", "median", "low", "high", "finding", "source", "check",
)  # fmt: skip
CONTRASTS = (
    "study", "outcome", "origin", "effect", "treatment_arm", "comparator_arm", "estimate", "low", "high", "se", "level_percent", "p",
    "p_relation", "p_value", "note",
)  # fmt: skip


def write_table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as CSV; `None` is an empty field and truth is `true` or `false`."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_write(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def render_studies(studies: Iterable[Study], table: TableName) -> str:
    """One of the tables of studies: `studies`, their `arms`, the `outcomes` (a row for each arm, adverse events included), or the
    `contrasts` of arms, published and worked out."""
    columns, find_rows = TABLES[table]
    return write_table(columns, (row for study in studies for row in find_rows(study)))


def _study_rows(study: Study) -> Iterator[Row]:
    design, population = study.design, study.population
    yield {
        **population.model_dump(), "study": study.id, "name": study.name, "source": study.source, "design": design.type,
        "treatments": _join(study.treatments), "comparators": _join(study.comparators),
        "registration": _join(code.code for code in study.registration), "randomised": design.randomised, "blinding": design.blinding,
        "phase": design.phase, "sites": design.sites, "countries": _join(design.countries), "groups": _join(population.groups),
        "funding": study.funding,
    }  # fmt: skip


def _arm_rows(study: Study) -> Iterator[Row]:
    for arm in study.arms:
        dose = arm.dose
        given = {"dose_low": dose.low, "dose_high": dose.high, "dose_unit": dose.unit} if dose is not None else {}
        yield {**arm.model_dump(exclude={"dose"}), **given, "study": study.id, "arm": arm.id}


def _outcome_rows(study: Study) -> Iterator[Row]:
    for part in (*study.outcomes, *study.adverse_events):
        shared = {"study": study.id, "outcome": part.id, **_describe(part)}
        for result in part.arms:
            yield {**shared, **result.model_dump(exclude={"note"})}
        if not part.arms:
            yield shared


def _describe(part: Outcome | AdverseEvent) -> dict[str, Cell]:
    shared: dict[str, Cell] = {"finding": part.finding, "source": part.source, "check": part.check, "unit": part.unit}
    if isinstance(part, AdverseEvent):
        return {**shared, "kind": "adverse-event", "measure": part.event}
    return {
        **shared, "kind": "outcome", "measure": part.measure, "scale": part.scale, "definition": part.definition,
        "timepoint": part.timepoint.duration, "timepoint_label": part.timepoint.label, "period": part.period, "is_primary": part.primary,
        "analysis_set": part.analysis_set,
    }  # fmt: skip


def _contrast_rows(study: Study) -> Iterator[Row]:
    for part in (*study.outcomes, *study.adverse_events):
        for contrast in part.contrasts if isinstance(part, Outcome) else ():
            arms = {"treatment_arm": contrast.treatment, "comparator_arm": contrast.comparator}
            told = {**contrast.model_dump(), **arms, **_split_p(contrast.p), "origin": "published", "effect": contrast.kind}
            yield {**told, "study": study.id, "outcome": part.id}
        for worked in part.computed:
            arms = {"treatment_arm": worked.treatment, "comparator_arm": worked.comparator, "level_percent": 95.0}
            yield {**worked.model_dump(), **arms, "study": study.id, "outcome": part.id, "origin": "computed", "effect": worked.kind}


def _split_p(p: str | None) -> dict[str, Cell]:
    """A printed P value as a number that can be sorted, and what stands before it ("<", "=")."""
    if p is None:
        return {}
    digits = p.lstrip("<>=\u2264\u2265 ")
    return {"p_relation": p[: len(p) - len(digits)].strip() or "=", "p_value": float(digits)}


def _join(names: Iterable[str]) -> str | None:
    """Several values in one field, with semicolons."""
    return ";".join(names) or None


def _write(cell: Cell) -> str | int | float | None:
    return str(cell).lower() if isinstance(cell, bool) else cell


TABLES: dict[TableName, tuple[tuple[str, ...], Callable[[Study], Iterator[Row]]]] = {
    "studies": (STUDIES, _study_rows),
    "arms": (ARMS, _arm_rows),
    "outcomes": (OUTCOMES, _outcome_rows),
    "contrasts": (CONTRASTS, _contrast_rows),
}
