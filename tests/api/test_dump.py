"""Dumps: what they hold, how they are sent, and that changes bring an older one up to date."""

import gzip
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import brotli  # pyright: ignore[reportMissingTypeStubs] -- it has none
import httpx
import pytest
import zstandard
from click.testing import CliRunner
from fastapi import FastAPI
from starlette.types import Message

from app.api.current import CurrentRelease
from app.cli import main
from app.content.checks import get_checked_library
from app.main import create_app
from app.release.build import build_release
from app.release.folder import ReleaseFolder
from app.settings import Settings
from tests.conftest import SAMPLE, TODAY, Edit

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio

PLAIN = {"Accept-Encoding": "identity"}
LINES, DATABASE = "/v1/dump.ndjson", "/v1/dump.sqlite"

Change = Callable[[Path], object]


def build_from(data: Path, releases: Path) -> Path:
    """Build a release without a search index, which no dump of lines needs, and make it current."""
    built = build_release(get_checked_library(data, TODAY), releases)
    ReleaseFolder(releases).make_current(built.path)
    return built.path


async def fetch_manifest(client: Client) -> dict[str, Any]:
    return (await client.get("/v1/dump")).json()["data"]


@asynccontextmanager
async def client_of(releases: Path) -> AsyncGenerator[Client]:
    async with Client(transport=httpx.ASGITransport(create_app(Settings(releases=releases))), base_url="http://test") as client:
        yield client


async def test_manifest_tells_what_the_dumps_are(client: Client) -> None:
    manifest = await fetch_manifest(client)
    assert [file["format"] for file in manifest["files"]] == ["ndjson", "sqlite"]
    for file in manifest["files"]:
        answer = await client.get(file["href"], headers=PLAIN)
        assert answer.headers["content-type"] == file["media_type"]
        assert (len(answer.content), hashlib.sha256(answer.content).hexdigest()) == (file["bytes"], file["sha256"])
        assert answer.headers["content-release"] == manifest["release"]
    assert manifest["license"] == "CC BY 4.0"
    description = (await client.get("/openapi.json")).json()
    for collection in manifest["collections"]:
        address, _, pointer = collection["schema_href"].partition("#/components/schemas/")
        assert address == "/openapi.json"
        assert pointer in description["components"]["schemas"]


async def test_lines_hold_every_record_as_its_own_address_serves_it(client: Client) -> None:
    lines = [json.loads(line) for line in (await client.get(LINES)).text.splitlines()]
    counts = {collection["name"]: collection["count"] for collection in (await fetch_manifest(client))["collections"]}
    assert Counter(line["collection"] for line in lines) == counts
    assert set(counts) == {collection["name"] for collection in (await client.get("/v1")).json()["data"]["collections"]}
    assert [(line["collection"], line["id"]) for line in lines] == sorted(
        ((line["collection"], line["id"]) for line in lines), key=lambda key: ([*counts].index(key[0]), key[1])
    )
    for line in lines:
        assert line["data"] == (await client.get(f"/v1/{line['collection']}/{line['id']}")).json()["data"]


async def test_withdrawn_text_is_in_no_dump(client: Client) -> None:
    assert "sneeze" not in (await client.get(LINES)).text
    assert b"makes people sneeze" not in (await client.get(DATABASE)).content


async def test_database_dump_is_the_release_and_opens_with_any_tool(client: Client, tmp_path: Path, releases: Path) -> None:
    path = tmp_path / "dump.sqlite"
    path.write_bytes((await client.get(DATABASE)).content)
    assert path.read_bytes() == ReleaseFolder(releases).get_current().read_bytes()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM fact WHERE status = 'active'").fetchone() == (14,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")}
    connection.close()
    told = (Path(__file__).parents[2] / "docs/dumps.md").read_text(encoding="utf-8")
    assert {name for name in tables if f"`{name}`" not in told} == set()


@pytest.mark.parametrize("address", [LINES, DATABASE])
async def test_parts_put_together_are_the_whole(client: Client, address: str) -> None:
    whole = (await client.get(address, headers=PLAIN)).content
    step = len(whole) // 7 + 1
    parts = b""
    for start in range(0, len(whole), step):
        part = await client.get(address, headers={"Range": f"bytes={start}-{start + step - 1}", "Accept-Encoding": "gzip"})
        end = min(len(whole), start + step)
        assert (part.status_code, part.headers["content-range"]) == (206, f"bytes {start}-{end - 1}/{len(whole)}")
        assert "content-encoding" not in part.headers
        parts += part.content
    assert parts == whole


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=-5", -5, None), ("bytes=7-", 7, None), ("bytes=0-0", 0, 1), ("bytes=3-99999999", 3, None)]
)
async def test_open_ranges_are_understood(client: Client, asked: str, first: int, last: int | None) -> None:
    whole = (await client.get(LINES)).content
    part = await client.get(LINES, headers={"Range": asked})
    assert (part.status_code, part.content) == (206, whole[first:last])
    assert int(part.headers["content-length"]) == len(part.content)


