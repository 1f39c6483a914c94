"""Treatments kept on disk while a library is in use: heads, sections and line numbers apart, so that whoever wants one reads no more."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.content.library import ItemT_co, Located, TreatmentFiles
from app.content.reader import Path_
from app.content.spool import KEPT, Spool, View
from app.content.treatment import Section, Treatment
from app.values.sections import SECTIONS, SectionName

KEPT_SECTIONS = KEPT * len(SECTIONS)
"""Sections that stay in memory: those of as many treatments as heads do."""
KEPT_LINES = 4
"""Files whose lines stay in memory: problems of one file come together."""


class TreatmentShelf(Mapping[str, TreatmentFiles]):
    """Treatments by id, in the order in which they were added."""

    def __init__(self) -> None:
        self._heads: Spool[Located[Treatment]] = Spool()
        self._sections: Spool[Located[Section]] = Spool(KEPT_SECTIONS)
        self._lines: Spool[Mapping[Path_, int]] = Spool(KEPT_LINES)
        self._names: dict[str, tuple[SectionName, ...]] = {}
        self._combinations: dict[tuple[SectionName, ...], tuple[SectionName, ...]] = {}

    def add(self, key: str, files: TreatmentFiles) -> None:
        """Add a treatment; its id must be new."""
        names = tuple(files.sections)
        self._names[key] = self._combinations.setdefault(names, names)
        self._put(self._heads, key, files.head)
        for name, section in files.sections.items():
            self._put(self._sections, f"{key}/{name}", section)

    def __getitem__(self, key: str) -> TreatmentFiles:
        sections = View(dict.fromkeys(self._names[key]), lambda name: self._get(self._sections, f"{key}/{name}"))
        return TreatmentFiles(self._get(self._heads, key), sections)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, key: object) -> bool:
        return key in self._names

    def _put(self, spool: Spool[Located[ItemT_co]], key: str, located: Located[ItemT_co]) -> None:
        """Keep an item without what is hardly asked for: the plain data, of which a model has been made, and the lines."""
        self._lines.add(key, located.document.lines)
        spool.add(key, replace(located, document=replace(located.document, data=None, lines={})))

    def _get(self, spool: Spool[Located[ItemT_co]], key: str) -> Located[ItemT_co]:
        located = spool[key]
        return replace(located, document=replace(located.document, lines=_Lines(self._lines, key)))


class _Lines(Mapping[Path_, int]):
    """The lines of one file, which are read back when a problem is to be placed."""

    def __init__(self, spool: Spool[Mapping[Path_, int]], key: str) -> None:
        self._spool = spool
        self._key = key

    def __getitem__(self, path: Path_) -> int:
        return self._spool[self._key][path]

    def __iter__(self) -> Iterator[Path_]:
        return iter(self._spool[self._key])

    def __len__(self) -> int:
        return len(self._spool[self._key])
