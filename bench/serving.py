"""Against nginx serving the same bytes as files: one worker each on one core, wrk on the other, in turns. Only paired ratios count.

    .venv/bin/python -m bench.serving                       # section, document, 304; nginx, and the middleware alone
    .venv/bin/python -m bench.serving --others              # FastAPI (response_model, ready bytes), json-server and Datasette too

Needs wrk and nginx (Debian's packages), for --others also npm. Everything goes over loopback and ends by itself."""

import argparse
import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECTION = "/v1/treatments/ketamine/conclusion"
DOCUMENT = "/v1/treatments/ketamine"
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; types {{ application/json json; }}
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port}; root {folder}/files; gzip_static on; gzip_vary on;
    add_header Cache-Control "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800";
  }}
}}
"""


@dataclass(frozen=True)
class Case:
    """Something that is asked for, of us and of nginx."""

    name: str
    ours: str
    theirs: str
    headers: tuple[str, ...] = ()
    is_conditional: bool = False


CASES = (
    Case("section", SECTION, "/section.json"),
    Case("section, gzip", SECTION, "/section.json", ("Accept-Encoding: gzip",)),
    Case("document", DOCUMENT, "/document.json"),
    Case("document, gzip", DOCUMENT, "/document.json", ("Accept-Encoding: gzip",)),
    Case("304", SECTION, "/section.json", is_conditional=True),
)


@dataclass(frozen=True)
class Rate:
    """What wrk measured."""

    per_second: float
    p99_ms: float


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2, help="of one slice")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--others", action="store_true", help="FastAPI, json-server and Datasette too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        ours = stack.enter_context(serving(folder, "prepared"))
        middleware = stack.enter_context(serving(folder, "plain"))
        nginx = stack.enter_context(running_nginx(folder, ours))
        measure = build_measure(given.seconds, given.connections)
        print("| request | bytes | us | middleware | nginx | us / nginx | middleware / nginx | p99 us, nginx (ms) |")
        print("|---|---|---|---|---|---|---|---|")
        for case in CASES:
            print(compare(case, (ours, middleware, nginx), measure, given.rounds))
        if given.others:
            compare_others(folder, stack, ours, measure, given.rounds)


def compare(case: Case, servers: tuple[str, str, str], measure: "Measure", rounds: int) -> str:
    """A row: rates in turns, and the median of the ratios of neighbouring slices."""
    ours, middleware, nginx = servers
    addresses = (ours + case.ours, middleware + case.ours, nginx + case.theirs)
    headers = [(*case.headers, f"If-None-Match: {find_tag(address)}") if case.is_conditional else case.headers for address in addresses]
    found: list[list[Rate]] = [[], [], []]
    for _ in range(rounds):
        for index in range(3):
            found[index].append(measure(addresses[index], headers[index]))
    direct, portable = (paired(found[index], found[2]) for index in (0, 1))
    rates = " | ".join(f"{statistics.median(rate.per_second for rate in rates):,.0f}/s" for rates in found)
    p99 = [statistics.median(rate.p99_ms for rate in found[index]) for index in (0, 2)]
    size = 0 if case.is_conditional else count_bytes(addresses[0], case.headers)
    return f"| {case.name} | {size:,} | {rates} | {direct} | {portable} | {p99[0]:.2f}, {p99[1]:.2f} |"


def paired(ours: list[Rate], theirs: list[Rate]) -> str:
    """Median of the ratios of neighbouring slices, with the lowest and the highest."""
    ratios = [one.per_second / other.per_second for one, other in zip(ours, theirs, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


Measure = Callable[[str, tuple[str, ...]], Rate]


def build_measure(seconds: float, connections: int) -> Measure:
    """wrk on the second core."""

    def measure(address: str, headers: tuple[str, ...]) -> Rate:
        options = [part for header in headers for part in ("-H", header)]
        command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", *options, address]
        out = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
        assert "Non-2xx" not in out or any("If-None-Match" in header for header in headers), out
        number, unit = re.findall(r"99%\s+([0-9.]+)(us|ms|s)", out)[0]
        scale = {"us": 0.001, "ms": 1, "s": 1000}[unit]
        return Rate(float(re.findall(r"Requests/sec:\s+([0-9.]+)", out)[0]), float(number) * scale)

    return measure


@contextlib.contextmanager
def serving(folder: Path, http: str) -> Generator[str]:
    """Our server on the first core; builds a release first when there is none."""
    port = find_free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--http", http, "--no-access-log", "--no-model"]
    with pinned(command, folder / f"serve-{http}.log"):
        wait_for(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def running_nginx(folder: Path, ours: str) -> Generator[str]:
    """nginx on the first core, with our answers as files, packed beside them as it wants them."""
    files = folder / "files"
    files.mkdir()
    for name, path in (("section.json", SECTION), ("document.json", DOCUMENT)):
        (files / name).write_bytes(fetch(ours + path, "identity"))
        (files / f"{name}.gz").write_bytes(fetch(ours + path, "gzip"))
    port = find_free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with pinned([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")], folder / "nginx.log"):
        wait_for(f"http://127.0.0.1:{port}/section.json")
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def pinned(command: list[str], log: Path, cwd: Path = ROOT) -> Generator[None]:
    """A program on the first core, until the context closes."""
    with log.open("wb") as out:
        process = subprocess.Popen(["taskset", "-c", "0", *command], cwd=cwd, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def compare_others(folder: Path, stack: contextlib.ExitStack, ours: str, measure: Measure, rounds: int) -> None:
    """How many times the section is served as often as by programs that people would take instead."""
    others = {
        "FastAPI with response_model": (_fastapi, "/model"), "FastAPI with ready bytes": (_fastapi, "/bytes"),
        "json-server": (_json_server, "/sections/conclusion"), "Datasette": (_datasette, "/data/section/conclusion.json?_shape=array"),
    }  # fmt: skip
    document = json.loads(fetch(ours + SECTION, "identity"))
    print("\n| server | requests | us, times as many |\n|---|---|---|")
    running: dict[str, str] = {}
    for name, (start, path) in others.items():
        key = start.__name__
        if key not in running:
            running[key] = stack.enter_context(start(folder, document))
        found = [(measure(ours + SECTION, ()), measure(running[key] + path, ())) for _ in range(rounds)]
        ratio = statistics.median(us.per_second / other.per_second for us, other in found)
        print(f"| {name} | {statistics.median(other.per_second for _, other in found):,.0f}/s | {ratio:.0f} |")


@contextlib.contextmanager
def _fastapi(folder: Path, document: dict[str, object]) -> Generator[str]:
    (folder / "section.json").write_text(json.dumps(document))
    port = find_free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.plain_fastapi:app", "--port", str(port), "--no-access-log"]
    with pinned(["env", f"SECTION={folder / 'section.json'}", *command], folder / "fastapi.log"):
        wait_for(f"http://127.0.0.1:{port}/bytes")
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def _json_server(folder: Path, document: dict[str, object]) -> Generator[str]:
    target = folder / "json-server"
    target.mkdir()
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "json-server@0.17.4"], cwd=target, check=True, timeout=300)
    (target / "db.json").write_text(json.dumps({"sections": [{"id": "conclusion", **document}]}))
    port = find_free_port()
    with pinned(["node_modules/.bin/json-server", "--quiet", "--port", str(port), "db.json"], folder / "json-server.log", target):
        wait_for(f"http://127.0.0.1:{port}/sections/conclusion")
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def _datasette(folder: Path, document: dict[str, object]) -> Generator[str]:
    import sqlite3

    target = folder / "datasette"
    subprocess.run([sys.executable, "-m", "venv", str(target)], check=True)
    subprocess.run([str(target / "bin/pip"), "install", "-q", "datasette==0.65.1", "setuptools<81"], check=True, timeout=300)
    with contextlib.closing(sqlite3.connect(folder / "data.db")) as connection, connection:
        connection.execute("CREATE TABLE section (name TEXT PRIMARY KEY, doc TEXT)")
        connection.execute("INSERT INTO section VALUES ('conclusion', ?)", (json.dumps(document),))
    port = find_free_port()
    with pinned([str(target / "bin/datasette"), "-i", str(folder / "data.db"), "-p", str(port)], folder / "datasette.log"):
        wait_for(f"http://127.0.0.1:{port}/data/section/conclusion.json")
        yield f"http://127.0.0.1:{port}"


def fetch(address: str, coding: str) -> bytes:
    """A body as it is sent."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": coding}), timeout=10) as answer:
        return answer.read()


def count_bytes(address: str, headers: tuple[str, ...]) -> int:
    """Bytes of the body that a case is about."""
    return len(fetch(address, headers[0].partition(": ")[2] if headers else "identity"))


def find_tag(address: str) -> str:
    """The validator of an answer."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.headers["ETag"]


def find_free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, seconds: float = 90) -> None:
    """Wait until somebody answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fetch(address, "identity")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two cores are needed: one for the server, one for wrk")
    main()
