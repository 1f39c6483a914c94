# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
"""The chatbots' door: tools, their sizes, and the transport."""

import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import MCPError
from mcp.client import Client
from mcp.server import MCPServer

from app.main import create_app
from app.mcp.door import McpDoor
from app.mcp.server import build_server
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.search.searching import Searching
from app.settings import Settings
from app.values.sections import SECTIONS
from tests.running import serving

TOOLS = {"search", "fetch", "ask", "get_treatment", "compare", "get_study", "list_catalogue"}

HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip
ACCEPTED = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
async def bot(releases: Path) -> AsyncIterator[Client]:
    """A client of the server over the sample."""
    store = ReleaseStore(ReleaseFolder(releases).get_current())
    async with Client(build_server(lambda: store, Searching(with_model=True))) as client:
        yield client


async def call(bot: Client, name: str, **arguments: object) -> dict[str, Any]:
    """The data of a result, which stands in its text too."""
    result = await bot.call_tool(name, arguments)
    assert not result.is_error, result.content
    (content,) = result.content
    assert json.loads(content.text) == result.structured_content
    return dict(result.structured_content or {})


async def test_few_tools_that_only_read_and_fit_into_a_small_window(bot: Client) -> None:
    tools = (await bot.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.annotations is not None and tool.annotations.read_only_hint for tool in tools)
    written = json.dumps([tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools])
    assert len(written) / 4 < 1500


async def test_search_and_fetch_have_the_shape_that_chat_clients_expect(bot: Client) -> None:
    found = await call(bot, "search", query="does exemplin work")
    first = found["results"][0]
    assert set(first) == {"id", "title", "text", "url"}
    fetched = await call(bot, "fetch", id=first["id"])
    assert {"id", "title", "text", "url", "metadata"} <= set(fetched)
    assert fetched["metadata"]["sources"]


async def test_an_answer_can_be_quoted_and_traced(bot: Client) -> None:
    answer = await call(bot, "ask", question="How many people respond to exemplin?", audience="professional")
    (fact, *_) = answer["facts"]
    assert (answer["status"], fact["id"]) == ("answered", "treatment.exemplin.efficacy.response")
    assert fact["quote"].startswith("In one invented trial")
    assert fact["see_also"] == ["treatment.exemplin.safety.hiccups"]
    assert answer["release"]
    assert answer["disclaimer"]


async def test_what_is_not_covered_is_refused(bot: Client) -> None:
    answer = await call(bot, "ask", question="Which team won the football cup?")
    assert (answer["status"], answer["facts"]) == ("no_answer", [])


async def test_records_by_id_or_alias(bot: Client) -> None:
    treatment = await call(bot, "get_treatment", id="Exa", sections=["safety"])
    assert treatment["id"] == "exemplin"
    assert treatment["facts"][0]["id"].startswith("treatment.exemplin.safety.")
    assert (await call(bot, "get_study", id="tester-2020"))["outcomes"][0]["id"] == "response"
    assert [pair["comparison"] for pair in (await call(bot, "compare", treatments=["exa", "sampline"]))["pairs"]] == ["indirect"]
    assert {item["id"] for item in (await call(bot, "list_catalogue"))["treatments"]} == {"exemplin", "sampline"}


async def test_results_never_grow_beyond_the_room_and_say_what_is_left_out(bot: Client) -> None:
    result = await bot.call_tool("get_study", {"id": "tester-2020", "max_tokens": 800})
    assert len(result.content[0].text) / 4 <= 800
    assert result.structured_content is not None
    assert result.structured_content["left_out"] >= 0


async def test_what_does_not_fit_is_left_out_whole_and_counted(published: Path) -> None:
    store = ReleaseStore(ReleaseFolder(published).get_current())
    async with Client(build_server(lambda: store, Searching(with_model=False))) as bot:
        small, large = [await call(bot, "get_treatment", id="ketamine", sections=["safety"], max_tokens=room) for room in (800, 20_000)]
    assert len(json.dumps(small, ensure_ascii=False, separators=(",", ":"))) / 4 <= 800
    assert small["facts"] == large["facts"][: len(small["facts"])]
    assert small["left_out"] == len(large["facts"]) - len(small["facts"]) > 0
    assert large["left_out"] == 0


