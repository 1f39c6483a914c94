"""Which format an answer comes in, and how it names the others."""

import re
from typing import Any

import httpx
import pytest

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio

TYPES = {
    "json": "application/json", "md": "text/markdown", "jsonld": "application/ld+json", "fhir": "application/fhir+json", "csv": "text/csv",
    "svg": "image/svg+xml", "csl": "application/vnd.citationstyles.csl+json", "bibtex": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
}  # fmt: skip

FORMATS = {
    "/v1/treatments/exemplin": ["json", "md", "jsonld", "fhir"],
    "/v1/treatments/exemplin/safety": ["json", "md", "jsonld", "fhir"],
    "/v1/treatments/exemplin/efficacy": ["json", "md", "jsonld", "fhir", "svg"],
    "/v1/drugs/exemplin": ["json", "md", "jsonld", "fhir"],
    "/v1/conditions/sample-illness": ["json", "md", "jsonld", "fhir"],
    "/v1/studies": ["json", "csv"],
    "/v1/studies/tester-2020": ["json", "md", "jsonld", "fhir", "svg"],
    "/v1/syntheses/exemplin-response": ["json", "md", "jsonld", "fhir", "svg"],
    "/v1/claims/exemplin-cures": ["json", "md", "jsonld"],
    "/v1/terms/response": ["json", "md", "jsonld"],
    "/v1/facts": ["json", "csv"],
    "/v1/facts/treatment.exemplin.safety.hiccups": ["json", "md", "jsonld"],
    "/v1/compare?treatments=exemplin,sampline": ["json", "md", "csv", "svg"],
    "/v1/treatments": ["json"],
    "/v1/sources": ["json", "csl", "bibtex", "ris"],
    "/v1/sources/tester-2020": ["json", "md", "jsonld", "fhir", "csl", "bibtex", "ris"],
    "/v1/dump": ["json"],
}


def read_media_type(answer: httpx.Response) -> str:
    return answer.headers["content-type"].partition(";")[0]


def read_alternates(answer: httpx.Response) -> dict[str, str]:
    """Addresses of the other formats, by media type."""
    found = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', answer.headers.get("link", ""))
    return {media_type: address for address, media_type in found}


@pytest.mark.parametrize("address", FORMATS)
async def test_every_format_is_had_by_parameter_and_by_accept(client: Client, address: str) -> None:
    for name in FORMATS[address]:
        by_parameter = await client.get(address + ("&" if "?" in address else "?") + f"format={name}", headers={"Accept": "image/png"})
        by_accept = await client.get(address, headers={"Accept": TYPES[name]})
        assert (by_parameter.status_code, read_media_type(by_parameter)) == (200, TYPES[name])
        assert (by_accept.status_code, read_media_type(by_accept)) == (200, TYPES[name])


@pytest.mark.parametrize("address", FORMATS)
async def test_answers_name_the_other_formats(client: Client, address: str) -> None:
    for name in FORMATS[address]:
        answer = await client.get(address + ("&" if "?" in address else "?") + f"format={name}")
        alternates = read_alternates(answer)
        assert list(alternates) == [TYPES[other] for other in FORMATS[address] if other != name]
        for media_type, other in alternates.items():
            assert other.startswith("/v1/")
            assert read_media_type(await client.get(other)) == media_type


async def test_every_record_names_the_formats_that_the_contract_gives_its_operation(client: Client) -> None:
    paths: dict[str, Any] = (await client.get("/openapi.json")).json()["paths"]
    walked = 0
    for path, item in paths.items():
        collection, _, rest = path.removeprefix("/v1/").partition("/")
        if not rest.endswith("_id}"):
            continue
        described = set(item["get"]["responses"]["200"]["content"])
        for entry in (await client.get(f"/v1/{collection}?limit=100&fields=links.self")).json()["data"]:
            answer = await client.get(entry["links"]["self"])
            assert {read_media_type(answer), *read_alternates(answer)} == described, entry
            walked += 1
    assert walked > 20


async def test_alternates_keep_the_selection_and_stand_beside_the_pages(client: Client) -> None:
    answer = await client.get("/v1/treatments/exemplin?sections=safety")
    assert read_alternates(answer)["text/markdown"] == "/v1/treatments/exemplin?format=md&sections=safety"
    assert "Hiccups" in (await client.get("/v1/treatments/exemplin?format=md&sections=safety")).text
    link = (await client.get("/v1/facts?limit=5")).headers["link"]
    assert link.startswith('</v1/facts?limit=5&offset=5>; rel="next", </v1/facts?format=csv&limit=5>; rel="alternate"')


