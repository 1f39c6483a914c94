"""What the Python client keeps between requests."""

from treatment_information.memory import OVERHEAD_BYTES, Memory

JSON = "application/json"


def keep(memory: Memory, url: str, size: int = 0, etag: str | None = '"a"') -> None:
    memory.keep(url, JSON, b"x" * size, {"etag": etag} if etag else {})


def test_answers_used_least_lately_make_room() -> None:
    memory = Memory(max_bytes=4 * OVERHEAD_BYTES)
    for url in ("one", "two", "three", "four"):
        keep(memory, url)
    assert memory.find("one", JSON)
    keep(memory, "five")
    assert (memory.find("two", JSON), len(memory), memory.size_bytes) == (None, 4, 4 * OVERHEAD_BYTES)
    assert memory.find("one", JSON)


def test_room_is_counted_right_when_an_answer_is_replaced() -> None:
    memory = Memory(max_bytes=100 * OVERHEAD_BYTES)
    keep(memory, "one", size=5000)
    keep(memory, "one", size=100)
    assert memory.size_bytes == OVERHEAD_BYTES + 100


def test_answer_too_large_or_without_validator_is_not_kept() -> None:
    memory = Memory(max_bytes=4 * OVERHEAD_BYTES)
    keep(memory, "large", size=1)
    keep(memory, "unmarked", etag=None)
    keep(Memory(max_bytes=0), "none")
    assert (len(memory), memory.size_bytes) == (0, 0)


def test_answer_that_lost_its_validator_is_forgotten() -> None:
    memory = Memory()
    keep(memory, "one")
    keep(memory, "one", etag=None)
    assert (memory.find("one", JSON), memory.size_bytes) == (None, 0)


def test_answer_without_cache_control_is_never_fresh() -> None:
    memory = Memory(stale_if_error=True, clock=lambda: 0.0)
    keep(memory, "one")
    kept = memory.find("one", JSON)
    assert kept is not None
    assert not memory.is_fresh(kept)
    assert not memory.may_stand_in(kept)
