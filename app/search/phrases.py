"""Phrases that people who review the content can read: words, families of words that mean the same, and gaps.

A phrase such as `{want} .. {die}` is found in a question whatever its spelling: contractions are taken apart, chat forms written out,
fillers dropped, misspelt words mended. `{family}` stands for any of its words, `{one,other}` for any of two families; `..` for up to
one word between, `...` for up to three within a sentence; `##` for a number of at least two digits; `$` for the end of a clause."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from app.search.words import LONGEST_KEPT, MOST_KEPT, MOST_LETTERS, STOP, fold_letters, stem

COMMA, STOP_MARK = ",", "."
GAPS = {"..": 1, "...": 3}
MOST_TOKENS = 250
"""Words and marks of a question that are looked at."""
MOST_MENDED = 60
"""Words of a question that are looked at as misspellings: comparing them with all words of the phrases is the dearest part."""
LONGEST_MENDED = 19
"""Letters of such words."""
MOST_PARTS = 5
"""Words that may be written as one."""
LONGEST_RUN = 24
"""Letters of such words."""

_TOKEN = re.compile(r"[a-z0-9*]+(?:'[a-z]+)*|[.!?;\n]+|[,:()]")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_DIGITS = str.maketrans("013457", "oieast")
"""Digits that are written for letters."""

WRITTEN_OUT = {
    "im": "i am", "i'm": "i am", "ive": "i have", "i've": "i have", "i'd": "i would", "i'll": "i will", "dont": "do not",
    "don't": "do not", "doesnt": "does not", "doesn't": "does not", "dosent": "does not", "didnt": "did not", "didn't": "did not",
    "isnt": "is not", "isn't": "is not", "aint": "is not", "ain't": "is not", "arent": "are not", "aren't": "are not",
    "wasnt": "was not", "wasn't": "was not", "werent": "were not", "weren't": "were not", "wont": "will not", "won't": "will not",
    "cant": "can not", "can't": "can not", "cannot": "can not", "couldnt": "could not", "couldn't": "could not",
    "wouldnt": "would not", "wouldn't": "would not", "shouldnt": "should not", "shouldn't": "should not", "havent": "have not",
    "haven't": "have not", "hasnt": "has not", "hasn't": "has not", "hes": "he is", "he's": "he is", "shes": "she is",
    "she's": "she is", "theyre": "they are", "they're": "they are", "wanna": "want to", "gonna": "going to", "gotta": "have to",
    "u": "you", "ur": "your", "abt": "about", "tmrw": "tomorrow", "tmr": "tomorrow", "2moro": "tomorrow", "tonite": "tonight",
    "2nite": "tonight", "2night": "tonight", "rn": "right now", "bf": "boyfriend", "gf": "girlfriend", "sis": "sister",
    "bro": "brother", "hubby": "husband", "anymore": "any more", "anymor": "any more", "thats": "that is", "theres": "there is",
    "whats": "what is", "wats": "what is", "lifes": "life is", "noone": "no one", "alot": "a lot", "n": "and", "oding": "overdosing",
    "od'd": "overdosed", "od'ed": "overdosed", "ppl": "people", "bc": "because", "cuz": "because", "cos": "because", "wat": "what",
    "wot": "what", "wen": "when", "y": "why", "r": "are", "wud": "would", "cud": "could", "shud": "should", "nvr": "never",
    "pls": "please", "plz": "please", "luv": "love", "hav": "have", "mumma": "mum", "mommy": "mom", "daddy": "dad", "mummy": "mum",
    "k": "ketamine", "doc": "doctor", "kil": "kill", "wan": "want", "dr": "doctor", "suicidle": "suicidal",
}  # fmt: skip
"""Contractions and chat forms."""

_FILLERS = """
just really so very literally fucking fuckin fking bloody damn kinda actually honestly even simply truly basically seriously
totally completely absolutely quite somehow probably maybe definitely honest pretty lol tbh idk ugh omg oh well also already still
always sometimes often currently
"""
FILLERS = frozenset(_FILLERS.split())
"""Words without which a question means the same here."""


@dataclass(frozen=True)
class Words:
    """Any of these runs of stems, by their first."""

    runs: Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Gap:
    """Up to so many words."""

    most: int


@dataclass(frozen=True)
class Digits:
    """A number of at least two digits."""


@dataclass(frozen=True)
class End:
    """The end of a clause."""


_COMMON = frozenset(stem(word) for word in STOP)

Element = Words | Gap | Digits | End
Phrase = tuple[Element, ...]


class Lexicon:
    """Families, and the words that phrases are made of."""

    def __init__(self, families: Mapping[str, Sequence[str]], phrases: Iterable[str], known: Mapping[str, str] | None = None) -> None:
        """`known`: words that are no misspellings although no phrase has them, by their stems."""
        known = known or {}
        self._families = families
        texts = [*(word for words in families.values() for word in words), *(re.sub(r"\{[^}]*\}", " ", phrase) for phrase in phrases)]
        self._words = sorted({token for text in texts for token in _split(text) if token.isalpha()})
        self._known = frozenset((*known.values(), *self._words, *read_english()))
        self._stems = frozenset((*known, *(stem(word) for word in self._words)))
        self._own = frozenset(self._words)
        self._near: defaultdict[int, list[str]] = defaultdict(list)
        for word in sorted({*(word for word in self._words if len(word) >= 3), *WRITTEN_OUT}):
            for size in range(len(word) - 2, min(len(word) + 2, LONGEST_MENDED) + 1):
                self._near[size].append(word)
        self._made: dict[str, Words] = {}

    def compile(self, phrase: str) -> Phrase:
        """A phrase, ready to be looked for; `KeyError` names a family that there is not."""
        return tuple(element for part in phrase.split() for element in self._compile_part(part))

    def _compile_part(self, part: str) -> list[Element]:
        if part in GAPS:
            return [Gap(GAPS[part])]
        if part == "##":
            return [Digits()]
        if part == "$":
            return [End()]
        if part not in self._made and part.startswith("{"):
            self._made[part] = _gather(word for name in part.strip("{}").split(",") for word in self._families[name])
        return [self._made[part]] if part.startswith("{") else [_gather_word(token) for token in _split(part)]

    def read(self, question: str) -> tuple[str, ...]:
        """The stems of a question with its marks, misspelt words mended."""
        mended: dict[str, tuple[str, ...]] = {COMMA: (COMMA,), STOP_MARK: (STOP_MARK,)}
        tokens: list[str] = []
        for token in _split(question[:MOST_LETTERS])[:MOST_TOKENS]:
            if token not in mended and not self._is_word(token) and len(mended) < MOST_MENDED:
                mended[token] = self._mend(token)
            tokens += mended.get(token, (token,))
        return tuple(stem(token) for token in tokens if token not in FILLERS)

    def _is_word(self, word: str) -> bool:
        return word in self._known or word.isdigit() or len(word) < 3 or (len(word) >= 5 and stem(word) in self._stems)

    def _mend(self, word: str) -> tuple[str, ...]:
        """The words that a misspelt one stands for: itself when none is near."""
        lettered = word.translate(_DIGITS)
        if lettered in self._own:
            return (lettered,)
        parts = self._part(word, MOST_PARTS) if 7 <= len(word) <= LONGEST_RUN else None
        if parts is not None:
            return parts
        most = 1 if len(word) < 7 else 2
        near = self._near.get(len(word), ())
        match = process.extractOne(word, near, scorer=DamerauLevenshtein.distance, score_cutoff=most)
        return tuple(WRITTEN_OUT.get(match[0], match[0]).split()) if match is not None else (word,)

    def _part(self, word: str, most: int) -> tuple[str, ...] | None:
        """The words that are written as one, as few and long as can be."""
        if word in self._own and (len(word) > 1 or word == "i"):
            return (word,)
        if most > 1:
            for end in range(len(word) - 1, 0, -1):
                head = word[:end]
                rest = self._part(word[end:], most - 1) if head in self._own and (end > 1 or head == "i") else None
                if rest is not None:
                    return (head, *rest)
        return None


class Phrases:
    """Phrases that are looked for together."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_stem: dict[str, list[tuple[Phrase, tuple[frozenset[str], ...]]]] = {}
        for phrase in phrases:
            needed = _first_stems(phrase)
            for first in needed[0] if needed else ():
                self._by_stem.setdefault(first, []).append((phrase, needed[1:]))

    def find(self, stems: Sequence[str]) -> bool:
        """Whether any of the phrases stands among the stems of a question."""
        present = frozenset(stems)
        return any(
            all(not wanted.isdisjoint(present) for wanted in others) and any(_matches(stems, at, phrase) for at in _starts(stems, phrase))
            for one in present
            for phrase, others in self._by_stem.get(one, ())
        )


