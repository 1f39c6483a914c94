"""The vocabulary of schema.org, read from the types of the npm package `schema-dts`, which are generated from it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

TYPES = Path(__file__).parents[2] / "web" / "node_modules" / "schema-dts" / "dist" / "schema.d.ts"
"""Where `npm ci` in `web` puts them."""

CLASS = re.compile(r"^(?:export )?interface (\w+?)(?:Base|Leaf) extends ([^{]+) \{$")
NAME = re.compile(r'^    "@type": "(\w+)";$')
PROPERTY = re.compile(r'^    "(\w+)"\?: SchemaValue<(.+), "\w+">;$')
MEMBERS = re.compile(r'^export type (\w+) = ("https://schema\.org/.+);$')
TEXTS = {"Text", "URL", "Date", "DateTime", "Time", "string"}
NUMBERS = {"Number", "Integer", "Float"}


class Vocabulary:
    """Types with their properties and the values that these may have."""

    def __init__(self, text: str) -> None:
        self._parents: dict[str, set[str]] = {}
        self._ranges: dict[str, dict[str, set[str]]] = {}
        self._members: dict[str, set[str]] = {}
        self._names: set[str] = set()
        current = ""
        for line in text.splitlines():
            if found := CLASS.match(line):
                current = found[1]
                parents = {name.strip().removesuffix("Base") for name in found[2].split(",")}
                self._parents.setdefault(current, set()).update(parents - {current})
            elif found := PROPERTY.match(line):
                self._ranges.setdefault(current, {})[found[1]] = set(found[2].split(" | ")) - {"IdReference"}
            elif found := MEMBERS.match(line):
                self._members[found[1]] = set(re.findall(r'"(https://schema\.org/\w+)"', found[2]))
            elif found := NAME.match(line):
                self._names.add(found[1])

    def has(self, kind: str) -> bool:
        """Whether there is a type of this name."""
        return kind in self._names

    def list_kinds(self, kind: str) -> set[str]:
        """A type and all that it is a kind of."""
        return {kind}.union(*(self.list_kinds(parent) for parent in self._parents.get(kind, ())))

    def find_range(self, kind: str, name: str) -> set[str] | None:
        """The types that a property of a type may have as value; nothing where the type has no such property."""
        found = [self._ranges.get(one, {}).get(name) for one in self.list_kinds(kind)]
        known = [kinds for kinds in found if kinds is not None]
        return set[str]().union(*known) if known else None

    def fits(self, value: Any, kinds: set[str], nodes: Mapping[str, str]) -> bool:
        """Whether a value is of one of some types; `nodes` are the types of those that are named by address."""
        match value:
            case bool():
                return "Boolean" in kinds
            case int() | float():
                return bool(kinds & NUMBERS)
            case str():
                named = nodes.get(value)
                member = any(value in self._members.get(kind, ()) for kind in kinds)
                return member or bool(kinds & TEXTS) or (self._is_one(named, kinds) if named else value.startswith(("/v1/", "https://")))
            case _:
                told: dict[str, Any] = value
                kind = told.get("@type") or nodes.get(told.get("@id", ""))
                return self._is_one(kind, kinds) if kind else "@id" in told

    def _is_one(self, kind: str, kinds: set[str]) -> bool:
        return bool(self.list_kinds(kind) & kinds)


def list_faults(vocabulary: Vocabulary, graph: list[dict[str, Any]]) -> Iterator[str]:
    """What a document has that schema.org does not know: types, properties of a type, values of a property. Our own words are left out."""
    typed = [node for tree in graph for node in _walk(tree) if "@type" in node]
    nodes = {node["@id"]: node["@type"] for node in typed if "@id" in node}
    for node in typed:
        kind: str = node["@type"]
        if not vocabulary.has(kind):
            yield f"no type {kind}"
        for name, value in node.items():
            if name.startswith(("@", "ti:")):
                continue
            kinds = vocabulary.find_range(kind, name)
            if kinds is None:
                yield f"{kind} has no {name}"
                continue
            for entry in _list_values(value):
                if not vocabulary.fits(entry, kinds, nodes):
                    yield f"{kind}.{name} is {str(entry)[:80]}, not {' or '.join(sorted(kinds))}"


def _walk(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        node = cast("dict[str, Any]", tree)
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(tree, list):
        for value in cast("list[Any]", tree):
            yield from _walk(value)


def _list_values(value: Any) -> list[Any]:
    if isinstance(value, dict) and "@list" in value:
        return cast("list[Any]", value["@list"])
    return cast("list[Any]", value) if isinstance(value, list) else [value]
