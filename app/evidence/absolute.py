"""What a relative effect comes to in people: risks with and without treatment, and the number needed to treat."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from app.evidence.effect import Counts, Measure
from app.evidence.pooling import Pooled


@dataclass(frozen=True)
class Absolute:
    """Risks in percent and their difference in percentage points, each with the 95 % interval of the pooled effect."""

    comparator_risk: float
    """Median of the comparator groups, taken as the risk without treatment."""
    treated_risk: tuple[float, float, float]
    """Estimate, lower and upper end."""
    difference: tuple[float, float, float]
    """Treated less comparator."""
    needed: float | None
    """Number needed to treat for one more person with the outcome, or one fewer where negative; None for no difference."""
    needed_ends: tuple[float, float] | None
    """Its interval, smaller number of people first; None where the difference's contains 0."""


def find_absolute(tables: Sequence[Counts | None], measure: Measure, pooled: Pooled) -> Absolute | None:
    """The absolute effect at the median risk of the comparator groups (Cochrane Handbook, version 6, 15.4.4); None without counts.

    Risks above 100 %, which a risk ratio may give, are cut there."""
    counts = [table for table in tables if table is not None]
    if measure not in {"rr", "or", "rd"} or len(counts) < len(tables) or not counts:
        return None
    base = median(table.events_c / table.n_c for table in counts)
    risks = [min(1.0, max(0.0, _apply(measure, base, value))) for value in (pooled.estimate, pooled.low, pooled.high)]
    differences = [risk - base for risk in risks]
    needed, ends = _find_needed(differences)
    return Absolute(100 * base, _percent(risks), _percent(differences), needed, ends)


def _apply(measure: Measure, base: float, effect: float) -> float:
    """The risk under treatment where the risk without it is `base`."""
    if measure == "rd":
        return base + effect
    if measure == "rr":
        return base * math.exp(effect)
    odds = math.exp(effect) * base
    return odds / (1 - base + odds)


def _find_needed(differences: Sequence[float]) -> tuple[float | None, tuple[float, float] | None]:
    """Inverses of the differences (Altman DG, BMJ 1998;317:1309)."""
    middle, low, high = differences
    needed = 1 / middle if middle else None
    if low > 0 or high < 0:
        first, second = sorted((1 / low, 1 / high), key=abs)
        return needed, (first, second)
    return needed, None


def _percent(values: Sequence[float]) -> tuple[float, float, float]:
    first, second, third = (100 * value for value in values)
    return first, second, third
