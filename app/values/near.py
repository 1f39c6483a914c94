"""Names that someone may have meant."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

LEAST_LIKENESS = 60
"""In per cent: share of letters that two names have in common, in order."""


def find_near_names(name: str, names: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Up to `most` of `names` that look like `name`, best first; none when nothing is near."""
    choices = list(dict.fromkeys(names))
    folded = name.lower()
    found = process.extract(folded, choices, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS, limit=most)
    near = [choice for choice, _, _ in found]
    if len(near) < most and len(name) >= 3:
        near += [choice for choice in choices if folded in choice and choice not in near]
    return tuple(near[:most])
