"""How likely a question is of some kind, by the models that the build has fitted (`app/search/models.py`)."""

import math
import sqlite3

import numpy as np

from app.search.embedder import SIZE, Vectors
from app.search.grams import Ints, measure
from app.search.kernel import liken
from app.search.nearness import Nearness, Rows, read_rows

ALONE = "words"
"""Of the names of models by words alone."""


class Judge:
    """Fitted models over one basis, or over words alone."""

    def __init__(self, basis: Rows | None, rarity: Vectors, models: dict[str, Vectors]) -> None:
        """`rarity`: weight of each bucket; `models`: weights as `fit` gives them."""
        self._nearness = Nearness(basis) if basis is not None else None
        self._rarity = rarity
        size = len(basis.whole) if basis is not None else 0
        self._models = {name: (model[:size], model[size:-1], float(model[-1])) for name, model in models.items()}

    def find(self, grams: Ints, vector: Vectors | None = None) -> dict[str, float]:
        """For each model the logarithm of the odds that its label fits a text with these buckets and this vector."""
        share = measure(grams, self._rarity)
        likeness = liken(self._nearness.find(vector)) if self._nearness is not None and vector is not None else None
        found: dict[str, float] = {}
        for name, (examples, buckets, constant) in self._models.items():
            near = float(examples @ likeness) if likeness is not None else 0.0
            found[name] = near + float(buckets[grams] @ share) + constant
        return found


def chance(odds: float) -> float:
    """The chance that goes with the logarithm of odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def read_judge(connection: sqlite3.Connection, name: str, *, with_model: bool) -> Judge | None:
    """The models of a name; None where the release has none. `with_model`: those that take vectors, too."""
    kept = name if with_model else f"{name}-{ALONE}"
    rows = connection.execute("SELECT name, data FROM search_array WHERE name LIKE ?", (f"{kept}:%",))
    models = {row.partition(":")[2]: np.frombuffer(data, dtype=np.float32) for row, data in rows}
    if not models:
        return None
    (weights,) = connection.execute("SELECT data FROM search_array WHERE name = ?", (f"{name}_rarity",)).fetchone()
    rarity = np.frombuffer(weights, dtype=np.float32)
    return Judge(read_rows(connection, name, SIZE) if with_model else None, rarity, models)
