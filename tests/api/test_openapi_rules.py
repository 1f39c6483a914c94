"""What a running service describes, by the recommended rules of Spectral and Redocly, and in the words of OpenAPI 3.0."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate  # pyright: ignore[reportUnknownVariableType] -- partly typed

from app.api.openapi30 import render_openapi30

ROOT = Path(__file__).parents[2]
RULES = ROOT / "tools/openapi"
pytestmark = pytest.mark.anyio


@pytest.mark.skipif(
    not (RULES / "node_modules").exists() or shutil.which("node") is None, reason="needs Node and `make openapi-packages`; CI has them"
)
async def test_served_descriptions_pass_the_rules(client: httpx.AsyncClient, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("openapi.json", "openapi-3.0.json")]
    for file in files:
        file.write_text((await client.get(f"/{file.name}")).text, encoding="utf-8")
    report = subprocess.run([RULES / "check.sh", *files], capture_output=True, text=True, check=False)  # noqa: ASYNC221 -- one at a time
    assert report.returncode == 0, report.stdout + report.stderr


async def test_older_rendition_is_valid_and_has_the_same_operations_and_members(client: httpx.AsyncClient) -> None:
    new: dict[str, Any] = (await client.get("/openapi.json")).json()
    old: dict[str, Any] = (await client.get("/openapi-3.0.json")).json()
    assert old["openapi"] == "3.0.3"
    validate(old)
    assert list(old["paths"]) == list(new["paths"])
    for path, item in new["paths"].items():
        names = [(parameter["name"], parameter["required"]) for parameter in item["get"].get("parameters", [])]
        assert [(parameter["name"], parameter["required"]) for parameter in old["paths"][path]["get"].get("parameters", [])] == names
        assert list(old["paths"][path]["get"]["responses"]) == list(item["get"]["responses"])
    for name, schema in new["components"]["schemas"].items():
        assert list(old["components"]["schemas"][name].get("properties", {})) == list(schema.get("properties", {})), name
    text = json.dumps(old)
    for word in ('"type": "null"', '"const"', '"exclusiveMinimum": 0', '"examples": ['):
        assert word not in text, word


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "description": "D"}, {"type": "string", "description": "D", "nullable": True}),
        (
            {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
            {"type": "object", "nullable": True, "allOf": [{"$ref": "#/x"}]},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}]},
            {"anyOf": [{"type": "string", "nullable": True}, {"type": "number", "nullable": True}]},
        ),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, {"anyOf": [{"type": "string"}, {"type": "number"}]}),
        ({"$ref": "#/x", "description": "D"}, {"allOf": [{"$ref": "#/x"}], "description": "D"}),
        ({"$ref": "#/x"}, {"$ref": "#/x"}),
        ({"const": "a", "type": "string"}, {"enum": ["a"], "type": "string"}),
        ({"type": ["object", "array"]}, {"anyOf": [{"type": "object"}, {"type": "array"}]}),
        ({"type": "number", "exclusiveMinimum": 0}, {"type": "number", "minimum": 0, "exclusiveMinimum": True}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        ({"properties": {"const": {"type": "string"}}}, {"properties": {"const": {"type": "string"}}}),
    ],
)
async def test_each_word_of_the_newer_version_has_one_in_the_older(new: dict[str, Any], old: dict[str, Any]) -> None:
    document = {"openapi": "3.1.0", "info": {"title": "T", "summary": "S"}, "paths": {}, "components": {"schemas": {"A": new}}}
    rendered = render_openapi30(document)
    assert rendered["components"]["schemas"]["A"] == old
    assert rendered["info"] == {"title": "T"}
