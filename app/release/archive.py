"""The releases that a folder holds: opening one, going back to an earlier one, removing old ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import ReleaseError
from app.release.checksum import check_release, checksum_path
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore

SUFFIX = ".sqlite"


@dataclass(frozen=True)
class Held:
    """A release in a folder."""

    path: Path
    is_current: bool
    fault: str | None
    """Why it cannot be served."""


def open_release(path: Path) -> ReleaseStore:
    """A release that is byte for byte what was built, or `ReleaseError`."""
    if not path.is_file():
        raise ReleaseError(f"There is no release at {path}: run `python -m app build`.")
    store = ReleaseStore(path)  # first, because it tells an older format from damage
    try:
        check_release(path, store.file)
    except ReleaseError:
        store.close()
        raise
    return store


def list_releases(folder: ReleaseFolder) -> list[Held]:
    """Every release: the current one, those that were current before it, newest first, then those that never were, by name."""
    current = folder.find_current()
    return [Held(path, path == current, find_fault(path)) for path in _find_paths(folder)]


def find_fault(path: Path) -> str | None:
    """Why a release cannot be served, None when it can."""
    try:
        open_release(path).close()
    except ReleaseError as error:
        return error.detail
    return None


def roll_back(folder: ReleaseFolder, name: str | None = None) -> Path:
    """Make a release current again: the one of that name, or the newest usable one that was current before. Raises `ReleaseError`."""
    if name is not None:
        path = folder.path / f"{Path(name).name.removesuffix(SUFFIX)}{SUFFIX}"
        open_release(path).close()
    else:
        path = next((path for path in folder.find_history()[1:] if find_fault(path) is None), None)
        if path is None:
            raise ReleaseError(f"{folder.path} holds no usable release that was current before.")
    folder.make_current(path)
    return path


def prune(folder: ReleaseFolder, keep: int) -> list[Path]:
    """Remove all releases but the current one and the `keep` newest usable ones that were current before it; returns what was removed.

    A server that still reads a removed file goes on doing so. Files that are no releases stay."""
    held = list_releases(folder)
    current = [release.path for release in held if release.is_current]
    if not current:
        raise ReleaseError(f"There is no current release in {folder.path}: nothing is removed.")
    history = folder.find_history()
    earlier = [release.path for release in held if not release.is_current and release.fault is None and release.path in history]
    kept = {*current, *earlier[:keep]}
    removed = [release.path for release in held if release.path not in kept and release.path.is_file()]
    for path in removed:
        path.unlink()
        checksum_path(path).unlink(missing_ok=True)
    return removed


def _find_paths(folder: ReleaseFolder) -> Iterator[Path]:
    history = folder.find_history()
    yield from (path for index, path in enumerate(history) if index == 0 or path.is_file())
    yield from sorted(path for path in folder.path.glob(f"*{SUFFIX}") if path not in history and not path.name.startswith("."))
