"""The OpenAPI description of the release being served."""

from typing import Any

import anyio.to_thread
import httpx
from fastapi import FastAPI, Request

from app.api.current import bind, get_bound
from app.api.openapi import add_examples, find_example_queries, render_contract, render_for_release
from app.release.store import ReleaseStore


class Description:
    """The contract, and the contract as a release fills it. Each is made when first asked for."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._contract: dict[str, Any] = {}
        self._store: ReleaseStore | None = None
        self._document: dict[str, Any] = {}

    def get_contract(self) -> dict[str, Any]:
        """The description without anything that depends on the content."""
        if not self._contract:
            self._contract.update(render_contract(self._app))
        return self._contract

    async def get(self, store: ReleaseStore, host: str) -> dict[str, Any]:
        """The description with the values and examples of a release. `host`: a name under which the service may be reached."""
        if self._store is not store:
            contract = await anyio.to_thread.run_sync(self.get_contract)  # half a second that others need not wait for
            document = await anyio.to_thread.run_sync(render_for_release, contract, store)
            transport = httpx.ASGITransport(bind(self._app, store))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers={"Host": host}) as client:
                await add_examples(document, find_example_queries(store), lambda address: _fetch(client, address))
            self._document, self._store = document, store
        return self._document


async def _fetch(client: httpx.AsyncClient, address: str) -> bytes | None:
    answer = await client.get(address)
    return answer.content if answer.status_code == 200 else None


async def describe(request: Request) -> dict[str, Any]:
    """The description of the release that a request was bound to."""
    description: Description = request.app.state.description
    return await description.get(get_bound(request), request.headers.get("host", "localhost"))
