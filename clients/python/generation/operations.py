"""Methods of the client, as source text."""

import keyword
import textwrap

from generation.description import Description, Json, Operation, Parameter, as_list, as_object

MOST_LITERALS = 10
PLAIN_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}

HEAD = """
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from treatment_information import models
from treatment_information.answer import Answer, Page
from treatment_information.query import QueryValue, segment

"""

CLASS = '''
class {name}(ABC):
    """{meaning}

    Parameters that take several values accept a list, or text with commas. Where `fields` is given, only those members are there.
    """

    @abstractmethod
    {define} _answer(self, path: str, query: Mapping[str, QueryValue]) -> Answer[Any]:
        """Ask for one resource."""

    @abstractmethod
    {define} _page(self, path: str, query: Mapping[str, QueryValue]) -> Page[Any]:
        """Ask for a page of a list."""
'''


def render_operations(description: Description) -> str:
    """The classes with a method for each operation, one for calls that wait and one for `await`."""
    operations = list(description.operations())
    waiting = CLASS.format(name="Operations", meaning="The operations, each waiting for its answer.", define="def")
    awaiting = CLASS.format(name="AsyncOperations", meaning="The operations, each to be awaited.", define="async def")
    return (
        HEAD
        + waiting
        + "".join(render_method(operation, define="def", wait="") for operation in operations)
        + awaiting
        + "".join(render_method(operation, define="async def", wait="await ") for operation in operations)
    )


def render_method(operation: Operation, *, define: str, wait: str) -> str:
    """One method with its documentation."""
    positional = [f"{name_of(each)}: {type_of(each.schema)}" for each in operation.parameters if is_positional(each)]
    named = [f"{name_of(each)}: {type_of(each.schema)} | None = None" for each in operation.parameters if not is_positional(each)]
    arguments = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    query = ", ".join(f'"{each.name}": {name_of(each)}' for each in operation.parameters if each.place == "query")
    call = "_answer" if operation.envelope == "Answer" else "_page"
    result = f"{operation.envelope}[models.{operation.model}]"
    body = f"{document(operation)}\nreturn {wait}self.{call}({render_path(operation)}, {{{query}}})\n"
    return f"\n    {define} {operation.name}({arguments}) -> {result}:\n{textwrap.indent(body, ' ' * 8)}"


def document(operation: Operation) -> str:
    """The docstring: what the operation gives, and what each parameter means."""
    lines = [f'"""{operation.summary.rstrip(".")}: `GET {operation.path}`.']
    meanings = [f"- `{name_of(each)}`: {' '.join(each.meaning.split())}" for each in operation.parameters if each.meaning]
    wrapped = [textwrap.fill(meaning, 120, subsequent_indent="  ", break_on_hyphens=False) for meaning in meanings]
    return "\n".join([*lines, "", *wrapped, '"""']) if wrapped else f'{lines[0]}"""'


def is_positional(parameter: Parameter) -> bool:
    """Whether a parameter may be given without its name: what an operation cannot do without."""
    return parameter.required


def name_of(parameter: Parameter) -> str:
    """The parameter as a Python name: `class` is a keyword."""
    return f"{parameter.name}_" if keyword.iskeyword(parameter.name) else parameter.name


def type_of(schema: Json) -> str:
    """The annotation of a parameter."""
    if schema.get("type") == "array":
        inner = type_of(as_object(schema.get("items")))
        return "Sequence[str]" if inner == "str" else f"Sequence[{inner}] | str"
    values = as_list(schema.get("enum"))
    if 0 < len(values) <= MOST_LITERALS:  # longer ones are the members for `fields`
        return f"Literal[{', '.join(repr(value) for value in values)}]"
    return PLAIN_TYPES[str(schema.get("type"))]


def render_path(operation: Operation) -> str:
    """The path, with what stands in braces filled in."""
    if "{" not in operation.path:
        return f'"{operation.path}"'
    return 'f"' + operation.path.replace("{", "{segment(").replace("}", ")}") + '"'
