"""Noticing when the person who asks may be in danger, or asks what only someone who knows them can answer.

Two ways, of which one is enough unless the other is very sure: phrases, which people who review the content can read, and a model over
sentence vectors, which is fitted at build from the examples that the content gives for each notice against its harmless examples and the
questions of the catalogue (`app/search/models.py`)."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.search.embedder import Vectors
from app.search.kernel import chance
from app.search.models import read_judge
from app.search.phrases import Lexicon, Phrases

SURE = {"crisis": 0.45, "emergency": 0.42, "personal-advice": 0.7}
"""Probability from which the model alone raises a notice."""
BEYOND_DOUBT = 0.8
"""Probability from which the model alone raises it where an idiom stands: "bored to death"."""
AGAINST = 0.05
"""Probability below which the model overrules phrases: "my uncle hanged himself in 1961, does that count as family history?"."""
LEARNED = 1000
"""Examples from which a model knows enough to overrule phrases."""


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
        self._judge = read_judge(connection, "notice") if with_model else None
        self._may_overrule = self._judge is not None and self._judge.size >= LEARNED

    def find(self, question: str, *vectors: Vectors) -> dict[str, float]:
        """How likely each notice is called for, by kind; only those that are. Of several readings of the question the gravest counts."""
        stems = self._lexicon.read(question)
        judged = [self._judge.find(vector) for vector in vectors] if self._judge is not None else []
        found: dict[str, float] = {}
        for kind, signs in self._signs.items():
            chances = [chance(odds[kind]) for odds in judged if kind in odds]
            likely = max(chances, default=0.0)
            told = self._is_told(signs, stems) and (likely >= AGAINST or not chances or not self._may_overrule)
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
