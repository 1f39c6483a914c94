"""Against nginx serving the same bytes as files: one worker each on one core, wrk on the other, in turns. Only paired ratios count.

    .venv/bin/python -m bench.serving                       # section, document, 304, gzip; and the middleware alone
    .venv/bin/python -m bench.serving --others              # FastAPI, json-server and Datasette too
    .venv/bin/python -m bench.serving --seconds 1 --rounds 1 --starts 1     # does it run at all

Prints tables and ends with 1 when a bound is missed, with 2 when something that it needs is not there: two cores, taskset, wrk, nginx,
and npm for --others. Everything goes over loopback and ends by itself."""

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.others import OTHERS
from bench.running import ask, find_free_port
from bench.running import serving as serving_anywhere
from bench.wrk import Measure, Rate, build_measure, fetch, find_status, find_tag, pair, pinned, write_ratio

SECTION = "/v1/treatments/ketamine/conclusion"
DOCUMENT = "/v1/treatments/ketamine"
MOST_TIMES_P99 = 3.0
MOST_FIRST_MS = 15.0
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
    """Something that is asked for, of us and of nginx, and how much of nginx's rate we promise."""

    name: str
    ours: str
    theirs: str
    least: float
    least_middleware: float | None
    coding: str = "identity"
    is_conditional: bool = False


CASES = (
    Case("section", SECTION, "/section.json", 0.8, 0.3),
    Case("document", DOCUMENT, "/document.json", 0.75, 0.4),
    Case("304", SECTION, "/section.json", 0.55, 0.3, is_conditional=True),
    Case("section, gzip", SECTION, "/section.json", 0.75, None, "gzip"),
    Case("document, gzip", DOCUMENT, "/document.json", 0.75, None, "gzip"),
)


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2, help="of one slice")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--starts", type=int, default=5, help="starts of the server for the first request")
    parser.add_argument("--others", action="store_true", help="FastAPI, json-server and Datasette too")
    given = parser.parse_args()
    need(("taskset", "wrk", "nginx", *(("npm",) if given.others else ())))
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        ours = stack.enter_context(serving(folder, "prepared"))
        middleware = stack.enter_context(serving(folder, "plain"))
        nginx = stack.enter_context(running_nginx(folder, ours))
        measure = build_measure(given.seconds, given.connections)
        print("| request | bytes | us | middleware | nginx | us / nginx | middleware / nginx | p99 us, nginx (ms) |")
        print("|---|---|---|---|---|---|---|---|")
        for case in CASES:
            missed += compare(case, (ours, middleware, nginx), measure, given.rounds)
        if given.others:
            missed += compare_others(folder, ours, measure, given.rounds)
    missed += time_first(given.starts)
    print("\n" + ("\n".join(f"MISSED: {line}" for line in missed) or "all bounds kept"))
    sys.exit(1 if missed else 0)


def compare(case: Case, servers: tuple[str, str, str], measure: Measure, rounds: int) -> list[str]:
    """Print a row: rates in turns, and the median of the ratios of neighbouring slices. Gives the bounds that are missed."""
    ours, middleware, nginx = servers
    addresses = (ours + case.ours, middleware + case.ours, nginx + case.theirs)
    headers = [[f"Accept-Encoding: {case.coding}"] for _ in addresses]
    if case.is_conditional:
        headers = [[*sent, f"If-None-Match: {find_tag(address)}"] for sent, address in zip(headers, addresses, strict=True)]
    for address, sent in zip(addresses, headers, strict=True):
        assert find_status(address, sent) == (304 if case.is_conditional else 200), address
    found: list[list[Rate]] = [[], [], []]
    for _ in range(rounds):
        for index in range(3):
            found[index].append(measure(addresses[index], headers[index]))
    direct, portable = pair(found[0], found[2]), pair(found[1], found[2])
    rates = " | ".join(f"{statistics.median(rate.per_second for rate in of_one):,.0f}/s" for of_one in found)
    p99, their_p99 = (statistics.median(rate.p99_ms for rate in found[index]) for index in (0, 2))
    size = 0 if case.is_conditional else len(fetch(addresses[0], case.coding))
    print(
        f"| {case.name} | {size:,} | {rates} | {write_ratio(direct)} | {write_ratio(portable)} | {p99:.2f}, {their_p99:.2f} |", flush=True
    )
    bounds = [(f"{case.name}: of nginx's rate", statistics.median(direct), case.least)]
    if case.least_middleware is not None:
        bounds.append((f"{case.name}: the middleware alone, of nginx's rate", statistics.median(portable), case.least_middleware))
    missed = [f"{name} {ratio:.2f}, promised {least}" for name, ratio, least in bounds if ratio < least]
    if p99 > MOST_TIMES_P99 * their_p99:
        missed.append(f"{case.name}: p99 {p99:.2f} ms, nginx {their_p99:.2f} ms")
    return missed


