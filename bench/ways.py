"""What does each way of searching find by itself? Sets them side by side, by ranking alone: nothing is refused.

    .venv/bin/python -m bench.ways                       # answerable questions of the test half
    .venv/bin/python -m bench.ways --files 'twelfth-*'   # those of some files

Plain full-text search is SQLite's FTS5 (BM25 with Porter's stemmer, any of the question's words), over the texts of a statement and over
its texts and questions. The other ways are signals of this service (`SIGNALS` in `app/search/rank.py`): words and the sentence model, each
against texts only and against questions only, then what the fitted weights make of all signals, by words alone and with the model."""

import argparse
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.schemas.v1.fact import FactDetail
from app.search.answerer import Searcher
from app.search.rank import SIGNALS, Signals
from app.settings import Settings
from bench.answers import Case, is_tune, read_cases

FIRST = 3
"""Statements that are looked at."""

Places = NDArray[np.intp]
Way = Callable[[str], Places]
"""Places of the first statements that a question finds, best first."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "words against texts": ("words_text", "words_plain"),
    "words against questions": ("words_ask",),
    "model against texts": ("meaning_text", "meaning_plain"),
    "model against questions": ("meaning_ask",),
}
"""Signals of which the better one tells."""


def main() -> None:
    """Ask all ways and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", default="*", metavar="PATTERN", help="only questions of files whose names fit, such as 'second-*'")
    pattern: str = parser.parse_args().files
    store = ReleaseStore(ReleaseFolder(Settings().releases).get_current())
    cases = [case for case in read_cases(pattern) if case.expect and not is_tune(case)]
    searcher = Searcher(store)
    facts = store.read_facts([int(position) for position in searcher.ranker.positions])
    ids = [fact.id for fact in facts]
    print(f"| {len(cases)} questions, by ranking alone | first right, % | within three, % |\n|---|---|---|")
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, way in list_ways(connection, facts, searcher):
            first, within = score(way, cases, ids)
            print(f"| {name} | {first:.1f} | {within:.1f} |", flush=True)


def list_ways(connection: sqlite3.Connection, facts: Sequence[FactDetail], searcher: Searcher) -> Iterable[tuple[str, Way]]:
    """Each way with its name."""
    yield "full-text search of texts (FTS5)", index_texts(connection, "texts", [f"{fact.text}\n{fact.plain}" for fact in facts])
    everything = ["\n".join((fact.text, fact.plain, *fact.asks)) for fact in facts]
    yield "full-text search of texts and questions (FTS5)", index_texts(connection, "everything", everything)
    for name, signals in KINDS.items():
        columns = [SIGNALS.index(signal) for signal in signals]
        yield name, by_signals(searcher, lambda found, columns=columns: found[:, columns].max(axis=1))
    alone = Searcher(searcher.store, with_model=False)
    for name, asked in (("words, all signals", alone), ("words and model, all signals", searcher)):
        weights = np.array(asked.calibration.rank, dtype=np.float32)
        yield name, by_signals(asked, lambda found, weights=weights: found @ weights)


def index_texts(connection: sqlite3.Connection, name: str, texts: Sequence[str]) -> Way:
    """Plain full-text search over one text for each statement."""
    connection.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(content, tokenize = 'porter unicode61')")
    connection.executemany(f"INSERT INTO {name} (rowid, content) VALUES (?, ?)", enumerate(texts))

    def find(question: str) -> Places:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"[^\W_]+", question))
        rows = connection.execute(f"SELECT rowid FROM {name} WHERE {name} MATCH ? ORDER BY rank LIMIT {FIRST}", (words,))
        return np.array([place for (place,) in rows], dtype=np.intp)

    return find


def by_signals(searcher: Searcher, weigh: Callable[[Signals], NDArray[np.float32]]) -> Way:
    """Statements by what is made of their signals."""

    def find(question: str) -> Places:
        return np.argsort(-weigh(searcher.ranker.measure(searcher.ranker.read(question))), kind="stable")[:FIRST]

    return find


def score(way: Way, cases: Sequence[Case], ids: Sequence[str]) -> tuple[float, float]:
    """The share of questions, in percent, whose first statement is right, and that with a right one within three."""
    found = [[ids[int(place)] in case.expect for place in way(case.question)] for case in cases]
    first, within = (100 * sum(any(right[:count]) for right in found) / max(1, len(found)) for count in (1, FIRST))
    return first, within


if __name__ == "__main__":
    main()
