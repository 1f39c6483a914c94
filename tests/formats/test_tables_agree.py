"""CSV tables agree with the JSON, cell for cell, for every study and every two treatments of the sample and of the catalogue."""

import csv
import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from app.formats.tables import TABLES
from tests.formats.figures import get_data, list_addresses

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
SHARED = ("finding", "source", "check", "unit")


async def read_table(reader: httpx.AsyncClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await reader.get(address)).raise_for_status().text, newline="")))


def write(value: Any) -> str:
    """A value as a cell; lists with semicolons, nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return ";".join(value)  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return str(value)


def same(cell: str, value: Any) -> bool:
    """Whether a cell holds a value; numbers may be written with a point or without."""
    return float(cell) == value if isinstance(value, int | float) and not isinstance(value, bool) and cell else cell == write(value)


def check_rows(rows: list[dict[str, str]], expected: list[Row], where: str) -> None:
    """Every row holds what is expected, in order, and nothing else."""
    assert len(rows) == len(expected), where
    for row, values in zip(rows, expected, strict=True):
        assert values.keys() <= row.keys(), where
        wrong = {name: (cell, values.get(name)) for name, cell in row.items() if not same(cell, values.get(name))}
        assert not wrong, (where, row["study"], wrong)


def list_studies(study: Row) -> Iterator[Row]:
    design, population = study["design"], study["population"]
    counted = ("condition", "groups", "n_screened", "n_randomised", "n_analysed", "mean_age_years", "female_percent")
    yield {
        "study": study["id"], "design": design["type"], "registration": [code["code"] for code in study["registration"]],
        **{name: study[name] for name in ("name", "source", "treatments", "comparators", "funding")},
        **{name: design[name] for name in ("randomised", "blinding", "phase", "sites", "countries")},
        **{name: population[name] for name in counted},
    }  # fmt: skip


def list_arms(study: Row) -> Iterator[Row]:
    for arm in study["arms"]:
        dose: Row = arm["dose"] or {}
        kept = {name: value for name, value in arm.items() if name not in {"id", "dose"}}
        yield {**kept, "study": study["id"], "arm": arm["id"], **{f"dose_{name}": dose.get(name) for name in ("low", "high", "unit")}}


def list_outcomes(study: Row) -> Iterator[Row]:
    for part in study["outcomes"] + study["adverse_events"]:
        told: Row = {"study": study["id"], "outcome": part["id"], **{name: part[name] for name in SHARED}}
        if "event" in part:
            told |= {"kind": "adverse-event", "measure": part["event"]}
        else:
            told |= {"kind": "outcome", **{name: part[name] for name in ("measure", "scale", "definition", "period", "analysis_set")}}
            told |= {
                "timepoint": part["timepoint"]["duration"],
                "timepoint_label": part["timepoint"]["label"],
                "is_primary": part["primary"],
            }
        results: list[Row] = part["arms"] or [{}]
        for result in results:
            yield {**told, **{name: value for name, value in result.items() if name != "note"}}


def list_contrasts(study: Row) -> Iterator[Row]:
    for part in study["outcomes"] + study["adverse_events"]:
        for origin, contrasts in (("published", part.get("contrasts", [])), ("computed", part["computed"])):
            for contrast in contrasts:
                p: str | None = contrast.get("p")
                digits = p.lstrip("<>=\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO} ") if p else None
                yield {
                    "study": study["id"], "outcome": part["id"], "origin": origin, "effect": contrast["kind"],
                    "treatment_arm": contrast["treatment"], "comparator_arm": contrast["comparator"],
                    "level_percent": contrast.get("level_percent", 95), "p": p, "p_value": float(digits) if digits else None,
                    "p_relation": ((p or "")[: -len(digits)].strip() or "=") if digits else None,
                    **{name: contrast.get(name) for name in ("estimate", "low", "high", "se", "note")},
                }  # fmt: skip


EXPECTED = {"studies": list_studies, "arms": list_arms, "outcomes": list_outcomes, "contrasts": list_contrasts}


@pytest.mark.parametrize("table", TABLES)
async def test_every_cell_of_the_tables_of_studies_is_that_of_the_json(reader: httpx.AsyncClient, table: str) -> None:
    studies = [await get_data(reader, address) for address in await list_addresses(reader, "studies")]
    rows = await read_table(reader, f"/v1/studies?format=csv&table={table}")
    check_rows(rows, [row for study in studies for row in EXPECTED[table](study)], table)
    assert rows


async def list_comparisons(reader: httpx.AsyncClient) -> list[str]:
    """Addresses that bring every treatment into a comparison, and four at once."""
    names = [address.rpartition("/")[2] for address in await list_addresses(reader, "treatments")]
    pairs = [f"{one},{other}" for one, other in pairwise(names)]
    return [f"/v1/compare?treatments={told}" for told in dict.fromkeys([*pairs, ",".join(names[:4])])]


async def test_every_cell_of_a_comparison_is_that_of_the_json(reader: httpx.AsyncClient) -> None:
    for address in await list_comparisons(reader):
        data, rows = await get_data(reader, address), await read_table(reader, f"{address}&format=csv")
        pairs, cells = rows[: len(data["pairs"])], rows[len(data["pairs"]) :]
        for pair, row in zip(data["pairs"], pairs, strict=True):
            assert (row["treatment"], row["comparison"]) == (write(pair["treatments"]), pair["comparison"]), address
            for name in ("studies", "syntheses", "facts"):
                assert row[name] == write([entry["id"] for entry in pair[name]]), (address, name)
        expected = [
            {**cell, **{name: line[name] for name in ("attribute", "jurisdiction", "comparison")}}
            for line in data["rows"]
            for cell in line["cells"]
        ]
        for cell, row in zip(expected, cells, strict=True):
            assert row == {name: write(cell.get(name)) for name in row}, address
