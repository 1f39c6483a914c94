"""Texts that stand twice in a catalogue, found without holding all of them."""

from array import array
from collections.abc import Iterable

import numpy as np


def find_doubled(texts: Iterable[str]) -> frozenset[int]:
    """Hashes of the texts that stand more than once: eight bytes are kept of each. Whoever looks at a text with such a hash compares it."""
    hashes = np.frombuffer(array("q", (hash(text) for text in texts)), dtype=np.int64)
    ordered = np.sort(hashes)
    return frozenset(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
