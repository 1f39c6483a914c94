"""The only place that turns exceptions into answers: always `application/problem+json` (RFC 9457)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from app.api.statuses import MEDIA_TYPE
from app.errors import AppError, BadParameter, Gone, Moved, NoSuchRange, NotAcceptable, NotFound, ParameterFault, ReleaseError
from app.schemas.v1.problem import Fault, Problem
from app.values.near import find_near_names

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem: what `/problems/{code}` tells about it."""

    code: str
    status: int
    title: str
    meaning: str
    remedy: str


KINDS: Final[Mapping[str, ProblemKind]] = {
    kind.code: kind
    for kind in (
        ProblemKind(
            NotFound.code, NotFound.status, NotFound.title,
            "There is nothing at this address, or no record has this id.",
            "Look at `did_you_mean`, or start from /v1, which links every collection.",
        ),
        ProblemKind(
            Gone.code, Gone.status, Gone.title,
            "The record was published once and has been withdrawn. `detail` gives the reason.",
            "Follow `successor` when it is given; do not go on using what you stored of the record.",
        ),
        ProblemKind(
            BadParameter.code, BadParameter.status, BadParameter.title,
            "A parameter is unknown, stands twice, or has a value that cannot be used. `errors` lists each one.",
            "Mend what `errors` names; `did_you_mean` has near names that exist. /docs lists every parameter.",
        ),
        ProblemKind(
            NotAcceptable.code, NotAcceptable.status, NotAcceptable.title,
            "The resource does not come in the format that `format` or the Accept header asks for.",
            "Choose one of `formats`.",
        ),
        ProblemKind(
            NoSuchRange.code, NoSuchRange.status, NoSuchRange.title,
            "The Range header asks for a part beyond the end of the file. Content-Range tells how long the file is.",
            "Ask for a part within the file, or leave Range out.",
        ),
        ProblemKind(
            "method-not-allowed", 405, "Method not allowed",
            "The API is read-only: it answers GET, HEAD and OPTIONS.",
            "Use GET.",
        ),
        ProblemKind(
            "uri-too-long", 414, "Address too long",
            "Path and query together are longer than the service reads.",
            "Ask for fewer things at once, for instance fewer `ids`.",
        ),
        ProblemKind(
            "malformed-request", 400, "Not HTTP",
            "What came in is not a request as RFC 9112 writes it.",
            "Use an HTTP/1.1 client; look for line breaks or odd characters in header fields.",
        ),
        ProblemKind(
            "invalid-host", 400, "Unknown host",
            "The service is not reached under the name that the Host header gives.",
            "Use the service's own name. Operators: see the setting `hosts`.",
        ),
        ProblemKind(
            "request-timeout", 408, "Request timeout",
            "The request did not come in whole within the time that the service waits.",
            "Send it again, faster.",
        ),
        ProblemKind(
            "body-too-large", 413, "Body too large",
            "The body of the request is longer than the service reads.",
            "Ask for less at once.",
        ),
        ProblemKind(
            "headers-too-large", 431, "Header fields too large",
            "The request has more header fields, or longer ones, than the service reads.",
            "Send fewer cookies and other header fields; the API needs none.",
        ),
        ProblemKind(
            "overloaded", 503, "Overloaded",
            "The service has as much to do as it can.",
            "Try again in a few seconds. Answers may be cached.",
        ),
        ProblemKind(
            "too-many-requests", 429, "Too many requests",
            "The service limits how often one client may ask, and the limit is reached.",
            "Wait as long as Retry-After says. Responses may be cached.",
        ),
        ProblemKind(
            "internal-error", 500, "Internal error",
            "Something failed that should not have. The fault is on our side.",
            "Try again later; tell the operator the X-Request-Id of the answer.",
        ),
        ProblemKind(
            ReleaseError.code, ReleaseError.status, ReleaseError.title,
            "The service runs but has no content release to serve.",
            "Try again in a moment. Operators: run `python -m app build` and look at the log.",
        ),
    )
}  # fmt: skip
"""Every kind of problem that the API answers with."""


