"""Syntheses in their public shape."""

import math
from collections.abc import Sequence

from app.content.library import Library
from app.content.synthesis import Synthesis
from app.evidence.absolute import Absolute
from app.evidence.pooling import Pooled
from app.evidence.synthesis import Entered, compute_synthesis, enter_results
from app.release.facts import render_as
from app.schemas.v1 import synthesis as shapes
from app.schemas.v1.common import ItemLinks
from app.schemas.v1.fact import FactInSection

RATIOS = frozenset({"rr", "or", "hr"})
DIGITS = 6
"""Significant digits of computed figures: more than anybody reads, fewer than machines may differ in."""


def render_synthesis(
    synthesis: Synthesis, library: Library, facts: Sequence[FactInSection]
) -> tuple[shapes.Synthesis, shapes.SynthesisCard]:
    """The document and the card of a synthesis, computed from its entries."""
    computed = compute_synthesis(synthesis, library)
    ratio = synthesis.effect in RATIOS
    result = _estimate(computed.pooled, ratio=ratio) if computed else None
    links = ItemLinks(self=f"/v1/syntheses/{synthesis.id}")
    document = render_as(
        shapes.Synthesis, synthesis,
        result=result,
        hartung_knapp=computed is not None and computed.pooled.hartung_knapp,
        method=_tell_method(synthesis, computed.pooled) if computed else None,
        absolute=_absolute(computed.absolute) if computed and computed.absolute else None,
        sensitivity=[_estimate(pooled, ratio=ratio) for _, pooled in computed.sensitivity] if computed else [],
        leave_one_out=[_without(study, pooled, ratio=ratio) for study, pooled in computed.without] if computed else [],
        entries=_entries(synthesis, enter_results(synthesis, library), computed.pooled.weights if computed else (), ratio=ratio),
        facts=list(facts),
        links=links,
    )  # fmt: skip
    return document, render_as(shapes.SynthesisCard, synthesis, result=result, links=links)


MODELS = {
    "fixed-mh": "fixed effect, Mantel-Haenszel",
    "fixed-iv": "fixed effect, inverse variance",
    "dl": "random effects, DerSimonian-Laird",
    "pm": "random effects, Paule-Mandel",
    "reml": "random effects, REML",
}
ZERO_CELLS = "where one cell of a study is zero, 0.5 is added to each of its four; with nobody or everybody in both groups it is left out"


def _tell_method(synthesis: Synthesis, pooled: Pooled) -> str:
    """Model, interval and zero cells in words."""
    interval = "Hartung-Knapp interval" if pooled.hartung_knapp else "normal interval"
    if synthesis.hartung_knapp is None and not pooled.model.startswith("fixed"):
        interval += " (Hartung-Knapp from three results with τ² above 0 on)"
    told = [MODELS[synthesis.model], interval, *([ZERO_CELLS] if synthesis.effect in {"rr", "or"} else [])]
    sentence = "; ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _absolute(found: Absolute) -> shapes.Absolute:
    treated, low, high = map(round_computed, found.treated_risk)
    difference, difference_low, difference_high = map(round_computed, found.difference)
    first, second = found.needed_ends or (None, None)
    return shapes.Absolute(
        comparator_risk_percent=round_computed(found.comparator_risk),
        treated_risk_percent=treated, treated_risk_low=low, treated_risk_high=high,
        difference_percent=difference, difference_low=difference_low, difference_high=difference_high,
        number_needed_to_treat=None if found.needed is None else round_computed(found.needed),
        needed_low=None if first is None else round_computed(first),
        needed_high=None if second is None else round_computed(second),
    )  # fmt: skip


def round_computed(value: float) -> float:
    """A computed figure as it is served."""
    return float(f"{value:.{DIGITS}g}")


def _shown(value: float, *, ratio: bool) -> float:
    return round_computed(math.exp(value) if ratio else value)


def _estimate(pooled: Pooled, *, ratio: bool) -> shapes.Estimate:
    low, high = pooled.prediction or (None, None)
    return shapes.Estimate(
        model=pooled.model, k=pooled.k, n=pooled.n,
        estimate=_shown(pooled.estimate, ratio=ratio), ci_low=_shown(pooled.low, ratio=ratio), ci_high=_shown(pooled.high, ratio=ratio),
        se=_shown(pooled.se, ratio=False), tau2=_shown(pooled.tau2, ratio=False), i2=_shown(pooled.i2, ratio=False),
        q=_shown(pooled.q, ratio=False),
        p_heterogeneity=None if pooled.p_heterogeneity is None else _shown(pooled.p_heterogeneity, ratio=False),
        prediction_low=None if low is None else _shown(low, ratio=ratio),
        prediction_high=None if high is None else _shown(high, ratio=ratio),
    )  # fmt: skip


def _without(study: str, pooled: Pooled, *, ratio: bool) -> shapes.Without:
    estimate, low, high = (_shown(value, ratio=ratio) for value in (pooled.estimate, pooled.low, pooled.high))
    return shapes.Without(study=study, estimate=estimate, ci_low=low, ci_high=high)


def _entries(synthesis: Synthesis, results: Sequence[Entered], weights: Sequence[float], *, ratio: bool) -> list[shapes.Entry]:
    """The results that entered; without weights where nothing is pooled."""
    rows: list[shapes.Entry] = []
    for place, (entry, entered) in enumerate(zip(synthesis.entries, results, strict=True)):
        counts = entered.counts
        estimate, low, high = (_shown(value, ratio=ratio) for value in (entered.effect.estimate, *entered.effect.interval))
        rows.append(
            shapes.Entry(
                study=entered.study, figure=entry.figure,
                treatment_arms=list(entry.treatment_arms), comparator_arms=list(entry.comparator_arms),
                estimate=estimate, ci_low=low, ci_high=high,
                weight_percent=_shown(weights[place], ratio=False) if weights else None,
                events_t=counts.events_t if counts else None, n_t=counts.n_t if counts else None,
                events_c=counts.events_c if counts else None, n_c=counts.n_c if counts else None,
                note=entered.note,
            )
        )  # fmt: skip
    return rows
