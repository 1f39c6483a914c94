"""Studies and syntheses as Markdown: every figure, in tables where there are several alike."""

import re
from collections.abc import Iterable, Mapping, Sequence

from app.formats.markdown import Citations, finish, tell_facts, tell_number, tell_publisher, tell_source_in_brief
from app.formats.records import tell_range
from app.schemas.v1.source import Source
from app.schemas.v1.study import AdverseEvent, Arm, ArmResult, BiasDomain, Computed, Contrast, Outcome, Study
from app.schemas.v1.synthesis import Absolute, Domain, Estimate, LeftOut, PublishedPool, Synthesis

NOTE = "Information, not medical advice."
UNLOWERED = ("not-serious", "undetected")
MEASURES = ("events", "n", "percent", "mean", "sd", "se", "median", "low", "high")


def render_study(study: Study, sources: Mapping[str, Source], release: str) -> str:
    """A study with its arms, outcomes and adverse events."""
    citations = Citations()
    lines = [f"# {study.name}", "", f"{NOTE} Release {release}. Source {citations.cite([study.source])}", "", *_design(study), ""]
    lines += [*_tell_used([_arm(arm) for arm in study.arms]), ""]
    lines += [*tell_facts(study.findings, citations), ""] if study.findings else []
    for outcome in study.outcomes:
        lines += [*_outcome(outcome, citations), ""]
    for event in study.adverse_events:
        lines += [*_event(event, citations), ""]
    lines += [
        f"- {name}: {'; '.join(told)}"
        for name, told in (("Risk of bias", _bias(study.risk_of_bias)), ("Limits", study.limits), ("Gaps", study.gaps))
        if told
    ]
    return finish(lines, citations, sources, tell_source_in_brief)


def render_synthesis(synthesis: Synthesis, sources: Mapping[str, Source], release: str) -> str:
    """A pooled result with what entered and the warnings that belong to it, or the reason why there is none."""
    citations = Citations()
    asked = synthesis.question
    question = f"In {asked.population}: {asked.intervention} against {asked.comparator}; {asked.outcome}, {synthesis.timepoint.label}"
    lines = [f"# {synthesis.title}", "", f"{NOTE} Release {release}.", "", f"{question} ({synthesis.effect})."]
    if synthesis.certainty != "not-graded":
        lines += [f"Certainty: {synthesis.certainty.replace('-', ' ')}. {'; '.join(_domains(synthesis.domains))}".strip()]
    if synthesis.reason:
        lines += ["", f"Not pooled: {synthesis.reason}"]
    if synthesis.result is not None:
        lines += ["", *_models(synthesis.result, synthesis.sensitivity, "Hartung-Knapp" if synthesis.hartung_knapp else "normal")]
        lines += _absolute(synthesis.absolute) if synthesis.absolute is not None else []
    lines += ["", *_entries(synthesis)]
    lines += _excluded(synthesis.excluded)
    lines += _pooled_by_others([f"{_published(pool)} {citations.cite([pool.source])}" for pool in synthesis.published])
    lines += ["", *tell_facts(synthesis.facts, citations, warn=synthesis.pooled)]
    return finish(lines, citations, sources, tell_publisher)


def _pooled_by_others(told: Sequence[str]) -> list[str]:
    """One result on a line, several under a line of their own."""
    lead = "- Pooled by others (95 % CI):"
    return [lead, *(f"  - {result}" for result in told)] if len(told) > 1 else [f"{lead} {result}" for result in told]


def _domains(domains: Iterable[Domain]) -> list[str]:
    """Domains of GRADE: why those lowered the certainty that did, as tables of findings have it."""
    told: list[str] = []
    kept: list[str] = []
    for domain in domains:
        if domain.judgement in UNLOWERED:
            kept.append(domain.domain)
        else:
            told.append(f"{domain.domain}: {domain.judgement} ({domain.reason})")
    return [*told, f"not lowered for {', '.join(kept)}"] if kept else told


