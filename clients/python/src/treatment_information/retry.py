"""When to ask again, and how long to wait before."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

WORTH_RETRYING = frozenset({429, 502, 503, 504})


def draw() -> float:
    """A random number between 0 and 1, so that clients that failed together do not come back together."""
    return random.random()  # noqa: S311 - nothing secret hangs on it


@dataclass(frozen=True)
class Retry:
    """How often to ask, and how patiently."""

    attempts: int = 4
    """Most requests for one answer; 1 asks once."""
    first_wait_seconds: float = 0.5
    """Longest wait before the second request; it doubles from there."""
    longest_wait_seconds: float = 20.0
    """Longest single wait. When the service asks for a longer one (`Retry-After`), the client gives up instead."""
    draw: Callable[[], float] = draw
    """Gives the share of the longest wait, from 0 to 1, that is really waited."""

    def get_wait(self, attempt: int, status: int | None, retry_after_seconds: float | None) -> float | None:
        """Seconds to wait after request number `attempt` ended with `status` (`None`: no answer); `None` when to stop."""
        if attempt >= self.attempts or (status is not None and status not in WORTH_RETRYING):
            return None
        if retry_after_seconds is not None:
            return retry_after_seconds if retry_after_seconds <= self.longest_wait_seconds else None
        longest = min(self.longest_wait_seconds, self.first_wait_seconds * 2 ** (attempt - 1))
        return longest * self.draw()


def parse_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a `Retry-After` header asks for, which may give a number or a date; `None` without or with a malformed one."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())
