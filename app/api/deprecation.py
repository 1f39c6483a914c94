"""Operations that will go: how their answers and their description say so (docs/api-stability.md)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

MARK = "x-deprecation"
"""Where the description of an operation tells the days."""

NOTICE = "/docs"
"""Where to read about deprecations, unless an operation has a page of its own."""


def deprecate(since: date, sunset: date | None = None, successor: str | None = None, notice: str = NOTICE) -> dict[str, Any]:
    """What a deprecated route is declared with: `@router.get("/old/{id}", **deprecate(date(2027, 1, 1), successor="/v1/new/{id}"))`.

    `sunset`: the day from which on it may be gone. `successor`: address of what replaces it, path parameters in braces."""
    mark = {
        "since": since.isoformat(),
        "sunset": sunset.isoformat() if sunset else None,
        "successor": successor,
        "notice": notice,
    }
    return {"deprecated": True, "openapi_extra": {MARK: mark}}


def add_deprecation(headers: MutableHeaders, scope: Scope) -> None:
    """Say in an answer that its operation is deprecated, if it is: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`."""
    extra: Mapping[str, Any] = getattr(scope.get("route"), "openapi_extra", None) or {}
    mark: dict[str, Any] | None = extra.get(MARK)
    if mark is None:
        return
    headers["Deprecation"] = f"@{int(_midnight(mark['since']).timestamp())}"
    if mark["sunset"] is not None:
        headers["Sunset"] = format_datetime(_midnight(mark["sunset"]), usegmt=True)
    links = [f'<{mark["notice"]}>; rel="deprecation"; type="text/html"']
    if mark["successor"] is not None:
        links.append(f'<{mark["successor"].format(**scope.get("path_params", {}))}>; rel="successor-version"')
    headers["Link"] = ", ".join([*headers.getlist("link"), *links])


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
