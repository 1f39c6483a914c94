"""Numbers in prose: what a sentence claims, as figures that can be compared with data."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

NumberKind = Literal["percent", "time", "dose", "year", "plain"]
"""What a number counts: a share in percent, a time in hours, a dose, a calendar year, or anything else."""

WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
"""Numbers written as words. "One" counts only in fractions and rates: elsewhere it is an article more often than a figure."""

PARTS = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}

HOURS = {"s": 1 / 3600, "mi": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0, "mo": 730.5, "y": 8766.0}
"""Units of time in hours, by how their names begin; a month and a year at their mean lengths."""

SLACK = 0.06
"""How far from the data a number may be that is called rough ("about", "nearly"), as a share of it."""

FRACTION_SLACK = 0.16
"""The same for a share told as a fraction ("a quarter", "one in four"), and no more than `FRACTION_REACH`."""
NEARLY = 1e-9
"""Room for the arithmetic of floating-point numbers."""
FRACTION_REACH = 5.0
"""Percentage points."""

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORD = "|".join(WORDS)
_PART = "|".join(PARTS)
_TIME = r"seconds?|minutes?|min|hours?|h|days?|weeks?|months?|years?"
_DOSE = r"mg/kg(?:/(?:h|min))?|mg|micrograms?|milligrams?|[µu]g|mL|ml|g"
_ROUGH = (
    r"(?P<rough>\b(?:about|around|nearly|almost|roughly|some|close to|just over|just under|over|under|more than|less than|"
    r"fewer than|at least|at most|up to|approximately|within|above|below|beyond|well over|well under|"
    r"first|past|as many as|as few as)\s(?:the\s|a\s|every\s)?|[≥≤~><]\s?)?"
)

_OWN_NAMES = re.compile(
    r"""\b(?i:phase|schedule|section|table|figure|annex|class|type|grade|level|step|stage|category|tier|article|chapter|appendix|box|item|version)s?\s
    (?:\d+[a-z]?|[IVX]+)\b(?:\s?(?:[-/\u2013]|and|or|to)\s?(?:\d+[a-z]?|[IVX]+)\b)*
    | \b95\s?%\s(?=CI\b|CrI\b|confidence|credible|prediction|interval)
    | [A-Za-z\u00c0-\u024f\u0370-\u03ff]+[-\u2010\u2011]?\d[\w\u2010\u2011]*
    | \b(?i:the|these|those|their|both)\s(?:two|three|four)\b(?!\s?(?:%|seconds?|minutes?|hours?|days?|weeks?|months?|years?))
    | \b\d+[-\u2010\u2011](?:HT|HIAA|MeO)\w*
    | \b\d+[A-Z]\w*
    | \[\d+[A-Z]\w*\]
    | (?i:figure-of-eight)
    """,
    re.VERBOSE,
)
"""Digits that belong to a name or a term and count nothing: `CYP3A4`, `5-HT2A`, `PHQ-9`, "phase 3", "95 % CI"."""

_RATE = re.compile(
    rf"{_ROUGH}\b(?P<low>{_NUMBER}|one|{_WORD})\b(?:\s?(?:to|or|\u2013|-)\s?(?P<high>{_NUMBER}|{_WORD})\b)?"
    rf"(?:\s(?:people|patients|adults|women|men|users|participants|persons|teenagers|children))?"
    rf"\s(?:(?:in|per|out of)\s(?:every\s|each\s)?|of\s(?:every|each)\s)"
    rf"(?P<of>\d{{1,2}}|10+|1,000|10,000|100,000|{_WORD}|a hundred|a thousand)\b"
    rf"(?!\s?(?:%|{_TIME}|"
    rf"(?:\w+\s)?(?:trials?|studies|reports|reviews|countries|sites|centres|clinics|groups|arms))\b|[,.]\d)",
    re.IGNORECASE,
)
"""Natural frequencies: "52 in 100", "1 to 18 in every 100", "one in four"."""

_FRACTION = re.compile(
    rf"{_ROUGH}\b(?:(?P<top>one|a|{_WORD})[\s-](?P<part>{_PART})s?|(?P<half>half)(?!-li))\b(?!\s(?:{_TIME}|stud|trial|dose|infusion|party|line|person))",
    re.IGNORECASE,
)
_SINGLE = re.compile(
    rf"{_ROUGH}(?:(?P<sign>(?<![\w.)%])[\u2212-]\s?)?(?<![\w.,])(?P<number>{_NUMBER})(?![\w]*[A-Za-z]{{2,}}\d)|\b(?P<word>{_WORD})\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(rf"[\s\u00a0-]?(?:(?P<percent>%|percent\b|per\scent\b)|(?P<time>{_TIME})\b|(?P<dose>{_DOSE})(?![\w]))", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?P<time>hours?|days?|weeks?|months?|years?)\s$", re.IGNORECASE)
_JOIN = re.compile(r"^\s?(?:[\u2013,/-]|to|or|and|,\s?(?:and|or|then)|against|versus|vs|to\sabout|then|up\sto)?\s?$", re.IGNORECASE)

_DIGIT = re.compile(r"\d")
_FIRST_WORD = re.compile(r"\w+")

_WHOLE = 100.0
_FEW = 9
"""Rates out of so few are fractions rather than counts."""

_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True)
class Number:
    """A number that stands in a sentence."""

    text: str
    """As written, with its unit where it has one."""
    value: float
    """Its value; of a rate or fraction in percent, of a time in hours."""
    kind: NumberKind
    step: float
    """Half of the last digit that is written, on the scale of `value`: what rounding may have taken away."""
    start: int
    """Where it begins in the sentence."""
    signed: bool = False
    """Whether it bears a minus sign."""
    parts: tuple[float, ...] = ()
    """The two numbers of a rate as written, which a declaration may give instead of the percentage."""

    def fits(self, value: float, kind: NumberKind | Literal["any"]) -> bool:
        """Whether data of `kind` with this `value` is what the sentence says, allowing for rounding and for the words before it.

        A number without a sign also stands for a negative value ("4 points lower")."""
        if self.kind in {"percent", "time", "dose"} and kind not in {self.kind, "any"}:
            return False
        if kind == "any" and any(abs(value - part) <= NEARLY for part in self.parts):
            return True
        given = value if self.signed else abs(value)
        return abs(given - self.value) <= self.step * (1 + NEARLY) + NEARLY


class Names:
    """Proper names that hold digits, such as those of trials: these digits count nothing. They are looked up by their first word, so that
    many of them take no longer."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: dict[str, list[str]] = {}
        for name in sorted({name for name in names if _DIGIT.search(name)}, key=lambda name: (-len(name), name)):
            first = _FIRST_WORD.search(name)
            if first is not None and name.startswith(first.group()):
                self._names.setdefault(first.group(), []).append(name)

    def blank(self, text: str) -> str:
        """The text with blanks in place of these names, the longest first."""
        if not self._names:
            return text
        for match in _FIRST_WORD.finditer(text):
            for name in self._names.get(match.group(), ()):
                if text.startswith(name, match.start()):
                    text = text[: match.start()] + " " * len(name) + text[match.start() + len(name) :]
        return text


