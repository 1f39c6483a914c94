"""Ketamine's and esketamine's efficacy and safety are bound: a number that drifts away from its data does not pass."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.content.checks import get_checked_library
from app.content.library import Library, PlacedStatement
from app.evidence.figures import BOUND_SECTIONS, FigureCheck
from app.evidence.numbers import find_numbers
from app.evidence.synthesis import compute_synthesis
from tests.conftest import DATA, TODAY

_WRITTEN = re.compile(r"(?<![\w.,\u2212-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w]|-\w|[,.]\d)")


@pytest.fixture(scope="module")
def library() -> Library:
    """The published content."""
    return get_checked_library(DATA, TODAY)


@pytest.fixture(scope="module")
def figures(library: Library) -> FigureCheck:
    """The check of its numbers."""
    return FigureCheck(library, {name: compute_synthesis(located.item, library) for name, located in library.syntheses.items()})


def list_bound(library: Library, treatment: str) -> Iterator[PlacedStatement]:
    """Statements whose numbers all have to be bound."""
    for placed in library.statements():
        if (
            placed.kind == "treatment"
            and placed.owner == treatment
            and placed.section in BOUND_SECTIONS
            and placed.statement.status == "active"
        ):
            yield placed


def change_number(placed: PlacedStatement, key: str, match: re.Match[str]) -> PlacedStatement:
    """The statement with a number three times as large and one more."""
    text: str = getattr(placed.statement, key)
    drifted = f"{3 * float(match.group().replace(',', '')) + 1:g}"
    return replace(placed, statement=placed.statement.model_copy(update={key: text[: match.start()] + drifted + text[match.end() :]}))


@pytest.mark.parametrize("treatment", ["ketamine", "esketamine"])
def test_every_number_of_efficacy_and_safety_has_data_behind_it(library: Library, figures: FigureCheck, treatment: str) -> None:
    bound = [*list_bound(library, treatment)]
    assert {placed.section for placed in bound} == BOUND_SECTIONS
    assert [problem for placed in bound for problem in figures.check(placed)] == []
    with_numbers = [placed for placed in bound if find_numbers(placed.statement.text) or find_numbers(placed.statement.plain)]
    assert len(with_numbers) > len(bound) / 2
    unbound = [replace(placed, statement=placed.statement.model_copy(update={"figures": (), "numbers": (), "details": None, "sources": ()}))
               for placed in with_numbers]  # fmt: skip
    assert [placed.statement.id for placed in unbound if not figures.check(placed)] == []


@pytest.mark.parametrize("treatment", ["ketamine", "esketamine"])
def test_a_number_that_drifts_away_from_its_data_is_found(library: Library, figures: FigureCheck, treatment: str) -> None:
    """A drifted number may by chance be another of the same data; that stays rare."""
    found, missed = 0, list[str]()
    for placed in list_bound(library, treatment):
        for key in ("text", "plain"):
            text: str = getattr(placed.statement, key)
            told = {number.start + number.text.find(text[number.start]) for number in find_numbers(text)}
            for match in _WRITTEN.finditer(text):
                if match.start() not in told:
                    continue  # part of a name, a rate or a fraction
                if figures.check(change_number(placed, key, match)):
                    found += 1
                else:
                    missed.append(f"{placed.statement.id} {key} {match.group()}")
    assert found > 150
    assert len(missed) <= 0.05 * found, missed
