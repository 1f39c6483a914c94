"""Commands for the content: check it, describe its files, hold its sources to the registers."""

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import data_option
from app.cli.output import print_problems, write_or_compare
from app.settings import HERE, PREFIX, Settings

if TYPE_CHECKING:
    from app.content.library import Library


@click.command()
@data_option
@click.option("--notices/--no-notices", default=True, help="Also print what is worth a look but no error.")
@click.option("--only", multiple=True, help="Print only problems of files whose path contains this text; may be repeated.")
@click.option("--asks/--no-asks", default=True, help="Also ask every question of the content back: is its own statement found first?")
@click.option(
    "--releases", type=click.Path(path_type=Path), default=Settings().releases, show_default="var/releases", help="Folder for the releases."
)
def check(data: Path, releases: Path, *, notices: bool, only: tuple[str, ...], asks: bool) -> None:
    """Check all content and print every problem with its file, line and remedy; then ask its questions back."""
    from app.content.checks import check_content
    from app.evidence.check import check_evidence

    library, problems = check_content(data, datetime.now(tz=UTC).date())
    if library is not None:
        problems = [*problems, *check_evidence(library)]
    shown = [item for item in problems if not only or any(text in item.file for text in only)]
    print_problems(shown, notices=notices)
    if library is None or any(problem.severity == "error" for problem in problems):
        sys.exit(1)
    if asks and not only:
        _ask_back(library, releases, notices=notices)


def _ask_back(library: "Library", releases: Path, *, notices: bool) -> None:
    """Print how many questions of the content find their own statement."""
    from app.release.build import build_release
    from app.release.store import ReleaseStore
    from app.search.answerer import Searcher
    from app.search.asks import ask_back
    from app.search.index import write_index

    built = build_release(library, releases, finish=write_index)
    asked = ask_back(Searcher(ReleaseStore(built.path)))
    for fact, question in asked.lost if notices else ():
        click.echo(f"{fact}: notice: the question “{question}” does not find it within three: ask what only this statement answers")
    share = 100 / max(1, asked.count)
    click.echo(
        f"{asked.count} questions asked back: {share * asked.first:.1f} % find their own statement first, "
        f"{share * asked.within_three:.1f} % within three"
    )


@click.command()
@data_option
@click.option("--only", multiple=True, help="Check only sources whose path contains this text; may be repeated.")
@click.option("--offline", is_flag=True, help="Ask nobody: check form, check digits and doubled numbers alone.")
@click.option("--contact", envvar=PREFIX + "CONTACT", show_envvar=True, help="Your mail address, which the services are told.")
@click.option("--api-key", envvar=PREFIX + "NCBI_API_KEY", show_envvar=True, help="Key of NCBI: ten questions a second instead of three.")
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    default=HERE.parent / "var" / "verify",
    show_default="var/verify",
    help="Folder for answers.",
)
@click.option("--max-age", type=int, default=30, show_default=True, help="Use kept answers younger than so many days; 0 asks anew.")
@click.option("--attempts", type=int, default=5, show_default=True, help="How often a question is asked before it counts as not reached.")
@click.option("--timeout", type=float, default=60, show_default=True, help="Seconds for one request.")
@click.option(
    "--backoff", type=float, default=1, show_default=True, help="Seconds before the second attempt; doubled with each further one."
)
@click.option("--pubmed-url", default=None, help="Base address of the E-utilities.")
@click.option("--crossref-url", default=None, help="Base address of Crossref.")
@click.option("--registry-url", default=None, help="Base address of ClinicalTrials.gov.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify_sources(**given: Any) -> None:
    """Check every source against PubMed, Crossref and ClinicalTrials.gov; docs/verify-sources.md says what is compared.

    Exits with 1 when something differs or is wrong, 2 when an option is, 3 when nothing differs but a service was not reached."""
    from app.verify.command import run_verification

    options = {name: value for name, value in given.items() if value is not None}
    sys.exit(run_verification(options, datetime.now(tz=UTC).date()))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check", "fresh", is_flag=True, help="Write nothing; fail when the files there are not what would be written.")
def schema(folder: Path, *, fresh: bool) -> None:
    """Write the JSON Schemas of the content files, for editors, into FOLDER."""
    from app.content.editor import render_schemas

    write_or_compare({folder / name: text for name, text in render_schemas().items()}, fresh=fresh, command=f"schema {folder}")


@click.command()
@data_option
def vectors(data: Path) -> None:
    """Write the files of known vectors and fitted models anew, so that builds need not work them out."""
    from app.content.checks import get_checked_library
    from app.content.problem import ContentError
    from app.release.build import build_release
    from app.search.fitted import Fitted
    from app.search.index import write_index
    from app.search.known import write_known
    from app.search.models import read_beyond, read_covered

    try:
        library = get_checked_library(data, datetime.now(tz=UTC).date())
    except ContentError as error:
        print_problems(error.problems, notices=False)
        sys.exit(1)
    texts = [*read_beyond(), *read_covered()]
    for placed in library.statements():
        statement = placed.statement
        if statement.status == "active":
            texts += [*statement.asks, statement.text, statement.plain]
            if placed.kind == "treatment":
                texts += [f"{placed.owner} {topic}".replace("-", " ") for topic in statement.topics]
    if library.notices is not None:
        notices = library.notices.item
        texts += [*notices.harmless, *(example for notice in notices.notices for example in notice.examples)]
    click.echo(f"{write_known(texts)} vectors")
    fitted = Fitted()
    with TemporaryDirectory() as folder:
        build_release(library, Path(folder), finish=partial(write_index, fitted=fitted))
    fitted.write()
    click.echo(f"{len(fitted.used)} models, {fitted.new} of them new")
