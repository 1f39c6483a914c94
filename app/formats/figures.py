"""Studies and syntheses as Markdown: every figure, in tables where there are several alike."""

from collections.abc import Iterable, Mapping, Sequence

from app.formats.markdown import Citations, finish, tell_fact, tell_number
from app.formats.records import tell_range
from app.schemas.v1.source import Source
from app.schemas.v1.study import AdverseEvent, Arm, ArmResult, Computed, Contrast, Outcome, Study
from app.schemas.v1.synthesis import Absolute, Entry, Estimate, PublishedPool, Synthesis

NOTE = "Information, not medical advice."
MEASURES = ("events", "n", "percent", "mean", "sd", "se", "median", "low", "high")


def render_study(study: Study, sources: Mapping[str, Source], release: str) -> str:
    """A study with its arms, outcomes and adverse events."""
    citations = Citations()
    lines = [f"# {study.name}", "", f"{NOTE} Release {release}. Source {citations.cite([study.source])}", "", *_design(study), ""]
    lines += [*_table(("arm", "what", "role", "dose", "randomised", "analysed"), map(_arm, study.arms)), ""]
    lines += [*(tell_fact(fact, citations) for fact in study.findings), ""] if study.findings else []
    for outcome in study.outcomes:
        lines += [*_outcome(outcome, citations), ""]
    for event in study.adverse_events:
        lines += [*_event(event, citations), ""]
    judged = [f"{domain.domain}: {domain.judgement} ({domain.reason})" for domain in study.risk_of_bias]
    lines += [
        f"- {name}: {'; '.join(told)}" for name, told in (("Risk of bias", judged), ("Limits", study.limits), ("Gaps", study.gaps)) if told
    ]
    return finish(lines, citations, sources)


def render_synthesis(synthesis: Synthesis, sources: Mapping[str, Source], release: str) -> str:
    """A pooled result with what entered, or the reason why there is none."""
    citations = Citations()
    asked = synthesis.question
    question = f"In {asked.population}: {asked.intervention} against {asked.comparator}."
    judged = [f"{domain.domain}: {domain.judgement} ({domain.reason})" for domain in synthesis.domains]
    lines = [f"# {synthesis.title}", "", f"{NOTE} Release {release}.", "", question]
    lines += [f"Outcome: {asked.outcome}, {synthesis.timepoint.label}. Effect: {synthesis.effect}."]
    lines += [f"Certainty: {synthesis.certainty.replace('-', ' ')}. {'; '.join(judged)}".strip()]
    if synthesis.reason:
        lines += ["", f"Not pooled: {synthesis.reason}"]
    if synthesis.result is not None:
        lines += ["", f"Pooled: {_join(_tell_model(synthesis.result))}", f"Method: {synthesis.method}"]
        lines += _absolute(synthesis.absolute) if synthesis.absolute is not None else []
        lines += ["Other models:"]
        lines += _sensitivity(synthesis.sensitivity, synthesis.result)
        without = [f"{row.study} {_between(row.estimate, row.ci_low, row.ci_high, None)}" for row in synthesis.leave_one_out]
        lines += [f"Leaving out one (95 % CI): {_join(without)}"] if without else []
    columns = ("result", "effect (95 % CI)", "weight %", "treatment", "comparator", "note")
    lines += [
        "",
        *_table(columns, map(_entry, synthesis.entries)),
        *(f"- Left out: {left.study}: {left.reason}" for left in synthesis.excluded),
    ]
    lines += [f"- Pooled by others: {_published(pool)} {citations.cite([pool.source])}" for pool in synthesis.published]
    lines += ["", *(tell_fact(fact, citations) for fact in synthesis.facts)]
    return finish(lines, citations, sources)


def _absolute(found: Absolute) -> list[str]:
    """The effect in people, as a line."""
    needed = "" if found.number_needed_to_treat is None else f", number needed to treat {tell_number(found.number_needed_to_treat)}"
    if found.needed_low is not None and found.needed_high is not None:
        needed += f" ({tell_number(found.needed_low)} to {tell_number(found.needed_high)})"
    treated = _between(found.treated_risk_percent, found.treated_risk_low, found.treated_risk_high, "95 % CI")
    difference = _between(found.difference_percent, found.difference_low, found.difference_high, "95 % CI")
    without = tell_number(found.comparator_risk_percent)
    return [f"In people, in %: {without} without the treatment, {treated} with it, difference {difference}{needed}"]


def _published(pool: PublishedPool) -> str:
    counted = [f"{tell_number(value)} {name}" for value, name in ((pool.k, "trials"), (pool.n, "people")) if value is not None]
    told = [f"{pool.effect} {_between(pool.estimate, pool.low, pool.high, '95 % CI')}", *counted, f"certainty {pool.certainty}"]
    return _join([*told, pool.locator, pool.check, pool.note])


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


def _arm(arm: Arm) -> Sequence[str]:
    given = [tell_range(arm.dose) if arm.dose is not None else None, arm.route, arm.given_over, arm.schedule]
    return (arm.id, arm.label, arm.role, _join(given), _maybe(arm.n_randomised), _maybe(arm.n_analysed))


