# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""How near one vector is to many, in whole numbers.

Every question is compared with every text. In floats that takes as long as memory takes to bring them: 1.5 kB for each text. Here each row
is kept as 8-bit numbers with a scale of its own, and ONNX Runtime's `DynamicQuantizeMatMul` multiplies them with the question, rounded to
8 bits too: a third of the time, a quarter of the memory, and products of vectors of length one come out right to about 0.0005 (standard
deviation)."""

import sqlite3
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.onnx import MIDDLE, open_written, write_product

Vectors = NDArray[np.float32]

LARGEST = 127
"""Largest of the whole numbers."""


class Rows(NamedTuple):
    """Vectors in whole numbers."""

    whole: NDArray[np.int8]
    """A row for each."""
    scales: Vectors
    """What each row is multiplied by."""

    def multiply(self, one: int, other: int) -> float:
        """The product of two of the vectors."""
        product = int(self.whole[one].astype(np.int32) @ self.whole[other].astype(np.int32))
        return product * float(self.scales[one]) * float(self.scales[other])


def round_rows(vectors: Vectors) -> Rows:
    """Vectors as whole numbers, each with a scale of its own."""
    largest = np.abs(vectors).max(axis=1, initial=0)
    scales = np.maximum(largest, np.finfo(np.float32).tiny).astype(np.float32) / LARGEST
    return Rows(np.rint(vectors / scales[:, None]).astype(np.int8), scales)


def write_rows(connection: sqlite3.Connection, name: str, rows: Rows) -> None:
    """Keep rows in the release that is being written."""
    kept = ((f"{name}_rows", rows.whole.tobytes()), (f"{name}_scales", rows.scales.tobytes()))
    connection.executemany("INSERT INTO search_array VALUES (?, ?)", kept)


def read_rows(connection: sqlite3.Connection, name: str, size: int) -> Rows | None:
    """Rows of so many numbers each; None where the release has none."""
    kept = dict(connection.execute("SELECT name, data FROM search_array WHERE name IN (?, ?)", (f"{name}_rows", f"{name}_scales")))
    if len(kept) < 2:
        return None
    whole = np.frombuffer(kept[f"{name}_rows"], dtype=np.int8).reshape(-1, size)
    return Rows(whole, np.frombuffer(kept[f"{name}_scales"], dtype=np.float32))


class Nearness:
    """Rows that single vectors are compared with. Safe to use from several threads."""

    def __init__(self, rows: Rows) -> None:
        moved = np.bitwise_xor(rows.whole.view(np.uint8), np.uint8(MIDDLE)).T
        self._session = open_written(write_product(moved, rows.scales)) if len(rows.whole) else None

    def find(self, vector: Vectors) -> Vectors:
        """The product of a vector with each row."""
        if self._session is None:
            return np.zeros(0, dtype=np.float32)
        found: Vectors = self._session.run(None, {"vectors": vector[None].astype(np.float32)})[0]  # pyright: ignore[reportAssignmentType]
        return found[0]
