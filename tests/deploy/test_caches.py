"""The shipped configurations of nginx and Varnish, run in front of a real service."""

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import pytest_socket

from tests.running import PATIENCE_SECONDS, ROOT, fetch, fetch_whole, find_free_port, serving

ADDRESS = "/v1/treatments/exemplin"
CACHES = ("nginx", "varnish")


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests talk to real servers."""


@pytest.fixture(params=CACHES)
def cache(request: pytest.FixtureRequest) -> Callable[[Path, int], contextlib.AbstractContextManager[int]]:
    """Starts a cache in front of a port and gives its own."""
    program = shutil.which("nginx" if request.param == "nginx" else "varnishd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        pytest.skip(f"{request.param} is not installed")
    start = start_nginx if request.param == "nginx" else start_varnish
    return lambda folder, port: start(program, folder, port)


@contextlib.contextmanager
def start_nginx(program: str, folder: Path, backend: int) -> Generator[int]:
    port = find_free_port()
    text = (ROOT / "deploy/nginx/nginx.conf").read_text()
    for old, new in (
        ("api:8000", f"127.0.0.1:{backend}"),
        ("listen 8080 reuseport", f"listen 127.0.0.1:{port}"),
        ("/tmp/nginx", f"{folder}/nginx"),  # noqa: S108 -- what the file says
    ):
        assert old in text
        text = text.replace(old, new)
    text = text.replace("/dev/stdout", f"{folder}/access.log").replace("/dev/stderr", f"{folder}/error.log")
    user = "user root;\n" if os.getuid() == 0 else ""  # who owns the folder of the test
    (folder / "nginx.conf").write_text(f"daemon off;\n{user}{text}")
    with running([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")], port):
        yield port


@contextlib.contextmanager
def start_varnish(program: str, folder: Path, backend: int) -> Generator[int]:
    port = find_free_port()
    text = (ROOT / "deploy/varnish/default.vcl").read_text()
    vcl, count = re.subn(r'\.host = "api";\s+\.port = "8000";', f'.host = "127.0.0.1"; .port = "{backend}";', text)
    assert count == 1
    (folder / "default.vcl").write_text(vcl)
    options = ["-F", "-n", str(folder / "varnish"), "-a", f"127.0.0.1:{port}", "-f", str(folder / "default.vcl"), "-s", "malloc,64m"]
    with running([program, *options, "-p", "http_gzip_support=off", "-j", "none"], port):
        yield port


@contextlib.contextmanager
def running(command: list[str], port: int) -> Generator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while fetch(port, "/healthz")[0] == 0:
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def service(tmp_path: Path, releases: Path) -> Iterator[int]:
    """Port of a service."""
    with serving(tmp_path, "--no-model", releases=releases) as address:
        yield int(address.rsplit(":", 1)[1])


Cache = Callable[[Path, int], contextlib.AbstractContextManager[int]]


def test_cache_answers_repeats_in_each_coding_and_passes_what_may_not_be_kept(cache: Cache, service: int, tmp_path: Path) -> None:
    with cache(tmp_path, service) as port:
        seen: dict[str, bytes] = {}
        for coding in ("br", "zstd", "gzip", "identity"):
            first, second = (fetch_whole(port, ADDRESS, {"Accept-Encoding": coding}) for _ in range(2))
            assert (first.status, second.status, second.headers["x-cache"]) == (200, 200, "HIT"), coding
            assert first.body == second.body
            assert second.headers.get("content-encoding", "identity") == coding
            assert "Accept-Encoding" in second.headers["vary"]
            seen[coding] = second.body
        assert len(set(seen.values())) == 4
        browser = fetch_whole(port, ADDRESS, {"Accept-Encoding": "gzip, deflate, br, zstd"})
        assert (browser.headers["x-cache"], browser.body) == ("HIT", seen["br"]), "every way of writing the header finds the same answer"
        refused = fetch_whole(port, ADDRESS, {"Accept-Encoding": "br;q=0, gzip;q=0.5"})
        assert (refused.headers["x-cache"], refused.body) == ("HIT", seen["gzip"])
        markdown = [fetch_whole(port, ADDRESS, {"Accept": "text/markdown"}) for _ in range(2)]
        assert [answer.headers["content-type"].partition(";")[0] for answer in markdown] == ["text/markdown"] * 2
        for path, status in (("/v1/terms/nothing", 404), ("/v1/facts?limit=0", 422)):
            assert [fetch_whole(port, path).status for _ in range(2)] == [status] * 2
            assert fetch_whole(port, path).headers.get("x-cache") != "HIT"
        assert fetch(port, "/healthz")[0] == 200
        assert {fetch(port, path)[0] for path in ("/metrics", "/readyz")} == {404}


def test_cache_answers_304_by_itself(cache: Cache, service: int, tmp_path: Path) -> None:
    with cache(tmp_path, service) as port:
        tag = fetch_whole(port, ADDRESS).headers["etag"]
        fresh = fetch_whole(port, ADDRESS, {"If-None-Match": tag})
        assert (fresh.status, fresh.body, fresh.headers["etag"]) == (304, b"", tag)


def test_cache_goes_on_when_the_service_is_gone(cache: Cache, tmp_path: Path, releases: Path) -> None:
    with contextlib.ExitStack() as stack:
        with serving(tmp_path, "--no-model", releases=releases) as address:
            port = stack.enter_context(cache(tmp_path, int(address.rsplit(":", 1)[1])))
            whole = fetch_whole(port, ADDRESS)
            assert whole.status == 200
        pytest_socket.enable_socket()  # the service's end has taken them away
        late = [fetch_whole(port, ADDRESS) for _ in range(5)]
        assert {(answer.status, answer.body) for answer in late} == {(200, whole.body)}
        assert fetch_whole(port, "/v1/terms").status in {502, 503}


def test_chatbots_reach_mcp_through_the_cache(cache: Cache, tmp_path: Path, releases: Path) -> None:
    options = ("--no-model", "--mcp-hosts", "*")
    with serving(tmp_path, *options, releases=releases) as address, cache(tmp_path, int(address.rsplit(":", 1)[1])) as port:
        call = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
        headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        answer = fetch_whole(port, "/mcp", headers, method="POST", body=call)
        assert (answer.status, b'"ask"' in answer.body) == (200, True)
