"""How often one client may ask: off unless a limit is set."""

import ipaddress
import logging
import math
import time
from typing import Any, cast

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.storage import RedisStorage as BlockingRedisStorage
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.crowd import is_exempt
from app.api.guard import EXPOSED, Answered
from app.api.prepared.door import make_request_id
from app.api.problems import KINDS, render_problem
from app.errors import SettingError
from app.logs import Exchange
from app.settings import Settings

log = logging.getLogger(__name__)


def parse_limits(text: str) -> list[RateLimitItem]:
    """Limits from a setting such as `600/minute;20/second`; none for an empty one. Raises `SettingError`."""
    try:
        return parse_many(text) if text.strip() else []
    except ValueError as error:
        raise SettingError(f"--rate-limit: `{text}` is not of the form `600/minute`, several with `;`.") from error


def check_storage(address: str) -> None:
    """Raise `SettingError` when limits cannot be kept at an address."""
    if address == "memory://":
        return
    if not address.startswith(("redis://", "rediss://")):
        raise SettingError(f"--rate-limit-storage: `{address}` is neither memory:// nor a redis:// address.")
    try:
        reachable = BlockingRedisStorage(address, wrap_exceptions=True, socket_connect_timeout=3).check()
    except Exception as error:
        raise SettingError(f"--rate-limit-storage: {address} cannot be used: {error}") from error
    if not reachable:
        raise SettingError(f"--rate-limit-storage: nobody answers at {address}.")


def _build_storage(address: str) -> Storage:
    if address == "memory://":
        return MemoryStorage()
    return RedisStorage(f"async+{address}", wrap_exceptions=True, implementation="redispy", socket_timeout=1)


class RateLimit:
    """Counts requests of each client in a moving window, tells how many are left (`RateLimit`, `RateLimit-Policy`, draft
    draft-ietf-httpapi-ratelimit-headers-10), and answers 429 when none is. When the storage fails, requests pass."""

    def __init__(self, app: ASGIApp, settings: Settings, answered: Answered) -> None:
        """`answered` is told of each request that is turned away."""
        self.app = app
        self.answered = answered
        self.items = sorted(parse_limits(settings.rate_limit), key=lambda item: item.get_expiry())
        self.storage = _build_storage(settings.rate_limit_storage)
        self.limiter = MovingWindowRateLimiter(self.storage)
        self.policy = ", ".join(f'"{name_policy(item)}";q={item.amount};w={item.get_expiry()}' for item in self.items)
        self._told_at = -math.inf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            await self.close()
            return
        if scope["type"] != "http" or is_exempt(scope) or "is_internal" in scope:
            await self.app(scope, receive, send)
            return
        try:
            within, left, reset_seconds, item = await self._count(find_client(scope))
        except StorageError as error:
            self._tell(error)
            await self.app(scope, receive, send)
            return
        fields = {"RateLimit-Policy": self.policy, "RateLimit": f'"{name_policy(item)}";r={left};t={reset_seconds}'}
        if within:
            await self.app(scope, receive, _Adding(send, fields))
            return
        detail = f"At most {item.amount} requests in {item.get_expiry()} seconds are answered."
        problem = render_problem(Request(scope), KINDS["too-many-requests"], detail)
        request_id = make_request_id()
        own = {
            "Retry-After": str(reset_seconds),
            "X-Request-Id": request_id,
            "Access-Control-Allow-Origin": "*",
            "X-Content-Type-Options": "nosniff",
        }
        problem.headers.update({**fields, **own, "Access-Control-Expose-Headers": EXPOSED})
        await problem(scope, receive, send)
        self.answered(scope, Exchange(scope["method"], scope["path"], problem.status_code, 0.0, len(problem.body), request_id, ""))

    async def close(self) -> None:
        """Close the connections to the storage, if it has any."""
        if isinstance(self.storage, RedisStorage):
            bridge: Any = cast("Any", self.storage.bridge)
            await bridge.get_connection().aclose()

    async def _count(self, client: str) -> tuple[bool, int, int, RateLimitItem]:
        """Whether a client is within all limits, and what is left of the tightest, for how many seconds."""
        tightest = self.items[0]
        least, reset_at = math.inf, 0.0
        for item in self.items:
            within = await self.limiter.hit(item, client)
            stats = await self.limiter.get_window_stats(item, client)
            if stats.remaining < least or not within:
                tightest, least, reset_at = item, stats.remaining, stats.reset_time
            if not within:
                return False, 0, _seconds_until(reset_at), item
        return True, int(least), _seconds_until(reset_at), tightest

    def _tell(self, error: StorageError) -> None:
        if time.monotonic() - self._told_at > 60:
            self._told_at = time.monotonic()
            log.warning("rate limits are not kept, their storage fails: %s", error)


class _Adding:
    def __init__(self, send: Send, fields: dict[str, str]) -> None:
        self.send = send
        self.fields = fields

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(self.fields)
        await self.send(message)


def find_client(scope: Scope) -> str:
    """Whom a request is counted for: the address, of IPv6 the network of 64 bits, which one household or machine has."""
    host = (scope.get("client") or ("unknown", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def name_policy(item: RateLimitItem) -> str:
    """Name of a limit in the headers."""
    return f"{item.amount}-in-{item.get_expiry()}s"


def _seconds_until(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))
