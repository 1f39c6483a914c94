"""Whether the numbers that statements tell are those of the data that they rest on."""

from collections.abc import Iterator, Mapping

from app.content.library import Library, PlacedStatement
from app.content.problem import Problem
from app.evidence.agreement import Agreement, check_profiles
from app.evidence.data import Data, Datum
from app.evidence.joint import find_shares, find_spans
from app.evidence.joint_data import JointData
from app.evidence.marks import check_marks
from app.evidence.numbers import Names, Number, find_numbers
from app.evidence.synthesis import Computed

BOUND_SECTIONS = frozenset({"efficacy", "safety"})
"""Sections of treatments in which every number has to be bound. Elsewhere a statement is checked once it names `figures` or `numbers`."""


def check_figures(library: Library, computed: Mapping[str, Computed | None]) -> list[Problem]:
    """A problem for each number of a statement that its data do not hold, and for each declared number that it does not tell."""
    figures = FigureCheck(library, computed)
    agreement = Agreement(library)
    problems: list[Problem] = []
    for placed in library.statements():
        problems += agreement.check(placed)
        problems += figures.check(placed)
        if placed.statement.status == "active":
            problems += check_marks(placed, library)
    return [*problems, *agreement.finish(), *check_profiles(library, figures.data)]


class FigureCheck:
    """Holds statements, one by one, to the numbers of one library."""

    def __init__(self, library: Library, computed: Mapping[str, Computed | None]) -> None:
        self.data = Data(library, computed)
        self._joint = JointData(library, computed)
        self._names = _names(library)

    def check(self, placed: PlacedStatement) -> list[Problem]:
        """What is wrong with the numbers of this statement, if they have to be bound."""
        statement = placed.statement
        if statement.status != "active" or not (statement.figures or statement.numbers or _has_to_be_bound(placed)):
            return []
        told = {key: find_numbers(getattr(statement, key), self._names) for key in ("text", "plain")}
        known = list(dict.fromkeys(self.data.of_statement(placed)))
        problems = [problem for key, numbers in told.items() for problem in self._check_text(placed, key, numbers, known)]
        return [*problems, *_check_declared(placed, [number for numbers in told.values() for number in numbers])]

    def _check_text(self, placed: PlacedStatement, key: str, numbers: list[Number], known: list[Datum]) -> Iterator[Problem]:
        text: str = getattr(placed.statement, key)
        spans, here = [*find_spans(text)], (*placed.path, key)
        for number in numbers:
            if any(span.start <= number.start < span.end for span in spans):
                continue  # held to the data together with the other end
            if not any(number.fits(datum.value, datum.kind, datum.unit) for datum in known):
                yield placed.document.problem(
                    here,
                    f"no data behind the number `{number.text}`",
                    "name its record under `figures`, or declare it under `numbers` with its source and the reason, or correct it",
                )
        complaints = [self._joint.find_span_complaint(span, placed, numbers) for span in spans]
        complaints += [self._joint.find_share_complaint(share, placed) for share in find_shares(text)]
        yield from (placed.document.problem(here, *complaint) for complaint in complaints if complaint is not None)


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


def _check_declared(placed: PlacedStatement, told: list[Number]) -> Iterator[Problem]:
    """What is wrong with the numbers that a statement declares."""
    statement, document = placed.statement, placed.document
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
            if not any(number.fits(float(written), "any") for number in told):
                yield document.problem(
                    (*here, "values", place), f"the statement does not tell the number {written}", "take it out, or correct the text"
                )