def _bias(domains: Iterable[BiasDomain]) -> list[str]:
    """Domains of the risk of bias, those that are judged alike for the same reason together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for domain in domains:
        groups.setdefault((domain.judgement, domain.reason), []).append(domain.domain)
    return [f"{', '.join(names)}: {judgement} ({reason})" for (judgement, reason), names in groups.items()]


def _excluded(studies: Iterable[LeftOut]) -> list[str]:
    """Studies that were left out, those for the same reason together."""
    reasons: dict[str, list[str]] = {}
    for left in studies:
        reasons.setdefault(left.reason, []).append(left.study)
    told = [f"{', '.join(names)}: {reason.rstrip('.')}" for reason, names in reasons.items()]
    return [f"- Left out: {'; '.join(told)}"] if told else []


def _absolute(found: Absolute) -> list[str]:
    """The effect in people, as a line."""
    needed = "" if found.number_needed_to_treat is None else f", NNT {tell_number(found.number_needed_to_treat)}"
    if found.needed_low is not None and found.needed_high is not None:
        needed += f" ({tell_number(found.needed_low)} to {tell_number(found.needed_high)})"
    treated = _between(found.treated_risk_percent, found.treated_risk_low, found.treated_risk_high, None)
    difference = _between(found.difference_percent, found.difference_low, found.difference_high, None)
    without = tell_number(found.comparator_risk_percent)
    return [f"- In people, in % (95 % CI): {without} without, {treated} with, difference {difference}{needed}"]


def _published(pool: PublishedPool) -> str:
    counted = [f"{tell_number(value)} {name}" for value, name in ((pool.k, "trials"), (pool.n, "people")) if value is not None]
    graded = None if pool.certainty == "not-graded" else f"certainty {pool.certainty}"
    return _join(
        [
            f"{pool.effect} {_between(pool.estimate, pool.low, pool.high, None)}",
            *counted,
            graded,
            pool.locator,
            _checked(pool.check),
            pool.note,
        ]
    )


def _design(study: Study) -> list[str]:
    design, population = study.design, study.population
    people = {
        "screened": population.n_screened, "randomised": population.n_randomised, "analysed": population.n_analysed,
        "mean age": population.mean_age_years, "% women": population.female_percent,
    }  # fmt: skip
    counted = [
        f"{tell_number(value)} {name}" if name != "mean age" else f"{name} {tell_number(value)}"
        for name, value in people.items()
        if value is not None
    ]
    sites = f"{design.sites} sites" if design.sites is not None else None
    phase = design.phase and f"phase {design.phase}"
    chance = "randomised" if design.randomised else "not randomised"
    made = [design.type, chance, design.blinding, design.allocation, phase, sites, ", ".join(design.countries), design.note]
    who = [population.condition, population.setting, *counted, population.inclusion, population.baseline]
    lines = [f"- Design: {_join(made)}", f"- People: {_join(who)}"]
    if study.registration:
        lines.append(f"- Registered: {', '.join(code.code for code in study.registration)}")
    return [*lines, f"- Funding: {study.funding}"] if study.funding else lines


def _arm(arm: Arm) -> dict[str, str]:
    given = [tell_range(arm.dose) if arm.dose is not None else None, arm.route, arm.given_over, arm.schedule]
    return {
        "arm": arm.id, "what": arm.label, "role": arm.role, "dose": _join(given), "randomised": _maybe(arm.n_randomised),
        "analysed": _maybe(arm.n_analysed),
    }  # fmt: skip


def _outcome(outcome: Outcome, citations: Citations) -> list[str]:
    told = [
        outcome.scale, outcome.definition, "primary" if outcome.primary else None, outcome.period and f"period: {outcome.period}",
        outcome.analysis_set, outcome.unit, outcome.locator, _checked(outcome.check),
    ]  # fmt: skip
    lines = [f"## {outcome.measure}, {outcome.timepoint.label} `{outcome.id}`", f"{_join(told)} {citations.cite([outcome.source])}"]
    lines += [*_results(outcome.arms), *_contrasts(outcome.contrasts), *_computed(outcome.computed)]
    return lines + [f"- {text}" for text in (outcome.finding, outcome.note) if text]


def _checked(check: str) -> str | None:
    """Said only of figures that were not read in the source itself."""
    return None if check == "seen" else check


def _event(event: AdverseEvent, citations: Citations) -> list[str]:
    told = [event.unit, event.timing, event.locator, _checked(event.check)]
    lines = [f"## Adverse event: {event.event} `{event.id}`", f"{_join(told)} {citations.cite([event.source])}"]
    lines += [*_results(event.arms), *_computed(event.computed)]
    return lines + [f"- {text}" for text in (event.finding, event.note) if text]


def _results(results: Sequence[ArmResult]) -> list[str]:
    """A table with those columns that some arm has a figure for."""
    used = [name for name in MEASURES if any(getattr(result, name) is not None for result in results)]
    notes = ("note",) if any(result.note for result in results) else ()
    rows = ((result.arm, *(_maybe(getattr(result, name)) for name in used), *([result.note or ""] if notes else [])) for result in results)
    return _table(("arm", *used, *notes), rows) if results else []


def _contrasts(contrasts: Sequence[Contrast]) -> list[str]:
    """Published comparisons, a line each; a note that all of several share is said once."""
    notes = {contrast.note for contrast in contrasts}
    shared = notes.pop() if len(contrasts) > 1 and len(notes) == 1 else None
    lines = [_contrast(contrast, None if shared else contrast.note) for contrast in contrasts]
    return [*lines, f"- Published, all: {shared}"] if shared else lines


def _contrast(contrast: Contrast, note: str | None) -> str:
    level = f"{tell_number(contrast.level_percent)} % CI"
    told = [
        _between(contrast.estimate, contrast.low, contrast.high, level), None if contrast.se is None else f"SE {tell_number(contrast.se)}",
        contrast.p and f"p {contrast.p}", note,
    ]  # fmt: skip
    return f"- Published {contrast.kind}, {contrast.treatment} against {contrast.comparator}: {_join(told)}"


def _computed(found: Sequence[Computed]) -> Iterable[str]:
    """Effects worked out from the arms, one line for each comparison. A note follows the effects that it is about."""
    groups: dict[tuple[str, str], dict[str | None, list[str]]] = {}
    for effect in found:
        told = f"{effect.kind} {_between(effect.estimate, effect.low, effect.high, None)}"
        groups.setdefault((effect.treatment, effect.comparator), {}).setdefault(effect.note, []).append(told)
    if len(groups) > 1:
        yield "- Computed (95 % CI):"
    lead = "  - " if len(groups) > 1 else "- Computed (95 % CI), "
    for (treatment, comparator), notes in groups.items():
        told = _join(f"{_join(effects)} ({note.rstrip('.')})" if note else _join(effects) for note, effects in notes.items())
        yield f"{lead}{treatment} against {comparator}: {told}"


def _models(pooled: Estimate, others: Sequence[Estimate], interval: str) -> list[str]:
    """The pooled effect, and the same results under other models; `=` stands for a figure like that of the pooled effect."""
    first, *rest = (_tell_model(estimate, interval) for estimate in (pooled, *others))
    names = [name for name in first if any(figures[name] for figures in (first, *rest))]
    return _table(names, [list(map(first.__getitem__, names)), *([_like(first, figures, name) for name in names] for figures in rest)])


def _like(first: Mapping[str, str], figures: Mapping[str, str], name: str) -> str:
    return "=" if figures[name] and figures[name] == first[name] else figures[name]


def _tell_model(estimate: Estimate, interval: str) -> dict[str, str]:
    """Model, effect and heterogeneity."""
    return {
        f"pooled, then other models ({interval} interval)": estimate.model,
        "effect (95 % CI)": _between(estimate.estimate, estimate.ci_low, estimate.ci_high, None),
        "results/people": f"{estimate.k}/{_maybe(estimate.n)}",
        "SE": _maybe(estimate.se), "tau2": _maybe(estimate.tau2), "I2 %": _maybe(estimate.i2), "Q": _maybe(estimate.q),
        "p of Q": _maybe(estimate.p_heterogeneity),
        "prediction": _ends(estimate.prediction_low, estimate.prediction_high) if estimate.prediction_low is not None else "",
    }  # fmt: skip


def _entries(synthesis: Synthesis) -> list[str]:
    """What entered, each with the effect that is left without it. Sentences of notes that several share stand below, once."""
    without = {row.study: _between(row.estimate, row.ci_low, row.ci_high, None) for row in synthesis.leave_one_out}
    told = [_sentences(entry.note) for entry in synthesis.entries]
    shared = [sentence for sentence in told[0] if all(sentence in sentences for sentences in told)] if told else []
    notes = list(dict.fromkeys(sentence for sentences in told for sentence in sentences if sentence not in shared))
    rows = [
        {
            "result": entry.figure, "effect": _between(entry.estimate, entry.ci_low, entry.ci_high, None),
            "weight %": _maybe(entry.weight_percent), "without it": without.get(entry.study, ""),
            synthesis.treatment: _counts(entry.treatment_arms, entry.events_t, entry.n_t, synthesis.treatment),
            synthesis.comparator: _counts(entry.comparator_arms, entry.events_c, entry.n_c, synthesis.comparator),
            "note": " ".join(str(place) for place, note in enumerate(notes, 1) if note in sentences),
        }
        for entry, sentences in zip(synthesis.entries, told, strict=True)
    ]  # fmt: skip
    if len(rows) == 1:
        figures = (f"{name} {value}" for name, value in rows[0].items() if value and name != "result")
        return [f"- {rows[0]['result']}: {_join([*figures, *shared])}"]
    lines = [*(f"- {place}: {note}" for place, note in enumerate(notes, 1)), *(f"- All: {note}" for note in shared)]
    return [*_tell_used(rows), *lines]


def _sentences(note: str | None) -> list[str]:
    return re.split(r"(?<=\.) ", note) if note else []


def _counts(arms: Sequence[str], events: int | None, n: int | None, usual: str) -> str:
    """Events and people; the arms when they are not called like the treatment."""
    named = "" if list(arms) == [usual] else "+".join(arms)
    return f"{named} {_maybe(events)}/{_maybe(n)}".strip() if n is not None else named


def _between(estimate: float | None, low: float | None, high: float | None, level: str | None = "95 % CI") -> str:
    told = "" if estimate is None else tell_number(estimate)
    return f"{told} ({f'{level} ' if level else ''}{_ends(low, high)})".strip() if low is not None or high is not None else told


def _ends(low: float | None, high: float | None) -> str:
    """Both ends of an interval, with a dash unless it could be taken for a minus."""
    between = "\N{EN DASH}" if min(low or 0, high or 0) >= 0 else " to "
    return f"{_maybe(low) or 'open'}{between}{_maybe(high) or 'open'}"


def _maybe(value: float | None) -> str:
    return "" if value is None else tell_number(value)


def _join(parts: Iterable[str | None]) -> str:
    return "; ".join(part for part in parts if part)


def _tell_used(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """A table with those columns that some row has a value for."""
    used = [name for name in rows[0] if any(row[name] for row in rows)] if rows else []
    return _table(used, ([row[name] for name in used] for row in rows))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return [f"|{'|'.join(columns)}|", f"|{'-|' * len(columns)}", *(f"|{'|'.join(row)}|" for row in cells)] if cells else []
