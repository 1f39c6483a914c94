"""All routes of version 1."""

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.api.parameters import JsonOnly, StrictQuery
from app.api.statuses import PROBLEMS
from app.api.v1 import answers, catalogue, claims, compare, conditions, drugs, dump, facts, sources, studies, syntheses, terms, treatments

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
