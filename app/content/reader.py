"""Strict YAML: YAML 1.2 core scalars, no duplicate keys, a line for every node."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml
from pydantic import ValidationError

from app.content.problem import Problem
from app.values.model import Value

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# YAML 1.2.2, chapter 10.3.2 (core schema), less the forms that surprise: octal, hexadecimal, and numbers with a leading
# zero or sign stay the text that the author typed, as do `no`, `1:30` and dates, which YAML 1.1 would have changed.
_NULL = re.compile(r"^(null|~|)$")
_BOOL = re.compile(r"^(true|false)$")
_INT = re.compile(r"^-?(0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$")

_QUOTED = frozenset("'\"|>")

_Base: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Base):
    """Composes nodes without working out a tag for each, which nobody asks for: a tag stands only where the author wrote one."""

    def resolve(self, *_: object) -> str:
        return ""

    def descend_resolver(self, *_: object) -> None:
        """Nothing to keep on the way down."""

    def ascend_resolver(self) -> None:
        """Nor on the way up."""


Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """One YAML file as plain data, with the line of every node."""

    file: str
    """Path below the content folder."""
    data: object
    """Mappings, lists, text, numbers, true, false and null. Documents that wait on disk have let go of it."""
    lines: Mapping[Path_, int]
    """Line of each node, from 1, by its path."""
    digest: str
    """SHA-256 of the data in canonical form: comments, layout and the order of keys do not count."""

    def find_line(self, path: Path_) -> int:
        """The line of the node at `path`, or of its nearest parent that exists."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path_, message: str, remedy: str) -> Problem:
        """An error at `path`."""
        return Problem(self.file, self.find_line(path), render_path(path), message, remedy)

    def notice(self, path: Path_, message: str, remedy: str) -> Problem:
        """A notice at `path`."""
        return Problem(self.file, self.find_line(path), render_path(path), message, remedy, "notice")


def render_path(path: Path_) -> str:
    """`("facts", 3, "id")` as `facts[3].id`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def parse_yaml(text: str, file: str) -> tuple[Document | None, list[Problem]]:
    """Read one YAML document; what cannot be read at all gives no document."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        remedy = "mend the YAML at or just above this line: indentation, a missing quote, a colon inside plain text"
        return None, [Problem(file, line, "", f"not YAML: {error.problem or error.context}", remedy)]
    except yaml.YAMLError as error:
        return None, [Problem(file, 1, "", f"not YAML: {error}", "save the file as UTF-8 text without control characters")]
    if node is None:
        return None, [Problem(file, 1, "", "the file is empty", "write the item or delete the file")]
    walk = _Walk(file)
    data = walk.read(node, ())
    return Document(file, data, walk.lines, _compute_digest(data)), walk.problems


