"""The release that is being served, and how it is swapped for the next one."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import anyio.to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import ReleaseError
from app.release.archive import open_release
from app.release.checksum import checksum_path
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.repeating import repeat

log = logging.getLogger(__name__)

Seen = tuple[Path, int, int]


class CurrentRelease:
    """The open release. A request is bound to one store when it comes in and keeps it, so that no answer mixes two releases."""

    def __init__(self, folder: ReleaseFolder) -> None:
        self.folder = folder
        self.on_swap: list[Callable[[ReleaseStore, int], None]] = []
        """Called after each swap with the new store and the time since when it is current, in seconds since 1970."""
        self._store: ReleaseStore | None = None
        self._seen: Seen | None = None

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
        """Open the release that the folder points to, when that is another one than before. A release that cannot be used leaves the
        old one in place; without an old one, the newest usable release that was current before is served. The store that is
        replaced stays open for the requests that still read from it."""
        seen = self._look()
        if seen is None:
            return False
        store = self._open(seen)
        if store is None:
            return False
        self._swap(store)
        return True

    def watched(
        self, poll_seconds: float, warm: Callable[[ReleaseStore], Awaitable[object]] | None = None
    ) -> AbstractAsyncContextManager[None]:
        """Look for a new current release every so often, as long as the context is open; `warm` makes it ready before the swap."""
        return repeat(lambda: self._follow(warm), poll_seconds, "a release could not be made ready; the one served before goes on")

    async def _follow(self, warm: Callable[[ReleaseStore], Awaitable[object]] | None) -> None:
        seen = self._look()
        store = await anyio.to_thread.run_sync(self._open, seen) if seen is not None else None
        if store is not None:
            if warm is not None:
                await warm(store)
            self._swap(store)

    def _look(self) -> Seen | None:
        """The current release, when it is another one than when it was looked for last."""
        try:
            path = self.folder.find_current()
        except ReleaseError as error:
            log.warning("%s", error.detail)
            return None
        if path is None:
            return None
        seen = (path, _changed_ns(path), _changed_ns(checksum_path(path)))
        if seen == self._seen:
            return None
        self._seen = seen
        return seen

    def _open(self, seen: Seen) -> ReleaseStore | None:
        try:
            return open_release(seen[0])
        except ReleaseError as error:
            if self._store is not None:
                log.warning("%s The release served before goes on.", error.detail)
                return None
            log.warning("%s", error.detail)
        for path in self.folder.find_history()[1:]:
            try:
                store = open_release(path)
            except ReleaseError:
                continue
            log.warning("serving %s, which was current before", path.name)
            return store
        return None

    def _swap(self, store: ReleaseStore) -> None:
        since = _changed_ns(self.folder.pointer) // 1_000_000_000
        self._store = store
        log.info("serving release %s", store.name)
        for listen in self.on_swap:
            listen(store, since)


def get_bound(request: Request) -> ReleaseStore:
    """The store that a request was bound to when it came in; raises `ReleaseError` when no release is served."""
    bound = find_bound(request.scope)
    if bound is not None:
        return bound
    current: CurrentRelease = request.app.state.current
    return current.get()


def find_bound(scope: Scope) -> ReleaseStore | None:
    """The store that a request is bound to already. Nothing that a client sends can bind it."""
    bound: ReleaseStore | None = scope.get("state", {}).get("store")
    return bound


def bind(app: ASGIApp, store: ReleaseStore) -> ASGIApp:
    """An application for requests from inside: all are bound to one store, and neither limited nor counted nor logged."""

    async def bound(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"store": store}, "is_internal": True}, receive, send)

    return bound


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
