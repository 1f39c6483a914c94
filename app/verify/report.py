"""What came out: each source's state, every problem by file and line, and the counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from app.content.problem import Problem

State = Literal["agree", "differ", "not reached", "form only"]
"""``differ``: an error was found; ``not reached``: no error, but a service gave no answer; ``agree``: a service was asked and
confirms it; ``form only``: there is nothing that a service could be asked."""

STATES: tuple[State, ...] = ("agree", "differ", "not reached", "form only")

EXIT_AGREE, EXIT_DIFFER, EXIT_NOT_REACHED = 0, 1, 3


class ProblemRow(TypedDict):
    """A problem in the JSON."""

    file: str
    line: int
    severity: str
    path: str
    message: str
    remedy: str


class VerificationReport(TypedDict):
    """The members of the JSON."""

    checked: int
    counts: dict[str, int]
    errors: int
    notices: int
    sources: dict[str, str]
    problems: list[ProblemRow]


@dataclass(frozen=True)
class Outcome:
    """The states by source id, and all problems in the order of files and lines."""

    states: Mapping[str, State]
    problems: Sequence[Problem]

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def exit_code(self) -> int:
        """1 when anything is wrong, else 3 when a service was not reached, else 0."""
        if self.errors:
            return EXIT_DIFFER
        return EXIT_NOT_REACHED if "not reached" in self.states.values() else EXIT_AGREE

    def count(self) -> dict[str, int]:
        """How many sources are in each state."""
        return {state: sum(given == state for given in self.states.values()) for state in STATES}


def build_report(outcome: Outcome) -> VerificationReport:
    """The outcome as JSON."""
    return VerificationReport(
        checked=len(outcome.states),
        counts=outcome.count(),
        errors=outcome.errors,
        notices=len(outcome.problems) - outcome.errors,
        sources=dict(outcome.states),
        problems=[
            ProblemRow(
                file=problem.file, line=problem.line, severity=problem.severity, path=problem.path, message=problem.message,
                remedy=problem.remedy,
            )
            for problem in outcome.problems
        ],
    )  # fmt: skip


def render_report(outcome: Outcome) -> str:
    """The outcome for the eye: a line for each problem, and the counts last."""
    counts = ", ".join(f"{count} {state}" for state, count in outcome.count().items())
    total = f"{len(outcome.states)} sources: {counts}; {outcome.errors} errors, {len(outcome.problems) - outcome.errors} notices"
    return "\n".join([*(str(problem) for problem in outcome.problems), total])
