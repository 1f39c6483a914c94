"""Effects worked out from the arms of a study."""

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.content.checks import get_checked_library
from app.content.library import Library
from app.evidence.study import audit_study, work_out_effects
from tests.conftest import Edit

DATA = Path(__file__).parent.parent.parent / "app" / "data"


@pytest.fixture(scope="module")
def library() -> Library:
    """The published content."""
    return get_checked_library(DATA, date(2026, 12, 1))


def work_out(library: Library, study: str, part: str) -> dict[tuple[str, str], tuple[float, float | None, float | None]]:
    """Effects of one result, by kind and arm of interest, rounded."""
    item = library.studies[study].item
    result = next(found for found in (*item.outcomes, *item.adverse_events) if found.id == part)
    return {
        (worked.kind, worked.treatment): (
            round(worked.estimate, 2),
            None if worked.low is None else round(worked.low, 2),
            None if worked.high is None else round(worked.high, 2),
        )
        for worked in work_out_effects(item, result)
    }  # fmt: skip


def test_risk_differences_are_those_of_the_published_table(library: Library) -> None:
    """Esketamine benefit-risk paper, Clin Pharmacol Ther 2021 (PMC7894501), table 1: 17.3 (4.01 to 30.60) and 21.5 (8.17 to 34.78)."""
    assert work_out(library, "popova-2019", "response-day-28")["risk-difference", "esketamine"] == (17.31, 4.01, 30.60)
    assert work_out(library, "popova-2019", "remission-day-28")["risk-difference", "esketamine"] == (21.48, 8.17, 34.78)


def test_number_needed_to_treat_is_the_inverse_of_the_risk_difference(library: Library) -> None:
    effects = work_out(library, "popova-2019", "response-day-28")
    assert effects["number-needed-to-treat", "esketamine"] == (5.78, 3.27, 24.93)


def test_number_needed_to_treat_without_finite_interval(library: Library) -> None:
    estimate, low, high = work_out(library, "lii-2023", "response-24h")["number-needed-to-treat", "ketamine"]
    assert (estimate, low, high) == (10.0, None, None)


def test_both_periods_of_a_crossover_allow_no_effect(library: Library) -> None:
    assert work_out(library, "lapidus-2014", "response-24h") == {}


def test_means_give_difference_and_hedges_g(library: Library) -> None:
    effects = work_out(library, "lii-2023", "symptom-score-day-1")
    assert effects["mean-difference", "ketamine"][0] == -3.7
    assert effects["standardised-mean-difference", "ketamine"][0] == -0.41


def test_every_published_comparison_agrees_or_says_why(library: Library) -> None:
    rows = [row for located in library.studies.values() for row in audit_study(located.item)]
    assert len(rows) > 30
    assert sum(row.agrees for row in rows) > 15
    assert [row.figure for row in rows if not row.agrees and row.explanation is None] == []


def test_audit_prints_a_line_for_each_comparison() -> None:
    result = CliRunner().invoke(main, ["audit"])
    assert result.exit_code == 0
    assert re.search(r"^popova-2019/response-day-28 +risk-difference ", result.stdout, re.MULTILINE)
    assert result.stdout.rstrip().endswith("0 unexplained")


def test_audit_fails_when_a_difference_is_not_explained(edit: Edit) -> None:
    data = edit("studies/tester-2020.yaml", "estimate: 2.5, low: 1.42, high: 4.41", "estimate: 3.5, low: 1.42, high: 4.41")
    result = CliRunner().invoke(main, ["audit", "--data", str(data)])
    assert result.exit_code == 1
    assert "UNEXPLAINED" in result.stdout


def test_audit_names_broken_content(edit: Edit) -> None:
    data = edit("studies/tester-2020.yaml", "events: 30, n: 60", "events: 70, n: 60")
    assert CliRunner().invoke(main, ["audit", "--data", str(data)]).exit_code == 1
