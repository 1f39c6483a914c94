import json
import re
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from fhir.resources.bundle import Bundle
from pydantic import ValidationError

from app.main import create_app
from app.settings import Settings
from tests.formats.figures import Rendered, find_cited, find_facts, find_numbers, get_data, get_text, list_objects, read_all

pytestmark = pytest.mark.anyio

OWN = "urn:treatment-information:"
DOCUMENT = Path(__file__).parents[2] / "docs" / "fhir.md"
RECORDS = ("treatments", "sections", "drugs", "conditions", "studies", "syntheses", "sources")


@pytest.fixture(scope="module")
def bundles(folder: Path) -> list[tuple[Rendered, dict[str, Any]]]:
    """Every record that comes in FHIR, with its bundle, which has passed the validator."""
    found = read_all(folder, "fhir", *RECORDS)
    for record in found:
        Bundle.model_validate_json(record.text)
    return [(record, json.loads(record.text)) for record in found]


async def get_bundle(reader: httpx.AsyncClient, address: str) -> dict[str, Any]:
    """A bundle that has passed the validator."""
    text = await get_text(reader, address, "fhir")
    Bundle.model_validate_json(text)
    return json.loads(text)


def list_resources(bundle: dict[str, Any], kind: str | None = None) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if kind in {None, entry["resource"]["resourceType"]}]


def find_identifier(resource: dict[str, Any]) -> str:
    """Our own id of what a resource is about."""
    return next(entry["value"] for entry in resource["identifier"] if entry["system"].startswith(OWN))


def find_artifacts(element: dict[str, Any]) -> list[str]:
    """The sources that an element names itself, in order."""
    named = [entry["valueRelatedArtifact"] for entry in element.get("extension", ()) if "valueRelatedArtifact" in entry]
    artifacts = [*element.get("relatedArtifact", ()), *named]
    return [entry["resourceReference"]["identifier"]["value"] for entry in artifacts if entry["type"] == "citation"]


def find_statements(bundle: dict[str, Any]) -> dict[str, list[str]]:
    """The sources of each fact in a bundle, by the id of the fact: facts that are resources, and those inside others."""
    alone = {
        find_identifier(resource): find_artifacts(resource)
        for resource in list_resources(bundle)
        if resource.get("identifier", [{}])[0].get("system") == f"{OWN}facts"
    }
    inside = {
        next(entry["valueString"] for entry in value["extension"] if entry["url"] == "id"): find_artifacts(value)
        for value in list_objects(bundle)
        if value.get("url") == f"{OWN}statement"
    }
    return {**alone, **inside}


def test_every_record_is_valid_and_keeps_every_number_fact_and_source(bundles: list[tuple[Rendered, dict[str, Any]]]) -> None:
    for record, bundle in bundles:
        dated = ("year",) if record.address.startswith("/v1/sources/") else ()  # of a source it is a date there, and so a text
        missing = find_numbers(record.data, "version", *dated) - find_numbers(bundle)
        assert not missing, (record.address, missing)
        assert not dated or f'"articleDate":"{record.data["year"]}"' in record.text or record.data["year"] is None, record.address
        statements, facts = find_statements(bundle), find_facts(record.data)
        assert {name: statements[name] for name in facts} == facts, record.address
        assert find_cited(record.data) <= {find_identifier(citation) for citation in list_resources(bundle, "Citation")}, record.address


def test_every_reference_leads_to_a_resource_or_names_a_record(bundles: list[tuple[Rendered, dict[str, Any]]]) -> None:
    for record, bundle in bundles:
        inside = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
        assert len(inside) == len(bundle["entry"])
        for full, resource in inside.items():
            assert full == f"urn:uuid:{uuid.UUID(resource['id'])}"
        for value in list_objects(bundle):
            if str(value.get("reference", "")).startswith("urn:uuid:"):
                found = inside.get(value["reference"])
                assert found is not None or "identifier" in value, (record.address, value)
                if found is not None and "identifier" in value:
                    assert value["identifier"] in found["identifier"]
                if value.get("identifier", {}).get("system") == f"{OWN}sources":
                    assert found is not None, (record.address, value)


