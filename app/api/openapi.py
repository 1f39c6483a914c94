"""The OpenAPI description: the contract, and the contract as one release fills it."""

import copy
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote_plus

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from app import __version__
from app.api.selection import find_paths
from app.api.statuses import order_responses
from app.api.v1.router import find_response_models
from app.release.store import ReleaseStore
from app.schemas.v1.envelope import LICENSE, LICENSE_URL
from app.schemas.v1.problem import Problem
from app.values.coding import SYSTEMS
from app.values.sections import find_collection

MOST_VALUES = 500
"""Longest list of values from the content that is written into a parameter's schema."""

SHOWN = 2
"""How deep the members that `fields` can name are listed; deeper ones work too."""

SUMMARY = "Structured, sourced and versioned information about treatments."

DESCRIPTION = """\
Every sentence that this API can say is a **fact**: a statement with an id that never changes, a professional `text` and a `plain` one,
its sources, how certain it is (GRADE), and when it was last reviewed. The first subject is ketamine for depression.

* **Frontend apps** fetch `/v1/treatments/{id}` or one section of it. `fields`, `sections` and `include` shape the answer.
* **Chatbots** query `/v1/facts` and quote facts word for word, with their source and certainty.
* **Everybody**: every answer names the content release it was taken from. Nothing here is medical advice.

**Errors** are `application/problem+json` (RFC 9457), and say what is wrong and what was perhaps meant. **Parameters** are strict: a
misspelled one is an error. **Ids** never change; aliases redirect (308), withdrawn records answer 410. Every GET also answers HEAD and
OPTIONS, and any web page may ask (CORS). **Compatibility**: within v1, members, operations, ids and values are added but never removed,
renamed or given another meaning.
"""

TAGS = [
    {"name": "Catalogue", "description": "What there is, look-ups by code, and what changed."},
    {"name": "Questions", "description": "Search, and answers that may be quoted."},
    {"name": "Treatments", "description": "Documents of ten sections."},
    {"name": "Drugs", "description": "Active substances."},
    {"name": "Conditions", "description": "What treatments are described for."},
    {"name": "Studies", "description": "Trials with their numbers."},
    {"name": "Syntheses", "description": "Pooled results."},
    {"name": "Claims", "description": "What is often said, and verdicts."},
    {"name": "Facts", "description": "Every statement, by filter or id."},
    {"name": "Sources", "description": "The bibliography."},
    {"name": "Glossary", "description": "Words that a reader may not know."},
    {"name": "Dumps", "description": "Everything at once."},
    {"name": "Operations", "description": "For those who run the service."},
]


def find_example_queries(store: ReleaseStore) -> dict[str, str]:
    """Queries of the example requests where they are not `limit=2` (lists) or nothing."""
    system, code = store.find_first_code()
    treatments = ",".join(store.find_ids("treatments")[:2])
    (first,) = store.read_facts([0])
    asked = f"?q={quote_plus(first.asks[0])}&limit=1"
    return {
        "/v1/search": asked,
        "/v1/answers": asked,
        "/v1/compare": f"?treatments={treatments}",
        "/v1/lookup": f"?system={system}&code={code}",
        "/v1/treatments/{treatment_id}": "?sections=conclusion",
    }


