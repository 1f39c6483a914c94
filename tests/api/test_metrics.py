"""Numbers for Prometheus."""

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.api.metrics import Metrics, forget_dead
from app.api.prepared.store import PreparedStore
from app.main import create_app
from app.schemas.v1.answer import Answer, Notice
from app.settings import Settings
from tests.conftest import Edit, build_from
from tests.running import fetch, serving
from tests.test_serve import wait_until

pytestmark = pytest.mark.anyio
Client = httpx.AsyncClient


@pytest.fixture
async def client(releases: Path) -> AsyncIterator[Client]:
    app = create_app(Settings(releases=releases, model=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


def find(text: str, sample: str) -> float:
    match = re.search(rf"^{re.escape(sample)} ([0-9.e+-]+)$", text, re.MULTILINE)
    return float(match[1]) if match else 0.0


async def test_requests_are_counted_by_operation_status_and_way(client: Client) -> None:
    for address in ("/v1/terms", "/v1/terms", "/v1/terms/nothing", "/v1/nothing", "/v1/terms?limit=0"):
        await client.get(address)
    tag = (await client.head("/v1/terms")).headers["etag"]
    await client.get("/v1/terms", headers={"If-None-Match": tag})
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    text = answer.text
    assert find(text, 'treatments_requests_total{method="GET",operation="list_terms",status="200"}') == 1
    assert find(text, 'treatments_requests_total{method="GET",operation="list_terms",status="422"}') == 1
    assert find(text, 'treatments_requests_total{method="GET",operation="get_term",status="404"}') == 1
    assert find(text, 'treatments_requests_total{method="GET",operation="other",status="404"}') == 1
    assert find(text, 'treatments_prepared_requests_total{status="200"}') == 2
    assert find(text, 'treatments_prepared_requests_total{status="304"}') == 1
    assert find(text, "treatments_prepared_bytes") > 1000
    assert find(text, 'treatments_request_seconds_count{operation="list_terms"}') == 2


async def test_numbers_rise_and_are_not_counted_twice(client: Client) -> None:
    for expected in (1, 2, 3):
        await client.get("/v1")
        await client.get("/metrics")
        text = (await client.get("/metrics")).text
        assert find(text, 'treatments_prepared_requests_total{status="200"}') == expected - 1


async def test_release_being_served_is_told_and_changes(edit: Edit, content: Path, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    first = build_from(content, folder).stem
    app = create_app(Settings(releases=folder, model=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        await client.get("/v1")
        assert find((await client.get("/metrics")).text, f'treatments_release_info{{release="{first}"}}') == 1
        second = build_from(edit("terms/response.yaml", "by at least half", "by half or more"), folder).stem
        app.state.current.refresh()
        text = (await client.get("/metrics")).text
    assert (find(text, f'treatments_release_info{{release="{first}"}}'), find(text, f'treatments_release_info{{release="{second}"}}')) == (
        0,
        1,
    )


async def test_answers_and_notices_are_counted(client: Client) -> None:
    asked = await client.get("/v1/answers?q=xyzzy")
    text = (await client.get("/metrics")).text
    assert find(text, f'treatments_answers_total{{status="{asked.json()["data"]["status"]}"}}') == 1


def test_several_workers_tell_the_sum(tmp_path: Path, releases: Path, socket_enabled: None) -> None:
    with serving(tmp_path, "--workers", "2", "--no-model", releases=releases) as address:
        port = int(address.rsplit(":", 1)[1])
        for number in range(40):
            status, body = fetch(port, f"/v1/facts?limit=1&offset={number}")
            assert (status, json.loads(body)["meta"]["limit"]) == (200, 1)

        def counted() -> float:
            return find(fetch(port, "/metrics")[1].decode(), 'treatments_requests_total{method="GET",operation="list_facts",status="200"}')

        wait_until(lambda: counted() == 40)
        assert {counted() for _ in range(10)} == {40}


def test_what_dead_processes_said_of_themselves_is_left_out(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in ("gauge_livemax", "gauge_livesum", "counter"):
        for pid in (os.getpid(), ended.pid):
            (tmp_path / f"{name}_{pid}.db").touch()
    for _ in range(2):
        forget_dead(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *(f"{name}_{os.getpid()}.db" for name in ("gauge_livemax", "gauge_livesum", "counter")), f"counter_{ended.pid}.db",
    }  # fmt: skip


async def test_head_is_counted_as_head_whoever_answers(client: Client) -> None:
    await client.head("/v1/terms")
    text = (await client.get("/metrics")).text
    assert find(text, 'treatments_requests_total{method="HEAD",operation="list_terms",status="200"}') == 1


def test_notices_are_counted_once_an_answer_by_kind() -> None:
    metrics = Metrics(PreparedStore(0))
    crisis, advice = (Notice.model_construct(kind=kind) for kind in ("crisis", "personal-advice"))
    for notices in ([crisis, crisis], [crisis, advice], []):
        metrics.count_answer(Answer.model_construct(status="no_answer", notices=notices))
    text = metrics.render().decode()
    assert find(text, 'treatments_notices_total{kind="crisis"}') == 2
    assert find(text, 'treatments_notices_total{kind="personal-advice"}') == 1
    assert find(text, 'treatments_answers_total{status="no_answer"}') == 3
