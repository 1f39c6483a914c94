"""Forest plots: a synthesis as SVG.

Attributes carry all presentation, because the service's Content-Security-Policy forbids styles; the plot has a light ground of its
own, so that it reads the same on dark and light pages."""

import math
import textwrap
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from app.schemas.v1.synthesis import Entry, Estimate, Synthesis

WIDTH, ROW, TOP = 1080, 28, 84
PLOT_LEFT, PLOT_RIGHT = 480, 810
LABEL_X, TREATED_X, COMPARED_X, EFFECT_X = 20, 350, 440, 832
INK, FAINT, ACCENT, GROUND = "#1b2733", "#8494a5", "#1f5f8b", "#ffffff"
LARGEST = 20
"""Side of the square of a study with all the weight, in pixels."""

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

    def place(self, value: float) -> float:
        """Pixel of an effect, kept inside the plot."""
        low, high, at = (math.log(part) if self.ratio else part for part in (self.low, self.high, value))
        share = min(1.0, max(0.0, (at - low) / (high - low)))
        return round(PLOT_LEFT + share * (PLOT_RIGHT - PLOT_LEFT), 1)

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


def render_forest(synthesis: Synthesis) -> str:
    """The forest plot; where nothing is pooled, the question and the reason."""
    if synthesis.result is None:
        return _render_reason(synthesis)
    entries = [entry for entry in synthesis.entries if entry.estimate is not None]
    axis = build_axis(synthesis, synthesis.result)
    with_counts = any(entry.n_t is not None for entry in entries)
    bottom = TOP + ROW * len(entries)
    parts = [_text(LABEL_X, 66, "Study", weight="bold"), _text(EFFECT_X, 66, f"{NAMES[synthesis.effect]} (95 % CI), weight", weight="bold")]
    if with_counts:
        parts += [_text(TREATED_X, 50, synthesis.treatment, anchor="end", weight="bold"), _text(TREATED_X, 66, "n/N", anchor="end")]
        parts += [_text(COMPARED_X, 50, synthesis.comparator, anchor="end", weight="bold"), _text(COMPARED_X, 66, "n/N", anchor="end")]
    parts.append(_line(axis.place(axis.null), 78, axis.place(axis.null), bottom + 2 * ROW, FAINT))
    for row, entry in enumerate(entries):
        parts += _render_entry(entry, axis, TOP + ROW * row)
    parts += _render_pooled(synthesis, synthesis.result, axis, bottom + 10)
    parts += _render_axis(synthesis, axis, bottom + 2 * ROW + 14)
    height = bottom + 2 * ROW + 108
    parts.append(_text(LABEL_X, height - 34, _heterogeneity(synthesis.result), size=13))
    parts.append(
        _text(LABEL_X, height - 14, f"Certainty (GRADE): {synthesis.certainty}. Figures as a table: {synthesis.links.self}", size=13)
    )
    return _document(synthesis, _describe(synthesis, synthesis.result), parts, height)


def build_axis(synthesis: Synthesis, result: Estimate) -> Axis:
    """An axis that shows every interval, the prediction interval and no effect."""
    ratio = synthesis.effect in {"rr", "or", "hr"}
    null = 1.0 if ratio else 0.0
    values = [null, result.ci_low, result.ci_high]
    values += [value for entry in synthesis.entries for value in (entry.ci_low, entry.ci_high) if value is not None]
    if ratio:
        low, high = max(min(values), RATIO_TICKS[0]), min(max(values), RATIO_TICKS[-1])
        return Axis(max(tick for tick in RATIO_TICKS if tick <= low), min(tick for tick in RATIO_TICKS if tick >= high), ratio=True)
    room = 0.05 * (max(values) - min(values))
    return Axis(min(values) - room, max(values) + room, ratio=False)


def _render_entry(entry: Entry, axis: Axis, top: float) -> list[str]:
    middle = top + ROW / 2
    estimate, low, high, weight = entry.estimate or 0.0, entry.ci_low or 0.0, entry.ci_high or 0.0, entry.weight_percent or 0.0
    side = max(4.0, LARGEST * math.sqrt(weight / 100))
    x = axis.place(estimate)
    parts = [
        _text(LABEL_X, middle + 5, entry.study),
        _line(axis.place(low), middle, axis.place(high), middle, INK),
        f'<rect class="study" x="{x - side / 2:.1f}" y="{middle - side / 2:.1f}" width="{side:.1f}" height="{side:.1f}" fill="{ACCENT}"/>',
        _text(EFFECT_X, middle + 5, f"{_short(estimate)} ({_short(low)} to {_short(high)}), {weight:.0f} %"),
    ]
    if entry.n_t is not None and entry.n_c is not None:
        parts.append(_text(TREATED_X, middle + 5, f"{entry.events_t}/{entry.n_t}", anchor="end"))
        parts.append(_text(COMPARED_X, middle + 5, f"{entry.events_c}/{entry.n_c}", anchor="end"))
    return parts


