"""Where the questions and texts of statements stand in the arrays in which a question is weighed.

Slots stand in rows as long as there are statements: first questions, second questions, and so on, then texts, then plain texts; so that
the best of each statement is found row by row, which is several times as fast as going through the units of each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.projection import find_starts

Ints = NDArray[np.int32]

ASK, TEXT, PLAIN = 0, 1, 2
"""Kinds of unit."""
TEXTS = 2
"""Rows of texts, which come last."""


class Layout(NamedTuple):
    """The slots of a catalogue."""

    positions: Ints
    """Positions of the statements in the release, in order."""
    slots: Ints
    """The slot of each unit."""


def lay_out(facts: Ints, kinds: NDArray[np.int8]) -> Layout:
    """`facts`: position of the statement of each unit, in order. `kinds`: of the units."""
    positions = facts[find_starts(facts)]
    owners = np.searchsorted(positions, facts)
    asked = owners[kinds == ASK]
    starts = find_starts(asked)
    counts = np.diff(np.append(starts, len(asked)))
    rows = np.empty(len(owners), dtype=np.intp)
    rows[kinds == ASK] = np.arange(len(asked)) - np.repeat(starts, counts)
    most = int(counts.max(initial=0))
    rows[kinds == TEXT], rows[kinds == PLAIN] = most, most + 1
    return Layout(positions, (rows * len(positions) + owners).astype(np.int32))


def count_rows(slots: Ints, facts: int) -> int:
    """How many rows there are for so many statements."""
    return int(slots.max(initial=0)) // max(1, facts) + 1 if len(slots) else TEXTS
