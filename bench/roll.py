"""Releases roll through under load, half of them broken, and workers are killed: is an answer ever lost, mixed or stale?

    .venv/bin/python -m bench.roll                          # 60 seconds, 20 releases, 5 kills, 2 workers
    .venv/bin/python -m bench.roll --seconds 20 --releases 6 --kills 2

Ends with 1 when a request failed that was not in flight on a killed worker, when headers, body and release disagree, or when an answer was
stale three seconds after a swap. Loopback only."""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.content.checks import get_checked_library
from app.release.build import build_release
from app.release.checksum import write_checksum
from app.release.folder import ReleaseFolder
from app.release.layout import FORMAT
from app.search.index import write_index
from bench.running import ROOT, find_workers, serving

SAMPLE = ROOT / "tests" / "sample"
PATHS = ("/v1/terms/response", "/v1/treatments/exemplin", "/v1/treatments/exemplin/safety", "/v1/facts?limit=5", "/v1/drugs/exemplin")
GRACE_SECONDS = 3.0
"""So long after a swap an answer of the release before is no fault."""
KILL_SECONDS = 1.5
"""So long around a kill a connection that breaks counts as in flight on the killed worker, if it breaks before its answer began."""


@dataclass
class Report:
    """What was seen."""

    answers: int = 0
    not_modified: int = 0
    failed: list[str] = field(default_factory=list)
    broken_by_kill: int = 0
    mixed: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


@dataclass
class Roll:
    """Which releases may be answered at the moment."""

    current: str
    before: str
    swapped_at: float
    kills: list[float] = field(default_factory=list)

    def may_be(self, name: str) -> bool:
        """Whether an answer of this release is right now."""
        return name == self.current or (name == self.before and time.monotonic() - self.swapped_at < GRACE_SECONDS)

    def was_killed_just_now(self) -> bool:
        """Whether a worker was killed a moment ago."""
        return any(0 <= time.monotonic() - at < KILL_SECONDS for at in self.kills)


