"""Comparisons as Markdown, CSV and a compact SVG table."""

from collections.abc import Iterable, Iterator, Sequence

from app.formats.markdown import tell_ids
from app.formats.svg import ACCENT, FAINT, GRID, PAGE, Drawing, break_lines, start_drawing
from app.formats.tables import Row as TableRow
from app.formats.tables import write_table
from app.schemas.v1.comparison import Cell, Comparison, Row
from app.schemas.v1.fact import Fact

COLUMNS = (
    "attribute", "jurisdiction", "comparison", "treatment", "value", "reason", "certainty", "facts", "syntheses", "see_also", "studies",
)  # fmt: skip
NOTE = "Effects of each treatment come from its own studies; such a comparison is indirect and shows no winner. Information, not advice."


def render_comparison_csv(comparison: Comparison) -> str:
    """A row for each two treatments, those with direct comparisons first, then one for each cell."""
    return write_table(COLUMNS, _table_rows(comparison))


def _table_rows(comparison: Comparison) -> Iterator[TableRow]:
    for pair in comparison.pairs:
        direct = pair.comparison == "head-to-head"
        yield {
            "attribute": "direct-comparison", "comparison": pair.comparison, "treatment": ";".join(pair.treatments),
            "value": ("; ".join(study.citation for study in pair.studies) or "see facts and syntheses") if direct else None,
            "reason": None if direct else pair.note,
            "facts": _join(fact.id for fact in pair.facts),
            "syntheses": _join(synthesis.id for synthesis in pair.syntheses),
            "studies": _join(study.id for study in pair.studies),
        }  # fmt: skip
    for row in comparison.rows:
        shared = {"attribute": row.attribute, "jurisdiction": row.jurisdiction, "comparison": row.comparison}
        for cell in row.cells:
            lists = {name: _join(getattr(cell, name)) for name in ("facts", "syntheses", "see_also")}
            yield {**shared, **cell.model_dump(include={"treatment", "value", "reason", "certainty"}), **lists}


def _join(ids: Iterable[str]) -> str | None:
    return ";".join(ids) or None


