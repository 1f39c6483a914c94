"""Samples of the guide: fenced blocks that stand together and do the same in several languages, and below them what they print.

A block's info string is its language, and for what is printed the word `answer` (of curl) or `output` (of the programs) behind it. In what
is printed, `…` stands for anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # the pages need it, the reference does not
    from markdown_it.token import Token

LANGUAGES: Final = {"sh": "curl", "js": "JavaScript", "python": "Python", "r": "R"}
"""Languages of samples, in the order in which they are offered."""

ADDRESS: Final = "http://127.0.0.1:8000"
"""Where the service stands in samples. Pages put their own address in its place."""

RESULTS: Final = ("answer", "output")


@dataclass(frozen=True)
class Printed:
    """What a sample prints, as the guide shows it."""

    language: str
    text: str


@dataclass(frozen=True)
class Sample:
    """A piece of code, and what it prints."""

    language: str
    code: str
    line: int
    """Of the Markdown file."""
    printed: Printed | None

    @property
    def name(self) -> str:
        """Of its language, for people."""
        return LANGUAGES[self.language]


def find_groups(tokens: "Sequence[Token]") -> Iterator[tuple[int, int, tuple[Sample, ...]]]:
    """Where each group of samples begins and ends among the tokens of a page, and its samples."""
    begin = 0
    while begin < len(tokens):
        end = begin
        while end < len(tokens) and _is_part(tokens[end]):
            end += 1
        if end > begin:
            yield begin, end, tuple(_read_group(tokens[begin:end]))
        begin = max(end, begin + 1)


def _is_part(token: "Token") -> bool:
    language, role = read_info(token)
    return token.type == "fence" and (language in LANGUAGES or role in RESULTS)


def read_info(token: "Token") -> tuple[str, str]:
    """Language and role of a fenced block."""
    language, _, role = token.info.strip().partition(" ")
    return language, role


def _read_group(fences: "Iterable[Token]") -> Iterator[Sample]:
    codes: list[tuple[str, Token]] = []
    printed: dict[str, Printed] = {}
    for fence in fences:
        language, role = read_info(fence)
        if role in RESULTS:
            printed[role] = Printed(language, fence.content)
        else:
            codes.append((language, fence))
    for language, fence in codes:
        result = printed.get("answer" if language == "sh" else "output")
        yield Sample(language, fence.content, fence.map[0] + 1 if fence.map else 0, result)
