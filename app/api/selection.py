"""`fields=`: keep only some members of the data."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel

from app.errors import BadParameter, ParameterFault
from app.values.near import find_near_names

DEEPEST = 4
"""How many names a field path may have."""


@cache
def find_paths(model: type[BaseModel], deepest: int = DEEPEST) -> tuple[str, ...]:
    """Every path that `fields` may name in a model: `name`, `sections.safety.facts`."""
    return tuple(_paths(model, deepest))


def parse_fields(text: str | None, model: type[BaseModel]) -> tuple[str, ...]:
    """The paths in a comma-separated list; raises `BadParameter` for those that the model does not have."""
    if text is None:
        return ()
    known = find_paths(model)
    paths = tuple(dict.fromkeys(text.split(",")))
    faults = [
        ParameterFault("query", "fields", f"there is no member `{path}`" if path else "a name is empty", find_near_names(path, known))
        for path in paths
        if path not in known
    ]
    if faults:
        raise BadParameter(faults)
    return paths


def select(data: object, paths: Sequence[str]) -> object:
    """The parts of JSON data that the paths name; lists are gone through entry by entry."""
    tree: dict[str, Any] = {}
    for path in sorted(paths, key=len, reverse=True):
        branch = tree
        *parents, last = path.split(".")
        for name in parents:
            branch = branch.setdefault(name, {})
        branch[last] = {}
    return _pick(data, tree)


def _pick(data: object, tree: Mapping[str, Any]) -> object:
    if not tree:
        return data
    if isinstance(data, list):
        return [_pick(entry, tree) for entry in cast("list[object]", data)]
    if isinstance(data, dict):
        members = cast("dict[str, object]", data)
        return {name: _pick(members[name], branch) for name, branch in tree.items() if name in members}
    return data


def _paths(model: type[BaseModel], deepest: int) -> Iterable[str]:
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield key
        if deepest > 1:
            inner = {path: None for child in _models_in(field.annotation) for path in _paths(child, deepest - 1)}
            yield from (f"{key}.{path}" for path in inner)


def _models_in(annotation: object) -> Iterable[type[BaseModel]]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _models_in(get_args(annotation)[0])
    elif origin in {list, tuple, Union, UnionType}:
        for argument in get_args(annotation):
            yield from _models_in(argument)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
