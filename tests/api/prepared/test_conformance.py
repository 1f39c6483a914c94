"""Every GET of the API, walked: validators, codings, caching, and the store behind them."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import httpx
import pytest
from fastapi import FastAPI

from app.api.openapi import find_example_address, find_example_queries, render_for_release
from app.main import create_app
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.settings import Settings
from tests.api.test_http import ADDRESSES
from tests.conftest import SAMPLE, Edit, build_from

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio
PLAIN = {"Accept-Encoding": "identity"}
LIVE = {"/healthz", "/readyz"}


@pytest.fixture
async def client(releases: Path) -> AsyncIterator[Client]:
    """A client of a service of its own, whose store is empty."""
    app = create_app(Settings(releases=releases))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture(scope="module")
def walked(app: FastAPI, releases: Path) -> list[str]:
    """An address of every GET operation of the API, and of the pages beside it."""
    store = ReleaseStore(ReleaseFolder(releases).get_current())
    document = render_for_release(app.openapi(), store)
    queries = find_example_queries(store)
    found = [find_example_address(path, item["get"], queries) for path, item in document["paths"].items()]
    extra = [
        "/v1/treatments/exemplin/efficacy?format=svg",
        "/v1/studies?format=csv",
        "/v1/treatments/exemplin?format=md",
        "/llms.txt",
        "/llms-full.txt",
    ]
    return sorted(
        {*filter(None, found), *ADDRESSES, *extra} - LIVE - {"/metrics"} - {address for address in found if address and "/dump" in address}
    )


def content_headers(answer: httpx.Response) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in answer.headers.multi_items() if name != "x-request-id")


async def test_every_get_carries_validators_and_answers_304_to_each(client: Client, walked: list[str]) -> None:
    assert len(walked) > 40
    for address in walked:
        answer = await client.get(address, headers=PLAIN)
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] == "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
        assert answer.headers["vary"] == "Accept, Accept-Encoding"
        assert answer.headers["content-release"].startswith("2026.03.06-")
        assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()[:24]}"'
        for headers in ({"If-None-Match": f'"other", W/{answer.headers["etag"]}'}, {"If-Modified-Since": answer.headers["last-modified"]}):
            fresh = await client.get(address, headers={**PLAIN, **headers})
            assert (fresh.status_code, fresh.content) == (304, b""), (address, headers)
            assert {"etag", "cache-control", "vary", "content-release", "last-modified", "access-control-allow-origin"} <= {*fresh.headers}
            assert not {"content-type", "content-length", "content-encoding"} & {*fresh.headers}
        stale = {"If-None-Match": '"other"', "If-Modified-Since": answer.headers["last-modified"]}
        assert (await client.get(address, headers={**PLAIN, **stale})).status_code == 200, "If-None-Match goes before If-Modified-Since"


async def test_second_answer_is_the_first_word_for_word(client: Client, walked: list[str]) -> None:
    for address in walked:
        first, second = await client.get(address), await client.get(address)
        assert (first.content, list(content_headers(first))) == (second.content, list(content_headers(second)))
        assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_every_coding_unpacks_to_the_same_and_has_a_tag_of_its_own(client: Client, walked: list[str]) -> None:
    for address in walked:
        plain = await client.get(address, headers=PLAIN)
        tags = {plain.headers["etag"]}
        for coding in ("br", "zstd", "gzip"):
            answer = await client.get(address, headers={"Accept-Encoding": coding})
            assert answer.content == plain.content, (address, coding)
            if len(plain.content) >= 256:
                assert answer.headers["content-encoding"] == coding, address
                tags.add(answer.headers["etag"])
                head = await client.head(address, headers={"Accept-Encoding": coding})
                assert list(content_headers(head)) == list(content_headers(answer))
                other = await client.get(address, headers={**PLAIN, "If-None-Match": answer.headers["etag"]})
                assert other.status_code == 200, "a tag of one coding does not stand for another"
        assert len(tags) == (4 if len(plain.content) >= 256 else 1)


async def test_accept_keeps_formats_apart(client: Client) -> None:
    address = "/v1/treatments/exemplin"
    for _ in range(2):
        assert (await client.get(address, headers={"Accept": "text/markdown"})).headers["content-type"].startswith("text/markdown")
        assert (await client.get(address)).headers["content-type"] == "application/json"
        assert (await client.get(address, headers={"Accept": "image/png"})).status_code == 406


async def test_parameters_in_another_order_are_the_same_request(client: Client, releases: Path) -> None:
    one = await client.get("/v1/facts?treatment=exemplin&limit=1&offset=1")
    two = await client.get("/v1/facts?offset=1&limit=1&treatment=exemplin")
    assert one.content == two.content
    assert one.json()["links"]["self"] == "/v1/facts?limit=1&offset=1&treatment=exemplin"


async def test_errors_and_health_are_never_kept(client: Client) -> None:
    for address, status in (("/v1/terms/nothing", 404), ("/v1/facts?limit=0", 422), ("/healthz", 200), ("/v1/terms?format=svg", 406)):
        for _ in range(2):
            answer = await client.get(address)
            assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
            assert "etag" not in answer.headers
            assert (await client.head(address)).content == b""


async def test_redirects_may_be_cached(client: Client) -> None:
    moved = await client.get("/v1/drugs/exa")
    assert moved.status_code == 308
    assert moved.headers["cache-control"].startswith("public, max-age=300")


async def test_get_with_a_body_is_refused_also_when_the_answer_is_kept(client: Client) -> None:
    assert (await client.get("/v1/terms")).status_code == 200
    assert (await client.request("GET", "/v1/terms", content=b"x")).status_code == 422


async def test_without_room_nothing_is_kept_and_everything_is_answered(releases: Path) -> None:
    app = create_app(Settings(releases=releases, prepared_mb=0))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        for _ in range(2):
            answer = await client.get("/v1/terms", headers={"Accept-Encoding": "gzip"})
            assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
            fresh = await client.get("/v1/terms", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["etag"]})
            assert fresh.status_code == 304
    assert len(app.state.prepared) == 0


async def test_of_many_who_ask_for_the_same_at_once_one_makes_the_application_work(releases: Path) -> None:
    app = create_app(Settings(releases=releases, model=False))
    statuses: list[int] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:

        async def ask(address: str) -> None:
            statuses.append((await client.get(address)).status_code)

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(ask, "/v1/answers?q=hiccups")
                group.start_soon(ask, "/v1/terms/nothing")
    assert sorted(statuses) == [200] * 20 + [404] * 20
    assert app.state.prepared.counts.hits == 19
    assert len(app.state.prepared) == 1


async def test_swap_drops_what_was_kept(edit: Edit, content: Path, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    first = build_from(content, folder).stem
    app = create_app(Settings(releases=folder))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        before = await client.get("/v1/terms/response")
        second = build_from(edit("terms/response.yaml", "by at least half", "by half or more"), folder).stem
        app.state.current.refresh()
        after = await client.get("/v1/terms/response", headers={"If-None-Match": before.headers["etag"]})
    assert (before.headers["content-release"], after.headers["content-release"]) == (first, second)
    assert (after.status_code, "by half or more" in after.text, len(app.state.prepared)) == (200, True, 1)


async def test_worker_that_starts_on_a_broken_release_serves_the_one_before(tmp_path: Path) -> None:
    name = build_from(SAMPLE, tmp_path).stem
    broken = tmp_path / "2030.01.01-ffffffff.sqlite"
    broken.write_bytes(b"not a database")
    ReleaseFolder(tmp_path).make_current(broken)
    app = create_app(Settings(releases=tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/readyz")).json()["release"] == name
