"""What the log says, and what it never says."""

import io
import json
import logging
from pathlib import Path

import httpx
import pytest

from app.logs import AccessLog, Exchange, JsonFormatter, TextFormatter, Withholding
from app.main import create_app
from app.settings import Settings

pytestmark = pytest.mark.anyio
WORD = "zwiebelfisch"
EXCHANGE = Exchange("GET", "/v1/a b", 200, 0.00123, 99, "id-1", "2026.03.06-1")


def test_access_line_as_text_and_as_json() -> None:
    texts: dict[str, str] = {}
    for form in ("text", "json"):
        stream = io.StringIO()
        log = AccessLog(form, is_on=True, stream=stream)
        log.add(EXCHANGE)
        assert stream.getvalue() == "", "lines wait for the next flush"
        log.flush()
        log.flush()
        texts[form] = stream.getvalue()
    assert texts["text"] == "INFO app.access: GET /v1/a%20b 200 1.23 ms id-1\n"
    line = json.loads(texts["json"])
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info", "logger": "app.access", "method": "GET", "path": "/v1/a%20b", "status": 200, "duration_ms": 1.23, "bytes": 99,
        "request_id": "id-1", "release": "2026.03.06-1",
    }  # fmt: skip


def test_lines_that_wait_are_bounded() -> None:
    stream = io.StringIO()
    log = AccessLog("text", is_on=True, stream=stream)
    for _ in range(5000):
        log.add(EXCHANGE)
    assert stream.getvalue().count("\n") == 5000


def test_access_log_can_be_off() -> None:
    stream = io.StringIO()
    log = AccessLog("text", is_on=False, stream=stream)
    log.add(EXCHANGE)
    log.flush()
    assert stream.getvalue() == ""


def fail(question: str) -> None:
    """Raise errors whose messages hold a question, as those of parsers do."""
    try:
        int(question)
    except ValueError as error:
        raise ExceptionGroup(question, [KeyError(question)]) from error


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter("%(levelname)s %(name)s: %(message)s")])
def test_errors_are_told_by_type_and_place_and_never_by_their_message(formatter: logging.Formatter) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        fail(WORD)
    error = caught.value
    record = logging.LogRecord("app", logging.ERROR, __file__, 1, "it %s", ("failed",), (type(error), error, error.__traceback__))
    line = formatter.format(record)
    assert "it failed" in line
    assert line.index("builtins.ValueError") < line.index("builtins.KeyError") < line.index("builtins.ExceptionGroup")
    assert "test_logs.py" in line
    assert "raise ExceptionGroup(question" in line
    assert WORD not in line


def test_words_of_the_mcp_sdk_are_withheld_and_those_of_others_are_not() -> None:
    def tell(name: str) -> str:
        record = logging.LogRecord(name, logging.ERROR, __file__, 1, "it said %s", (WORD,), None, "call_tool")
        assert Withholding().filter(record)
        return record.getMessage()

    assert tell("mcp.server.streamable_http") == "error in call_tool"
    assert tell("mcpx") == f"it said {WORD}"


def test_record_without_an_error_says_nothing_of_one() -> None:
    record = logging.LogRecord("app", logging.ERROR, __file__, 1, "it failed", (), (None, None, None))
    assert json.loads(JsonFormatter().format(record))["error"] == ""


async def test_question_never_reaches_a_log_or_a_metric(
    releases: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(releases=releases, model=False, mcp_hosts="*"))
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": WORD}}}
    mcp = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    with caplog.at_level(logging.DEBUG):
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
        ):
            for address in (f"/v1/answers?q={WORD}", f"/v1/search?q={WORD}", f"/v1/answers?q={WORD}&limit=0", f"/v1/facts?topic={WORD}"):
                for _ in range(2):
                    await client.get(address)
            asked = await client.post("/mcp", json=call, headers=mcp)
            metrics = (await client.get("/metrics")).text
    out = capsys.readouterr()
    assert asked.status_code == 200
    assert WORD not in out.err + out.out
    assert WORD not in metrics
    assert not [record for record in caplog.records if record.name.startswith("app") and WORD in record.getMessage()]
    assert "GET /v1/answers 200" in out.err
    assert "GET /v1/facts 422" in out.err
    assert 'treatments_answers_total{status="no_answer"}' in metrics
