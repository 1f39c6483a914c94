"""Asking the catalogue's own questions back, to see whether each finds the statement that it belongs to."""

from dataclasses import dataclass

import numpy as np

from app.search.answerer import Searcher
from app.search.known import SCALE, embed_known
from app.search.reading import Reading


@dataclass(frozen=True)
class AskedBack:
    """How many questions found their own statement."""

    count: int
    first: int
    within_three: int
    lost: tuple[tuple[str, str], ...]
    """Statement and question, of those that did not find it within three."""


def ask_back(searcher: Searcher) -> AskedBack:
    """Ask every question of a release. Their vectors are known, so that the sentence model has nothing to do."""
    ranker = searcher.ranker
    facts = searcher.store.read_facts([int(position) for position in ranker.positions])
    asked = [(place, ask) for place, fact in enumerate(facts) for ask in fact.asks]
    weights = np.array(searcher.calibration.rank, dtype=np.float32)
    known = embed_known([ask for _, ask in asked]).astype(np.float32) / SCALE if ranker.embedder is not None else None
    first = within = 0
    lost: list[tuple[str, str]] = []
    for number, (place, ask) in enumerate(asked):
        scores = ranker.measure(Reading(ask, ranker.understand(ask), known[number] if known is not None else None)) @ weights
        better = int((scores > scores[place]).sum())
        first += better == 0
        within += better < 3
        if better >= 3:
            lost.append((facts[place].id, ask))
    return AskedBack(len(asked), first, within, tuple(lost))
