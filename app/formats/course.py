"""Time course: which share of people had responded when, trial by trial, as SVG."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.formats.svg import ACCENT, FAINT, GRID, GROUND, INK, LETTER, PAGE, Drawing, start_drawing
from app.schemas.v1.study import ArmResult, Outcome, Study
from app.values.quantity import read_hours

_MARKS = (
    (1, "1 h"),
    (4, "4 h"),
    (24, "1 day"),
    (168, "1 week"),
    (672, "4 weeks"),
    (2191, "3 months"),
    (8766, "1 year"),
    (43830, "5 years"),
)
"""Labelled times, in hours."""

_END = re.compile(r"(?<!\d),|,(?!\s\d)")

PANEL = 300
"""Height of the plot itself."""


@dataclass(frozen=True)
class Point:
    """The shares of one trial at one time."""

    study: str
    hours: float
    label: str
    treated: tuple[tuple[str, float], ...]
    """Name and percentage of each arm with the treatment."""
    compared: tuple[tuple[str, float], ...]
    """The same of the other arms."""
    note: str
    """What sets it apart, such as both periods of a crossover."""


def find_points(treatment: str, studies: Iterable[Study]) -> list[Point]:
    """Response by trial and time: of outcomes at the same time the first one that the record lists, by time."""
    points: dict[tuple[str, float], Point] = {}
    for study in studies:
        arms = {arm.id: arm for arm in study.arms}
        for outcome in study.outcomes:
            shares = [(result, _share(result)) for result in outcome.arms]
            told = [(arms[result.arm], share) for result, share in shares if share is not None]
            treated = tuple((_shorten(arm.label), share) for arm, share in told if arm.treatment == treatment)
            compared = tuple((_shorten(arm.label), share) for arm, share in told if arm.treatment != treatment)
            if outcome.measure == "response" and treated:
                hours = read_hours(outcome.timepoint.duration)
                point = Point(study.name, hours, outcome.timepoint.label, treated, compared, _note(study, outcome) if compared else "")
                points.setdefault((study.id, hours), point)
    return sorted(points.values(), key=lambda point: (point.hours, point.study))


def render_course(name: str, treatment: str, studies: Iterable[Study], address: str, width: int = PAGE) -> str:
    """Responders by time for one treatment, laid out for `width` pixels, with every figure in words below."""
    title = f"{name}: response over time, trial by trial"
    drawing = start_drawing(title, width)
    margin = 20 if drawing.wide else 12
    points = find_points(treatment, studies)
    if not points:
        drawing.y += 8
        drawing.paragraph(margin, "No study that is recorded here reports how many people had responded at a given time.")
        return drawing.finish(title, "There are no figures to show.")
    drawing.paragraph(margin, "Response: depression score at least halved. Each number is a trial; see below.", size=13, fill=FAINT)
    _render_panel(drawing, points, margin)
    _render_key(drawing, points, margin)
    drawing.y += 6
    words = "Shares are those published; trials differ in people, doses and comparators, so points of different trials are not a curve."
    drawing.link(margin, f"{words} Figures as a table:", address)
    return drawing.finish(
        title, f"{len(points)} results of {len({point.study for point in points})} studies. {words} All figures stand in {address}."
    )


def _render_panel(drawing: Drawing, points: list[Point], margin: float) -> None:
    left, right, top = margin + 34, drawing.width - margin - 10, drawing.y + 24
    bottom = top + PANEL
    first = math.log(min(1.0 if points[0].hours < 4 else 12.0, points[0].hours))
    last = math.log(max(points[-1].hours * 1.5, 1000))

    def place_x(hours: float) -> float:
        return left + (math.log(hours) - first) / (last - first) * (right - left)

    def place_y(percent: float) -> float:
        return bottom - percent / 100 * PANEL

    for percent in range(0, 101, 20):
        drawing.line((left, place_y(percent)), (right, place_y(percent)), GRID, 1)
        drawing.text(left - 6, place_y(percent) + 4, f"{percent} %", anchor="end", size=12)
    free = 0.0
    for hours, label in _MARKS:
        if first <= math.log(hours) <= last:
            drawing.line((place_x(hours), bottom), (place_x(hours), bottom + 5))
            half = 12 * LETTER * len(label) / 2
            if place_x(hours) - half > free:
                drawing.text(place_x(hours), bottom + 20, label, anchor="middle", size=12)
                free = place_x(hours) + half + 4
    drawing.text((left + right) / 2, bottom + 38, "time since the first dose (logarithmic)", anchor="middle", size=12, fill=FAINT)
    drawing.line((left, bottom), (right, bottom))
    groups: dict[float, list[int]] = defaultdict(list)
    for index, point in enumerate(points):
        groups[point.hours].append(index)
    gap = 22 if drawing.wide else 11
    for indices in groups.values():
        for place, index in enumerate(indices):
            x = place_x(points[index].hours) + (place - (len(indices) - 1) / 2) * gap
            _render_point(drawing, points[index], min(max(x, left + 6), right - 6), place_y, str(index + 1))
    drawing.y = bottom + 44
    y = drawing.y + 18
    drawing.circle(left + 6, y - 4, 5, f'fill="{ACCENT}"')
    drawing.text(left + 18, y, "with the treatment", size=13)
    drawing.square(left + 166, y - 4, 9, f'fill="{GROUND}" stroke="{INK}" stroke-width="1.5"')
    drawing.text(left + 178, y, "comparator", size=13)
    drawing.y = y + 6


def _render_point(drawing: Drawing, point: Point, x: float, place_y: Callable[[float], float], number: str) -> None:
    heights = [place_y(share) for _, share in (*point.treated, *point.compared)]
    drawing.line((x, min(heights)), (x, max(heights)), FAINT, 1)
    for _, share in point.compared:
        drawing.square(x, place_y(share), 9, f'class="compared" fill="{GROUND}" stroke="{INK}" stroke-width="1.5"')
    for _, share in point.treated:
        drawing.circle(x, place_y(share), 5, f'class="treated" fill="{ACCENT}"')
    drawing.text(x, min(heights) - 9, number, anchor="middle", size=11)


def _render_key(drawing: Drawing, points: list[Point], margin: float) -> None:
    for index, point in enumerate(points):
        drawing.y += 3
        arms = "; ".join(f"{name} {share:.0f}\u00a0%" for name, share in (*point.treated, *point.compared))
        alone = "" if point.compared else "; no share of a comparator is recorded"
        drawing.paragraph(margin, f"{index + 1}  {point.study}, {point.label}: {arms}{alone}{point.note}", size=13 if drawing.wide else 12)


def _share(result: ArmResult) -> float | None:
    if result.percent is not None:
        return result.percent
    return 100 * result.events / result.n if result.events is not None and result.n else None


def _shorten(label: str) -> str:
    """What an arm got, without schedule; a comma in a list of doses ("28, 56 or 84 mg") ends nothing."""
    return _END.split(label, 1)[0]


def _note(study: Study, outcome: Outcome) -> str:
    return " (both periods of a crossover)" if outcome.period == "both" and study.design.type == "crossover" else ""
