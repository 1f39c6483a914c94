"""Where finished answers are kept."""

from collections import OrderedDict
from dataclasses import dataclass

from app.api.prepared.answer import PreparedAnswer
from app.release.store import ReleaseStore


@dataclass
class Counts:
    """What the store did since the process began."""

    hits: int = 0
    misses: int = 0
    dropped: int = 0
    """Answers dropped for want of room."""


@dataclass(frozen=True, slots=True)
class Known:
    """How a request that came in with certain bytes is answered."""

    key: bytes
    """Of the answer that is kept."""
    method: str
    path: str
    status: int
    head: bytes
    """Status line and headers, but for those of `Variant.head`."""
    body: bytes
    release: str


MOST_KNOWN = 2048
MOST_KNOWN_BYTES = 1024
"""Longest request that is remembered."""


class PreparedStore:
    """Finished answers of one release, by request. Bounded in bytes: the least recently used go. Empty again after each swap."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.counts = Counts()
        self.bytes = 0
        self.release: ReleaseStore | None = None
        self.modified = 0
        self._answers: OrderedDict[bytes, PreparedAnswer] = OrderedDict()
        self._sizes: dict[bytes, int] = {}
        self.known: dict[bytes, Known] = {}
        """Answers by the bytes of whole requests. Forgotten as soon as any answer is."""

    def __len__(self) -> int:
        return len(self._answers)

    def reset(self, release: ReleaseStore, modified: int) -> None:
        """Forget all answers; from now on those of `release` are kept. `modified`: since when it is current, in seconds since 1970."""
        self._answers.clear()
        self._sizes.clear()
        self.known.clear()
        self.bytes = 0
        self.release = release
        self.modified = modified

    def find(self, target: bytes, accept: bytes) -> tuple[bytes, PreparedAnswer] | None:
        """The answer to a request for `target` (path and query as sent, without a root path), and the key under which it is kept."""
        key = target if accept in NO_WISH else b"%s %s" % (target, accept)
        answer = self._answers.get(key)
        if answer is None:
            key = build_key(target, accept)
            answer = self._answers.get(key)
            if answer is None:
                return None
        self._answers.move_to_end(key)
        return key, answer

    def touch(self, key: bytes) -> None:
        """An answer that is kept was used."""
        self._answers.move_to_end(key)

    def remember(self, data: bytes, known: Known) -> None:
        """A request that came in with these bytes, all of them and no others, is answered like this."""
        if len(data) <= MOST_KNOWN_BYTES and known.key in self._answers:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            self.known[data] = known

    def put(self, target: bytes, accept: bytes, answer: PreparedAnswer, release: ReleaseStore) -> None:
        """Keep an answer, unless it comes from a release that is no longer served or would take more than an eighth of the room."""
        if release is not self.release or answer.size > self.most_bytes // 8:
            return
        key = build_key(target, accept)
        self._forget(key)
        self._answers[key] = answer
        self._weigh(key, answer)

    def weigh_again(self, target: bytes, accept: bytes, answer: PreparedAnswer) -> None:
        """An answer that is kept has grown by a coding."""
        key = build_key(target, accept)
        if self._answers.get(key) is answer:
            self._weigh(key, answer)

    def _weigh(self, key: bytes, answer: PreparedAnswer) -> None:
        size = answer.size + 2 * len(key)
        self.bytes += size - self._sizes.get(key, 0)
        self._sizes[key] = size
        while self.bytes > self.most_bytes:
            self._forget(next(iter(self._answers)))
            self.counts.dropped += 1

    def _forget(self, key: bytes) -> None:
        if self._answers.pop(key, None) is not None:
            self.known.clear()
            self.bytes -= self._sizes.pop(key)


NO_WISH = frozenset({b"", b"*/*", b"application/json"})
"""Values of `Accept` that every resource answers alike: with JSON, or with the one format that it has."""


def build_key(target: bytes, accept: bytes) -> bytes:
    """The canonical form of a request: parameters sorted, `Accept` left out where it says nothing."""
    path, mark, query = target.partition(b"?")
    if b"&" in query:
        query = b"&".join(sorted(query.split(b"&")))
    canonical = path + mark + query
    return canonical if accept in NO_WISH else b"%s %s" % (canonical, accept)
