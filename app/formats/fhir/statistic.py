"""Figures as the statistics of `Evidence`, with the codes that HL7 has for them."""

from typing import Final

from app.formats.fhir.element import amount, coded, concept, extend_members, interval
from app.formats.tree import Node, dump
from app.schemas.v1.study import ArmResult, Computed, Contrast
from app.schemas.v1.synthesis import Entry, Estimate, Without

TYPES: Final = {
    "mean": ("C53319", "Mean"),
    "median": ("C28007", "Median"),
    "proportion": ("C44256", "Proportion"),
    "count": ("C25463", "Count"),
    "mean-difference": ("0000457", "Mean Difference"),
    "ls-mean-difference": ("0000457", "Mean Difference"),
    "median-difference": ("absolute-MedianDiff", "Absolute Median Difference"),
    "standardised-mean-difference": ("0000100", "Standardized Mean Difference"),
    "odds-ratio": ("C16932", "Odds Ratio"),
    "risk-ratio": ("C93152", "Relative Risk"),
    "hazard-ratio": ("C93150", "Hazard Ratio"),
    "risk-difference": ("0000424", "Risk Difference"),
    "md": ("0000457", "Mean Difference"),
    "smd": ("0000100", "Standardized Mean Difference"),
    "or": ("C16932", "Odds Ratio"),
    "rr": ("C93152", "Relative Risk"),
    "hr": ("C93150", "Hazard Ratio"),
    "rd": ("0000424", "Risk Difference"),
}
"""HL7's `statistic-type` for what we call an effect. Others, such as a number needed to treat, are named in words alone."""

ATTRIBUTES: Final = {
    "interval": ("C53324", "Confidence interval"),
    "sd": ("C53322", "Standard deviation"),
    "se": ("0000037", "Standard error of the mean"),
    "p": ("C44185", "P-value"),
    "tau2": ("0000421", "Tau squared"),
    "i2": ("0000420", "I-squared"),
    "q": ("0000419", "Cochran's Q statistic"),
}
"""HL7's `attribute-estimate-type`."""

PERCENT: Final = ("risk-difference", "rd")
"""Effects that are given in percentage points."""


def render_arm(result: ArmResult, label: str, unit: str | None) -> list[Node]:
    """What was counted or measured in an arm: a statistic for the count, and one each for mean and median."""
    shared: Node = {"description": label, "note": [{"text": result.note}] if result.note else [], "sampleSize": _sample(result.n)}
    found: list[Node] = []
    counted: Node = {"numberOfEvents": result.events, "extension": extend_members(dump(result, "arm"))}
    if result.percent is not None:
        found.append({**shared, **counted, "statisticType": _type("proportion"), "quantity": amount(result.percent, "%")})
    elif result.events is not None or (result.mean is None and result.median is None):
        found.append({**shared, **counted, "statisticType": _type("count")})
    spread = [*_attribute("sd", result.sd, unit), *_attribute("se", result.se, unit), *_around(result.low, result.high, unit)]
    measured = [(name, value) for name, value in (("mean", result.mean), ("median", result.median)) if value is not None]
    for place, (name, value) in enumerate(measured):
        members: Node = {"statisticType": _type(name), "quantity": amount(value, unit), "attributeEstimate": spread if place == 0 else []}
        found.append({**shared, **members, "extension": extend_members(dump(result, "arm"))})
    if not measured and spread:
        found[0] = {**found[0], "attributeEstimate": spread}
    return found


def render_contrast(contrast: Contrast) -> Node:
    """A published comparison of two arms."""
    p: list[Node] = [{"type": _code("attribute-estimate-type", ATTRIBUTES["p"]), "description": contrast.p}] if contrast.p else []
    return {
        "category": concept("published"),
        "description": f"{contrast.treatment} against {contrast.comparator}: {contrast.kind}",
        "statisticType": _type(contrast.kind),
        "quantity": amount(contrast.estimate, "%" if contrast.kind in PERCENT else None),
        "attributeEstimate": [
            *_interval(contrast.low, contrast.high, contrast.level_percent),
            *_error(contrast.se),
            *p,
        ],
        "note": [{"text": contrast.note}] if contrast.note else [],
        "extension": extend_members(dump(contrast, "kind", "treatment", "comparator", "level_percent")),
    }


