"""A first request from inside, so that the first one from outside does not wait for what is made only once."""

from contextlib import suppress

from starlette.types import ASGIApp

from app.api.inside import ask_inside
from app.release.store import ReleaseStore


async def warm_up(app: ASGIApp, store: ReleaseStore, host: str) -> None:
    """Ask for the document of a treatment, whose parts most other answers are made of. What comes of it is of no interest, and if it fails
    the log says so as for any request.

    `host`: a name under which the service may be reached."""
    for treatment_id in store.find_ids("treatments")[:1]:
        with suppress(Exception):
            await ask_inside(app, store, f"/v1/treatments/{treatment_id}", host)
