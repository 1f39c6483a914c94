"""Answers kept between requests, so that what did not change is not sent again."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

OVERHEAD_BYTES = 1000
LARGEST_SHARE = 4  # one answer may take a quarter of the room


@dataclass(frozen=True)
class Kept:
    """An answer with what is needed to use it again."""

    body: bytes
    headers: Mapping[str, str]
    kept_at: float
    """Reading of the memory's clock when the service last said that it holds."""

    @property
    def etag(self) -> str | None:
        """Validator to ask with."""
        return self.headers.get("etag")

    def size(self) -> int:
        """About how much room it takes, in bytes."""
        return len(self.body) + OVERHEAD_BYTES

    def get_seconds(self, directive: str) -> int:
        """Seconds that a directive of `Cache-Control` grants; 0 without it."""
        found = re.search(rf"\b{directive}=(\d+)", self.headers.get("cache-control", ""))
        return int(found[1]) if found else 0


class Memory:
    """The answers used most lately, up to so many bytes. Several clients and threads may share one.

    Args:
        max_bytes: room; 0 keeps nothing
        use_max_age: use an answer without asking for as long as the service allows (five minutes); without it, ask at each use,
            which costs a 304 when nothing changed
        stale_if_error: use an answer for as long as the service allows (a week) when the service cannot be reached; it is then
            marked `origin.is_stale`
        clock: seconds that only rise
    """

    def __init__(
        self,
        max_bytes: int = 16_000_000,
        *,
        use_max_age: bool = True,
        stale_if_error: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_bytes = max_bytes
        self._use_max_age = use_max_age
        self._stale_if_error = stale_if_error
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size_bytes(self) -> int:
        """Room taken."""
        return self._size

    def find(self, url: str, accept: str) -> Kept | None:
        """The answer kept for an address and format."""
        with self._lock:
            kept = self._kept.get((url, accept))
            if kept is not None:
                self._kept.move_to_end((url, accept))
            return kept

    def is_fresh(self, kept: Kept) -> bool:
        """Whether an answer may be used without asking."""
        return self._use_max_age and self._clock() - kept.kept_at < kept.get_seconds("max-age")

    def may_stand_in(self, kept: Kept) -> bool:
        """Whether an answer may be used while the service cannot be reached."""
        allowed = kept.get_seconds("max-age") + kept.get_seconds("stale-if-error")
        return self._stale_if_error and self._clock() - kept.kept_at < allowed

    def keep(self, url: str, accept: str, body: bytes, headers: Mapping[str, str]) -> Kept:
        """Keep an answer; those that were not used for longest make room for it."""
        kept = Kept(body, headers, self._clock())
        with self._lock:
            before = self._kept.pop((url, accept), None)
            self._size -= before.size() if before else 0
            if kept.etag is not None and kept.size() <= self._max_bytes / LARGEST_SHARE:
                self._kept[url, accept] = kept
                self._size += kept.size()
            while self._size > self._max_bytes:
                self._size -= self._kept.popitem(last=False)[1].size()
        return kept

    def confirm(self, url: str, accept: str, kept: Kept, headers: Mapping[str, str]) -> Kept:
        """The service said with these headers that an answer still holds."""
        return self.keep(url, accept, kept.body, {**kept.headers, **headers})
