"""How one answer is got: from memory, by asking, by asking again. It does no input or output itself, so that waiting and awaiting
clients share it."""

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from treatment_information.answer import Origin
from treatment_information.errors import ConnectionFailed, TreatmentInformationError, as_error
from treatment_information.memory import Kept, Memory
from treatment_information.retry import Retry, parse_retry_after


@dataclass(frozen=True)
class Send:
    """A request to be sent."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Wait:
    """A pause to be made."""

    seconds: float


@dataclass(frozen=True)
class Body:
    """The body of a success, with where it came from."""

    content: bytes
    headers: Mapping[str, str]
    origin: Origin


Received = httpx.Response | httpx.TransportError
Conversation = Generator[Send | Wait, Received | None, Body]


@dataclass(frozen=True)
class Exchange:
    """The rules by which a client asks."""

    memory: Memory
    retry: Retry

    def converse(self, url: str, accept: str) -> Conversation:
        """Get one answer. Gives what to do next, takes what came of it, and returns the body.

        Raises:
            TreatmentInformationError: when no attempt brought a success
        """
        kept = self.memory.find(url, accept)
        if kept is not None and self.memory.is_fresh(kept):
            return recall(url, kept)
        received = yield from self._ask(Send(url, write_headers(accept, kept)))
        if isinstance(received, httpx.Response):
            if received.status_code == HTTPStatus.NOT_MODIFIED and kept is not None:
                return recall(url, self.memory.confirm(url, accept, kept, received.headers), received.headers)
            if received.is_success:
                fresh = self.memory.keep(url, accept, received.content, dict(received.headers))
                return Body(fresh.body, fresh.headers, describe_origin(url, fresh.headers))
        if kept is not None and is_outage(received) and self.memory.may_stand_in(kept):
            return recall(url, kept, is_stale=True)
        raise fail(received)

    def _ask(self, send: Send) -> Generator[Send | Wait, Received | None, Received]:
        """Send until something comes that is not worth another attempt."""
        attempt = 1
        while True:
            received = yield send
            assert received is not None, "a request has an outcome"  # noqa: S101 - the driver's part of the bargain
            status = received.status_code if isinstance(received, httpx.Response) else None
            wait = self.retry.get_wait(attempt, status, get_retry_after(received))
            if wait is None:
                return received
            yield Wait(wait)
            attempt += 1


def write_headers(accept: str, kept: Kept | None) -> dict[str, str]:
    """Headers of a request; conditional when an answer is kept."""
    condition = {"If-None-Match": kept.etag} if kept is not None and kept.etag else {}
    return {"Accept": accept, **condition}


def recall(url: str, kept: Kept, headers: Mapping[str, str] | None = None, *, is_stale: bool = False) -> Body:
    """A kept answer, used again."""
    origin = Origin(url, kept.etag, (headers or {}).get("x-request-id"), from_memory=True, is_stale=is_stale)
    return Body(kept.body, kept.headers, origin)


def describe_origin(url: str, headers: Mapping[str, str]) -> Origin:
    """Where an answer came from that was sent whole."""
    return Origin(url, headers.get("etag"), headers.get("x-request-id"), from_memory=False, is_stale=False)


def is_outage(received: Received) -> bool:
    """Whether the service, rather than the request, is at fault."""
    return not isinstance(received, httpx.Response) or received.is_server_error or received.status_code == HTTPStatus.TOO_MANY_REQUESTS


def get_retry_after(received: Received) -> float | None:
    """Seconds after which the service asks to be asked again."""
    return parse_retry_after(received.headers.get("retry-after")) if isinstance(received, httpx.Response) else None


def fail(received: Received) -> TreatmentInformationError:
    """The exception for the last thing that came."""
    if not isinstance(received, httpx.Response):
        failure = ConnectionFailed(f"no answer from {received.request.url.copy_with(query=None)}: {received or type(received).__name__}")
        failure.__cause__ = received
        return failure
    is_problem = received.headers.get("content-type", "").startswith("application/problem+json")
    return as_error(
        parse_json(received.content) if is_problem else None,
        status=received.status_code,
        request_id=received.headers.get("x-request-id"),
        retry_after_seconds=get_retry_after(received),
    )


def parse_json(content: bytes) -> object:
    """What JSON says; `None` when it is none."""
    try:
        parsed: object = json.loads(content)
    except ValueError:
        return None
    return parsed
