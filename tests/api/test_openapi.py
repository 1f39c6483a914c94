import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from app.main import create_app
from app.settings import Settings

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio


@pytest.fixture
async def served(client: Client) -> dict[str, Any]:
    return (await client.get("/openapi.json")).json()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, item["get"]) for path, item in document["paths"].items()]


async def test_every_operation_is_described_with_typed_errors_and_a_real_example(served: dict[str, Any]) -> None:
    assert served["openapi"].startswith("3.1")
    for path, operation in operations(served):
        assert operation["summary"], path
        assert operation["description"], path
        content = operation["responses"]["200"]["content"].get("application/json")
        assert (content is None) is path.startswith("/v1/dump."), path
        if content is not None:
            (example,) = content["examples"].values()
            jsonschema.validate(
                example["value"], {**content["schema"], "components": served["components"]}, jsonschema.Draft202012Validator
            )
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert response["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, path
        assert list(operation["responses"]) == sorted(operation["responses"]), path
        assert {"400", "408", "413", "414", "422", "431", "500"} <= set(operation["responses"]), path
        if path.startswith("/v1"):
            assert {"304", "406", "429", "503"} <= set(operation["responses"]), path


async def test_every_field_and_parameter_is_described(served: dict[str, Any]) -> None:
    for name, schema in served["components"]["schemas"].items():
        assert schema.get("description"), name
        if name == "Part":
            continue
        for field, description in schema["properties"].items():
            assert description.get("description") or field == "kind", (name, field)
        assert set(schema["required"]) == set(schema["properties"]), name
    for path, operation in operations(served):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (path, parameter["name"])


async def test_parameters_list_the_values_of_the_release(served: dict[str, Any]) -> None:
    facts = served["paths"]["/v1/facts"]["get"]["parameters"]
    schema = {parameter["name"]: parameter["schema"] for parameter in facts}
    assert schema["treatment"]["enum"] == ["exemplin", "sampline"]
    assert "treatment.exemplin.safety.hiccups" in schema["ids"]["items"]["enum"]
    assert schema["include"]["items"]["enum"] == ["sources", "studies", "terms"]
    assert "x-values" not in json.dumps(served)


async def test_examples_are_there_however_many_records_there_are(published: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=published, access_log=False)))
    async with Client(transport=transport, base_url="http://test") as client:
        paths: dict[str, Any] = (await client.get("/openapi.json")).json()["paths"]
    for path, operation in ((path, item["get"]) for path, item in paths.items() if not path.startswith("/v1/dump.")):
        (example,) = operation["responses"]["200"]["content"]["application/json"]["examples"].values()
        assert example["value"].get("data") or path in {"/healthz", "/readyz"}, path
    example = paths["/v1/facts/{fact_id}"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]["real"]
    assert example["summary"] == "GET /v1/facts/treatment.ketamine.safety.dissociation"


async def test_operation_ids_are_unique_method_names(served: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(served)]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


async def test_yaml_is_the_same_document(client: Client) -> None:
    as_json, as_yaml = await client.get("/openapi.json"), await client.get("/openapi.yaml")
    assert as_yaml.headers["content-type"].startswith("application/yaml")
    assert json.loads(as_yaml.text) == as_json.json()


async def test_description_is_made_once_for_a_release(client: Client) -> None:
    assert (await client.get("/openapi.json")).content == (await client.get("/openapi.json")).content


async def test_contract_works_behind_a_path_prefix(releases: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=releases)), root_path="/info")
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/openapi.json")).json()["servers"][0]["url"] == "/info"
        assert (await client.get("/v1/terms?limit=1")).json()["links"]["self"] == "/v1/terms?limit=1"
        assert (await client.get("/v1/drugs/exa")).headers["location"] == "/info/v1/drugs/exemplin"


def test_committed_contract_has_no_values_of_a_release() -> None:
    contract = json.loads((Path(__file__).parents[2] / "docs/openapi-v1.json").read_text(encoding="utf-8"))
    assert next(iter(contract["paths"])) == "/v1"
    assert "examples" not in contract["paths"]["/v1/facts"]["get"]["responses"]["200"]["content"]["application/json"]
