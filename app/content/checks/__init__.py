"""Checks across files: what no single file can know about itself."""

from datetime import date
from pathlib import Path

from app.content.checks.dates import check_dates
from app.content.checks.identity import check_identity
from app.content.checks.questions import check_questions
from app.content.checks.reading import check_reading
from app.content.checks.references import check_references
from app.content.checks.studies import check_studies
from app.content.checks.warnings import check_warnings
from app.content.library import Library
from app.content.loader import load_library
from app.content.problem import ContentError, Problem


def check_library(library: Library, today: date) -> list[Problem]:
    """All problems of a library that could be read."""
    return [
        *check_identity(library),
        *check_references(library),
        *check_dates(library, today),
        *check_studies(library),
        *check_questions(library),
        *check_warnings(library),
        *check_reading(library),
    ]


def check_content(root: Path, today: date) -> tuple[Library | None, list[Problem]]:
    """Load the content below `root` and check it; the library is None when it has any error."""
    library, problems = load_library(root)
    if library is not None:
        problems += check_library(library, today)
    if any(problem.severity == "error" for problem in problems):
        library = None
    return library, sorted(problems)


def get_checked_library(root: Path, today: date) -> Library:
    """The library, or a `ContentError` with every problem."""
    library, problems = check_content(root, today)
    if library is None:
        raise ContentError(problems)
    return library
