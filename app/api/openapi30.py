"""The OpenAPI 3.0 rendition, for generators that do not read 3.1 yet: the same contract in the older words."""

from collections.abc import Mapping
from typing import Any, cast

VERSION = "3.0.3"

MAPS = frozenset({"properties", "paths", "responses", "content", "headers", "schemas", "examples", "mapping"})
"""Members whose keys are names, not words of OpenAPI."""

Tree = dict[str, Any]


def render_openapi30(document: Mapping[str, Any]) -> Tree:
    """An OpenAPI 3.1 description in the words of 3.0. What 3.0 cannot say is left out: `info.summary`, and example answers, because the
    form in which generators understand an object that may be null (`nullable` beside `allOf`) forbids null to strict validators."""
    old = _render_map({name: value for name, value in document.items() if name != "jsonSchemaDialect"}, are_names=False)
    old["openapi"] = VERSION
    old["info"] = {name: value for name, value in old["info"].items() if name != "summary"}
    for item in old["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    content.pop("examples", None)
    return old


def _render(value: Any, key: str) -> Any:
    if key in {"example", "default", "enum", "value"}:
        return value
    if isinstance(value, list):
        return [_render(entry, "") for entry in cast("list[Any]", value)]
    if isinstance(value, dict):
        return _render_map(cast("Tree", value), are_names=key in MAPS)
    return value


def _render_map(tree: Tree, *, are_names: bool) -> Tree:
    rendered = {name: _render(value, "" if are_names else name) for name, value in tree.items()}
    return rendered if are_names else _render_schema(rendered)


def _render_schema(schema: Tree) -> Tree:
    """One object; those that are no schema have none of these words."""
    if "$ref" in schema and len(schema) > 1:
        rest = {name: value for name, value in schema.items() if name != "$ref"}
        return {"allOf": [{"$ref": schema["$ref"]}], **rest}
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if isinstance(schema.get("examples"), list):
        schema["example"] = schema.pop("examples")[0]
    for name, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if name in schema and not isinstance(schema[name], bool):
            schema[plain], schema[name] = schema[name], True
    if isinstance(schema.get("type"), list):
        types: list[str] = schema.pop("type")
        schema = {**schema, "anyOf": [{"type": name} for name in types]}
    return _admit_null(schema)


def _admit_null(schema: Tree) -> Tree:
    """`null` is a word beside the type, and needs one."""
    kinds: list[Tree] = schema.get("anyOf", [])
    others = [kind for kind in kinds if kind.get("type") != "null"]
    if len(others) == len(kinds):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    if len(others) > 1:
        return {**rest, "anyOf": [{**kind, "nullable": True} for kind in others]}
    (only,) = others
    if "$ref" in only:
        return {**rest, "type": "object", "nullable": True, "allOf": [only]}
    return {"type": "object", **only, **rest, "nullable": True}
