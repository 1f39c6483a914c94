"""The folder that holds releases, and which of them is current."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.errors import ReleaseError

POINTER = "current"
"""Name of the file whose one line is the file name of the current release."""


@dataclass(frozen=True)
class ReleaseFolder:
    """A folder of release files with a pointer to the current one."""

    path: Path

    def find_current(self) -> Path | None:
        """The file of the current release, or None before the first one."""
        try:
            name = (self.path / POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return self.path / Path(name).name if name else None

    def get_current(self) -> Path:
        """The file of the current release."""
        current = self.find_current()
        if current is None or not current.is_file():
            raise ReleaseError(f"There is no release in {self.path}: run `python -m app build`.")
        return current

    def make_current(self, release: Path) -> None:
        """Point to `release`, at once for every reader."""
        draft = self.path / f".{POINTER}.{os.getpid()}"
        draft.write_text(f"{release.name}\n", encoding="utf-8")
        draft.replace(self.path / POINTER)

    def is_older_than(self, sources: Iterable[Path]) -> bool:
        """Whether there is no usable current release, or one of the `sources` (folders, read whole) changed after it."""
        current = self.find_current()
        if current is None or not current.is_file():
            return True
        built_ns = current.stat().st_mtime_ns
        return any(_newest_ns(source) > built_ns for source in sources)


def _newest_ns(root: Path) -> int:
    newest = 0
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in (".", *files):
            newest = max(newest, (Path(folder) / name).stat().st_mtime_ns)
    return newest
