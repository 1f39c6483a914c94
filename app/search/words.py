# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
"""From text to the words that are compared: folded, spelled one way, stemmed."""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[a-z0-9]+(?:[.'][a-z0-9]+)*")
_LINKED = re.compile(r"(?<=[a-z0-9])[-\u2010\u2011/](?=[a-z0-9])")
"""Hyphens inside words: both "re-uptake" and "reuptake" are written."""

_SPELLINGS = (
    (re.compile(r"aesth"), "esth"), (re.compile(r"aemo|haem"), "hem"), (re.compile(r"oest"), "est"), (re.compile(r"paed"), "ped"),
    (re.compile(r"isation\b"), "ization"), (re.compile(r"isations\b"), "izations"), (re.compile(r"is(e|ed|es|ing)\b"), r"iz\1"),
    (re.compile(r"ys(e|ed|es|ing)\b"), r"yz\1"), (re.compile(r"(?<=[bcdhlmv])our(?=(s|ed|ing|ful|able|al|ally)?\b)"), "or"),
    (re.compile(r"\b(cent|fib|lit|met)re(s?)\b"), r"\1er\2"), (re.compile(r"programme"), "program"), (re.compile(r"diarrhoea"), "diarrhea"),
    (re.compile(r"oedema"), "edema"), (re.compile(r"ll(ed|ing)\b"), r"l\1"),
)  # fmt: skip
"""British to American spelling, both in the index and in questions; a word that is changed by mistake is so on both sides."""

_STOP = """
a about all also am an and any are as at be been being but by can could did do does doing don't for from get give given gets
getting go going had has have having he her here hers him his how i i'm i've if in into is isn't it it's its just like made make
me might mine more most my myself no of on once one only or other our out over own people person please really same say she should
so some someone such take takes taken taking tell than that that's the their them then there these they thing things this those to
too up upon us use used using very was wasn't we were what what's when where which while who whom whose why will with won't would
you your yours yourself anyone anything everyone something got im ive dont doesnt cant wont want wants need needs know
"""
STOP = frozenset(_STOP.split())
"""Words that say nothing about the subject."""

MOST_LETTERS = 4000
"""Letters of a question in which danger is looked for."""
MOST_KEPT = 30_000
"""Words whose parts and stems are remembered: more than a catalogue has, and a bound on what strange questions take up."""
LONGEST_KEPT = 40
"""Letters of such words."""

_stemmer = Stemmer.Stemmer("english")
_stemming = threading.Lock()
"""The stemmer keeps the word at hand in itself."""


def fold_letters(text: str) -> str:
    """Lower case without accents."""
    return unicodedata.normalize("NFKD", text.replace("\u2019", "'")).encode("ascii", "ignore").decode().lower()


def fold(text: str) -> str:
    """Lower case without accents, with one spelling of what British and American English write apart."""
    plain = fold_letters(text)
    for pattern, replacement in _SPELLINGS:
        if pattern.search(plain):
            plain = pattern.sub(replacement, plain)
    return plain


def split_words(text: str) -> list[str]:
    """All words of a text, folded; what a hyphen joins counts joined and apart."""
    return [word for part in text.split(" ") if part for word in _split(part)]


def _split(part: str) -> tuple[str, ...]:
    return _split_kept(part) if len(part) <= LONGEST_KEPT else _split_part(part)


def _split_part(part: str) -> tuple[str, ...]:
    words: list[str] = []
    for match in re.finditer(r"[a-z0-9.'/\-\u2010\u2011]+", fold(part)):
        parts = _WORD.findall(_LINKED.sub(" ", match.group()))
        words += parts
        if len(parts) > 1:
            words.append("".join(part for part in parts if part))
    return tuple(words)


def stem(word: str) -> str:
    """What a word has in common with its inflections."""
    return _stem_kept(word) if len(word) <= LONGEST_KEPT else _stem_word(word)


def _stem_word(word: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(word))


def fold_word(word: str) -> str:
    """`fold` for single words, which come again."""
    return _fold_kept(word) if len(word) <= LONGEST_KEPT else fold(word)


_fold_kept = lru_cache(MOST_KEPT)(fold)
_split_kept = lru_cache(MOST_KEPT)(_split_part)
_stem_kept = lru_cache(MOST_KEPT)(_stem_word)


def find_stems(text: str) -> list[str]:
    """The stems of all words."""
    return [found for part in text.split(" ") if part for found in find_word_stems(part)]


def find_word_stems(part: str) -> tuple[str, ...]:
    """The stems of what stands between blanks: one, or several where a hyphen joins words."""
    return _stems_kept(part) if len(part) <= LONGEST_KEPT else _find_stems(part)


def _find_stems(part: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in _split_part(part))


_stems_kept = lru_cache(MOST_KEPT)(_find_stems)


def find_terms(text: str) -> list[str]:
    """The stems of the words that say something."""
    return [stem(word) for word in split_words(text) if word not in STOP]
