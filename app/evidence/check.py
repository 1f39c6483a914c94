"""Whether every synthesis can be computed, and whether the prose tells the numbers of the data."""

from app.content.library import Library
from app.content.problem import Problem
from app.evidence.effect import EffectError
from app.evidence.figures import check_figures
from app.evidence.synthesis import Computed, compute_synthesis


def check_evidence(library: Library) -> list[Problem]:
    """A problem for each synthesis from whose entries no pooled effect can be computed, and for each number without data behind it."""
    problems: list[Problem] = []
    computed: dict[str, Computed | None] = {}
    for name, located in library.syntheses.items():
        try:
            computed[name] = compute_synthesis(located.item, library)
        except EffectError as error:
            problems.append(
                located.document.problem(("entries",), str(error), "correct the entry, exclude the study, or set `pooled: false`")
            )
    return [*problems, *check_figures(library, computed)]
