"""Clients that misbehave in every way at once: does everybody else still get answers, and does memory stay bounded?

    .venv/bin/python -m bench.storms
    .venv/bin/python -m bench.storms --seconds 15 --slow 1000 --urls 100000

For each storm: the 99th percentile of healthy requests meanwhile, and the server's resident memory after it. Ends with 1 when a healthy
request took longer than 50 ms at the 99th percentile, or memory passed its bound. Loopback only; every storm ends by itself."""

import argparse
import asyncio
import contextlib
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.running import ask, read_rss_mb, serving

MOST_MS = 50.0
PREPARED_MB = 64
SPARE_MB = 120
"""Beside the room for finished answers: what answers under way and buffers of a thousand connections may take."""
HEALTHY = ("/v1/treatments/ketamine/conclusion", "/v1/treatments/ketamine", "/v1/facts?topic=dissociation&limit=5", "/healthz")


@dataclass(frozen=True)
class Given:
    """Sizes of the storms."""

    seconds: float
    slow: int
    urls: int


Storm = Callable[[int, Given, float], Awaitable[None]]


def main() -> None:
    """Run each storm against one server and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--slow", type=int, default=1000)
    parser.add_argument("--urls", type=int, default=100_000)
    given = Given(**vars(parser.parse_args()))
    most_files = min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    options = ("--no-access-log", "--prepared-mb", str(PREPARED_MB))
    with tempfile.TemporaryDirectory() as name, serving(Path(name) / "serve.log", *options) as (port, pid):
        for path in HEALTHY:
            ask(port, path)
        began_mb = read_rss_mb(pid)
        print(f"resident before: {began_mb:.0f} MB\n")
        print("| storm | healthy requests | median ms | p99 ms | resident MB after |\n|---|---|---|---|---|")
        missed: list[str] = []
        for storm in (calm, slow_senders, slow_readers, header_floods, distinct_urls, oversized):
            times = asyncio.run(weather(storm, port, given))
            p99, rss = statistics.quantiles(times, n=100)[98], read_rss_mb(pid)
            if p99 > MOST_MS:
                missed.append(f"{storm.__name__}: p99 {p99:.1f} ms, promised {MOST_MS:g}")
            if rss > began_mb + PREPARED_MB + SPARE_MB:
                missed.append(f"{storm.__name__}: {rss:.0f} MB, promised {began_mb + PREPARED_MB + SPARE_MB:.0f}")
            print(
                f"| {storm.__name__.replace('_', ' ')} | {len(times)} | {statistics.median(times):.2f} | {p99:.1f} | {rss:.0f} |",
                flush=True,
            )
    print("\n" + ("\n".join(f"MISSED: {line}" for line in missed) or "all bounds kept"))
    sys.exit(1 if missed else 0)


async def weather(storm: Storm, port: int, given: Given) -> list[float]:
    """Milliseconds of healthy requests while a storm blows from a process of its own."""
    end = time.monotonic() + given.seconds
    blowing = multiprocessing.get_context("spawn").Process(target=blow, args=(storm, port, given))
    blowing.start()
    times: list[float] = []
    await asyncio.sleep(1)
    while time.monotonic() < end:
        for path in HEALTHY:
            began = time.perf_counter()
            answer = await exchange(port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            times.append(1000 * (time.perf_counter() - began))
            assert answer.startswith(b"HTTP/1.1 200"), answer[:100]
        await asyncio.sleep(0.02)
    blowing.join(timeout=30)
    assert blowing.exitcode == 0, f"the storm ended with {blowing.exitcode}"
    return times


def blow(storm: Storm, port: int, given: Given) -> None:
    """Let a storm blow for its time."""
    asyncio.run(_blow(storm, port, given))


async def _blow(storm: Storm, port: int, given: Given) -> None:
    await storm(port, given, time.monotonic() + given.seconds)


async def exchange(port: int, data: bytes) -> bytes:
    """Send bytes, read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


async def calm(_port: int, _given: Given, end: float) -> None:
    """Nothing, for comparison."""
    await asyncio.sleep(end - time.monotonic())


async def slow_senders(port: int, given: Given, end: float) -> None:
    """A thousand connections that send a byte a second, and come again when they are cut off."""

    async def crawl() -> None:
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                for byte in b"GET /v1/treatments HTTP/1.1\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":
                    if time.monotonic() >= end or writer.is_closing():
                        break
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(1)
                writer.close()

    await asyncio.gather(*(crawl() for _ in range(given.slow)))


async def slow_readers(port: int, given: Given, end: float) -> None:
    """Connections that ask for a long document again and again and never read."""

    async def stare() -> None:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.write(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
            await asyncio.sleep(max(0.0, end - time.monotonic()))
            writer.close()
            del reader

    await asyncio.gather(*(stare() for _ in range(min(100, given.slow))))


async def header_floods(port: int, _given: Given, end: float) -> None:
    """Endless header fields, and fields of endless length."""

    async def flood(part: bytes) -> None:
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /v1 HTTP/1.1\r\n")
                for _ in range(200):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0)
                writer.close()
            await asyncio.sleep(0.01)

    await asyncio.gather(*(flood(part) for part in (b"X-Many: y\r\n" * 20, b"X-Long: " + b"y" * 60_000, b"y" * 60_000) for _ in range(5)))


async def distinct_urls(port: int, given: Given, end: float) -> None:
    """Addresses that nobody asked for before, from four connections, one after the other, as fast as they are answered."""
    numbers = iter(range(given.urls))

    async def wander() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            if time.monotonic() >= end:
                break
            writer.write(f"GET /v1/facts?limit=1&offset={number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))[15:])
            await reader.readexactly(size)
        writer.close()

    await asyncio.gather(*(wander() for _ in range(4)))


async def oversized(port: int, _given: Given, end: float) -> None:
    """Addresses, parameters, questions and bodies that are far too long."""
    body = b"x" * 3_000_000
    requests = (
        b"GET /v1?" + b"x" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v1/answers?q=" + b"ketamine+" * 400 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /v1/facts?ids=" + b"a," * 1900 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n" + body,
        b"POST /v1 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n" + body,
    )
    while time.monotonic() < end:
        for data in requests:
            with contextlib.suppress(OSError):
                answer = await exchange(port, data)
                assert b" 200 " not in answer[:20], answer[:200]
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
