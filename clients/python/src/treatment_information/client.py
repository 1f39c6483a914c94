"""The clients: one that waits for its answers, one whose answers are awaited."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import anyio
import httpx

from treatment_information.answer import Answer, Page
from treatment_information.exchange import Body, Conversation, Exchange, Send, Wait
from treatment_information.memory import Memory
from treatment_information.operations import AsyncOperations, Operations
from treatment_information.pages import check_same_release, find_next
from treatment_information.query import QueryValue, write_query
from treatment_information.reading import JSON, Rendition, parse_answer, parse_page, read_rendition
from treatment_information.retry import Retry

T = TypeVar("T")
Format = Literal["json", "md", "jsonld", "fhir", "csv", "svg", "csl", "bibtex", "ris"]

TIMEOUT_SECONDS = 10.0
USER_AGENT = "treatment-information-client/1.0.0"
OPTIONS: Mapping[str, Any] = {"timeout": TIMEOUT_SECONDS, "headers": {"User-Agent": USER_AGENT}}


def join(base_url: str, path: str, query: Mapping[str, QueryValue]) -> str:
    """The address of a request."""
    written = write_query(query)
    return f"{base_url.rstrip('/')}{path}{'?' if written else ''}{written}"


class Client(Operations):
    """A client whose methods wait for the answer; use it as a context manager, or call `close`. Threads may share it."""

    def __init__(
        self,
        base_url: str,
        *,
        http: httpx.Client | None = None,
        memory: Memory | None = None,
        retry: Retry | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base_url = base_url
        self._http = http or httpx.Client(**OPTIONS)
        self._exchange = Exchange(Memory() if memory is None else memory, retry or Retry())
        self._sleep = sleep

    def read(self, path: str, *, format: Format, **query: QueryValue) -> Rendition:  # noqa: A002 - the parameter's name
        """A resource in another format: `read("/v1/treatments/ketamine/safety", format="md")`."""
        return read_rendition(self._get(join(self._base_url, path, {**query, "format": format}), "*/*"))

    def every(self, page: Page[T]) -> Iterator[T]:
        """The entries of a page and of all pages after it.

        Raises:
            ReleaseChanged: when the content changed on the way
        """
        yield from page
        first, url = page, find_next(page)
        while url is not None:
            page = parse_page(self._get(url, JSON))
            check_same_release(first, page)
            yield from page
            url = find_next(page)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _answer(self, path: str, query: Mapping[str, QueryValue]) -> Answer[Any]:
        return parse_answer(self._get(join(self._base_url, path, query), JSON))

    def _page(self, path: str, query: Mapping[str, QueryValue]) -> Page[Any]:
        return parse_page(self._get(join(self._base_url, path, query), JSON))

    def _get(self, url: str, accept: str) -> Body:
        conversation = self._exchange.converse(url, accept)
        outcome = None
        try:
            while True:
                outcome = self._do(conversation.send(outcome))
        except StopIteration as done:
            body: Body = done.value
            return body

    def _do(self, step: Send | Wait) -> httpx.Response | httpx.TransportError | None:
        if isinstance(step, Wait):
            self._sleep(step.seconds)
            return None
        try:
            return self._http.get(step.url, headers=step.headers, follow_redirects=True)
        except httpx.TransportError as error:
            return error


class AsyncClient(AsyncOperations):
    """A client whose methods are awaited; use it as an async context manager, or call `aclose`."""

    def __init__(
        self,
        base_url: str,
        *,
        http: httpx.AsyncClient | None = None,
        memory: Memory | None = None,
        retry: Retry | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._base_url = base_url
        self._http = http or httpx.AsyncClient(**OPTIONS)
        self._exchange = Exchange(Memory() if memory is None else memory, retry or Retry())
        self._sleep = sleep

    async def read(self, path: str, *, format: Format, **query: QueryValue) -> Rendition:  # noqa: A002 - the parameter's name
        """A resource in another format, as `Client.read`."""
        return read_rendition(await self._get(join(self._base_url, path, {**query, "format": format}), "*/*"))

    async def every(self, page: Page[T]) -> AsyncIterator[T]:
        """The entries of a page and of all pages after it.

        Raises:
            ReleaseChanged: when the content changed on the way
        """
        for entry in page:
            yield entry
        first, url = page, find_next(page)
        while url is not None:
            page = parse_page(await self._get(url, JSON))
            check_same_release(first, page)
            for entry in page:
                yield entry
            url = find_next(page)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def _answer(self, path: str, query: Mapping[str, QueryValue]) -> Answer[Any]:
        return parse_answer(await self._get(join(self._base_url, path, query), JSON))

    async def _page(self, path: str, query: Mapping[str, QueryValue]) -> Page[Any]:
        return parse_page(await self._get(join(self._base_url, path, query), JSON))

    async def _get(self, url: str, accept: str) -> Body:
        conversation: Conversation = self._exchange.converse(url, accept)
        outcome = None
        while True:
            try:
                step = conversation.send(outcome)
            except StopIteration as done:
                body: Body = done.value
                return body
            outcome = await self._do(step)

    async def _do(self, step: Send | Wait) -> httpx.Response | httpx.TransportError | None:
        if isinstance(step, Wait):
            await self._sleep(step.seconds)
            return None
        try:
            return await self._http.get(step.url, headers=step.headers, follow_redirects=True)
        except httpx.TransportError as error:
            return error