def compare_others(folder: Path, ours: str, measure: Measure, rounds: int) -> list[str]:
    """How many times as often we serve the section as programs that people would take instead. Gives the bounds that are missed."""
    section = fetch(ours + SECTION).decode()
    print("\n| server | it serves | we serve, times as many |\n|---|---|---|")
    missed: list[str] = []
    for number, other in enumerate(OTHERS):
        own = folder / str(number)
        own.mkdir()
        with other.start(own, section) as address:
            found = [(measure(ours + SECTION, ()), measure(address + other.path, ())) for _ in range(rounds)]
        times = pair([us for us, _ in found], [it for _, it in found])
        print(f"| {other.name} | {statistics.median(it.per_second for _, it in found):,.0f}/s | {write_ratio(times)} |", flush=True)
        if other.least_times is not None and statistics.median(times) < other.least_times:
            missed.append(f"{other.name}: {statistics.median(times):.1f} times its rate, promised {other.least_times:g}")
    return missed


def time_first(starts: int) -> list[str]:
    """How long the first request for a document takes after a start, and later ones of which nothing is kept. Gives the bounds missed."""
    first_ms: list[float] = []
    uncached_ms: list[float] = []
    for _ in range(starts):
        with tempfile.TemporaryDirectory() as name, serving_anywhere(Path(name) / "serve.log", "--prepared-mb", "0") as (port, _):
            first_ms.append(time_document(port))
            uncached_ms += [time_document(port) for _ in range(20)]
    print("\n| request of the document | median ms | longest ms |\n|---|---|---|")
    for label, times in (("the first after a start", first_ms), ("later ones, nothing kept", uncached_ms)):
        print(f"| {label} | {statistics.median(times):.1f} | {max(times):.1f} |")
    medians = {"first request of a document": first_ms, "uncached request of a document": uncached_ms}
    return [
        f"{label}: {statistics.median(times):.1f} ms, promised {MOST_FIRST_MS:g}"
        for label, times in medians.items()
        if statistics.median(times) > MOST_FIRST_MS
    ]


def time_document(port: int) -> float:
    """Milliseconds until the whole document has come."""
    began = time.perf_counter()
    status, _, _ = ask(port, DOCUMENT)
    assert status == 200
    return 1000 * (time.perf_counter() - began)


@contextlib.contextmanager
def serving(folder: Path, http: str) -> Generator[str]:
    """Our server on its core; builds a release first when there is none."""
    address = f"http://127.0.0.1:{(port := find_free_port())}"
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--http", http, "--no-access-log", "--no-model"]
    with pinned(command, folder / f"serve-{http}.log", f"{address}/readyz"):
        yield address


@contextlib.contextmanager
def running_nginx(folder: Path, ours: str) -> Generator[str]:
    """nginx on the same core, with our answers as files, packed beside them as it wants them."""
    files = folder / "files"
    files.mkdir()
    for name, path in (("section.json", SECTION), ("document.json", DOCUMENT)):
        (files / name).write_bytes(fetch(ours + path))
        (files / f"{name}.gz").write_bytes(fetch(ours + path, "gzip"))
    files.chmod(0o755)
    folder.chmod(0o755)  # nginx reads as another user when it is started by root
    address = f"http://127.0.0.1:{(port := find_free_port())}"
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port), encoding="utf-8")
    program = find_program("nginx") or "nginx"
    with pinned(
        [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")], folder / "nginx.log", f"{address}/section.json"
    ):
        yield address


def find_program(name: str) -> str | None:
    """Where a program is, also where only root looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def need(programs: Sequence[str]) -> None:
    """End with 2 when something is not there."""
    lacking = [name for name in programs if find_program(name) is None]
    if len(os.sched_getaffinity(0)) < 2:
        lacking.append("a second core")
    if lacking:
        print(f"error: bench.serving needs {', '.join(lacking)}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
