"""Services that fail, are slow, or send nonsense: nothing of it is ever taken for a fault of a source."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from app.verify.fetch import Manners, NotReached, Service
from app.verify.sources import Caller
from tests.conftest import SAMPLE, Edit
from tests.verify.conftest import FakeClock, Runner, lines
from tests.verify.services import Fault, Services

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

NOT_REACHED = {"example-agency-exemplin-2019": "form only", "loner-1999": "agree", "tester-2020": "not reached"}


def test_a_service_that_asks_for_a_pause_gets_it(verify: Runner, services: Services) -> None:
    services.faults["works"] = [Fault(429, headers={"Retry-After": "17"})]
    assert verify().exit_code == 0
    assert 17 in verify.clock.sleeps
    assert services.count("works") == 2


def test_a_pause_may_be_asked_for_by_date(verify: Runner, services: Services) -> None:
    moment = datetime.now(tz=UTC) + timedelta(seconds=90)
    services.faults["works"] = [Fault(503, headers={"Retry-After": format_datetime(moment)})]
    assert verify().exit_code == 0
    assert any(85 < pause <= 90 for pause in verify.clock.sleeps)


def test_a_pause_of_an_hour_is_not_waited_for(verify: Runner, services: Services) -> None:
    services.faults["works"] = [Fault(429, headers={"Retry-After": "3600"})]
    outcome = verify()
    message = "not reached: Crossref: status 429, and asks to wait 3600 seconds"
    assert lines(outcome) == [f"sources/tester-2020.yaml:10: notice: doi: {message}"]
    assert (outcome.states, outcome.exit_code) == (NOT_REACHED, 3)


def test_three_failures_of_three_attempts_are_not_reached(verify: Runner, services: Services) -> None:
    services.faults["works"] = [Fault(500)] * 3
    outcome = verify()
    assert lines(outcome) == ["sources/tester-2020.yaml:10: notice: doi: not reached: Crossref was asked 3 times; at last: status 500"]
    assert (outcome.states, outcome.exit_code, services.count("works")) == (NOT_REACHED, 3, 3)


def test_what_was_not_reached_is_asked_again_the_next_time_and_nothing_else(verify: Runner, services: Services) -> None:
    services.faults["works"] = [Fault(500)] * 3
    verify()
    services.requests.clear()
    assert verify().exit_code == 0
    assert services.requests == ["/crossref/works/10.5555%2Fexemplin"]


@pytest.mark.parametrize(
    ("part", "fault", "reason"),
    [
        ("works", Fault(body=b'{"message": {"DOI": "10.5555/exem'), "an answer that cannot be read: Invalid JSON"),
        ("works", Fault(body=b'{"message": {"DOI": "10.5555/exemplin"}}', cut=9), "RemoteProtocolError"),
        ("works", Fault(body=b'{"message": {"title": [3]}}'), "an answer that cannot be read: message.DOI: Field required"),
        ("works", Fault(body=b"<html>We are sorry</html>"), "an answer that cannot be read"),
        ("esummary", Fault(body=b'{"result": {"uids": ['), "an answer that cannot be read: not JSON"),
        ("esummary", Fault(body=b"[" * 100_000), "an answer that cannot be read: not JSON"),
        ("esummary", Fault(body=b'{"error": "API rate limit exceeded"}'), "an answer that cannot be read: no `result` in it"),
        ("esummary", Fault(body=b'["error"]'), "an answer that cannot be read: no `result` in it"),
        ("esummary", Fault(body=b'{"result": {"uids": []}}'), "an answer that cannot be read: no summary of 1"),
        ("esummary", Fault(body=b'{"result": {"1": {"title": 3}}}'), "an answer that cannot be read: a summary has not its documented form"),
        ("efetch", Fault(body=b"<PubmedArticleSet><PubmedArticle>"), "an answer that cannot be read: not XML"),
        ("efetch", Fault(body=b"\xff\xfe<\x00"), "an answer that cannot be read: not UTF-8"),
        ("efetch", Fault(body=b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'), "an answer that cannot be read: it declares entities"),
        ("esearch", Fault(body=b'{"esearchresult": {"ERROR": "Search Backend failed"}}'), "an answer that cannot be read: esearchresult.idlist"),
    ],
)  # fmt: skip
def test_bodies_that_are_cut_or_make_no_sense_are_asked_for_again_and_then_not_reached(
    verify: Runner, services: Services, part: str, fault: Fault, reason: str
) -> None:
    services.faults[part] = [fault]
    assert verify().exit_code == 0
    services.faults[part] = [fault] * 3
    verify.cache = verify.cache / "other"
    outcome = verify()
    assert (outcome.states, outcome.exit_code) == (NOT_REACHED, 3)
    assert reason in lines(outcome)[0]


@pytest.mark.parametrize(("part", "said"), [("esummary", "no summaries"), ("esearch", "no search")])
def test_an_address_without_e_utilities_is_not_an_unknown_number(verify: Runner, services: Services, part: str, said: str) -> None:
    services.faults[part] = [Fault(404)] * 9
    outcome = verify()
    assert outcome.states == NOT_REACHED
    assert f"not reached: PubMed has {said} at this address" in lines(outcome)[0]


def test_a_service_that_does_not_answer_in_time_is_not_reached(verify: Runner, services: Services) -> None:
    services.faults["works"] = [Fault(hangs=True)] * 2
    verify.manners = Manners(attempts=2, timeout_seconds=0.2)
    outcome = verify()
    assert lines(outcome) == [
        "sources/tester-2020.yaml:10: notice: doi: not reached: Crossref was asked 2 times; at last: no answer within 0.2 seconds"
    ]


def test_a_refusal_is_not_repeated(verify: Runner, services: Services) -> None:
    services.faults["esummary"] = [Fault(400, b'{"error":"API key invalid"}')] * 9
    outcome = verify()
    assert services.count("esummary") == 2  # by number, and for what was found by DOI
    assert "not reached: PubMed refused the question with status 400" in lines(outcome)[0]


def test_a_body_without_end_is_not_read(verify: Runner, services: Services) -> None:
    verify.manners = Manners(attempts=3, largest_body=5000)
    services.faults["works"] = [Fault(body=b" " * 2_000_000)]
    outcome = verify()
    assert lines(outcome) == ["sources/tester-2020.yaml:10: notice: doi: not reached: Crossref sent more than 5000 bytes"]
    assert services.count("works") == 1


def test_a_batch_whose_answer_is_too_large_is_asked_in_halves(verify: Runner, services: Services, edit: Edit) -> None:
    edit("sources/loner-1999.yaml", "year: null", 'year: null\npmid: "2"')
    services.summaries["2"] = {**services.summaries["1"], "title": "A registration without a paper", "articleids": []}
    verify.manners = Manners(attempts=3, largest_body=5000)
    services.faults["esummary"] = [Fault(body=b" " * 2_000_000)]
    data = edit("sources/loner-1999.yaml", 'pmid: "2"', 'pmid: "2"\ncontainer: J Invent Results')
    assert verify(data).exit_code == 0
    assert [query["id"] for path, query in zip(services.requests, services.queries, strict=True) if "esummary" in path][:3] == [
        "2,1",
        "2",
        "1",
    ]


def test_one_record_that_is_too_large_is_not_reached(verify: Runner, services: Services) -> None:
    verify.manners = Manners(largest_body=5000)
    services.faults["efetch"] = [Fault(body=b" " * 2_000_000)] * 2
    assert "not reached: PubMed sent more than 5000 bytes" in lines(verify())[0]


def test_a_service_that_is_down_is_not_asked_for_ever(verify: Runner, services: Services, edit: Edit) -> None:
    codes = ", ".join(f"{{system: nct, code: NCT1000000{number}, display: Trial}}" for number in range(5))
    data = edit("sources/loner-1999.yaml", "[{system: nct, code: NCT00000001, display: Lone registration}]", f"[{codes}]")
    services.faults["studies"] = [Fault(500)] * 100
    outcome = verify(data)
    assert services.count("studies") == 3 * 3
    assert "not reached: ClinicalTrials.gov was not asked any more after 3 failures in a row" in lines(outcome)[4]


def test_a_refused_connection_is_not_reached(verify: Runner, services: Services) -> None:
    port, services.port = services.port, 1  # nobody listens there
    outcome = verify()
    services.port = port
    assert (set(outcome.states.values()), outcome.exit_code) == ({"form only", "not reached"}, 3)
    assert "ConnectError" in lines(outcome)[0]


@dataclass
class Recorded:
    """What happened when a service with the given answers was asked."""

    moments: list[float]
    sleeps: list[float]
    results: list[int | None]


async def ask_in_vain(answers: Sequence[httpx.Response], questions: int, per_second: float, manners: Manners) -> Recorded:
    """Ask a service that needs no time itself; None stands for not reached."""
    clock, left = FakeClock(), iter(answers)
    recorded = Recorded([], clock.sleeps, [])

    def answer(_: httpx.Request) -> httpx.Response:
        recorded.moments.append(clock.now())
        return next(left)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        service = Service("Test", "http://test", per_second, client, manners, clock)
        for _ in range(questions):
            try:
                recorded.results.append(await service.ask("", {}, int))
            except NotReached:
                recorded.results.append(None)
    return recorded


@pytest.mark.parametrize("per_second", [1, 3, 5, 10])
async def test_questions_keep_their_distance(per_second: float) -> None:
    answers = [httpx.Response(200, content=b"1") for _ in range(12)]
    moments = (await ask_in_vain(answers, 12, per_second, Manners())).moments
    assert all(later - earlier >= 1 / per_second - 1e-9 for earlier, later in itertools.pairwise(moments))
    assert moments[-1] == pytest.approx(11 / per_second)


async def test_attempts_keep_their_distance_too() -> None:
    recorded = await ask_in_vain([httpx.Response(500) for _ in range(5)], 1, 1, Manners(backoff_seconds=0))
    assert (recorded.moments, recorded.results) == ([0, 1, 2, 3, 4], [None])


async def test_pauses_double_less_a_random_half() -> None:
    recorded = await ask_in_vain([httpx.Response(500) for _ in range(5)], 1, 1000, Manners(attempts=5))
    assert len(recorded.sleeps) == 4
    assert all(longest / 2 <= pause <= longest for pause, longest in zip(recorded.sleeps, [1, 2, 4, 8], strict=True))


@pytest.mark.parametrize("value", ["soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 -0000"])
async def test_a_pause_that_is_over_or_cannot_be_read_is_our_own(value: str) -> None:
    answers = [httpx.Response(429, headers={"Retry-After": value}), httpx.Response(200, content=b"1")]
    recorded = await ask_in_vain(answers, 1, 1000, Manners())
    assert recorded.results == [1]
    assert 0.5 <= recorded.sleeps[0] <= 1


async def test_a_success_lets_a_service_fail_again() -> None:
    answers = [httpx.Response(status, content=b"1") for status in (500, 500, 200, 500, 500, 200, 500, 500, 500)]
    recorded = await ask_in_vain(answers, 12, 1, Manners(attempts=1))
    assert recorded.results == [None, None, 1, None, None, 1, *[None] * 6]
    assert len(recorded.moments) == 9


@pytest.mark.parametrize(("key", "pause"), [(None, 0.333), ("secret", 0.1)])
def test_a_key_makes_ncbi_faster_and_is_kept_nowhere(verify: Runner, services: Services, key: str | None, pause: float) -> None:
    verify.caller = Caller("me@example.org", key)
    verify(SAMPLE)
    keys = {query.get("api_key") for path, query in zip(services.requests, services.queries, strict=True) if "eutils" in path}
    assert keys == {key}
    assert pause in [round(slept, 3) for slept in verify.clock.sleeps]
    assert all("secret" not in path.read_text() for path in verify.cache.rglob("*.json"))
