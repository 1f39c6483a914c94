"""Forest plots: a synthesis as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.formats.svg import ACCENT, FAINT, INK, PAGE, Drawing, break_lines, show_number, start_drawing
from app.schemas.v1.synthesis import Entry, Estimate, PublishedPool, Synthesis

LABEL_X, TREATED_X, COMPARED_X, PLOT_LEFT, PLOT_RIGHT, EFFECT_X = 20, 350, 440, 480, 810, 832
"""Columns of the wide plot."""
MARGIN = 12
"""Of the narrow plot."""
ROW = 28
SIDE = 0.2
"""Least share of the axis on either side of no effect."""
ARROW = 6
"""Length of the head of an interval that runs over the end of the axis."""
LARGEST = 20
"""Side of the square of a study with all the weight, in pixels."""
UNWEIGHTED = 9
"""Side of a square where nothing is pooled."""

RATIO_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
NAMES = {"rr": "Risk ratio", "or": "Odds ratio", "hr": "Hazard ratio", "rd": "Risk difference", "md": "Mean difference",
         "smd": "Standardised mean difference"}  # fmt: skip
MODELS = {
    "fixed-mh": "fixed effect, Mantel-Haenszel",
    "fixed-iv": "fixed effect, inverse variance",
    "dl": "random effects, DerSimonian-Laird",
    "pm": "random effects, Paule-Mandel",
    "reml": "random effects, REML",
}
BETTER_WHEN_HIGHER = frozenset({"response", "remission"})


@dataclass(frozen=True)
class Axis:
    """Maps effects to pixels; ratios by their logarithm."""

    low: float
    high: float
    ratio: bool
    left: float = PLOT_LEFT
    right: float = PLOT_RIGHT

    def place(self, value: float) -> float:
        """Pixel of an effect, kept inside the plot."""
        low, high, at = (math.log(part) if self.ratio else part for part in (self.low, self.high, value))
        share = min(1.0, max(0.0, (at - low) / (high - low)))
        return round(self.left + share * (self.right - self.left), 1)

    @property
    def null(self) -> float:
        """The effect that means no difference."""
        return 1.0 if self.ratio else 0.0

    def ticks(self) -> list[float]:
        """Labelled values."""
        if self.ratio:
            return [tick for tick in RATIO_TICKS if self.low <= tick <= self.high]
        step = _nice_step(self.high - self.low)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [round(number * step, 6) for number in range(first, last + 1)]


def render_forest(synthesis: Synthesis, width: int = PAGE) -> str:
    """The forest plot, laid out for `width` pixels; where nothing is pooled, the single results, if there are any, and the reason."""
    drawing = start_drawing(synthesis.title, width)
    x = LABEL_X if drawing.wide else MARGIN
    result = synthesis.result
    if result is None and not synthesis.entries:
        return _render_reason(synthesis, drawing, x)
    axis = build_axis(synthesis, result, (PLOT_LEFT, PLOT_RIGHT) if drawing.wide else (MARGIN + 8, drawing.width - MARGIN - 8))
    top = drawing.y
    if drawing.wide:
        _render_heads(synthesis, drawing)
    for entry in synthesis.entries:
        if entry.estimate is not None:
            _render_entry(synthesis, entry, axis, drawing)
    if result is not None:
        _render_pooled(synthesis, result, axis, drawing)
    if drawing.wide:
        drawing.line((axis.place(axis.null), top + 56), (axis.place(axis.null), drawing.y), FAINT, 1)
    _render_axis(synthesis, axis, drawing)
    drawing.y += 10
    if result is None:
        return _render_reason(synthesis, drawing, x)
    drawing.paragraph(x, _heterogeneity(result), size=13)
    for line in (_tell_absolute(synthesis), *_tell_notes(synthesis)):
        if line:
            drawing.paragraph(x, line, size=13)
    drawing.link(x, f"Certainty (GRADE): {synthesis.certainty}. Figures as a table:", synthesis.links.self)
    return drawing.finish(synthesis.title, _describe(synthesis, result))


def build_axis(synthesis: Synthesis, result: Estimate | None, ends: tuple[float, float] = (PLOT_LEFT, PLOT_RIGHT)) -> Axis:
    """An axis between two pixels that shows every interval, and room on both sides of no effect for the words below; prediction
    intervals may run over its ends, and so do those of ratios beyond `RATIO_TICKS`."""
    ratio = synthesis.effect in {"rr", "or", "hr"}
    null = 1.0 if ratio else 0.0
    values = [null] if result is None else [null, result.ci_low, result.ci_high]
    values += [value for entry in synthesis.entries for value in (entry.ci_low, entry.ci_high) if value is not None]
    if ratio:
        low, high = max(min(values), RATIO_TICKS[0]), min(max(values), RATIO_TICKS[-1])
        first = max(at for at, tick in enumerate(RATIO_TICKS) if tick <= low)
        last = min(at for at, tick in enumerate(RATIO_TICKS) if tick >= high)
        while math.log(1 / RATIO_TICKS[first]) < SIDE * math.log(RATIO_TICKS[last] / RATIO_TICKS[first]) and first > 0:
            first -= 1
        while math.log(RATIO_TICKS[last]) < SIDE * math.log(RATIO_TICKS[last] / RATIO_TICKS[first]) and last < len(RATIO_TICKS) - 1:
            last += 1
        return Axis(RATIO_TICKS[first], RATIO_TICKS[last], ratio, *ends)
    low, high = min(values), max(values)
    low, high = min(low, null - SIDE * (high - low)), max(high, null + SIDE * (high - low))
    room = 0.05 * (high - low)
    return Axis(low - room, high + room, ratio, *ends)


def _render_heads(synthesis: Synthesis, drawing: Drawing) -> None:
    top = drawing.y + 28
    drawing.text(LABEL_X, top + 16, "Study", weight="bold")
    drawing.text(EFFECT_X, top + 16, f"{NAMES[synthesis.effect]} (95 % CI){', weight' if synthesis.pooled else ''}", weight="bold")
    if any(entry.n_t is not None for entry in synthesis.entries):
        for x, name in ((TREATED_X, synthesis.treatment), (COMPARED_X, synthesis.comparator)):
            drawing.text(x, top, name, anchor="end", weight="bold")
            drawing.text(x, top + 16, "n/N", anchor="end")
    drawing.y = top + 26


def _render_entry(synthesis: Synthesis, entry: Entry, axis: Axis, drawing: Drawing) -> None:
    estimate, low, high, weight = entry.estimate or 0.0, entry.ci_low or 0.0, entry.ci_high or 0.0, entry.weight_percent
    told = f"{show_number(estimate)} ({show_number(low)} to {show_number(high)})" + ("" if weight is None else f", {weight:.0f} %")
    counted = entry.n_t is not None and entry.n_c is not None
    if drawing.wide:
        middle = drawing.y + ROW / 2
        drawing.text(LABEL_X, middle + 5, entry.study)
        drawing.text(EFFECT_X, middle + 5, told)
        if counted:
            drawing.text(TREATED_X, middle + 5, f"{entry.events_t}/{entry.n_t}", anchor="end")
            drawing.text(COMPARED_X, middle + 5, f"{entry.events_c}/{entry.n_c}", anchor="end")
        drawing.y += ROW
    else:
        drawing.y += 6
        drawing.paragraph(MARGIN, entry.study, size=13, weight="bold")
        if counted:
            arms = f"{synthesis.treatment} {entry.events_t}/{entry.n_t}, {synthesis.comparator} {entry.events_c}/{entry.n_c}"
            drawing.paragraph(MARGIN, arms, size=12)
        drawing.paragraph(MARGIN, told, size=12)
        middle = drawing.y + 16
        drawing.y += ROW
    _render_null(drawing, axis, middle)
    _render_interval(drawing, axis, (low, high), middle)
    side = UNWEIGHTED if weight is None else max(4.0, LARGEST * math.sqrt(weight / 100))
    drawing.square(axis.place(estimate), middle, side, f'class="study" fill="{ACCENT}"')


def _render_pooled(synthesis: Synthesis, result: Estimate, axis: Axis, drawing: Drawing) -> None:
    interval = ", Hartung-Knapp" if synthesis.hartung_knapp else ""
    label = f"Pooled ({MODELS[result.model]}{interval})"
    told = f"{show_number(result.estimate)} ({show_number(result.ci_low)} to {show_number(result.ci_high)})"
    drawing.y += 10
    top, totals = drawing.y + ROW / 2 + 5, _sum_counts(synthesis.entries)
    if totals is not None and not drawing.wide:
        told = f"{told}; {synthesis.treatment} {totals[0]}, {synthesis.comparator} {totals[1]}"
    middle = _render_row(drawing, label, told, weight="bold")
    if totals is not None and drawing.wide:
        for column, total in zip((TREATED_X, COMPARED_X), totals, strict=True):
            drawing.text(column, top, total, anchor="end", weight="bold")
    _render_null(drawing, axis, middle)
    left, x, right = axis.place(result.ci_low), axis.place(result.estimate), axis.place(result.ci_high)
    points = f"{left},{middle} {x},{middle - 9} {right},{middle} {x},{middle + 9}"
    drawing.parts.append(f'<polygon class="pooled" points="{points}" fill="{INK}"/>')
    if result.prediction_low is not None and result.prediction_high is not None:
        told = f"{show_number(result.prediction_low)} to {show_number(result.prediction_high)}"
        middle = _render_row(drawing, "95 % prediction interval", told)
        _render_interval(drawing, axis, (result.prediction_low, result.prediction_high), middle, predicts=True)


def _sum_counts(entries: Sequence[Entry]) -> tuple[str, str] | None:
    """People with the outcome of all people, on either side; None where an entry has no counts."""
    sides = [[(entry.events_t, entry.n_t) for entry in entries], [(entry.events_c, entry.n_c) for entry in entries]]
    if any(n is None for side in sides for _, n in side):
        return None
    treated, compared = (f"{sum(events or 0 for events, _ in side)}/{sum(n or 0 for _, n in side)}" for side in sides)
    return treated, compared


def _render_interval(drawing: Drawing, axis: Axis, ends: tuple[float, float], middle: float, *, predicts: bool = False) -> None:
    """An interval as a line, with a head where it runs over the end of the axis."""
    colour, width = (ACCENT, 4) if predicts else (INK, 1.5)
    low, high = ends
    left, right = axis.place(low), axis.place(high)
    drawing.line((left, middle), (right, middle), colour, width)
    for is_cut, tip, back in ((low < axis.low, left - 2, ARROW), (high > axis.high, right + 2, -ARROW)):
        if is_cut:
            points = f"{tip:g},{middle:g} {tip + back:g},{middle - ARROW * 0.75:g} {tip + back:g},{middle + ARROW * 0.75:g}"
            drawing.parts.append(f'<polygon class="cut" points="{points}" fill="{colour}"/>')


def _render_null(drawing: Drawing, axis: Axis, middle: float) -> None:
    """No effect, as a line that crosses no words: beside the columns it runs through all rows, on a phone through the marks alone."""
    if not drawing.wide:
        drawing.line((axis.place(axis.null), middle - 11), (axis.place(axis.null), middle + 11), FAINT, 1)


def _render_row(drawing: Drawing, label: str, told: str, weight: str = "normal") -> float:
    """Words of a row under the studies; returns the height at which its mark belongs."""
    if drawing.wide:
        middle = drawing.y + ROW / 2
        lines = break_lines(label, PLOT_LEFT - LABEL_X - 10, 14, bold=weight == "bold")
        for row, line in enumerate(lines):
            drawing.text(LABEL_X, middle + 5 + 17 * row, line, weight=weight)
        drawing.text(EFFECT_X, middle + 5, told, weight=weight)
        drawing.y += ROW + 17 * (len(lines) - 1)
        return middle
    drawing.paragraph(MARGIN, label, size=13, weight=weight)
    drawing.paragraph(MARGIN, told, size=12, weight=weight)
    drawing.y += ROW
    return drawing.y - 12


def _render_axis(synthesis: Synthesis, axis: Axis, drawing: Drawing) -> None:
    y = drawing.y + 8
    drawing.line((axis.left, y), (axis.right, y))
    for tick in axis.ticks():
        drawing.line((axis.place(tick), y), (axis.place(tick), y + 5))
        drawing.text(axis.place(tick), y + 20, f"{tick:g}".replace("-", "\u2212"), anchor="middle", size=13)
    left, right = _sides(synthesis)
    size = 13 if drawing.wide else 12
    drawing.text(axis.left, y + 40, f"← {left}", size=size)
    below = 0 if drawing.wide or (len(left) + len(right)) * size * 0.6 < axis.right - axis.left else 18
    drawing.text(axis.right, y + 40 + below, f"{right} →", anchor="end", size=size)
    drawing.y = y + 44 + below


def _sides(synthesis: Synthesis) -> tuple[str, str]:
    """What lies left and right of no effect."""
    if synthesis.outcome == "adverse-event":
        return f"fewer with {synthesis.treatment}", f"more with {synthesis.treatment}"
    treatment, comparator = f"favours {synthesis.treatment}", f"favours {synthesis.comparator}"
    return (comparator, treatment) if synthesis.outcome in BETTER_WHEN_HIGHER else (treatment, comparator)


def _render_reason(synthesis: Synthesis, drawing: Drawing, x: float) -> str:
    reason = synthesis.reason or ""
    drawing.y += 8
    left_out = (f"Left out: {_tell_name(item.study)}. {item.reason}" for item in synthesis.excluded)
    alone = ", ".join(entry.study for entry in synthesis.entries)
    lines = ["Nothing is pooled.", reason, *left_out, *map(_tell_published, synthesis.published)]
    for line in lines:
        drawing.y += 4
        drawing.paragraph(x, line, size=14 if drawing.wide else 13)
    drawing.y += 4
    drawing.link(x, "As a table:", synthesis.links.self)
    return drawing.finish(synthesis.title, f"Nothing is pooled. {reason}" + (f" Shown alone: {alone}." if alone else ""))


def _heterogeneity(result: Estimate) -> str:
    p = "" if result.p_heterogeneity is None else f" (p = {result.p_heterogeneity:.2f})"
    return f"Heterogeneity: tau² = {result.tau2:.3g}, I² = {result.i2:.0f} %, Q = {result.q:.2f}{p}; {result.k} results"


def _tell_absolute(synthesis: Synthesis) -> str:
    """The effect in people, as a line."""
    found = synthesis.absolute
    if found is None:
        return ""
    told = (
        f"In 100 people: {found.comparator_risk_percent:.0f} with {synthesis.comparator}, {found.treated_risk_percent:.0f} with "
        f"{synthesis.treatment} (95 % CI {found.treated_risk_low:.0f} to {found.treated_risk_high:.0f})"
    )
    if found.number_needed_to_treat is None or found.needed_low is None:
        return told
    kind = "harm" if synthesis.outcome == "adverse-event" else "treat"
    return f"{told}; number needed to {kind} {abs(found.number_needed_to_treat):.0f}"


def _tell_notes(synthesis: Synthesis) -> list[str]:
    """Where cells were corrected, the studies in which."""
    corrected = [entry.study for entry in synthesis.entries if entry.note and "0.5 was added" in entry.note]
    return [f"0.5 was added to each cell of {', '.join(corrected)}, where one cell is zero"] if corrected else []


def _tell_published(pool: PublishedPool) -> str:
    counted = [f"{value} {name}" for value, name in ((pool.k, "trials"), (pool.n, "people")) if value is not None]
    told = f"{NAMES[pool.effect].lower()} {show_number(pool.estimate)} (95 % CI {show_number(pool.low)} to {show_number(pool.high)})"
    return f"Pooled by others ({_tell_name(pool.source)}): {', '.join([told, *counted])}. {pool.note or ''}".strip()


def _tell_name(item_id: str) -> str:
    """Author and year out of the id of a study or source: `zarate-2006` is Zarate 2006."""
    return " ".join(part[0].upper() + part[1:] for part in item_id.split("-"))


def _describe(synthesis: Synthesis, result: Estimate) -> str:
    return (
        f"Forest plot of {result.k} results. {NAMES[synthesis.effect]} {show_number(result.estimate)}, 95 % confidence interval "
        f"{show_number(result.ci_low)} to {show_number(result.ci_high)}. All figures stand in {synthesis.links.self}."
    )


def _nice_step(span: float) -> float:
    rough = span / 6
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
