"""Rate limits, hosts, and how many are worked on at once."""

import shutil
import subprocess
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from app.api.crowd import Crowd
from app.api.hosts import has_host, parse_hosts
from app.api.limits import check_storage, find_client, parse_limits
from app.errors import SettingError
from app.main import create_app
from app.settings import Settings
from tests.running import find_free_port
from tests.test_serve import run

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def asking(settings: Settings, client: str = "10.0.0.1") -> AsyncGenerator[httpx.AsyncClient]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as asker:
        yield asker
    await close_limits(app)


async def close_limits(app: FastAPI) -> None:
    """What a server does at the end."""
    sent: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Message:
        await anyio.lowlevel.checkpoint()
        return sent.pop(0)

    async def send(message: Message) -> None:
        assert message["type"].endswith("complete")

    await app({"type": "lifespan", "state": {}}, receive, send)


async def test_limit_is_told_and_kept_whether_answers_are_finished_or_not(releases: Path) -> None:
    async with asking(Settings(releases=releases, model=False, rate_limit="3/minute")) as client:
        answers = [await client.get("/v1/terms") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"3-in-60s";q=3;w=60'
        assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
        refused = answers[3]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "too-many-requests"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["x-request-id"]
        assert (await client.get("/healthz")).status_code == 200
        assert 'status="429"' in (await client.get("/metrics")).text


async def test_each_client_has_a_limit_of_its_own(releases: Path) -> None:
    app = create_app(Settings(releases=releases, model=False, rate_limit="1/minute"))
    statuses: list[int] = []
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://test") as client:
            statuses.append((await client.get("/v1")).status_code)
    assert statuses == [200, 200, 429, 200, 429, 200]


async def test_tightest_of_several_limits_is_told(releases: Path) -> None:
    async with asking(Settings(releases=releases, model=False, rate_limit="100/hour;2/second")) as client:
        answer = await client.get("/v1")
    assert answer.headers["ratelimit-policy"] == '"2-in-1s";q=2;w=1, "100-in-3600s";q=100;w=3600'
    assert answer.headers["ratelimit"].startswith('"2-in-1s";r=1;')


async def test_no_limit_is_the_default(releases: Path) -> None:
    async with asking(Settings(releases=releases, model=False)) as client:
        assert "ratelimit" not in (await client.get("/v1")).headers


@pytest.fixture
def redis(tmp_path: Path, socket_enabled: None) -> Iterator[str]:
    """A Redis on loopback."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = find_free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with (tmp_path / "redis.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log)
    address = f"redis://127.0.0.1:{port}"
    deadline = time.monotonic() + 10
    while True:
        try:
            check_storage(address)
            break
        except SettingError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield address
    process.terminate()
    process.wait(timeout=10)


async def test_limits_in_redis_are_shared_and_requests_pass_when_it_fails(
    releases: Path, redis: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(releases=releases, model=False, rate_limit="2/minute", rate_limit_storage=redis)
    statuses: list[int] = []
    for _ in range(3):
        async with asking(settings) as client:
            statuses.append((await client.get("/v1")).status_code)
    assert statuses == [200, 200, 429]
    gone = settings.model_copy(update={"rate_limit_storage": f"redis://127.0.0.1:{find_free_port()}"})
    async with asking(gone) as client:
        assert [(await client.get("/v1")).status_code for _ in range(3)] == [200, 200, 200]
    assert caplog.text.count("rate limits are not kept") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rate-limit", "often"), "--rate-limit: `often` is not of the form"),
        (("--rate-limit", "5/minute", "--rate-limit-storage", "file:///x"), "--rate-limit-storage: `file:///x` is neither"),
        (("--rate-limit", "5/minute", "--rate-limit-storage", "redis://127.0.0.1:1"), "--rate-limit-storage: "),
    ],
)
def test_bad_limits_are_one_clear_line(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    answer = run("serve", "--releases", str(tmp_path), *options)
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert said in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_limits_are_parsed_and_clients_told_apart() -> None:
    assert parse_limits(" ") == []
    assert [item.amount for item in parse_limits("5/minute;100/hour")] == [5, 100]
    assert find_client({"client": ("10.1.2.3", 5)}) == "10.1.2.3"
    assert find_client({"client": ("2001:db8:1:2:3::4", 5)}) == "2001:db8:1:2::/64"
    assert find_client({"client": ("unix", 5)}) == "unix"
    assert find_client({"client": None}) == "unknown"


@pytest.mark.parametrize(
    ("setting", "header", "known"),
    [
        ("*", "anything", True), ("api.example.org, localhost", "API.example.org:8443", True), ("api.example.org", "localhost", False),
        ("[::1]", "[::1]:8000", True), ("[::1]", "[::1]", True), ("api.example.org", "", False), ("api.example.org", "api.example.org:x", False),
    ],
)  # fmt: skip
def test_hosts_are_compared_without_port_and_case(setting: str, header: str, *, known: bool) -> None:
    assert has_host(parse_hosts(setting), header.encode()) is known


async def test_other_host_names_are_refused_also_when_the_answer_is_kept(releases: Path) -> None:
    async with asking(Settings(releases=releases, model=False, hosts="test")) as client:
        assert [(await client.get("/v1/terms")).status_code for _ in range(2)] == [200, 200]
        refused = await client.get("/v1/terms", headers={"Host": "evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid-host")


async def test_crowd_is_turned_away_with_503_and_health_is_not(releases: Path) -> None:
    go_on = anyio.Event()

    async def slow(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["path"] == "/v1":
            await go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    statuses: list[int] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Crowd(slow, 1)), base_url="http://test") as client:

        async def ask() -> None:
            statuses.append((await client.get("/v1")).status_code)

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            refused = await client.get("/v1")
            assert (refused.status_code, refused.headers["retry-after"], refused.json()["code"]) == (503, "1", "overloaded")
            assert (await client.get("/healthz")).status_code == 200
            go_on.set()
        assert statuses == [200]
        assert (await client.get("/v1")).status_code == 200
    async with asking(Settings(releases=releases, model=False, max_concurrency=1)) as client:
        assert (await client.get("/v1")).status_code == 200


async def test_https_is_demanded_by_setting_only(releases: Path) -> None:
    async with asking(Settings(releases=releases, model=False)) as client:
        assert "strict-transport-security" not in (await client.get("/v1")).headers
    async with asking(Settings(releases=releases, model=False, hsts_seconds=3600)) as client:
        for _ in range(2):
            assert (await client.get("/v1")).headers["strict-transport-security"] == "max-age=3600"


async def test_addresses_that_only_end_like_health_are_counted(releases: Path) -> None:
    async with asking(Settings(releases=releases, model=False, rate_limit="2/minute", root_path="/api")) as client:
        statuses = [(await client.get(path)).status_code for path in ("/v1/terms/healthz", "/x/metrics", "/v1/terms/healthz")]
        assert statuses == [404, 404, 429]
        assert (await client.get("/healthz")).status_code == 200


async def test_description_has_its_examples_under_other_names_and_within_limits(releases: Path) -> None:
    """The examples are asked for inside, which neither a limit nor the names of the service may hinder."""
    async with asking(Settings(releases=releases, model=False)) as client:
        whole = (await client.get("/openapi.json")).json()
    async with asking(Settings(releases=releases, model=False, hosts="api.example.org", rate_limit="2/minute")) as client:
        answers = [await client.get("/openapi.json", headers={"Host": "api.example.org"}) for _ in range(2)]
    assert [answer.json() == whole for answer in answers] == [True, True]
    assert answers[1].headers["ratelimit"].split(";")[1] == "r=0"
