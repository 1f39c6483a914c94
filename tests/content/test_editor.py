import json

import jsonschema
import pytest
import yaml

from app.content.editor import render_schemas
from tests.conftest import SAMPLE


def test_schemas_accept_the_sample_and_refuse_unknown_keys() -> None:
    schema = json.loads(render_schemas()["source.schema.json"])
    source = yaml.load((SAMPLE / "sources/tester-2020.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 -- our own file
    source["year"] = 2020
    jsonschema.validate(source, schema)
    with pytest.raises(jsonschema.ValidationError, match="'yaer' was unexpected"):
        jsonschema.validate({**source, "yaer": 1}, schema)


def test_every_field_of_a_schema_is_described() -> None:
    for name, text in render_schemas().items():
        schema = json.loads(text)
        for model in (schema, *schema["$defs"].values()):
            for field, description in model.get("properties", {}).items():
                assert "description" in description or field == "kind", (name, model["title"], field)
