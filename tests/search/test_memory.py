"""Memory that was needed for a moment goes back to the operating system."""

import sys
from pathlib import Path

import pytest

from app.search.searching import give_memory_back


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
def test_what_was_freed_goes_back() -> None:
    blocks = [bytes(2000) for _ in range(40_000)]
    keep = bytes(2000)  # above them, so that they cannot be given back by moving the end of the heap
    blocks.clear()
    before = read_resident_pages()
    give_memory_back()
    assert before - read_resident_pages() > 10_000_000 // 4096
    assert keep


def read_resident_pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])
