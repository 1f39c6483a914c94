"""Whether a statement says of its sources no more than the records behind its numbers: `seen` only what was seen."""

from collections.abc import Iterator

from app.content.library import Library, PlacedStatement
from app.content.problem import Problem
from app.content.study import AdverseEvent, Outcome
from app.evidence.data import list_figures


def check_marks(placed: PlacedStatement, library: Library) -> Iterator[Problem]:
    """A problem for each source that a statement marks `seen` although a result that it rests on was read in another text."""
    secondary = {source: figure for figure in list_figures(placed, library) for source in _find_secondary(figure, library)}
    for index, ref in enumerate(placed.statement.sources):
        if ref.check == "seen" and ref.id in secondary:
            yield placed.document.problem(
                (*placed.path, "sources", index),
                f"`{ref.id}` is marked `seen`, but the record `{secondary[ref.id]}` was read in another text",
                "write `check: secondary`, or drop the figure",
            )


def _find_secondary(figure: str, library: Library) -> Iterator[str]:
    """Sources whose results behind a figure were not seen themselves."""
    owner, _, part_id = figure.partition("/")
    if owner in library.syntheses:
        for entry in library.syntheses[owner].item.entries:
            yield from _find_secondary(entry.figure, library)
    elif owner in library.studies:
        study = library.studies[owner].item
        parts: tuple[Outcome | AdverseEvent, ...] = (*study.outcomes, *study.adverse_events)
        yield from (part.source or study.source for part in parts if part.id == part_id and part.check == "secondary")