def _compute_digest(data: object) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class _Walk:
    """Turns nodes into data and notes lines and problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path_, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def read(self, node: yaml.Node, path: Path_) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            self._report(node, path, "an alias (`*name`) repeats another part of the file", "write the value out where it is needed")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(cast("list[yaml.Node]", node.value))]
        return self._scalar(cast("yaml.ScalarNode", node), path)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, object]:
        data: dict[str, object] = {}
        for key_node, value_node in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if not isinstance(key_node, yaml.ScalarNode):
                self._report(key_node, path, "a key is not plain text", "use a plain word as key")
                continue
            key = cast("str", key_node.value)
            child = (*path, key)
            if key in data:
                first = self.lines[child]
                self._report(key_node, child, f"the key `{key}` stands twice (first in line {first})", "keep one of the two")
                continue
            self.lines[child] = key_node.start_mark.line + 1
            data[key] = self.read(value_node, child)
        return data

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> object:
        text = cast("str", node.value)
        if node.tag and not node.tag.startswith("tag:yaml.org,2002:"):
            self._report(node, path, f"the tag `{node.tag}` is not known", "drop the tag")
        if node.style in _QUOTED:
            return text
        if _NULL.match(text):
            return None
        if _BOOL.match(text):
            return text == "true"
        if _INT.match(text):
            return int(text)
        return float(text) if _FLOAT.match(text) else text

    def _report(self, node: yaml.Node, path: Path_, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, render_path(path), message, remedy))


def read_yaml(path: Path, root: Path) -> tuple[Document | None, list[Problem]]:
    """Read the YAML file at `path`; problems name it relative to `root`."""
    file = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Problem(file, 1, "", f"not UTF-8 text (byte {error.start})", "save the file as UTF-8")]
    return parse_yaml(text, file)


ModelT = TypeVar("ModelT", bound=Value)


def parse_model(model: type[ModelT], document: Document) -> tuple[ModelT | None, list[Problem]]:
    """Check a document against its model; all its problems come at once.

    The data goes through JSON so that Pydantic's strict mode applies, in which text is never taken for a number, while
    dates and tuples still read from text and lists."""
    try:
        return model.model_validate_json(json.dumps(_with_kinds(document.data)), strict=True), []
    except ValidationError as error:
        return None, [_problem_of(document, item) for item in _leave_out_echoes(error.errors(include_url=False))]


def _leave_out_echoes(errors: "list[ErrorDetails]") -> "list[ErrorDetails]":
    """An entry that is wrong is also missing from its list; only the entry's own error helps."""
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if error["type"] != "too_short" or not any(place[: len(error["loc"])] == error["loc"] and place != error["loc"] for place in places)
    ]


def _with_kinds(data: object) -> object:
    """Authors write `kind` once, on the statement; the details take theirs from there."""
    if isinstance(data, list):
        return [_with_kinds(item) for item in cast("list[object]", data)]
    if not isinstance(data, dict):
        return data
    members = {key: _with_kinds(value) for key, value in cast("dict[str, object]", data).items()}
    details = members.get("details")
    if isinstance(details, dict) and "kind" in members:
        members["details"] = {"kind": members["kind"], **cast("dict[str, object]", details)}
    return members


def _problem_of(document: Document, error: "ErrorDetails") -> Problem:
    path = _path_in(document, tuple(error["loc"]))
    kind = error["type"]
    if kind == "missing":
        return document.problem(path, f"`{error['loc'][-1]}` is missing", f"add `{error['loc'][-1]}:`")
    if kind == "extra_forbidden":
        return document.problem(path, f"`{error['loc'][-1]}` is not a known key here", "check its spelling and indentation, or remove it")
    if kind == "union_tag_invalid":
        tag = error["ctx"]["tag"] if "ctx" in error else "such"
        return document.problem(path, f"a `{tag}` statement has no `details`", "drop them or choose the kind they belong to")
    if kind == "value_error":
        message, _, remedy = str(error["ctx"]["error"] if "ctx" in error else error["msg"]).rpartition(": ")
        return document.problem(path, message or remedy, remedy)
    given = error["input"]
    shown = f" (given: {given!r:.80})" if not isinstance(given, dict | list) else ""
    return document.problem(
        path, f"{error['msg']}{shown}", _REMEDIES.get(kind, "correct the value; `python -m app schema` writes the rules")
    )


_REMEDIES = {
    "string_type": "put the value in quotes",
    "string_pattern_mismatch": "write it in the form that the pattern asks for",
    "string_too_long": "shorten it; split a long statement in two",
    "string_too_short": "write it out",
    "literal_error": "use one of the listed values",
    "int_type": "give a whole number without quotes",
    "int_from_float": "give a whole number",
    "float_type": "give a number without quotes",
    "bool_type": "write true or false",
    "date_from_datetime_parsing": "write the date as YYYY-MM-DD",
    "date_parsing": "write the date as YYYY-MM-DD",
    "too_short": "add the missing entries",
    "too_long": "keep the most important entries",
    "tuple_type": "write a list",
}


def _path_in(document: Document, location: tuple[str | int, ...]) -> Path_:
    """The part of Pydantic's location that exists in the file: names of union members are passed over."""
    path: Path_ = ()
    for part in location:
        if (*path, part) in document.lines:
            path = (*path, part)
    return path
