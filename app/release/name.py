"""The name of a release: the day of its newest change and a digest of all its content."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.content.library import Library
from app.content.reader import Document
from app.values.sections import COLLECTIONS


@dataclass(frozen=True)
class ReleaseName:
    """What a release is called and why."""

    newest: date
    """Day of the newest change in the content."""
    digest: str
    """SHA-256 of the canonical content, in hexadecimal."""

    def __str__(self) -> str:
        return f"{self.newest:%Y.%m.%d}-{self.digest[:8]}"


def build_name(library: Library) -> ReleaseName:
    """The same content has the same name on every machine: comments, layout and the order of keys do not count."""
    whole = hashlib.sha256()
    for file, digest in sorted((document.file, document.digest) for document in _documents(library)):
        whole.update(f"{file}\0{digest}\n".encode())
    return ReleaseName(max(_dates(library)), whole.hexdigest())


def _documents(library: Library) -> Iterator[Document]:
    for name in COLLECTIONS:
        for located in library.find_collection(name).values():
            yield located.document
    for files in library.treatments.values():
        for section in files.sections.values():
            yield section.document
    if library.notices is not None:
        yield library.notices.document


def _dates(library: Library) -> Iterator[date]:
    for name in COLLECTIONS:
        for located in library.find_collection(name).values():
            yield from (located.item.added, located.item.reviewed, *(change.date for change in located.item.changes))
            if located.item.withdrawal is not None:
                yield located.item.withdrawal.on
    for placed in library.statements():
        yield from (placed.added, placed.reviewed, *(change.date for change in placed.statement.changes))
        if placed.statement.withdrawal is not None:
            yield placed.statement.withdrawal.on
    if library.notices is not None:
        yield library.notices.item.reviewed
