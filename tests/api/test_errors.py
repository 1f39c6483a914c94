"""What callers see when something is wrong: always problem+json, always what and what instead."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.problems import KINDS
from app.main import create_app
from app.release.checksum import write_checksum
from app.settings import Settings
from tests.conftest import SAMPLE, build_from

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio

PROBLEM = ["type", "title", "status", "detail", "instance", "code", "errors", "did_you_mean", "successor", "formats"]


def check_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.json()
    assert list(problem) == PROBLEM
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"/problems/{code}")
    assert "Traceback" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]
    return problem


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/v1/treatments/exemplon", ["exemplin"]),
        ("/v1/treatments/EXEMPLIN", ["exemplin"]),
        ("/v1/drugs/xyz", []),
        ("/v1/terms/sample", ["sample-scale"]),
        ("/v1/facts/treatment.exemplin.safety.hicups", ["treatment.exemplin.safety.hiccups"]),
        ("/v1/facts?ids=treatment.exemplin.safety.hicups", ["treatment.exemplin.safety.hiccups"]),
        ("/v1/treatments/exemplin/safty", ["safety"]),
        ("/v1/treatments/exemplin/overview", ["efficacy", "mechanism", "safety"]),
        ("/v1/lookup?system=rxnorm&code=123", ["1234"]),
        ("/v1/treatment", ["/v1/treatments", "/v1/terms"]),
        ("/v1/treatments/", ["/v1/treatments"]),
        ("/problems/not-fond", ["not-found"]),
        ("/nothing-like-it-at-all-here", []),
        ("/docs/assets/../../settings.py", []),
        ("/docs/assets/nothing.js", []),
    ],
)
async def test_unknown_address_suggests_near_ones(client: Client, address: str, near: list[str]) -> None:
    problem = check_problem(await client.get(address), 404, "not-found")
    assert [name for name in near if name not in problem["did_you_mean"]] == []


@pytest.mark.parametrize(
    ("query", "name", "near"),
    [
        ("/v1/facts?limt=1", "limt", ["limit"]),
        ("/v1/facts?q=x", "q", []),
        ("/v1?nothing=1", "nothing", []),
        ("/v1/facts?limit=0", "limit", []),
        ("/v1/facts?limit=101", "limit", []),
        ("/v1/facts?limit=ten", "limit", []),
        ("/v1/facts?limit=", "limit", []),
        ("/v1/facts?offset=-1", "offset", []),
        ("/v1/facts?offset=99999999999999999999", "offset", []),
        ("/v1/facts?limit=1&limit=2", "limit", []),
        ("/v1/facts?treatment=exemplon", "treatment", ["exemplin"]),
        ("/v1/facts?treatment=", "treatment", []),
        ("/v1/facts?section=safty", "section", ["safety"]),
        ("/v1/facts?certainty=hihg", "certainty", []),
        ("/v1/facts?topic=hicups", "topic", ["hiccups"]),
        ("/v1/facts?source=tester-2021", "source", ["tester-2020"]),
        ("/v1/facts?ids=", "ids", []),
        ("/v1/facts?ids=a,,b", "ids", []),
        ("/v1/facts?ids=" + ",".join(f"a.b.c.{n}" for n in range(101)), "ids", []),
        ("/v1/facts?fields=idd", "fields", ["id"]),
        ("/v1/facts?fields=id,", "fields", []),
        ("/v1/facts?fields=owner.nam", "fields", ["owner.name"]),
        ("/v1/facts?include=source", "include", ["sources"]),
        ("/v1/facts?include=", "include", []),
        ("/v1/treatments/exemplin?sections=safety,efficiency", "sections", ["efficacy"]),
        ("/v1/treatments?condition=sample-ilness", "condition", ["sample-illness"]),
        ("/v1/treatments?kind=potion", "kind", []),
        ("/v1/drugs?class=sample-bloker", "class", ["sample-blocker"]),
        ("/v1/claims?verdict=supported", "verdict", ["not-supported"]),
        ("/v1/sources?kind=trail", "kind", ["trial"]),
        ("/v1/studies?year_from=20", "year_from", []),
        ("/v1/lookup", "system", []),
        ("/v1/lookup?system=rxnrm&code=1", "system", ["rxnorm"]),
        ("/v1/changes?since=yesterday", "since", []),
        ("/v1/changes?since=0", "since", []),
        ("/v1/changes?since=2026-02-30", "since", []),
    ],
)
async def test_wrong_parameter_is_named_with_near_values(client: Client, query: str, name: str, near: list[str]) -> None:
    problem = check_problem(await client.get(query), 422, "invalid-request")
    fault = next(fault for fault in problem["errors"] if fault["name"] == name)
    assert fault["in"] == "query"
    assert fault["detail"]
    assert [value for value in near if value not in fault["did_you_mean"]] == []


async def test_all_wrong_parameters_come_at_once(client: Client) -> None:
    problem = check_problem(await client.get("/v1/facts?a=1&b=2&limit=1&limit=2"), 422, "invalid-request")
    assert sorted(fault["name"] for fault in problem["errors"]) == ["a", "b", "limit"]


@pytest.mark.parametrize("address", ["/v1/terms/old-word", "/v1/facts/term.old-word.definition.meaning"])
async def test_withdrawn_item_is_gone_with_its_reason(client: Client, address: str) -> None:
    problem = check_problem(await client.get(address), 410, "withdrawn")
    assert "Nobody uses it." in str(problem["detail"])


async def test_withdrawn_item_names_its_successor(client: Client) -> None:
    problem = check_problem(await client.get("/v1/facts/treatment.exemplin.safety.sneezing"), 410, "withdrawn")
    assert problem["successor"] == "/v1/facts/treatment.exemplin.safety.hiccups"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("address", ["/v1", "/v1/facts", "/v1/treatments/exemplin", "/healthz", "/docs", "/openapi.json"])
async def test_other_methods_are_refused_with_those_allowed(client: Client, method: str, address: str) -> None:
    answer = await client.request(method, address)
    check_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("wish", [{"format": "md"}, {"format": "xml"}, {"format": ""}])
async def test_unknown_format_names_those_there_are(client: Client, wish: dict[str, str]) -> None:
    problem = check_problem(await client.get("/v1/terms", params=wish), 406, "not-acceptable")
    assert problem["formats"] == ["json"]


@pytest.mark.parametrize("accept", ["text/csv", "application/json;q=0", "image/png, text/html"])
async def test_unknown_accept_names_formats(client: Client, accept: str) -> None:
    problem = check_problem(await client.get("/v1/terms", headers={"Accept": accept}), 406, "not-acceptable")
    assert problem["formats"] == ["json"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8", "application/*;q=0.1"])
async def test_accept_that_json_fits_gets_json(client: Client, accept: str) -> None:
    assert (await client.get("/v1/terms", headers={"Accept": accept})).status_code == 200


async def test_format_wins_over_accept(client: Client) -> None:
    assert (await client.get("/v1/terms?format=json", headers={"Accept": "text/csv"})).status_code == 200


async def test_address_too_long_is_refused(client: Client) -> None:
    check_problem(await client.get("/v1/facts?ids=" + "a" * 12_400), 414, "uri-too-long")


@pytest.mark.parametrize("query", ["q=%ff", "limit=%", "topic=%zz", "topic=a%00b"])
async def test_broken_encoding_is_refused(client: Client, query: str) -> None:
    request = client.build_request("GET", "/v1/facts")
    request.url = httpx.URL(f"http://test/v1/facts?{query}") if query not in {"limit=%", "topic=%zz"} else request.url
    if query in {"limit=%", "topic=%zz"}:
        request.url = request.url.copy_with(raw_path=f"/v1/facts?{query}".encode())
    check_problem(await client.send(request), 422, "invalid-request")


@pytest.mark.parametrize("path", ["/v1/terms/%ff", "/v1/terms/a%00b", "/%e0%80"])
async def test_broken_path_is_refused(client: Client, path: str) -> None:
    request = client.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    check_problem(await client.send(request), 422, "invalid-request")


async def test_body_on_get_is_refused(client: Client) -> None:
    check_problem(await client.request("GET", "/v1/facts", content=b"{}"), 422, "invalid-request")


async def test_every_kind_of_problem_has_a_page(client: Client) -> None:
    for code in KINDS:
        page = await client.get(f"/problems/{code}")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert KINDS[code].title in page.text


async def test_without_a_release_the_service_lives_but_is_not_ready(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/healthz")).json() == {"status": "ok", "release": None}
        for address in ("/readyz", "/v1", "/v1/facts", "/openapi.json"):
            problem = check_problem(await client.get(address), 503, "release-unusable")
            assert str(tmp_path) not in str(problem)


async def test_crash_shows_no_internals(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = build_from(SAMPLE, tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE item SET doc = 'not json' WHERE id = 'response'")
    write_checksum(path)
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        with caplog.at_level(logging.ERROR):
            answer = await client.get("/v1/terms/response", headers={"X-Request-Id": "told-by-a-client", "Origin": "https://example.org"})
    problem = answer.json()
    assert (answer.headers["x-request-id"], answer.headers["access-control-allow-origin"]) == ("told-by-a-client", "*")
    assert "told-by-a-client" in caplog.text
    assert (answer.status_code, answer.headers["content-type"], problem["code"]) == (500, "application/problem+json", "internal-error")
    assert "json" not in answer.text.replace("problem+json", "")
