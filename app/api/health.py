"""Whether the service is alive, and whether it can answer."""

from fastapi import Request, Response

from app.api.current import CurrentRelease
from app.api.routing import Router
from app.api.statuses import PROBLEMS
from app.schemas.v1.catalogue import Health

router = Router(tags=["Operations"])


@router.get("/healthz", response_model=Health, operation_id="get_liveness", summary="Is the process alive", responses=PROBLEMS)
async def read_liveness(request: Request) -> Response:
    """`ok` as long as the process answers, with the release that it serves, if any."""
    current: CurrentRelease = request.app.state.current
    store = current.find()
    return _healthy(store.name if store else None)


@router.get("/readyz", response_model=Health, operation_id="get_readiness", summary="Can the service answer", responses=PROBLEMS)
async def read_readiness(request: Request) -> Response:
    """`ok` when a content release is being served, otherwise a problem with status 503."""
    current: CurrentRelease = request.app.state.current
    return _healthy(current.get().name)


def _healthy(release: str | None) -> Response:
    health = Health(status="ok", release=release)
    return Response(health.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})
