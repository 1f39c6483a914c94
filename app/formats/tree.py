"""JSON trees: what the JSON-LD and FHIR renditions are made of."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

from pydantic import BaseModel

Tree: TypeAlias = "bool | int | float | str | Sequence[Tree] | Mapping[str, Tree] | None"
"""Anything that JSON can hold."""

Node: TypeAlias = Mapping[str, Tree]
"""An object of JSON."""


def prune(tree: Tree) -> Tree:
    """A tree without nulls, empty texts, empty lists and empty objects; these formats have no word for them."""
    if isinstance(tree, Mapping):
        members = {name: prune(value) for name, value in tree.items()}
        return {name: value for name, value in members.items() if not is_empty(value)}
    if isinstance(tree, Sequence) and not isinstance(tree, str):
        return [entry for entry in map(prune, tree) if not is_empty(entry)]
    return tree


def is_empty(tree: Tree) -> bool:
    """Whether there is nothing in it. Zero and false are something."""
    return tree is None or (isinstance(tree, str | Sequence | Mapping) and not tree)


def dump(model: BaseModel, *names: str) -> Node:
    """Members of a public shape as JSON has them: these, or all when none is named."""
    return cast("Node", model.model_dump(mode="json", by_alias=True, include=set(names) if names else None))


def write(tree: Tree) -> str:
    """The tree as compact JSON text."""
    return json.dumps(prune(tree), ensure_ascii=False, separators=(",", ":"))