def render_problem(request: Request, kind: ProblemKind, detail: str, **extra: Any) -> Response:
    """A problem answer."""
    text = write_problem(kind, detail, request.url.path, **extra)
    return Response(text, kind.status, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def write_problem(kind: ProblemKind, detail: str, path: str, **extra: Any) -> str:
    """A problem as JSON; members not given are empty."""
    members: dict[str, Any] = {"errors": [], "did_you_mean": [], "successor": None, "formats": []}
    problem = Problem(
        type=f"/problems/{kind.code}", title=kind.title, status=kind.status, detail=detail, instance=path,
        code=kind.code, **{**members, **extra},
    )  # fmt: skip
    return problem.model_dump_json(by_alias=True)


def add_problem_handlers(app: FastAPI, addresses: Sequence[str]) -> None:
    """Answer every exception with a problem. `addresses` are what may have been meant by one that does not exist."""
    app.state.addresses = addresses
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _crash)


async def _app_error(request: Request, error: Exception) -> Response:
    match error:
        case Moved():
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(request.scope.get("root_path", "") + error.location + query, 308)
        case NotFound():
            return render_problem(request, KINDS[error.code], error.detail, did_you_mean=list(error.did_you_mean))
        case Gone():
            return render_problem(request, KINDS[error.code], error.detail, successor=error.successor)
        case BadParameter():
            faults = [_fault(fault) for fault in error.faults]
            return render_problem(request, KINDS[error.code], error.detail, errors=faults)
        case NotAcceptable():
            return render_problem(request, KINDS[error.code], error.detail, formats=list(error.formats))
        case NoSuchRange():
            answer = render_problem(request, KINDS[error.code], error.detail)
            answer.headers["Content-Range"] = f"bytes */{error.size}"
            return answer
        case ReleaseError():
            log.error("%s", error.detail)
            return render_problem(request, KINDS[error.code], "The service has no content release to serve. Try again in a moment.")
        case _:
            return await _crash(request, error)


def _fault(fault: ParameterFault) -> Fault:
    return Fault.model_validate({"in": fault.where, "name": fault.name, "detail": fault.detail, "did_you_mean": list(fault.did_you_mean)})


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        answer = render_problem(request, KINDS["method-not-allowed"], f"{request.method} is not answered here; use GET, HEAD or OPTIONS.")
        answer.headers["Allow"] = "GET, HEAD, OPTIONS"
        return answer
    if status == 404:
        near = find_near_names(request.url.path, request.app.state.addresses)
        return render_problem(request, KINDS["not-found"], f"There is nothing at {request.url.path}.", did_you_mean=list(near))
    return render_problem(request, KINDS["invalid-request"], "The request cannot be read.")


async def _validation_error(request: Request, error: Exception) -> Response:
    faults = [_parameter_fault(item) for item in error.errors()] if isinstance(error, RequestValidationError) else []
    detail = "; ".join(f"{fault.name}: {fault.detail}" for fault in faults)
    return render_problem(request, KINDS["invalid-request"], detail, errors=faults)


def _parameter_fault(item: Mapping[str, Any]) -> Fault:
    where, *names = item["loc"]
    name = str(names[0]) if names else where
    detail = {
        "extra_forbidden": "there is no such parameter here",
        "missing": "this parameter is required",
    }.get(item["type"], str(item["msg"]).removeprefix("Value error, "))
    near = item.get("ctx", {}).get("did_you_mean", ())
    return Fault.model_validate({"in": where, "name": name, "detail": detail, "did_you_mean": list(near)})


async def _crash(request: Request, error: Exception) -> Response:
    log.error("unexpected error at %s", request.url.path, exc_info=error)
    return render_problem(request, KINDS["internal-error"], "Something went wrong on our side.")
