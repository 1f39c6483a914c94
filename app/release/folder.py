"""The folder that holds releases, and which of them is current."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.errors import ReleaseError

POINTER = "current"
"""Name of the file whose first line is the file name of the current release; the lines after it name those before it."""

REMEMBERED = 30
"""How many earlier releases the pointer names."""


@dataclass(frozen=True)
class ReleaseFolder:
    """A folder of release files with a pointer to the current one."""

    path: Path

    @property
    def pointer(self) -> Path:
        """The file that names the current release."""
        return self.path / POINTER

    def find_current(self) -> Path | None:
        """The file of the current release, or None before the first one."""
        return next(iter(self.find_history()), None)

    def find_history(self) -> list[Path]:
        """The files of the current release and of those that were current before it, newest first."""
        try:
            lines = self.pointer.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise ReleaseError(f"{self.pointer} cannot be read: {error}.") from error
        return [self.path / Path(line.strip()).name for line in lines if line.strip()]

    def get_current(self) -> Path:
        """The file of the current release."""
        current = self.find_current()
        if current is None or not current.is_file():
            raise ReleaseError(f"There is no release in {self.path}: run `python -m app build`.")
        return current

    def make_current(self, release: Path) -> None:
        """Point to `release`, at once for every reader."""
        earlier = [path.name for path in self.find_history() if path.name != release.name]
        draft = self.path / f".{POINTER}.{os.getpid()}"
        draft.write_text("".join(f"{name}\n" for name in (release.name, *earlier[:REMEMBERED])), encoding="utf-8")
        draft.replace(self.pointer)

    def is_older_than(self, sources: Iterable[Path]) -> bool:
        """Whether there is no current release, or one of the `sources` (folders, read whole) changed after a release was last made
        current: who went back to an earlier one wants to keep it until something changes."""
        current = self.find_current()
        if current is None or not current.is_file():
            return True
        since_ns = self.pointer.stat().st_mtime_ns
        return any(_newest_ns(source) > since_ns for source in sources)


def _newest_ns(root: Path) -> int:
    newest = 0
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in (".", *files):
            newest = max(newest, (Path(folder) / name).stat().st_mtime_ns)
    return newest
