"""Each rule of the content has a broken sample here that triggers it."""

from datetime import date
from pathlib import Path

import pytest

from app.content.checks import check_content, get_checked_library
from app.content.problem import ContentError, Problem
from tests.conftest import SAMPLE, TODAY, Edit


def errors(data: Path, today: date = TODAY) -> list[Problem]:
    library, problems = check_content(data, today)
    found = [problem for problem in problems if problem.severity == "error"]
    assert (library is None) is bool(found)
    return found


def notices(data: Path, today: date = TODAY) -> list[Problem]:
    return [problem for problem in check_content(data, today)[1] if problem.severity == "notice"]


def test_sample_is_clean() -> None:
    assert check_content(SAMPLE, TODAY)[1] == []


EFFICACY = "treatments/exemplin/efficacy.yaml"
SAFETY = "treatments/exemplin/safety.yaml"
STUDY = "studies/tester-2020.yaml"
HEAD = "treatments/exemplin/treatment.yaml"

BROKEN = [
    (SAFETY, "    sources: [{id: tester-2020, locator: Table 2}]\n", "", 7, "`sources` is missing"),
    (SAFETY, "sources: [{id: tester-2020, locator: Table 2}]", "sources: []", 14, "at least 1 item"),
    (SAFETY, "sources: [{id: tester-2020, locator", "sources: [{id: testr-2020, locator", 14, "no source `testr-2020`"),
    (SAFETY, "certainty: low", "certainty: sure", 11, "Input should be"),
    (SAFETY, "    certainty_reason: One small trial.\n", "", 7, "needs a `certainty_reason`"),
    (SAFETY, "    topics: [hiccups", "    topic: [hiccups", 13, "`topic` is not a known key"),
    (SAFETY, "section: safety", "section: efficacy", 1, "`section` is `efficacy` but the file is named `safety`"),
    (SAFETY, "id: treatment.exemplin.safety.hiccups", "id: treatment.exemplin.harms.hiccups", 7, "does not fit its place"),
    (SAFETY, "    kind: adverse-effect\n", "    kind: general\n", 16, "has no `details`"),
    (SAFETY, "    details:\n", "    details:\n      kind: step\n", 22, "Input should be"),
    (SAFETY, "events: 6, n: 60", "events: 6.5, n: 60", 20, "valid integer"),
    (SAFETY, 'changes: [{date: 2026-03-05, kind: corrected, note: "The count is 6, not 16."}]', "changes: []", 22, "version 2 without `changes`"),
    (SAFETY, "    withdrawal: {on: 2026-03-06", "    # {on: 2026-03-06", 32, "go together"),
    (SAFETY, "Does exemplin make me sneeze?", "Does exemplin give hiccups?", 34, "already asked by"),
    (SAFETY, "Does exemplin make me sneeze?", "Tell me about sneezing", 34, "pattern"),
    (EFFICACY, "    reason: No trial of exemplin has lasted longer than a day.\n", "", 35, "go together"),
    (EFFICACY, "    see_also: [treatment.exemplin.safety.hiccups]\n", "    see_also: []\n", 16, "without the warnings"),
    (EFFICACY, "see_also: [treatment.exemplin.safety.hiccups]", "see_also: [treatment.exemplin.safety.hiccup]", 16, "no statement"),
    (EFFICACY, "see_also: [treatment.exemplin.safety.hiccups]", "see_also: [treatment.exemplin.efficacy.response]", 16, "refers to itself"),
    (EFFICACY, "figures: [tester-2020/response]", "figures: [tester-2020/respons]", 15, "no figure"),
    (EFFICACY, "id: treatment.exemplin.efficacy.dose", "id: treatment.exemplin.efficacy.response", 25, "stands twice"),
    (EFFICACY, "amount: {low: 10, high: 10", "amount: {low: 11, high: 10", 33, "`low` (11) is above `high` (10)"),
    (EFFICACY, "amount: {low: 10, high: 10, unit: mg}", "amount: {unit: mg}", 33, "needs at least one end"),
    (EFFICACY, "section: efficacy\n", "section: efficacy\nsection: efficacy\n", 2, "stands twice"),
    (HEAD, "conditions: [sample-illness]", "conditions: [sample-ilness]", 7, "no condition"),
    (HEAD, "drugs: [exemplin]", "drugs: [nothing-like-it]", 8, "no drug"),
    (HEAD, "treatment: sampline", "treatment: samplin", 12, "no treatment"),
    (HEAD, "main_effect: treatment.exemplin.efficacy.response", "main_effect: treatment.exemplin.efficacy.nothing", 6, "no statement"),
    (HEAD, "aliases: [exa]", "aliases: [sampline]", 11, "already leads to"),
    (HEAD, "reviewed: 2026-02-01", "reviewed: 2026-01-01", 14, "before it was added"),
    (HEAD, "next_review: 2027-02-01", "next_review: 2026-02-01", 15, "is not after"),
    (HEAD, "added: 2026-01-10", "added: 10.1.2026", 13, "date"),
    (HEAD, "a real drug, and we", "a real drug. We", 21, "not one sentence"),
    (HEAD, "real drug, and we use it", "pharmaceutical preparation, and investigators administer it", 21, "reading grade"),
    (HEAD, "id: exemplin\n", "id: exemplon\n", 1, "but the file is named"),
    (STUDY, "events: 30, n: 60, percent: 50", "events: 61, n: 60", 18, "events (61) above n (60)"),
    (STUDY, "events: 30, n: 60, percent: 50", "events: 30, n: 60, percent: 64", 18, "is 50.0 %, but `percent` says 64"),
    (STUDY, "events: 30, n: 60, percent: 50", "events: 30, n: 61", 18, "above the 60 people"),
    (STUDY, "events: 30, n: 60, percent: 50", "events: 61", 18, "above the 60 people"),
    (STUDY, "{arm: exemplin, events: 30", "{arm: exemplon, events: 30", 18, "no arm"),
    (STUDY, "estimate: 2.5, low: 1.42", "estimate: 2.5, low: 2.6", 19, "does not contain the estimate"),
    (STUDY, "low: 1.42, high: 4.41", "low: 1.42", 19, "both ends"),
    (STUDY, "comparator: placebo, estimate", "comparator: dummy, estimate", 19, "no arm"),
    (STUDY, ", {arm: placebo, events: 12, n: 60, percent: 20}]", "]", 19, "whose result this outcome does not give"),
    (STUDY, "n_screened: 150", "n_screened: 15", 8, "more people randomised"),
    (STUDY, "n_randomised: 60, n_analysed: 60}", "n_randomised: 60, n_analysed: 61}", 10, "more people analysed"),
    (STUDY, "id: hiccups, event", "id: response, event", 12, "stands 2 times"),
    (STUDY, "arms: [{arm: exemplin, events: 30, n: 60, percent: 50}, {arm: placebo, events: 12, n: 60, percent: 20}]", "arms: [{arm: exemplin, low: 2, high: 1}]", 18, "swap them"),
    (STUDY, "source: tester-2020", "source: tester-2021", 3, "no source"),
    ("sources/tester-2020.yaml", 'pmid: "1"', "pmid: 1", 9, "put the value in quotes"),
    ("sources/example-agency-exemplin-2019.yaml", "url: https://example.org/exemplin\n", "", 1, "nobody can find this source"),
    ("conditions/sample-illness.yaml", "sections:", "broader: nothing\nsections:", 5, "no condition"),
    ("terms/sample-scale.yaml", "related: [response]", "related: [nothing-at-all]", 13, "no term"),
    ("claims/exemplin-cures.yaml", "studies: [tester-2020]", "studies: [tester-2021]", 15, "no study"),
    ("claims/exemplin-cures.yaml", "rests_on: [treatment.exemplin.efficacy.response]", "rests_on: [a.b.c.d]", 14, "no statement"),
    ("drugs/exemplin.yaml", "metabolites:\n  - {name: norexemplin, enzymes: [CYP0A0], active: not-known, sources: [{id: tester-2020}]}", "metabolites:\n  - {name: norexemplin, enzymes: [CYP0A0], active: not-known, sources: [{id: nobody-1}]}", 18, "no source"),
    ("drugs/exemplin.yaml", "value: {value: 12, unit: nmol/L}, ", "", 14, "give either `value` or `range`"),
    ("drugs/exemplin.yaml", "aliases: [exa]", "aliases: [exa, exa]", 30, "already leads to"),
    ("treatments/exemplin/mechanism.yaml", "    supporting: [treatment.exemplin.mechanism.binding]", "    supporting: [treatment.exemplin.mechanism.bindin]", 12, "no statement"),
    ("notices.yaml", "source: {id: example-agency-exemplin-2019}", "source: {id: nobody-2}", 9, "no source"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "message"), BROKEN, ids=[f"{i}-{row[4]}" for i, row in enumerate(BROKEN)])
