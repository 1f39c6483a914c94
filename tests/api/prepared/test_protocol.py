"""The server as it talks on the wire: answers from the store inside the parser, and what it does with odd clients."""

import contextlib
import hashlib
import inspect
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from io import BytesIO
from pathlib import Path

import httptools
import pytest
import uvicorn
from uvicorn.protocols.http import httptools_impl

from app.api.prepared.protocol import TESTED, is_tested
from tests.running import PATIENCE_SECONDS, serving

ADDRESS = "/v1/treatments/exemplin/safety"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, releases: Path) -> Iterator[int]:
    """A service with short patience."""
    options = ("--slow-client-seconds", "1", "--max-connections", "50", "--no-model", "--http", "prepared")
    with serving(tmp_path_factory.mktemp("serving"), *options, releases=releases) as address:
        yield int(address.rsplit(":", 1)[1])


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests talk to a real server."""


def talk(port: int, data: bytes, *, answers: int = 1) -> list[tuple[int, dict[str, str], bytes]]:
    """Send bytes on one connection and read so many answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(data)
        file = connection.makefile("rb")
        read: list[tuple[int, dict[str, str], bytes]] = []
        for index in range(answers):
            method = data.split(b"\r\n\r\n")[index].split(b" ")[0].decode()
            response = HTTPResponse(_Kept(file), method=method)  # type: ignore[arg-type]
            response.begin()
            body = response.read()
            read.append((response.status, {name.lower(): value for name, value in response.getheaders()}, body))
        return read


class _Kept:
    """A socket whose file is not closed between answers."""

    def __init__(self, file: object) -> None:
        self._file = file

    def makefile(self, _mode: str) -> object:
        """The file, for `HTTPResponse`."""
        return _Open(self._file)


class _Open(BytesIO):
    def __init__(self, file: object) -> None:
        self._inner = file

    def read(self, size: int | None = -1) -> bytes:
        return self._inner.read(size)  # type: ignore[attr-defined]

    def readline(self, size: int | None = -1) -> bytes:
        return self._inner.readline(size)  # type: ignore[attr-defined]

    def readinto(self, buffer: object) -> int:
        return self._inner.readinto(buffer)  # type: ignore[attr-defined]

    def close(self) -> None:
        """Stay open for the next answer."""

    def flush(self) -> None:
        """There is nothing to write."""


def ask(path: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: test", *headers, "", "")).encode()


def test_uvicorn_is_the_one_that_the_protocol_was_written_for() -> None:
    """When this fails, read what changed in uvicorn's protocol, see that `app/api/armour.py` and `app/api/prepared/protocol.py` still fit,
    then write down the new digest and the new `TESTED`."""
    assert is_tested(uvicorn.__version__), f"uvicorn {uvicorn.__version__} is installed, {TESTED} was tested"
    source = inspect.getsource(httptools_impl)
    assert hashlib.sha256(source.encode()).hexdigest() == "1d4e1c579df4168433a61a01f10c628b31c1790e72dd9769d2b8633b22214033"
    assert hasattr(httptools, "HttpRequestParser")


def test_kept_answer_is_the_application_s_own(port: int) -> None:
    (first, second, third) = talk(port, ask(ADDRESS) * 2 + ask(ADDRESS, "Connection: close"), answers=3)
    assert first[0] == second[0] == third[0] == 200
    assert first[2] == second[2] == third[2]
    differ = {"x-request-id", "date", "connection"}
    for other in (second, third):
        assert {k: v for k, v in first[1].items() if k not in differ} == {k: v for k, v in other[1].items() if k not in differ}
    assert "date" in second[1]
    assert third[1]["connection"] == "close"


def test_pipelined_requests_are_answered_in_order_also_when_mixed(port: int) -> None:
    paths = [ADDRESS, "/v1/terms/nothing", ADDRESS, "/v1/terms?limit=1", ADDRESS, "/healthz", ADDRESS]
    talk(port, ask(ADDRESS))
    statuses = [status for status, _, _ in talk(port, b"".join(ask(path) for path in paths), answers=len(paths))]
    assert statuses == [200, 404, 200, 200, 200, 200, 200]


def test_head_and_304_have_no_body_and_leave_the_connection_usable(port: int) -> None:
    ((_, headers, body),) = talk(port, ask(ADDRESS))
    tag = headers["etag"]
    requests = ask(ADDRESS, method="HEAD") + ask(ADDRESS, f'If-None-Match: "a", {tag}') + ask(ADDRESS)
    head, fresh, whole = talk(port, requests, answers=3)
    assert (head[0], head[2], head[1]["content-length"]) == (200, b"", str(len(body)))
    assert (fresh[0], fresh[2], fresh[1]["etag"]) == (304, b"", tag)
    assert set(fresh[1]) == {
        "access-control-allow-origin", "access-control-expose-headers", "cache-control", "content-release", "date", "etag", "last-modified", "vary",
        "x-request-id",
    }  # fmt: skip
    assert whole[2] == body


def test_request_id_is_echoed_from_the_store(port: int) -> None:
    talk(port, ask(ADDRESS))
    ((_, headers, _),) = talk(port, ask(ADDRESS, "X-Request-Id: abc-1"))
    assert headers["x-request-id"] == "abc-1"


def test_http_1_0_is_answered_and_closed(port: int) -> None:
    ((status, _, _),) = talk(port, f"GET {ADDRESS} HTTP/1.0\r\n\r\n".encode())
    assert status == 200


def test_request_in_small_pieces_is_one_request(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        for byte in ask(ADDRESS, "Connection: close"):
            connection.sendall(bytes([byte]))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"nonsense\r\n\r\n", 400, "malformed-request"),
        (b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n", 400, "malformed-request"),
        (ask("/v1?" + "x" * 13_000), 414, "uri-too-long"),
        (ask("/v1", *(f"X-{number}: y" for number in range(150))), 431, "headers-too-large"),
        (ask("/v1", "X-Long: " + "y" * 40_000), 431, "headers-too-large"),
        (b"POST /mcp HTTP/1.1\r\nHost: test\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 1_100_000, 413, "body-too-large"),
    ],
)
def test_what_breaks_a_limit_gets_a_problem_and_is_cut_off(port: int, data: bytes, status: int, code: str) -> None:
    answer = read_all(port, data)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in head
    assert f'"code":"{code}"'.encode() in body
    assert fetch_status(port) == 200


def test_endless_body_in_chunks_is_cut_off(port: int) -> None:
    head = b"POST /mcp HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = read_all(port, head + b"10000\r\n" + b"x" * 65536 + b"\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 40)
    assert b" 200 " not in answer
    assert fetch_status(port) == 200


