"""Compares what a sample prints with what the guide says it prints. `…` stands for anything."""

import json
import re
from typing import Any, cast

from app.api.pages.samples import Printed


def find_difference(printed: Printed, output: str) -> str | None:
    """What the guide promises and the output lacks; None when there is nothing."""
    if printed.language == "json":
        return find_missing(json.loads(printed.text), json.loads(output), "$")
    lines = iter(output.splitlines())
    for wanted in printed.text.splitlines():
        if not any(is_like(wanted, line) for line in lines):
            return f"no line like `{wanted}`"
    return None


def is_like(wanted: str, text: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in wanted.split("…"))
    return re.fullmatch(pattern, text.rstrip(), re.DOTALL) is not None


def find_missing(wanted: Any, found: Any, place: str) -> str | None:
    """Members beyond those wanted may be there, and entries beyond those wanted at the end of lists."""
    if wanted in ("…", found):
        return None
    if isinstance(wanted, str) and isinstance(found, str):
        return None if is_like(wanted, found) else f"{place}: `{found}` is not like `{wanted}`"
    inner: dict[str, Any] = read_members(wanted)
    there: dict[str, Any] = read_members(found)
    if type(wanted) is not type(found) or not inner:
        return f"{place}: `{found}` is not `{wanted}`"
    missing = (
        find_missing(value, there[name], f"{place}.{name}") if name in there else f"{place}.{name} is not there"
        for name, value in inner.items()
    )
    return next(filter(None, missing), None)


def read_members(value: Any) -> dict[str, Any]:
    """The members of an object, or the entries of a list by their place; nothing of other values."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    return {str(place): entry for place, entry in enumerate(cast("list[Any]", value))} if isinstance(value, list) else {}
