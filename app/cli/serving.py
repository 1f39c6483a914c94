"""Commands for the service: run it over HTTP or for one chatbot, describe its contract."""

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from app.cli.options import releases_option
from app.cli.output import write_or_compare
from app.settings import HERE, PREFIX, Settings


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


@click.command()
@_serve_options
def serve(**given: Any) -> None:
    """Serve the current release, after building it when the content is newer.

    Every option can also be given as an environment variable."""
    from app.errors import ReleaseError, SettingError
    from app.memory import postpone_collecting

    postpone_collecting()
    try:
        settings = Settings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        sys.exit("\n".join(f"error: --{str(item['loc'][0]).replace('_', '-')}: {item['msg']}" for item in error.errors()))
    if settings.model and settings.workers == 1:
        threading.Thread(target=_load_model, args=(settings.releases,), name="model", daemon=True).start()
    from app.serve import run_server

    try:
        run_server(settings)
    except (ReleaseError, SettingError) as error:
        sys.exit(f"error: {error.detail}")


def _load_model(releases: Path) -> None:
    """Load the sentence model while the main thread imports the service: most of that is no work for Python."""
    from app.errors import ReleaseError
    from app.release.folder import ReleaseFolder
    from app.search.embedder import load_ahead

    try:
        release = ReleaseFolder(releases).find_current()
    except ReleaseError:
        return  # the main thread says so
    if release is not None:
        load_ahead(release)


@click.command()
@releases_option
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


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", "fresh", is_flag=True, help="Write nothing; fail when the file is not what would be written.")
@click.option("--rendition", type=click.Choice(["3.1", "3.0"]), default="3.1", show_default=True, help="Version of OpenAPI.")
def openapi(file: Path, rendition: str, *, fresh: bool) -> None:
    """Write the OpenAPI description of the contract to FILE."""
    from app.api.openapi30 import render_openapi30
    from app.main import create_app

    contract = create_app(Settings()).openapi()
    text = json.dumps(contract if rendition == "3.1" else render_openapi30(contract), indent=2, ensure_ascii=False) + "\n"
    write_or_compare({file: text}, fresh=fresh, command=f"openapi {file}")
