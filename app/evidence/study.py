"""Effects worked out from the arms of one study, next to what was published."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.content.study import AdverseEvent, Arm, ArmResult, Contrast, Outcome, Study
from app.evidence.effect import Counts, Effect, EffectError, Means, Measure, get_effect_of_counts, get_effect_of_means
from app.evidence.synthesis import find_events

EffectKind = Literal[
    "risk-ratio", "odds-ratio", "risk-difference", "number-needed-to-treat", "mean-difference", "standardised-mean-difference"
]

COUNTED: tuple[tuple[EffectKind, Measure], ...] = (("risk-ratio", "rr"), ("odds-ratio", "or"), ("risk-difference", "rd"))
MEASURED: tuple[tuple[EffectKind, Measure], ...] = (("mean-difference", "md"), ("standardised-mean-difference", "smd"))

ADJUSTED = "The published contrast comes from a model with adjustment; the arms give the raw effect."
"""Why a contrast of such a kind differs from its arms."""


@dataclass(frozen=True)
class Worked:
    """An effect of one arm against another; ratios as ratios, risk differences in percentage points."""

    kind: EffectKind
    treatment: str
    comparator: str
    estimate: float
    low: float | None
    high: float | None
    note: str | None


@dataclass(frozen=True)
class Audit:
    """A published contrast beside the same effect worked out from the arms."""

    figure: str
    published: Contrast
    worked: Worked
    agrees: bool
    """Whether estimate and interval agree within rounding."""
    explanation: str | None
    """Why they differ, where the record says so."""


def work_out_effects(study: Study, part: Outcome | AdverseEvent) -> list[Worked]:
    """Every effect that the arms of `part` allow: each arm of interest against each control.

    A crossover of which both periods are counted, and a study without control, allow none, because their groups are not independent or
    not there."""
    if study.design.type == "crossover" and not (isinstance(part, Outcome) and part.period == "first"):
        return []
    results = {result.arm: result for result in part.arms}
    worked: list[Worked] = []
    for treated, compared in _pairs(study, results):
        worked += _of_counts(treated, compared)
        worked += _of_means(treated, compared)
    return worked


def audit_study(study: Study) -> Iterator[Audit]:
    """Each published contrast that can be worked out from the arms."""
    for outcome in study.outcomes:
        worked = {(item.kind, item.treatment, item.comparator): item for item in work_out_effects(study, outcome)}
        for contrast in outcome.contrasts:
            kind = {"ls-mean-difference": "mean-difference", "adjusted-odds-ratio": "odds-ratio"}.get(contrast.kind, contrast.kind)
            item = next((found for key, found in worked.items() if key == (kind, contrast.treatment, contrast.comparator)), None)
            if item is None or contrast.estimate is None:
                continue
            agrees = _agrees(contrast, item)
            yield Audit(f"{study.id}/{outcome.id}", contrast, item, agrees, None if agrees else _explain(contrast, outcome))


def _pairs(study: Study, results: dict[str, ArmResult]) -> Iterator[tuple[ArmResult, ArmResult]]:
    controls = [arm for arm in study.arms if arm.role != "experimental"]
    interest = [arm for arm in study.arms if arm.role == "experimental"]
    for arm in interest:
        for control in _matching(arm, controls):
            if arm.id in results and control.id in results:
                yield results[arm.id], results[control.id]


def _matching(arm: Arm, controls: list[Arm]) -> list[Arm]:
    """The controls of an arm: those of its own schedule where controls differ in it, else all."""
    own = [control for control in controls if control.schedule == arm.schedule]
    return own if len(controls) > 1 and own else controls


def _of_counts(treated: ArmResult, compared: ArmResult) -> Iterator[Worked]:
    events_t, events_c = find_events(treated), find_events(compared)
    if events_t is None or events_c is None or treated.n is None or compared.n is None:
        return
    counts = Counts(events_t, treated.n, events_c, compared.n)
    note = None if treated.events is not None and compared.events is not None else "Counts worked out from the published percentages."
    for kind, measure in COUNTED:
        try:
            effect = get_effect_of_counts("", counts, measure)
        except EffectError:
            continue
        yield _worked(kind, treated, compared, effect, " ".join(filter(None, [note, effect.note])) or None)
        if kind == "risk-difference" and effect.estimate != 0:
            yield _needed(treated, compared, effect)


def _needed(treated: ArmResult, compared: ArmResult, difference: Effect) -> Worked:
    """Number needed to treat for one more event, or one fewer where negative (Altman DG, BMJ 1998;317:1309): its interval is the inverse
    of the risk difference's, and has no ends where that contains 0."""
    low, high = difference.interval
    ends = (1 / high, 1 / low) if low > 0 or high < 0 else (None, None)
    note = None if ends[0] is not None else "The interval of the risk difference contains 0, so this number has no finite interval."
    return Worked("number-needed-to-treat", treated.arm, compared.arm, 1 / difference.estimate, *ends, note)


def _of_means(treated: ArmResult, compared: ArmResult) -> Iterator[Worked]:
    numbers = (treated.mean, _sd(treated), treated.n, compared.mean, _sd(compared), compared.n)
    if any(number is None for number in numbers):
        return
    try:
        means = Means(*numbers)  # pyright: ignore[reportArgumentType]
        for kind, measure in MEASURED:
            yield _worked(kind, treated, compared, get_effect_of_means("", means, measure), None)
    except EffectError:
        return


def _sd(result: ArmResult) -> float | None:
    """Standard deviation, or that of a standard error: SE times the root of n."""
    if result.sd is None and result.se is not None and result.n is not None:
        return result.se * math.sqrt(result.n)
    return result.sd


def _worked(kind: EffectKind, treated: ArmResult, compared: ArmResult, effect: Effect, note: str | None) -> Worked:
    values = (effect.estimate, *effect.interval)
    if kind in {"risk-ratio", "odds-ratio"}:
        values = (math.exp(values[0]), math.exp(values[1]), math.exp(values[2]))
    elif kind == "risk-difference":
        values = (100 * values[0], 100 * values[1], 100 * values[2])
    return Worked(kind, treated.arm, compared.arm, *values, note)


def _agrees(contrast: Contrast, item: Worked) -> bool:
    pairs = [(contrast.estimate, item.estimate)]
    if contrast.level_percent == 95:
        pairs += [(contrast.low, item.low), (contrast.high, item.high)]
    return all(
        published is None or worked is None or abs(published - worked) <= 10.0 ** -len(f"{published:g}".partition(".")[2])
        for published, worked in pairs
    )  # fmt: skip


def _explain(contrast: Contrast, outcome: Outcome) -> str | None:
    """Why a published contrast may differ, from what the record says."""
    if contrast.kind.startswith("ls-") or contrast.kind.startswith("adjusted-"):
        return ADJUSTED
    reasons = [text for text in (contrast.note, outcome.note) if text]
    return " ".join(reasons) or None