@pytest.mark.parametrize(
    ("tool", "arguments", "hint"),
    [
        ("fetch", {"id": "treatment.exemplin.efficacy.respons"}, "treatment.exemplin.efficacy.response"),
        ("get_treatment", {"id": "exemplim"}, "exemplin"),
        ("get_treatment", {"id": "exemplin", "sections": ["harms"]}, "safety"),
        ("get_study", {"id": "tester"}, "tester-2020"),
        ("compare", {"treatments": ["exemplin", "exa"]}, "different"),
        ("ask", {"question": ""}, "at least 1 character"),
        ("ask", {"question": "x", "treatment": "nothing"}, "no `nothing`"),
    ],
)
async def test_mistakes_are_explained(bot: Client, tool: str, arguments: dict[str, object], hint: str) -> None:
    result = await bot.call_tool(tool, arguments)
    assert result.is_error
    assert hint in result.content[0].text


async def test_treatments_and_sections_are_resources_in_markdown(bot: Client) -> None:
    whole = (await bot.read_resource("treatment://exemplin")).contents[0]
    part = (await bot.read_resource("treatment://exemplin/safety")).contents[0]
    assert whole.mime_type == "text/markdown"
    assert "## Sources" in whole.text
    assert part.text.startswith("# Exemplin for testing: Side effects\n")
    assert "`treatment.exemplin.safety.hiccups`" in part.text


async def test_resources_are_the_markdown_of_the_routes(published: Path) -> None:
    store = ReleaseStore(ReleaseFolder(published).get_current())
    transport = httpx.ASGITransport(create_app(Settings(releases=published, access_log=False)))
    async with Client(build_server(lambda: store, Searching(with_model=False))) as bot, httpx.AsyncClient(transport=transport) as client:
        for name in ("ketamine", "zuranolone", "cbt"):
            for place in (name, *(f"{name}/{section}" for section in SECTIONS)):
                served = await client.get(f"http://test/v1/treatments/{place}?format=md")
                assert (await bot.read_resource(f"treatment://{place}")).contents[0].text == served.text, place


@pytest.mark.parametrize("place", ["exemplin/harms", "exemplin/limitations", "nothing/safety", "nothing"])
async def test_a_resource_that_is_not_there_is_an_error(bot: Client, place: str) -> None:
    with pytest.raises(MCPError):
        await bot.read_resource(f"treatment://{place}")


async def test_over_http_it_keeps_no_session_and_knows_its_hosts(tmp_path: Path, socket_enabled: None) -> None:
    del socket_enabled
    with serving(tmp_path, "--no-access-log") as address:
        async with Client(f"{address}/mcp") as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
        async with httpx.AsyncClient() as plain:
            answer = await plain.post(f"{address}/mcp", json=HELLO, headers=ACCEPTED)
            assert answer.headers["Content-Type"].startswith("application/json")
            assert "mcp-session-id" not in answer.headers
            refused = await plain.post(f"{address}/mcp", json=HELLO, headers={**ACCEPTED, "Host": "evil.example"})
            assert refused.status_code in {403, 421}


async def test_who_comes_before_the_server_is_made_waits_for_it_and_who_comes_after_its_end_is_told(releases: Path) -> None:
    store = ReleaseStore(ReleaseFolder(releases).get_current())
    called, may_go_on = threading.Event(), threading.Event()

    def build() -> MCPServer:
        called.set()
        may_go_on.wait(60)
        return build_server(lambda: store, Searching(with_model=False))

    door = McpDoor(build, ["localhost"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://localhost") as client:
        answers: list[httpx.Response] = []
        assert (await client.post("/mcp", json=HELLO, headers=ACCEPTED)).status_code == 503
        async with door.open(), anyio.create_task_group() as tasks:

            async def ask() -> None:
                answers.append(await client.post("/mcp", json=HELLO, headers=ACCEPTED))

            await anyio.to_thread.run_sync(called.wait, 60)
            tasks.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            assert not answers
            may_go_on.set()
        assert [answer.status_code for answer in answers] == [200]
        assert (await client.post("/mcp", json=HELLO, headers=ACCEPTED)).status_code == 503


async def test_a_server_that_cannot_be_made_is_logged_and_missed_by_its_callers_only(caplog: pytest.LogCaptureFixture) -> None:
    def build() -> MCPServer:
        raise ImportError("no SDK here")

    door = McpDoor(build, ["*"])
    async with door.open(), httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://localhost") as client:
        assert (await client.post("/mcp", json=HELLO, headers=ACCEPTED)).status_code == 503
    assert "no SDK here" in caplog.text