def _first_stems(phrase: Phrase) -> tuple[frozenset[str], ...]:
    """What a question must have for the phrase to be in it, the rarest first."""
    found = (frozenset(element.runs) for element in phrase if isinstance(element, Words))
    return tuple(sorted(found, key=lambda stems: (len(stems & _COMMON), len(stems))))


def _starts(stems: Sequence[str], phrase: Phrase) -> Iterable[int]:
    """Where a phrase may begin."""
    first = phrase[0]
    return (at for at, one in enumerate(stems) if not isinstance(first, Words) or one in first.runs)


def _matches(stems: Sequence[str], at: int, phrase: Phrase) -> bool:
    """Whether a phrase stands exactly here."""
    if not phrase:
        return True
    element, rest = phrase[0], phrase[1:]
    match element:
        case Words():
            runs = element.runs.get(stems[at], ()) if at < len(stems) else ()
            return any(tuple(stems[at : at + len(run)]) == run and _matches(stems, at + len(run), rest) for run in runs)
        case Gap():
            return _skips(stems, at, element.most, rest)
        case Digits():
            return at < len(stems) and stems[at].isdigit() and len(stems[at]) >= 2 and _matches(stems, at + 1, rest)
        case End():
            return (at == len(stems) or stems[at] in {COMMA, STOP_MARK}) and _matches(stems, at, rest)


