"""What the generator reads in the OpenAPI description."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

Json = dict[str, object]
REFERENCE = "#/components/schemas/"

# Formats other than JSON come from `client.read(…)`; these parameters mean nothing without them.
FORMAT_PARAMETERS = frozenset({"format", "width", "table"})


def as_object(value: object) -> Json:
    """A part of the description that is an object; empty when it is missing."""
    return cast("Json", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """A part of the description that is a list; empty when it is missing."""
    return cast("list[object]", value) if isinstance(value, list) else []


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation."""

    name: str
    place: Literal["path", "query"]
    required: bool
    schema: Json
    meaning: str


@dataclass(frozen=True)
class Operation:
    """An operation that answers with an envelope of JSON."""

    name: str
    path: str
    summary: str
    envelope: Literal["Answer", "Page"]
    model: str
    parameters: list[Parameter]


class Description:
    """The parts of the OpenAPI description that clients need."""

    def __init__(self, document: Json) -> None:
        self._paths = as_object(document["paths"])
        self._schemas = as_object(as_object(document["components"])["schemas"])

    def operations(self) -> Iterator[Operation]:
        """Operations under `/v1` that answer with an envelope, in the order of the description."""
        for path, item in self._paths.items():
            operation = as_object(as_object(item).get("get"))
            found = self._find_envelope(operation)
            if path.startswith("/v1") and found is not None:
                yield Operation(str(operation["operationId"]), path, str(operation["summary"]), *found, self._parameters(operation))

    def shapes(self) -> Json:
        """A description of nothing but the shapes that the operations' data, envelopes and problems are made of."""
        wanted = ["Problem", "Included", "Meta", "ListMeta", *(operation.model for operation in self.operations())]
        reached: set[str] = set()
        while wanted:
            name = wanted.pop()
            if name not in reached:
                reached.add(name)
                wanted += list_references(self._schemas[name])
        schemas = {name: as_open(self._schemas[name]) for name in sorted(reached)}
        return {"openapi": "3.1.0", "info": {"title": "Shapes", "version": "1"}, "paths": {}, "components": {"schemas": schemas}}

    def _find_envelope(self, operation: Json) -> tuple[Literal["Answer", "Page"], str] | None:
        """Whether the answer holds one resource or a page of a list, and the shape of it; `None` when it is no envelope."""
        answer = as_object(as_object(operation.get("responses")).get("200"))
        schema = as_object(as_object(as_object(answer.get("content")).get("application/json")).get("schema"))
        if "$ref" not in schema:
            return None
        data = as_object(as_object(as_object(self._schemas[get_name(schema)]).get("properties")).get("data"))
        if "$ref" in data:
            return "Answer", get_name(data)
        items = as_object(data.get("items"))
        return ("Page", get_name(items)) if "$ref" in items else None

    def _parameters(self, operation: Json) -> list[Parameter]:
        parameters = [as_object(each) for each in as_list(operation.get("parameters"))]
        return [
            Parameter(
                name=str(each["name"]),
                place="path" if each["in"] == "path" else "query",
                required=each.get("required") is True,
                schema=as_object(each["schema"]),
                meaning=str(each.get("description", "")),
            )
            for each in parameters
            if each["in"] in {"path", "query"} and each["name"] not in FORMAT_PARAMETERS
        ]


def get_name(schema: Json) -> str:
    """Name of the shape that a schema refers to."""
    return str(schema["$ref"]).removeprefix(REFERENCE)


def list_references(schema: object) -> list[str]:
    """Names of all shapes that a schema mentions."""
    return re.findall(rf"'\$ref': '{REFERENCE}([^']+)'", repr(schema))


def as_open(schema: object) -> object:
    """The schema with room for members that later versions add."""
    if entries := as_list(schema):
        return [as_open(each) for each in entries]
    members = {key: as_open(value) for key, value in as_object(schema).items() if (key, value) != ("additionalProperties", False)}
    return members or schema
