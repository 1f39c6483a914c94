"""What the contract says of statuses, beside what operations answer with."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.main import create_app
from app.settings import Settings

pytestmark = pytest.mark.anyio

OTHERS = {
    "/v1/facts": ["/v1/facts?ids=nothing.like.it.here", "/v1/facts?ids=term.old-word.definition.meaning"],
    "/v1/lookup": ["/v1/lookup?system=rxnorm&code=0"],
    "/v1/treatments/{treatment_id}": ["/v1/treatments/nothing", "/v1/treatments/exa"],
    "/v1/treatments/{treatment_id}/{section}": ["/v1/treatments/exemplin/nothing", "/v1/treatments/exa/safety"],
    "/v1/drugs/{drug_id}": ["/v1/drugs/nothing", "/v1/drugs/exa"],
    "/v1/terms/{term_id}": ["/v1/terms/nothing", "/v1/terms/sasc", "/v1/terms/old-word"],
    "/v1/facts/{fact_id}": ["/v1/facts/nothing.like.it.here", "/v1/facts/term.old-word.definition.meaning"],
}
"""What brings 404, 308 and 410, as far as the sample has aliases and withdrawn records; of other records, an unknown id."""
HEADERS: list[dict[str, str]] = [
    {}, {"If-None-Match": "*"}, {"Host": "elsewhere.example"}, {"Accept": "image/unheard-of"}, {"Content-Length": "1"},
]  # fmt: skip
ON_THE_WIRE = {408, 413, 431}
"""Answered before there is an operation; tests/api/prepared provokes them."""
IN_TROUBLE = {429, 500, 503}


async def test_operations_list_every_status_that_they_answer_with_and_hardly_one_more(releases: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=releases, hosts="test")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        paths: dict[str, Any] = (await client.get("/openapi.json")).json()["paths"]
        for path, operation in ((path, item["get"]) for path, item in paths.items()):
            address = find_address(path, operation)
            addresses = OTHERS.get(path) or ([f"{address}-nothing"] if "{" in path else [])
            answers = [await client.get(address, headers=headers) for headers in HEADERS]
            answers += [await client.get(other) for other in (*addresses, f"{address}{'&' if '?' in address else '?'}x={'x' * 40_000}")]
            seen = {answer.status_code for answer in answers}
            listed = {int(status) for status in operation["responses"]} - ON_THE_WIRE - IN_TROUBLE
            assert seen <= listed, path
            assert listed - seen <= {206, 308, 410, 416}, path
            assert {308, 410} & listed == ({308, 410} if "{" in path else set()) - ({308} if "fact" in path else set()) | (
                {410} if path == "/v1/facts" else set()
            ), path


def find_address(path: str, operation: dict[str, Any]) -> str:
    """A request that is answered with 200: the one of the example."""
    content = operation["responses"]["200"]["content"].get("application/json")
    return content["examples"]["real"]["summary"].removeprefix("GET ") if content else path


@pytest.mark.parametrize("query", ["sections=saefty", "include=saefty"])
async def test_a_value_that_is_none_is_told_in_words_that_fit_every_parameter(client: httpx.AsyncClient, query: str) -> None:
    problem = (await client.get(f"/v1/treatments/exemplin?{query}")).json()
    assert problem["errors"][0]["detail"] == "`saefty` is not among its values"
