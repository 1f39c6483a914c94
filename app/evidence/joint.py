"""Numbers that belong together: how many of how many, and the two ends of an interval with the estimate that it stands around.

Each of them alone may be found somewhere in the data of a statement; together they must come from one group or one comparison."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.evidence.numbers import FIRST_YEAR, LAST_YEAR, NEARLY, Number, find_numbers

_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+"
_SHARE = re.compile(
    rf"(?<![\w.,/])(?P<events>{_DIGITS})\s(?:(?:people|patients|adults|women|men|participants)\s)?(?:out\s)?of\s(?:the\s|all\s)?(?P<n>{_DIGITS})"
    r"(?![\w.,/]*\d)(?!\s?(?:%|percent|points|mg|hours|days|weeks|months|years))"
    r"(?:(?:\s[a-z]+){0,2}\s\(about\s(?P<rough>\d+)\s?%\)|(?:\s[a-z]+){0,2}\s\((?P<percent>\d+(?:\.\d+)?)\s?%\))?",
)
_END = r"[\u2212-]?\d[\d,]*(?:\.\d+)?"
_INTERVAL = re.compile(
    rf"(?:\b(?:CI|CrI)(?:\s95\s?%)?|\binterval)\s(?:from\s|of\s)?(?P<low>{_END})\s?%?\s(?:to|and)\s(?P<high>{_END})"
    rf"|\((?P<low_again>{_END})\s?%?\sto\s(?P<high_again>{_END})(?=[;,)])"
)
"""An interval that is called one, or one in brackets after such."""


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    events: int
    n: int


@dataclass(frozen=True)
class Span:
    """An interval; the estimate is None where only the ends are known."""

    low: float
    high: float
    estimate: float | None = None


@dataclass(frozen=True)
class ToldShare:
    """A share that a sentence tells."""

    text: str
    share: Share
    percent: float | None
    """The percentage in brackets behind it."""
    step: float
    """What rounding may have taken from it."""

    @property
    def is_right(self) -> bool:
        """Whether the percentage is that of the two numbers."""
        return self.percent is None or abs(100 * self.share.events / self.share.n - self.percent) <= self.step + NEARLY


@dataclass(frozen=True)
class ToldSpan:
    """An interval that a sentence tells."""

    text: str
    low: Number
    high: Number
    start: int
    """Where it stands in the sentence."""
    end: int

    def fits(self, span: Span) -> bool:
        """Whether it is this interval, or the same seen from the other side ("1.2 to 5.0 points lower")."""
        return self._matches(span.low, span.high) or self._matches(-span.high, -span.low)

    def _matches(self, low: float, high: float) -> bool:
        return all(abs(number.value - end) <= number.step + NEARLY for number, end in ((self.low, low), (self.high, high)))


def find_shares(text: str) -> Iterator[ToldShare]:
    """Every "30 of 115 people", with the percentage in brackets behind it where there is one."""
    for match in _SHARE.finditer(text):
        events, n = (int(match[key].replace(",", "")) for key in ("events", "n"))
        if n and not (match["n"].isdigit() and FIRST_YEAR <= n <= LAST_YEAR):  # "3 of 2019": a year
            written = match["percent"] or match["rough"]
            step = 1.0 if match["rough"] else 0.5 * 10.0 ** -len((written or "").partition(".")[2])
            head = text[match.start() : match.end("n")]
            yield ToldShare(head, Share(events, n), float(written) if written else None, step)


def find_spans(text: str) -> Iterator[ToldSpan]:
    """Every confidence, credible or prediction interval."""
    is_named = False
    for match in _INTERVAL.finditer(text):
        is_named = is_named or match["low"] is not None
        if is_named:
            low, high = (_read_end(match[key] or match[f"{key}_again"]) for key in ("low", "high"))
            yield ToldSpan(f"{low.text} to {high.text}", low, high, match.start(), match.end())


def _read_end(written: str) -> Number:
    (number,) = find_numbers(f"({written})")
    return number
