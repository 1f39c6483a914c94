"""What the routes answer, over the sample."""

from typing import Any, cast

import httpx
import pytest

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio

FACT = "treatment.exemplin.safety.hiccups"


async def test_index_counts_and_links_every_collection(client: Client) -> None:
    index = (await client.get("/v1")).json()
    counts = {entry["name"]: entry["count"] for entry in index["data"]["collections"]}
    assert counts == {
        "treatments": 2,
        "drugs": 1,
        "conditions": 1,
        "studies": 1,
        "syntheses": 2,
        "claims": 1,
        "facts": 14,
        "sources": 3,
        "terms": 2,
    }
    for entry in index["data"]["collections"]:
        listed = (await client.get(entry["href"])).json()
        assert listed["meta"]["total"] == entry["count"]


async def test_every_answer_names_release_licence_and_disclaimer(client: Client) -> None:
    meta = (await client.get("/v1/terms/response")).json()["meta"]
    assert meta["api_version"] == "1.0.0"
    assert meta["release"].startswith("2026.03.06-")
    assert meta["license"] == "CC BY 4.0"
    assert "not medical advice" in meta["disclaimer"]


async def test_treatment_holds_its_sections_in_order_and_null_for_those_it_lacks(client: Client) -> None:
    data = (await client.get("/v1/treatments/exemplin")).json()["data"]
    assert list(data["sections"]) == [
        "overview", "background", "mechanism", "administration", "efficacy", "benefits", "safety", "limitations", "access", "conclusion",
    ]  # fmt: skip
    assert [name for name, section in data["sections"].items() if section] == ["mechanism", "efficacy", "safety"]
    assert data["fact_count"] == 5
    assert data["conditions"] == [{"id": "sample-illness", "name": "Sample illness", "href": "/v1/conditions/sample-illness"}]
    assert data["relations"][0]["treatment"]["name"] == "Sampline"
    assert data["main_effect"] == {"fact": "treatment.exemplin.efficacy.response", "certainty": "low"}
    assert data["links"]["sections"]["safety"] == "/v1/treatments/exemplin/safety"


async def test_sections_picks_parts_of_the_document(client: Client) -> None:
    data = (await client.get("/v1/treatments/exemplin?sections=safety,mechanism")).json()["data"]
    assert [name for name, section in data["sections"].items() if section] == ["mechanism", "safety"]
    assert data["sections"]["mechanism"]["hypotheses"][0]["steps"] == ["treatment.exemplin.mechanism.binding"]


async def test_section_alone_is_the_same_as_in_the_document(client: Client) -> None:
    alone = (await client.get("/v1/treatments/exemplin/safety")).json()["data"]
    whole = (await client.get("/v1/treatments/exemplin")).json()["data"]["sections"]["safety"]
    assert alone.pop("treatment")["id"] == "exemplin"
    assert alone == whole
    assert [fact["id"] for fact in alone["facts"]] == [FACT]


async def test_fact_carries_everything_that_a_reader_needs(client: Client) -> None:
    fact = (await client.get(f"/v1/facts/{FACT}")).json()["data"]
    assert fact["owner"] == {"collection": "treatments", "id": "exemplin", "name": "Exemplin for testing"}
    assert (fact["treatment"], fact["drug"], fact["section"], fact["kind"]) == ("exemplin", None, "safety", "adverse-effect")
    assert fact["sources"] == [
        {
            "id": "tester-2020", "locator": "Table 2", "check": "seen", "citation": "Tester 2020, Journal of Invented Results",
            "url": "https://doi.org/10.5555/exemplin",
        }
    ]  # fmt: skip
    assert (fact["certainty"], fact["certainty_reason"]) == ("low", "One small trial.")
    assert fact["details"]["frequency"][0]["events"] == 6
    assert fact["details"]["onset"] is None
    assert (fact["version"], fact["added"], fact["reviewed"], fact["next_review"]) == (2, "2026-01-10", "2026-02-01", "2027-02-01")
    assert len(fact["asks"]) == 3
    assert fact["changes"] == [{"date": "2026-03-05", "kind": "corrected", "note": "The count is 6, not 16."}]
    assert fact["links"] == {"self": f"/v1/facts/{FACT}", "context": "/v1/treatments/exemplin/safety"}


