"""The effect of one study: treatment against comparator, with its variance.

Formulas are those of the Cochrane Handbook for Systematic Reviews of Interventions, version 6, chapters 6 and 10, and of Deeks JJ,
Higgins JPT, "Statistical algorithms in Review Manager 5" (2010). Ratios are worked out on the log scale."""

import math
from dataclasses import dataclass
from typing import Literal

Measure = Literal["rr", "or", "rd", "md", "smd", "generic"]
"""Risk ratio, odds ratio, risk difference, mean difference, standardised mean difference (Hedges' g), or ready estimates."""

RATIOS: frozenset[Measure] = frozenset({"rr", "or"})

Z95 = 1.959963984540054
"""97.5th percentile of the standard normal distribution."""

SMALLEST, LARGEST = 1e-9, 1e9
"""Standard errors and deviations outside these are slips of the pen, and would overflow on the way."""
LARGEST_LOGARITHM = 20.0
"""Of a ratio or its standard error: a ratio of almost 500 million."""


class EffectError(ValueError):
    """No effect can be worked out from these numbers; says why and what to do."""


@dataclass(frozen=True)
class Counts:
    """People with the outcome in two arms."""

    events_t: int
    n_t: int
    events_c: int
    n_c: int

    def __post_init__(self) -> None:
        for arm, events, n in (("t", self.events_t, self.n_t), ("c", self.events_c, self.n_c)):
            if n < 1:
                raise EffectError(f"n_{arm} is {n}: a group needs at least one person; correct it, or leave the study out")
            if events < 0:
                raise EffectError(f"events_{arm} is {events}: a count cannot be negative; correct it")
            if events > n:
                raise EffectError(f"events_{arm} ({events}) is above n_{arm} ({n}): correct one of them")

    @property
    def total(self) -> int:
        """People in both arms."""
        return self.n_t + self.n_c


@dataclass(frozen=True)
class Means:
    """Means of two arms."""

    mean_t: float
    sd_t: float
    n_t: int
    mean_c: float
    sd_c: float
    n_c: int

    def __post_init__(self) -> None:
        for arm, sd, n in (("t", self.sd_t, self.n_t), ("c", self.sd_c, self.n_c)):
            if n < 2:
                raise EffectError(f"n_{arm} is {n}: a standard deviation needs at least two people; correct it, or leave the study out")
            if sd < 0:
                raise EffectError(f"sd_{arm} is {sd:g}: a standard deviation cannot be negative; correct it")
            if 0 < sd < SMALLEST:
                raise EffectError(f"sd_{arm} is {sd:g}, which is too small to be measured: correct it, or change the unit")
        if self.sd_t == 0 and self.sd_c == 0:
            raise EffectError("both standard deviations are 0: give them as published, or leave the study out")

    @property
    def total(self) -> int:
        """People in both arms."""
        return self.n_t + self.n_c


