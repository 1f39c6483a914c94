"""What several commands print and write."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.content.problem import Problem


def print_problems(problems: "Sequence[Problem]", *, notices: bool) -> None:
    """Print errors, with `notices` also what is no error, and how many of both there are."""
    for problem in problems:
        if notices or problem.severity == "error":
            click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    click.echo(f"{errors} errors, {len(problems) - errors} notices")


def write_or_compare(texts: dict[Path, str], *, fresh: bool, command: str) -> None:
    """Write what is not there yet; with `fresh` write nothing, and exit with 1 when something would be written by `command`."""
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if fresh and stale:
        sys.exit(f"error: {', '.join(path.name for path in stale)} not fresh: run `python -m app {command}`")
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    click.echo(f"{len(stale)} of {len(texts)} files written" if not fresh else f"{len(texts)} files are fresh")
