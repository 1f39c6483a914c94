"""Statements of different treatments tell the same result alike."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.evidence.check import check_evidence
from tests.evidence.test_figures import load

OVERVIEW = "treatments/sampline/overview.yaml"
EFFICACY = "treatments/exemplin/efficacy.yaml"
HEAD = "treatments/exemplin/treatment.yaml"
FIGURES = "    figures: [tester-2020/response]\n"
Edit = Callable[[str, str, str], Path]

OTHER = """
  - id: treatment.sampline.overview.against-exemplin
    kind: finding
    text: In one invented trial of exemplin with 120 adults, half responded within a day, more than on the other treatment.
    plain: In a made-up test, half the people who took exemplin felt better in a day.
    certainty: low
    certainty_reason: One small trial, and an invented one.
    topics: [response]
    sources: [{id: tester-2020, locator: Table 1}]
    figures: [tester-2020/response]
    details: {population: adults, intervention: exemplin, comparator: placebo, outcome: response, direction: favours-treatment}
    asks: [Is exemplin better than sampline?, Does sampline do as well as exemplin?, Which worked better in EXEMPLAR?]
"""
"""A statement of another treatment that tells the result that exemplin's efficacy tells, too."""


def tell_again(content: Path, old: str = "", new: str = "") -> None:
    """Let sampline tell the result of EXEMPLAR, with `new` in place of `old`."""
    assert old in OTHER
    path = content / OVERVIEW
    path.write_text(path.read_text(encoding="utf-8").rstrip() + OTHER.replace(old, new, 1), encoding="utf-8")


def problems_of(content: Path) -> list[str]:
    """What the check of the evidence says."""
    return [str(problem) for problem in check_evidence(load(content))]


def test_two_treatments_may_tell_the_same_result_alike(content: Path) -> None:
    tell_again(content)
    assert problems_of(content) == []


def test_the_same_result_has_the_same_certainty(content: Path) -> None:
    tell_again(content, "certainty: low", "certainty: high")
    (problem,) = problems_of(content)
    assert problem.startswith(f"{OVERVIEW}:")
    assert "certainty `high`, but `low` in `treatment.exemplin.efficacy.response`" in problem


def test_a_statement_that_rests_on_more_may_be_surer(content: Path) -> None:
    more = FIGURES + '    numbers: [{values: ["120"], source: loner-1999, reason: "Given in the report."}]\n'
    tell_again(content, "certainty: low", "certainty: high")
    path = content / OVERVIEW
    text = path.read_text(encoding="utf-8").replace(FIGURES, more).replace("locator: Table 1}]", "locator: Table 1}, {id: loner-1999}]")
    path.write_text(text, encoding="utf-8")
    assert problems_of(content) == []


def test_the_same_result_has_the_same_direction(content: Path) -> None:
    tell_again(content, "direction: favours-treatment", "direction: no-difference")
    (problem,) = problems_of(content)
    assert "direction `no-difference`, but `favours-treatment` in `treatment.exemplin.efficacy.response`" in problem


def test_the_other_side_of_a_comparison_tells_it_the_other_way_round(content: Path, edit: Edit) -> None:
    edit("studies/tester-2020.yaml", "comparators: [placebo]", "comparators: [placebo, sampline]")
    tell_again(content, "direction: favours-treatment", "direction: favours-comparator")
    assert problems_of(content) == []
    edit(OVERVIEW, "direction: favours-comparator", "direction: favours-treatment")
    (problem,) = problems_of(content)
    assert "seen from sampline that is `favours-comparator`" in problem


def declare(content: Path, own: str, others: str) -> None:
    """Let both treatments declare numbers of the same source."""
    tell_again(content, "half responded within a day, more than on the other treatment", "27 were pleased and 31 were not")
    for file, entry in ((EFFICACY, own), (OVERVIEW, others)):
        path = content / file
        text = path.read_text(encoding="utf-8").replace("against 12 of 60 (20%) given placebo", "against 12 of 60 (20%); 27.4 were pleased")
        path.write_text(text.replace(FIGURES, FIGURES + "    numbers:\n" + entry), encoding="utf-8")


PLEASED = '      - {values: ["27.4"], source: tester-2020, outcome: pleased, reason: "Given in a figure of the report."}\n'


ROUNDED = PLEASED.replace('"27.4"', '"27", "31"')
DIFFERENT = PLEASED.replace("27.4", "31")
APART = PLEASED.replace("27.4", "27") + DIFFERENT.replace("outcome: pleased", "outcome: not-pleased")


@pytest.mark.parametrize(("others", "fits"), [(ROUNDED, True), (DIFFERENT, False), (APART, True)])
def test_numbers_that_two_treatments_declare_of_one_source_agree(content: Path, others: str, *, fits: bool) -> None:
    declare(content, PLEASED, others)
    found = [problem for problem in problems_of(content) if "differ from" in problem]
    assert found == [] if fits else ("`pleased` of `tester-2020` differ from those in `treatment.exemplin.efficacy.response`" in found[0])


def test_numbers_without_an_outcome_are_compared_too(content: Path) -> None:
    plain = PLEASED.replace(" outcome: pleased,", "")
    declare(content, plain, plain.replace("27.4", "31"))
    (problem,) = [problem for problem in problems_of(content) if "differ from" in problem]
    assert "numbers from `tester-2020` differ" in problem
    assert "name each `outcome`" in problem


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [("50 % against 20 %", "55 % against 20 %", "55 %"), ("value: within a day", "value: within two days", "within two days")],
)
def test_profiles_tell_the_numbers_of_their_statements(edit: Edit, old: str, new: str, number: str) -> None:
    (problem,) = problems_of(edit(HEAD, old, new))
    assert problem.startswith(f"{HEAD}:")
    assert f"no statement behind the number `{number}`" in problem


def test_a_pooled_result_stands_behind_a_profile_too(edit: Edit) -> None:
    assert problems_of(edit(HEAD, "value: within a day", "value: '2.5 times as many within a day'")) == []
