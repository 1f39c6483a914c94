"""What is done again and again."""

import anyio
import pytest

from app.repeating import repeat


async def test_it_is_done_at_once_and_again_until_the_context_closes() -> None:
    done: list[int] = []
    enough = anyio.Event()

    async def act() -> None:
        done.append(len(done))
        if len(done) == 3:
            enough.set()

    async with repeat(act, 0.005, "it failed"):
        with anyio.fail_after(5):
            await enough.wait()
    after = len(done)
    await anyio.sleep(0.05)
    assert len(done) == after


async def test_a_failure_is_logged_and_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []
    went_on = anyio.Event()

    async def act() -> None:
        done.append(len(done))
        if len(done) < 3:
            raise OSError("no room")
        went_on.set()

    async with repeat(act, 0.005, "it could not be put down"):
        with anyio.fail_after(5):
            await went_on.wait()
    assert [record.message for record in caplog.records] == ["it could not be put down"] * 2
    assert all("no room" in str(record.exc_info) for record in caplog.records)


async def test_nothing_is_done_before_the_interval_is_over() -> None:
    done: list[int] = []

    async def act() -> None:
        done.append(len(done))

    async with repeat(act, 60, "it failed"):
        await anyio.sleep(0.05)
    assert done == [0]
