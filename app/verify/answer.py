"""How answers of services are read: what we do not use is ignored, and what we use must have its documented form."""

import json
import re
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from app.verify.fetch import Malformed

_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


class Answer(BaseModel):
    """A part of an answer of another service."""

    model_config = ConfigDict(frozen=True, extra="ignore")


PartT = TypeVar("PartT", bound=Answer)


def parse_answer(model: type[PartT], body: bytes) -> PartT:
    """A JSON body in its documented form, or `Malformed`."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Malformed(f"{where}: {first['msg']}" if where else first["msg"]) from error


def parse_members(body: bytes, key: str) -> dict[str, object]:
    """The mapping under `key` of a JSON body, or `Malformed`."""
    try:
        data = cast("object", json.loads(body))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    members = cast("dict[str, object]", data).get(key) if isinstance(data, dict) else None
    if not isinstance(members, dict):
        raise Malformed(f"no `{key}` in it")
    return cast("dict[str, object]", members)


def find_year(text: str) -> int | None:
    """The first year in a date of any form: `2006 Aug`, `2006 Jul 5`, `Winter 1999`."""
    match = _YEAR.search(text)
    return int(match.group()) if match else None
