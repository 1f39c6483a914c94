"""Work begins once in each round of the event loop."""

import asyncio
import itertools

import pytest

from app.api.prepared.turns import Turns

pytestmark = pytest.mark.anyio


async def test_one_begins_in_each_round_in_the_order_of_coming() -> None:
    turns, told = Turns(), list[str]()

    async def work(name: str) -> None:
        await turns.wait()
        told.append(name)

    def other(number: int) -> None:
        told.append("other")
        if number:
            asyncio.get_running_loop().call_soon(other, number - 1)

    tasks = [asyncio.create_task(work(name)) for name in "abc"]
    asyncio.get_running_loop().call_soon(other, 8)
    await asyncio.gather(*tasks)
    assert [name for name in told if name != "other"] == ["a", "b", "c"]
    places = [told.index(name) for name in "abc"]
    assert all("other" in told[before + 1 : after] for before, after in itertools.pairwise(places)), told


async def test_who_has_gone_is_passed_over_and_later_ones_need_not_wait() -> None:
    turns = Turns()
    first, gone, here = (asyncio.create_task(turns.wait()) for _ in range(3))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(first, here)
    assert gone.cancelled()
    for _ in range(5):
        await asyncio.sleep(0)
    later = turns.wait()
    with pytest.raises(StopIteration):  # it returns at once, without giving the loop a round
        later.send(None)
