"""Models that were fitted before, kept beside the code: a build with the same examples takes them instead of fitting them again, and comes
out the same on every machine."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import Vectors

KEPT = Path(__file__).parent / "fitted.bin"
"""Models of the published content (`python -m app vectors`); only speed depends on it."""
DIGEST = 16
COUNT = np.dtype("<u4")
WEIGHT = np.dtype("<f4")


class Fitted:
    """Models by what they were fitted to."""

    def __init__(self, file: Path = KEPT) -> None:
        """`file`: for each model the key, the number of its weights, and these. It need not be there."""
        self._kept = _read(file.read_bytes() if file.is_file() else b"")
        self.used: dict[bytes, Vectors] = {}
        """All that were asked for."""
        self.new = 0
        """How many of those had to be fitted."""

    def get(self, key: bytes, fit: Callable[[], NDArray[np.float64] | Vectors]) -> Vectors:
        """The model of a key; fitted where it is not kept."""
        model = self._kept.get(key)
        if model is None:
            model = fit().astype(WEIGHT)
            self.new += 1
        self.used[key] = model
        return model

    def write(self, file: Path = KEPT) -> None:
        """Write those that were asked for, and no others."""
        rows = sorted(self.used.items())
        file.write_bytes(b"".join(key + np.array(len(model), dtype=COUNT).tobytes() + model.tobytes() for key, model in rows))


def find_key(*given: NDArray[np.generic] | float) -> bytes:
    """A key for all that a model is fitted to: arrays by type, shape and content, and numbers."""
    digest = hashlib.sha256()
    for part in given:
        array = np.ascontiguousarray(part)
        digest.update(f"{array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.digest()[:DIGEST]


def _read(data: bytes) -> dict[bytes, Vectors]:
    found: dict[bytes, Vectors] = {}
    place = 0
    while place < len(data):
        key = data[place : place + DIGEST]
        place += DIGEST
        (count,) = np.frombuffer(data, dtype=COUNT, count=1, offset=place)
        place += COUNT.itemsize
        found[key] = np.frombuffer(data, dtype=WEIGHT, count=int(count), offset=place)
        place += int(count) * WEIGHT.itemsize
    return found