NO_NAMES = Names()


def find_numbers(text: str, names: Names = NO_NAMES) -> list[Number]:
    """Every number in `text`: digits, number words, ranges, percentages, rates and fractions, in their order.

    The digits of `names` count nothing ("KARMA-Dep 2")."""
    text = names.blank(text)
    text = _blank(_OWN_NAMES, text)
    found: list[Number] = []
    for pattern, read in ((_RATE, _read_rate), (_FRACTION, _read_fraction)):
        for match in pattern.finditer(text):
            numbers = [*read(match)]
            if all(number.value <= _WHOLE for number in numbers):
                found += numbers
                text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
    return sorted([*found, *_read_singles(text)], key=lambda number: number.start)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


def _value(written: str) -> float:
    return float(WORDS.get(written.lower()) or {"one": 1, "a": 1}.get(written.lower()) or written.replace(",", ""))


def _half_digit(written: str) -> float:
    return 0.5 * 10.0 ** -len(written.partition(".")[2]) if written[0].isdigit() else 0.5


def _read_rate(match: re.Match[str]) -> Iterator[Number]:
    of = match["of"].lower()
    whole = {"a hundred": 100.0, "a thousand": 1000.0}.get(of) or _value(of)
    told = whole <= _FEW
    for written in filter(None, (match["low"], match["high"])):
        share = 100 * _value(written) / whole
        slack = _fraction_slack(share) if told else 50 / whole + (SLACK * share if match["rough"] else 0)
        yield Number(match.group().strip(), share, "percent", slack, match.start(), parts=(_value(written), whole))


def _read_fraction(match: re.Match[str]) -> Iterator[Number]:
    share = 50.0 if match["half"] else 100 * _value(match["top"]) / PARTS[match["part"].lower()]
    yield Number(match.group().strip(), share, "percent", _fraction_slack(share), match.start())


def _fraction_slack(share: float) -> float:
    return min(FRACTION_SLACK * share, FRACTION_REACH)


def _read_singles(text: str) -> Iterator[Number]:
    """Numbers that stand for themselves; one without a unit takes that of the number it is joined to ("10 to 20 %", "days 1 to 3")."""
    matches = list(_SINGLE.finditer(text))
    joined = [bool(_JOIN.match(text[one.end() : other.start()])) for one, other in pairwise(matches)]
    units = [
        _UNIT.match(text, match.end()) or _BEFORE.search(text, 0, match.start("number" if match["number"] else "word")) for match in matches
    ]
    for index, is_joined in enumerate(joined):
        left = units[index]
        if is_joined and left is not None and left.re is _BEFORE:
            units[index + 1] = units[index + 1] or left
    for index in reversed(range(len(joined))):
        units[index] = units[index] or (units[index + 1] if joined[index] else None)
    for index, is_joined in enumerate(joined):
        units[index + 1] = units[index + 1] or (units[index] if is_joined else None)
    for match, unit in zip(matches, units, strict=True):
        yield _read_single(match, unit.groupdict() if unit else {})


def _read_single(match: re.Match[str], unit: dict[str, str | None]) -> Number:
    written = match["number"] or match["word"]
    value, step = _value(written), _half_digit(written)
    kind: NumberKind = "plain"
    time, name = unit.get("time"), next(filter(None, unit.values()), "")
    if time:
        kind = "time"
        hours = next(size for begin, size in HOURS.items() if time.lower().startswith(begin))
        value, step = value * hours, step * hours
    elif name:
        kind = "percent" if unit.get("percent") else "dose"
    elif _FIRST_YEAR <= value <= _LAST_YEAR and len(written) == 4:
        kind = "year"
    if match["rough"]:
        step = max(step, SLACK * value)
    signed = bool(match["sign"])
    shown = f"{match.group().strip()} {name}".strip()
    return Number(shown, -value if signed else value, kind, step, match.start(), signed)
