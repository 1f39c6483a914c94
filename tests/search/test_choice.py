"""Which facts an answer holds: none twice, both sides of a comparison, as many as there is room for."""

from pathlib import Path

import pytest

from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.schemas.v1.answer import Answer
from app.search.answerer import Audience, Searcher, cut_to_fit
from tests.conftest import Edit, build_from

RESPONSE = "treatment.exemplin.efficacy.response"
AGAIN = """  - id: treatment.exemplin.efficacy.response-again
    kind: general
    text: In one invented trial, half of the adults given exemplin responded within a day, against one in five given placebo.
    plain: Half the people who took exemplin felt better in a day in a made-up test. One in five felt better on a dummy pill.
    certainty: low
    certainty_reason: One small trial, and an invented one.
    topics: [response]
    sources: [{id: tester-2020, locator: Table 1}]
    figures: [tester-2020/response]
    see_also: [treatment.exemplin.safety.hiccups]
    asks: [Do half of the people respond to exemplin?, Does exemplin beat a placebo?, What share of people gets better on exemplin?]
"""


def open_searcher(releases: Path) -> Searcher:
    """A searcher of the current release of a folder."""
    return Searcher(ReleaseStore(ReleaseFolder(releases).get_current()))


@pytest.fixture(scope="module")
def searcher(releases: Path) -> Searcher:
    """A searcher of the sample."""
    return open_searcher(releases)


def ask(searcher: Searcher, question: str, limit: int = 5, max_tokens: int = 20_000, audience: Audience = "public") -> Answer:
    """An answer with much room."""
    return searcher.answer(question, filters={}, limit=limit, max_tokens=max_tokens, audience=audience)


def test_what_is_told_twice_is_given_once(edit: Edit, tmp_path: Path) -> None:
    content = edit("treatments/exemplin/efficacy.yaml", "facts:\n", f"facts:\n{AGAIN}")
    build_from(content, tmp_path / "releases")
    searcher = open_searcher(tmp_path / "releases")
    found, _ = searcher.search("How many people respond to exemplin?", {}, 10, 0)
    both = {RESPONSE, f"{RESPONSE}-again"}
    assert both <= {fact.id for fact in found}
    given = [fact.id for fact in ask(searcher, "How many people respond to exemplin?").facts]
    assert len(both.intersection(given)) == 1
    assert len(given) > 1


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("SaSc?", "term.sample-scale.definition.meaning"),
        ("what is a high sasc", "term.sample-scale.definition.meaning"),
        ("hiccups from EXA", "treatment.exemplin.safety.hiccups"),
    ],
)
def test_abbreviations_stand_for_what_they_mean(searcher: Searcher, question: str, first: str) -> None:
    assert ask(searcher, question).facts[0].id == first


@pytest.mark.parametrize(
    "question", ["Is exemplin better than sampline?", "exemplin or sampline", "exa vs sampline for the sample illness"]
)
def test_a_comparison_brings_both_treatments(searcher: Searcher, question: str) -> None:
    assert {fact.treatment for fact in ask(searcher, question, limit=3).facts} >= {"exemplin", "sampline"}


def test_room_takes_whole_facts_from_the_first_and_says_how_many_did_not_fit(searcher: Searcher) -> None:
    question = "exemplin dose and response"
    whole = ask(searcher, question)
    assert (len(whole.facts), whole.left_out) == (5, 0)
    sizes = [len(fact.model_dump_json(exclude={"quote", "highlights", "links"})) // 4 for fact in whole.facts]
    for count in range(1, 5):
        cut = ask(searcher, question, max_tokens=sum(sizes[: count + 1]) - 1)
        assert (cut.facts, cut.left_out) == (whole.facts[:count], 5 - count)
    assert cut_to_fit(whole.facts, 1) == whole.facts[:1]


def test_audiences_get_the_same_facts_in_their_own_wording(searcher: Searcher) -> None:
    public, professional = (ask(searcher, "Does exemplin work?", audience=audience).facts for audience in ("public", "professional"))
    assert [fact.id for fact in public] == [fact.id for fact in professional]
    assert [fact.quote for fact in public] == [fact.plain for fact in public]
    assert [fact.quote for fact in professional] == [fact.text for fact in professional]
