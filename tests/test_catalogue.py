"""The content that is published: what it must hold, and that what the README shows works on it."""

import itertools
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.content.checks import get_checked_library
from app.content.library import Library
from app.content.source import Source
from app.content.statement import Statement
from app.evidence.study import audit_study
from app.main import create_app
from app.release.folder import ReleaseFolder
from app.release.records import INVERSE, Renderer
from app.release.store import ReleaseStore
from app.schemas.v1.study import Study
from app.search.answerer import Searcher
from app.settings import Settings
from app.values.sections import SECTIONS
from bench.answers import LIKE, Case, read_cases
from tests.conftest import DATA, TODAY

ROOT = Path(__file__).parent.parent
TWELVE_SETS = ("", "blind-", "second-", "third-", "fourth-", "fifth-", "sixth-", "seventh-", "eighth-", "ninth-", "tenth-", "twelfth-")
"""Beginnings of the names of the sets of notices that were there when bounds for them were set."""
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def library() -> Library:
    """The published content."""
    return get_checked_library(DATA, TODAY)


@pytest.fixture
async def reader(published: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the published content."""
    transport = httpx.ASGITransport(create_app(Settings(releases=published)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


def share_called(searcher: Searcher, cases: Iterable[Case]) -> dict[str, float]:
    """Of the lines of each kind, the share that brings the notice of that kind, or the one that they only sound like."""
    called: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        kinds = {notice.kind for notice in searcher.answer(case.question, filters={}).notices}
        called[case.kind].append(LIKE.get(case.kind, case.kind) in kinds)
    return {kind: sum(values) / len(values) for kind, values in called.items()}


async def test_ketamine_has_ten_sections_and_at_least_150_statements(reader: httpx.AsyncClient) -> None:
    data = (await reader.get("/v1/treatments/ketamine")).json()["data"]
    assert list(data["sections"]) == list(SECTIONS)
    assert data["fact_count"] == sum(len(section["facts"]) for section in data["sections"].values()) >= 150


@pytest.mark.parametrize(("files", "crisis", "refused"), [("[an][no][st]*", 1, 0.95), ("*", 0.99, 0.96)], ids=["first-set", "all-sets"])
def test_answers_are_right_refuse_and_notice(published: Path, files: str, crisis: float, refused: float) -> None:
    """The later sets were written without sight of the content or against it, and are harder than the first."""
    searcher = Searcher(ReleaseStore(ReleaseFolder(published).get_current()))
    seen: dict[str, list[bool]] = defaultdict(list)
    for case in read_cases(files):
        answer = searcher.answer(case.question, filters={})
        kinds = {notice.kind for notice in answer.notices}
        if case.kind == "answerable":
            seen["first"].append(bool(answer.facts) and answer.facts[0].id in case.expect)
            seen["within three"].append(any(fact.id in case.expect for fact in answer.facts))
            seen["answered"].append(bool(answer.facts))
            seen["calm"].append("crisis" not in kinds)
        elif case.kind == "out-of-scope":
            seen["refused"].append(not answer.facts)
        elif case.kind == "crisis":
            seen["crisis"].append("crisis" in kinds)
        elif case.kind == "lookalike":
            seen["calm"].append("crisis" not in kinds)
        elif case.kind == "emergency":
            seen["emergency"].append("emergency" in kinds)
    share = {name: sum(values) / len(values) for name, values in seen.items()}
    assert share["crisis"] >= crisis
    assert share["calm"] >= 0.97
    assert share["emergency"] >= 0.96
    assert share["refused"] >= refused
    assert share["answered"] >= 0.96
    assert share["first"] >= 0.85
    assert share["within three"] >= 0.93


@pytest.mark.parametrize(("with_model", "least"), [(True, 0.9), (False, 0.77)], ids=["model", "words"])
def test_danger_is_noticed_beside_a_question_of_the_catalogue(published: Path, *, with_model: bool, least: float) -> None:
    """Lines of people at risk, and lines that only sound so, with a harmless question before or after them."""
    searcher = Searcher(ReleaseStore(ReleaseFolder(published).get_current()), with_model=with_model)
    cases = [case for name in ("ninth", "tenth", "twelfth") for case in read_cases(f"{name}-notices")]
    crises, lookalikes, general = ([case for case in cases if case.kind == kind] for kind in ("crisis", "lookalike", "general"))
    marks = (". ", ", ", " ", "\n", "? ")
    mixed: list[Case] = []
    for lines in (crises, lookalikes):
        beside = zip(lines, itertools.cycle(general), itertools.cycle(marks), strict=False)
        for number, (line, other, mark) in enumerate(beside):
            parts = (other.question, line.question) if number % 2 else (line.question, other.question)
            mixed.append(replace(line, question=mark.join(parts)))
    share = share_called(searcher, mixed)
    assert share["crisis"] >= least, share
    assert share["lookalike"] <= 0.04, share


@pytest.mark.parametrize(("with_model", "least"), [(True, 0.88), (False, 0.82)], ids=["model", "words"])
def test_danger_is_noticed_at_the_end_of_a_long_letter(published: Path, *, with_model: bool, least: float) -> None:
    """Of some hundred letters, a third of them longer than the sentence model sees at once."""
    searcher = Searcher(ReleaseStore(ReleaseFolder(published).get_current()), with_model=with_model)
    questions = itertools.cycle(case.question for case in read_cases("*answerable"))
    lines = [case for name in ("ninth", "twelfth") for case in read_cases(f"{name}-notices") if case.kind in {"crisis", "lookalike"}]
    letters = (" ".join(itertools.islice(questions, 9))[:620] for _ in lines)
    share = share_called(
        searcher, [replace(line, question=f"{letter} {line.question}") for line, letter in zip(lines, letters, strict=True)]
    )
    assert share["crisis"] >= least, share
    assert share["lookalike"] <= 0.1, share


@pytest.mark.parametrize(
    ("files", "with_model", "most_lookalikes"),
    [("first", True, 0.17), ("first", False, 0.3), ("*", True, 0.2), ("*", False, 0.4)],
    ids=["first-model", "first-words", "all-model", "all-words"],
)
def test_danger_is_noticed_in_the_middle_of_a_story(published: Path, files: str, most_lookalikes: float, *, with_model: bool) -> None:
    """Messages of strangers that say two things in one breath; those without danger are written to sound like it, and are flagged often."""
    searcher = Searcher(ReleaseStore(ReleaseFolder(published).get_current()), with_model=with_model)
    share = share_called(searcher, read_cases(f"mixed/{files}"))
    assert share["crisis"] >= 0.95, share
    assert share["emergency"] >= 0.9, share
    assert share["lookalike"] <= most_lookalikes, share
    assert share["not-emergency"] <= 0.25, share


@pytest.mark.parametrize(
    ("files", "with_model", "most_lookalikes"),
    [
        ("thirteenth-notices", True, 0.08), ("thirteenth-notices", False, 0.15), ("fourteenth-notices", True, 0.05),
        ("fourteenth-notices", False, 0.13), ("fifteenth-notices", True, 0.04), ("fifteenth-notices", False, 0.16),
        ("misleading/*", True, 0.2), ("misleading/*", False, 0.33),
    ],
)  # fmt: skip
def test_danger_is_noticed_in_sets_that_nothing_learnt_from(
    published: Path, files: str, most_lookalikes: float, *, with_model: bool
) -> None:
    searcher = Searcher(ReleaseStore(ReleaseFolder(published).get_current()), with_model=with_model)
    share = share_called(searcher, read_cases(files))
    assert share["crisis"] >= 0.97, share
    assert share["emergency"] >= 0.94, share
    assert share["lookalike"] <= most_lookalikes, share
    assert share["not-emergency"] <= 0.12, share


def test_notices_need_no_sentence_model(published: Path) -> None:
    searcher = Searcher(ReleaseStore(ReleaseFolder(published).get_current()), with_model=False)
    share = share_called(searcher, (case for name in TWELVE_SETS for case in read_cases(f"{name}notices")))
    assert share["crisis"] >= 0.97
    assert share["lookalike"] <= 0.04
    assert share["emergency"] >= 0.96
    assert share["not-emergency"] <= 0.03
    assert share["personal-advice"] >= 0.95


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("psilocybin or ketamine for depression", {"psilocybin", "ketamine"}),
        ("is sertraline or venlafaxine better", {"ssri", "snri"}),
        ("bupropion vs mirtazapine", {"bupropion", "mirtazapine"}),
        ("ketamine, ECT or TMS after two failed drugs", {"ketamine", "ect", "rtms"}),
    ],
)
async def test_a_comparison_brings_both_sides(reader: httpx.AsyncClient, question: str, both: set[str]) -> None:
    facts = (await reader.get("/v1/answers", params={"q": question})).json()["data"]["facts"]
    assert {fact["treatment"] for fact in facts} >= both


@pytest.mark.parametrize(
    ("question", "is_crisis"),
    [
        ("my brother hanged himself last night and i want to follow him", True),
        ("How many sleeping pills plus how much rum would it take", True),
        ("My grandfather hanged himself in 1961, does that count as family history for the study?", False),
        ("do people with a past suicide attempt get ketamine in trials", False),
        ("rest in peace my sex drive", False),
        ("We had a picnic by the lake with all the cousins, and the weather was warm. " * 10, False),
        ("We had a picnic by the lake with all the cousins, and the weather was warm. " * 10 + "I would rather not wake up again.", True),
    ],
)
async def test_the_model_tells_danger_from_what_only_sounds_like_it(reader: httpx.AsyncClient, question: str, *, is_crisis: bool) -> None:
    notices = (await reader.get("/v1/answers", params={"q": question})).json()["data"]["notices"]
    assert ("crisis" in {notice["kind"] for notice in notices}) == is_crisis


LEAST = {"ketamine": 150, "esketamine": 90, "ssri": 60, "ect": 40}


async def test_every_treatment_has_ten_sections_and_enough_statements(reader: httpx.AsyncClient) -> None:
    cards = (await reader.get("/v1/treatments?limit=100")).json()["data"]
    assert {
        "ketamine", "esketamine", "ssri", "ect", "rtms", "snri", "bupropion", "mirtazapine", "augmentation-antipsychotic", "psilocybin",
        "lithium-augmentation", "dextromethorphan-bupropion", "zuranolone", "cbt",
    } <= {card["id"] for card in cards}  # fmt: skip
    for card in cards:
        document = (await reader.get(f"/v1/treatments/{card['id']}")).json()["data"]
        assert all(document["sections"].values()), card["id"]
        assert document["fact_count"] >= LEAST.get(card["id"], 12), card["id"]
        assert {"legal-status", "onset", "response", "common-harms"} <= {cell["attribute"] for cell in document["profile"]}, card["id"]


async def test_every_card_tells_the_treatment_in_one_sentence(reader: httpx.AsyncClient) -> None:
    cards = (await reader.get("/v1/treatments?limit=100")).json()["data"]
    assert all(re.fullmatch(r"[^.!?]+\.", card["plain_sentence"]) for card in cards)
    assert all(card["main_effect"]["certainty"] and card["legal_status"] and card["reviewed"] for card in cards)


async def test_relations_of_every_kind_stand_on_both_sides(reader: httpx.AsyncClient) -> None:
    names = [card["id"] for card in (await reader.get("/v1/treatments?limit=100&fields=id")).json()["data"]]
    heads = [(await reader.get(f"/v1/treatments/{name}?sections=overview")).json()["data"] for name in names]
    found = {(head["id"], relation["kind"], relation["treatment"]["id"]) for head in heads for relation in head["relations"]}
    assert {kind for _, kind, _ in found} == {
        "racemate-of", "enantiomer-of", "augmentation-of", "augmented-by", "compared-with", "contraindicated-with",
    }  # fmt: skip
    assert {(other, INVERSE[kind], one) for one, kind, other in found if kind in INVERSE} <= found
    assert ("esketamine", "augmentation-of", "ssri") in found
    members = {
        (head["id"], relation["drug"]["id"]) for head in heads for relation in head["drug_relations"] if relation["kind"] == "has-member"
    }
    assert ("ssri", "sertraline") in members
    for owner, drug in members:
        relations = (await reader.get(f"/v1/drugs/{drug}")).json()["data"]["relations"]
        assert [(item["kind"], item["treatment"]["id"]) for item in relations] == [("member-of-class", owner)]


async def test_the_document_stays_small_and_a_section_much_smaller(reader: httpx.AsyncClient) -> None:
    document = len((await reader.get("/v1/treatments/ketamine")).content)
    assert document < 200_000
    for section in SECTIONS:
        assert len((await reader.get(f"/v1/treatments/ketamine/{section}")).content) < document / 4, section


async def test_a_document_as_it_is_kept_is_the_one_that_is_written_from_its_parts(reader: httpx.AsyncClient) -> None:
    picked = f"?sections={','.join(SECTIONS)}"
    for card in (await reader.get("/v1/treatments?limit=100")).json()["data"]:
        address = f"/v1/treatments/{card['id']}"
        kept, written = await reader.get(address), await reader.get(address + picked)
        assert len(kept.text) > 10_000
        assert kept.text == written.text.replace(f'"links":{{"self":"{address}{picked}"', f'"links":{{"self":"{address}"'), address


async def test_every_statement_has_source_certainty_review_date_and_questions(reader: httpx.AsyncClient) -> None:
    offset, seen, questions = 0, 0, 0
    while True:
        page = (await reader.get("/v1/facts", params={"limit": 100, "offset": offset})).json()
        for fact in page["data"]:
            assert fact["sources"], fact["id"]
            assert fact["certainty"] in {"high", "moderate", "low", "very-low", "not-graded"}
            assert fact["reviewed"] <= page["meta"]["release"][:10].replace(".", "-") < fact["next_review"]
        seen += len(page["data"])
        if seen >= page["meta"]["total"]:
            break
        offset += 100
    assert seen > 250
    fact = (await reader.get("/v1/facts/treatment.ketamine.safety.dissociation")).json()["data"]
    questions = len(fact["asks"])
    assert 3 <= questions <= 6


def test_what_is_not_known_is_said(library: Library) -> None:
    unknown = [statement.id for statement in _statements(library) if not statement.known]
    assert len(unknown) >= 8
    assert "treatment.ketamine.limitations.optimal-dose" in unknown


def test_effects_on_mood_carry_their_warnings(library: Library) -> None:
    sections = library.treatments["ketamine"].sections
    assert all(statement.see_also for statement in (*sections["efficacy"].item.facts, *sections["benefits"].item.facts))


def test_there_are_forty_terms_ten_claims_and_trials_with_arms_and_outcomes(library: Library) -> None:
    assert len(library.terms) >= 40
    verdicts = {located.item.verdict for located in library.claims.values()}
    assert len(library.claims) >= 10
    assert {"supported", "partly-supported", "not-supported"} <= verdicts
    trials = [located.item for located in library.studies.values() if "ketamine" in located.item.treatments]
    assert len([trial for trial in trials if len(trial.arms) > 1 and any(outcome.arms for outcome in trial.outcomes)]) >= 5


def test_the_claim_about_jama_psychiatry_is_corrected(library: Library) -> None:
    claim = library.claims["jama-psychiatry-single-dose"].item
    assert claim.verdict == "partly-supported"
    assert "zarate-2006" in {ref.id for finding in claim.findings for ref in finding.sources}


def test_every_trial_of_the_catalogue_says_how_each_figure_was_checked(library: Library) -> None:
    assert len(library.studies) >= 35
    for located in library.studies.values():
        for part in (*located.item.outcomes, *located.item.adverse_events):
            assert part.check in {"seen", "secondary"}, (located.item.id, part.id)


def test_every_source_can_be_found(library: Library) -> None:
    assert all(_has_identifier(located.item) for located in library.sources.values())


def test_crisis_contacts_cover_the_named_regions(library: Library) -> None:
    assert library.notices is not None
    crisis = next(notice for notice in library.notices.item.notices if notice.kind == "crisis")
    assert {contact.region for contact in crisis.contacts} >= {"US", "CA", "GB", "IE", "AU", "NZ", "EU", "international"}


@pytest.mark.parametrize("url", re.findall(r"curl '(http://[^']+)'", README))
async def test_calls_in_the_readme_answer(reader: httpx.AsyncClient, url: str) -> None:
    answer = await reader.get(url)
    assert answer.status_code == 200
    assert (
        answer.json()["data"] if answer.headers["Content-Type"] == "application/json" else answer.text.count("\n") + len(answer.text) > 200
    )


def _has_identifier(source: Source) -> bool:
    return source.kind == "book" or bool(source.doi or source.pmid or source.pmcid or source.registration or source.url)


def _statements(library: Library) -> list[Statement]:
    return [placed.statement for placed in library.statements()]


def test_the_readme_tells_what_the_audit_finds(library: Library) -> None:
    rows = [row for located in library.studies.values() for row in audit_study(located.item)]
    agreeing = sum(row.agrees for row in rows)
    assert f"of {len(rows)} comparisons {agreeing} agree within rounding" in README


def test_every_published_comparison_that_differs_from_its_arms_says_why_in_its_record(library: Library) -> None:
    renderer = Renderer(library)
    for located in library.studies.values():
        document = renderer.study(located.item).doc
        assert isinstance(document, Study)
        outcomes = {outcome.id: outcome for outcome in document.outcomes}
        for row in audit_study(located.item):
            outcome = outcomes[row.figure.partition("/")[2]]
            (contrast,) = (
                item
                for item in outcome.contrasts
                if (item.kind, item.treatment, item.estimate) == (row.published.kind, row.published.treatment, row.published.estimate)
            )
            assert row.agrees or contrast.note or outcome.note, row.figure
