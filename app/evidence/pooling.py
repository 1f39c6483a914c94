"""Pooling effects of studies into one: fixed and random effects.

Mantel-Haenszel follows Greenland S, Robins JM, Biometrics 1985;41:55 and Robins J, Breslow N, Greenland S, Biometrics 1986;42:311.
Prediction intervals are those of Higgins JPT, Thompson SG, Spiegelhalter DJ, J R Stat Soc A 2009;172:137. Roots and distributions are
SciPy's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.special import chdtrc, stdtrit  # of scipy.special, since scipy.stats takes a second to import

from app.evidence.effect import Z95, Counts, Effect, EffectError, Measure
from app.evidence.heterogeneity import find_generalised_q, find_tau2

Model = Literal["fixed-mh", "fixed-iv", "dl", "pm", "reml"]
"""Fixed effect by Mantel-Haenszel or inverse variance; random effects with the heterogeneity of DerSimonian-Laird, Paule-Mandel or
restricted maximum likelihood."""

FEWEST = 3
"""Studies that prediction intervals, leaving one out, and Hartung-Knapp intervals by rule need."""

NO_SPREAD = 1e-12
"""Weighted squared deviations that are none."""


@dataclass(frozen=True)
class Pooled:
    """A pooled effect, on the scale of the effects that entered."""

    k: int
    """Studies."""
    n: int | None
    """People, where known of all studies."""
    model: Model
    estimate: float
    se: float
    low: float
    high: float
    """95 % confidence interval."""
    tau2: float
    """Variance of effects between studies; 0 in fixed models."""
    i2: float
    """Share of the variation that is heterogeneity, in percent (Higgins JPT, Thompson SG, Stat Med 2002;21:1539): τ²/(τ²+s²) with the
    typical within-study variance s²; (Q - df)/Q in fixed models."""
    q: float
    """Cochran's Q."""
    p_heterogeneity: float | None
    """Its P value; None for a single study."""
    prediction: tuple[float, float] | None
    """95 % prediction interval; None in fixed models and below three studies."""
    weights: tuple[float, ...]
    """Weights in percent, in the order of the effects."""
    hartung_knapp: bool
    """Whether the interval is that of Hartung and Knapp."""


def pool_effects(effects: Sequence[Effect], measure: Measure, model: Model, *, hartung_knapp: bool | None = False) -> Pooled:
    """Pool `effects`.

    `hartung_knapp` widens or narrows the interval of a random-effects model by the observed spread and takes the t distribution
    (Hartung J, Knapp G, Stat Med 2001;20:3875). None takes it where it is known to do better: for at least three studies that differ
    by more than chance (τ² above 0); without heterogeneity it may come out narrower than the fixed effect's (Röver C, Knapp G, Friede T,
    BMC Med Res Methodol 2015;15:99). Raises `EffectError` where nothing can be pooled."""
    if not effects:
        raise EffectError("there is no study to pool: give at least one row")
    if hartung_knapp is None:
        plain = pool_effects(effects, measure, model)
        if model.startswith("fixed") or len(effects) < FEWEST or plain.tau2 == 0:
            return plain
        return pool_effects(effects, measure, model, hartung_knapp=True)
    if hartung_knapp and (model.startswith("fixed") or len(effects) < 2):
        raise EffectError(
            "the Hartung-Knapp interval needs a random-effects model (dl, pm or reml) and at least two studies: leave --hartung-knapp out"
        )
    if model == "fixed-mh":
        estimate, se, raw_weights = _mantel_haenszel(effects, measure)
        tau2 = 0.0
    else:
        tau2 = 0.0 if model == "fixed-iv" else find_tau2(effects, model)
        raw_weights = [1 / (effect.variance + tau2) for effect in effects]
        estimate = _mean(effects, raw_weights)
        se = math.sqrt(1 / sum(raw_weights))
    k = len(effects)
    reach = Z95
    if hartung_knapp:
        spread = sum(w * (effect.estimate - estimate) ** 2 for w, effect in zip(raw_weights, effects, strict=True))
        if spread < NO_SPREAD:
            raise EffectError("the studies have the same effect, so that Hartung-Knapp gives no interval: leave --hartung-knapp out")
        se = math.sqrt(spread / ((k - 1) * sum(raw_weights)))
        reach = float(stdtrit(k - 1, 0.975))
    q = _cochran_q(effects, estimate if model == "fixed-mh" else None)
    people = [effect.n for effect in effects]
    return Pooled(
        k=k,
        n=None if None in people else sum(n for n in people if n is not None),
        model=model,
        estimate=estimate, se=se, low=estimate - reach * se, high=estimate + reach * se,
        tau2=tau2,
        i2=_i_squared(effects, q, tau2, model),
        q=q,
        p_heterogeneity=float(chdtrc(k - 1, q)) if k > 1 else None,
        prediction=_prediction(estimate, se, tau2, k) if not model.startswith("fixed") else None,
        weights=tuple(100 * weight / sum(raw_weights) for weight in raw_weights),
        hartung_knapp=hartung_knapp,
    )  # fmt: skip