def render_contract(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 description without anything that depends on the content: what `docs/openapi-v1.json` holds."""
    document = get_openapi(
        title="Treatment information API", version=__version__, openapi_version="3.1.0", summary=SUMMARY, description=DESCRIPTION,
        routes=app.routes, tags=TAGS,
        license_info={"name": f"Content: {LICENSE}; code: Apache-2.0", "url": LICENSE_URL},
        servers=[{"url": "/", "description": "This server"}],
    )  # fmt: skip
    models = find_response_models()
    for path, operation in _located(document):
        operation["responses"] = order_responses(path, operation["responses"])
        for parameter in operation.get("parameters", ()):
            _shape_list(parameter, models.get(operation["operationId"]))
    _finish_schemas(document)
    document["info"]["contact"] = {"name": "The operator of this service"}
    document["security"] = []
    return document


def render_for_release(contract: Mapping[str, Any], store: ReleaseStore) -> dict[str, Any]:
    """The contract with the values that parameters can have in one release, and with `fields` taken into account."""
    document = copy.deepcopy(dict(contract))
    for operation in _operations(document):
        has_fields = False
        for parameter in operation.get("parameters", ()):
            _fill_values(parameter, store)
            has_fields = has_fields or parameter["name"] == "fields"
        if has_fields:
            _admit_parts(operation)
    schemas = document["components"]["schemas"]
    part = {"type": "object"}
    schemas["Part"] = {
        "type": "object", "title": "Part", "required": ["data", "meta", "links"],
        "description": "An answer cut down with `fields`: `data`, or each entry of it, has only the members asked for.",
        "properties": {"data": {"anyOf": [part, {"type": "array", "items": part}]}, "meta": part, "links": part},
    }  # fmt: skip
    return document


async def add_examples(document: dict[str, Any], queries: Mapping[str, str], fetch: Callable[[str], Awaitable[bytes | None]]) -> None:
    """Give every operation an example: the answer to a real request."""
    for path, item in document["paths"].items():
        operation = item["get"]
        if "application/json" not in operation["responses"]["200"]["content"]:
            continue
        address = find_example_address(path, operation, queries)
        answer = await fetch(address) if address else None
        if answer is not None:
            content = operation["responses"]["200"]["content"]["application/json"]
            content["examples"] = {"real": {"summary": f"GET {address}", "value": json.loads(answer)}}


def find_example_address(path: str, operation: Mapping[str, Any], queries: Mapping[str, str]) -> str | None:
    """The address of the example request of an operation, or None when the content has nothing to show."""
    address = path
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            values = parameter["schema"].get("examples") or parameter["schema"].get("enum")
            if not values:
                return None
            wanted = values[0]
            address = address.replace(f"{{{parameter['name']}}}", wanted)
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    default = "?limit=2" if "limit" in names else ""
    return address + queries.get(path, default)


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    return (operation for _, operation in _located(document))


def _located(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((path, operation) for path, item in document["paths"].items() for operation in item.values())


def _shape_list(parameter: dict[str, Any], envelope: type[BaseModel] | None) -> None:
    """Comma-separated parameters are arrays of known names."""
    schema = cast("dict[str, Any]", parameter["schema"])
    schema.pop("x-only", None)
    names: list[str] | None = schema.pop("x-list", None)
    if schema.pop("x-fields", False) and envelope is not None:
        names = list(find_paths(_data_model(envelope), SHOWN))
    most = schema.pop("x-fact-ids", None)
    bounds: list[int] | None = schema.pop("x-items", None)
    if bounds is not None:
        items = {"type": "string", "x-values": schema["x-values"]}
        sizes = {"minItems": bounds[0], "maxItems": bounds[1], "uniqueItems": True, "title": schema.get("title", "")}
        parameter |= {"style": "form", "explode": False, "schema": {"type": "array", "items": items, **sizes}}
        return
    if names is None and most is None:
        _drop_null(schema)
        return
    items = {"type": "string", "enum": names} if names else {"type": "string", "x-values": "facts"}
    parameter["style"] = "form"
    parameter["explode"] = False
    parameter["schema"] = {"type": "array", "items": items, "minItems": 1, "title": schema.get("title", "")}
    if most is not None:
        parameter["schema"]["maxItems"] = most


def _drop_null(schema: dict[str, Any]) -> None:
    """A query parameter is given or not; it is never null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
    if len(kinds) == 1:
        del schema["anyOf"]
        schema |= kinds[0]


def _data_model(envelope: type[BaseModel]) -> type[BaseModel]:
    annotation: Any = envelope.model_fields["data"].annotation
    return annotation.__args__[0] if getattr(annotation, "__origin__", None) is list else annotation


class _AsDeclared(GenerateJsonSchema):
    """Leaves members in the order in which they are declared."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:  # noqa: ARG002 -- as Pydantic calls it
        return value


def _finish_schemas(document: dict[str, Any]) -> None:
    """Describe the envelopes, which lose their docstrings on the way, and drop FastAPI's own error shapes, which are never sent."""
    for name, schema in document["components"]["schemas"].items():
        what = "A page of a list" if name.endswith("Page") else "An answer with one resource"
        schema.setdefault("description", f"{what}, with its envelope.")
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
    generator = _AsDeclared(ref_template="#/components/schemas/{model}")
    _, problem = generator.generate_definitions([(Problem, "serialization", Problem.__pydantic_core_schema__)])
    document["components"]["schemas"] = dict(sorted({**document["components"]["schemas"], **problem}.items()))


def _fill_values(parameter: dict[str, Any], store: ReleaseStore) -> None:
    schema = parameter["schema"]
    holder = schema.get("items", schema)
    where: str | None = holder.pop("x-values", None)
    if where is None:
        return
    values = find_known_values(where, store)
    if 0 < len(values) <= MOST_VALUES:
        holder["enum"] = list(values)
    if "examples" in schema:
        known = [value for value in schema.pop("examples") if value in values] or list(values[:1])
        schema |= {"examples": known} if known else {}


def find_known_values(where: str, store: ReleaseStore) -> tuple[str, ...]:
    """The values that `x-values` stands for: `systems`, a collection's ids, or `<collection>:<filter>`."""
    collection, _, key = where.partition(":")
    if where == "systems":
        return (*SYSTEMS, *SYSTEMS.values())
    if where == "facts":
        return store.find_all_fact_ids()
    if collection == "facts":
        return store.find_values(None, key)
    name = find_collection(collection)
    if name is None:
        return ()
    return store.find_values(name, key) if key else store.find_ids(name)


def _admit_parts(operation: dict[str, Any]) -> None:
    content = operation["responses"]["200"]["content"]["application/json"]
    content["schema"] = {"anyOf": [content["schema"], {"$ref": "#/components/schemas/Part"}]}
