"""Which statuses each operation can answer with, and what they mean."""

from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"
PROBLEM: Final = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
"""The body of every error. It is described once, because FastAPI would make a model of it for each status of each operation."""

MEANINGS: Final[dict[int, str]] = {
    304: "The answer is still the one that `If-None-Match` or `If-Modified-Since` names.",
    308: "The id is an alias; `Location` has the address of the record.",
    400: "What came in is no request, or for a host of another name.",
    404: "Nothing is at this address or has this id; `did_you_mean` has near ones.",
    406: "The resource does not come in the format asked for; `formats` has those it comes in.",
    408: "The request did not come in whole within the time that the service waits.",
    410: "The record was withdrawn; `detail` has the reason and `successor` what replaces it.",
    413: "The body is longer than the service reads.",
    414: "Path and query are too long.",
    422: "A parameter is unknown or has a value that cannot be used, or a body came along; `errors` names each parameter.",
    429: "More requests than the service allows a client; `Retry-After` says when to come again.",
    431: "The header fields are too many or too long.",
    500: "Something failed on our side.",
    503: "No content release is being served, or the service has more to do than it can.",
}

EVERYWHERE: Final = frozenset({400, 408, 413, 414, 422, 431, 500})
"""What happens before an operation is reached, or in spite of it."""

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": meaning, **PROBLEM} for status, meaning in MEANINGS.items() if status >= 400
}
"""For routers: every error, typed. The contract keeps of them what an operation can answer with."""


def find_statuses(path: str) -> frozenset[int]:
    """The statuses beside 200 that the operation at a path can answer with. Dumps have some more of their own."""
    if not path.startswith("/v1"):
        return EVERYWHERE | ({503} if path == "/readyz" else frozenset[int]())
    statuses = EVERYWHERE | {304, 406, 429, 503}
    if path == "/v1/lookup":
        return statuses | {404}
    if path == "/v1/facts" or "{" in path:
        statuses |= {404, 410}
    return statuses | {308} if "{" in path and not path.startswith("/v1/facts") else statuses


def order_responses(path: str, declared: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The responses of an operation: those it can answer with, in the order of their numbers."""
    possible = find_statuses(path)
    bare = {str(status): {"description": MEANINGS[status]} for status in possible if status < 400}
    kept = {status: response for status, response in declared.items() if int(status) not in MEANINGS or int(status) in possible}
    return dict(sorted({**bare, **kept}.items()))
