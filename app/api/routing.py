"""Routers whose answers are described apart from being served."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import APIRouter
from pydantic import BaseModel


class Declared(NamedTuple):
    """An operation as its module declares it."""

    path: str
    endpoint: Callable[..., Any]
    response_model: type[BaseModel] | None
    """Shape of its answer; None for one that is no JSON."""
    responses: dict[int | str, dict[str, Any]] | None
    given: dict[str, Any]

    @property
    def operation_id(self) -> str | None:
        """Its name in the description."""
        return self.given.get("operation_id")


class Router(APIRouter):
    """Operations return finished answers, so that the models of answers and errors serve their description only. FastAPI makes Pydantic
    schemas of them, one for every status of every operation, which takes longer than all else at the start: here it does so when the
    description is asked for."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.declared: list[Declared] = []

    def add_api_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        response_model: Any = None,
        responses: dict[int | str, dict[str, Any]] | None = None,
        **given: Any,
    ) -> None:
        """Serve an operation, and keep how it is described."""
        model = response_model if isinstance(response_model, type) else None
        self.declared.append(Declared(path, endpoint, model, responses, given))
        super().add_api_route(path, endpoint, response_model=None, **given)

    def describe(self) -> APIRouter:
        """The same operations with their models."""
        router = APIRouter(prefix=self.prefix, tags=self.tags)
        for path, endpoint, model, responses, given in self.declared:
            router.add_api_route(path, endpoint, response_model=model, responses=responses, **given)
        return router
