"""Numbers in prose: what a sentence claims, as figures that can be compared with data."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

NumberKind = Literal["percent", "time", "dose", "year", "p", "spread", "plain"]
"""What a number counts: a share in percent or percentage points, a time in hours, an amount in a unit such as `mg/kg`, a calendar year, a
P value, a standard deviation or error, or anything else."""

WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
"""Numbers written as words. "One" counts only in fractions and rates: elsewhere it is an article more often than a figure."""

UNITS = {"one": 1, **{word: value for word, value in WORDS.items() if value <= 9}}
TENS = {word: value for word, value in WORDS.items() if value >= 20}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
FOLDS = {"once": 1, "twice": 2, "thrice": 3, "double": 2, "treble": 3, "triple": 3, "quadruple": 4}
"""Words for a multiple."""
GLYPHS = {"\u00bd": 0.5, "\u00bc": 0.25, "\u00be": 0.75, "\u2153": 1 / 3, "\u2154": 2 / 3}
"""Fractions of one character, alone or after a number."""

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

_GLYPH = "[" + "".join(GLYPHS) + "]"
_NUMBER = rf"\d{{1,3}}(?:[,\u00a0\u202f]\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?{_GLYPH}?|{_GLYPH}"
_COMPOUND = rf"(?:{'|'.join(TENS)})[-\u2010\u2011\s](?:{'|'.join(UNITS)})"
_SCALED = (
    rf"(?:an?|one|{_COMPOUND}|{'|'.join(WORDS)})\s(?:{'|'.join(SCALES)})\b"
    rf"(?:\s(?:and\s)?(?:{_COMPOUND}|one|{'|'.join(WORDS)})\b(?!\s(?:{'|'.join(SCALES)})))?"
)
_WORD = rf"{_SCALED}|{_COMPOUND}|{'|'.join(WORDS)}"
_PART = "|".join(PARTS)
_TIME = r"seconds?|minutes?|min|hours?|h|days?|weeks?|months?|years?"
_DOSE = r"mg/kg(?:/(?:h|min))?|[mnµu]g/(?:mL|ml|L)|mg|micrograms?|milligrams?|[µu]g|L/(?:kg|h)|mL|ml|L|g"
UNIT_NAMES = {"microgram": "ug", "micrograms": "ug", "milligram": "mg", "milligrams": "mg"}
"""Units that are written out, in UCUM."""
_START = rf"(?=\b[\w]|[≥≤~><\u2212\u2013-]|{_GLYPH})"
"""Where a number and what stands before it can begin: looking there alone takes half the time."""
_ROUGH = (
    r"(?P<rough>\b(?:about|around|nearly|almost|roughly|some|close to|just over|just under|over|under|more than|less than|"
    r"fewer than|at least|at most|up to|approximately|within|above|below|beyond|well over|well under|"
    r"first|past|as many as|as few as)\s(?:the\s|a\s|every\s)?|[≥≤~><]\s?)?"
)

_OWN_NAMES = re.compile(
    r"""\b(?i:phase|schedule|section|table|figure|annex|class|type|grade|level|step|stage|category|tier|article|chapter|appendix|box|item|version)s?\s
    (?:\d+[a-z]?|[IVX]+)\b(?:\s?(?:[-/\u2013]|and|or|to)\s?(?:\d+[a-z]?|[IVX]+)\b)*
    | \b95\s?%\s(?=CI\b|CrI\b|confidence|credible|prediction|interval) | \b(?:CI|CrI)\s95\s?%
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
    rf"(?:\s(?:more|fewer|less))?"
    rf"(?:\s(?:people|patients?|adults?|wom[ae]n|m[ae]n|users?|participants?|persons?|teenagers?|child(?:ren)?|responders?))?"
    rf"\s(?:(?:in|per|out of)\s(?:every\s|each\s)?|of\s(?:every|each)\s)"
    rf"(?P<of>\d{{1,2}}|10+|1,000|10,000|100,000|{_WORD}|a hundred|a thousand)\b"
    rf"(?!\s?(?:%|{_TIME}|"
    rf"(?:\w+\s)?(?:trials?|studies|reports|reviews|countries|sites|centres|clinics|groups|arms))\b|[,.]\d)",
    re.IGNORECASE,
)
"""Natural frequencies: "52 in 100", "1 to 18 in every 100", "one in four"."""

