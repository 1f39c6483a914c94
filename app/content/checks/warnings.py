"""Doses and benefits never stand without the warnings that belong to them."""

from collections.abc import Iterator

from app.content.library import Library
from app.content.problem import Problem


def check_warnings(library: Library) -> list[Problem]:
    """Statements of a dose or a benefit that name no warning."""
    return list(_bare(library))


def _bare(library: Library) -> Iterator[Problem]:
    for placed in library.statements():
        beneficial = placed.kind == "treatment" and placed.section in {"efficacy", "benefits"}
        if (beneficial or placed.statement.kind == "dose") and not placed.statement.see_also:
            message = "a dose or benefit stands without the warnings that belong to it"
            yield placed.document.problem((*placed.path, "see_also"), message, "name the statements on harms and limits under `see_also`")