@pytest.mark.parametrize("asked", ["bytes=5-3", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=x-1", "nonsense"])
async def test_ranges_that_cannot_be_served_in_one_part_bring_the_whole(client: Client, asked: str) -> None:
    assert (await client.get(LINES, headers={"Range": asked})).status_code == 200


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=99999999-100000000"])
async def test_ranges_beyond_the_end_are_a_problem(client: Client, asked: str) -> None:
    size = len((await client.get(LINES)).content)
    answer = await client.get(LINES, headers={"Range": asked})
    assert (answer.status_code, answer.json()["code"]) == (416, "no-such-range")
    assert answer.headers["content-range"] == f"bytes */{size}"


async def test_part_is_sent_only_of_the_file_that_the_client_knows(client: Client) -> None:
    whole = await client.get(LINES, headers=PLAIN)
    for validator in (whole.headers["etag"], whole.headers["last-modified"]):
        part = await client.get(LINES, headers={"Range": "bytes=0-9", "If-Range": validator})
        assert part.status_code == 206
    for validator in ('"another"', f"W/{whole.headers['etag']}", "Sat, 01 Jan 2000 00:00:00 GMT"):
        assert (await client.get(LINES, headers={"Range": "bytes=0-9", "If-Range": validator})).status_code == 200


@pytest.mark.parametrize("address", [LINES, DATABASE])
async def test_what_is_still_good_is_not_sent_again(client: Client, address: str) -> None:
    first = await client.get(address, headers={"Accept-Encoding": "gzip"})
    again = await client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    since = await client.get(address, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert since.status_code == 304
    other = await client.get(address, headers={"Accept-Encoding": "identity", "If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def unpack(coding: str, data: bytes) -> bytes:
    match coding:
        case "gzip":
            return gzip.decompress(data)
        case "br":
            return cast("bytes", brotli.decompress(data))  # pyright: ignore[reportUnknownMemberType] -- no stubs
        case _:
            return zstandard.ZstdDecompressor().decompressobj().decompress(data)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
async def test_dumps_are_packed_on_the_way(client: Client, coding: str) -> None:
    whole = await client.get(LINES, headers=PLAIN)
    async with client.stream("GET", LINES, headers={"Accept-Encoding": coding}) as answer:
        packed = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == coding
    assert answer.headers["etag"] != whole.headers["etag"]
    assert "content-length" not in answer.headers
    assert len(packed) < len(whole.content) / 2
    assert unpack(coding, packed) == whole.content


@pytest.mark.parametrize("address", [LINES, DATABASE])
async def test_head_tells_the_same_without_a_body(client: Client, address: str) -> None:
    for headers in (PLAIN, {"Accept-Encoding": "gzip"}, {"Range": "bytes=2-5"}):
        got, told = await client.get(address, headers=headers), await client.head(address, headers=headers)
        assert (told.status_code, told.content) == (got.status_code, b"")
        own = {"x-request-id"}
        assert {key: value for key, value in told.headers.items() if key not in own} == {
            key: value for key, value in got.headers.items() if key not in own
        }


@pytest.mark.parametrize("query", ["collection=facts", "treatment=exemplin", "limit=5", "since=2026-01-01", "fields=id"])
@pytest.mark.parametrize("address", [LINES, DATABASE])
async def test_filters_on_a_dump_are_refused_with_a_reason(client: Client, address: str, query: str) -> None:
    answer = await client.get(f"{address}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert "takes no filters" in answer.json()["errors"][0]["detail"]


async def test_other_formats_of_a_dump_are_refused(client: Client) -> None:
    answer = await client.get(f"{LINES}?format=csv")
    assert (answer.status_code, answer.json()["formats"]) == (406, ["ndjson"])
    assert (await client.get(DATABASE, headers={"Accept": "application/json"})).json()["formats"] == ["sqlite"]


@pytest.mark.parametrize("address", [LINES, DATABASE])
async def test_dump_once_begun_stays_of_one_release(edit: Edit, tmp_path: Path, address: str) -> None:
    releases = tmp_path / "releases"
    build_from(SAMPLE, releases)
    app = create_app(Settings(releases=releases))
    before = await fetch_parts(app, address)
    current: CurrentRelease = app.state.current
    data = edit("terms/response.yaml", "by at least half", "by half or more")

    def release() -> None:
        build_from(data, releases)
        assert current.refresh()

    during = await fetch_parts(app, address, release)
    assert during == before
    assert await fetch_parts(app, address) != before


async def fetch_parts(app: FastAPI, address: str, on_first: Any = None) -> bytes:
    """The body of an answer, calling `on_first` when its first piece has been sent."""
    body = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal on_first
        body.extend(message.get("body", b""))
        if message["type"] == "http.response.start" and on_first is not None:
            on_first()
            on_first = None

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": address, "raw_path": address.encode(), "root_path": "", "query_string": b"", "headers": [(b"host", b"test")],
        "client": ("127.0.0.1", 1), "server": ("test", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    return bytes(body)


async def replay(client: Client, lines: bytes, manifest: dict[str, Any]) -> bytes:
    """What a client does that holds a dump with its manifest: ask what changed, fetch what is named, put the lines in order again."""
    held = {(line["collection"], line["id"]): line for line in map(json.loads, lines.splitlines())}
    follows = (await fetch_manifest(client))["follows"]
    assert manifest["release"] in {known["release"] for known in follows}
    address: str | None = manifest["changes"] + "&limit=7"
    while address is not None:
        page = (await client.get(address)).json()
        for change in page["data"]:
            key = (change["collection"], change["id"])
            answer = await client.get(change["links"]["self"])
            if answer.status_code == 200:
                held[key] = {"collection": key[0], "id": key[1], "data": answer.json()["data"]}
            else:
                assert answer.status_code in {308, 404, 410}, change
                held.pop(key, None)
        address = page["links"]["next"]
    order = [collection["name"] for collection in manifest["collections"]]
    keys = sorted(held, key=lambda key: (order.index(key[0]), key[1]))
    return b"".join(json.dumps(held[key], ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for key in keys)


def swap(file: str, before: str, after: str) -> Change:
    """Replace a text that a file must hold."""

    def change(content: Path) -> None:
        text = (content / file).read_text(encoding="utf-8")
        assert before in text
        (content / file).write_text(text.replace(before, after, 1), encoding="utf-8")

    return change


def remove(file: str) -> Change:
    return lambda content: (content / file).unlink()


def add(file: str, like: str, *changes: tuple[str, str]) -> Change:
    """A file that is like another one but for some texts."""

    def change(content: Path) -> None:
        text = (content / like).read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        (content / file).write_text(text, encoding="utf-8")

    return change


REWORD = swap("terms/response.yaml", "by at least half", "by half or more")
WITHDRAW = "status: withdrawn\n      withdrawal: {on: 2026-02-02, reason: It is said no more.}\n      "

EDITS: dict[str, list[Change]] = {
    "a sentence mended without a word": [REWORD],
    "a title, which other records carry": [swap("sources/tester-2020.yaml", "container: ", "container: New ")],
    "an entry of the author on an earlier day": [
        REWORD,
        swap("terms/response.yaml", "\nadded: ", "\nversion: 2\nchanges: [{date: 2026-02-02, kind: corrected, note: Wording.}]\nadded: "),
    ],
    "a statement withdrawn on an earlier day": [
        swap("conditions/sample-illness.yaml", "asks: [How many", f"{WITHDRAW}asks: [How many"),
    ],
    "a source added, long ago as it says": [
        add(
            "sources/newer-1998.yaml",
            "sources/loner-1999.yaml",
            ("loner-1999", "newer-1998"),
            ("NCT00000001", "NCT00000002"),
            ("2026-01-10", "2025-01-10"),
        ),
    ],
    "a source withdrawn": [
        swap("sources/loner-1999.yaml", "added: ", "status: withdrawn\nwithdrawal: {on: 2026-03-01, reason: It came to nothing.}\nadded: "),
    ],
    "a source removed": [remove("sources/loner-1999.yaml")],
    "a claim removed with its statement": [remove("claims/exemplin-cures.yaml")],
    "a synthesis removed": [remove("syntheses/exemplin-remission.yaml")],
    "a term renamed": [
        add(
            "terms/reply.yaml",
            "terms/sample-scale.yaml",
            ("sample-scale", "reply"),
            ("aliases: [sasc]", "aliases: [sasc, sample-scale]"),
            ("What is the Sample", "What was the Sample"),
            ("What does SaSc", "What did SaSc"),
            ("What is a high", "What was a high"),
        ),
        remove("terms/sample-scale.yaml"),
    ],
    "a study": [swap("studies/tester-2020.yaml", "sites: 1", "sites: 2")],
    "numbers from which others are computed": [
        swap("studies/tester-2020.yaml", "{arm: placebo, events: 0, n: 60}", "{arm: placebo, events: 1, n: 60}"),
    ],
    "another name of a drug": [swap("drugs/exemplin.yaml", "other_names: [Exa]", "other_names: [Exa, Exo]")],
    "an illness to be reviewed later": [swap("conditions/sample-illness.yaml", "next_review: 2027", "next_review: 2028")],
    "a treatment": [swap("treatments/exemplin/treatment.yaml", "\nsummary: Exemplin is", "\nsummary: Here, exemplin is")],
    "a section": [swap("treatments/exemplin/safety.yaml", "next_review: 2027", "next_review: 2028")],
}


@pytest.mark.parametrize("name", EDITS)
async def test_changes_replayed_on_an_older_dump_give_the_newer_one(content: Path, tmp_path: Path, name: str) -> None:
    releases = tmp_path / "releases"
    build_from(content, releases)
    async with client_of(releases) as client:
        manifest, old = await fetch_manifest(client), (await client.get(LINES)).content
    for change in EDITS[name]:
        change(content)
    build_from(content, releases)
    async with client_of(releases) as client:
        new = (await client.get(LINES)).content
        assert new != old
        assert await replay(client, old, manifest) == new


async def test_every_copy_catches_up_however_many_releases_it_missed(content: Path, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    build_from(content, releases)
    held: list[tuple[dict[str, Any], bytes]] = []
    removed = (content / "claims/exemplin-cures.yaml").read_text(encoding="utf-8")
    steps = [changes for name, changes in EDITS.items() if name not in {"an entry of the author on an earlier day", "a source withdrawn"}]
    steps.append([lambda content: (content / "claims/exemplin-cures.yaml").write_text(removed, encoding="utf-8")])
    for changes in steps:
        async with client_of(releases) as client:
            held.append((await fetch_manifest(client), (await client.get(LINES)).content))
        for change in changes:
            change(content)
        build_from(content, releases)
    async with client_of(releases) as client:
        new = (await client.get(LINES)).content
        for manifest, old in held:
            assert await replay(client, old, manifest) == new
        follows = (await fetch_manifest(client))["follows"]
    assert len(follows) == len(EDITS)
    assert [known["date"] for known in follows] == sorted(known["date"] for known in follows)


async def test_what_no_author_told_is_told_by_the_release(content: Path, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    build_from(content, releases)
    for change in (REWORD, EDITS["a source removed"][0], EDITS["a statement withdrawn on an earlier day"][0]):
        change(content)
    release = build_from(content, releases).stem
    async with client_of(releases) as client:
        rows = (await client.get("/v1/changes?since=2026-03-06")).json()["data"]
    told = {row["id"]: (row["kind"], row["note"]) for row in rows}
    assert told["term.response.definition.meaning"] == ("updated", f"Changed with release {release}: `text`.")
    assert told["loner-1999"] == ("removed", f"Not in release {release}.")
    assert told["condition.sample-illness.burden.people"] == ("withdrawn", "It is said no more.")
    assert told["sample-illness"] == ("updated", f"Changed with release {release}: `sections`.")
    assert told["tester-2020"] == ("updated", f"Changed with release {release}: `cited_by`.")
    assert "treatment.exemplin.efficacy.response" not in told


async def test_same_content_built_again_tells_of_no_change(content: Path, tmp_path: Path) -> None:
    build_from(content, tmp_path)
    first = build_from(content, tmp_path).read_bytes()
    assert build_from(content, tmp_path).read_bytes() == first


def test_release_can_follow_on_a_dump_from_elsewhere(content: Path, tmp_path: Path) -> None:
    elsewhere = build_from(content, tmp_path / "elsewhere")
    REWORD(content)
    options = ["--data", str(content), "--releases", str(tmp_path / "here")]
    result = CliRunner().invoke(main, ["build", *options, "--after", str(elsewhere)])
    assert result.exit_code == 0, result.output
    with sqlite3.connect(next((tmp_path / "here").glob("*.sqlite"))) as connection:
        assert connection.execute("SELECT release FROM lineage").fetchall()[0] == (elsewhere.stem,)
        changed = connection.execute("SELECT id FROM record WHERE changed IS NOT NULL AND collection = 'facts'").fetchall()
    connection.close()
    assert changed == [("term.response.definition.meaning",)]


@pytest.mark.parametrize("text", ["", "no database", "SQLite format 3\x00"])
def test_nothing_follows_on_a_file_that_is_no_release(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.sqlite").write_text(text)
    options = ["--data", str(SAMPLE), "--releases", str(tmp_path / "here"), "--after", str(tmp_path / "broken.sqlite")]
    result = CliRunner().invoke(main, ["build", *options])
    assert result.exit_code == 1
    assert "broken.sqlite" in result.output
    assert not list(tmp_path.glob("here/*"))


async def test_damaged_current_release_begins_a_new_line(content: Path, tmp_path: Path) -> None:
    broken = build_from(content, tmp_path)
    broken.write_bytes(broken.read_bytes()[:-1])
    REWORD(content)
    build_from(content, tmp_path)
    async with client_of(tmp_path) as client:
        assert len((await fetch_manifest(client))["follows"]) == 1