_FRACTION = re.compile(
    rf"{_ROUGH}\b(?:(?P<top>one|a|{_WORD})[\s-](?P<part>{_PART})s?|(?P<half>half|halv(?:ed?|es|ing))(?!-li))\b(?!\s(?:{_TIME}|stud|trial|dose|infusion|party|line|person))",
    re.IGNORECASE,
)
_EVERY = re.compile(rf"\bevery\s(?P<part>second|{_PART})\s(?:person|patient|adult|wom[ae]n|m[ae]n|participant|child|user)\b", re.IGNORECASE)
_HALVES = re.compile(
    rf"\b(?:(?P<whole>an?|one|{_WORD}|\d+)\s(?:and\s(?:a|one)\shalf\s(?P<after>{_TIME})|(?P<before>{_TIME})\sand\s(?:a|one)\shalf)"
    rf"|half(?:\s(?:an?\s)?|[-\u2010\u2011])(?P<half>{_TIME}))\b",
    re.IGNORECASE,
)
"""Times with halves: "half an hour", "two and a half hours", "a day and a half"."""

_FOLD = re.compile(
    rf"{_ROUGH}\b(?:(?P<word>(?:{'|'.join(FOLDS)})(?=\s(?:as|the)\b)|(?:double|treble|triple|quadruple)(?=[sd]\b)"
    rf"|(?:{_WORD}|\d+(?:\.\d+)?)(?=[-\u2010\u2011\s]?fold\b))[-\u2010\u2011\s]?\w+"
    rf"|(?P<dozen>dozen)\b|(?P<none>zero)\b|(?P<few>(?<!\bis )one|none)\sof(?=\s\d)(?!\s\d{{4}}\b))",
    re.IGNORECASE,
)
"""Multiples ("twice as many", "threefold", "doubled"), dozens, nothing, and one or none of a number."""

_SINGLE = re.compile(
    rf"{_START}{_ROUGH}(?:(?P<sign>(?<![\w.)%])(?:[\u2212-]\s?|\u2013(?=\d)))?(?<![\w.,])(?P<number>{_NUMBER})(?![\w]*[A-Za-z]{{2,}}\d)(?:\s(?P<scale>{'|'.join(SCALES)})\b)?|\b(?P<word>{_WORD})\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    rf"[\s\u00a0-]?(?:(?P<percent>%|percent\b|per\scent\b|percentage\spoints?\b)|(?P<time>{_TIME})\b|(?P<dose>{_DOSE})(?![\w]))",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\b(?:(?P<p>[pP](?:\svalue)?)|(?P<spread>SD|SE|standard\s(?:deviation|error)))\s?[=<>\u2264\u2265]?\s?$")
"""What stands before a P value, or before a standard deviation or error."""
_BEFORE = re.compile(r"\b(?P<time>hours?|days?|weeks?|months?|years?)\s$", re.IGNORECASE)
_JOIN = re.compile(r"^\s?(?:[\u2013,/-]|to|or|and|,\s?(?:and|or|then)|against|versus|vs|to\sabout|then|up\sto)?\s?$", re.IGNORECASE)

_ANY = re.compile(
    rf"[\d{''.join(GLYPHS)}]|\b(?:{'|'.join((*WORDS, *FOLDS, *SCALES))}|one|an?\s(?:{'|'.join((*PARTS, *SCALES))})"
    r"|hal[fv]|dozen|zero|none|every)",
    re.IGNORECASE,
)
"""What a text has that tells any number at all; most of the short ones have none, and are not read more closely."""
_HAS_RATE = re.compile(r"\s(?:in|per|of)\s", re.IGNORECASE)
_HAS_HALF = re.compile(r"half", re.IGNORECASE)
_HAS_EVERY = re.compile(r"\bevery\s", re.IGNORECASE)
_HAS_FRACTION = re.compile(rf"hal[fv]|{_PART}", re.IGNORECASE)
_HAS_FOLD = re.compile(rf"fold|{'|'.join(FOLDS)}|dozen|zero|one\sof", re.IGNORECASE)
"""What a text has that one of the patterns may match: looking for these words takes a tenth of the time."""

_DIGIT = re.compile(r"\d")
_FIRST_WORD = re.compile(r"\w+")

