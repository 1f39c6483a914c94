"""HEAD, OPTIONS, CORS, request ids, headers, logs, and the swap of releases."""

import asyncio
from pathlib import Path

import httpx
import pytest

from app.api.current import CurrentRelease
from app.main import create_app
from app.release.folder import ReleaseFolder
from app.settings import Settings
from tests.conftest import SAMPLE, Edit, build_from

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio

ADDRESSES = [
    "/v1", "/v1/treatments", "/v1/treatments/exemplin", "/v1/treatments/exemplin/safety", "/v1/drugs", "/v1/drugs/exemplin",
    "/v1/conditions", "/v1/conditions/sample-illness", "/v1/studies", "/v1/studies/tester-2020", "/v1/claims",
    "/v1/claims/exemplin-cures", "/v1/facts", "/v1/facts/treatment.exemplin.safety.hiccups", "/v1/sources", "/v1/sources/tester-2020",
    "/v1/terms", "/v1/terms/response", "/v1/lookup?system=atc&code=Z01AX01", "/v1/changes", "/healthz", "/readyz", "/docs",
    "/openapi.json", "/openapi.yaml", "/problems/not-found", "/docs/assets/docs.js", "/docs/guide/start", "/docs/guide/start.md", "/docs/reference/get_index", "/problems", "/",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
async def test_head_answers_like_get_without_a_body(client: Client, address: str) -> None:
    plain = {"Accept-Encoding": "identity"}
    whole, head = await client.get(address, headers=plain), await client.head(address, headers=plain)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_options_names_the_methods(client: Client, address: str) -> None:
    answer = await client.options(address)
    assert (answer.status_code, answer.headers["allow"], answer.content) == (204, "GET, HEAD, OPTIONS", b"")


async def test_options_of_nothing_is_not_found(client: Client) -> None:
    answer = await client.options("/v1/nothing")
    assert answer.status_code == 404


async def test_any_page_may_ask(client: Client) -> None:
    answer = await client.get("/v1/terms", headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "If-None-Match"}
    answer = await client.options("/v1/terms", headers=preflight)
    assert answer.status_code == 200
    assert "GET" in answer.headers["access-control-allow-methods"]


async def test_problems_can_be_read_by_any_page_too(client: Client) -> None:
    answer = await client.get("/v1/terms/nothing", headers={"Origin": "https://example.org"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (404, "*")


async def test_request_id_is_echoed_or_made(client: Client) -> None:
    assert (await client.get("/v1", headers={"X-Request-Id": "abc-123"})).headers["x-request-id"] == "abc-123"
    for odd in ("x" * 200, "a b", "<script>"):
        made = (await client.get("/v1", headers={"X-Request-Id": odd})).headers["x-request-id"]
        assert made != odd
        assert len(made) == 16


async def test_security_headers_are_on_everything(client: Client) -> None:
    for address in ADDRESSES:
        headers = (await client.get(address)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


async def test_new_release_is_served_without_a_restart(edit: Edit, content: Path, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    first = build_from(content, folder).stem
    current = CurrentRelease(ReleaseFolder(folder))
    assert current.get().name == first
    changed = asyncio.Event()
    current.on_swap.append(lambda _store, _since: changed.set())
    async with current.watched(0.01):
        second = build_from(edit("terms/response.yaml", "by at least half", "by half or more"), folder).stem
        await asyncio.wait_for(changed.wait(), 5)
    assert first != second == current.get().name


async def test_broken_release_leaves_the_old_one_serving(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    name = build_from(SAMPLE, tmp_path).stem
    current = CurrentRelease(ReleaseFolder(tmp_path))
    assert current.get().name == name
    broken = tmp_path / "2030.01.01-ffffffff.sqlite"
    broken.write_bytes(b"not a database")
    ReleaseFolder(tmp_path).make_current(broken)
    assert not current.refresh()
    assert current.get().name == name
    assert "goes on" in caplog.text
    (tmp_path / "current").unlink()
    assert not current.refresh()


async def test_lifespan_watches_for_releases(releases: Path) -> None:
    app = create_app(Settings(releases=releases))
    async with app.router.lifespan_context(app):
        await asyncio.sleep(0)
        assert app.state.current.find() is not None


@pytest.mark.parametrize("hosts", ["*", "api.example.org"])
async def test_document_is_ready_at_the_start_and_its_making_is_not_counted(
    releases: Path, hosts: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(releases=releases, model=False, hosts=hosts, rate_limit="1/hour"))
    async with app.router.lifespan_context(app):
        assert len(app.state.prepared) == 1
        metrics = app.state.metrics.render().decode()
        assert "treatments_requests_total{" not in metrics
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.example.org") as client:
            answer = await client.get("/v1/treatments/exemplin")
        assert (answer.status_code, answer.headers["ratelimit"].split(";")[1]) == (200, "r=0")
        assert app.state.prepared.counts.hits == 1
    assert capsys.readouterr().err.count("app.access") == 1