def _skips(stems: Sequence[str], at: int, most: int, rest: Phrase) -> bool:
    """Whether the rest of a phrase stands after up to so many words of the same sentence; commas do not count."""
    while not _matches(stems, at, rest):
        if at >= len(stems) or stems[at] == STOP_MARK or (stems[at] != COMMA and most == 0):
            return False
        most -= stems[at] != COMMA
        at += 1
    return True


def _gather(words: Iterable[str]) -> Words:
    runs: dict[str, dict[tuple[str, ...], None]] = {}
    for word in words:
        run = tuple(stem(token) for token in _split(word))
        if run:
            runs.setdefault(run[0], {})[run] = None
    return Words({first: tuple(found) for first, found in runs.items()})


@lru_cache(MOST_KEPT)
def _gather_word(word: str) -> Words:
    return _gather([word])


def _split(text: str) -> tuple[str, ...]:
    """Words and marks of a text, contractions and chat forms written out."""
    return _split_kept(text) if len(text) <= LONGEST_KEPT else _split_text(text)


def _split_text(text: str) -> tuple[str, ...]:
    tokens: list[str] = []
    for match in _TOKEN.finditer(fold_letters(text)):
        token = match.group()
        if not token[0].isalnum() and token[0] != "*":
            tokens.append(COMMA if token[0] in ",:()" else STOP_MARK)
            continue
        if _REPEATED.search(token):  # which is rare, and putting in a part of what was found takes long
            token = _REPEATED.sub(r"\1", token)
        written = WRITTEN_OUT.get(token)
        if written is None and "'" in token:
            base, _, ending = token.partition("'")
            written = f"{base} {'is' if ending == 's' else 'will' if ending == 'll' else ''}"
        tokens += written.split() if written is not None else [token]
    return tuple(tokens)


_split_kept = lru_cache(MOST_KEPT)(_split_text)


@cache
def read_english() -> frozenset[str]:
    """Words of English that are no misspellings."""
    lines = (files("app.search") / "english.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
