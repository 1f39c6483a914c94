"""Prose is held to the numbers of the data."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.content.checks import check_content
from app.content.library import Library
from app.evidence.check import check_evidence

TODAY = date(2026, 6, 1)
EFFICACY = "treatments/exemplin/efficacy.yaml"
Edit = Callable[[str, str, str], Path]


def load(root: Path) -> Library:
    """The content, which must pass every check of its form."""
    library, problems = check_content(root, TODAY)
    assert library is not None, problems
    return library


def problems_of(root: Path) -> list[str]:
    """What the checks say of the content."""
    return [str(problem) for problem in check_evidence(load(root))]


def test_numbers_that_the_data_hold_are_accepted(content: Path) -> None:
    assert problems_of(content) == []


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        ("(50%)", "(52%)", "52 %"),
        ("30 of 60", "31 of 60", "31"),
        ("(20%)", "(20.4%)", "20.4 %"),
        ("half the people", "two thirds of the people", "two thirds"),
        ("One in five", "Nine in ten", "Nine in ten"),
        ("within a day", "within three days", "within three days"),
    ],
)
def test_a_number_without_data_is_named_with_its_place(edit: Edit, old: str, new: str, number: str) -> None:
    (problem,) = problems_of(edit(EFFICACY, old, new))
    assert problem.startswith(f"{EFFICACY}:")
    assert f"no data behind the number `{number}`" in problem
    assert "`figures`" in problem


def test_the_data_are_found_by_the_figure(edit: Edit) -> None:
    assert len(problems_of(edit(EFFICACY, "    figures: [tester-2020/response]\n", ""))) >= 4


def test_a_number_may_be_declared_with_its_source(edit: Edit) -> None:
    declared = '    numbers: [{values: ["52"], source: tester-2020, reason: "Given in a figure of the report."}]\n'
    edit(EFFICACY, "(50%)", "(52%)")
    assert problems_of(edit(EFFICACY, "    figures: [tester-2020/response]\n", f"    figures: [tester-2020/response]\n{declared}")) == []


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ('{values: ["77"], source: tester-2020, reason: "Given in the report."}', "does not tell the number 77"),
        ('{values: ["50"], source: loner-1999, reason: "Given in the report."}', "`loner-1999` is not among the statement's sources"),
    ],
)
def test_a_declared_number_is_told_and_its_source_cited(edit: Edit, declared: str, message: str) -> None:
    figures = "    figures: [tester-2020/response]\n"
    (problem,) = problems_of(edit(EFFICACY, figures, f"{figures}    numbers: [{declared}]\n"))
    assert message in problem


def test_outside_efficacy_and_safety_only_bound_statements_are_checked(edit: Edit) -> None:
    overview = "treatments/sampline/overview.yaml"
    text = (edit(overview, "section:", "section:") / overview).read_text(encoding="utf-8")
    first = text.split("    text: ", 1)[1].split("\n", 1)[0]
    assert problems_of(edit(overview, first, first + " It was given 4711 times.")) == []
    edit(overview, "    asks:", '    numbers: [{values: ["4711"], source: loner-1999, reason: "Given in the report."}]\n    asks:')
    assert any("not among" in problem for problem in problems_of(edit(overview, "4711 times", "4711 times in all")))


@pytest.mark.parametrize("named", ["    figures: [tester-2020/response]\n", ""])
def test_a_finding_of_a_study_is_held_to_the_results_of_that_study(edit: Edit, named: str) -> None:
    study = "studies/tester-2020.yaml"
    edit(study, "    figures: [tester-2020/response]\n", named)
    (problem,) = problems_of(edit(study, "(risk ratio 2.5)", "(risk ratio 2.7)"))
    assert "no data behind the number `2.7`" in problem
