"""The commands."""

import json
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from app.settings import HERE, PREFIX, Settings

if TYPE_CHECKING:
    from app.content.library import Library
    from app.evidence.effect import Measure
    from app.evidence.pooling import Model

# Each command imports what it needs when it runs, so that serving loads no content models and checking loads no server.

DATA = HERE / "data"


def _releases_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--releases", type=click.Path(path_type=Path), default=Settings().releases, show_default="var/releases",
        envvar=PREFIX + "RELEASES", show_envvar=True, help="Folder with the releases.",
    )(command)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build and serve structured information about treatments."""


@main.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default="app/data", help="Folder with the content.")
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
    _print_problems(shown, notices=notices)
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


@main.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default="app/data", help="Folder with the content.")
@_releases_option
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
        _print_problems(error.problems, notices=False)
        sys.exit(1)
    except ReleaseError as error:
        sys.exit(f"error: {error.detail}")
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"error: the release cannot be written to {releases}: {getattr(error, 'strerror', None) or error}")
    counts = ", ".join(f"{count} {name}" for name, count in built.counts.items())
    click.echo(f"release {built.name}: {counts} ({built.path.stat().st_size / 1e6:.1f} MB)")


@main.command()
@_releases_option
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


@main.command()
@click.argument("name", required=False)
@_releases_option
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


@main.command()
@click.option("--keep", type=click.IntRange(min=0), default=5, show_default=True, help="How many earlier releases stay.")
@_releases_option
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


@main.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default="app/data", help="Folder with the content.")
def audit(data: Path) -> None:
    """Print every published comparison that can be worked out from the arms, beside what they give.

    Exits with 1 when one differs beyond rounding and its record does not say why."""
    from app.content.checks import get_checked_library
    from app.content.problem import ContentError
    from app.evidence.study import audit_study

    try:
        library = get_checked_library(data, datetime.now(tz=UTC).date())
    except ContentError as error:
        _print_problems(error.problems, notices=False)
        sys.exit(1)
    rows = [row for located in library.studies.values() for row in audit_study(located.item)]
    table = [("figure", "effect", "of", "published", "from the arms", "verdict")]
    for row in rows:
        published, worked = row.published, row.worked
        table.append(
            (
                row.figure,
                published.kind,
                f"{worked.treatment} / {worked.comparator}",
                _interval(published.estimate, published.low, published.high),
                _interval(worked.estimate, worked.low, worked.high),
                "agrees" if row.agrees else row.explanation or "UNEXPLAINED",
            )
        )
    widths = [max(map(len, column)) for column in zip(*table, strict=True)][:-1]
    for *cells, verdict in table:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)), verdict]))
    agreeing, unexplained = sum(row.agrees for row in rows), sum(not row.agrees and row.explanation is None for row in rows)
    explained = len(rows) - agreeing - unexplained
    click.echo(f"{len(rows)} comparisons: {agreeing} agree within rounding, {explained} differ and say why, {unexplained} unexplained")
    if unexplained:
        sys.exit(1)


def _interval(estimate: float | None, low: float | None, high: float | None) -> str:
    """An estimate with its interval, for the eye."""
    ends = "" if low is None or high is None else f" ({low:.4g} to {high:.4g})"
    return "none" if estimate is None else f"{estimate:.4g}{ends}"


@main.command()
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--effect",
    type=click.Choice(["rr", "or", "rd", "md", "smd", "generic"]),
    required=True,
    help="Risk ratio, odds ratio, risk difference, mean difference, standardised mean difference, or ready estimates.",
)
@click.option(
    "--model",
    type=click.Choice(["fixed-mh", "fixed-iv", "dl", "pm", "reml"]),
    default="reml",
    show_default=True,
    help="Fixed effect (Mantel-Haenszel, inverse variance) or random effects (DerSimonian-Laird, Paule-Mandel, REML).",
)
@click.option("--hartung-knapp", is_flag=True, help="Take the Hartung-Knapp interval.")
@click.option("--log", is_flag=True, help="Ready estimates are logarithms of ratios; the answer is given as ratios.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def pool(  # noqa: PLR0913 - one for each option
    table: Path, effect: "Measure", model: "Model", *, hartung_knapp: bool, log: bool, as_json: bool
) -> None:
    """Pool the studies of the CSV file TABLE (a meta-analysis).

    Columns: study,events_t,n_t,events_c,n_c or study,mean_t,sd_t,n_t,mean_c,sd_c,n_c or study,estimate,se or
    study,estimate,ci_low,ci_high."""
    from app.evidence.effect import RATIOS, EffectError
    from app.evidence.pooling import pool_effects
    from app.evidence.report import build_report, render_report
    from app.evidence.table import TableError, parse_effects

    if log and effect not in {*RATIOS, "generic"}:
        sys.exit(f"error: --log is for ratios, and {effect} is none: leave it out, or use --effect rr, or, or generic")
    try:
        effects = parse_effects(table.read_text(encoding="utf-8"), effect, log=log)
        pooled = pool_effects(effects, effect, model, hartung_knapp=hartung_knapp)
    except UnicodeDecodeError as error:
        sys.exit(f"{table}: error: the file is not UTF-8 at byte {error.start}: save it as UTF-8")
    except TableError as error:
        sys.exit("\n".join(f"{table}:{problem.line}: error: {problem.message}" for problem in error.problems))
    except EffectError as error:
        sys.exit(f"{table}: error: {error}")
    report = build_report(effects, pooled, effect, exponentiate=log or effect in RATIOS, hartung_knapp=hartung_knapp)
    click.echo(json.dumps(report, ensure_ascii=False, allow_nan=False) if as_json else render_report(report, effect))


@main.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default="app/data", help="Folder with the content.")
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


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check", "fresh", is_flag=True, help="Write nothing; fail when the files there are not what would be written.")
def schema(folder: Path, *, fresh: bool) -> None:
    """Write the JSON Schemas of the content files, for editors, into FOLDER."""
    from app.content.editor import render_schemas

    _write_or_compare({folder / name: text for name, text in render_schemas().items()}, fresh=fresh, command=f"schema {folder}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", "fresh", is_flag=True, help="Write nothing; fail when the file is not what would be written.")
@click.option("--rendition", type=click.Choice(["3.1", "3.0"]), default="3.1", show_default=True, help="Version of OpenAPI.")
def openapi(file: Path, rendition: str, *, fresh: bool) -> None:
    """Write the OpenAPI description of the contract to FILE."""
    import json

    from app.api.openapi30 import render_openapi30
    from app.main import create_app

    contract = create_app(Settings()).openapi()
    text = json.dumps(contract if rendition == "3.1" else render_openapi30(contract), indent=2, ensure_ascii=False) + "\n"
    _write_or_compare({file: text}, fresh=fresh, command=f"openapi {file}")


def _serve_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each setting; its help and default come from the setting."""
    for name, field in reversed(Settings.model_fields.items()):
        flag = f"--{name.replace('_', '-')}"
        is_bool = field.annotation is bool
        declared = f"{flag}/--no-{flag.removeprefix('--')}" if is_bool else flag
        command = click.option(
            declared, name, default=None, type=None if is_bool else str, is_flag=is_bool, envvar=PREFIX + name.upper(), show_envvar=True,
            show_default=_shown(field.default), help=field.description,
        )(command)  # fmt: skip
    return command


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, Path):
        return default.relative_to(HERE.parent).as_posix()
    return str(default) or "none"


