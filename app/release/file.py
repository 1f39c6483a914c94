"""A release file: its address for SQLite, and the two files of it that can be had whole."""

import hashlib
import os
import weakref
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

STEP = 1 << 20
LARGEST_PAGE = 65_536
"""Bytes of a page whose size is written as 1."""


def find_address(release: Path) -> str:
    """What SQLite opens a release by, to read what nobody changes (https://sqlite.org/uri.html)."""
    return f"file:{quote(str(release))}?mode=ro&immutable=1"


@dataclass(frozen=True)
class DumpFile:
    """Size and digest of the dump as lines of JSON."""

    size: int
    sha256: str
    """In hexadecimal."""


class ReleaseFile:
    """A release file, held open: what is read from it stays the same when another file takes its name."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self.descriptor).st_size
        self._finalizer = weakref.finalize(self, os.close, self.descriptor)

    def close(self) -> None:
        """Close the file; harmless when it is closed already."""
        self._finalizer()

    def read(self, start: int, most_bytes: int) -> bytes:
        """A part of the file. May be called from any thread."""
        return os.pread(self.descriptor, most_bytes, start)

    @property
    def is_whole(self) -> bool:
        """Whether it is as long as its header says: the size of a page and their number stand in bytes 16 to 17 and 28 to 31
        (https://sqlite.org/fileformat.html). SQLite itself takes what lacks of the last page for zeros."""
        head = self.read(0, 32)
        page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
        return self.size == (page if page > 1 else LARGEST_PAGE) * pages

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        whole = hashlib.sha256()
        for start in range(0, self.size, STEP):
            whole.update(self.read(start, STEP))
        return whole.hexdigest()
