"""The questions that statements say they answer: no two statements may claim the same one."""

from collections.abc import Iterator

from app.content.library import Library
from app.content.problem import Problem


def check_questions(library: Library) -> list[Problem]:
    """Questions that stand twice."""
    return list(_doubled(library))


def _doubled(library: Library) -> Iterator[Problem]:
    first: dict[int, str] = {}  # by hash: of a large catalogue, the questions themselves would fill the memory
    for placed in library.statements():
        for index, question in enumerate(placed.statement.asks):
            words = hash(" ".join("".join(char if char.isalnum() else " " for char in question.lower()).split()))
            if words in first:
                message = f"the question “{question}” is already asked by `{first[words]}`"
                yield placed.document.problem((*placed.path, "asks", index), message, "ask what only this statement answers")
            first.setdefault(words, placed.statement.id)
