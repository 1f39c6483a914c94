"""The middleware in front of everything, over applications that do odd things at odd moments."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx
import pytest
from starlette.types import Receive, Scope, Send

from app.api.current import CurrentRelease
from app.api.prepared.door import FrontDoor, PreparedDoor
from app.api.prepared.store import PreparedStore
from app.logs import Exchange
from app.release.folder import ReleaseFolder
from tests.conftest import SAMPLE, Edit, build_from

pytestmark = pytest.mark.anyio
Answer = Callable[[Scope, Send], Awaitable[None]]


async def tell(scope: Scope, send: Send, status: int = 200) -> None:
    """Answer with the release that the request is bound to."""
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": scope["state"]["store"].name.encode()})


@dataclass
class Stub:
    """An application whose first answers are given; later ones tell the release. Counts what it is asked."""

    first: list[Answer] = field(default_factory=list[Answer])
    asked: list[str] = field(default_factory=list[str])

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked.append(scope["method"])
        await (self.first.pop(0) if self.first else tell)(scope, send)


@dataclass
class House:
    """A door over a stub."""

    folder: Path
    stub: Stub
    served: list[Exchange]
    current: CurrentRelease
    store: PreparedStore
    client: httpx.AsyncClient


def build(folder: Path, *first: Answer) -> House:
    stub, served = Stub(list(first)), list[Exchange]()
    current, store = CurrentRelease(ReleaseFolder(folder)), PreparedStore(1_000_000)
    current.on_swap.append(store.reset)
    door = PreparedDoor(stub, current, store, served.append, None)
    transport = httpx.ASGITransport(door, raise_app_exceptions=False)
    return House(folder, stub, served, current, store, httpx.AsyncClient(transport=transport, base_url="http://test"))


async def test_swap_while_the_application_works_mixes_nothing_and_keeps_nothing(edit: Edit, content: Path, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    old = build_from(content, folder).stem
    new = build_from(edit("terms/response.yaml", "by at least half", "by half or more"), folder)
    ReleaseFolder(folder).make_current(folder / f"{old}.sqlite")

    async def swap(scope: Scope, send: Send) -> None:
        ReleaseFolder(folder).make_current(new)
        assert house.current.refresh()
        await tell(scope, send)

    house = build(folder, swap)
    async with house.client as client:
        during, after, again = [await client.get("/v1/x") for _ in range(3)]
    assert during.text == during.headers["content-release"] == old
    assert after.text == after.headers["content-release"] == again.text == new.stem
    assert during.headers["etag"] != after.headers["etag"]
    assert len(house.stub.asked) == 2


async def test_who_waits_across_a_swap_gets_an_answer_of_the_release_it_came_in_under(edit: Edit, content: Path, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    old = build_from(content, folder).stem
    new = build_from(edit("terms/response.yaml", "by at least half", "by half or more"), folder)
    ReleaseFolder(folder).make_current(folder / f"{old}.sqlite")
    go_on = anyio.Event()

    async def slow(scope: Scope, send: Send) -> None:
        await go_on.wait()
        await tell(scope, send)

    house = build(folder, slow)
    answers: dict[str, httpx.Response] = {}
    async with house.client as client, anyio.create_task_group() as group:

        async def ask(name: str) -> None:
            answers[name] = await client.get("/v1/x")

        group.start_soon(ask, "first")
        group.start_soon(ask, "waiting")
        await anyio.wait_all_tasks_blocked()
        ReleaseFolder(folder).make_current(new)
        house.current.refresh()
        await ask("later")  # need not wait for those of the release before
        go_on.set()
    assert {name: (answer.text, answer.headers["content-release"]) for name, answer in answers.items()} == {
        "first": (old, old), "waiting": (old, old), "later": (new.stem, new.stem),
    }  # fmt: skip


async def test_failure_or_end_of_the_first_does_not_hurt_those_who_wait(releases: Path) -> None:
    go_on = anyio.Event()

    async def fail(_scope: Scope, _send: Send) -> None:
        await go_on.wait()
        raise ValueError

    async def refuse(scope: Scope, send: Send) -> None:
        await go_on.wait()
        await tell(scope, send, 404)

    for first, status in ((fail, 500), (refuse, 404)):
        go_on = anyio.Event()
        house = build(releases, first)
        statuses: list[int] = []
        async with house.client as client, anyio.create_task_group() as group:

            async def ask(client: httpx.AsyncClient = client, statuses: list[int] = statuses) -> None:
                statuses.append((await client.get("/v1/x")).status_code)

            for _ in range(3):
                group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            assert len(house.stub.asked) == 1
            go_on.set()
        assert sorted(statuses) == [200, 200, status]


async def test_first_who_goes_away_does_not_hurt_those_who_wait(releases: Path) -> None:
    async def hang(_scope: Scope, _send: Send) -> None:
        await anyio.sleep_forever()

    house = build(releases, hang)
    answers: list[httpx.Response] = []
    async with house.client as client, anyio.create_task_group() as group:
        scope = anyio.CancelScope()

        async def give_up() -> None:
            with scope:
                await client.get("/v1/x")

        async def ask() -> None:
            answers.append(await client.get("/v1/x"))

        group.start_soon(give_up)
        await anyio.wait_all_tasks_blocked()
        group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        scope.cancel()
    assert [answer.status_code for answer in answers] == [200]


async def test_head_first_makes_a_whole_answer_that_get_is_served(releases: Path) -> None:
    house = build(releases)
    async with house.client as client:
        head, get = await client.head("/v1/x"), await client.get("/v1/x")
    assert (head.content, get.text) == (b"", house.store.release.name if house.store.release else None)
    assert {**head.headers, "x-request-id": ""} == {**get.headers, "x-request-id": ""}
    assert house.stub.asked == ["GET"]
    assert [(exchange.method, exchange.status) for exchange in house.served] == [("GET", 200)]


async def test_answer_that_is_too_long_to_keep_is_passed_on_as_it_comes(releases: Path) -> None:
    part = b"x" * 6_000_000

    async def stream(_scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        for number in range(4):
            await send({"type": "http.response.body", "body": part, "more_body": number < 3})

    house = build(releases, stream, stream)
    async with house.client as client:
        whole, head = await client.get("/v1/x"), await client.head("/v1/x")
    assert (whole.status_code, len(whole.content), head.status_code, head.content) == (200, 4 * len(part), 200, b"")
    assert len(house.store) == 0


async def test_long_bodies_are_packed_beside_the_others_and_weighed_once(tmp_path: Path) -> None:
    build_from(SAMPLE, tmp_path)
    body = b"some words " * 40_000

    async def long(_scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": body})

    house = build(tmp_path, long)
    house.store.most_bytes = 100_000_000
    async with house.client as client:
        await client.get("/v1/x", headers={"Accept-Encoding": "identity"})
        before = house.store.bytes
        bodies: list[bytes] = []

        async def ask() -> None:
            bodies.append((await client.get("/v1/x", headers={"Accept-Encoding": "gzip"})).content)

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(ask)
        grown = house.store.bytes - before
        await client.get("/v1/x", headers={"Accept-Encoding": "gzip"})
    assert bodies == [body] * 5
    assert 0 < grown < 10_000, "one packed body, not five"
    assert house.store.bytes == before + grown


async def test_front_door_serves_what_is_kept_and_passes_everything_else_on(releases: Path) -> None:
    house = build(releases)
    passed: list[str] = []

    async def application(scope: Scope, _receive: Receive, send: Send) -> None:
        passed.append(f"{scope['method']} {scope['path']}")
        await tell({**scope, "state": {"store": house.current.get()}}, send)

    front = FrontDoor(application, PreparedDoor(application, house.current, house.store, house.served.append, None))
    async with house.client as inside, httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url="http://test") as client:
        kept = await inside.get("/v1/x")
        served, fresh = await client.get("/v1/x"), await client.get("/v1/x", headers={"If-None-Match": kept.headers["etag"]})
        for method, path in (("GET", "/v1/y"), ("POST", "/v1/x"), ("GET", "/healthz")):
            await client.request(method, path)
        await client.request("GET", "/v1/x", content=b"a body")
    assert (served.text, served.headers["etag"], fresh.status_code) == (kept.text, kept.headers["etag"], 304)
    assert [(exchange.method, exchange.path, exchange.status) for exchange in house.served] == [
        ("GET", "/v1/x", 200),
        ("GET", "/v1/x", 304),
    ]
    assert passed == ["GET /v1/y", "POST /v1/x", "GET /healthz", "GET /v1/x"]
