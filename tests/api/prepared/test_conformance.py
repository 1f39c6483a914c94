"""Every GET of the API, walked: validators, codings, caching, and the store behind them."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

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


class Operation(NamedTuple):
    """A GET of the API."""

    address: str
    formats: list[str]
    media_types: list[str]
    """One for each format."""


@pytest.fixture(scope="module")
def operations(app: FastAPI, releases: Path) -> list[Operation]:
    """Every GET operation whose answers depend on the release alone, with parameters that find something."""
    store = ReleaseStore(ReleaseFolder(releases).get_current())
    document = render_for_release(app.openapi(), store)
    queries = find_example_queries(store)
    found: list[Operation] = []
    for path, item in document["paths"].items():
        address = find_example_address(path, item["get"], queries)
        assert address is not None, f"the sample has nothing for {path}"
        of_format: list[list[str]] = [
            parameter["schema"]["enum"] for parameter in item["get"].get("parameters", ()) if parameter["name"] == "format"
        ]
        formats = of_format[0] if of_format else list[str]()
        if path not in LIVE and "/dump" not in path:
            section = address.rpartition("/")[0] + "/efficacy"  # the one that has a picture
            found.append(
                Operation(section if path.endswith("{section}") else address, formats, [*item["get"]["responses"]["200"]["content"]])
            )
    return found


@pytest.fixture(scope="module")
def walked(operations: list[Operation]) -> list[str]:
    """An address of every operation, of each of its formats, and of the pages beside the API."""
    formats = [f"{address}{'&' if '?' in address else '?'}format={name}" for address, names, _ in operations for name in names]
    assert {*(name for _, names, _ in operations for name in names)} >= {"json", "md", "jsonld", "fhir", "csv", "svg"}
    extra = ["/llms.txt", "/llms-full.txt"]
    return sorted({*(operation.address for operation in operations), *formats, *ADDRESSES, *extra} - LIVE)


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


async def test_star_and_lists_find_the_tag_and_other_tags_do_not(client: Client, walked: list[str]) -> None:
    for address in walked:
        tag = (await client.get(address, headers={"Accept-Encoding": "gzip"})).headers["etag"]
        for given, status in (
            ("*", 304),
            (f'"a", "b,c" , {tag}', 304),
            (f"W/{tag}", 304),
            ('"a", "b"', 200),
            (tag.strip('"'), 200),
            ('""', 200),
        ):
            answer = await client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": given})
            assert answer.status_code == status, (address, given)
            head = await client.head(address, headers={"Accept-Encoding": "gzip", "If-None-Match": given})
            assert (head.status_code, head.content, list(content_headers(head))) == (status, b"", list(content_headers(answer)))


async def test_every_format_is_found_by_accept_and_has_tags_of_its_own(client: Client, operations: list[Operation]) -> None:
    for address, formats, media_types in operations:
        tags: set[str] = set()
        for media_type in media_types if formats else ():
            answer = await client.get(address, headers={**PLAIN, "Accept": media_type})
            assert answer.status_code == 200, (address, media_type)
            assert answer.headers["content-type"].partition(";")[0] == media_type
            assert "Accept" in answer.headers["vary"]
            for tag in tags:
                assert (await client.get(address, headers={**PLAIN, "Accept": media_type, "If-None-Match": tag})).status_code == 200
            own = answer.headers["etag"]
            assert (await client.get(address, headers={**PLAIN, "Accept": media_type, "If-None-Match": own})).status_code == 304
            tags.add(own)
        assert len(tags) == len(formats), address


async def test_wishes_that_say_nothing_are_answered_alike_as_the_store_takes_them(releases: Path, walked: list[str]) -> None:
    """The store keeps one answer for all of these; so the application has to give the same one to each."""
    found: list[list[tuple[str, bytes]]] = []
    for accept in ("*/*", "application/json"):
        app = create_app(Settings(releases=releases, prepared_mb=0))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers={"Accept": accept}) as client:
            answers = [await client.get(address) for address in walked]
        found.append([(answer.headers["content-type"], answer.content) for answer in answers])
    for address, one, other in zip(walked, *found, strict=True):
        assert one == other, address


async def test_refused_codings_are_never_sent(client: Client, walked: list[str]) -> None:
    for address in walked:
        is_long = len((await client.get(address, headers=PLAIN)).content) >= 256
        for given, coding in (
            ("br;q=0, zstd;q=0, gzip;q=0", None), ("*;q=0", None), ("br;q=0, *", "zstd"), ("br;q=0, gzip", "gzip"), ("br;q=0.1, gzip;q=0.9", "gzip"),
            ("deflate", None), ("", None),
        ):  # fmt: skip
            answer = await client.get(address, headers={"Accept-Encoding": given})
            assert answer.headers.get("content-encoding") == (coding if is_long else None), (address, given)


EXPOSED = {"etag", "last-modified", "content-release", "link", "x-request-id", "ratelimit", "ratelimit-policy", "retry-after"}


async def test_scripts_of_any_site_may_read_every_answer_and_its_headers(client: Client, walked: list[str]) -> None:
    for address in (*walked, "/v1/terms/nothing", "/v1/nothing", "/v1/facts?limit=0", "/v1/terms?format=svg", "/healthz"):
        for headers in ({}, {"Origin": "https://page.example"}):
            for _ in range(2):
                answer = await client.get(address, headers=headers)
                assert answer.headers.get_list("access-control-allow-origin") == ["*"], address
                assert {name.strip().lower() for name in answer.headers["access-control-expose-headers"].split(",")} >= EXPOSED
                assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["referrer-policy"] == "no-referrer"
                assert "default-src 'none'" in answer.headers["content-security-policy"]
                assert "access-control-allow-credentials" not in answer.headers


async def test_answering_touches_nothing_in_the_folder_of_releases(tmp_path: Path, walked: list[str]) -> None:
    build_from(SAMPLE, tmp_path)

    def look() -> dict[str, tuple[int, str]]:
        return {path.name: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in tmp_path.iterdir()}

    before = look()
    app = create_app(Settings(releases=tmp_path, model=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert {(await client.get(address)).status_code for address in walked} == {200}
    assert look() == before


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
