"""Load from wrk on one core, and programs that serve on another."""

import contextlib
import re
import statistics
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.running import ROOT, wait_for

SERVER_CORE, LOAD_CORE = "0", "1"


@dataclass(frozen=True)
class Rate:
    """What wrk measured in one slice."""

    per_second: float
    p99_ms: float


Measure = Callable[[str, Sequence[str]], Rate]
"""Ask for an address with these headers for the time of a slice."""


def build_measure(seconds: float, connections: int) -> Measure:
    """wrk on its own core."""

    def measure(address: str, headers: Sequence[str]) -> Rate:
        options = [part for header in headers for part in ("-H", header)]
        command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", *options, address]
        out = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
        assert "Socket errors" not in out, out
        assert "Non-2xx" not in out, out  # a 304 does not count as one
        number, unit = re.findall(r"99%\s+([0-9.]+)(us|ms|s)", out)[0]
        scale = {"us": 0.001, "ms": 1, "s": 1000}[unit]
        return Rate(float(re.findall(r"Requests/sec:\s+([0-9.]+)", out)[0]), float(number) * scale)

    return measure


def pair(ours: Sequence[Rate], theirs: Sequence[Rate]) -> list[float]:
    """The ratios of neighbouring slices."""
    return [one.per_second / other.per_second for one, other in zip(ours, theirs, strict=True)]


def write_ratio(ratios: Sequence[float]) -> str:
    """Median, lowest and highest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


@contextlib.contextmanager
def pinned(command: Sequence[str], log: Path, address: str, cwd: Path = ROOT) -> Generator[None]:
    """A program on the servers' core from the moment at which it answers until the context closes."""
    with log.open("wb") as out:
        process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command], cwd=cwd, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(address, process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def fetch(address: str, coding: str = "identity") -> bytes:
    """A body as it is sent."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": coding}), timeout=30) as answer:
        return answer.read()


def find_status(address: str, headers: Sequence[str]) -> int:
    """Status of an answer."""
    fields = dict(header.split(": ", 1) for header in headers)
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=fields), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def find_tag(address: str, coding: str = "identity") -> str:
    """The validator of an answer."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": coding}), timeout=30) as answer:
        return answer.headers["ETag"]