def test_broken_content_names_file_line_and_remedy(file: str, old: str, new: str, line: int, message: str, edit: Edit) -> None:  # noqa: PLR0913, PLR0917 -- a row of the table
    found = errors(edit(file, old, new))
    matching = [problem for problem in found if message in problem.message or message in problem.remedy]
    assert [(problem.file, problem.line) for problem in matching][:1] == [(file, line)], found
    assert all(problem.remedy for problem in found)


def test_all_problems_of_all_files_come_in_one_run(edit: Edit) -> None:
    edit(SAFETY, "certainty: low", "certainty: sure")
    edit(STUDY, "events: 30, n: 60, percent: 50", "events: 61, n: 60")
    data = edit("terms/sample-scale.yaml", "related: [response]", "related: [nothing]")
    assert {problem.file for problem in errors(data)} == {SAFETY, STUDY, "terms/sample-scale.yaml"}


def test_unreadable_file_brings_no_false_alarms_about_what_refers_to_it(edit: Edit) -> None:
    data = edit("sources/tester-2020.yaml", "title:", "title: [")
    assert {problem.file for problem in errors(data)} == {"sources/tester-2020.yaml"}


def test_broken_head_brings_no_false_alarms(edit: Edit) -> None:
    data = edit(HEAD, "kind: drug", "kind: potion")
    assert {problem.file for problem in errors(data)} == {HEAD}


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("treatments/exemplin/side-effects.yaml", "a treatment has the sections"),
        ("treatments/stray.yaml", "each treatment is a folder"),
        ("recipes/x.yaml", "the content has treatments"),
        ("terms/deeper/x.yaml", "directly in their folder"),
        ("terms/x.yml", "end in .yaml"),
    ],
)
def test_file_that_belongs_nowhere_is_an_error(content: Path, path: str, remedy: str) -> None:
    (content / path).parent.mkdir(exist_ok=True)
    (content / path).write_text("id: x\n", encoding="utf-8")
    (problem,) = errors(content)
    assert "belongs nowhere" in problem.message
    assert remedy in problem.remedy