async def test_unknown_things_are_said(client: Client) -> None:
    fact = (await client.get("/v1/facts/treatment.exemplin.efficacy.years")).json()["data"]
    assert fact["known"] is False
    assert fact["reason"] == "No trial of exemplin has lasted longer than a day."


async def test_questions_stand_only_in_the_single_fact(client: Client) -> None:
    for address in ("/v1/facts", "/v1/treatments/exemplin", "/v1/treatments/exemplin/safety"):
        assert '"asks"' not in (await client.get(address)).text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("treatment=sampline", ["treatment.sampline.overview.what-it-is"]),
        ("drug=exemplin", ["drug.exemplin.pharmacokinetics.half-life"]),
        ("section=safety", [FACT]),
        ("topic=hiccups", [FACT]),
        ("certainty=low&section=efficacy", ["treatment.exemplin.efficacy.response"]),
        ("kind=mechanism", ["treatment.exemplin.mechanism.binding"]),
        ("source=example-agency-exemplin-2019", ["treatment.exemplin.mechanism.binding"]),
        (f"ids={FACT},drug.exemplin.pharmacokinetics.half-life", [FACT, "drug.exemplin.pharmacokinetics.half-life"]),
        (f"ids={FACT},{FACT}", [FACT]),
        (f"ids={FACT}&section=efficacy", []),
        ("ids=treatment.exemplin.safety.sneezing", []),
    ],
)
async def test_facts_are_filtered(client: Client, query: str, expected: list[str]) -> None:
    answer = (await client.get(f"/v1/facts?{query}")).json()
    assert [fact["id"] for fact in answer["data"]] == expected
    assert answer["meta"]["total"] == len(expected)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/v1/treatments?kind=procedure", ["sampline"]),
        ("/v1/treatments?condition=sample-illness&drug=exemplin", ["exemplin"]),
        ("/v1/drugs?class=sample-blocker", ["exemplin"]),
        ("/v1/sources?kind=regulator", ["example-agency-exemplin-2019"]),
        ("/v1/claims?treatment=exemplin&verdict=not-supported", ["exemplin-cures"]),
        ("/v1/studies?treatment=exemplin&comparator=placebo&design=parallel&outcome=response&population=adults", ["tester-2020"]),
        ("/v1/studies?year_from=2020&year_to=2020", ["tester-2020"]),
        ("/v1/studies?year_from=2021", []),
        ("/v1/studies?year_from=2021&year_to=2019", []),
        ("/v1/studies?year_to=2019", []),
        ("/v1/conditions", ["sample-illness"]),
        ("/v1/terms?offset=1", ["sample-scale"]),
    ],
)
async def test_lists_are_filtered(client: Client, address: str, expected: list[str]) -> None:
    assert [entry["id"] for entry in (await client.get(address)).json()["data"]] == expected


async def test_pages_lead_through_the_whole_list_and_back(client: Client) -> None:
    seen: list[str] = []
    address, steps = "/v1/facts?limit=5", 0
    while address:
        answer = await client.get(address)
        page = answer.json()
        seen += [fact["id"] for fact in page["data"]]
        assert ('rel="next"' in answer.headers.get("link", "")) is (page["links"]["next"] is not None)
        address, steps = page["links"]["next"], steps + 1
    assert (steps, len(seen), len(set(seen))) == (3, 14, 14)
    last = (await client.get("/v1/facts?limit=5&offset=10")).json()
    assert last["links"]["prev"] == "/v1/facts?limit=5&offset=5"
    assert (await client.get("/v1/facts?limit=5&offset=3")).json()["links"]["prev"] == "/v1/facts?limit=5&offset=0"