def leave_one_out(effects: Sequence[Effect], measure: Measure, model: Model, *, hartung_knapp: bool | None = False) -> dict[str, Pooled]:
    """The pooled effect without each study, by the study left out; empty below three studies."""
    if len(effects) < FEWEST:
        return {}
    rest = {effect.study: [other for other in effects if other is not effect] for effect in effects}
    return {study: pool_effects(others, measure, model, hartung_knapp=hartung_knapp) for study, others in rest.items()}


def _mean(effects: Sequence[Effect], weights: Sequence[float]) -> float:
    return sum(w * effect.estimate for w, effect in zip(weights, effects, strict=True)) / sum(weights)


def _cochran_q(effects: Sequence[Effect], about: float | None) -> float:
    """Weighted squared deviations from the inverse-variance mean, or from `about`."""
    if about is None:
        return find_generalised_q(effects, 0.0)
    return sum((effect.estimate - about) ** 2 / effect.variance for effect in effects)


def _i_squared(effects: Sequence[Effect], q: float, tau2: float, model: Model) -> float:
    k = len(effects)
    if k < 2:
        return 0.0
    if model.startswith("fixed"):
        return max(0.0, 100 * (q - (k - 1)) / q) if q > 0 else 0.0
    weights = [1 / effect.variance for effect in effects]
    typical = (k - 1) * sum(weights) / (sum(weights) ** 2 - sum(w * w for w in weights))
    return 100 * tau2 / (tau2 + typical)


def _prediction(estimate: float, se: float, tau2: float, k: int) -> tuple[float, float] | None:
    if k < FEWEST:
        return None
    reach = float(stdtrit(k - 2, 0.975)) * math.sqrt(tau2 + se**2)
    return estimate - reach, estimate + reach


def _mantel_haenszel(effects: Sequence[Effect], measure: Measure) -> tuple[float, float, list[float]]:
    """Pooled estimate, its standard error, and weights."""
    tables = [effect.counts for effect in effects]
    if any(table is None for table in tables) or measure not in {"rr", "or", "rd"}:
        raise EffectError("Mantel-Haenszel needs counts and rr, or, or rd: choose another model, such as fixed-iv")
    counts = [table for table in tables if table is not None]
    if measure == "rd":
        weights = [x.n_t * x.n_c / x.total for x in counts]
        estimate = sum((x.events_t * x.n_c - x.events_c * x.n_t) / x.total for x in counts) / sum(weights)
        spread = sum(_rd_spread(x) for x in counts)
        if spread == 0:
            raise EffectError("nobody or everybody had the outcome in each group, which leaves no variance: use fixed-iv, dl, pm or reml")
        return estimate, math.sqrt(spread) / sum(weights), weights
    numerators = [x.events_t * (x.n_c if measure == "rr" else x.n_c - x.events_c) / x.total for x in counts]
    denominators = [x.events_c * (x.n_t if measure == "rr" else x.n_t - x.events_t) / x.total for x in counts]
    r, s = sum(numerators), sum(denominators)
    if r == 0 or s == 0:
        raise EffectError("nobody had the outcome in one arm of all studies: use fixed-iv, dl, pm or reml, which correct zero cells")
    if measure == "rr":
        p = sum((x.n_t * x.n_c * (x.events_t + x.events_c) - x.events_t * x.events_c * x.total) / x.total**2 for x in counts)
        variance = p / (r * s)
    else:
        variance = _robins_breslow_greenland(counts, r, s)
    return math.log(r / s), math.sqrt(variance), denominators


def _rd_spread(x: Counts) -> float:
    a, c = x.events_t, x.events_c
    return (a * (x.n_t - a) * x.n_c**3 + c * (x.n_c - c) * x.n_t**3) / (x.n_t * x.n_c * x.total**2)


def _robins_breslow_greenland(counts: Sequence[Counts], r: float, s: float) -> float:
    pr = ps_qr = qs = 0.0
    for x in counts:
        a, b, c, d = x.events_t, x.n_t - x.events_t, x.events_c, x.n_c - x.events_c
        p, q = (a + d) / x.total, (b + c) / x.total
        r_i, s_i = a * d / x.total, b * c / x.total
        pr, ps_qr, qs = pr + p * r_i, ps_qr + p * s_i + q * r_i, qs + q * s_i
    return pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s)
