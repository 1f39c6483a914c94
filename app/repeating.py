"""Doing something again and again beside the requests."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)


@asynccontextmanager
async def repeat(act: Callable[[], Awaitable[object]], seconds: float, trouble: str) -> AsyncGenerator[None]:
    """Do something at once and then every so often, as long as the context is open. When it fails, `trouble` is logged with the error, and
    it is done again next time."""
    task = asyncio.create_task(_go_on(act, seconds, trouble))
    try:
        yield
    finally:
        task.cancel()


async def _go_on(act: Callable[[], Awaitable[object]], seconds: float, trouble: str) -> None:
    while True:
        try:
            await act()
        except Exception:  # whatever was wrong once, the next time comes
            log.exception("%s", trouble)
        await asyncio.sleep(seconds)
