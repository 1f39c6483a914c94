import json
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from app.formats.jsonld.source import render_source_page
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.schemas.v1.envelope import Meta
from app.schemas.v1.source import Source
from tests.formats.figures import Rendered, find_cited, find_facts, find_numbers, get_text, list_objects, read_all, walk

pytestmark = pytest.mark.anyio

SCHEMA = "https://schema.org/"
SERVER = "https://server.example"
OWN = "urn:treatment-information:v1:"
RECORDS = ("treatments", "sections", "drugs", "conditions", "studies", "syntheses", "claims", "terms", "facts", "sources")
Graphs = list[tuple[Rendered, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def graphs(folder: Path) -> Graphs:
    """Every record that comes in JSON-LD, with its nodes under full names."""
    return [(record, expand(record.text)) for record in read_all(folder, "jsonld", *RECORDS)]


def refuse(address: str, *_: object) -> NoReturn:
    raise AssertionError(f"the answer wants {address} to be loaded")


def expand(text: str) -> list[dict[str, Any]]:
    """The nodes of an answer under full names, with every load refused. Addresses are relative to the server again."""
    run: Callable[..., list[dict[str, Any]]] = import_module("pyld.jsonld").expand
    nodes = run(json.loads(text), {"documentLoader": refuse, "base": f"{SERVER}/v1"})
    return json.loads(json.dumps(nodes).replace(f'"{SERVER}/', '"/'))


def find_nodes(nodes: Any, kind: str) -> dict[str, dict[str, Any]]:
    """The nodes of a type, by id."""
    return {node["@id"]: node for node in list_objects(nodes) if SCHEMA + kind in node.get("@type", ()) and SCHEMA + "identifier" in node}


def find_ids(node: dict[str, Any], name: str) -> list[str]:
    return [value["@id"] for value in node.get(name, ())]


def find_values(node: dict[str, Any], name: str) -> list[Any]:
    return [value["@value"] for value in node.get(name, ())]


def test_every_record_expands_without_network_and_keeps_every_number_fact_and_source(graphs: Graphs) -> None:
    for record, nodes in graphs:
        missing = find_numbers(record.data) - find_numbers(nodes)
        assert not missing, (record.address, missing)
        claims = find_nodes(nodes, "Claim")
        assert {node: find_ids(claims[node], SCHEMA + "citation") for node in claims} == {
            f"/v1/facts/{name}": [f"/v1/sources/{source}" for source in sources] for name, sources in find_facts(record.data).items()
        }, record.address
        described = {node["@id"] for node in nodes if SCHEMA + "datePublished" in node or OWN + "citation" in node}
        assert {f"/v1/sources/{name}" for name in find_cited(record.data)} <= described, record.address


def test_every_text_of_a_document_is_in_its_graph(graphs: Graphs) -> None:
    for record, nodes in graphs:
        told = {value for key, value in walk(nodes) if key in {"@value", "@id"}}
        texts = {value for key, value in walk(record.data) if isinstance(value, str) and key not in {"href", "self"} and " " in value}
        assert texts <= told, (record.address, texts - told)


def test_what_search_engines_require_of_questions_claims_and_data_sets_is_there(graphs: Graphs) -> None:
    """Google's required properties of FAQPage, ClaimReview and Dataset: the types among ours that it shows specially."""
    seen: Counter[str] = Counter()
    for record, nodes in graphs:
        typed = [(node["@type"][0].removeprefix(SCHEMA), node) for node in list_objects(nodes) if len(node.get("@type", ())) == 1]
        for kind, node in typed:
            seen[kind] += 1
            match kind:
                case "FAQPage":
                    assert {entry["@type"][0] for entry in node[SCHEMA + "mainEntity"]} == {SCHEMA + "Question"}, record.address
                case "Question":
                    assert find_values(node, SCHEMA + "name")[0].endswith("?"), record.address
                    (answer,) = node[SCHEMA + "acceptedAnswer"]
                    assert find_values(answer, SCHEMA + "text")[0], record.address
                case "ClaimReview":
                    assert find_values(node, SCHEMA + "claimReviewed")[0], record.address
                    assert find_values(node[SCHEMA + "reviewRating"][0], SCHEMA + "alternateName")[0], record.address
                    assert find_ids(node, SCHEMA + "url") == [record.address]
                case "Dataset" if SCHEMA + "measurementTechnique" in node or SCHEMA + "distribution" in node:
                    assert find_values(node, SCHEMA + "name")[0], record.address
                    assert 50 <= len(find_values(node, SCHEMA + "description")[0]) <= 5000, record.address
                    assert find_ids(node, SCHEMA + "license") == ["https://creativecommons.org/licenses/by/4.0/"]
                case _:
                    pass
    assert all(seen[kind] for kind in ("FAQPage", "Question", "ClaimReview", "Dataset"))


async def test_statement_keeps_certainty_locator_warnings_and_review(client: httpx.AsyncClient) -> None:
    nodes = expand(await get_text(client, "/v1/treatments/exemplin", "jsonld"))
    claim = find_nodes(nodes, "Claim")["/v1/facts/treatment.exemplin.efficacy.response"]
    assert find_values(claim, SCHEMA + "identifier") == ["treatment.exemplin.efficacy.response"]
    assert find_values(claim, OWN + "certainty") == ["low"]
    assert find_values(claim, OWN + "reviewed") == ["2026-02-01"]
    assert find_ids(claim, OWN + "see_also") == ["/v1/facts/treatment.exemplin.safety.hiccups"]
    (source,) = claim[OWN + "sources"]
    assert find_ids(source, OWN + "source") == ["/v1/sources/tester-2020"]
    assert find_values(source, OWN + "locator") == ["Table 1"]


async def test_treatment_is_a_therapy_with_drug_legal_status_dose_and_questions(client: httpx.AsyncClient) -> None:
    nodes = expand(await get_text(client, "/v1/treatments/exemplin", "jsonld"))
    (therapy,) = find_nodes(nodes, "MedicalTherapy").values()
    assert find_ids(therapy, SCHEMA + "drug") == ["/v1/drugs/exemplin"]
    (status,) = therapy[SCHEMA + "legalStatus"]
    assert find_values(status, SCHEMA + "name") == ["not a medicine anywhere"]
    (dose,) = therapy[SCHEMA + "doseSchedule"]
    assert (find_values(dose, SCHEMA + "doseValue"), find_values(dose, SCHEMA + "doseUnit")) == ([10], ["mg"])
    assert find_ids(dose, OWN + "see_also") == ["/v1/facts/treatment.exemplin.safety.hiccups"]
    (page,) = (node for node in nodes if SCHEMA + "FAQPage" in node.get("@type", ()))
    questions = page[SCHEMA + "mainEntity"]
    assert len(questions) == 15
    first = questions[0]
    answer = first[SCHEMA + "acceptedAnswer"][0]
    assert find_values(first, SCHEMA + "name") == ["How does exemplin work?"]
    assert find_values(answer, SCHEMA + "text")[0].startswith("In made-up mice")
    assert find_ids(answer, SCHEMA + "citation") == ["/v1/sources/example-agency-exemplin-2019"]


async def test_page_names_release_licence_review_and_disclaimer(client: httpx.AsyncClient) -> None:
    meta = (await client.get("/v1/drugs/exemplin")).json()["meta"]
    nodes = expand(await get_text(client, "/v1/drugs/exemplin", "jsonld"))
    page = nodes[0]
    assert page["@type"] == [SCHEMA + "MedicalWebPage"]
    assert find_values(page, SCHEMA + "version") == [meta["release"]]
    assert find_values(page, SCHEMA + "lastReviewed") == ["2026-02-01"]
    assert find_values(page, SCHEMA + "usageInfo") == [meta["disclaimer"]]
    assert find_ids(page, SCHEMA + "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert find_ids(page, SCHEMA + "mainEntity") == ["/v1/drugs/exemplin"]


async def test_drug_has_its_codes_and_current_rxnorm_number(client: httpx.AsyncClient) -> None:
    drug = find_nodes(expand(await get_text(client, "/v1/drugs/exemplin", "jsonld")), "Drug")["/v1/drugs/exemplin"]
    codes = {value for code in drug[SCHEMA + "code"] for value in find_values(code, SCHEMA + "codeValue")}
    assert codes == {"1234", "99", "Z01AX01"}
    assert find_values(drug, SCHEMA + "rxcui") == ["1234"]
    assert find_values(drug, SCHEMA + "nonProprietaryName") == ["exemplin"]
    assert [find_values(status, SCHEMA + "name") for status in drug[SCHEMA + "legalStatus"]] == [
        ["Exemplin for testing: not a medicine anywhere"]
    ]


async def test_study_says_how_it_was_done_in_words_of_schema_org(client: httpx.AsyncClient) -> None:
    study = find_nodes(expand(await get_text(client, "/v1/studies/tester-2020", "jsonld")), "MedicalTrial")["/v1/studies/tester-2020"]
    designs = ("RandomizedTrial", "DoubleBlindedTrial", "PlaceboControlledTrial", "SingleCenterTrial")
    assert find_ids(study, SCHEMA + "trialDesign") == [SCHEMA + name for name in designs]


async def test_claim_is_never_without_its_verdict(client: httpx.AsyncClient) -> None:
    nodes = expand(await get_text(client, "/v1/claims/exemplin-cures", "jsonld"))
    (review,) = find_nodes(nodes, "ClaimReview").values()
    assert find_values(review[SCHEMA + "reviewRating"][0], SCHEMA + "alternateName") == ["not supported"]
    assert find_ids(review, SCHEMA + "isBasedOn") == ["/v1/facts/treatment.exemplin.efficacy.response", "/v1/studies/tester-2020"]


async def test_single_fact_and_section_agree_with_the_document(client: httpx.AsyncClient) -> None:
    whole = find_nodes(expand(await get_text(client, "/v1/treatments/exemplin", "jsonld")), "Claim")
    for address in ("/v1/treatments/exemplin/safety", "/v1/facts/treatment.exemplin.safety.hiccups"):
        part = find_nodes(expand(await get_text(client, address, "jsonld")), "Claim")
        assert part == {name: whole[name] for name in ("/v1/facts/treatment.exemplin.safety.hiccups",)}


async def test_answer_does_not_depend_on_the_host(client: httpx.AsyncClient) -> None:
    for name in ("jsonld", "fhir", "md"):
        texts = {
            (await client.get(f"/v1/treatments/exemplin?format={name}", headers={"Host": host})).text
            for host in ("one.example", "two.example")
        }
        assert len(texts) == 1
        assert "one.example" not in texts.pop()


async def test_source_is_an_article_with_its_numbers_and_the_facts_that_cite_it(client: httpx.AsyncClient, releases: Path) -> None:
    store = ReleaseStore(ReleaseFolder(releases).get_current())
    source = store.get_item("sources", "tester-2020", Source)
    meta = Meta.model_validate((await client.get("/v1")).json()["meta"])
    (article,) = find_nodes(expand(render_source_page(source, meta)), "ScholarlyArticle").values()
    numbers = {find_values(entry, SCHEMA + "value")[0] for entry in article[SCHEMA + "identifier"] if SCHEMA + "propertyID" in entry}
    assert numbers == {"1", "10.5555/exemplin"}
    assert [entry["@type"] for entry in article[SCHEMA + "author"]] == [[SCHEMA + "Person"]] * 2
    assert find_ids(article, OWN + "cited_by") == [f"/v1/facts/{name}" for name in source.cited_by]
    (report,) = (
        node for node in expand(await get_text(client, "/v1/treatments/exemplin/mechanism", "jsonld")) if SCHEMA + "Report" in node["@type"]
    )
    assert report[SCHEMA + "author"][0]["@type"] == [SCHEMA + "Organization"]


async def test_contraindication_says_how_strict_it_is(published_client: httpx.AsyncClient) -> None:
    nodes = expand(await get_text(published_client, "/v1/treatments/esketamine", "jsonld"))
    therapy = find_nodes(nodes, "MedicalTherapy")["/v1/treatments/esketamine"]
    assert therapy[SCHEMA + "contraindication"]
    for node in therapy[SCHEMA + "contraindication"]:
        assert find_values(node, OWN + "strength")[0] in {"absolute", "relative", "trial-exclusion", "caution"}
        assert find_ids(node, SCHEMA + "subjectOf")[0].startswith("/v1/facts/treatment.esketamine.")
