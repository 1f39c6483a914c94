"""Programs that people would take to serve the same section as JSON, each on the servers' core."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from bench.running import find_free_port
from bench.wrk import pinned

Start = Callable[[Path, str], contextlib.AbstractContextManager[str]]
"""Serves a section, given as JSON, and gives the address of the program; it may write to the folder."""


@contextlib.contextmanager
def fastapi(folder: Path, section: str) -> Generator[str]:
    """bench/plain_fastapi.py under uvicorn."""
    file = folder / "section.json"
    file.write_text(section, encoding="utf-8")
    address = f"http://127.0.0.1:{(port := find_free_port())}"
    uvicorn = [sys.executable, "-m", "uvicorn", "bench.plain_fastapi:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    with pinned(["env", f"SECTION={file}", *uvicorn], folder / "fastapi.log", f"{address}/bytes"):
        yield address


@contextlib.contextmanager
def json_server(folder: Path, section: str) -> Generator[str]:
    """json-server from npm."""
    target = folder / "json-server"
    target.mkdir()
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "json-server@0.17.4"], cwd=target, check=True, timeout=600)
    (target / "db.json").write_text(json.dumps({"sections": [{"id": "conclusion", **json.loads(section)}]}), encoding="utf-8")
    address = f"http://127.0.0.1:{(port := find_free_port())}"
    command = ["node_modules/.bin/json-server", "--quiet", "--host", "127.0.0.1", "--port", str(port), "db.json"]
    with pinned(command, folder / "json-server.log", f"{address}/sections/conclusion", target):
        yield address


@contextlib.contextmanager
def datasette(folder: Path, section: str) -> Generator[str]:
    """Datasette from PyPI, in an environment of its own."""
    target = folder / "datasette"
    subprocess.run([sys.executable, "-m", "venv", str(target)], check=True)
    subprocess.run([str(target / "bin/pip"), "install", "-q", "datasette==0.65.1", "setuptools<81"], check=True, timeout=600)
    with contextlib.closing(sqlite3.connect(folder / "data.db")) as connection, connection:
        connection.execute("CREATE TABLE section (name TEXT PRIMARY KEY, doc TEXT)")
        connection.execute("INSERT INTO section VALUES ('conclusion', ?)", (section,))
    address = f"http://127.0.0.1:{(port := find_free_port())}"
    command = [str(target / "bin/datasette"), "-i", str(folder / "data.db"), "-p", str(port)]
    with pinned(command, folder / "datasette.log", f"{address}/data/section/conclusion.json"):
        yield address


@dataclass(frozen=True)
class Other:
    """Another way to serve the section."""

    name: str
    start: Start
    path: str
    least_times: float | None
    """So many times as often we have to serve it; None where nothing is promised."""


OTHERS = (
    Other("FastAPI with response_model", fastapi, "/model", 10),
    Other("FastAPI with ready bytes", fastapi, "/bytes", None),
    Other("json-server", json_server, "/sections/conclusion", 20),
    Other("Datasette", datasette, "/data/section/conclusion.json?_shape=array", 40),
)