def _outcome(outcome: Outcome, citations: Citations) -> list[str]:
    told = [
        outcome.scale, outcome.definition, "primary" if outcome.primary else None, outcome.period and f"period: {outcome.period}",
        outcome.analysis_set, outcome.unit, outcome.locator, outcome.check,
    ]  # fmt: skip
    lines = [f"## {outcome.measure}, {outcome.timepoint.label} `{outcome.id}`", f"{_join(told)} {citations.cite([outcome.source])}"]
    lines += [*_results(outcome.arms), *map(_contrast, outcome.contrasts), *_computed(outcome.computed)]
    return lines + [f"- {text}" for text in (outcome.finding, outcome.note) if text]


def _event(event: AdverseEvent, citations: Citations) -> list[str]:
    told = [event.unit, event.timing, event.locator, event.check]
    lines = [f"## Adverse event: {event.event} `{event.id}`", f"{_join(told)} {citations.cite([event.source])}"]
    lines += [*_results(event.arms), *_computed(event.computed)]
    return lines + [f"- {text}" for text in (event.finding, event.note) if text]


def _results(results: Sequence[ArmResult]) -> list[str]:
    """A table with those columns that some arm has a figure for."""
    used = [name for name in MEASURES if any(getattr(result, name) is not None for result in results)]
    notes = ("note",) if any(result.note for result in results) else ()
    rows = ((result.arm, *(_maybe(getattr(result, name)) for name in used), *([result.note or ""] if notes else [])) for result in results)
    return _table(("arm", *used, *notes), rows) if results else []


def _contrast(contrast: Contrast) -> str:
    level = f"{tell_number(contrast.level_percent)} % CI"
    told = [
        _between(contrast.estimate, contrast.low, contrast.high, level), None if contrast.se is None else f"SE {tell_number(contrast.se)}",
        contrast.p and f"p {contrast.p}", contrast.note,
    ]  # fmt: skip
    return f"- Published {contrast.kind}, {contrast.treatment} against {contrast.comparator}: {_join(told)}"


def _computed(found: Sequence[Computed]) -> Iterable[str]:
    """Effects worked out from the arms, one line for each comparison and note."""
    groups: dict[tuple[str, str, str | None], list[str]] = {}
    for effect in found:
        told = f"{effect.kind} {_between(effect.estimate, effect.low, effect.high, None)}"
        groups.setdefault((effect.treatment, effect.comparator, effect.note), []).append(told)
    for (treatment, comparator, note), effects in groups.items():
        yield f"- Computed, {treatment} against {comparator} (95 % CI): {_join([*effects, note])}"


def _tell_model(estimate: Estimate) -> list[str]:
    """Model, effect and heterogeneity."""
    people = f", {estimate.n} people" if estimate.n is not None else ""
    figures = {
        "SE": estimate.se, "tau2": estimate.tau2, "I2 %": estimate.i2, "Q": estimate.q, "p of Q": estimate.p_heterogeneity,
    }  # fmt: skip
    predicted = [] if estimate.prediction_low is None else [f"prediction {_ends(estimate.prediction_low, estimate.prediction_high)}"]
    told = [f"{name} {tell_number(value)}" for name, value in figures.items() if value is not None]
    effect = _between(estimate.estimate, estimate.ci_low, estimate.ci_high)
    return [estimate.model, effect, f"{estimate.k} results{people}", *told, *predicted]


def _sensitivity(estimates: Iterable[Estimate], pooled: Estimate) -> Iterable[str]:
    """The same results under other models: what differs from the pooled effect."""
    known = _tell_model(pooled)
    for estimate in estimates:
        model, effect, *others = _tell_model(estimate)
        yield f"- {_join([model, effect if effect not in known else 'the same', *(part for part in others if part not in known)])}"


def _entry(entry: Entry) -> Sequence[str]:
    sides = ((entry.treatment_arms, entry.events_t, entry.n_t), (entry.comparator_arms, entry.events_c, entry.n_c))
    counted = [f"{'+'.join(arms)} {_maybe(events)}/{_maybe(n)}" if n is not None else "+".join(arms) for arms, events, n in sides]
    effect = _between(entry.estimate, entry.ci_low, entry.ci_high, None)
    return (f"{entry.study} `{entry.figure}`", effect, _maybe(entry.weight_percent), *counted, entry.note or "")


def _between(estimate: float | None, low: float | None, high: float | None, level: str | None = "95 % CI") -> str:
    told = "" if estimate is None else tell_number(estimate)
    return f"{told} ({f'{level} ' if level else ''}{_ends(low, high)})".strip() if low is not None or high is not None else told


def _ends(low: float | None, high: float | None) -> str:
    return f"{_maybe(low) or 'open'} to {_maybe(high) or 'open'}"


def _maybe(value: float | None) -> str:
    return "" if value is None else tell_number(value)


def _join(parts: Iterable[str | None]) -> str:
    return "; ".join(part for part in parts if part)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}", *(f"| {' | '.join(row)} |" for row in cells)] if cells else []
