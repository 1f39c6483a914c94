"""Reads our Markdown back: the facts with their sources, the parts under their headings, the list of what is cited."""

import re
from dataclasses import dataclass

HEADING = re.compile(r"#+ (.+)")
BEGINNING = re.compile(r"Ids begin with `([a-z0-9.-]+\.)`")
FACT = re.compile(
    r"- (?P<text>.+) (?P<marks>(?:\[\d+\])+)(?: Certainty: (?P<certainty>[a-z ]+)\.)?(?: \((?P<more>[^()]+)\))? `(?P<name>[a-z0-9.-]+)`"
)
SOURCE = re.compile(r"\[(\d+)\] ([a-z0-9-]+)(?:: (\S.*))?")
HYPOTHESIS = re.compile(
    r"- (?P<name>.+) \(`(?P<id>[a-z0-9-]+)`\): (?P<standing>[a-z]+), best evidence: (?P<level>[a-z ]+)"
    r"(?:; told by (?P<steps>`[^;]+`))?(?:; for (?P<supporting>`[^;]+`))?(?:; against (?P<contradicting>`[^;]+`))?"
)
WARNINGS = re.compile(r"See also: (`[a-z]+\.[^`]+`(?:, `[a-z]+\.[^`]+`)*)")


@dataclass(frozen=True)
class ToldFact:
    """A fact as a line of Markdown tells it."""

    id: str
    text: str
    sources: list[str]
    certainty: str
    more: str
    """Figures that the text lacks, as they are written."""


class Document:
    """A document of Markdown, read strictly."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        listed = [found.groups() for line in self.lines if (found := SOURCE.fullmatch(line))]
        assert [number for number, *_ in listed] == [str(place) for place in range(1, len(listed) + 1)], "sources are numbered in order"
        self.places = {name: place or "" for _, name, place in listed}
        """Where each source that is listed appeared, by id; empty where that is not told."""
        self._names = [name for _, name, _ in listed]
        self.facts = list(self._read_facts())
        self.parts = dict(self._read_parts())
        """The lines under each heading, by heading."""
        self.hypotheses = [found.groupdict() for line in self.lines if (found := HYPOTHESIS.fullmatch(line))]
        self.warnings = {name for line in self.lines if (found := WARNINGS.fullmatch(line)) for name in read_ids(found[1])}

    def find_sources(self, marks: str) -> list[str]:
        """The sources that some numbers in brackets stand for."""
        return [self._names[int(number) - 1] for number in re.findall(r"\[(\d+)\]", marks)]

    def _read_facts(self) -> list[ToldFact]:
        facts: list[ToldFact] = []
        beginning = ""
        for line in self.lines:
            if HEADING.fullmatch(line):
                beginning = ""
            elif found := BEGINNING.fullmatch(line):
                beginning = found[1]
            elif found := FACT.fullmatch(line):
                certainty = (found["certainty"] or "not-graded").replace(" ", "-")
                sources = self.find_sources(found["marks"])
                facts.append(ToldFact(beginning + found["name"], found["text"], sources, certainty, found["more"] or ""))
        return facts

    def _read_parts(self) -> list[tuple[str, list[str]]]:
        parts: list[tuple[str, list[str]]] = []
        for line in self.lines:
            if found := HEADING.fullmatch(line):
                parts.append((found[1], []))
            else:
                parts[-1][1].append(line)
        return parts


def read_ids(told: str) -> set[str]:
    """The ids that are told short, as a shell reads braces: `a.{b,c}` is `a.b` and `a.c`."""
    return {name for short in re.findall(r"`([^`]+)`", told) for name in _unfold(short)}


def _unfold(told: str) -> list[str]:
    """What one id with braces stands for. Braces hold alternatives, which may have braces of their own, and come last but for a plain end."""
    beginning, brace, rest = told.partition("{")
    if not brace:
        return [told]
    depth, start, parts = 1, 0, list[str]()
    for place, letter in enumerate(rest):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0 or (depth == 1 and letter == ","):
            parts.append(rest[start:place])
            start = place + 1
        if depth == 0:
            break
    return [beginning + name + end for part in parts for name in _unfold(part) for end in _unfold(rest[start:])]
