"""Names that someone may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def find_near_names(name: str, names: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Up to `most` of `names` that look like `name`, best first; none when nothing is near."""
    choices = sorted(set(names))
    near = get_close_matches(name.lower(), choices, n=most, cutoff=0.6)
    inside = [choice for choice in choices if len(name) >= 3 and name.lower() in choice and choice not in near]
    return tuple([*near, *inside][:most])
