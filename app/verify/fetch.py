"""Asking one service politely: one request at a time, no faster than it allows, again when it fails, and never for ever."""

import asyncio
import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

import httpx

AnswerT = TypeVar("AnswerT")

_UNKNOWN = frozenset({404, 410})
_AGAIN = frozenset({429, 500, 502, 503, 504})
_FAILURES_TO_GIVE_UP = 3


class NotReached(Exception):
    """A service gave no usable answer; the message says why. It never means that a source is wrong."""


class Malformed(Exception):
    """A body that is not what the service documents."""


class TooLarge(NotReached):
    """A body longer than we are ready to hold; a smaller question may have a smaller answer."""


class _Failed(Exception):
    """One attempt failed in a way that may pass; `wait_seconds` is what the service asked for."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class Clock(Protocol):
    """Time, so that tests need not wait for it."""

    def now(self) -> float:
        """Seconds since some moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        ...


class WallClock:
    """Time as it passes."""

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True)
class Manners:
    """How patient we are with services."""

    attempts: int = 5
    timeout_seconds: float = 60
    """For one whole request, from connecting to the last byte."""
    backoff_seconds: float = 1
    """Wait before the second attempt; it doubles with each further one, less a random part of up to half."""
    longest_wait_seconds: float = 120
    """A service that asks for a longer pause is not reached this time."""
    largest_body: int = 32 * 2**20


@dataclass
class Service:
    """One service at one address. Use it from one task: that is what makes its questions a queue."""

    name: str
    address: str
    per_second: float
    client: httpx.AsyncClient
    manners: Manners
    clock: Clock
    _next_turn: float = field(default=-math.inf, init=False)
    _failures: int = field(default=0, init=False)

    async def ask(self, path: str, parameters: Mapping[str, str], parse: Callable[[bytes], AnswerT]) -> AnswerT | None:
        """What `parse` makes of the answer (it raises `Malformed`); None when the service says that nothing is there.

        Raises `NotReached` when all attempts fail, and at once after several questions in a row failed."""
        if self._failures >= _FAILURES_TO_GIVE_UP:
            raise NotReached(f"{self.name} was not asked any more after {_FAILURES_TO_GIVE_UP} failures in a row")
        try:
            answer = await self._ask(path, parameters, parse)
        except TooLarge:
            raise
        except NotReached:
            self._failures += 1
            raise
        self._failures = 0
        return answer

    async def _ask(self, path: str, parameters: Mapping[str, str], parse: Callable[[bytes], AnswerT]) -> AnswerT | None:
        reason = ""
        for attempt in range(self.manners.attempts):
            await self._wait_for_turn()
            try:
                body = await self._get(path, parameters)
                return None if body is None else parse(body)
            except Malformed as error:
                failure = _Failed(f"an answer that cannot be read: {error}")
            except _Failed as error:
                failure = error
            reason = str(failure)
            if attempt + 1 < self.manners.attempts:
                await self.clock.sleep(self._find_pause(failure, attempt))
        raise NotReached(f"{self.name} was asked {self.manners.attempts} times; at last: {reason}")

    def _find_pause(self, failure: _Failed, attempt: int) -> float:
        own = self.manners.backoff_seconds * 2**attempt * (1 - random.random() / 2)  # noqa: S311 - only spreads requests
        if failure.wait_seconds is None:
            return own
        if failure.wait_seconds > self.manners.longest_wait_seconds:
            raise NotReached(f"{self.name}: {failure}, and asks to wait {failure.wait_seconds:.0f} seconds")
        return max(own, failure.wait_seconds)

    async def _wait_for_turn(self) -> None:
        now = self.clock.now()
        if self._next_turn > now:
            await self.clock.sleep(self._next_turn - now)
        self._next_turn = max(now, self._next_turn) + 1 / self.per_second

    async def _get(self, path: str, parameters: Mapping[str, str]) -> bytes | None:
        try:
            async with (
                asyncio.timeout(self.manners.timeout_seconds),
                self.client.stream("GET", f"{self.address.rstrip('/')}/{path}", params=parameters or None) as response,
            ):
                return await self._read(response)
        except TimeoutError as error:
            raise _Failed(f"no answer within {self.manners.timeout_seconds:g} seconds") from error
        except httpx.RequestError as error:
            raise _Failed(f"{type(error).__name__}: {error}") from error

    async def _read(self, response: httpx.Response) -> bytes | None:
        status = response.status_code
        if status in _UNKNOWN:
            return None
        if status in _AGAIN:
            raise _Failed(f"status {status}", _parse_retry_after(response.headers.get("retry-after")))
        if status != 200:
            raise NotReached(f"{self.name} refused the question with status {status}")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self.manners.largest_body:
                raise TooLarge(f"{self.name} sent more than {self.manners.largest_body} bytes")
        return bytes(body)


def _parse_retry_after(value: str | None) -> float | None:
    """Seconds to wait (RFC 9110, 10.2.3): a number of seconds or a date."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(tz=UTC)).total_seconds())