@main.command()
@_serve_options
def serve(**given: Any) -> None:
    """Serve the current release, after building it when the content is newer.

    Every option can also be given as an environment variable."""
    from app.errors import ReleaseError, SettingError
    from app.serve import run_server

    try:
        settings = Settings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        sys.exit("\n".join(f"error: --{str(item['loc'][0]).replace('_', '-')}: {item['msg']}" for item in error.errors()))
    try:
        run_server(settings)
    except (ReleaseError, SettingError) as error:
        sys.exit(f"error: {error.detail}")


@main.command()
@_releases_option
@click.option("--model/--no-model", default=True, show_default=True, help="Rank questions with the sentence model too.")
def mcp(releases: Path, *, model: bool) -> None:
    """Serve the current release to a chatbot on this machine, over standard input and output (Model Context Protocol)."""
    from app.errors import ReleaseError
    from app.mcp.server import build_server
    from app.release.archive import open_release
    from app.release.folder import ReleaseFolder
    from app.search.searching import Searching

    try:
        store = open_release(ReleaseFolder(releases).get_current())
    except ReleaseError as error:
        sys.exit(f"error: {error.detail}")
    build_server(lambda: store, Searching(with_model=model)).run("stdio")


@main.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default="app/data", help="Folder with the content.")
def vectors(data: Path) -> None:
    """Write the file of known vectors anew, so that builds need not work them out."""
    from app.content.checks import get_checked_library
    from app.content.problem import ContentError
    from app.search.index import write_known

    try:
        library = get_checked_library(data, datetime.now(tz=UTC).date())
    except ContentError as error:
        _print_problems(error.problems, notices=False)
        sys.exit(1)
    texts: list[str] = []
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


def _print_problems(problems: Any, *, notices: bool) -> None:
    for problem in problems:
        if notices or problem.severity == "error":
            click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    click.echo(f"{errors} errors, {len(problems) - errors} notices")


def _write_or_compare(texts: dict[Path, str], *, fresh: bool, command: str) -> None:
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if fresh and stale:
        sys.exit(f"error: {', '.join(path.name for path in stale)} not fresh: run `python -m app {command}`")
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    click.echo(f"{len(stale)} of {len(texts)} files written" if not fresh else f"{len(texts)} files are fresh")
