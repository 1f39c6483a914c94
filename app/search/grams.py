"""The words of a text, pairs of neighbours, and runs of four letters, which also misspelt words have in common.

A sentence model says what a text is about; who is in danger, a person or a character in a game, often hangs on single words, which it
blurs. Each word, pair and run falls into one of so many buckets by its checksum (feature hashing: Weinberger et al., ICML 2009), so that no
list of them has to be kept. Rare ones weigh more (inverse document frequency: Spärck Jones, J Doc 1972;28:11), and a text has length
one."""

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.search.words import MOST_LETTERS, fold_letters, stem

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

BUCKETS = 1 << 16
RUN = 4
"""Letters of a run."""
LEAST_TEXTS = 2
"""Texts that must have a word, pair or run before anything is learnt from it."""
VERSION = 1
"""Rises when texts are taken apart in another way."""
SETTINGS = (float(VERSION), float(BUCKETS), float(RUN), float(LEAST_TEXTS))
"""What buckets and their weights depend on beside the texts."""

_WORD = re.compile(r"[a-z0-9']+")


def find_grams(text: str) -> Ints:
    """The buckets of a text, each once, in order."""
    return np.array(sorted({zlib.crc32(gram.encode()) % BUCKETS for gram in _split(text[:MOST_LETTERS])}), dtype=np.int32)


def _split(text: str) -> Iterator[str]:
    words = _WORD.findall(fold_letters(text))
    stems = [stem(word) for word in words]
    yield from (f"word {one}" for one in stems)
    yield from (f"pair {one} {other}" for one, other in pairwise(("^", *stems, "$")))
    letters = f" {' '.join(words)} "
    yield from (letters[start : start + RUN] for start in range(len(letters) - RUN + 1))


def weigh_grams(texts: Sequence[Ints]) -> Floats:
    """How much each bucket weighs, from the texts that have it; nothing where too few do."""
    counts = np.bincount(np.concatenate(texts), minlength=BUCKETS) if texts else np.zeros(BUCKETS, dtype=np.int64)
    weights = np.log((len(texts) + 1) / (counts + 1))
    weights[counts < LEAST_TEXTS] = 0
    return weights.astype(np.float32)


def measure(grams: Ints, rarity: Floats) -> Floats:
    """The weights of a text's buckets; their squares add up to one, unless all are nothing."""
    found = rarity[grams]
    return found / max(float(np.sqrt(found @ found)), 1e-9)


class Grams:
    """Many texts: a sparse matrix with a row for each and a column for each bucket."""

    def __init__(self, texts: Sequence[Ints], rarity: Floats) -> None:
        self.count = len(texts)
        self._columns = np.concatenate(texts) if texts else np.zeros(0, dtype=np.int32)
        self._rows = np.repeat(np.arange(self.count), [len(text) for text in texts])
        self._values = np.concatenate([measure(text, rarity) for text in texts]) if texts else np.zeros(0, dtype=np.float32)

    def multiply(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each text the sum of its buckets' weights."""
        return np.bincount(self._rows, weights=self._values * weights[self._columns], minlength=self.count).astype(np.float64)

    def gather(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each bucket the sum of its texts' values."""
        return np.bincount(self._columns, weights=self._values * values[self._rows], minlength=BUCKETS).astype(np.float64)
