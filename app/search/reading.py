"""Reading a question: which names it has, and which of its words the catalogue knows."""

import re
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from app.search.embedder import Half, Vectors
from app.search.grams import Ints, find_grams
from app.search.phrases import read_english
from app.search.words import STOP, fold_word, split_words, stem

MOST_WORDS = 60
"""Words of a question that are looked at."""
MOST_LETTERS = 1200
"""Letters of a question that are looked at."""
MOST_MENDED = 30
"""Words of a question that are looked at as misspellings."""
LONG = 8
"""Letters of a stem from which two may be wrong: "regimen" is no "regions"."""
MOST_KEPT = 10_000
"""Misspelt words that are remembered."""

_MEANING_WORDS = """
mean meaning definition define defined explain explained explanation stand stands abbreviation acronym exactly basics introduction
overview describe summary called term word is does score scale treatment therapy drug medicine medication programme
"""
_MEANING = frozenset(stem(word) for word in _MEANING_WORDS.split())
"""Words of a question that asks what something is."""


@dataclass(frozen=True)
class Understood:
    """What the words of a question say."""

    mended: str
    """With names and spelling set right."""
    terms: tuple[str, ...]
    """Stems that say something, each once."""
    unknown: tuple[str, ...]
    """Words that the catalogue does not have, even when mended."""
    named: Mapping[str, frozenset[str]]
    """Ids of what it names, by collection."""
    spoken: frozenset[str]
    """Stems of those names."""
    asks_what: bool
    """Whether it has nothing beside a name: "what is ECT", "MADRS explained"."""


@dataclass(frozen=True)
class Reading:
    """What is understood of a question."""

    text: str
    understood: Understood
    vector: Vectors | None = None
    """The meaning of the question with names and spelling set right; None without the sentence model."""
    half: Half | None = None
    """What half of the model makes of it."""

    @cached_property
    def grams(self) -> Ints:
        """Its words and runs of letters, as it was asked."""
        return find_grams(self.text)

    @property
    def terms(self) -> tuple[str, ...]:
        """Stems that say something, each once, spelling mended."""
        return self.understood.terms

    @property
    def unknown(self) -> tuple[str, ...]:
        """Words that the catalogue does not have."""
        return self.understood.unknown

    @property
    def named(self) -> Mapping[str, frozenset[str]]:
        """Ids of what it names, by collection."""
        return self.understood.named

    @property
    def spoken(self) -> frozenset[str]:
        """Stems of the names."""
        return self.understood.spoken

    @property
    def asks_what(self) -> bool:
        """Whether it has nothing beside a name."""
        return self.understood.asks_what

    @property
    def treatments(self) -> frozenset[str]:
        """Treatments that it names."""
        return self.named.get("treatments", frozenset())


@dataclass(frozen=True)
class _Name:
    """What a name stands for: ids by collection, and what a question is to say instead."""

    ids: frozenset[tuple[str, str]]
    called: str

    @property
    def is_explained(self) -> bool:
        """Whether the name is kept and followed by the catalogue's own in brackets."""
        return self.called.endswith(")")


