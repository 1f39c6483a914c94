"""Options that several commands take."""

from collections.abc import Callable
from pathlib import Path

import click

from app.settings import HERE, PREFIX, Settings

DATA = HERE / "data"


def data_option(command: Callable[..., None]) -> Callable[..., None]:
    """`--data`: where the content is."""
    return click.option(
        "--data", type=click.Path(path_type=Path), default=DATA, show_default="app/data", help="Folder with the content."
    )(command)  # fmt: skip


def releases_option(command: Callable[..., None]) -> Callable[..., None]:
    """`--releases`: where the releases are."""
    return click.option(
        "--releases", type=click.Path(path_type=Path), default=Settings().releases, show_default="var/releases",
        envvar=PREFIX + "RELEASES", show_envvar=True, help="Folder with the releases.",
    )(command)  # fmt: skip
