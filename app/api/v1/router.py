"""All routes of version 1."""

from fastapi import APIRouter
from pydantic import BaseModel

from app.api.parameters import JsonOnly, StrictQuery, describe_parameters
from app.api.statuses import PROBLEMS
from app.api.v1 import answers, catalogue, claims, compare, conditions, drugs, dump, facts, sources, studies, syntheses, terms, treatments

MODULES = (catalogue, answers, treatments, compare, drugs, conditions, studies, syntheses, claims, facts, sources, terms, dump)


def build_router() -> APIRouter:
    """The routes under `/v1`, each with the same strict parameters."""
    router = APIRouter(dependencies=[StrictQuery, JsonOnly])
    for module in MODULES:
        router.include_router(module.router, prefix="/v1")
    return router


def describe_router() -> APIRouter:
    """The same routes with the models of their answers and of every error, for the description."""
    describe_parameters()
    router = APIRouter(dependencies=[StrictQuery, JsonOnly], responses=PROBLEMS)
    for module in MODULES:
        router.include_router(module.router.describe(), prefix="/v1")
    return router


def find_response_models() -> dict[str, type[BaseModel]]:
    """The envelope of each operation, by operation id."""
    declared = (operation for module in MODULES for operation in module.router.declared)
    return {found.operation_id: found.response_model for found in declared if found.operation_id and found.response_model is not None}


def list_addresses() -> tuple[str, ...]:
    """The addresses under `/v1` that need nothing filled in."""
    paths = (f"/v1{module.router.prefix}{found.path}" for module in MODULES for found in module.router.declared)
    return tuple(path for path in paths if "{" not in path)
