"""The reference: what the OpenAPI description says about each operation, as pages show it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import parse_qsl, unquote

from app.api.pages.samples import ADDRESS, Sample

Json = Mapping[str, Any]

MOST_SHOWN: Final = 12_000
"""Longest example that is shown whole, in characters."""

SHAPING: Final = ("format", "fields", "include", "limit", "offset", "width", "sections", "table", "max_tokens")
"""Parameters that most requests do without."""

SCHEMA: Final = "#/components/schemas/"


@dataclass(frozen=True)
class Word:
    """A piece of the description of a type: plain, or the name of a shape."""

    text: str
    shape: str | None = None


@dataclass(frozen=True)
class Member:
    """A member of an object."""

    name: str
    kind: tuple[Word, ...]
    description: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """An object."""

    name: str
    description: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation."""

    name: str
    place: str
    kind: str
    description: str
    is_required: bool
    values: tuple[str, ...]
    is_list: bool
    default: str
    bounds: tuple[int | None, int | None]
    example: str
    """Its value in the example request; empty when it is not given there."""

    @property
    def terms(self) -> str:
        """What kind of value it takes, where that is not just any text."""
        low, high = self.bounds
        parts = [
            "" if self.kind == "string" else self.kind,
            f"default {self.default}" if self.default else "",
            f"{low} to {high}" if low is not None and high is not None else "",
        ]
        return ", ".join(filter(None, parts))


