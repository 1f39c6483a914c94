"""Tables of studies as CSV: read strictly, so that every bad row is named by its line."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.evidence.effect import (
    LARGEST,
    RATIOS,
    Counts,
    Effect,
    EffectError,
    Means,
    Measure,
    check_logarithm,
    get_effect_of_counts,
    get_effect_of_estimate,
    get_effect_of_means,
    transform_ratio,
)

Shape = Literal["counts", "means", "estimates"]

SHAPES: dict[Shape, tuple[str, ...]] = {
    "counts": ("events_t", "n_t", "events_c", "n_c"),
    "means": ("mean_t", "sd_t", "n_t", "mean_c", "sd_c", "n_c"),
    "estimates": ("estimate",),
}

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class TableProblem:
    """Something wrong with a table: the line (1 is the header), and what to do."""

    line: int
    message: str


class TableError(ValueError):
    """A table cannot be used; carries every problem."""

    def __init__(self, problems: Sequence[TableProblem]) -> None:
        super().__init__("; ".join(f"line {problem.line}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


def parse_effects(text: str, measure: Measure, *, log: bool = False) -> list[Effect]:
    """Effects of the studies in a CSV text, or a `TableError` with all its problems.

    A byte order mark before the text is ignored. With `measure` rr or or and ready estimates, these are ratios, unless `log` says that
    they are logarithms already."""
    rows = _read(text.removeprefix("\ufeff"))
    header = rows[0][1]
    shape = _find_shape(header)
    problems: list[TableProblem] = []
    effects: list[Effect] = []
    lines: dict[str, int] = {}
    for line, cells in rows[1:]:
        try:
            effect = _parse_row(header, cells, shape, measure, log=log)
        except EffectError as error:
            problems.append(TableProblem(line, str(error)))
            continue
        if effect.study in lines:
            message = f"the study `{effect.study}` stands in line {lines[effect.study]} already: give each study one row"
            problems.append(TableProblem(line, message))
        lines.setdefault(effect.study, line)
        effects.append(effect)
    if not problems and not effects:
        problems.append(TableProblem(2, "there is no study below the header: add a row"))
    if problems:
        raise TableError(problems)
    return effects


def _read(text: str) -> list[tuple[int, list[str]]]:
    """Rows that are not empty, with their line, header first and in lower case."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise TableError([TableProblem(reader.line_num, f"{error}: check quotes and commas")]) from error
    if not rows:
        raise TableError([TableProblem(1, "the file is empty: write a header and one row for each study")])
    line, header = rows[0]
    if len(header) == 1:
        for mark, name in ((";", "semicolons"), ("\t", "tabs")):
            if mark in header[0]:
                raise TableError(
                    [TableProblem(line, f"the columns are separated by {name}: save the file with commas, and decimals with points")]
                )
    rows[0] = (line, [cell.lower() for cell in header])
    return rows


def _find_shape(header: list[str]) -> Shape:
    """Which kind of table the columns make."""
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise TableError([TableProblem(1, f"the column `{doubled[0]}` stands twice: remove one")])
    known = {"study", "se", "ci_low", "ci_high", "n", *(name for names in SHAPES.values() for name in names)}
    unknown = [name for name in header if name not in known]
    for shape, needed in SHAPES.items():
        if not set(needed) & set(header) or (shape == "counts" and "events_t" not in header and "events_c" not in header):
            continue
        missing = [name for name in ("study", *needed) if name not in header]
        if shape == "estimates" and "se" not in header and not {"ci_low", "ci_high"} <= set(header):
            missing.append("se (or ci_low and ci_high)")
        if missing:
            raise TableError([TableProblem(1, f"the column {', '.join(missing)} is missing: add it")])
        if unknown:
            raise TableError([TableProblem(1, f"unknown column `{unknown[0]}`: remove it or correct its name")])
        return shape
    shapes = "; ".join("study," + ",".join(names) for names in SHAPES.values())
    raise TableError(
        [TableProblem(1, f"the columns fit no kind of table: use one of {shapes},se; {shapes.rsplit('; ', maxsplit=1)[-1]},ci_low,ci_high")]
    )


def _parse_row(header: list[str], cells: list[str], shape: Shape, measure: Measure, *, log: bool) -> Effect:
    if len(cells) != len(header):
        raise EffectError(f"{len(cells)} cells where the header has {len(header)}: check the commas, and write decimals with points")
    row = dict(zip(header, cells, strict=True))
    study = row["study"]
    if not study:
        raise EffectError("the study has no name: give it one")
    if shape == "counts":
        return get_effect_of_counts(study, Counts(*(_whole(row, name) for name in SHAPES["counts"])), measure)
    if shape == "means":
        means = Means(
            _number(row, "mean_t"), _number(row, "sd_t"), _whole(row, "n_t"),
            _number(row, "mean_c"), _number(row, "sd_c"), _whole(row, "n_c"),
        )  # fmt: skip
        return get_effect_of_means(study, means, measure)
    effect = _parse_estimate(study, row, log=log or measure not in RATIOS)
    return check_logarithm(effect) if log or measure in RATIOS else effect


def _parse_estimate(study: str, row: dict[str, str], *, log: bool) -> Effect:
    """A ready estimate; the logarithm of a ratio is taken unless `log`."""
    n = _whole(row, "n") if row.get("n") else None
    estimate = _number(row, "estimate")
    interval = (_number(row, "ci_low"), _number(row, "ci_high")) if row.get("ci_low") and row.get("ci_high") else None
    if not log:
        estimate = transform_ratio(study, estimate)
        interval = (transform_ratio(study, interval[0]), transform_ratio(study, interval[1])) if interval else None
    se = _number(row, "se") if row.get("se") else None
    return get_effect_of_estimate(study, estimate, se=se, interval=interval, n=n)


def _number(row: dict[str, str], name: str) -> float:
    text = row[name]
    if not text:
        raise EffectError(f"{name} is empty: fill it in, or leave the study out")
    if not _NUMBER.fullmatch(text):
        comma = " and no comma" if "," in text else ""
        raise EffectError(f"{name} is “{text}”, which is no number: write digits with a decimal point{comma}")
    value = float(text)
    if abs(value) > LARGEST:
        raise EffectError(f"{name} is “{text}”, which is beyond {LARGEST:g}: correct it, or change the unit")
    return value


def _whole(row: dict[str, str], name: str) -> int:
    value = _number(row, name)
    if value != int(value):
        raise EffectError(f"{name} is {value:g}: people are counted in whole numbers; correct it")
    return int(value)