def test_the_validator_refuses_what_is_wrong() -> None:
    resource: dict[str, Any] = {
        "resourceType": "Evidence",
        "status": "active",
        "variableDefinition": [{"variableRole": {"text": "population"}}],
    }
    Bundle.model_validate({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]})
    for wrong in (
        {"resourceType": "Evidence", "status": "active", "unheard": 1},
        {**resource, "status": 5},
        {**resource, "statistic": {"quantity": 3}},
    ):
        with pytest.raises(ValidationError):
            Bundle.model_validate({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": wrong}]})


async def test_adverse_effect_is_an_undesirable_effect_with_counts_and_certainty(client: httpx.AsyncClient) -> None:
    bundle = await get_bundle(client, "/v1/treatments/exemplin/safety")
    (use,) = list_resources(bundle, "ClinicalUseDefinition")
    assert use["type"] == "undesirable-effect"
    effect = use["undesirableEffect"]
    assert effect["symptomConditionEffect"]["concept"]["text"] == "hiccups"
    assert effect["frequencyOfOccurrence"]["text"] == "very-common"
    details = next(entry for entry in use["extension"] if entry["url"] == f"{OWN}details")
    frequency = next(entry for entry in details["extension"] if entry["url"] == "frequency")
    assert {entry["url"]: value for entry in frequency["extension"] for key, value in entry.items() if key != "url"} == {
        "category": "very-common", "events": 6, "n": 60, "percent": 10.0, "population": "adults given exemplin",
    }  # fmt: skip
    (activity,) = list_resources(bundle, "ActivityDefinition")
    assert use["subject"][0]["reference"] == f"urn:uuid:{activity['id']}"


async def test_finding_is_evidence_with_question_certainty_and_source(client: httpx.AsyncClient) -> None:
    bundle = await get_bundle(client, "/v1/treatments/exemplin/efficacy")
    (evidence,) = list_resources(bundle, "Evidence")
    roles = [entry["variableRole"]["coding"][0]["code"] for entry in evidence["variableDefinition"]]
    assert roles == ["population", "exposure", "referenceExposure", "measuredVariable"]
    assert evidence["certainty"][0]["rating"]["coding"][0]["code"] == "low"
    assert evidence["relatedArtifact"][0]["label"] == "Table 1"


async def test_trial_gives_statistics_of_arms_and_comparisons(client: httpx.AsyncClient) -> None:
    bundle = await get_bundle(client, "/v1/studies/tester-2020")
    (study,) = list_resources(bundle, "ResearchStudy")
    found = list_resources(bundle, "Evidence")
    assert [result["reference"] for result in study["result"]] == [f"urn:uuid:{evidence['id']}" for evidence in found]
    response, _, told = found
    assert told["certainty"], "what the study found is told as a statement too"
    assert study["recruitment"]["actualNumber"] == 120
    arm = response["statistic"][0]
    assert (arm["numberOfEvents"], arm["sampleSize"]["knownDataCount"], arm["quantity"]["value"]) == (30, 60, 50)
    published = next(entry for entry in response["statistic"] if entry.get("category", {}).get("text") == "published")
    assert published["statisticType"]["coding"][0]["code"] == "C93152"
    interval = published["attributeEstimate"][0]
    assert (published["quantity"]["value"], interval["level"], interval["range"]["low"]["value"], interval["range"]["high"]["value"]) == (
        2.5, 0.95, 1.42, 4.41,
    )  # fmt: skip


async def test_synthesis_is_evidence_with_pooled_effect_and_graded_certainty(client: httpx.AsyncClient) -> None:
    data = await get_data(client, "/v1/syntheses/exemplin-response")
    evidence, told = list_resources(await get_bundle(client, "/v1/syntheses/exemplin-response"), "Evidence")
    assert told["assertion"]
    pooled = evidence["statistic"][0]
    assert pooled["quantity"]["value"] == data["result"]["estimate"]
    assert pooled["sampleSize"] == {"numberOfStudies": 1, "numberOfParticipants": 120}
    certainty = evidence["certainty"][0]
    assert certainty["rating"]["coding"][0]["code"] == "low"
    assert certainty["subcomponent"][0]["rating"]["coding"][0]["code"] == "serious-concern"
    empty = list_resources(await get_bundle(client, "/v1/syntheses/exemplin-remission"), "Evidence")[0]
    assert (empty["assertion"], "statistic" in empty) == ("No trial has measured remission.", False)


async def test_only_licensed_uses_are_indications(published_client: httpx.AsyncClient) -> None:
    for name, some in (("esketamine", True), ("bupropion", True), ("psilocybin", False)):
        bundle = await get_bundle(published_client, f"/v1/treatments/{name}")
        uses = [use for use in list_resources(bundle, "ClinicalUseDefinition") if use["type"] == "indication"]
        assert bool(uses) is some, name
        assert all(use["category"][0]["text"].startswith("licensed: ") for use in uses)
    bundle = await get_bundle(published_client, "/v1/treatments/ketamine")
    uses = [use for use in list_resources(bundle, "ClinicalUseDefinition") if use["type"] == "indication"]
    named = {use["indication"]["diseaseSymptomProcedure"]["concept"]["text"] for use in uses}
    assert all("anaesthesia" in text or "esketamine" in text for text in named)


async def test_bundle_names_release_licence_and_disclaimer_and_is_r5(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/drugs/exemplin?format=fhir")
    meta = (await client.get("/v1/drugs/exemplin")).json()["meta"]
    bundle = answer.json()
    assert answer.headers["content-type"] == "application/fhir+json; fhirVersion=5.0"
    assert bundle["meta"]["tag"] == [{"system": f"{OWN}release", "code": meta["release"]}]
    assert [entry["valueString"] for entry in bundle["meta"]["extension"]] == [meta["license"], meta["disclaimer"]]
    medicines = list_resources(bundle, "MedicationKnowledge")
    assert medicines[0]["code"]["coding"][0] == {
        "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1234", "display": "exemplin",
    }  # fmt: skip
    assert medicines[1]["definitional"]["doseForm"]["text"] == "tablet"


def test_every_extension_is_described(bundles: list[tuple[Rendered, dict[str, Any]]]) -> None:
    described = set(re.findall(r"`([a-z_-]+)`", DOCUMENT.read_text(encoding="utf-8")))
    schemas = create_app(Settings()).openapi()["components"]["schemas"]
    described |= {name for schema in schemas.values() for name in schema["properties"]}
    for record, bundle in bundles:
        used = {entry["url"].removeprefix(OWN) for value in list_objects(bundle) for entry in value.get("extension", ())}
        assert used <= described, (record.address, used - described)
