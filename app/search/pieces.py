"""The parts of a text that may say something by themselves."""

import re
from collections.abc import Iterator

RUN = 10
"""Words of a run."""
LONG = 14
"""Words from which what stands between two marks is looked at in runs, each of which shares its half with the next."""
LEAST_WORDS = 2
"""Words of a piece."""

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s*\n\s*")
_CLAUSE = re.compile(r"[,:()]+\s+|\s+[-\u2013\u2014(]+\s*|(?:--|\u2014)-*\s*")


def find_pieces(text: str) -> list[str]:
    """Sentences, what stands between commas and the like, and runs of words where there are no marks for long; each once, in order, without
    the text itself."""
    found = dict.fromkeys(piece for piece in _split(text) if len(piece.split()) >= LEAST_WORDS)
    found.pop(text.strip(), None)
    return list(found)


def _split(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(text.strip()):
        yield sentence
        for clause in _CLAUSE.split(sentence):
            yield clause
            words = clause.split()
            if len(words) > LONG:
                yield from (" ".join(words[start : start + RUN]) for start in range(0, len(words) - RUN + RUN // 2, RUN // 2))