def test_treatment_without_head_is_an_error(content: Path) -> None:
    (content / "treatments/exemplin/treatment.yaml").unlink()
    assert "the treatment has no head" in [problem.message for problem in errors(content)]


def test_hypotheses_belong_to_the_mechanism(edit: Edit) -> None:
    block = (
        "hypotheses:\n  - {id: x, name: X, evidence_level: theory, standing: contested, steps: [treatment.exemplin.safety.hiccups]}\nfacts:"
    )
    (problem,) = errors(edit(SAFETY, "facts:", block))
    assert "only the mechanism section has hypotheses" in problem.message


def test_missing_folder_and_wrong_encoding_are_named(content: Path) -> None:
    assert "does not exist" in errors(content / "nowhere")[0].message
    (content / "terms/response.yaml").write_bytes(b"name: \xff\n")
    assert "not UTF-8" in errors(content)[0].message


def test_overdue_review_is_a_notice(edit: Edit) -> None:
    data = edit(HEAD, "next_review: 2027-02-01", "next_review: 2026-05-01")
    assert [problem.file for problem in notices(data) if "overdue since 2026-05-01" in problem.message] == [HEAD]


def test_date_in_the_future_is_a_notice() -> None:
    assert any("lies in the future" in problem.message for problem in notices(SAMPLE, date(2025, 1, 1)))


def test_statement_may_have_its_own_dates(edit: Edit) -> None:
    data = edit(SAFETY, "    version: 2\n", "    version: 2\n    reviewed: 2026-01-01\n")
    assert ["before it was added" in problem.message for problem in errors(data)] == [True]


def test_changes_out_of_order_are_an_error(edit: Edit) -> None:
    later = (
        'changes: [{date: 2026-04-05, kind: updated, note: Later.}, {date: 2026-03-05, kind: corrected, note: "The count is 6, not 16."}]'
    )
    data = edit(SAFETY, 'changes: [{date: 2026-03-05, kind: corrected, note: "The count is 6, not 16."}]', later)
    assert "not in order" in errors(data)[0].message


HARD = "Pharmacological interventions administered intravenously demonstrate considerable interindividual variability."