_WHOLE = 100.0
_FEW = 9
"""Rates out of so few are fractions rather than counts."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Numbers that are taken for calendar years."""


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
    unit: str | None = None
    """Unit of an amount, in UCUM."""
    scale: float = 1.0
    """Hours in the unit of a time."""

    def fits(self, value: float, kind: NumberKind | Literal["any"], unit: str | None = None) -> bool:
        """Whether data of `kind` with this `value` is what the sentence says, allowing for rounding and for the words before it.

        It counts what the data count, an amount in the same unit; data of kind `any` are the number as written. A number without a sign
        also stands for a negative value ("4 points lower")."""
        if kind not in {self.kind, "any"} or (self.unit is not None and unit is not None and self.unit != unit):
            return False
        if kind == "any" and any(abs(value - part) <= NEARLY for part in self.parts):
            return True
        given = (value if self.signed else abs(value)) * (self.scale if kind == "any" else 1.0)
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
    if not _ANY.search(text):
        return []
    text = names.blank(text)
    text = _blank(_OWN_NAMES, text)
    found: list[Number] = []
    for cue, pattern, read in (
        (_HAS_HALF, _HALVES, _read_halves),
        (_HAS_RATE, _RATE, _read_rate),
        (_HAS_EVERY, _EVERY, _read_every),
        (_HAS_FRACTION, _FRACTION, _read_fraction),
        (_HAS_FOLD, _FOLD, _read_fold),
    ):
        for match in pattern.finditer(text) if cue.search(text) else ():
            numbers = [*read(match)]
            if all(number.value <= _WHOLE or number.kind != "percent" for number in numbers):
                found += numbers
                text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
    return sorted([*found, *_read_singles(text)], key=lambda number: number.start)


def normalise_unit(name: str | None) -> str | None:
    """A unit of amounts as UCUM has it; None stays None."""
    return None if name is None else UNIT_NAMES.get(name.lower(), name.replace("\u00b5", "u").replace("ml", "mL"))


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


def _value(written: str) -> float:
    text = written.lower().replace("\u2010", "-").replace("\u2011", "-")
    if text[0].isdigit() or text[0] in GLYPHS:
        whole = re.sub(r"[,\u00a0\u202f]", "", text.rstrip("".join(GLYPHS)))
        return float(whole or 0) + GLYPHS.get(text[-1], 0.0)
    total = 0.0
    for word in re.split(r"[\s-]+", text):
        if word in SCALES:
            total = max(total, 1.0) * SCALES[word]
        elif word not in {"a", "an", "and"}:
            total += UNITS.get(word) or WORDS[word]
    return total or 1.0


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


def _read_every(match: re.Match[str]) -> Iterator[Number]:
    share = 100 / ({"second": 2} | PARTS)[match["part"].lower()]
    yield Number(match.group().strip(), share, "percent", _fraction_slack(share), match.start())


def _read_halves(match: re.Match[str]) -> Iterator[Number]:
    """A time that ends in a half."""
    unit = _hours(match["half"] or match["after"] or match["before"])
    whole = 0.0 if match["half"] else _value(match["whole"])
    yield Number(match.group().strip(), (whole + 0.5) * unit, "time", 0.05 * unit, match.start(), scale=unit)


def _read_fold(match: re.Match[str]) -> Iterator[Number]:
    """A multiple, a dozen, or one or none of a number."""
    word = (match["word"] or "").lower()
    if match["dozen"] or match["none"] or match["few"]:
        value = 12.0 if match["dozen"] else 1.0 if (match["few"] or "").lower() == "one" else 0.0
    else:
        value = float(FOLDS.get(word) or _value(word))
    step = max(_half_digit(word) if word[:1].isdigit() else 0.5 if word else 0.0, SLACK * value if match["rough"] else 0.0)
    yield Number(match.group().strip(), value, "plain", step, match.start())


def _hours(name: str) -> float:
    """A unit of time, by how its name begins, in hours."""
    return next(size for begin, size in HOURS.items() if name.lower().startswith(begin))


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
        start = match.start("number" if match["number"] else "word")
        called = _CALLED.search(text, max(0, start - 24), start)
        yield _read_single(match, unit.groupdict() if unit else {}, called)


def _read_single(match: re.Match[str], unit: dict[str, str | None], called: re.Match[str] | None) -> Number:
    written = match["number"] or match["word"]
    scale = SCALES.get((match["scale"] or "").lower(), 1)
    value, step = _value(written) * scale, _half_digit(written) * scale
    kind: NumberKind = "plain"
    time, name = unit.get("time"), next(filter(None, unit.values()), "")
    hours = _hours(time) if time else 1.0
    if time:
        kind = "time"
        value, step = value * hours, step * hours
    elif name:
        kind = "percent" if unit.get("percent") else "dose"
    elif called is not None:
        kind = "p" if called["p"] else "spread"
    elif FIRST_YEAR <= value <= LAST_YEAR and len(written) == 4:
        kind = "year"
    if match["rough"]:
        step = max(step, SLACK * value)
    signed = bool(match["sign"])
    shown = f"{match.group().strip()} {name}".strip()
    return Number(shown, -value if signed else value, kind, step, match.start(), signed, unit=normalise_unit(unit.get("dose")), scale=hours)
