import json

import jsonschema
import yaml

from app.content.editor import render_schemas
from tests.conftest import SAMPLE


def test_schemas_accept_the_sample_and_refuse_unknown_keys() -> None:
    schema = json.loads(render_schemas()["source.schema.json"])
    source = yaml.load((SAMPLE / "sources/tester-2020.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 -- our own file
    source["year"] = 2020
    jsonschema.validate(source, schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors({**source, "yaer": 1})] == [
        "Additional properties are not allowed ('yaer' was unexpected)"
    ]


def test_every_field_of_a_schema_is_described() -> None:
    for name, text in render_schemas().items():
        schema = json.loads(text)
        for model in (schema, *schema["$defs"].values()):
            for field, description in model.get("properties", {}).items():
                assert "description" in description or field == "kind", (name, model["title"], field)