def main() -> None:
    """Build the releases, run, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("seconds", 60), ("releases", 20), ("kills", 5), ("workers", 2), ("clients", 16)):
        parser.add_argument(f"--{name}", type=int, default=value)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        releases, good = folder / "releases", build_many(folder, given.releases // 2 + 1)
        options = ("--releases", str(releases), "--no-build", "--workers", str(given.workers), "--poll-seconds", "0.5", "--no-access-log")
        with serving(folder / "serve.log", *options) as (port, pid):
            report = asyncio.run(run(given, port, pid, releases, good))
        print("| what | seen | promised |\n|---|---|---|")
        for what, seen, promised in (
            ("answers", report.answers, ""), ("of them 304", report.not_modified, ""),
            ("good releases seen", len(report.seen & {path.stem for path in good}), str(len(good))),
            ("other releases seen", len(report.seen - {path.stem for path in good}), "0"),
            ("connections broken by a kill", report.broken_by_kill, "only those in flight"), ("requests failed", len(report.failed), "0"),
            ("answers that mix releases", len(report.mixed), "0"), ("stale 3 s after a swap", len(report.stale), "0"),
        ):  # fmt: skip
            print(f"| {what} | {seen:,} | {promised} |")
        for line in [*report.failed[:5], *report.mixed[:5], *report.stale[:5]]:
            print(line)
        if report.failed or report.mixed or report.stale or report.seen != {path.stem for path in good}:
            sys.exit(1)


def build_many(folder: Path, count: int) -> list[Path]:
    """Releases of the sample, each with another text of one term."""
    data = Path(shutil.copytree(SAMPLE, folder / "data"))
    term = data / "terms" / "response.yaml"
    text = term.read_text(encoding="utf-8")
    paths: list[Path] = []
    for number in range(count):
        term.write_text(text.replace("by at least half", f"by at least half (edition {number})"), encoding="utf-8")
        paths.append(build_release(get_checked_library(data, date(2026, 6, 1)), folder / "releases", finish=write_index).path)
    ReleaseFolder(folder / "releases").make_current(paths[0])
    return paths


async def run(given: argparse.Namespace, port: int, pid: int, releases: Path, good: list[Path]) -> Report:
    """Ask all the time while releases change and workers die."""
    report, roll = Report(), Roll(good[0].stem, good[0].stem, time.monotonic())
    end = time.monotonic() + given.seconds
    jobs: list[Awaitable[None]] = [client(port, end, report, roll, random.Random(number)) for number in range(given.clients)]
    jobs += [swap(given, releases, good, roll), kill(given, pid, roll)]
    await asyncio.gather(*jobs)
    return report


async def swap(given: argparse.Namespace, releases: Path, good: list[Path], roll: Roll) -> None:
    """Make one release after the other current, every second one broken in some way."""
    folder = ReleaseFolder(releases)
    pause = (given.seconds - 4) / given.releases
    for number in range(given.releases):
        await asyncio.sleep(pause)
        if number % 2 == 0:
            path = good[number // 2 + 1]
            roll.before, roll.current, roll.swapped_at = roll.current, path.stem, time.monotonic()
            folder.make_current(path)
        else:
            folder.make_current(break_release(good[0], releases / f"2099.01.{number:02}-broken.sqlite", number))


def break_release(path: Path, target: Path, number: int) -> Path:
    """A release that cannot be used: truncated, tampered with, of an older format, without its checksum, or not there at all."""
    data = path.read_bytes()
    match number // 2 % 5:
        case 0:
            target.write_bytes(data[: len(data) // 2])
            write_checksum(target)
        case 1:
            target.write_bytes(data)
            write_checksum(target)
            target.write_bytes(data.replace(b"hiccups", b"HICCUPS", 1))
        case 2:
            target.write_bytes(data.replace(f"format{FORMAT}".encode(), f"format{FORMAT - 1}".encode(), 1))
            write_checksum(target)
            assert target.read_bytes() != data
        case 3:
            target.write_bytes(data)
        case _:
            target.unlink(missing_ok=True)
    return target


async def kill(given: argparse.Namespace, pid: int, roll: Roll) -> None:
    """Kill a worker every so often, and wait until it is replaced."""
    for _ in range(given.kills):
        await asyncio.sleep((given.seconds - 4) / given.kills)
        workers = find_workers(pid)
        if workers:
            roll.kills.append(time.monotonic())
            os.kill(random.choice(workers), signal.SIGKILL)


async def client(port: int, end: float, report: Report, roll: Roll, chance: random.Random) -> None:
    """Ask on a connection that is kept; open another when it breaks."""
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    tags: dict[str, str] = {}
    while time.monotonic() < end:
        path = chance.choice(PATHS)
        fresh = reader is None or writer is None
        try:
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            tag = tags.get(path) if chance.random() < 0.5 else None
            condition = f"If-None-Match: {tag}\r\n" if tag else ""
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{condition}\r\n".encode())
            answer = await asyncio.wait_for(read_answer(reader), 10)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            if roll.was_killed_just_now() and not isinstance(error, TimeoutError):
                report.broken_by_kill += 1
            else:
                report.failed.append(f"{path}: {type(error).__name__} {error} on {'a new' if fresh else 'a kept'} connection")
            if writer is not None:
                writer.close()
            reader = writer = None
            continue
        judge(path, tag, answer, report, roll)
        tags[path] = answer[1].get("etag", "")
        if chance.random() < 0.02:
            writer.close()
            reader = writer = None
        await asyncio.sleep(0.002)
    if writer is not None:
        writer.close()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers.get("content-length", "0")))


def judge(path: str, tag: str | None, answer: tuple[int, dict[str, str], bytes], report: Report, roll: Roll) -> None:
    """Is the answer whole, of one release, and of one that may be answered now?"""
    status, headers, body = answer
    name = headers.get("content-release", "")
    if status == 304 and tag == headers.get("etag"):
        report.answers += 1
        report.not_modified += 1
    elif status != 200:
        report.failed.append(f"{path}: status {status}")
        return
    else:
        report.answers += 1
        told = json.loads(body)["meta"]["release"]
        if told != name:
            report.mixed.append(f"{path}: header {name}, body {told}")
    report.seen.add(name)
    if not roll.may_be(name):
        report.stale.append(f"{path}: {name} while {roll.current} is current since {time.monotonic() - roll.swapped_at:.1f} s")


if __name__ == "__main__":
    main()
