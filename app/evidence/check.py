"""Whether every synthesis can be computed from its entries."""

from app.content.library import Library
from app.content.problem import Problem
from app.evidence.effect import EffectError
from app.evidence.synthesis import compute_synthesis


def check_evidence(library: Library) -> list[Problem]:
    """A problem for each synthesis from whose entries no pooled effect can be computed."""
    problems: list[Problem] = []
    for located in library.syntheses.values():
        try:
            compute_synthesis(located.item, library)
        except EffectError as error:
            problems.append(
                located.document.problem(("entries",), str(error), "correct the entry, exclude the study, or set `pooled: false`")
            )
    return problems
