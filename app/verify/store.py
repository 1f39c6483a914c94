"""Answers kept on disk, one file each, so that a run that was interrupted goes on and a second one asks nothing again."""

import contextlib
import hashlib
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import ValidationError

from app.values.model import Value
from app.verify.record import Record


class StoredAnswer(Value):
    """The content of one file."""

    format: Literal[1] = 1
    address: str
    """Address of the service that answered; the answer of another one is not taken for its."""
    key: str
    """The number that was asked for."""
    day: date
    """Day of the answer."""
    record: Record


class Store:
    """A folder of answers."""

    def __init__(self, folder: Path, today: date, max_age_days: int) -> None:
        self._folder = folder
        self._today = today
        self._max_age_days = max_age_days

    def prepare(self) -> None:
        """Make the folder, so that one that cannot be made is known before anybody is asked."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def find(self, kind: str, address: str, key: str) -> Record | None:
        """The stored answer, unless there is none, it is too old, of another service, or cannot be read."""
        try:
            stored = StoredAnswer.model_validate_json(self._path(kind, key).read_bytes())
        except (OSError, ValidationError):
            return None
        is_fresh = 0 <= (self._today - stored.day).days < self._max_age_days
        return stored.record if is_fresh and (stored.address, stored.key) == (address, key) else None

    def keep(self, kind: str, address: str, key: str, record: Record) -> None:
        """Store an answer: the file is whole or not there at all."""
        path = self._path(kind, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        stored = StoredAnswer(address=address, key=key, day=self._today, record=record)
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(stored.model_dump_json(indent=1) + "\n")
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _path(self, kind: str, key: str) -> Path:
        """A name that people recognise; a digest tells apart what was cut off, and case, which some file systems ignore."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:12]
        return self._folder / kind / f"{quote(key, safe='')[:80]}-{digest}.json"