class Reader:
    """The words and names of one release."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.spelt: dict[str, str] = dict(connection.execute("SELECT term, spelt FROM word"))
        """The commonest spelling of each stem."""
        self._shelves: dict[tuple[str, int], list[str]] = defaultdict(list)
        for term in self.spelt:
            self._shelves[term[0], len(term)].append(term)
        self._names = _read_names(connection)
        self._longest = max((len(key) for key in self._names), default=0)
        self._mended: OrderedDict[str, str | None] = OrderedDict()

    def understand(self, question: str) -> Understood:
        """Names become those that the catalogue uses, misspelt words are mended."""
        text, ids, spoken = self._find_names(question[:MOST_LETTERS])
        terms: dict[str, None] = {}
        unknown: list[str] = []
        spelling: dict[str, str] = {}
        for word in split_words(text)[:MOST_WORDS]:
            if word in STOP:
                continue
            term = stem(word)
            if term not in self.spelt:
                known = self._mend(word) if len(unknown) + len(spelling) < MOST_MENDED else None
                if known is None:
                    unknown.append(word)
                    continue
                term = known
                spelling[word] = self.spelt[known]
                if (known,) in self._names:
                    ids |= self._names[known,].ids
                    spoken |= {known}
            terms[term] = None
        named: dict[str, frozenset[str]] = {}
        for collection, item in ids:
            named[collection] = named.get(collection, frozenset()) | {item}
        asks_what = bool(named) and not unknown and all(term in spoken or term in _MEANING for term in terms)
        return Understood(mend_text(text, spelling), tuple(terms), tuple(unknown), named, spoken, asks_what)

    def _mend(self, word: str) -> str | None:
        """The known word that a misspelt one most likely stands for; none for a right word that the catalogue does not have."""
        if word in self._mended:
            return self._mended[word]
        found: str | None = None
        if len(word) >= 4 and word.isalpha() and word not in read_english():
            stemmed = stem(word)
            most = 1 if len(stemmed) < LONG else 2
            sizes = range(len(stemmed) - most, len(stemmed) + most + 1)
            choices = [term for size in sizes for term in self._shelves.get((word[0], size), ())]
            match = process.extractOne(stemmed, choices, scorer=DamerauLevenshtein.distance, score_cutoff=most)
            found = match[0] if match is not None else None
        self._mended[word] = found
        if len(self._mended) > MOST_KEPT:
            self._mended.popitem(last=False)
        return found

    def _find_names(self, question: str) -> tuple[str, frozenset[tuple[str, str]], frozenset[str]]:
        """The question with other names of treatments replaced by what the catalogue calls them, what it names, and the stems of those
        names; the longest names first. Everyday names are not explained where another name is:
        "the Spravato nose spray"."""
        words = [(match.start(), match.end(), stem(fold_word(match.group()))) for match in re.finditer(r"[^\W_]+", question)][:MOST_WORDS]
        ids: frozenset[tuple[str, str]] = frozenset()
        spoken: frozenset[str] = frozenset()
        used: set[int] = set()
        found: list[tuple[int, int, bool, _Name]] = []
        for size in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                span = range(start, start + size)
                key = tuple(words[index][2] for index in span)
                name = self._names.get(key)
                if name is not None and used.isdisjoint(span):
                    ids |= name.ids
                    used |= set(span)
                    called = split_words(name.called)
                    spoken |= {*key, "".join(key), *(stem(word) for word in called)}
                    is_other = bool(called) and key != tuple(stem(word) for word in called)
                    found.append((words[start][0], words[start + size - 1][1], is_other, name))
        plainly = frozenset(one for *_, name in found if not name.is_explained for one in name.ids)
        for begin, end, is_other, name in sorted(found, key=lambda one: one[0], reverse=True):
            if is_other and not (name.is_explained and name.ids <= plainly):
                question = question[:begin] + name.called + question[end:]
        return question, ids, spoken


def _read_names(connection: sqlite3.Connection) -> dict[tuple[str, ...], _Name]:
    names: dict[tuple[str, ...], _Name] = {}
    rows: Iterable[tuple[str, str, str, str]] = connection.execute("SELECT name, collection, id, called FROM entity")
    for name, collection, item, called in rows:
        key = tuple(stem(word) for word in re.findall(r"[^\W_]+", name))
        known = names.get(key)
        names[key] = _Name(
            (known.ids if known else frozenset[tuple[str, str]]()) | {(collection, item)}, (known.called if known else "") or called
        )
    return names


def mend_text(text: str, spelling: Mapping[str, str]) -> str:
    """A text with its misspelt words replaced."""
    if not spelling:
        return text
    return re.sub(r"[^\W_]+", lambda match: spelling.get(fold_word(match.group()), match.group()), text)
