"""Noticing when the person who asks may be in danger, or asks what only someone who knows them can answer.

Two ways, of which one is enough unless the other is very sure: phrases, which people who review the content can read, and a model over
meaning and words, which is fitted at build from the examples that the content gives for each notice against its harmless examples and the
questions of the catalogue (`app/search/models.py`)."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.search.grams import find_grams
from app.search.judge import chance, read_judge
from app.search.phrases import Lexicon, Phrases
from app.search.reading import Reading
from app.search.words import MOST_LETTERS

SURE = {"crisis": 0.37, "emergency": 0.3, "personal-advice": 0.3}
"""Probability from which the model alone raises a notice."""
BEYOND_DOUBT = 0.8
"""Probability from which the model alone raises it where an idiom stands: "bored to death"."""
AGAINST = 0.3
"""Probability below which the model overrules phrases: "my uncle hanged himself in 1961, does that count as family history?"."""
LEARNED = 1000
"""Examples from which a model knows enough to overrule phrases; it never does in long questions, of which the sentence model sees only the
beginning."""

PIECE = 600
"""Letters of a question that are judged together; longer ones are judged in pieces, so that a word at the end is not lost among others."""


@dataclass(frozen=True)
class Signs:
    """The phrases of one notice."""

    call: Phrases
    unless: Phrases
    never: Phrases


class Watcher:
    """Reads the notices and models of one release."""

    def __init__(self, connection: sqlite3.Connection, known: Mapping[str, str] | None = None, *, with_model: bool = False) -> None:
        """`known`: words that are no misspellings of the phrases' words, by their stems. `with_model`: questions will come with vectors."""
        families = {name: json.loads(words) for name, words in connection.execute("SELECT name, words FROM family")}
        rows = [
            (kind, [json.loads(texts) for texts in phrases])
            for kind, *phrases in connection.execute("SELECT kind, signs, unless, never FROM notice ORDER BY position")
        ]
        self._lexicon = Lexicon(families, (phrase for _, lists in rows for phrases in lists for phrase in phrases), known)
        someone = [name for (name,) in connection.execute("SELECT name FROM family WHERE someone")]
        self._someone = self._phrases(["{" + ",".join(someone) + "}"] if someone else [])
        self._signs = {kind: Signs(*(self._phrases(phrases) for phrases in lists)) for kind, lists in rows}
        self._judge = read_judge(connection, "notice", with_model=with_model)
        counts = "SELECT sum(json_array_length(examples)) FROM notice UNION ALL SELECT count(*) FROM harmless"
        self._may_overrule = sum(count or 0 for (count,) in connection.execute(counts)) >= LEARNED

    def find(self, question: str, reading: Reading) -> dict[str, float]:
        """How likely each notice is called for, by kind; only those that are. Of a long question the gravest piece counts."""
        stems = self._lexicon.read(question)
        judge, pieces = self._judge, [reading.grams] if len(question) <= PIECE else [find_grams(piece) for piece in _split(question)]
        judged = [judge.find(grams, reading.vector) for grams in pieces] if judge is not None else []
        found: dict[str, float] = {}
        for kind, signs in self._signs.items():
            chances = [chance(odds[kind]) for odds in judged if kind in odds]
            likely = max(chances, default=0.0)
            overruled = likely < AGAINST and bool(chances) and self._may_overrule and len(question) <= PIECE
            told = self._is_told(signs, stems) and not overruled
            least = BEYOND_DOUBT if signs.never.find(stems) else SURE.get(kind, 0.5)
            if told or likely >= least:
                found[kind] = max(likely, 1.0 if told else 0.0)
        return found

    def _is_told(self, signs: Signs, stems: Sequence[str]) -> bool:
        """Whether the words of a question call for a notice."""
        if not signs.call.find(stems) or signs.never.find(stems):
            return False
        return self._someone.find(stems) or not signs.unless.find(stems)

    def _phrases(self, phrases: Iterable[str]) -> Phrases:
        return Phrases(self._lexicon.compile(phrase) for phrase in phrases)


def _split(question: str) -> Iterator[str]:
    """Pieces of a long question, each of which shares its half with the next."""
    text = question[:MOST_LETTERS]
    return (text[start : start + PIECE] for start in range(0, max(1, len(text) - PIECE // 2), PIECE // 2))
