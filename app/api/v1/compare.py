"""Treatments side by side."""

from typing import Annotated

from fastapi import Query as FromQuery
from fastapi import Response
from pydantic import Field

from app.api.answers import ReadingDep, rendered_as
from app.api.parameters import Pictured, Selecting, comes_as
from app.api.routing import Router
from app.comparison import compare
from app.errors import BadParameter, ParameterFault
from app.formats.comparison import render_comparison_csv, render_comparison_markdown, render_comparison_svg
from app.release.store import ReleaseStore
from app.schemas.v1.comparison import Comparison
from app.schemas.v1.envelope import Envelope
from app.values.near import find_near_names

router = Router(prefix="/compare", tags=["Treatments"])

FEWEST, MOST = 2, 4
SUGGESTED = 3
"""How many other treatments an error suggests at most."""


class CompareQuery(Selecting, Pictured):
    """Which treatments."""

    treatments: Annotated[str, Field(json_schema_extra={"x-values": "treatments", "x-items": [FEWEST, MOST]})]
    """Two to four treatments by id, with commas: `ketamine,ect`."""
    format: Annotated[
        str | None, comes_as("json", "md", "csv", "svg", note="The table has a row a cell; the picture is a compact table.")
    ] = None


@router.get(
    "", response_model=Envelope[Comparison], operation_id="compare_treatments", summary="Treatments side by side",
    responses=rendered_as("md", "csv", "svg"),
)  # fmt: skip
async def compare_treatments(reading: ReadingDep, query: Annotated[CompareQuery, FromQuery()]) -> Response:
    """The same attributes of two to four treatments, each cell with the facts and pooled results it rests on and the warnings that
    belong to them. Studies that compared two of them directly come first; what rests on each treatment's own studies is marked as an
    indirect comparison. A cell without a value says why."""
    comparison = compare(reading.store, find_treatments(reading.store, query.treatments), reading.address())
    match reading.format:
        case "svg":
            return reading.picture(render_comparison_svg(comparison, query.width), query, Comparison)
        case "csv":
            return reading.table(render_comparison_csv(comparison), "comparison.csv", query, Comparison)
        case "md":
            return reading.markdown(render_comparison_markdown(comparison), query, Comparison)
        case _:
            return reading.one(comparison, query)


def find_treatments(store: ReleaseStore, text: str) -> list[str]:
    """The treatments in a comma-separated list, aliases resolved; raises `BadParameter` for anything but two to four different ones."""
    known = store.find_ids("treatments")
    ids: list[str] = []
    faults: list[ParameterFault] = []
    names = text.split(",")
    others = [name for name in known if name not in names]
    for name in names:
        found = _find(store, name, known)
        if not name:
            faults.append(ParameterFault("query", "treatments", "an entry is empty", tuple(others[:SUGGESTED])))
        elif found is None:
            faults.append(
                ParameterFault(
                    "query", "treatments", f"there is no treatment `{name}`", find_near_names(name, others) or tuple(others[:SUGGESTED])
                )
            )
        elif found in ids:
            detail = f"`{name}` stands more than once; name each treatment once"
            faults.append(ParameterFault("query", "treatments", detail, tuple(other for other in others if other != found)[:SUGGESTED]))
        else:
            ids.append(found)
    detail = f"name {FEWEST} to {MOST} treatments with commas, not {len(names)}"
    if len(names) > MOST:
        faults.insert(0, ParameterFault("query", "treatments", detail, (",".join(ids[:MOST]),) if len(ids) >= FEWEST else ()))
    elif not faults and len(ids) < FEWEST:
        near = tuple(f"{ids[0]},{other}" for other in others if other not in ids)[:SUGGESTED]
        faults.append(ParameterFault("query", "treatments", detail, near))
    if faults:
        raise BadParameter(faults)
    return ids


def _find(store: ReleaseStore, name: str, known: tuple[str, ...]) -> str | None:
    if name in known:
        return name
    moved = store.find_moved("treatments", name) if name else None
    return moved if moved in known else None
