"""What is wrong with the content, said so that an author can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.errors import AppError


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong (`error`) or worth a look (`notice`) in one place."""

    file: str
    """Path below the content folder, with forward slashes."""
    line: int
    """Line in the file, from 1."""
    path: str
    """Where in the document: `facts[3].sources[0].id`."""
    message: str
    """What is wrong."""
    remedy: str
    """What to do about it."""
    severity: Literal["error", "notice"] = "error"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        path = f" {self.path}:" if self.path else ""
        return f"{where}: {self.severity}:{path} {self.message} → {self.remedy}"


class ContentError(AppError):
    """The content cannot be used; all problems are in `problems`."""

    code = "content-invalid"
    status = 500
    title = "The content has errors"

    def __init__(self, problems: Sequence[Problem]) -> None:
        errors = [problem for problem in problems if problem.severity == "error"]
        super().__init__(f"{len(errors)} error{'s' if len(errors) != 1 else ''} in the content")
        self.problems = tuple(problems)
