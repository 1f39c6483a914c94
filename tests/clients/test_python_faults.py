"""The Python client when something fails between it and the service."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.clients.faults import Faulty, problem, unavailable
from tests.running import serving
from treatment_information import (
    AsyncClient,
    Client,
    ConnectionFailed,
    Gone,
    Memory,
    Retry,
    ServerFailed,
    TooManyRequests,
    Unavailable,
    UnexpectedAnswer,
)
from treatment_information.retry import parse_retry_after

PATIENT = Retry(attempts=3, first_wait_seconds=1, longest_wait_seconds=10, draw=lambda: 1.0)

Behind = Callable[..., Client]


@pytest.fixture
def waits() -> list[float]:
    """How long the client waited, each time."""
    return []


@pytest.fixture
def behind(address: str, waits: list[float]) -> Behind:
    """A client behind a proxy, which notes its waits instead of making them."""

    def make(proxy: Faulty, memory: Memory | None = None) -> Client:
        return Client(address, http=httpx.Client(transport=proxy), retry=PATIENT, memory=memory, sleep=waits.append)

    return make


def test_service_that_is_back_at_the_third_attempt_answers(behind: Behind, waits: list[float]) -> None:
    proxy = Faulty(unavailable(), httpx.ConnectError("refused"))
    with behind(proxy) as client:
        assert client.get_treatment("ketamine").data["id"] == "ketamine"
    assert (waits, len(proxy.requests)) == ([1.0, 2.0], 3)


async def test_awaiting_client_tries_again_too(address: str, waits: list[float]) -> None:
    async def wait(seconds: float) -> None:
        waits.append(seconds)

    proxy = Faulty(httpx.ReadTimeout("slow"), unavailable())
    async with AsyncClient(address, http=httpx.AsyncClient(transport=proxy), retry=PATIENT, sleep=wait) as client:
        assert (await client.get_drug("ketamine")).data["id"] == "ketamine"
    assert waits == [1.0, 2.0]


def test_wait_that_the_service_asks_for_is_kept(behind: Behind, waits: list[float]) -> None:
    with behind(Faulty(problem(429, "too-many-requests", retry_after="7"))) as client:
        client.get_index()
    assert waits == [7.0]


def test_wait_longer_than_the_client_allows_is_an_error_that_says_how_long(behind: Behind, waits: list[float]) -> None:
    with behind(Faulty(problem(429, "too-many-requests", retry_after="11"))) as client, pytest.raises(TooManyRequests) as caught:
        client.get_index()
    assert (caught.value.retry_after_seconds, waits) == (11.0, [])


def test_rate_limit_of_the_service_itself_is_understood(published: Path, tmp_path: Path, socket_enabled: None) -> None:
    with serving(tmp_path, "--no-access-log", "--rate-limit", "2/hour") as address, Client(address, retry=Retry(attempts=1)) as client:
        client.get_index()
        client.list_terms()
        with pytest.raises(TooManyRequests) as caught:
            client.list_claims()
        assert client.get_index().origin.from_memory
    assert caught.value.code == "too-many-requests"
    assert 0 < (caught.value.retry_after_seconds or 0) <= 3600


def test_attempts_end(behind: Behind, waits: list[float]) -> None:
    with behind(Faulty(*(unavailable() for _ in range(5)))) as client, pytest.raises(Unavailable, match="503"):
        client.get_index()
    assert waits == [1.0, 2.0]


def test_no_connection_at_all_names_the_address_but_not_the_question(behind: Behind) -> None:
    proxy = Faulty(*(httpx.ConnectError("refused") for _ in range(3)))
    with behind(proxy) as client, pytest.raises(ConnectionFailed, match="/v1/answers: refused") as caught:
        client.get_answer("something private")
    assert "private" not in str(caught.value)


def test_crash_is_not_tried_again(behind: Behind, waits: list[float]) -> None:
    with behind(Faulty(problem(500, "internal-error"))) as client, pytest.raises(ServerFailed):
        client.get_index()
    assert waits == []


def test_withdrawn_item_names_its_successor(behind: Behind) -> None:
    gone = problem(410, "gone")
    body = {**gone.json(), "successor": "/v1/facts/other"}
    with behind(Faulty(httpx.Response(410, json=body, headers={"content-type": "application/problem+json"}))) as client:
        with pytest.raises(Gone) as caught:
            client.get_fact("treatment.ketamine.safety.dissociation")
        assert caught.value.successor == "/v1/facts/other"


@pytest.mark.parametrize(
    "page",
    [
        httpx.Response(404, text="<h1>Nothing here</h1>", headers={"content-type": "text/html"}),
        httpx.Response(200, text="<h1>Welcome</h1>", headers={"content-type": "text/html"}),
        httpx.Response(200, json=["something", "else"]),
        httpx.Response(400, text="cut o", headers={"content-type": "application/problem+json"}),
    ],
)
def test_page_of_something_else_is_no_answer(behind: Behind, page: httpx.Response) -> None:
    with behind(Faulty(page)) as client, pytest.raises(UnexpectedAnswer, match="address"):
        client.get_index()


@pytest.mark.parametrize("outage", [[httpx.ConnectError("refused")] * 3, [problem(500, "internal-error")]])
def test_kept_answer_stands_in_for_an_outage_when_asked_to(behind: Behind, outage: list[httpx.Response | httpx.TransportError]) -> None:
    now = [0.0]
    proxy = Faulty()
    memory = Memory(stale_if_error=True, clock=lambda: now[0])
    with behind(proxy, memory) as client:
        first = client.get_term("madrs")
        now[0] = 86_400.0
        proxy.fail_with(*outage)
        stale = client.get_term("madrs")
        assert (stale.data, stale.origin.is_stale) == (first.data, True)
        now[0] = 700_000.0
        proxy.fail_with(*(httpx.ConnectError("refused") for _ in range(3)))
        with pytest.raises(ConnectionFailed):
            client.get_term("madrs")


def test_kept_answer_never_stands_in_without_being_asked_to(behind: Behind) -> None:
    now = [0.0]
    proxy = Faulty()
    with behind(proxy, Memory(clock=lambda: now[0])) as client:
        client.get_term("madrs")
        now[0] = 301.0
        proxy.fail_with(problem(500, "internal-error"))
        with pytest.raises(ServerFailed):
            client.get_term("madrs")


def test_fault_of_the_request_is_told_although_an_answer_is_kept(behind: Behind) -> None:
    now = [0.0]
    proxy = Faulty()
    with behind(proxy, Memory(stale_if_error=True, clock=lambda: now[0])) as client:
        client.get_fact("treatment.ketamine.safety.dissociation")
        now[0] = 301.0
        proxy.fail_with(problem(410, "gone"))
        with pytest.raises(Gone):
            client.get_fact("treatment.ketamine.safety.dissociation")


def test_retry_after_is_read_as_seconds_or_date() -> None:
    now = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
    assert parse_retry_after("120", now) == 120
    assert parse_retry_after("Mon, 01 Jun 2026 12:01:30 GMT", now) == 90
    assert parse_retry_after("Mon, 01 Jun 2026 11:00:00 -0000", now) == 0
    assert parse_retry_after("soon", now) is None
    assert parse_retry_after(None, now) is None


def test_waits_are_drawn_at_random_below_a_bound_that_doubles() -> None:
    retry = Retry(attempts=10, first_wait_seconds=1, longest_wait_seconds=5)
    for attempt, bound in enumerate([1, 2, 4, 5, 5], start=1):
        waits = [retry.get_wait(attempt, 503, None) for _ in range(20)]
        assert all(wait is not None and 0 <= wait <= bound for wait in waits)
        assert len(set(waits)) > 1
