"""The questions that statements say they answer: no two statements may claim the same one."""

from collections.abc import Iterator

from app.content.checks.doubled import find_doubled
from app.content.library import Library, PlacedStatement
from app.content.problem import Problem


def check_questions(library: Library) -> list[Problem]:
    """Questions that stand twice."""
    return list(_doubled(library))


def _doubled(library: Library) -> Iterator[Problem]:
    doubled = find_doubled(words for _, _, words in _questions(library))
    first: dict[str, str] = {}
    for placed, index, words in _questions(library) if doubled else ():
        if words in first:
            message = f"the question “{placed.statement.asks[index]}” is already asked by `{first[words]}`"
            yield placed.document.problem((*placed.path, "asks", index), message, "ask what only this statement answers")
        elif hash(words) in doubled:
            first[words] = placed.statement.id


def _questions(library: Library) -> Iterator[tuple[PlacedStatement, int, str]]:
    """Each question with its place, as words alone."""
    for placed in library.statements():
        for index, question in enumerate(placed.statement.asks):
            yield placed, index, " ".join("".join(char if char.isalnum() else " " for char in question.lower()).split())
