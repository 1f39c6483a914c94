"""A real server on the wire: limits behind proxies, the end of the server, and what its log never says."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import PATIENCE_SECONDS, ROOT, fetch, fetch_whole, find_free_port, serving

ADDRESS = "/v1/treatments/exemplin/safety"
WORD = "zwiebelfisch"


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests talk to real servers."""


def port_of(address: str) -> int:
    return int(address.rsplit(":", 1)[1])


def test_limit_holds_for_answers_that_are_kept_and_counts_clients_behind_a_proxy_apart(tmp_path: Path, releases: Path) -> None:
    with serving(tmp_path, "--no-model", "--rate-limit", "3/hour", releases=releases) as address:
        port = port_of(address)
        first = [fetch_whole(port, ADDRESS, {"X-Forwarded-For": "203.0.113.1"}) for _ in range(4)]
        assert [answer.status for answer in first] == [200, 200, 200, 429]
        assert [answer.headers["ratelimit"].split(";")[1] for answer in first] == ["r=2", "r=1", "r=0", "r=0"]
        assert {answer.headers["ratelimit-policy"] for answer in first} == {'"3-in-3600s";q=3;w=3600'}
        refused = first[-1]
        assert (refused.headers["content-type"], json.loads(refused.body)["code"]) == ("application/problem+json", "too-many-requests")
        assert "retry-after" in refused.headers
        assert fetch_whole(port, ADDRESS, {"X-Forwarded-For": "203.0.113.2"}).status == 200
        forged = {"X-Forwarded-For": "198.51.100.7, 203.0.113.1"}
        assert fetch_whole(port, ADDRESS, forged).status == 429, "only what the proxy itself has added is believed"
        assert fetch_whole(port, "/v1/terms/healthz", {"X-Forwarded-For": "203.0.113.1"}).status == 429
        assert fetch(port, "/healthz")[0] == 200


def test_addresses_that_a_proxy_tells_are_believed_of_trusted_proxies_only(tmp_path: Path, releases: Path) -> None:
    options = ("--no-model", "--rate-limit", "2/hour", "--forwarded-allow-ips", "10.9.9.9")
    with serving(tmp_path, *options, releases=releases) as address:
        statuses = [fetch_whole(port_of(address), ADDRESS, {"X-Forwarded-For": f"203.0.113.{number}"}).status for number in range(3)]
    assert statuses == [200, 200, 429]


@contextlib.contextmanager
def started(folder: Path, releases: Path, *options: str) -> Generator[tuple[subprocess.Popen[bytes], int]]:
    """A server that the test ends itself."""
    port = find_free_port()
    command = [sys.executable, "-m", "app", "serve", "--no-build", "--no-model", "--releases", str(releases), "--port", str(port), *options]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while fetch(port, "/readyz")[0] != 200:
            assert process.poll() is None, (folder / "serve.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=PATIENCE_SECONDS)


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_still_answers_what_is_coming_in_and_then_ends(tmp_path: Path, releases: Path, workers: str) -> None:
    request = f"GET {ADDRESS} HTTP/1.1\r\nHost: test\r\n\r\n".encode()
    options = ("--workers", workers, "--slow-client-seconds", "120")
    with started(tmp_path, releases, *options) as (process, port), contextlib.ExitStack() as stack:

        def connect() -> socket.socket:
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))

        half, kept, other = connect(), connect(), connect()
        for connection in (half, kept, other):  # each is taken by a worker
            connection.sendall(request.replace(b"GET", b"HEAD"))
            assert connection.recv(65536).endswith(b"\r\n\r\n")
        half.sendall(request[:20])
        other.sendall(request[:-2].replace(ADDRESS.encode(), b"/v1/drugs/exemplin"))
        time.sleep(0.5)  # all of this has arrived
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Shutting down" not in (tmp_path / "serve.log").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        half.sendall(request[20:])
        other.sendall(request[-2:])
        for connection in (half, other):
            answer = read_all(connection)
            assert answer.startswith(b"HTTP/1.1 200 OK"), answer[:200]
        assert kept.recv(65536) == b""
        assert process.wait(timeout=PATIENCE_SECONDS) in {0, -signal.SIGTERM}
    assert "Traceback" not in (tmp_path / "serve.log").read_text()


