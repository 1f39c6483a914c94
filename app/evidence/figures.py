"""Whether the numbers that statements tell are those of the data that they rest on."""

from collections.abc import Iterator, Mapping

from app.content.library import Library, PlacedStatement
from app.content.problem import Problem
from app.evidence.agreement import Agreement, check_profiles
from app.evidence.data import Data, read_declared
from app.evidence.numbers import Names, Number, find_numbers
from app.evidence.synthesis import Computed

BOUND_SECTIONS = frozenset({"efficacy", "safety"})
"""Sections of treatments in which every number has to be bound. Elsewhere a statement is checked once it names `figures` or `numbers`."""


def check_figures(library: Library, computed: Mapping[str, Computed | None]) -> list[Problem]:
    """A problem for each number of a statement that its data do not hold, and for each declared number that it does not tell."""
    names = _names(library)
    data = Data(library, computed)
    agreement = Agreement(library)
    problems: list[Problem] = []
    for placed in library.statements():
        statement = placed.statement
        problems += agreement.check(placed)
        if statement.status == "active" and (statement.figures or statement.numbers or _has_to_be_bound(placed)):
            problems += _check(placed, data, names)
    return [*problems, *agreement.finish(), *check_profiles(library, data)]


def _has_to_be_bound(placed: PlacedStatement) -> bool:
    return placed.kind in {"study", "synthesis"} or (placed.kind == "treatment" and placed.section in BOUND_SECTIONS)


def _names(library: Library) -> Names:
    """Proper names with digits."""
    names = {study.item.name for study in library.studies.values()}
    for treatment in library.treatments.values():
        names.update((treatment.head.item.name, *treatment.head.item.other_names))
    for drug in library.drugs.values():
        names.update((drug.item.name, *drug.item.other_names))
    return Names(names)


def _check(placed: PlacedStatement, data: Data, names: Names) -> Iterator[Problem]:
    statement, document = placed.statement, placed.document
    known = [*data.of_statement(placed)]
    told: list[Number] = []
    for key in ("text", "plain"):
        for number in find_numbers(getattr(statement, key), names):
            told.append(number)
            if not any(number.fits(datum.value, datum.kind) for datum in known):
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
            if not any(number.fits(datum.value, datum.kind) for number in told for datum in read_declared(written)):
                yield document.problem(
                    (*here, "values", place), f"the statement does not tell the number {written}", "take it out, or correct the text"
                )
