"""Commands for releases: build, list, go back, clear away."""

import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.options import data_option, releases_option
from app.cli.output import print_problems


@click.command()
@data_option
@releases_option
@click.option(
    "--after",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Release that this one follows, such as /v1/dump.sqlite of a service, for /v1/changes. Without it, the current one.",
)
def build(data: Path, releases: Path, after: Path | None) -> None:
    """Check the content, write its release, and make that the current one."""
    from app.content.checks import get_checked_library
    from app.content.problem import ContentError
    from app.errors import ReleaseError
    from app.release.build import build_release
    from app.release.folder import ReleaseFolder
    from app.search.index import write_index

    try:
        library = get_checked_library(data, datetime.now(tz=UTC).date())
        built = build_release(library, releases, finish=write_index, earlier=after)
        ReleaseFolder(releases).make_current(built.path)
    except ContentError as error:
        print_problems(error.problems, notices=False)
        sys.exit(1)
    except ReleaseError as error:
        sys.exit(f"error: {error.detail}")
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"error: the release cannot be written to {releases}: {getattr(error, 'strerror', None) or error}")
    counts = ", ".join(f"{count} {name}" for name, count in built.counts.items())
    click.echo(f"release {built.name}: {counts} ({built.path.stat().st_size / 1e6:.1f} MB)")


@click.command()
@releases_option
def releases(releases: Path) -> None:
    """List the releases: the current one first, then those before it, and why one cannot be served.

    Exits with 1 when the current one cannot."""
    from app.errors import ReleaseError
    from app.release.archive import list_releases
    from app.release.folder import ReleaseFolder

    try:
        held = list_releases(ReleaseFolder(releases))
    except ReleaseError as error:
        sys.exit(f"error: {error.detail}")
    for release in held:
        click.echo(f"{'*' if release.is_current else ' '} {release.path.stem}  {release.fault or 'ok'}")
    if not any(release.is_current and release.fault is None for release in held):
        sys.exit(f"error: there is no current release in {releases} that can be served")


@click.command()
@click.argument("name", required=False)
@releases_option
def rollback(name: str | None, releases: Path) -> None:
    """Serve an earlier release again: the one called NAME, or the usable one that was current before. Running servers follow at once."""
    from app.errors import ReleaseError
    from app.release.archive import roll_back
    from app.release.folder import ReleaseFolder

    try:
        path = roll_back(ReleaseFolder(releases), name)
    except ReleaseError as error:
        sys.exit(f"error: {error.detail}")
    except OSError as error:
        sys.exit(f"error: {releases} cannot be written to: {error.strerror}")
    click.echo(f"release {path.stem} is current")


@click.command()
@click.option("--keep", type=click.IntRange(min=0), default=5, show_default=True, help="How many earlier releases stay.")
@releases_option
def prune(keep: int, releases: Path) -> None:
    """Remove old releases, and those that cannot be served. The current one always stays."""
    from app.errors import ReleaseError
    from app.release.archive import prune as remove_old
    from app.release.folder import ReleaseFolder

    try:
        removed = remove_old(ReleaseFolder(releases), keep)
    except ReleaseError as error:
        sys.exit(f"error: {error.detail}")
    except OSError as error:
        sys.exit(f"error: {releases} cannot be written to: {error.strerror}")
    for path in removed:
        click.echo(f"removed {path.name}")
    click.echo(f"{len(removed)} releases removed")
