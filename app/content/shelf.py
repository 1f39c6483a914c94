"""Treatments kept on disk while a library is in use: heads and sections apart, so that whoever wants one reads no more than that."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.content.library import ItemT_co, Located, TreatmentFiles
from app.content.spool import KEPT, Spool, View
from app.content.treatment import Section, Treatment
from app.values.sections import SECTIONS, SectionName

KEPT_SECTIONS = KEPT * len(SECTIONS)
"""Sections that stay in memory: those of as many treatments as heads do."""


class TreatmentShelf(Mapping[str, TreatmentFiles]):
    """Treatments by id, in the order in which they were added."""

    def __init__(self) -> None:
        self._heads: Spool[Located[Treatment]] = Spool()
        self._sections: Spool[Located[Section]] = Spool(KEPT_SECTIONS)
        self._names: dict[str, tuple[SectionName, ...]] = {}
        self._combinations: dict[tuple[SectionName, ...], tuple[SectionName, ...]] = {}

    def add(self, key: str, files: TreatmentFiles) -> None:
        """Add a treatment; its id must be new."""
        names = tuple(files.sections)
        self._names[key] = self._combinations.setdefault(names, names)
        self._heads.add(key, _without_data(files.head))
        for name, section in files.sections.items():
            self._sections.add(f"{key}/{name}", _without_data(section))

    def __getitem__(self, key: str) -> TreatmentFiles:
        sections = View(dict.fromkeys(self._names[key]), lambda name: self._sections[f"{key}/{name}"])
        return TreatmentFiles(self._heads[key], sections)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, key: object) -> bool:
        return key in self._names


def _without_data(located: Located[ItemT_co]) -> Located[ItemT_co]:
    """The plain data of a file is not needed any more when its model has been made."""
    return replace(located, document=replace(located.document, data=None))
