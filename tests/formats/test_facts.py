import csv
import re
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.formats.figures import find_numbers

pytestmark = pytest.mark.anyio


async def read_table(reader: httpx.AsyncClient, query: str) -> list[dict[str, str]]:
    answer = (await reader.get(f"/v1/facts?format=csv{query}")).raise_for_status()
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(answer.text.splitlines(keepends=True)))


async def list_facts(reader: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = []
    address = f"/v1/facts?limit=100{query}"
    while address:
        page = (await reader.get(address)).json()
        facts += page["data"]
        address = page["links"]["next"]
    return facts


async def test_table_of_facts_agrees_with_the_json(reader: httpx.AsyncClient) -> None:
    facts, rows = await list_facts(reader), await read_table(reader, "")
    assert [row["fact"] for row in rows] == [fact["id"] for fact in facts]
    for fact, row in zip(facts, rows, strict=True):
        for name in ("kind", "section", "text", "plain", "certainty", "reviewed"):
            assert row[name] == fact[name]
        assert row["reason"] == (fact["reason"] or "")
        assert int(row["version"]) == fact["version"]
        for name in ("topics", "figures", "see_also"):
            assert [entry for entry in row[name].split(";") if entry] == fact[name]


async def test_table_of_sources_agrees_with_the_json(reader: httpx.AsyncClient) -> None:
    facts, rows = await list_facts(reader), await read_table(reader, "&table=sources")
    expected = [
        (fact["id"], source["id"], source["locator"] or "", source["check"], source["citation"], source["url"] or "")
        for fact in facts
        for source in fact["sources"]
    ]
    assert [tuple(row.values()) for row in rows] == expected


async def test_table_of_details_holds_every_number(reader: httpx.AsyncClient) -> None:
    expected = find_numbers([fact["details"] for fact in await list_facts(reader)])
    rows = await read_table(reader, "&table=details")
    found = Counter(float(row["value"]) for row in rows if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", row["value"]))
    assert not expected - found


async def test_adverse_effects_have_a_row_for_each_count(reader: httpx.AsyncClient) -> None:
    facts = await list_facts(reader, "&kind=adverse-effect")
    rows = await read_table(reader, "&kind=adverse-effect&table=adverse-effects")
    assert {row["fact"] for row in rows} == {fact["id"] for fact in facts if fact["details"]}
    numbers = Counter(float(row[name]) for row in rows for name in ("events", "n", "percent") if row[name])
    assert numbers == find_numbers([fact["details"]["frequency"] for fact in facts if fact["details"]])


async def test_limit_cuts_the_table_and_wrong_tables_are_named(client: httpx.AsyncClient) -> None:
    assert len(await read_table(client, "&limit=2&offset=1")) == 2
    answer = await client.get("/v1/facts?format=csv&table=source")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["did_you_mean"] == ["sources"]
