"""What a release knows of those before it: which records came, went and changed, whether or not their authors wrote it down."""

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.errors import ReleaseError
from app.release.checksum import check_release
from app.release.folder import ReleaseFolder
from app.release.layout import FORMAT
from app.release.lines import find_served, read_line
from app.release.name import ReleaseName

Row = tuple[str | None, str | None, str | None, str | None]
"""Digest, and when, how and why a record came to differ."""


def find_earlier(folder: Path) -> Path | None:
    """The current release of a folder, when a new one can follow on it: it is whole and of the same format."""
    try:
        path = ReleaseFolder(folder).find_current()
        if path is None:
            return None
        check_release(path)
        check_format(path)
    except ReleaseError:
        return None
    return path


def check_format(path: Path) -> None:
    """Raise `ReleaseError` when no release can follow on the file at `path`."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise ReleaseError(f"{path} cannot be opened: {error}.") from error
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    except sqlite3.DatabaseError as error:
        raise ReleaseError(f"{path} is no release: {error}.") from error
    finally:
        connection.close()
    if row is None or row[0] != str(FORMAT):
        raise ReleaseError(f"{path} has another format than this program writes ({FORMAT}); nothing can follow on it.")


class LineageWriter:
    """Writes the records of a release, what came to differ from the release before, and the sizes of the dump."""

    def __init__(self, connection: sqlite3.Connection, name: ReleaseName, *, follows: bool) -> None:
        """`follows`: whether an earlier release is attached to the connection as `earlier`."""
        self.connection = connection
        self.name = str(name)
        self.follows = follows
        self.known = self._find("SELECT release, date FROM earlier.lineage ORDER BY position")
        day = name.newest.isoformat()
        self.date = max(day, self.known[-1][1]) if self.known else day

    def write(self) -> dict[str, str]:
        """Write everything; returns what `meta` tells of the dump."""
        size, whole = 0, hashlib.sha256()
        for collection, item_id, name, version in find_served(self.connection):
            line = read_line(self.connection, collection, item_id)
            whole.update(line)
            row = self._compare(collection, item_id, line)
            self._insert((collection, item_id, name, version, size, *row))
            size += len(line)
        self._write_gone()
        self._write_changes()
        releases = self.known if self.known and self.known[-1][0] == self.name else [*self.known, (self.name, self.date)]
        self.connection.executemany("INSERT INTO lineage (release, date) VALUES (?, ?)", releases)
        return {"dump_bytes": str(size), "dump_sha256": whole.hexdigest()}

    def _compare(self, collection: str, item_id: str, line: bytes) -> Row:
        """A record that is served, beside what it was in the release before."""
        digest = hashlib.sha256(line).hexdigest()
        if not self.follows:
            return digest, None, None, None
        query = "SELECT digest, changed, kind, note FROM earlier.record WHERE collection = ? AND id = ?"
        before: Row | None = self.connection.execute(query, (collection, item_id)).fetchone()
        if before is None or before[0] is None:
            return digest, self.date, "added", f"Published with release {self.name}."
        if before[0] == digest:
            return before
        earlier = read_line(self.connection, collection, item_id, "earlier")
        members = ", ".join(f"`{name}`" for name in find_differing(json.loads(earlier)["data"], json.loads(line)["data"]))
        return digest, self.date, "updated", f"Changed with release {self.name}: {members}."

    def _write_gone(self) -> None:
        """Records that were served before and are no longer: withdrawn, or no longer in the content at all."""
        gone = (
            "SELECT collection, id, name, version, changed, kind, note, digest FROM earlier.record AS earlier WHERE NOT EXISTS "
            "(SELECT 1 FROM main.record AS record WHERE record.collection = earlier.collection AND record.id = earlier.id)"
        )
        for collection, item_id, name, version, changed, kind, note, digest in self._find(gone):
            row = (changed, kind, note)
            if digest is not None:
                reason = self._find_reason(collection, item_id)
                row = (self.date, "withdrawn", reason) if reason else (self.date, "removed", f"Not in release {self.name}.")
            self._insert((collection, item_id, name, version, None, None, *row))

    def _find_reason(self, collection: str, item_id: str) -> str | None:
        """Why a record was withdrawn; None when it does not stand in the content."""
        if collection == "facts":
            row = self.connection.execute("SELECT reason FROM main.fact WHERE id = ?", (item_id,)).fetchone()
        else:
            query = "SELECT reason FROM main.item WHERE collection = ? AND id = ?"
            row = self.connection.execute(query, (collection, item_id)).fetchone()
        return row[0] if row else None

    def _write_changes(self) -> None:
        """Tell of what came to differ where no author told of it on that day or later."""
        query = (
            "INSERT INTO change SELECT changed, (SELECT count(*) FROM change) + row_number() OVER (ORDER BY collection, id), kind, "
            "collection, id, name, version, note FROM record WHERE changed IS NOT NULL AND NOT EXISTS (SELECT 1 FROM change "
            "WHERE change.collection = record.collection AND change.id = record.id AND change.date >= record.changed)"
        )
        self.connection.execute(query)

    def _insert(self, row: tuple[object, ...]) -> None:
        self.connection.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _find(self, query: str) -> list[Any]:
        return self.connection.execute(query).fetchall() if self.follows else []


def find_differing(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """Names of the members in which two versions of a record differ."""
    return [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name) or (name in before) != (name in after)]
