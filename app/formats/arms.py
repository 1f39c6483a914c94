"""A study's arms as SVG: what each group got, and how many people had the outcome, person by person where that is known."""

from app.formats.svg import ACCENT, FAINT, GRID, PAGE, Drawing, start_drawing
from app.schemas.v1.study import Arm, ArmResult, Outcome, Study

MOST_ICONS = 400
"""Largest group that is drawn person by person; larger ones are drawn as a hundred."""
SHARED = ("response", "remission", "relapse", "suicidal-ideation")
"""Outcomes that people have or have not, the first one that was counted is shown."""


def choose_outcome(study: Study) -> Outcome | None:
    """The outcome to show: the first primary one that was counted, else the first counted one."""
    counted = [outcome for outcome in study.outcomes if outcome.measure in SHARED and any(_is_counted(result) for result in outcome.arms)]
    return next((outcome for outcome in counted if outcome.primary), counted[0] if counted else None)


def render_arms(study: Study, width: int = PAGE) -> str:
    """The arms of a study, laid out for `width` pixels."""
    title = f"{study.name}: groups and outcome"
    drawing = start_drawing(title, width)
    margin = 20 if drawing.wide else 12
    outcome = choose_outcome(study)
    design = f"{study.design.type.replace('-', ' ')}, {study.design.blinding}, in {study.population.condition}"
    drawing.paragraph(margin, design, size=13, fill=FAINT)
    if outcome is not None:
        told = f"{outcome.measure} ({outcome.definition})" if outcome.definition else outcome.measure
        drawing.paragraph(margin, f"Outcome: {told}, {outcome.timepoint.label}", size=13)
    else:
        scores = "; its results are scores." if study.outcomes else "."
        drawing.paragraph(margin, f"No outcome of this study is recorded as people who had it{scores}", size=13)
    results = {result.arm: result for result in outcome.arms} if outcome else {}
    for arm in study.arms:
        drawing.y += 12
        _render_arm(drawing, margin, arm, results.get(arm.id), shows=outcome is not None)
    drawing.y += 8
    drawing.link(margin, "Figures as a table:", study.links.self)
    return drawing.finish(title, _describe(study, outcome, results))


def _render_arm(drawing: Drawing, margin: float, arm: Arm, result: ArmResult | None, *, shows: bool) -> None:
    drawing.paragraph(margin, arm.label, weight="bold")
    people = arm.n_randomised if arm.n_randomised is not None else arm.n_analysed
    joined = "number of people not recorded" if people is None else f"{people} people"
    drawing.paragraph(margin, f"{joined}; {tell_result(result)}" if shows else joined, size=13)
    if result is None or not _is_counted(result):
        return
    events, n = count_icons(result)
    side = 12 if drawing.wide else 9
    columns = min(50, max(10, int((drawing.width - 2 * margin) // side)))
    drawing.y += 6
    for index in range(n):
        row, column = divmod(index, columns)
        look = f'class="event" fill="{ACCENT}"' if index < events else f'class="none" fill="{GRID}"'
        drawing.circle(margin + side * (column + 0.5), drawing.y + side * (row + 0.5), side * 0.38, look)
    drawing.y += side * -(-n // columns)


def count_icons(result: ArmResult) -> tuple[int, int]:
    """Filled and all icons: people, or of a hundred where counts are not published or the group is large."""
    if result.events is not None and result.n is not None and result.n <= MOST_ICONS:
        return result.events, result.n
    percent = result.percent if result.percent is not None else 100 * (result.events or 0) / (result.n or 1)
    return round(percent), 100


def tell_result(result: ArmResult | None) -> str:
    """A result in words."""
    if result is None or not _is_counted(result):
        return "outcome not counted in this group"
    if result.events is not None and result.n is not None:
        return f"{result.events} of {result.n} had the outcome ({100 * result.events / result.n:.0f} %)"
    return f"{result.percent:g} % had the outcome, as published (shown as that many of 100)"


def _is_counted(result: ArmResult) -> bool:
    return result.percent is not None or (result.events is not None and result.n is not None)


def _describe(study: Study, outcome: Outcome | None, results: dict[str, ArmResult]) -> str:
    if outcome is None:
        return f"{len(study.arms)} groups. All figures stand in {study.links.self}."
    told = "; ".join(f"{arm.label}: {tell_result(results.get(arm.id))}" for arm in study.arms)
    return f"{outcome.measure} {outcome.timepoint.label}. {told}. All figures stand in {study.links.self}."