def render_computed(computed: Computed) -> Node:
    """An effect worked out from the arms."""
    return {
        "category": concept("computed from the arms"),
        "description": f"{computed.treatment} against {computed.comparator}: {computed.kind}",
        "statisticType": _type(computed.kind),
        "quantity": amount(computed.estimate, "%" if computed.kind in PERCENT else None),
        "attributeEstimate": _interval(computed.low, computed.high, 95),
        "note": [{"text": computed.note}] if computed.note else [],
        "extension": extend_members(dump(computed, "kind", "treatment", "comparator")),
    }


def render_estimate(estimate: Estimate, effect: str, category: str) -> Node:
    """A pooled effect with what it tells of heterogeneity."""
    predicted = _interval(estimate.prediction_low, estimate.prediction_high, 95)
    heterogeneity = _attribute("p", estimate.p_heterogeneity)
    return {
        "category": concept(category),
        "description": f"Pooled by {estimate.model}",
        "statisticType": _type(effect),
        "quantity": amount(estimate.estimate),
        "sampleSize": {"numberOfStudies": estimate.k, "numberOfParticipants": estimate.n},
        "attributeEstimate": [
            *_interval(estimate.ci_low, estimate.ci_high, 95),
            *_error(estimate.se),
            *_attribute("tau2", estimate.tau2),
            *_attribute("i2", estimate.i2, "%"),
            *_attribute("q", estimate.q),
            *({**entry, "description": "of heterogeneity"} for entry in heterogeneity),
            *({**entry, "type": concept("prediction interval")} for entry in predicted),
        ],
        "modelCharacteristic": [{"code": concept(estimate.model)}],
    }


def render_entry(entry: Entry, effect: str) -> Node:
    """A trial result that entered, with its weight and its counts."""
    return {
        "category": concept("entered"),
        "description": f"{entry.study}: {entry.figure}",
        "statisticType": _type(effect),
        "quantity": amount(entry.estimate),
        "attributeEstimate": _interval(entry.ci_low, entry.ci_high, 95),
        "note": [{"text": entry.note}] if entry.note else [],
        "extension": extend_members(
            dump(entry, "figure", "treatment_arms", "comparator_arms", "weight_percent", "events_t", "n_t", "events_c", "n_c")
        ),
    }


def render_without(without: Without, effect: str) -> Node:
    """The pooled effect without one result."""
    return {
        "category": concept("leave one out"),
        "description": f"Pooled without {without.study}",
        "statisticType": _type(effect),
        "quantity": amount(without.estimate),
        "attributeEstimate": _interval(without.ci_low, without.ci_high, 95),
    }


def _type(name: str) -> Node:
    return {**_code("statistic-type", TYPES[name]), "text": name} if name in TYPES else concept(name)


def _code(system: str, known: tuple[str, str]) -> Node:
    return coded(system, *known)


def _sample(n: int | None) -> Node | None:
    return {"knownDataCount": n} if n is not None else None


def _attribute(name: str, value: float | None, unit: str | None = None) -> list[Node]:
    if value is None:
        return []
    return [{"type": _code("attribute-estimate-type", ATTRIBUTES[name]), "quantity": amount(value, unit)}]


def _error(value: float | None) -> list[Node]:
    """The standard error of an effect: HL7's code is that of a mean."""
    return [] if value is None else [{"type": concept("standard error, of the logarithm for ratios"), "quantity": amount(value)}]


def _around(low: float | None, high: float | None, unit: str | None) -> list[Node]:
    """The interval around the mean or median of an arm. Whether it is one of confidence or between quartiles is told in notes alone."""
    between = interval(low, high, unit)
    return [] if between is None else [{"type": concept("interval around the mean or median"), "range": between}]


def _interval(low: float | None, high: float | None, level_percent: float) -> list[Node]:
    """A confidence interval of an effect."""
    between = interval(low, high)
    if between is None:
        return []
    return [{"type": _code("attribute-estimate-type", ATTRIBUTES["interval"]), "level": round(level_percent / 100, 6), "range": between}]
