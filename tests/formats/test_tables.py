"""Tables of studies."""

import csv
import io

import httpx
import pytest


async def read(client: httpx.AsyncClient, query: str) -> list[dict[str, str]]:
    """Rows of a table, by column."""
    answer = await client.get(f"/v1/studies?{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_studies_stand_in_a_row_each(client: httpx.AsyncClient) -> None:
    rows = await read(client, "format=csv")
    (record,) = (await client.get("/v1/studies")).json()["data"]
    assert [row["study"] for row in rows] == [record["id"]]
    assert (rows[0]["randomised"], rows[0]["n_randomised"], rows[0]["treatments"]) == ("true", "120", "exemplin")


async def test_arms_outcomes_and_contrasts_join_by_their_keys_and_agree_with_the_json(client: httpx.AsyncClient) -> None:
    study = (await client.get("/v1/studies/tester-2020")).json()["data"]
    arms = await read(client, "format=csv&table=arms")
    assert [row["arm"] for row in arms] == [arm["id"] for arm in study["arms"]]
    outcomes = await read(client, "format=csv&table=outcomes")
    assert {row["arm"] for row in outcomes if row["arm"]} <= {row["arm"] for row in arms}
    first = study["outcomes"][0]
    rows = [row for row in outcomes if row["outcome"] == first["id"]]
    assert [(int(row["events"]), int(row["n"])) for row in rows] == [(result["events"], result["n"]) for result in first["arms"]]
    contrasts = await read(client, "format=csv&table=contrasts")
    ratio = next(row for row in contrasts if row["origin"] == "computed" and row["effect"] == "risk-ratio")
    assert float(ratio["estimate"]) == pytest.approx(2.5)
    assert {row["outcome"] for row in contrasts} <= {row["outcome"] for row in outcomes}


async def test_tables_follow_the_filters_and_the_limit(client: httpx.AsyncClient) -> None:
    assert await read(client, "format=csv&year_to=1950") == []
    assert len(await read(client, "format=csv&limit=1")) == 1


@pytest.mark.parametrize("query", ["table=arm", "format=csv&table=arm", "format=csv&table="])
async def test_a_table_that_is_not_there_is_refused(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/v1/studies?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "table"


TEXT = {
    "study", "name", "source", "treatments", "comparators", "registration", "design", "blinding", "phase", "countries", "condition", "groups",
    "funding", "arm", "label", "role", "drug", "treatment", "dose_unit", "route", "given_over", "schedule", "outcome", "kind", "measure",
    "scale", "definition", "timepoint", "timepoint_label", "period", "analysis_set", "unit", "finding", "check", "origin", "effect",
    "treatment_arm", "comparator_arm", "p", "p_relation", "note",
}  # fmt: skip
"""Columns of words; all others hold numbers, or truth."""
TRUTH = {"randomised", "is_primary"}


@pytest.mark.parametrize("table", ["studies", "arms", "outcomes", "contrasts"])
async def test_tables_load_without_repair(reader: httpx.AsyncClient, table: str) -> None:
    """One line a row, as many cells as the header, columns of one kind, and no word that R or pandas takes for a missing value."""
    text = (await reader.get(f"/v1/studies?format=csv&table={table}&limit=100")).text
    header, *rows = csv.reader(io.StringIO(text))
    assert len(set(header)) == len(header)
    assert rows
    for row in rows:
        assert len(row) == len(header)
        for name, cell in zip(header, row, strict=True):
            assert "\n" not in cell
            assert cell.lower() not in {"na", "nan", "null", "none", "inf"}
            if cell and name in TRUTH:
                assert cell in {"true", "false"}
            elif cell and name not in TEXT:
                float(cell)
