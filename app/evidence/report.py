"""A pooled result as `python -m app pool` prints it: as JSON and as a table for the eye."""

import math
from collections.abc import Sequence
from typing import TypedDict

from app.evidence.effect import Effect, Measure
from app.evidence.pooling import Pooled

NAMES: dict[Measure, str] = {
    "rr": "risk ratio", "or": "odds ratio", "rd": "risk difference", "md": "mean difference",
    "smd": "standardised mean difference (Hedges' g)", "generic": "effect",
}  # fmt: skip


class StudyRow(TypedDict):
    """A study in the report."""

    study: str
    estimate: float
    ci_low: float
    ci_high: float
    weight: float


class PoolReport(TypedDict):
    """The members of the JSON; ratios as ratios, `se` and `tau2` on the log scale."""

    k: int
    n: int | None
    effect: str
    model: str
    hartung_knapp: bool
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    tau2: float
    i2: float
    q: float
    p_heterogeneity: float | None
    prediction_low: float | None
    prediction_high: float | None
    studies: list[StudyRow]
    notes: list[str]


def build_report(effects: Sequence[Effect], pooled: Pooled, measure: Measure, *, exponentiate: bool, hartung_knapp: bool) -> PoolReport:
    """All that is known of a pooled result."""

    def shown(value: float) -> float:
        return math.exp(value) if exponentiate else value

    low, high = pooled.prediction or (None, None)
    return PoolReport(
        k=pooled.k, n=pooled.n, effect=measure, model=pooled.model, hartung_knapp=hartung_knapp,
        estimate=shown(pooled.estimate), se=pooled.se, ci_low=shown(pooled.low), ci_high=shown(pooled.high),
        tau2=pooled.tau2, i2=pooled.i2, q=pooled.q, p_heterogeneity=pooled.p_heterogeneity,
        prediction_low=None if low is None else shown(low), prediction_high=None if high is None else shown(high),
        studies=[
            StudyRow(
                study=effect.study, estimate=shown(effect.estimate),
                ci_low=shown(effect.interval[0]), ci_high=shown(effect.interval[1]), weight=weight,
            )
            for effect, weight in zip(effects, pooled.weights, strict=True)
        ],
        notes=[f"{effect.study}: {effect.note}" for effect in effects if effect.note],
    )  # fmt: skip


def render_report(report: PoolReport, measure: Measure) -> str:
    """The report as a table of text."""
    width = max(len("pooled"), *(len(row["study"]) for row in report["studies"]))
    lines = [
        f"{row['study']:<{width}}  {row['estimate']:>9.4f}  {row['ci_low']:>9.4f} to {row['ci_high']:>9.4f}  {row['weight']:5.1f} %"
        for row in report["studies"]
    ]
    total = f"{'pooled':<{width}}  {report['estimate']:>9.4f}  {report['ci_low']:>9.4f} to {report['ci_high']:>9.4f}"
    p = report["p_heterogeneity"]
    spread = f"tau² {report['tau2']:.4f}, I² {report['i2']:.1f} %, Q {report['q']:.4f}" + ("" if p is None else f" (p {p:.4f})")
    people = "" if report["n"] is None else f", {report['n']} people"
    head = f"{NAMES[measure]}, {report['model']}, {report['k']} {'study' if report['k'] == 1 else 'studies'}{people}; 95 % intervals"
    tail = [spread]
    if report["prediction_low"] is not None and report["prediction_high"] is not None:
        tail.append(f"95 % prediction interval {report['prediction_low']:.4f} to {report['prediction_high']:.4f}")
    return "\n".join([head, *lines, total, *tail, *report["notes"]])