def test_questions_reach_no_log_line_whatever_goes_wrong_with_them(tmp_path: Path, releases: Path) -> None:
    mcp = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    calls: tuple[dict[str, Any], ...] = (
        {"method": "tools/call", "params": {"name": "ask", "arguments": {"question": WORD}}},
        {"method": "tools/call", "params": {"name": "ask", "arguments": {"question": {"nested": WORD}}}},
        {"method": "tools/call", "params": {"name": "ask", "arguments": [WORD]}},
        {"method": "tools/call", "params": {"name": WORD, "arguments": {}}},
        {"method": WORD, "params": {"question": WORD}},
        {"method": "resources/read", "params": {"uri": WORD}},
    )
    with serving(tmp_path, "--no-model", "--log-format", "json", "--mcp-hosts", "*", releases=releases) as address:
        port = port_of(address)
        for number, call in enumerate(calls):
            fetch_whole(port, "/mcp", mcp, method="POST", body=json.dumps({"jsonrpc": "2.0", "id": number, **call}).encode())
        for body in (f"{{{WORD}", f'["{WORD}"]', f'"{WORD}"'):
            fetch_whole(port, "/mcp", mcp, method="POST", body=body.encode())
        for query in (f"q={WORD}", f"q={WORD}&limit=0", f"q={WORD}&{WORD}=1", f"q={WORD}%ff", f"q={WORD * (12_500 // len(WORD))}"):
            for path in ("/v1/answers", "/v1/search"):
                fetch_whole(port, f"{path}?{query}", {"Referer": WORD, "User-Agent": WORD, "Cookie": WORD})
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(f"GET /v1/answers?q={WORD} HTTP/9.9\r\n{WORD}\r\n\r\n".encode())
            assert read_all(connection).startswith(b"HTTP/1.1 400")
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
        assert fetch_whole(port, f"/v1/search?q={WORD}", upgrade).status == 200, "no way around HTTP"
        metrics = fetch(port, "/metrics")[1].decode()
    log = (tmp_path / "serve.log").read_text()
    assert WORD not in log, next(line for line in log.splitlines() if WORD in line)
    assert WORD not in metrics
    accesses = [line for line in map(json.loads, log.splitlines()) if line["logger"] == "app.access" and line["path"] == "/v1/answers"]
    assert {line["status"] for line in accesses} >= {200, 414, 422}
    assert all(line["request_id"] and line["release"] for line in accesses)
    assert "127.0.0.1" not in "".join(
        line["message"] for line in map(json.loads, log.splitlines()) if "running on" not in line.get("message", "") and "message" in line
    )


@pytest.mark.parametrize(
    "path",
    [
        "/docs/assets/../../../settings.py", "/docs/assets/..%2f..%2f..%2fsettings.py", "/docs/assets/%2e%2e/%2e%2e/settings.py",
        "/docs/reference/..%2f..%2f..%2f..%2fetc/passwd", "/docs/assets//etc/passwd", "/docs/assets/%2fetc%2fpasswd", "//etc/passwd",
        "/problems/..%2f..%2fsettings.py", "/v1/treatments/..%2f..%2fcurrent", "/v1/../../current", "/v1/dump.sqlite/..%2f..%2fcurrent",
        "/docs/assets/..%5c..%5csettings.py", "/docs/assets/%00", "/mcp/../../../etc/passwd", "/docs/assets/", "/docs/assets",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_release(port: int, path: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
        answer = read_all(connection)
    assert answer.partition(b"\r\n")[0].split()[1] in {b"404", b"422"}, answer[:300]
    assert b"application/problem+json" in answer
    assert not any(text in answer for text in (b"root:", b"class Settings", b".sqlite\n"))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, releases: Path) -> Iterator[int]:
    """A service that several tests ask."""
    with serving(tmp_path_factory.mktemp("serving"), "--no-model", releases=releases) as address:
        yield port_of(address)