def test_hard_plain_text_is_a_notice(edit: Edit) -> None:
    data = edit(EFFICACY, "plain: In a made-up test, people took one exemplin pill a day.", f"plain: {HARD}")
    (notice,) = notices(data)
    assert notice.line == 28
    assert "reading grade" in notice.message
    assert errors(data) == []


def test_section_whose_median_is_hard_is_an_error(edit: Edit) -> None:
    data = edit("treatments/sampline/overview.yaml", "plain: Sampline is a made-up treatment. No one knows what it does.", f"plain: {HARD}")
    (problem,) = errors(data)
    assert problem.file == "treatments/sampline/overview.yaml"
    assert "median reading grade" in problem.message


def test_library_is_refused_with_every_problem(edit: Edit) -> None:
    data = edit(SAFETY, "certainty: low", "certainty: sure")
    with pytest.raises(ContentError, match="1 error in the content") as caught:
        get_checked_library(data, TODAY)
    assert str(caught.value.problems[0]).startswith(f"{SAFETY}:11: error: facts[0].certainty:")


SYNTHESIS = """
id: pooled
title: Exemplin against placebo
question: {population: adults, intervention: exemplin, comparator: placebo, outcome: response}
treatment: exemplin
comparator: inactive-placebo
outcome: response
timepoint: {duration: P1D, label: 24 hours}
effect: rr
pooled: true
entries: [{figure: tester-2020/response, treatment_arms: [exemplin], comparator_arms: [placebo]}]
excluded: [{study: tester-2020, reason: Only to test this.}]
certainty: low
added: 2026-01-10
reviewed: 2026-02-01
next_review: 2027-02-01
"""


def write_synthesis(content: Path, text: str, name: str = "pooled") -> Path:
    (content / "syntheses").mkdir(exist_ok=True)
    (content / f"syntheses/{name}.yaml").write_text(text, encoding="utf-8")
    return content


def test_synthesis_is_read_and_its_references_checked(content: Path) -> None:
    assert errors(write_synthesis(content, SYNTHESIS)) == []
    broken = SYNTHESIS.replace("tester-2020/response", "tester-2020/nothing").replace("study: tester-2020", "study: nobody")
    assert ["no figure" in errors(write_synthesis(content, broken))[0].message, len(errors(content))] == [True, 2]


def test_synthesis_is_pooled_or_explained(content: Path) -> None:
    unexplained = SYNTHESIS.replace("pooled: true", "pooled: false")
    assert "go together" in errors(write_synthesis(content, unexplained))[0].message
    empty = SYNTHESIS.replace("entries: [{figure: tester-2020/response, treatment_arms: [exemplin], comparator_arms: [placebo]}]\n", "")
    assert "needs `entries`" in errors(write_synthesis(content, empty))[0].message


def test_figures_need_owners_with_different_names(content: Path) -> None:
    data = write_synthesis(content, SYNTHESIS.replace("id: pooled", "id: tester-2020"), "tester-2020")
    assert "is also the id of a study or drug" in errors(data)[0].message


def test_study_may_not_be_named_like_a_drug(content: Path) -> None:
    text = (content / STUDY).read_text(encoding="utf-8").replace("id: tester-2020\n", "id: exemplin\n", 1)
    (content / "studies/exemplin.yaml").write_text(text, encoding="utf-8")
    assert any("is also the id of a drug" in problem.message for problem in errors(content))


def test_outcome_without_figures_is_an_error(edit: Edit) -> None:
    edit(STUDY, "    arms: [{arm: exemplin, events: 30, n: 60, percent: 50}, {arm: placebo, events: 12, n: 60, percent: 20}]\n", "")
    data = edit(STUDY, '    contrasts: [{kind: risk-ratio, treatment: exemplin, comparator: placebo, estimate: 2.5, low: 1.42, high: 4.41, p: "0.002"}]\n', "")  # fmt: skip
    assert "says nothing" in errors(data)[0].message


def test_source_may_stand_only_once(content: Path) -> None:
    text = (content / "sources/loner-1999.yaml").read_text(encoding="utf-8")
    (content / "sources/zz-2020.yaml").write_text(text.replace("loner-1999", "zz-2020") + "doi: 10.5555/EXEMPLIN\n", encoding="utf-8")
    (problem,) = errors(content)
    assert (problem.file, problem.line) == ("sources/zz-2020.yaml", 9)
    assert "already that of source `tester-2020`" in problem.message