async def test_page_links_keep_filters(client: Client) -> None:
    page = (await client.get("/v1/facts?treatment=exemplin&limit=1&fields=id,owner.name")).json()
    assert page["links"]["next"] == "/v1/facts?fields=id,owner.name&limit=1&offset=1&treatment=exemplin"
    assert page["data"] == [{"id": "treatment.exemplin.mechanism.binding", "owner": {"name": "Exemplin for testing"}}]


async def test_fields_keep_only_what_is_named(client: Client) -> None:
    data = (await client.get("/v1/treatments/exemplin?fields=id,sections.safety.facts.id,main_effect")).json()["data"]
    assert data == {
        "id": "exemplin",
        "sections": {"safety": {"facts": [{"id": FACT}]}},
        "main_effect": {"fact": "treatment.exemplin.efficacy.response", "certainty": "low"},
    }


async def test_wider_field_wins_over_its_part(client: Client) -> None:
    data = (await client.get("/v1/terms/response?fields=links.self,links")).json()["data"]
    assert data == {"links": {"self": "/v1/terms/response"}}


async def test_member_that_is_null_stays_null_when_its_part_is_asked_for(client: Client) -> None:
    data = (await client.get("/v1/conditions/sample-illness?fields=broader.id")).json()["data"]
    assert data == {"broader": None}


async def test_include_brings_the_records_that_are_referred_to(client: Client) -> None:
    answer = (await client.get("/v1/treatments/exemplin/efficacy?include=sources,studies,terms")).json()
    included = answer["included"]
    assert [source["id"] for source in included["sources"]] == ["tester-2020"]
    assert [study["id"] for study in included["studies"]] == ["tester-2020"]
    assert included["terms"] == []
    assert (await client.get("/v1/treatments/exemplin/efficacy")).json()["included"] is None


async def test_include_finds_terms_in_the_words(client: Client) -> None:
    answer = (await client.get("/v1/conditions/sample-illness?include=terms")).json()
    assert [term["id"] for term in answer["included"]["terms"]] == ["sample-scale"]
    assert answer["included"]["sources"] is None


WITH_FACTS = ["/v1/drugs/exemplin?", "/v1/claims/exemplin-cures?", "/v1/terms/response?", "/v1/facts?section=safety&", f"/v1/facts/{FACT}?"]


@pytest.mark.parametrize("address", WITH_FACTS)
async def test_records_with_facts_can_include_sources(client: Client, address: str) -> None:
    answer = (await client.get(f"{address}include=sources")).json()
    assert "tester-2020" in [source["id"] for source in answer["included"]["sources"]]


async def test_study_tells_its_numbers_and_their_source(client: Client) -> None:
    study = (await client.get("/v1/studies/tester-2020")).json()["data"]
    outcome = study["outcomes"][0]
    assert outcome["arms"][0] | {"events": 30, "n": 60, "percent": 50.0} == outcome["arms"][0]
    assert (outcome["source"], outcome["check"], outcome["contrasts"][0]["estimate"]) == ("tester-2020", "seen", 2.5)
    assert study["registration"][0]["system"] == "http://clinicaltrials.gov"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("system=rxnorm&code=1234", [("drugs", "exemplin", "current")]),
        ("system=rxnorm&code=99", [("drugs", "exemplin", "superseded")]),
        ("system=http://www.nlm.nih.gov/research/umls/rxnorm&code=1234", [("drugs", "exemplin", "current")]),
        ("system=atc&code=z01ax01", [("drugs", "exemplin", "current")]),
        ("system=icd-10&code=Z99", [("conditions", "sample-illness", "current")]),
        ("system=nct&code=NCT00000000", [("sources", "tester-2020", "current"), ("studies", "tester-2020", "current")]),
        ("system=pmid&code=1", [("sources", "tester-2020", "current")]),
        ("system=doi&code=10.5555/EXEMPLIN", [("sources", "tester-2020", "current")]),
    ],
)
async def test_lookup_finds_records_by_any_code(client: Client, query: str, expected: list[tuple[str, str, str]]) -> None:
    answer = (await client.get(f"/v1/lookup?{query}")).json()
    assert [(row["collection"], row["id"], row["status"]) for row in answer["data"]] == expected
    for row in answer["data"]:
        assert (await client.get(row["links"]["self"])).status_code == 200


