# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Questions that are long or strange: only so much of them is looked at."""

import string
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, product
from pathlib import Path
from typing import Any

import httpx
import pytest
import Stemmer
from mcp.client import Client

from app.mcp.server import build_server
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.search.answerer import Searcher
from app.search.phrases import MOST_MENDED, MOST_TOKENS, Lexicon
from app.search.reading import MOST_MENDED as MOST_MISSPELT
from app.search.reading import MOST_WORDS
from app.search.searching import Searching
from app.search.words import MOST_LETTERS, split_words, stem

LETTERS = 10_000
NONSENSE = [f"q{''.join(letters)}zz" for letters in islice(product(string.ascii_lowercase, repeat=3), 0, None, 11)]
NASTY = {
    "one word": "a",
    "spaces": " ",
    "punctuation": "?!.,;:()",
    "cyrillic": "что такое кетамин ",
    "chinese": "氯胺酮治疗抑郁症",
    "emoji": "💊😭 ",
    "accents": "e\u0301\u0302",
    "ligature": "\ufdfa",
    "sql": "'; DROP TABLE fact; -- ",
    "fts": 'exemplin AND "NEAR( OR * ',
    "control": "\x00\x01\x1b[31m",
    "crisis": "i want to kill myself ",
    "crisis words": "die kill want suicide ",
    "glued": "iwanttokillmyselfq ",
    "half a word": "aiiiiiiiiiiiiiiiiiiiiiiq ",
    "hyphens": "a-",
    "marks in words": "a.b'c/",
    "stars": "*",
    "misspelt": " ".join(NONSENSE),
}


def lengthen(text: str, letters: int = LETTERS) -> str:
    """A text again and again, to so many letters."""
    return (text * (letters // len(text) + 1))[:letters]


@pytest.fixture(scope="module")
def searcher(releases: Path) -> Searcher:
    """A searcher of the sample."""
    return Searcher(ReleaseStore(ReleaseFolder(releases).get_current()))


@pytest.fixture
async def bot(releases: Path) -> Any:
    """A client of the chatbots' door."""
    store = ReleaseStore(ReleaseFolder(releases).get_current())
    async with Client(build_server(lambda: store, Searching(with_model=False))) as client:
        yield client


@pytest.mark.parametrize("kind", NASTY)
def test_no_text_gets_more_than_so_many_words_looked_at(searcher: Searcher, kind: str) -> None:
    question = lengthen(NASTY[kind])
    understood = searcher.ranker.understand(question)
    assert len(understood.terms) + len(understood.unknown) <= MOST_WORDS
    assert len(Lexicon({}, ["want to die"]).read(question)) <= MOST_TOKENS * 5
    answer = searcher.answer(question, filters={})
    assert answer.status in {"answered", "no_answer"}
    assert len(searcher.search(question, {}, 5, 0)[0]) <= 5


@pytest.mark.parametrize("kind", NASTY)
@pytest.mark.parametrize("letters", [1000, LETTERS])
async def test_both_doors_answer_or_say_why_not(client: httpx.AsyncClient, bot: Client, kind: str, letters: int) -> None:
    question = lengthen(NASTY[kind], letters)
    told = await bot.call_tool("ask", {"question": question})
    assert told.is_error is (letters > 1000)
    if len(question.encode()) < 3 * LETTERS:
        reply = await client.get("/v1/answers", params={"q": question})
        assert reply.status_code in ({200, 422} if letters <= 1000 else {414, 422})
        assert reply.headers["Content-Type"].startswith("application/json" if reply.is_success else "application/problem+json")


def test_only_the_first_misspelt_words_are_mended(searcher: Searcher) -> None:
    many = " ".join(NONSENSE[:MOST_MISSPELT])
    few = " ".join(NONSENSE[: MOST_MISSPELT - 1])
    assert "exemplin" in searcher.ranker.understand(f"{few} exemplim").terms
    assert "exemplin" not in searcher.ranker.understand(f"{many} exemplim").terms
    assert "exemplin" in searcher.ranker.understand(f"{many[:300]} exemplin").terms


def test_signs_are_found_after_many_misspelt_words_when_rightly_spelt() -> None:
    lexicon = Lexicon({}, ["want to vanish"])
    many = " ".join(NONSENSE[: MOST_MENDED + 1])
    assert lexicon.read(f"{many} vansih")[-1] == "vansih"
    assert lexicon.read(f"{many} vanish")[-1] == stem("vanish") == lexicon.read("vansih")[-1]
    assert not lexicon.read(" " * MOST_LETTERS + "vanish")


def test_words_are_stemmed_alike_in_many_threads() -> None:
    words = [f"{head}{''.join(tail)}{end}" for head in ("re", "con") for tail in product("aeiou", "bdt", "aeo", "lr") for end in _endings()]
    single = Stemmer.Stemmer("english")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(stem, words))
    finally:
        sys.setswitchinterval(interval)
    assert found == single.stemWords(words)


def test_long_words_are_split_and_stemmed_like_short_ones() -> None:
    assert split_words(f"{'a' * 50}-b") == ["a" * 50, "b", "a" * 50 + "b"]
    long = "un" * 30 + "wavering"
    assert stem(long) == Stemmer.Stemmer("english").stemWord(long) != long


def _endings() -> Iterator[str]:
    yield from ("nation", "ations", "ingly", "fulness", "ized", "ability")
