"""The searcher of the release that is being served."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

from app.memory import give_memory_back
from app.release.store import ReleaseStore
from app.schemas.v1.answer import Answer
from app.search.answerer import Searcher

ResultT = TypeVar("ResultT")


class Searching:
    """Keeps one searcher for the release in use; a new release gets a new one."""

    def __init__(self, *, with_model: bool, answered: Callable[[Answer], None] = lambda _answer: None) -> None:
        """`answered` is told of each answer."""
        self._with_model = with_model
        self._answered = answered
        self._searcher: Searcher | None = None
        self._lock = asyncio.Lock()

    async def get(self, store: ReleaseStore) -> Searcher:
        """The searcher of a release; made in a thread when it is the first to ask."""
        searcher = self._searcher
        if searcher is None or searcher.store is not store:
            async with self._lock:
                searcher = self._searcher
                if searcher is None or searcher.store is not store:
                    searcher = self._searcher = await anyio.to_thread.run_sync(self._make, store)
        return searcher

    def _make(self, store: ReleaseStore) -> Searcher:
        searcher = Searcher(store, with_model=self._with_model)
        give_memory_back()
        return searcher

    async def run(self, store: ReleaseStore, ask: Callable[[Searcher], ResultT]) -> ResultT:
        """Ask the searcher in a thread, so that the event loop goes on."""
        searcher = await self.get(store)
        result = await anyio.to_thread.run_sync(ask, searcher)
        if isinstance(result, Answer):
            self._answered(result)
        return result
