"""The OpenAPI description of the release being served."""

from typing import Any

import anyio.to_thread
from fastapi import FastAPI, Request

from app.api import health
from app.api.current import get_bound
from app.api.inside import ask_inside
from app.api.openapi import add_examples, find_example_queries, render_contract, render_for_release
from app.api.v1.router import describe_router
from app.release.store import ReleaseStore


class Description:
    """The contract, and the contract as a release fills it. Each is made when first asked for."""

    def __init__(self, app: FastAPI) -> None:
        """`app`: has the operations under `/v1` and those on health already. What is added to it later is described too."""
        self._app = app
        self._known = [*app.router.routes]
        self._contract: dict[str, Any] = {}
        self._store: ReleaseStore | None = None
        self._document: dict[str, Any] = {}

    def get_contract(self) -> dict[str, Any]:
        """The description without anything that depends on the content."""
        if not self._contract:
            described = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
            described.include_router(describe_router())
            described.include_router(health.router.describe())
            described.router.routes += [route for route in self._app.router.routes if route not in self._known]
            self._contract.update(render_contract(described))
        return self._contract

    async def get(self, store: ReleaseStore, host: str) -> dict[str, Any]:
        """The description with the values and examples of a release. `host`: a name under which the service may be reached."""
        if self._store is not store:
            contract = await anyio.to_thread.run_sync(self.get_contract)  # about a second that others need not wait for
            document = await anyio.to_thread.run_sync(render_for_release, contract, store)

            async def fetch(address: str) -> bytes | None:
                answer = await ask_inside(self._app, store, address, host)
                return answer.body if answer.status == 200 else None

            await add_examples(document, find_example_queries(store), fetch)
            self._document, self._store = document, store
        return self._document


async def describe(request: Request) -> dict[str, Any]:
    """The description of the release that a request was bound to."""
    description: Description = request.app.state.description
    return await description.get(get_bound(request), request.headers.get("host", "localhost"))
