"""The release that is being served, and how it is swapped for the next one."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.errors import ReleaseError
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore

log = logging.getLogger(__name__)


class CurrentRelease:
    """The open release. A request asks once and keeps the store it got, so that no answer mixes two releases."""

    def __init__(self, folder: ReleaseFolder) -> None:
        self.folder = folder
        self._store: ReleaseStore | None = None
        self._seen: tuple[Path, int] | None = None

    def get(self) -> ReleaseStore:
        """The store of the current release, or `ReleaseError` when there is none."""
        if self._store is None:
            self.refresh()
        if self._store is None:
            raise ReleaseError("No content release is being served yet.")
        return self._store

    def find(self) -> ReleaseStore | None:
        """The store of the current release, if there is one."""
        return self._store

    def refresh(self) -> bool:
        """Open the release that the folder points to, when that is another one than before. A release that cannot be opened
        leaves the old one in place; the store that is replaced stays open for the requests that still read from it."""
        path = self.folder.find_current()
        if path is None or not path.is_file():
            return False
        seen = (path, path.stat().st_mtime_ns)
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self._store = ReleaseStore(path)
        except ReleaseError as error:
            log.warning("%s The release served before goes on.", error.detail)
            return False
        log.info("serving release %s", self._store.name)
        return True

    @asynccontextmanager
    async def watched(self, poll_seconds: float, on_change: Callable[[], None] = lambda: None) -> AsyncGenerator[None]:
        """Look for a new current release every so often, as long as the context is open."""
        task = asyncio.create_task(self._watch(poll_seconds, on_change))
        try:
            yield
        finally:
            task.cancel()

    async def _watch(self, poll_seconds: float, on_change: Callable[[], None]) -> None:
        while True:
            if self.refresh():
                on_change()
            await asyncio.sleep(poll_seconds)
