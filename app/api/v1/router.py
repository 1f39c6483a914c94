"""All routes of version 1."""

from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.api.parameters import JsonOnly, StrictQuery
from app.api.v1 import answers, catalogue, claims, compare, conditions, drugs, dump, facts, sources, studies, syntheses, terms, treatments
from app.schemas.v1.problem import Problem

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": description}
    for status, description in (
        (400, "What came in is no request, or for a host of another name."),
        (404, "Nothing is at this address or has this id; `did_you_mean` has near ones."),
        (410, "The record was withdrawn; `detail` has the reason and `successor` what replaces it."),
        (406, "The resource does not come in the format asked for; `formats` has those it comes in."),
        (414, "Path and query are too long."),
        (422, "A parameter is unknown or has a value that cannot be used; `errors` names each one."),
        (429, "More requests than the service allows a client; `Retry-After` says when to come again."),
        (500, "Something failed on our side."),
        (503, "No content release is being served, or the service has more to do than it can."),
    )
}


MODULES = (catalogue, answers, treatments, compare, drugs, conditions, studies, syntheses, claims, facts, sources, terms, dump)


def build_router() -> APIRouter:
    """The routes under `/v1`, each with the same strict parameters and typed errors."""
    router = APIRouter(dependencies=[StrictQuery, JsonOnly], responses=PROBLEMS)
    for module in MODULES:
        router.include_router(module.router, prefix="/v1")
    return router


def find_response_models() -> dict[str, type[BaseModel]]:
    """The envelope of each operation, by operation id."""
    routes = (route for module in MODULES for route in module.router.routes if isinstance(route, APIRoute))
    return {route.operation_id: route.response_model for route in routes if route.operation_id}


def list_addresses() -> tuple[str, ...]:
    """The addresses under `/v1` that need nothing filled in."""
    routes = (route for module in MODULES for route in module.router.routes if isinstance(route, APIRoute))
    return tuple(f"/v1{route.path}" for route in routes if "{" not in route.path)
