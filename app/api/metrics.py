"""Numbers for Prometheus. No label ever holds a path, a query or a question."""

import contextlib
import os
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,  # pyright: ignore[reportUnknownVariableType] -- not typed
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from app.api.prepared.store import PreparedStore
from app.schemas.v1.answer import Answer

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable with the folder in which several processes put down their numbers, so that any of them can tell the sum."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Metrics:
    """What a process counts."""

    def __init__(self, prepared: PreparedStore) -> None:
        own = self._registry = CollectorRegistry()
        self._prepared = prepared
        self._requests = Counter(
            "treatments_requests", "Requests that the application answered itself.", ["method", "operation", "status"], registry=own
        )
        self._seconds = Histogram(
            "treatments_request_seconds", "Time the application took to answer.", ["operation"], registry=own, buckets=SECONDS
        )
        self._kept = Counter(
            "treatments_prepared_requests", "Requests answered from the store of finished answers.", ["status"], registry=own
        )
        self._misses = Counter("treatments_prepared_misses", "Requests for answers that the store did not have.", registry=own)
        self._dropped = Counter("treatments_prepared_dropped", "Finished answers dropped for want of room.", registry=own)
        self._bytes = Gauge("treatments_prepared_bytes", "Room that finished answers take.", registry=own, multiprocess_mode="livesum")
        self._answers = Counter("treatments_answers", "Answers to questions, by status.", ["status"], registry=own)
        self._notices = Counter("treatments_notices", "Notices that came with answers, by kind.", ["kind"], registry=own)
        self._release = Gauge(
            "treatments_release_info", "The release being served.", ["release"], registry=own, multiprocess_mode="livemax"
        )
        self._statuses = {200: 0, 304: 0}
        self._told = {"misses": 0, "dropped": 0}
        self._name: str | None = None
        if SHARED not in os.environ:
            ProcessCollector(registry=own)
            PlatformCollector(registry=own)

    def count_prepared(self, status: int) -> None:
        """A request was answered from the store. Kept in a plain number until `flush`, because it happens so often."""
        self._statuses[status] += 1

    def count_request(self, method: str, operation: str, status: int, seconds: float) -> None:
        """The application answered a request itself."""
        self._requests.labels(method, operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    def count_answer(self, answer: Answer) -> None:
        """A question was answered, or not."""
        self._answers.labels(answer.status).inc()
        for kind in {notice.kind for notice in answer.notices}:
            self._notices.labels(kind).inc()

    def flush(self) -> None:
        """Put down what was counted in plain numbers."""
        for status, count in self._statuses.items():
            if count:
                self._kept.labels(str(status)).inc(count)
                self._statuses[status] -= count
        counts = self._prepared.counts
        for counter, name, count in ((self._misses, "misses", counts.misses), (self._dropped, "dropped", counts.dropped)):
            counter.inc(count - self._told[name])
            self._told[name] = count
        self._bytes.set(self._prepared.bytes)
        self._tell_release()

    def _tell_release(self) -> None:
        name = self._prepared.release.name if self._prepared.release else None
        if name != self._name:
            if self._name is not None:
                self._release.labels(self._name).set(0)
            if name is not None:
                self._release.labels(name).set(1)
            self._name = name

    def render(self) -> bytes:
        """All numbers in Prometheus's text form; with several processes, the sum of them all."""
        self.flush()
        registry = self._registry
        if SHARED in os.environ:
            forget_dead(Path(os.environ[SHARED]))
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        return generate_latest(registry)


def forget_dead(folder: Path) -> None:
    """Leave out what processes that are no more said of themselves: the release they served, the room they took. Their counts stay."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with contextlib.suppress(FileNotFoundError):  # another worker was quicker
                mark_process_dead(pid, str(folder))
        except PermissionError:  # somebody else's by now
            continue


async def read_metrics(request: Request) -> Response:
    """The numbers of this service."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.render(), headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})


def find_operation(scope: Scope) -> str:
    """Name of the operation that a request reached, `other` for none."""
    route: object = scope.get("route")
    name = getattr(route, "operation_id", None) or getattr(route, "name", None)
    return name if isinstance(name, str) and name else "other"
