"""Syntheses computed from the records of studies."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.content.library import Library
from app.content.study import AdverseEvent, ArmResult, Contrast, Outcome, Study
from app.content.synthesis import Entry, Synthesis
from app.evidence.absolute import Absolute, find_absolute
from app.evidence.effect import (
    Counts,
    Effect,
    EffectError,
    Means,
    Measure,
    get_effect_of_counts,
    get_effect_of_estimate,
    get_effect_of_means,
    transform_ratio,
)
from app.evidence.pooling import Model, Pooled, leave_one_out, pool_effects

SHARED_CONTROL = 0.5
"""Correlation of two differences against one control group of the same size (Gleser LJ, Olkin I, in: The Handbook of Research Synthesis
and Meta-Analysis, 2009, chapter 19)."""

ROUNDING = 1e-9
"""Room for halves, which are rounded up by some and to even by others."""

DIFFERENCES = frozenset({"mean-difference", "ls-mean-difference"})


@dataclass(frozen=True)
class Entered:
    """A result that entered a synthesis."""

    study: str
    figure: str
    effect: Effect
    counts: Counts | None
    note: str | None


@dataclass(frozen=True)
class Computed:
    """What a synthesis comes to."""

    entered: tuple[Entered, ...]
    pooled: Pooled
    sensitivity: tuple[tuple[str, Pooled], ...]
    """The same results under other models."""
    without: tuple[tuple[str, Pooled], ...]
    """The pooled effect without each study."""
    absolute: Absolute | None
    """The effect in people; None where the entries are no counts."""


def enter_results(synthesis: Synthesis, library: Library) -> tuple[Entered, ...]:
    """Each entry with its own effect, whether or not they are pooled.

    Raises `EffectError` naming the entry from which no effect can be worked out."""
    return tuple(_enter(entry, synthesis, library, find_measure(synthesis)) for entry in synthesis.entries)


def find_measure(synthesis: Synthesis) -> Measure:
    """How its effects are reckoned; logarithms of hazard ratios are taken as they are."""
    return "generic" if synthesis.effect == "hr" else synthesis.effect


def compute_synthesis(synthesis: Synthesis, library: Library) -> Computed | None:
    """The pooled effect of `synthesis`, or None where it says that nothing is to be pooled.

    Raises `EffectError` naming the entry from which no effect can be worked out, pooled or not."""
    entered = enter_results(synthesis, library)
    if not synthesis.pooled:
        return None
    measure = find_measure(synthesis)
    effects = [item.effect for item in entered]
    others: list[Model] = [model for model in ("fixed-iv", "dl", "pm", "reml") if model != synthesis.model]
    if all(item.counts is not None for item in entered) and synthesis.model != "fixed-mh":
        others.insert(0, "fixed-mh")
    pooled = pool_effects(effects, measure, synthesis.model, hartung_knapp=synthesis.hartung_knapp)
    return Computed(
        entered,
        pooled,
        tuple((model, pool_effects(effects, measure, model)) for model in others),
        tuple(leave_one_out(effects, measure, synthesis.model, hartung_knapp=synthesis.hartung_knapp).items()),
        find_absolute([item.counts for item in entered], measure, pooled),
    )


def find_events(result: ArmResult) -> int | None:
    """People with the outcome: the published count, or the only whole number that gives the published percentage of `n`; None where
    several numbers would."""
    if result.events is not None or result.percent is None or result.n is None:
        return result.events
    decimals = len(f"{result.percent:g}".partition(".")[2])
    reach = 0.5 * 10**-decimals + ROUNDING
    fitting = [events for events in range(result.n + 1) if abs(100 * events / result.n - result.percent) <= reach]
    return fitting[0] if len(fitting) == 1 else None


def _enter(entry: Entry, synthesis: Synthesis, library: Library, measure: Measure) -> Entered:
    study_id, _, part_id = entry.figure.partition("/")
    study = library.studies[study_id].item
    part = next(part for part in (*study.outcomes, *study.adverse_events) if part.id == part_id)
    label = study.name if entry.label is None else f"{study.name}, {entry.label}"
    try:
        _check_period(study, part)
        if measure in {"rr", "or", "rd"}:
            return _enter_counts(label, entry, part, measure)
        return _enter_difference(label, entry, study, part, synthesis.effect)
    except EffectError as error:
        raise EffectError(f"entry `{entry.figure}`: {error}") from error


def _check_period(study: Study, part: Outcome | AdverseEvent) -> None:
    if study.design.type == "crossover" and (not isinstance(part, Outcome) or part.period != "first"):
        raise EffectError("both periods of a crossover trial may not be pooled: leave it out and say so under `excluded`")


def _enter_counts(label: str, entry: Entry, part: Outcome | AdverseEvent, measure: Measure) -> Entered:
    treated, compared = (_sum_counts(part.arms, names) for names in (entry.treatment_arms, entry.comparator_arms))
    counts = Counts(treated[0], treated[1], compared[0], compared[1])
    effect = get_effect_of_counts(label, counts, measure)
    notes = [effect.note] if effect.note else []
    if any(result.events is None for result in part.arms if result.arm in (*entry.treatment_arms, *entry.comparator_arms)):
        notes.append("Counts worked out from the published percentages, which only these whole numbers give.")
    if len(entry.treatment_arms) > 1:
        notes.append(f"Arms {' and '.join(entry.treatment_arms)} are taken together.")
    return Entered(label, entry.figure, effect, counts, " ".join(notes) or None)


def _sum_counts(results: Iterable[ArmResult], names: tuple[str, ...]) -> tuple[int, int]:
    found = {result.arm: result for result in results}
    events = people = 0
    for name in names:
        result = found.get(name)
        count = find_events(result) if result is not None else None
        if result is None or result.n is None or count is None:
            raise EffectError(f"arm `{name}` has no count with its denominator, nor a percentage that only one count gives")
        events, people = events + count, people + result.n
    return events, people


def _enter_difference(label: str, entry: Entry, study: Study, part: Outcome | AdverseEvent, wanted: str) -> Entered:
    """A published contrast where there is one, else the difference of the arms' means."""
    people = [arm.n_analysed or arm.n_randomised for arm in study.arms if arm.id in (*entry.treatment_arms, *entry.comparator_arms)]
    # Entries of one study that stand for parts of its arms do not say how many people each part has.
    n = None if None in people or entry.label else sum(number for number in people if number is not None)
    kinds = {"hazard-ratio"} if wanted == "hr" else DIFFERENCES
    published = [
        contrast for contrast in (part.contrasts if isinstance(part, Outcome) else ())
        if contrast.kind in kinds and contrast.treatment in entry.treatment_arms and contrast.comparator in entry.comparator_arms
    ]  # fmt: skip
    if published and wanted != "smd":
        effects = [_take_contrast(label, contrast, n) for contrast in published]
        if len(effects) == 1:
            return Entered(label, entry.figure, effects[0], None, "Published contrast.")
        return Entered(
            label, entry.figure, _average(label, effects, n), None, "Published contrasts of two doses against one control, averaged."
        )
    if wanted not in {"md", "smd"} or len(entry.treatment_arms) != 1 or len(entry.comparator_arms) != 1:
        raise EffectError("there is neither a published contrast of these arms nor one mean for each side")
    found = {result.arm: result for result in part.arms}
    treated, compared = found.get(entry.treatment_arms[0]), found.get(entry.comparator_arms[0])
    if treated is None or compared is None:
        raise EffectError("one of the arms has no result")
    means = (treated.mean, treated.sd, treated.n, compared.mean, compared.sd, compared.n)
    if None in means:
        raise EffectError("an arm lacks its mean, standard deviation or number of people")
    return Entered(label, entry.figure, get_effect_of_means(label, Means(*means), wanted), None, None)  # pyright: ignore[reportArgumentType]


def _take_contrast(label: str, contrast: Contrast, n: int | None) -> Effect:
    if contrast.estimate is None:
        raise EffectError("the published contrast has no estimate")
    if contrast.level_percent != 95:
        raise EffectError(f"the published interval is one of {contrast.level_percent:g} %: give the standard error")
    interval = (contrast.low, contrast.high) if contrast.low is not None and contrast.high is not None else None
    if contrast.kind == "hazard-ratio":
        logs = (transform_ratio(label, interval[0]), transform_ratio(label, interval[1])) if interval else None
        return get_effect_of_estimate(label, transform_ratio(label, contrast.estimate), se=contrast.se, interval=logs, n=n)
    return get_effect_of_estimate(label, contrast.estimate, se=contrast.se, interval=interval, n=n)


def _average(label: str, effects: list[Effect], n: int | None) -> Effect:
    """Mean of differences that share a control group."""
    k = len(effects)
    errors = [effect.variance**0.5 for effect in effects]
    shared = sum(SHARED_CONTROL * one * other for i, one in enumerate(errors) for j, other in enumerate(errors) if i != j)
    variance = (sum(effect.variance for effect in effects) + shared) / k**2
    return Effect(label, sum(effect.estimate for effect in effects) / k, variance, n)
