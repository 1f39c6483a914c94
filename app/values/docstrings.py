"""What the docstrings below the members of a class say, read from its module when somebody wants to know.

Pydantic reads them at each start (`use_attribute_docstrings`), for each class by itself, which took a quarter of the time that the service
needs to start, though only the descriptions of shapes tell them."""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path


def read_docstrings(model: type) -> Mapping[str, str]:
    """Docstrings of the members of a class and its bases, by name; none for classes without a source file."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        found |= _read_module(base.__module__).get(base.__qualname__, {})
    return found


@cache
def _read_module(name: str) -> Mapping[str, Mapping[str, str]]:
    """Docstrings of the members of each class of a module, by the class's name."""
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None or not file.endswith(".py") or not Path(file).is_file():
        return {}
    return dict(_find_classes(ast.parse(Path(file).read_bytes()), ""))


def _find_classes(body: ast.Module | ast.ClassDef, within: str) -> Iterator[tuple[str, dict[str, str]]]:
    for node in body.body:
        if isinstance(node, ast.ClassDef):
            yield f"{within}{node.name}", dict(_find_members(node.body))
            yield from _find_classes(node, f"{within}{node.name}.")


def _find_members(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for member, below in pairwise(body):
        match member, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
            case _:
                pass