STUDY = "/v1/studies/tester-2020"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "json"),
        ("", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("image/avif,image/webp,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "svg"),
        ("image/*", "svg"),
        ("text/*", "md"),
        ("application/*", "json"),
        ("application/ld+json, application/json;q=0.9", "jsonld"),
        ("application/json;q=0.5, application/fhir+json;q=0.9", "fhir"),
        ("application/fhir+json, application/ld+json, text/markdown", "md"),
        ("application/*;q=0.9, application/json;q=0.1", "jsonld"),
        ("*/*, application/json;q=0", "md"),
        ("*/*;q=0.1, text/*;q=0.05, image/*;q=0.2", "svg"),
        ("TEXT/MARKDOWN; Charset=UTF-8 ; Q=1.0", "md"),
        ("text/markdown;q=high, application/json;q=0.2", "json"),
        ("text/markdown;q=2, application/json;q=0.2", "json"),
        ("application/problem+json", "json"),
        ("application/fhir+json; fhirVersion=5.0", "fhir"),
        ("text/markdown;q=0.2, text/markdown;q=0.9, application/json;q=0.5", "md"),
    ],
)
async def test_accept_is_weighed_by_quality_then_by_how_specific_it_is(client: Client, accept: str, expected: str) -> None:
    assert read_media_type(await client.get(STUDY, headers={"Accept": accept})) == TYPES[expected]


async def test_accept_in_several_headers_counts_as_one(client: Client) -> None:
    answer = await client.get(STUDY, headers=[("Accept", "application/json;q=0.4"), ("Accept", "text/markdown;q=0.6")])
    assert read_media_type(answer) == "text/markdown"


async def test_format_wins_over_accept(client: Client) -> None:
    answer = await client.get(f"{STUDY}?format=json", headers={"Accept": "text/markdown"})
    assert read_media_type(answer) == "application/json"


@pytest.mark.parametrize("address", FORMATS)
async def test_a_format_that_is_lacking_names_those_there_are(client: Client, address: str) -> None:
    lacking = [name for name in TYPES if name not in FORMATS[address]]
    for name in (*lacking, "xml", "JSON", ""):
        answer = await client.get(address + ("&" if "?" in address else "?") + f"format={name}")
        assert (answer.status_code, answer.json()["formats"]) == (406, FORMATS[address])
    for accept in ("image/png", "*/*;q=0", "application/json;q=0", *(TYPES[name] for name in lacking)):
        answer = await client.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["formats"]) == (406, FORMATS[address])
        assert all(name in answer.json()["detail"] for name in FORMATS[address])


async def test_parameters_that_shape_json_are_checked_in_every_format(client: Client) -> None:
    for name in ("md", "jsonld", "fhir"):
        for query in ("fields=nothing", "include=nothing"):
            assert (await client.get(f"/v1/drugs/exemplin?format={name}&{query}")).status_code == 422
        assert (await client.get(f"/v1/drugs/exemplin?format={name}&fields=id&include=sources")).status_code == 200


@pytest.mark.parametrize("name", ["md", "jsonld", "fhir"])
async def test_unknown_moved_and_withdrawn_records_answer_alike_in_every_format(client: Client, name: str) -> None:
    assert (await client.get(f"/v1/drugs/nothing?format={name}")).status_code == 404
    moved = await client.get(f"/v1/drugs/exa?format={name}")
    assert (moved.status_code, moved.headers["location"]) == (308, f"/v1/drugs/exemplin?format={name}")
    if name != "fhir":
        assert (await client.get(f"/v1/terms/old-word?format={name}")).status_code == 410


async def test_every_format_is_described_in_the_contract(client: Client) -> None:
    paths: dict[str, Any] = (await client.get("/openapi.json")).json()["paths"]
    for address, formats in {
        "/v1/treatments/{treatment_id}": FORMATS["/v1/treatments/exemplin"],
        "/v1/studies/{study_id}": FORMATS[STUDY],
        "/v1/facts": FORMATS["/v1/facts"],
        "/v1/claims/{claim_id}": FORMATS["/v1/claims/exemplin-cures"],
    }.items():
        operation = paths[address]["get"]
        assert list(operation["responses"]["200"]["content"]) == [TYPES[name] for name in formats]
        parameter = next(parameter for parameter in operation["parameters"] if parameter["name"] == "format")
        assert parameter["schema"]["enum"] == formats
        assert "wins over the `Accept` header" in parameter["description"]
        assert "highest `q`" in parameter["description"]
