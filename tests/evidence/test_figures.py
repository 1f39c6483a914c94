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
    problem = problems_of(edit(EFFICACY, old, new))[0]
    assert problem.startswith(f"{EFFICACY}:")
    assert f"no data behind the number `{number}`" in problem
    assert "`figures`" in problem


def test_the_data_are_found_by_the_figure(edit: Edit) -> None:
    assert len(problems_of(edit(EFFICACY, "    figures: [tester-2020/response]\n", ""))) >= 4


def test_a_number_may_be_declared_with_its_source(edit: Edit) -> None:
    declared = '    numbers: [{values: ["52"], source: tester-2020, reason: "Given in a figure of the report."}]\n'
    edit(EFFICACY, "responded within a day", "responded within a day, with 52 points fewer")
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


STUDY = "studies/tester-2020.yaml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("30 of 60 responded", "12 of 120 responded", "no group of which the data count `12 of 120`"),
        ("30 of 60 responded", "60 of 120 responded", "no group of which the data count `60 of 120`"),
        ("30 of 60 responded to exemplin", "30 of 60 (20 %) responded to exemplin", "`30 of 60` is not 20 %"),
        ("(risk ratio 2.5)", "(risk ratio 2.5, 95 % CI 1.42 to 5)", "no data behind the interval `1.42 to 5`"),
        ("(risk ratio 2.5)", "(95 % CI 1.42 to 4.41)", "the interval `1.42 to 4.41` stands without its estimate, 2.5"),
        ("(risk ratio 2.5)", "(risk ratio 2.5, p = 0.02)", "no data behind the number `0.02`"),
        ("(risk ratio 2.5)", "(2.5 %)", "no data behind the number `2.5 %`"),
        ("of 120 adults", "of 120 adults on 10 mg/kg", "no data behind the number `10 mg/kg`"),
        ("of 120 adults", "of 120 adults given 10 drops", "no data behind the number `10`"),
        ("within 24 hours", "within 24 people", "no data behind the number `within 24`"),
    ],
)
def test_numbers_of_the_data_put_together_wrongly_are_found(edit: Edit, old: str, new: str, message: str) -> None:
    assert any(message in problem for problem in problems_of(edit(STUDY, old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(risk ratio 2.5)", "(risk ratio 2.5, 95 % CI 1.42 to 4.41, p = 0.002)"),
        ("30 of 60 responded to exemplin", "30 of 60 (50 %) responded to exemplin"),
        ("of 120 adults", "of 120 out of 150 adults"),
        ("of 120 adults", "of 120 adults given 10 mg"),
        ("(risk ratio 2.5)", "(30 percentage points more)"),
    ],
)
def test_numbers_of_the_data_put_together_rightly_are_accepted(edit: Edit, old: str, new: str) -> None:
    assert problems_of(edit(STUDY, old, new)) == []


def test_a_share_and_an_interval_may_be_declared_in_one_entry(edit: Edit) -> None:
    figures = "    figures: [tester-2020/response]\n    see_also"
    declared = '    numbers: [{{values: {}, source: tester-2020, reason: "Given in a figure of the report."}}]\n    see_also'
    edit(STUDY, "(risk ratio 2.5)", "(7 of 9, hazard ratio 3, 95 % CI 1.1 to 8.2)")
    root = edit(STUDY, figures, figures.replace("    see_also", declared.format('["7", "9", "3", "1.1", "8.2"]')))
    assert problems_of(root) == []


def test_a_share_whose_parts_are_declared_apart_is_refused(edit: Edit) -> None:
    entry = '{{values: ["{}"], source: tester-2020, reason: "Given in a figure of the report."}}'
    figures = "    figures: [tester-2020/response]\n    see_also"
    declared = f"    numbers: [{entry.format(7)}, {entry.format(9)}]\n    see_also"
    edit(STUDY, "(risk ratio 2.5)", "(7 of 9)")
    (problem,) = problems_of(edit(STUDY, figures, figures.replace("    see_also", declared)))
    assert "no group of which the data count `7 of 9`" in problem


def test_a_source_is_not_marked_seen_when_its_record_is_not(edit: Edit) -> None:
    edit(STUDY, "    check: seen\nadverse", "    check: secondary\nadverse")
    problems = problems_of(
        edit(EFFICACY, "sources: [{id: tester-2020, locator: Table 1}]", "sources: [{id: tester-2020, check: secondary}]")
    )
    assert [problem.partition(":")[0] for problem in problems] == [STUDY, "syntheses/exemplin-response.yaml"]
    assert all("the record `tester-2020/response` was read" in problem or "exemplin-response/result" in problem for problem in problems)
