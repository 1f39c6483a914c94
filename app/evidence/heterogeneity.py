"""Estimating τ², the variance of effects between studies."""

from collections.abc import Sequence
from typing import Literal

from scipy.optimize import brentq

from app.evidence.effect import Effect, EffectError

STEPS = 1000
PRECISION = 1e-12


def find_tau2(effects: Sequence[Effect], method: Literal["dl", "pm", "reml"]) -> float:
    """τ² by DerSimonian-Laird (Control Clin Trials 1986;7:177), Paule-Mandel (J Res Natl Bur Stand 1982;87:377) or restricted maximum
    likelihood (Viechtbauer W, J Educ Behav Stat 2005;30:261); 0 for a single study, and never below 0."""
    if len(effects) < 2:
        return 0.0
    if method == "dl":
        return _dersimonian_laird(effects)
    return _paule_mandel(effects) if method == "pm" else _reml(effects)


def find_generalised_q(effects: Sequence[Effect], tau2: float) -> float:
    """Squared deviations from the mean, weighted by 1/(variance + τ²)."""
    weights = [1 / (effect.variance + tau2) for effect in effects]
    mean = sum(w * effect.estimate for w, effect in zip(weights, effects, strict=True)) / sum(weights)
    return sum(w * (effect.estimate - mean) ** 2 for w, effect in zip(weights, effects, strict=True))


def _dersimonian_laird(effects: Sequence[Effect]) -> float:
    weights = [1 / effect.variance for effect in effects]
    spare = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return max(0.0, (find_generalised_q(effects, 0.0) - (len(effects) - 1)) / spare)


def _paule_mandel(effects: Sequence[Effect]) -> float:
    """The τ² at which the generalised Q equals its degrees of freedom."""
    df = len(effects) - 1

    def excess(tau2: float) -> float:
        return find_generalised_q(effects, tau2) - df

    if excess(0.0) <= 0:
        return 0.0
    # With every variance at least τ², Q is at most the unweighted sum of squares over τ², so the root lies below that sum.
    middle = sum(effect.estimate for effect in effects) / len(effects)
    top = sum((effect.estimate - middle) ** 2 for effect in effects) / df
    return float(brentq(excess, 0.0, top, xtol=PRECISION, maxiter=STEPS))


def _reml(effects: Sequence[Effect]) -> float:
    """The root of the restricted likelihood's derivative in τ², or 0 where that derivative is negative from the start."""

    def score(tau2: float) -> float:
        weights = [1 / (effect.variance + tau2) for effect in effects]
        total = sum(weights)
        mean = sum(w * effect.estimate for w, effect in zip(weights, effects, strict=True)) / total
        fit = sum((w * (effect.estimate - mean)) ** 2 for w, effect in zip(weights, effects, strict=True))
        return fit - total + sum(w * w for w in weights) / total

    if score(0.0) <= 0:
        return 0.0
    middle = sum(effect.estimate for effect in effects) / len(effects)
    top = sum((effect.estimate - middle) ** 2 for effect in effects)
    for _ in range(STEPS):
        if score(top) < 0:
            return float(brentq(score, 0.0, top, xtol=PRECISION, maxiter=STEPS))
        top *= 2
    raise EffectError("restricted maximum likelihood did not converge on these studies: use dl or pm")
