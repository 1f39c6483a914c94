"""The Python client against the running service with the published content."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.clients.faults import Faulty
from treatment_information import AsyncClient, Client, InvalidParameters, Memory, NotAcceptable, NotFound
from treatment_information.errors import ReleaseChanged
from treatment_information.pages import check_same_release


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@pytest.fixture
async def awaiting(address: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(address) as client:
        yield client


def test_question_is_answered_with_sources_and_certainty(client: Client) -> None:
    answer = client.get_answer("How fast does ketamine work?", audience="professional")
    best = answer.data["facts"][0]
    assert (answer.data["status"], best["id"]) == ("answered", "treatment.ketamine.efficacy.onset")
    assert best["quote"] == best["text"]
    assert best["sources"][0]["url"].startswith("https://doi.org/")  # pyright: ignore[reportOptionalMemberAccess] - this source has one
    assert "not medical advice" in answer.meta["disclaimer"]


def test_every_fact_of_all_pages_comes_once(client: Client) -> None:
    page = client.list_facts(treatment="ketamine", limit=50)
    ids = [fact["id"] for fact in client.every(page)]
    assert len(page) == 50 < page.total
    assert len(ids) == len(set(ids)) == page.total


async def test_awaiting_client_reads_all_pages_too(awaiting: AsyncClient, client: Client) -> None:
    awaited = [source["id"] async for source in awaiting.every(await awaiting.list_sources(limit=100))]
    assert awaited == [source["id"] for source in client.every(client.list_sources(limit=70))]


def test_misspelt_id_names_near_ones(client: Client) -> None:
    with pytest.raises(NotFound, match="Did you mean ketamine") as caught:
        client.get_treatment("ketamin")
    assert (caught.value.code, caught.value.status, caught.value.did_you_mean[0]) == ("not-found", 404, "ketamine")
    assert caught.value.request_id


async def test_misspelt_value_names_parameter_and_near_values(awaiting: AsyncClient) -> None:
    with pytest.raises(InvalidParameters, match="verdict") as caught:
        await awaiting.list_claims(verdict="suported")
    assert [fault["name"] for fault in caught.value.faults] == ["verdict"]
    assert "supported" in caught.value.did_you_mean


def test_alias_leads_to_the_treatment(client: Client) -> None:
    assert client.get_treatment("ketalar", sections=["overview"]).data["id"] == "ketamine"


def test_parameters_of_several_values_take_lists_and_text(client: Client) -> None:
    listed = client.get_treatment("ketamine", fields=["id", "sections.safety"], sections=["safety"], include=["sources"])
    written = client.get_treatment("ketamine", fields="id,sections.safety", sections="safety", include="sources")
    assert listed.data == written.data
    assert listed.data.keys() == {"id", "sections"}
    assert listed.included is not None
    assert listed.included["sources"]


def test_parameter_that_is_a_keyword_of_python_is_sent_under_its_name(client: Client) -> None:
    some = next(iter(client.list_drugs(fields=["classes"])))["classes"][0]
    assert all(some in drug["classes"] for drug in client.list_drugs(class_=some))


def test_other_formats_come_as_text(client: Client) -> None:
    plot = client.read("/v1/syntheses/esketamine-response-day-28", format="svg", width=320)
    assert (plot.media_type, plot.text[:4]) == ("image/svg+xml", "<svg")
    table = client.read("/v1/facts", format="csv", treatment="ketamine", table="sources")
    assert table.media_type == "text/csv"


async def test_format_that_a_resource_lacks_names_those_it_has(awaiting: AsyncClient) -> None:
    with pytest.raises(NotAcceptable) as caught:
        await awaiting.read("/v1/syntheses/esketamine-response-day-28", format="csv")
    assert "svg" in caught.value.formats


def test_fresh_answer_is_not_asked_for_again_and_an_older_one_is_confirmed(address: str) -> None:
    now = [0.0]
    proxy = Faulty()
    with Client(address, http=httpx.Client(transport=proxy), memory=Memory(clock=lambda: now[0])) as client:
        first = client.get_treatment("ketamine")
        now[0] = 299
        assert client.get_treatment("ketamine").origin.from_memory
        assert proxy.statuses == [200]
        now[0] = 301
        again = client.get_treatment("ketamine")
    assert proxy.statuses == [200, 304]
    assert proxy.requests[1].headers["if-none-match"] == first.origin.etag
    assert (again.data, again.origin.from_memory, again.origin.is_stale) == (first.data, True, False)


async def test_awaiting_client_revalidates_at_each_use_when_told_to(address: str) -> None:
    proxy = Faulty()
    async with AsyncClient(address, http=httpx.AsyncClient(transport=proxy), memory=Memory(use_max_age=False)) as client:
        assert (await client.get_index()).data == (await client.get_index()).data
    assert proxy.statuses == [200, 304]


def test_formats_are_kept_apart(address: str) -> None:
    with Client(address) as client:
        markdown = client.read("/v1/treatments/ketamine/safety", format="md")
        assert client.get_treatment_section("ketamine", "safety").data["name"] == "safety"
        assert client.read("/v1/treatments/ketamine/safety", format="md").origin.from_memory
    assert markdown.text.startswith("# ")


def test_ids_are_escaped_in_addresses(client: Client) -> None:
    with pytest.raises(NotFound):
        client.get_treatment("../drugs/ketamine")


def test_pages_of_two_releases_are_not_one_list(client: Client) -> None:
    page = client.list_terms(limit=1)
    other = type(page)(page.data, {**page.meta, "release": "2031.01.01-00000000"}, page.links, page.included, page.origin)
    check_same_release(page, page)
    with pytest.raises(ReleaseChanged, match="2031"):
        check_same_release(page, other)
