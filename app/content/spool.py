"""Treatments kept on disk while a library is in use, so that its memory does not grow with their number."""

import pickle
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=str)
ItemT = TypeVar("ItemT")

KEPT = 64
"""Items that stay in memory, those used last, unless a spool is made for more."""


class Spool(Mapping[str, ItemT], Generic[ItemT]):
    """Items by id, in the order in which they were added. They are written to a temporary file that vanishes with the spool, and read
    back when asked for; each reading may give a new, equal object."""

    def __init__(self, kept: int = KEPT) -> None:
        self._most = kept
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- open as long as the spool lives
        weakref.finalize(self, self._file.close)
        self._places: dict[str, int] = {}
        self._kept: OrderedDict[str, ItemT] = OrderedDict()

    def add(self, key: str, item: ItemT) -> None:
        """Add an item; its id must be new."""
        self._file.seek(0, 2)
        self._places[key] = self._file.tell()
        pickle.dump(item, self._file, protocol=pickle.HIGHEST_PROTOCOL)
        self._keep(key, item)

    def __getitem__(self, key: str) -> ItemT:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        self._file.seek(self._places[key])
        item: ItemT = pickle.load(self._file)  # noqa: S301 -- written by this process
        self._keep(key, item)
        return item

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def _keep(self, key: str, item: ItemT) -> None:
        self._kept[key] = item
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


class View(Mapping[KeyT, ItemT], Generic[KeyT, ItemT]):
    """A part of every item of another mapping."""

    def __init__(self, keys: Mapping[KeyT, object], read: Callable[[KeyT], ItemT]) -> None:
        self._keys = keys
        self._read = read

    def __getitem__(self, key: KeyT) -> ItemT:
        return self._read(key)

    def __iter__(self) -> Iterator[KeyT]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys
