"""A first request from inside, so that the first one from outside does not wait for what is made only once."""

import httpx
from starlette.types import ASGIApp

from app.api.current import bind
from app.release.store import ReleaseStore


async def warm_up(app: ASGIApp, store: ReleaseStore, host: str) -> None:
    """Ask for the document of a treatment, whose parts most other answers are made of. What comes of it is of no interest.

    `host`: a name under which the service may be reached."""
    transport = httpx.ASGITransport(bind(app, store), raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", headers={"Host": host, "Accept-Encoding": "identity"}
    ) as client:
        for treatment_id in store.find_ids("treatments")[:1]:
            await client.get(f"/v1/treatments/{treatment_id}")
