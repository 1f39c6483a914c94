"""Vectors of the published texts, kept beside the code, so that a build need not work them out again."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors, find_embedder

SCALE = 127.0
"""Vectors are kept as whole numbers of this size."""

KNOWN = Path(__file__).parent / "vectors.bin"
"""Vectors of the published texts; only speed depends on it (`python -m app vectors`)."""
DIGEST = 16


def embed_known(texts: list[str], file: Path = KNOWN) -> NDArray[np.int8]:
    """Vectors of texts as whole numbers; those that the file of known vectors holds are taken from it, the others are worked out."""
    known = read_known(file)
    rows = np.zeros((len(texts), SIZE), dtype=np.int8)
    missing = [index for index, text in enumerate(texts) if _digest(text) not in known]
    for index, text in enumerate(texts):
        row = known.get(_digest(text))
        if row is not None:
            rows[index] = row
    embedder = find_embedder()
    if missing and embedder is not None:
        rows[missing] = np.rint(embedder.embed([texts[index] for index in missing]) * SCALE).astype(np.int8)
    return rows


@cache
def read_known(file: Path = KNOWN) -> dict[bytes, NDArray[np.int8]]:
    """The file of known vectors: for each text 16 bytes of its SHA-256, then its vector."""
    data = file.read_bytes() if file.is_file() else b""
    size = DIGEST + SIZE
    return {
        data[start : start + DIGEST]: np.frombuffer(data, dtype=np.int8, count=SIZE, offset=start + DIGEST)
        for start in range(0, len(data) - size + 1, size)
    }


def write_known(texts: Iterable[str], file: Path = KNOWN) -> int:
    """Write the file of known vectors anew for these texts; returns how many it holds."""
    unique = sorted(set(texts), key=_digest)
    rows = embed_known(unique, file)
    read_known.cache_clear()
    file.write_bytes(b"".join(_digest(text) + row.tobytes() for text, row in zip(unique, rows, strict=True)))
    return len(unique)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:DIGEST]


def load_vectors(texts: Sequence[str]) -> Vectors:
    """Vectors of texts, a row for each, rounded as they are kept."""
    return embed_known(list(texts)).astype(np.float32) / np.float32(SCALE) if texts else np.empty((0, SIZE), dtype=np.float32)
