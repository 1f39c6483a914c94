"""A service in a process of its own, for tests that need the real thing."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest_socket

from tests.conftest import SAMPLE

ROOT = Path(__file__).parents[1]

PATIENCE_SECONDS = 180
"""How long a test waits for what takes a second or two, so that it does not fail where the machine has other things to do."""


def find_free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(port: int, path: str) -> tuple[int, bytes]:
    """Status and body of a GET on loopback; status 0 when nobody listens yet."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


@dataclass(frozen=True)
class Fetched:
    """An answer, header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def fetch_whole(
    port: int, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes | None = None
) -> Fetched:
    """A request on loopback."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Fetched(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@contextlib.contextmanager
def serving(folder: Path, *options: str, data: Path = SAMPLE, releases: Path | None = None, within: Sequence[str] = ()) -> Generator[str]:
    """Serve until the context closes; gives the address. Without `releases`, which hold one already, a release of `data` is built in
    `folder`. The log is there as `serve.log`. `within`: a command that runs the service."""
    pytest_socket.enable_socket()
    port = find_free_port()
    source = ["--data", str(data), "--releases", str(folder)] if releases is None else ["--no-build", "--releases", str(releases)]
    command = [*within, sys.executable, "-m", "app", "serve", "--port", str(port), *source, *options]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while fetch(port, "/readyz")[0] != 200:
            assert process.poll() is None, (folder / "serve.log").read_text()
            assert time.monotonic() < deadline, "the service did not get ready"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)
        pytest_socket.disable_socket(allow_unix_socket=True)