@dataclass(frozen=True)
class Operation:
    """An operation, with an example request and its answer."""

    id: str
    path: str
    summary: str
    description: str
    tag: str
    parameters: tuple[Parameter, ...]
    formats: tuple[str, ...]
    answer: Shape | None
    shapes: tuple[Shape, ...]
    address: str
    """Of the example request, without the server; empty when there is none."""
    example: str
    is_cut: bool
    errors: tuple[tuple[str, str], ...]

    @property
    def asking(self) -> tuple[Parameter, ...]:
        """The parameters that say what is asked for: those of the path and those that are required first."""
        asking = [parameter for parameter in self.parameters if parameter.name not in SHAPING]
        return tuple(sorted(asking, key=lambda parameter: (parameter.place != "path", not parameter.is_required)))

    @property
    def shaping(self) -> tuple[Parameter, ...]:
        """The parameters that shape the answer."""
        return tuple(parameter for parameter in self.parameters if parameter.name in SHAPING)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The example request in several languages."""
        return write_samples(self.address) if self.address else ()


@dataclass(frozen=True)
class Group:
    """The operations of a tag."""

    name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Entry:
    """An operation in the list of all."""

    id: str
    path: str
    summary: str


def list_entries(contract: Json) -> dict[str, list[Entry]]:
    """The operations of the contract, by tag."""
    entries: dict[str, list[Entry]] = {tag["name"]: [] for tag in contract["tags"]}
    for path, item in contract["paths"].items():
        operation = item["get"]
        entries[operation["tags"][0]].append(Entry(operation["operationId"], path, operation["summary"]))
    return {name: found for name, found in entries.items() if found}


def build_reference(document: Json) -> tuple[Group, ...]:
    """The operations that an OpenAPI description has, by tag."""
    operations = [_read_operation(document, path, item["get"]) for path, item in document["paths"].items()]
    return tuple(
        Group(tag["name"], tag["description"], tuple(operation for operation in operations if operation.tag == tag["name"]))
        for tag in document["tags"]
    )


def write_samples(address: str) -> tuple[Sample, ...]:
    """A request in several languages."""
    url = ADDRESS + address
    codes = {
        "sh": f"curl '{url}'\n",
        "js": f'const response = await fetch("{url}");\nconsole.log(await response.json());\n',
        "python": f'import httpx\n\nresponse = httpx.get("{url}")\nprint(response.json())\n',
    }
    return tuple(Sample(language, code, 0, None) for language, code in codes.items())


def _read_operation(document: Json, path: str, operation: Json) -> Operation:
    content = operation["responses"]["200"]["content"]
    as_json: Json = content.get("application/json", {})
    shapes = _read_shapes(document, as_json.get("schema", {}))
    address, example = _read_example(as_json)
    given = read_given(path, address)
    return Operation(
        id=operation["operationId"], path=path, summary=operation["summary"], description=operation["description"],
        tag=operation["tags"][0],
        parameters=tuple(_read_parameter(parameter, given) for parameter in operation.get("parameters", ())),
        formats=tuple(content), answer=shapes[0] if shapes else None, shapes=tuple(shapes[1:]),
        address=address, example=example[:MOST_SHOWN].rpartition("\n")[0] if len(example) > MOST_SHOWN else example,
        is_cut=len(example) > MOST_SHOWN,
        errors=tuple((status, response["description"]) for status, response in operation["responses"].items() if status != "200"),
    )  # fmt: skip


def _read_example(content: Json) -> tuple[str, str]:
    """Address and answer of the example request."""
    for example in content.get("examples", {}).values():
        return example["summary"].removeprefix("GET "), json.dumps(example["value"], ensure_ascii=False, indent=2)
    return "", ""


def read_given(path: str, address: str) -> dict[str, str]:
    """The parameters that an address gives, by name."""
    place, _, query = address.partition("?")
    names = [part[1:-1] if part.startswith("{") else "" for part in path.split("/")]
    inside = {name: unquote(part) for name, part in zip(names, place.split("/"), strict=False) if name}
    return inside | dict(parse_qsl(query))


def _read_parameter(parameter: Json, given: Mapping[str, str]) -> Parameter:
    schema: Json = parameter["schema"]
    holder: Json = schema.get("items", schema)
    kind = "".join(word.text for word in _kind(schema))
    default = schema.get("default")
    return Parameter(
        name=parameter["name"], place=parameter["in"], kind=kind, description=parameter.get("description", ""),
        is_required=parameter.get("required", False), values=tuple(str(value) for value in holder.get("enum", ())),
        is_list=schema.get("type") == "array", default="" if default is None else str(default),
        bounds=(schema.get("minimum"), schema.get("maximum")), example=given.get(parameter["name"], ""),
    )  # fmt: skip


def _read_shapes(document: Json, schema: Json) -> list[Shape]:
    """The shape of an answer, and after it all that it is made of."""
    known: Json = document["components"]["schemas"]
    waiting = [name for name in _references(schema) if name != "Part"]
    seen: dict[str, Shape] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen[name] = _read_shape(name, known[name])
            waiting += _references(known[name])
    return list(seen.values())


def _read_shape(name: str, schema: Json) -> Shape:
    members = tuple(
        Member(member, tuple(_kind(inner)), inner.get("description", ""), tuple(str(value) for value in _values(inner)))
        for member, inner in schema.get("properties", {}).items()
    )
    return Shape(name, schema.get("description", ""), members)


def _references(schema: Any) -> Iterator[str]:
    """Names of the shapes that a schema refers to, in order."""
    if isinstance(schema, list):
        for inner in cast("list[Any]", schema):
            yield from _references(inner)
    elif isinstance(schema, dict):
        for key, inner in cast("dict[str, Any]", schema).items():
            if key == "$ref":
                yield str(inner).removeprefix(SCHEMA)
            elif key != "discriminator":
                yield from _references(inner)


def _values(schema: Json) -> Iterable[object]:
    if "const" in schema:
        return [schema["const"]]
    return schema.get("enum", schema.get("items", {}).get("enum", ()))


def _kind(schema: Json) -> Iterator[Word]:
    """A type in words."""
    choices: Sequence[Json] = schema.get("anyOf", schema.get("oneOf", ()))
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMA)
        yield Word(name, name)
    elif choices:
        for position, choice in enumerate(choices):
            if position:
                yield Word(" or ")
            yield from _kind(choice)
    elif schema.get("type") == "array":
        yield Word("list of ")
        yield from _kind(schema.get("items", {}))
    else:
        yield Word(_simple(schema))


def _simple(schema: Json) -> str:
    kind: str | list[str] = schema.get("type", "any")
    name = kind if isinstance(kind, str) else " or ".join(kind)
    return {"date": "date", "date-time": "time"}.get(schema.get("format", ""), name)


class Reference:
    """The reference of the description that was asked for last."""

    def __init__(self) -> None:
        self._document: Json | None = None
        self._groups: tuple[Group, ...] = ()

    def get(self, document: Json) -> tuple[Group, ...]:
        """The operations of a description, by tag."""
        if self._document is not document:
            self._groups = build_reference(document)
            self._document = document
        return self._groups
