"""`python -m app serve` as its users start it."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.release.checksum import checksum_path
from app.release.folder import ReleaseFolder
from tests.conftest import SAMPLE, Edit, build_from
from tests.running import PATIENCE_SECONDS, ROOT, fetch, serving


def release_of(address: str) -> str:
    status, body = fetch(int(address.rsplit(":", 1)[1]), "/v1")
    assert status == 200
    name: str = json.loads(body)["meta"]["release"]
    return name


def test_serve_builds_then_serves_and_stops_on_sigterm(tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        assert release_of(address).startswith("2026.03.06-")
    log = (tmp_path / "serve.log").read_text()
    assert "release 2026.03.06-" in log
    assert "Traceback" not in log


def test_existing_release_is_served_within_seconds_without_building_again(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    began = time.monotonic()
    with serving(tmp_path) as address:
        release_of(address)
        assert time.monotonic() - began < 60
    assert "counts" not in (tmp_path / "serve.log").read_text()


def test_what_only_builds_describes_or_talks_to_chatbots_is_not_imported_before_the_service_answers() -> None:
    late = ("mcp", "httpx", "markdown_it", "pygments", "yaml", "app.content")
    code = f"import sys, app.serve; print(*(name for name in {late} if name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.split() == []


def test_reload_swaps_good_content_and_outlives_bad(tmp_path: Path, edit: Edit, content: Path) -> None:
    folder = tmp_path / "releases"
    folder.mkdir()
    with serving(folder, "--reload", "--poll-seconds", "0.1", data=content) as address:
        first = release_of(address)
        edit("terms/response.yaml", "by at least half", "by half or more")
        second = wait_for_other(address, first)
        edit("terms/response.yaml", "certainty: not-graded", "certainty: sure")
        log = wait_for_line(folder / "serve.log", "goes on")
        assert "terms/response.yaml:9: error: definition[0].certainty:" in log
        assert release_of(address) == second
        edit("terms/response.yaml", "certainty: sure", "certainty: not-graded")
        edit("terms/response.yaml", "by half or more", "by 50% or more")
        assert wait_for_other(address, second) != first


def wait_for_other(address: str, name: str) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (now := release_of(address)) == name:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return now


def wait_for_line(log: Path, text: str) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return log.read_text()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )


def test_serve_refuses_bad_content_and_touches_nothing(edit: Edit, tmp_path: Path) -> None:
    data = edit("studies/tester-2020.yaml", "events: 30, n: 60, percent: 50", "events: 61, n: 60")
    answer = run("serve", "--data", str(data), "--releases", str(tmp_path / "out"))
    assert answer.returncode == 1
    assert "studies/tester-2020.yaml:18: error:" in answer.stdout
    assert "events (61) above n (60)" in answer.stdout
    assert not (tmp_path / "out").exists()


def test_serve_without_content_or_release_says_what_to_do(tmp_path: Path) -> None:
    answer = run("serve", "--no-build", "--releases", str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: There is no release in")
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(("option", "value"), [("--port", "0"), ("--port", "http"), ("--poll-seconds", "-1"), ("--max-url", "1")])
def test_bad_setting_is_one_clear_line(option: str, value: str) -> None:
    answer = run("serve", option, value)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"error: {option}: ")
    assert answer.stderr.count("\n") == 1


def test_taken_port_is_one_clear_line(tmp_path: Path, socket_enabled: None) -> None:
    with serving(tmp_path) as address:
        port = address.rsplit(":", 1)[1]
        answer = run("serve", "--releases", str(tmp_path), "--no-build", "--port", port)
    assert answer.returncode != 0
    assert answer.stderr.count("\n") == 1, "nothing has been started"
    assert "address already in use" in answer.stderr.lower()


def children_of(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def parent_of(log: Path) -> int:
    return int(re.findall(r"Started parent process \[(\d+)\]", log.read_text())[-1])


def workers_of(log: Path) -> list[int]:
    return [pid for pid in children_of(parent_of(log)) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the workers in /proc")
def test_workers_swap_together_outlive_a_broken_release_and_are_replaced(tmp_path: Path, edit: Edit, content: Path) -> None:
    folder = tmp_path / "releases"
    folder.mkdir()
    with serving(folder, "--workers", "2", "--no-model", "--poll-seconds", "0.1", data=content) as address:
        first = release_of(address)
        second = build_from(edit("terms/response.yaml", "by at least half", "by half or more"), folder).stem
        wait_until(lambda: {release_of(address) for _ in range(10)} == {second})
        broken = folder / "2030.01.01-ffffffff.sqlite"
        broken.write_bytes(b"not a database")
        ReleaseFolder(folder).make_current(broken)
        victim, *_ = before = workers_of(folder / "serve.log")
        assert len(before) == 2
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(set(workers_of(folder / "serve.log")) - {victim}) == 2)
        wait_until(lambda: (folder / "serve.log").read_text().count("which was current before") >= 1)
        assert {release_of(address) for _ in range(20)} == {second} != {first}
    assert "Traceback" not in (folder / "serve.log").read_text()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the workers in /proc")
def test_workers_end_when_the_process_that_started_them_is_killed(tmp_path: Path, releases: Path) -> None:
    with serving(tmp_path, "--workers", "2", "--no-model", releases=releases) as address:
        workers = workers_of(tmp_path / "serve.log")
        assert len(workers) == 2
        os.kill(parent_of(tmp_path / "serve.log"), signal.SIGKILL)
        wait_until(lambda: fetch(int(address.rsplit(":", 1)[1]), "/readyz")[0] == 0)
        wait_until(lambda: not any(is_running(pid) for pid in workers))


def is_running(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def is_read_only_possible() -> bool:
    """Whether this machine lets us see a folder as on a read-only disk."""
    return (
        shutil.which("unshare") is not None and subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not is_read_only_possible(), reason="needs unshare, and the right to mount")
def test_read_only_disk_is_served_from_and_refused_for_a_build_in_one_clear_line(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (tmp_path / "log").mkdir()
    release = build_from(SAMPLE, disk).stem
    read_only = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"', str(disk)]
    with serving(tmp_path / "log", "--no-model", "--workers", "2", releases=disk, within=read_only) as address:
        assert release_of(address) == release
    build = ["-m", "app", "build", "--data", str(SAMPLE), "--releases", str(disk / "new")]
    answer = subprocess.run([*read_only, sys.executable, *build], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "Read-only file system" in answer.stderr


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_damaged_release_is_one_clear_line(tmp_path: Path) -> None:
    path = build_from(SAMPLE, tmp_path)
    damages: dict[str, Callable[[bytes], bytes]] = {
        "is damaged": lambda data: data[:-4096] + b"\xff" * 4096,
        "is damaged: ": lambda data: data.replace(b"hiccups", b"HICCUPS", 1),
        "cannot be read": lambda data: b"x" * len(data),
    }
    whole = path.read_bytes()
    for message, damage in damages.items():
        path.write_bytes(damage(whole))
        answer = run("serve", "--no-build", "--releases", str(tmp_path))
        assert (answer.returncode, answer.stderr.count("\n")) == (1, 1), message
        assert message in answer.stderr
    path.write_bytes(whole)
    checksum_path(path).unlink()
    answer = run("serve", "--no-build", "--releases", str(tmp_path))
    assert (answer.returncode, "sha256 is missing" in answer.stderr) == (1, True)


def test_taken_port_is_one_clear_line_with_workers_too(tmp_path: Path, socket_enabled: None) -> None:
    with serving(tmp_path) as address:
        answer = run("serve", "--releases", str(tmp_path), "--no-build", "--workers", "2", "--port", address.rsplit(":", 1)[1])
    assert answer.returncode != 0
    assert answer.stderr.count("\n") == 1, "nothing has been started"
    assert "address already in use" in answer.stderr.lower()