@pytest.mark.parametrize("start", [b"X-Long: ", b"", b"X-Many: y\r\nX-"])
def test_header_field_that_does_not_end_is_not_gathered_but_cut_off(port: int, start: bytes) -> None:
    before = count_refused(port, 431)
    answer = read_all(port, b"GET /v1 HTTP/1.1\r\n" + start + b"y" * 8_000_000)
    assert answer.startswith(b"HTTP/1.1 431 ") or not answer  # the answer is lost when the client still sends
    assert fetch_status(port) == 200
    assert count_refused(port, 431) == before + 1


def test_requests_sent_together_may_be_longer_than_one_head(port: int) -> None:
    count = 1200
    assert [status for status, _, _ in talk(port, ask(ADDRESS, f"X-Padding: {'y' * 200}") * count, answers=count)] == [200] * count


def count_refused(port: int, status: int) -> float:
    """How many requests were refused with a status before they reached the application, by the metrics."""
    ((_, _, body),) = talk(port, ask("/metrics"))
    name = f'treatments_requests_total{{method="-",operation="refused",status="{status}"}} '
    return next((float(line.removeprefix(name)) for line in body.decode().splitlines() if line.startswith(name)), 0.0)


def read_all(port: int, data: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        with contextlib.suppress(OSError):  # cut off while sending; the answer can still be read
            connection.sendall(data)
        parts: list[bytes] = []
        with contextlib.suppress(ConnectionResetError):
            parts.extend(iter(lambda: connection.recv(65536), b""))
        return b"".join(parts)


def fetch_status(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", ADDRESS)
        return connection.getresponse().status
    finally:
        connection.close()


def test_slow_sender_is_cut_off_with_408(port: int) -> None:
    began = time.monotonic()
    answer = read_all(port, b"GET /v1 HTTP/1.1\r\nHost: test\r\nX-")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 0.5 < time.monotonic() - began < PATIENCE_SECONDS


def test_connection_without_a_request_is_closed(port: int) -> None:
    began = time.monotonic()
    assert read_all(port, b"") == b""
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_too_many_connections_are_refused_and_the_others_go_on(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) for _ in range(60)]
    try:
        held[0].sendall(ask(ADDRESS))
        assert held[0].recv(100).startswith(b"HTTP/1.1 200")
        assert held[-1].recv(100).startswith(b"HTTP/1.1 503")
    finally:
        for connection in held:
            connection.close()


def test_reader_that_never_reads_is_cut_off(port: int) -> None:
    talk(port, ask("/openapi.json"))
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE_SECONDS)
        connection.connect(("127.0.0.1", port))
        connection.sendall(ask("/openapi.json") * 300)
        time.sleep(4)  # longer than the server is patient
        answers = 0
        with contextlib.suppress(ConnectionResetError):
            while part := connection.recv(1_000_000):
                answers += part.count(b"HTTP/1.1 200 OK")
    assert answers < 300
    assert fetch_status(port) == 200


def test_same_bytes_are_answered_alike_also_after_others(port: int) -> None:
    plain, packed, tagged = ask(ADDRESS), ask(ADDRESS, "Accept-Encoding: gzip"), ask(ADDRESS, "If-None-Match: *")
    for _ in range(3):
        answers = [talk(port, data)[0] for data in (plain, packed, tagged, ask(ADDRESS, method="HEAD"))]
        assert [status for status, _, _ in answers] == [200, 200, 304, 200]
        assert [bool(body) for _, _, body in answers] == [True, True, False, False]
        assert [headers.get("content-encoding") for _, headers, _ in answers] == [None, "gzip", None, None]
    ids = [talk(port, plain)[0][1]["x-request-id"] for _ in range(20)]
    assert len(set(ids)) == 20


def test_connection_that_is_used_stays_and_one_that_is_not_is_closed_in_time(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        for _ in range(4):
            connection.sendall(ask(ADDRESS, method="HEAD"))
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(0.5)  # together longer than the service waits for a request


@pytest.mark.parametrize("way", ["plain", "auto"])
def test_both_ways_of_reading_requests_answer_alike(tmp_path: Path, releases: Path, way: str) -> None:
    with serving(tmp_path, "--no-model", "--http", way, releases=releases) as address:
        port = int(address.rsplit(":", 1)[1])
        (plain, packed, again) = talk(port, ask(ADDRESS) + ask(ADDRESS, "Accept-Encoding: br") + ask(ADDRESS), answers=3)
        assert plain[2] == again[2]
        assert packed[1]["content-encoding"] == "br"
        ((status, _, _),) = talk(port, ask(ADDRESS, f"If-None-Match: {plain[1]['etag']}"))
        assert status == 304


def test_sigterm_lets_answers_finish(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-model") as address:
        port = int(address.rsplit(":", 1)[1])
        assert fetch_status(port) == 200
    assert "Traceback" not in (tmp_path / "serve.log").read_text()
