"""Our server in a process of its own, for benches that need the real thing."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parents[1]


def find_free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, path: str, timeout_seconds: float = 5, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a GET; raises `OSError` when there is no answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@contextlib.contextmanager
def serving(log: Path, *options: str) -> Generator[tuple[int, int]]:
    """`python -m app serve` with these options; gives the port and the process id."""
    port = find_free_port()
    with log.open("wb") as out:
        command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--no-model", *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process, log)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=180)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 300) -> None:
    """Wait until a program answers at an address with success; tells what it wrote when it ends before."""
    deadline = time.monotonic() + seconds
    while True:
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, f"nobody answers at {address}"
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except OSError:
            time.sleep(0.02)
        else:
            return


def find_workers(pid: int) -> list[int]:
    """Process ids of the workers of a server."""
    children = [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def read_rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
