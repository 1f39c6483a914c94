"""Noticing when the person who asks may be in danger, or asks what only someone who knows them can answer.

Two ways, of which one is enough unless the other is very sure: phrases, which people who review the content can read, and a model over
meaning and words, which is fitted at build from the examples that the content gives for each notice against its harmless examples and the
questions of the catalogue (`app/search/models.py`). "How fast does ketamine work? I want to die tonight" is a question of the catalogue for
the most part: what its parts say by themselves is judged too."""

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.search.embedder import Vectors
from app.search.grams import find_grams
from app.search.judge import chance, read_judge
from app.search.phrases import Lexicon, Phrases
from app.search.pieces import find_pieces
from app.search.reading import Reading
from app.search.words import MOST_LETTERS

SURE = {"crisis": 0.37, "emergency": 0.3, "personal-advice": 0.3}
"""Probability from which the model alone raises a notice."""
SURE_BY_WORDS = {"crisis": 0.5, "emergency": 0.35, "personal-advice": 0.3}
"""The same without the sentence model."""
BEYOND_DOUBT = 0.8
"""Probability from which the model alone raises it where an idiom stands: "bored to death"."""
AGAINST = 0.3
"""Probability below which the model overrules phrases: "my uncle hanged himself in 1961, does that count as family history?"."""
LEARNED = 1000
"""Examples from which a model knows enough to overrule phrases."""

WORST_PART = 0.5
"""Weight of what the worst part of a question says by itself, next to what the whole says."""
SUSPECT = 0.1
"""Probability by words alone from which a part of a question is read by the sentence model."""
MOST_READ = 1
"""Parts of a question that the sentence model reads: those that are most likely to call for a notice."""


@dataclass(frozen=True)
class Signs:
    """The phrases of one notice."""

    call: Phrases
    unless: Phrases
    never: Phrases


class Watcher:
    """Reads the notices and models of one release."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        known: Mapping[str, str] | None = None,
        embed: Callable[[Sequence[str]], Vectors] | None = None,
    ) -> None:
        """`known`: words that are no misspellings of the phrases' words, by their stems. `embed`: the sentence model, with whose vectors
        questions will come."""
        families = {name: json.loads(words) for name, words in connection.execute("SELECT name, words FROM family")}
        rows = [
            (kind, [json.loads(texts) for texts in phrases])
            for kind, *phrases in connection.execute("SELECT kind, signs, unless, never FROM notice ORDER BY position")
        ]
        self._lexicon = Lexicon(families, (phrase for _, lists in rows for phrases in lists for phrase in phrases), known)
        someone = [name for (name,) in connection.execute("SELECT name FROM family WHERE someone")]
        self._someone = self._phrases(["{" + ",".join(someone) + "}"] if someone else [])
        self._signs = {kind: Signs(*(self._phrases(phrases) for phrases in lists)) for kind, lists in rows}
        self._embed, self._sure = embed, SURE if embed is not None else SURE_BY_WORDS
        self._by_words = read_judge(connection, "notice", with_model=False)
        self._judge = read_judge(connection, "notice", with_model=True) if embed is not None else self._by_words
        counts = "SELECT sum(json_array_length(examples)) FROM notice UNION ALL SELECT count(*) FROM harmless"
        self._may_overrule = sum(count or 0 for (count,) in connection.execute(counts)) >= LEARNED

    def find(self, question: str, reading: Reading) -> dict[str, float]:
        """How likely each notice is called for, by kind; only those that are."""
        text = question[:MOST_LETTERS]
        stems = self._lexicon.read(text)
        whole = self._judge.find(reading.grams, reading.vector) if self._judge is not None else {}
        pieces = self._judge_pieces(find_pieces(text), whole)
        found: dict[str, float] = {}
        for kind, signs in self._signs.items():
            worst = max((odds[kind] for odds in (whole, *pieces) if kind in odds), default=-math.inf)
            likely = chance((1 - WORST_PART) * whole[kind] + WORST_PART * worst) if kind in whole else 0.0
            overruled = likely < AGAINST and kind in whole and self._may_overrule
            told = self._is_told(signs, stems) and not overruled
            if told or likely >= (BEYOND_DOUBT if signs.never.find(stems) else self._sure.get(kind, 0.5)):
                found[kind] = max(likely, 1.0 if told else 0.0)
        return found

    def _judge_pieces(self, pieces: Sequence[str], whole: Mapping[str, float]) -> Sequence[Mapping[str, float]]:
        """The odds of each notice for the parts of a question that may call for one which the whole does not call for anyway."""
        if self._by_words is None:
            return []
        read = [find_grams(piece) for piece in pieces]
        judged = [self._by_words.find(grams) for grams in read]
        if self._embed is None or self._judge is None:
            return judged
        open_kinds = [kind for kind, odds in whole.items() if chance(odds) < BEYOND_DOUBT]
        worst = [max((chance(odds[kind]) for kind in open_kinds), default=0.0) for odds in judged]
        chosen = [place for place in sorted(range(len(pieces)), key=lambda place: -worst[place])[:MOST_READ] if worst[place] >= SUSPECT]
        vectors = self._embed([pieces[place] for place in chosen])
        return [self._judge.find(read[place], vector) for place, vector in zip(chosen, vectors, strict=True)]

    def _is_told(self, signs: Signs, stems: Sequence[str]) -> bool:
        """Whether the words of a question call for a notice."""
        if not signs.call.find(stems) or signs.never.find(stems):
            return False
        return self._someone.find(stems) or not signs.unless.find(stems)

    def _phrases(self, phrases: Iterable[str]) -> Phrases:
        return Phrases(self._lexicon.compile(phrase) for phrase in phrases)