async def test_changes_come_newest_first(client: Client) -> None:
    answer = (await client.get("/v1/changes?since=2026-03-01")).json()
    assert [(row["date"], row["kind"], row["id"]) for row in answer["data"]] == [
        ("2026-03-06", "withdrawn", "treatment.exemplin.safety.sneezing"),
        ("2026-03-05", "corrected", FACT),
        ("2026-03-01", "withdrawn", "old-word"),
        ("2026-03-01", "withdrawn", "term.old-word.definition.meaning"),
    ]
    everything = (await client.get("/v1/changes?limit=100")).json()
    assert everything["meta"]["total"] == 4 + 14 + 16


async def test_aliases_redirect_and_keep_the_query(client: Client) -> None:
    for address, canonical in {
        "/v1/treatments/exa?sections=safety": "/v1/treatments/exemplin?sections=safety",
        "/v1/treatments/EXA/safety": "/v1/treatments/exemplin/safety",
        "/v1/drugs/exa": "/v1/drugs/exemplin",
        "/v1/terms/sasc": "/v1/terms/sample-scale",
    }.items():
        answer = await client.get(address)
        assert (answer.status_code, answer.headers["location"]) == (308, canonical)
        assert (await client.get(canonical)).status_code == 200


async def test_every_link_in_every_answer_leads_somewhere(client: Client) -> None:
    seen: set[str] = set()
    waiting = ["/v1"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = await client.get(address)
        assert answer.status_code in {200, 410}, (address, answer.text)
        if answer.status_code == 200 and answer.headers["content-type"] == "application/json":
            waiting += [link for link in _links(answer.json()) if link.startswith("/v1")]
    assert len(seen) > 35


def _links(data: Any, key: str = "") -> list[str]:
    if isinstance(data, dict):
        members = cast("dict[str, Any]", data)
        return [link for name, value in members.items() for link in _links(value, name)]
    if isinstance(data, list):
        return [link for value in cast("list[Any]", data) for link in _links(value, key)]
    named = key in {"self", "href", "context", "next", "prev", "successor"} or (isinstance(data, str) and data.startswith("/v1/"))
    return [data] if named and isinstance(data, str) else []


async def test_synthesis_is_computed_from_the_trial(client: httpx.AsyncClient) -> None:
    """30 of 60 against 12 of 60: risk ratio 2.5, standard error of its logarithm sqrt(1/30 - 1/60 + 1/12 - 1/60)."""
    synthesis = (await client.get("/v1/syntheses/exemplin-response")).json()["data"]
    result = synthesis["result"]
    assert (result["k"], result["n"], result["estimate"], result["se"]) == (1, 120, 2.5, 0.288675)
    assert (result["ci_low"], result["ci_high"]) == (1.41977, 4.40211)
    entry = synthesis["entries"][0]
    assert (entry["events_t"], entry["n_t"], entry["events_c"], entry["n_c"], entry["weight_percent"]) == (30, 60, 12, 60, 100)
    assert {row["model"] for row in synthesis["sensitivity"]} == {"fixed-mh", "fixed-iv", "pm", "reml"}


async def test_synthesis_without_estimate_says_why(client: httpx.AsyncClient) -> None:
    synthesis = (await client.get("/v1/syntheses/exemplin-remission")).json()["data"]
    assert (synthesis["pooled"], synthesis["result"], synthesis["entries"]) == (False, None, [])
    assert synthesis["reason"] == "No trial has measured remission."
    assert synthesis["excluded"][0]["study"] == "tester-2020"


async def test_syntheses_are_filtered(client: httpx.AsyncClient) -> None:
    rows = (await client.get("/v1/syntheses", params={"outcome": "response"})).json()["data"]
    assert [row["id"] for row in rows] == ["exemplin-response"]
    assert len((await client.get("/v1/syntheses", params={"timepoint": "P1D"})).json()["data"]) == 2
    wrong = await client.get("/v1/syntheses", params={"outcome": "respons"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["did_you_mean"][0] == "response"
