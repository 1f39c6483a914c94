"""Noticing when the person who asks may be in danger, or asks what only someone who knows them can answer.

Two ways, of which one is enough unless the other is very sure: phrases, which people who review the content can read, and models that have
learnt from the examples which the content gives for each notice, from its harmless examples and the questions of the catalogue. The first
model, over meaning and words, is fitted at build (`app/search/models.py`). "How fast does ketamine work? I want to die tonight" is a
question of the catalogue for the most part: what its parts say by themselves is judged too, by their words. What this model does not find
wholly harmless, or phrases call for, is read once more by layers that were trained to tell (`app/search/second.py`)."""

import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.search.embedder import QuickEmbedder
from app.search.grams import find_grams
from app.search.judge import chance, read_judge
from app.search.phrases import Lexicon, Phrases
from app.search.pieces import find_pieces
from app.search.reading import Reading
from app.search.second import find_second
from app.search.words import MOST_LETTERS

BEYOND_DOUBT = 0.8
"""Probability from which the models alone raise a notice where an idiom stands: "bored to death"."""
LEARNED = 1000
"""Examples from which a model knows enough to overrule phrases."""

WORST_PART = 0.5
"""Least weight of what the worst part of a question says by itself, next to what the whole says, where nothing reads the question twice."""
SHORT, LONG = 100, 400
"""Letters from which the worst part of a question counts beside the whole in any case, and from which it alone counts."""
DOUBTFUL, DOUBTFUL_PART = 0.02, 0.05
"""Probability by the first model from which a question is read once more: of the whole, and of a part by its words."""
FIRST_MODEL = 0.6
"""Weight of the first model's odds next to those of the second reading."""
SHORT_ENOUGH = 200
"""Letters up to which a misspelt question is read as it was asked, too; longer ones as mended only, since reading them takes long."""
OVERLAP = 60
"""Letters before the rest of a long question that are read with it again, so that no sentence is torn."""


class Bounds(NamedTuple):
    """From what on models are believed. The scale is not the same for all: the second reading has seen danger more often than there is."""

    sure: Mapping[str, float]
    """Probability from which the models alone raise a notice."""
    against: float
    """Probability below which the models overrule phrases: "my uncle hanged himself in 1961, does that count as family history?"."""


READ_TWICE = Bounds({"crisis": 0.08, "emergency": 0.08, "personal-advice": 0.06}, 0.08)
READ_ONCE = Bounds({"crisis": 0.37, "emergency": 0.3, "personal-advice": 0.3}, 0.3)
BY_WORDS = Bounds({"crisis": 0.4, "emergency": 0.35, "personal-advice": 0.3}, 0.3)
"""With the second reading, with the sentence model alone, and with neither."""


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
        embedder: QuickEmbedder | None = None,
    ) -> None:
        """`known`: words that are no misspellings of the phrases' words, by their stems. `embedder`: by which questions will have been
        read."""
        families = {name: json.loads(words) for name, words in connection.execute("SELECT name, words FROM family")}
        rows = [
            (kind, [json.loads(texts) for texts in phrases])
            for kind, *phrases in connection.execute("SELECT kind, signs, unless, never FROM notice ORDER BY position")
        ]
        self._lexicon = Lexicon(families, (phrase for _, lists in rows for phrases in lists for phrase in phrases), known)
        someone = [name for (name,) in connection.execute("SELECT name FROM family WHERE someone")]
        self._someone = self._phrases(["{" + ",".join(someone) + "}"] if someone else [])
        self._signs = {kind: Signs(*(self._phrases(phrases) for phrases in lists)) for kind, lists in rows}
        self._embedder = embedder
        self._by_words = read_judge(connection, "notice", with_model=False)
        self._judge = read_judge(connection, "notice", with_model=True) if embedder is not None else self._by_words
        self._second = find_second() if embedder is not None else None
        self._bounds = BY_WORDS if embedder is None else READ_TWICE if self._second is not None else READ_ONCE
        counts = "SELECT sum(json_array_length(examples)) FROM notice UNION ALL SELECT count(*) FROM harmless"
        self._may_overrule = sum(count or 0 for (count,) in connection.execute(counts)) >= LEARNED

    def find(self, question: str, reading: Reading) -> dict[str, float]:
        """How likely each notice is called for, by kind; only those that are."""
        text = question[:MOST_LETTERS]
        stems = self._lexicon.read(text)
        told = {kind for kind, signs in self._signs.items() if self._is_told(signs, stems)}
        odds = self._judge_all(text, reading, is_told=bool(told))
        found: dict[str, float] = {}
        for kind, signs in self._signs.items():
            likely = chance(odds[kind]) if kind in odds else 0.0
            overruled = likely < self._bounds.against and kind in odds and self._may_overrule
            by_phrases = kind in told and not overruled
            if by_phrases or likely >= (BEYOND_DOUBT if signs.never.find(stems) else self._bounds.sure.get(kind, 0.5)):
                found[kind] = max(likely, 1.0 if by_phrases else 0.0)
        return found

    def _judge_all(self, text: str, reading: Reading, *, is_told: bool) -> Mapping[str, float]:
        """The logarithm of the odds of each notice that the models know. Where phrases call for one the question is read twice."""
        if self._judge is None:
            return {}
        whole = self._judge.find(reading.grams, reading.vector)
        parts = self._judge_parts(text, whole)
        share = min(1.0, max(0.0, (len(text) - SHORT) / (LONG - SHORT)))
        doubtful = is_told or chance(max(whole.values())) >= DOUBTFUL or chance(max(parts.values())) >= DOUBTFUL_PART
        if self._second is None or self._embedder is None or reading.half is None or not doubtful:
            return _weigh(whole, parts, max(WORST_PART, share))
        half, seen = reading.half, reading.understood.mended
        if half.unread is None and len(text) <= SHORT_ENOUGH and seen.lower() != text.lower():
            half, seen = self._embedder.begin(text), text
        again = self._second.find(half.states)
        if half.unread is not None:
            end = self._second.find(self._embedder.begin(_take_rest(seen, half.unread)).states)
            again = {kind: max(odds, end[kind]) for kind, odds in again.items()}
        first = _weigh(whole, parts, share)
        return {kind: FIRST_MODEL * odds + again[kind] if kind in again else odds for kind, odds in first.items()}

    def _judge_parts(self, text: str, kinds: Iterable[str]) -> Mapping[str, float]:
        """The odds of each notice for that part of a question that speaks most for it by its words."""
        judged = [self._by_words.find(find_grams(piece)) for piece in find_pieces(text)] if self._by_words is not None else []
        return {kind: max((odds[kind] for odds in judged if kind in odds), default=-math.inf) for kind in kinds}

    def _is_told(self, signs: Signs, stems: Sequence[str]) -> bool:
        """Whether the words of a question call for a notice."""
        if not signs.call.find(stems) or signs.never.find(stems):
            return False
        return self._someone.find(stems) or not signs.unless.find(stems)

    def _phrases(self, phrases: Iterable[str]) -> Phrases:
        return Phrases(self._lexicon.compile(phrase) for phrase in phrases)


def _weigh(whole: Mapping[str, float], parts: Mapping[str, float], share: float) -> Mapping[str, float]:
    """The odds of a whole and, where it speaks more for a notice, of its worst part, which counts for this share."""
    return {kind: (1 - share) * odds + share * max(odds, parts[kind]) for kind, odds in whole.items()}


def _take_rest(text: str, start: int) -> str:
    """The rest of a text, from a few words before this place on."""
    return text[text.rfind(" ", 0, max(0, start - OVERLAP)) + 1 :]
