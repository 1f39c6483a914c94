"""The generated half of the Python client follows the OpenAPI description."""

import json
import subprocess
import sys
from typing import Any

import pytest

from generate import PACKAGE, render_models, render_package
from generation.description import Description
from generation.operations import render_operations
from tests.running import ROOT


@pytest.fixture
def document() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((ROOT / "docs" / "openapi-v1.json").read_text(encoding="utf-8"))
    return parsed


def test_committed_files_are_fresh() -> None:
    for path, text in render_package().items():
        assert path.read_text(encoding="utf-8") == text, "run `make openapi`"
    assert sorted(path.name for path in render_package()) == ["models.py", "operations.py"]
    assert PACKAGE.is_dir()


def test_check_passes_from_the_command_line() -> None:
    ran = subprocess.run([sys.executable, ROOT / "clients" / "python" / "generate.py", "--check"], check=False, capture_output=True)
    assert (ran.returncode, ran.stdout) == (0, b"")


def test_every_operation_with_an_envelope_has_a_method(document: dict[str, Any]) -> None:
    names = [operation.name for operation in Description(document).operations()]
    operations = [item["get"] for path, item in document["paths"].items() if path.startswith("/v1")]
    described = [each["operationId"] for each in operations if "application/json" in each["responses"]["200"]["content"]]
    assert names == described
    text = render_operations(Description(document))
    assert all(text.count(f"def {name}(") == 2 for name in names)


def test_new_parameter_and_new_member_reach_the_client(document: dict[str, Any]) -> None:
    parameter = {"name": "import", "in": "query", "required": False, "schema": {"type": "boolean"}, "description": "Made up."}
    document["paths"]["/v1/terms"]["get"]["parameters"].append(parameter)
    document["components"]["schemas"]["TermCard"]["properties"]["colour"] = {"type": "string", "description": "Made up."}
    document["components"]["schemas"]["TermCard"]["required"].append("colour")
    description = Description(document)
    assert "import_: bool | None = None" in render_operations(description)
    assert '"import": import_' in render_operations(description)
    assert "    colour: str\n" in render_models(description)


def test_answer_that_is_no_envelope_gets_no_method(document: dict[str, Any]) -> None:
    document["paths"]["/v1/terms"]["get"]["responses"]["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
    document["components"]["schemas"]["Odd"] = {"properties": {"data": {"type": "array", "items": {"type": "string"}}}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Odd"}}}
    document["paths"]["/v1/claims"]["get"]["responses"]["200"]["content"] = content
    names = {operation.name for operation in Description(document).operations()}
    assert names.isdisjoint({"list_terms", "list_claims"})
