"""Memory that was needed for a moment goes back to the operating system."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import anyio
import pytest

from app.main import TIDY_SECONDS, create_app
from app.memory import LARGE, give_memory_back
from app.settings import Settings
from tests.running import ROOT


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
def test_what_was_freed_goes_back() -> None:
    blocks = [bytes(2000) for _ in range(40_000)]
    keep = bytes(2000)  # above them, so that they cannot be given back by moving the end of the heap
    blocks.clear()
    before = read_resident_pages()
    give_memory_back()
    assert before - read_resident_pages() > 10_000_000 // 4096
    assert keep


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
async def test_a_running_service_gives_back_what_was_freed(releases: Path) -> None:
    import_module("app.mcp.server")  # as the service does a second after its start
    service = create_app(Settings(releases=releases, model=False))
    async with service.router.lifespan_context(service):
        blocks = [bytes(2000) for _ in range(40_000)]
        keep = bytes(2000)
        blocks.clear()
        before = read_resident_pages()
        await anyio.sleep(1.5 * TIDY_SECONDS)
        assert before - read_resident_pages() > 10_000_000 // 4096
        assert keep


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
def test_large_pieces_go_back_when_they_are_freed_however_large_earlier_ones_were() -> None:
    code = f"""
from app.memory import return_large_pieces
from tests.test_memory import read_resident_pages
return_large_pieces()
for size in (8 * {LARGE}, 2 * {LARGE}):
    bytearray(size)
piece, above = bytearray(2 * {LARGE}), [bytes(2000) for _ in range(100)]
before = read_resident_pages()
del piece
print(before - read_resident_pages())
"""
    freed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert int(freed.stdout) > LARGE // 4096


def read_resident_pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])