@dataclass(frozen=True)
class Effect:
    """An effect on the scale on which it is pooled: the logarithm for ratios."""

    study: str
    estimate: float
    variance: float
    n: int | None = None
    """People, where known."""
    counts: Counts | None = None
    """The counts behind it, which Mantel-Haenszel pooling needs."""
    note: str | None = None
    """What was done to get it, such as a continuity correction."""

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval from the normal distribution."""
        reach = Z95 * math.sqrt(self.variance)
        return self.estimate - reach, self.estimate + reach


def get_effect_of_counts(study: str, counts: Counts, measure: Measure) -> Effect:
    """Log risk ratio, log odds ratio or risk difference of a two-by-two table.

    Where a cell is zero, 0.5 is added to each of the four cells of that study for ratios (Handbook 10.4.4.2); a study in which
    nobody or everybody had the outcome in both arms tells nothing about a ratio and raises `EffectError`."""
    a, c = float(counts.events_t), float(counts.events_c)
    b, d = counts.n_t - a, counts.n_c - c
    note = None
    if measure in RATIOS:
        if (a == 0 and c == 0) or (b == 0 and d == 0):
            who = "nobody" if a == 0 else "everybody"
            raise EffectError(
                f"{who} had the outcome in either arm, which tells nothing about a ratio: leave it out or use a risk difference"
            )
        if 0 in (a, b, c, d):
            a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
            note = "0.5 was added to each cell, because one cell is zero"
    n_t, n_c = a + b, c + d
    if measure == "rr":
        estimate, variance = math.log((a / n_t) / (c / n_c)), 1 / a - 1 / n_t + 1 / c - 1 / n_c
    elif measure == "or":
        estimate, variance = math.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    elif measure == "rd":
        estimate, variance = a / n_t - c / n_c, a * b / n_t**3 + c * d / n_c**3
        if variance == 0:
            corrected = _find_corrected_variance(counts)
            variance, note = corrected, "the variance was worked out with 0.5 added to each cell, because it would be zero"
    else:
        raise EffectError(f"`{measure}` cannot be worked out from counts: use rr, or, or rd")
    return Effect(study, estimate, variance, counts.total, counts, note)


def _find_corrected_variance(counts: Counts) -> float:
    """Variance of the risk difference with 0.5 added to each cell (Handbook 10.4.4.2)."""
    a, c = counts.events_t + 0.5, counts.events_c + 0.5
    n_t, n_c = counts.n_t + 1.0, counts.n_c + 1.0
    return a * (n_t - a) / n_t**3 + c * (n_c - c) / n_c**3


def get_effect_of_means(study: str, means: Means, measure: Measure) -> Effect:
    """Mean difference, or standardised mean difference as Hedges' adjusted g with the variance that Review Manager uses."""
    n_t, n_c, total = means.n_t, means.n_c, means.total
    difference = means.mean_t - means.mean_c
    if measure == "md":
        return Effect(study, difference, means.sd_t**2 / n_t + means.sd_c**2 / n_c, total)
    if measure == "smd":
        pooled_sd = math.sqrt(((n_t - 1) * means.sd_t**2 + (n_c - 1) * means.sd_c**2) / (total - 2))
        g = difference / pooled_sd * (1 - 3 / (4 * total - 9))
        return Effect(study, g, total / (n_t * n_c) + g**2 / (2 * (total - 3.94)), total)
    raise EffectError(f"`{measure}` cannot be worked out from means: use md or smd")


def get_effect_of_estimate(
    study: str, estimate: float, *, se: float | None = None, interval: tuple[float, float] | None = None, n: int | None = None
) -> Effect:
    """A ready estimate with its standard error, or with a 95 % interval from which the standard error is taken, all on the scale on
    which it is to be pooled."""
    if se is None:
        if interval is None:
            raise EffectError("neither `se` nor both `ci_low` and `ci_high` are given: give one of them")
        low, high = interval
        if low > high:
            raise EffectError(f"ci_low ({low:g}) is above ci_high ({high:g}): swap them")
        if not low <= estimate <= high:
            raise EffectError(f"the interval {low:g} to {high:g} does not contain the estimate {estimate:g}: correct them")
        se = (high - low) / (2 * Z95)
    if se <= 0:
        raise EffectError(f"the standard error is {se:g}: it must be above 0; correct it, or give the interval")
    if not SMALLEST <= se <= LARGEST:
        raise EffectError(f"the standard error is {se:g}, outside {SMALLEST:g} to {LARGEST:g}: correct it, or change the unit")
    return Effect(study, estimate, se**2, n)


def check_logarithm(effect: Effect) -> Effect:
    """`effect`, whose estimate is the logarithm of a ratio; refused where no ratio can be that large."""
    if max(abs(effect.estimate), math.sqrt(effect.variance)) > LARGEST_LOGARITHM:
        raise EffectError(
            f"the estimate {effect.estimate:g} with standard error {math.sqrt(effect.variance):g} cannot be the logarithm of a ratio: "
            "take the logarithm, or leave out --log where these are ratios"
        )
    return effect


def transform_ratio(study: str, value: float) -> float:
    """Logarithm of a ratio."""
    if value <= 0:
        raise EffectError(f"{study}: the ratio {value:g} is not above 0; if values are logarithms, say --log")
    return math.log(value)