def render_comparison_markdown(comparison: Comparison) -> str:
    """Direct comparisons, then a table of attributes, then what the rows rest on."""
    names = [treatment.name for treatment in comparison.treatments]
    lines = [f"# {_list_names(comparison)}", "", NOTE, "", "## Direct comparisons", ""]
    for pair in comparison.pairs:
        lines.append(f"- **{' and '.join(pair.treatments)}** ({pair.comparison}): {pair.note}")
        lines += [f"  - {study.citation}: {study.design}, {study.condition} ({study.links.self})" for study in pair.studies]
        lines += [
            f"  - Pooled: {synthesis.title}; certainty {synthesis.certainty} ({synthesis.links.self})" for synthesis in pair.syntheses
        ]
        lines += [f"  - {_tell_fact(fact)}" for fact in pair.facts]
    lines += ["", "## Side by side", "", f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    lines += [
        f"| {number}. {_title(row)} | {' | '.join(_escape(_tell(cell)) for cell in row.cells)} |"
        for number, row in enumerate(comparison.rows, 1)
    ]
    lines += ["", "## What the rows rest on", ""]
    for place, treatment in enumerate(comparison.treatments):
        lines += _tell_grounds(treatment.id, [row.cells[place] for row in comparison.rows])
    return "\n".join(lines) + "\n"


def _tell_fact(fact: Fact) -> str:
    """A statement on both treatments with its sources and the warnings to show."""
    sources = ", ".join(source.id for source in fact.sources)
    warnings = f"; see also {tell_ids(fact.see_also)}" if fact.see_also else ""
    return f"{fact.text} Certainty {fact.certainty} (`{fact.id}`; sources {sources}{warnings})"


def _tell_grounds(treatment: str, cells: Sequence[Cell]) -> list[str]:
    """Facts and pooled results by number of their row, with the warnings to show; the beginning that ids share is said once."""
    beginning = f"treatment.{treatment}."

    def shorten(ids: Iterable[str]) -> str:
        return ", ".join(name.removeprefix(beginning) for name in ids)

    told: list[str] = []
    for number, cell in enumerate(cells, 1):
        grounds = shorten((*cell.facts, *(f"/v1/syntheses/{name}" for name in cell.syntheses)))
        warnings = f" (see also {shorten(cell.see_also)})" if cell.see_also else ""
        told += [f"{number}: {grounds}{warnings}"] if grounds else []
    return [f"- `{beginning}…`: {'; '.join(told)}"] if told else []


def render_comparison_svg(comparison: Comparison, width: int = PAGE) -> str:
    """A table where there is room for columns; below each other for a phone."""
    title = _list_names(comparison)
    drawing = start_drawing(title, width)
    margin = 20 if drawing.wide else 12
    for pair in comparison.pairs:
        found = ", ".join([study.name for study in pair.studies] or [fact.id for fact in pair.facts])
        told = f"compared directly: {found}" if found else "indirect; no study that compared them directly is told of here"
        drawing.paragraph(margin, f"{' and '.join(pair.treatments)}: {told}", size=13, fill=FAINT)
    if drawing.wide:
        _draw_columns(drawing, comparison, margin)
    else:
        _draw_rows(drawing, comparison, margin)
    drawing.y += 12
    data = f"/v1/compare?treatments={','.join(treatment.id for treatment in comparison.treatments)}"
    drawing.link(margin, f"{NOTE} With sources:", data)
    return drawing.finish(title, f"Table of {len(comparison.rows)} attributes. {NOTE} The same as data: {data}")


def _draw_columns(drawing: Drawing, comparison: Comparison, margin: float) -> None:
    first = 170.0
    column = (drawing.width - 2 * margin - first) / len(comparison.treatments)
    drawing.y += 26
    for place, treatment in enumerate(comparison.treatments):
        drawing.text(margin + first + place * column, drawing.y, treatment.id, weight="bold", fill=ACCENT)
    drawing.y += 6
    for row in comparison.rows:
        drawing.line((margin, drawing.y), (drawing.width - margin, drawing.y), GRID, 1)
        heads = break_lines(_title(row), first - 12, 13, bold=True)
        cells = [break_lines(_tell(cell).replace(" %", "\u00a0%"), column - 14, 13) for cell in row.cells]
        for at, line in enumerate(heads):
            drawing.text(margin, drawing.y + 18 * (at + 1), line, size=13, weight="bold")
        for place, lines in enumerate(cells):
            for at, line in enumerate(lines):
                fill = {"fill": FAINT} if row.cells[place].value is None else {}
                drawing.text(margin + first + place * column, drawing.y + 18 * (at + 1), line, size=13, **fill)
        drawing.y += 18 * max(len(heads), *(len(lines) for lines in cells)) + 8


def _draw_rows(drawing: Drawing, comparison: Comparison, margin: float) -> None:
    for row in comparison.rows:
        drawing.y += 8
        drawing.line((margin, drawing.y), (drawing.width - margin, drawing.y), GRID, 1)
        drawing.paragraph(margin, _title(row), size=13, weight="bold")
        for cell in row.cells:
            drawing.paragraph(margin, f"{cell.treatment}: {_tell(cell)}".replace(" %", "\u00a0%"), size=12)


def _list_names(comparison: Comparison) -> str:
    *names, last = (treatment.name for treatment in comparison.treatments)
    return f"{', '.join(names)} and {last}"


def _title(row: Row) -> str:
    place = f", {row.jurisdiction}" if row.jurisdiction else ""
    return f"{row.title}{place}{' (indirect)' if row.comparison == 'indirect' else ''}"


def _tell(cell: Cell) -> str:
    if cell.value is None:
        return cell.reason or "Not known."
    grade = cell.certainty.replace("-", " ") if cell.certainty else None
    return f"{cell.value} ({grade} certainty)" if grade and grade != cell.value else cell.value


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