def _render_pooled(synthesis: Synthesis, result: Estimate, axis: Axis, top: float) -> list[str]:
    middle = top + ROW / 2
    left, x, right = axis.place(result.ci_low), axis.place(result.estimate), axis.place(result.ci_high)
    points = f"{left},{middle} {x},{middle - 9} {right},{middle} {x},{middle + 9}"
    interval = ", Hartung-Knapp" if synthesis.hartung_knapp else ""
    parts = [
        _text(LABEL_X, middle + 5, f"Pooled ({MODELS[result.model]}{interval})", weight="bold"),
        f'<polygon class="pooled" points="{points}" fill="{INK}"/>',
        _text(EFFECT_X, middle + 5, f"{_short(result.estimate)} ({_short(result.ci_low)} to {_short(result.ci_high)})", weight="bold"),
    ]
    if result.prediction_low is not None and result.prediction_high is not None:
        below = middle + 22
        parts += [
            _text(LABEL_X, below + 5, "95 % prediction interval", size=13),
            _line(axis.place(result.prediction_low), below, axis.place(result.prediction_high), below, ACCENT, width=4),
            _text(EFFECT_X, below + 5, f"{_short(result.prediction_low)} to {_short(result.prediction_high)}", size=13),
        ]
    return parts


def _render_axis(synthesis: Synthesis, axis: Axis, y: float) -> list[str]:
    parts = [_line(PLOT_LEFT, y, PLOT_RIGHT, y, INK)]
    for tick in axis.ticks():
        parts += [
            _line(axis.place(tick), y, axis.place(tick), y + 5, INK),
            _text(axis.place(tick), y + 20, f"{tick:g}".replace("-", "\u2212"), anchor="middle", size=13),
        ]
    left, right = _sides(synthesis)
    parts += [_text(PLOT_LEFT, y + 40, f"← {left}", size=13), _text(PLOT_RIGHT, y + 40, f"{right} →", anchor="end", size=13)]
    return parts


def _sides(synthesis: Synthesis) -> tuple[str, str]:
    """What lies left and right of no effect."""
    if synthesis.outcome == "adverse-event":
        return f"fewer with {synthesis.treatment}", f"more with {synthesis.treatment}"
    treatment, comparator = f"favours {synthesis.treatment}", f"favours {synthesis.comparator}"
    return (comparator, treatment) if synthesis.outcome in BETTER_WHEN_HIGHER else (treatment, comparator)


def _render_reason(synthesis: Synthesis) -> str:
    reason = synthesis.reason or ""
    lines = ["Nothing is pooled.", *textwrap.wrap(reason, 110), *(f"Left out: {item.study}. {item.reason}" for item in synthesis.excluded)]
    wrapped = [piece for line in lines for piece in textwrap.wrap(line, 118)]
    parts = [_text(LABEL_X, 74 + 22 * row, line) for row, line in enumerate(wrapped)]
    return _document(synthesis, f"Nothing is pooled. {reason}", parts, 90 + 22 * len(wrapped))


def _heterogeneity(result: Estimate) -> str:
    p = "" if result.p_heterogeneity is None else f" (p = {result.p_heterogeneity:.2f})"
    return f"Heterogeneity: tau² = {result.tau2:.3g}, I² = {result.i2:.0f} %, Q = {result.q:.2f}{p}; {result.k} results"


def _describe(synthesis: Synthesis, result: Estimate) -> str:
    return (
        f"Forest plot of {result.k} results. {NAMES[synthesis.effect]} {_short(result.estimate)}, 95 % confidence interval "
        f"{_short(result.ci_low)} to {_short(result.ci_high)}. All figures stand in {synthesis.links.self}."
    )


def _document(synthesis: Synthesis, description: str, parts: list[str], height: float) -> str:
    title = escape(synthesis.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="100%" role="img" aria-labelledby="title desc" '
        f'font-family="Helvetica, Arial, sans-serif">'
        f'<title id="title">{title}</title><desc id="desc">{escape(description)}</desc>'
        f'<rect width="{WIDTH}" height="{height:g}" fill="{GROUND}"/>'
        f"{_text(LABEL_X, 28, synthesis.title, size=17, weight='bold')}{''.join(parts)}</svg>"
    )


def _text(  # noqa: PLR0913 - the attributes of a text
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 14, weight: str = "normal"
) -> str:
    place = f'x="{x:g}" y="{y:g}" text-anchor={quoteattr(anchor)}'
    return f'<text {place} font-size="{size}" font-weight="{weight}" fill="{INK}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1.5) -> str:  # noqa: PLR0913 - two ends
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}" stroke-width="{width:g}"/>'


def _short(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212")


def _nice_step(span: float) -> float:
    rough = span / 6
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
