"""Dumps: everything at once, for those who keep a copy."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, ClassVar

import anyio.to_thread
from fastapi import Query as FromQuery
from fastapi import Request, Response

from app.api.answers import ReadingDep
from app.api.parameters import MEDIA_TYPES, Query, Selecting, comes_as
from app.api.routing import Router
from app.api.statuses import PROBLEM
from app.api.transfer import PIECE, Download, send_download
from app.release.store import ReleaseStore
from app.schemas.v1.dump import Dump, DumpCollection, DumpFile, KnownRelease
from app.schemas.v1.envelope import LICENSE, LICENSE_URL, Envelope
from app.values.sections import DUMPED

router = Router(tags=["Dumps"])

SHAPES = {
    "treatments": "Treatment", "drugs": "Drug", "conditions": "Condition", "studies": "Study", "syntheses": "Synthesis", "claims": "Claim",
    "sources": "Source", "terms": "Term", "facts": "FactDetail",
}  # fmt: skip
"""Schema of the records of each collection."""

TOLD = {
    "ndjson": 'Every record as its own address serves it, one a line: `{"collection", "id", "data"}`; by collection, then by id.',
    "sqlite": "The release itself as an SQLite database, with its search index; docs/dumps.md of the source describes its tables.",
}  # fmt: skip


class DumpQuery(Query):
    """A dump is whole."""

    refusal: ClassVar[str] = (
        "a dump holds everything and takes no filters; use a list, such as /v1/facts?treatment=…, or keep the lines that you want"
    )


class LinesQuery(DumpQuery):
    """A dump is whole."""

    format: Annotated[str | None, comes_as("ndjson")] = None


class DatabaseQuery(DumpQuery):
    """A dump is whole."""

    format: Annotated[str | None, comes_as("sqlite")] = None


def sent_as(name: str) -> dict[int | str, dict[str, Any]]:
    """The answers of an operation that sends a dump."""
    content = {MEDIA_TYPES[name][0]: {"schema": {"type": "string"} if name == "ndjson" else {"type": "string", "format": "binary"}}}
    length = {"description": "Which part of how many bytes this is.", "schema": {"type": "string"}}
    return {
        200: {"description": "The whole dump.", "content": content},
        206: {"description": "The part that `Range` asks for.", "content": content, "headers": {"Content-Range": length}},
        416: {"description": "`Range` asks for a part beyond the end.", **PROBLEM},
    }


@router.get("/dump", response_model=Envelope[Dump], operation_id="get_dump", summary="What the dumps hold")
async def read_dump(reading: ReadingDep, query: Annotated[Selecting, FromQuery()]) -> Response:
    """The manifest of the dumps: length, SHA-256, the number of records of each collection with their schema, the licence, and the address
    under which to ask later for what has changed. If the release that you hold is among `follows`, that feed brings your copy up to date:
    for every entry, ask for its record; 200 replaces yours, 308, 404 and 410 remove it. Otherwise take the dump anew."""
    store = reading.store
    lineage = store.list_lineage()
    manifest = Dump(
        release=store.name, released=store.released, digest=store.digest, license=LICENSE, license_url=LICENSE_URL,
        files=[
            DumpFile(
                format=name, media_type=MEDIA_TYPES[name][0], description=TOLD[name], bytes=size, sha256=digest, href=f"/v1/dump.{name}"
            )
            for name, size, digest in (
                ("ndjson", store.dump.size, store.dump.sha256),
                ("sqlite", store.file.size, store.file.sha256),
            )
        ],
        collections=[
            DumpCollection(name=name, count=store.counts[name], schema_href=f"/openapi.json#/components/schemas/{SHAPES[name]}")
            for name in DUMPED
        ],
        follows=[KnownRelease(release=name, date=day) for name, day in lineage],
        changes=f"/v1/changes?since={lineage[-1][1]}",
    )  # fmt: skip
    return reading.one(manifest, query)


@router.get(
    "/dump.ndjson",
    operation_id="get_dump_lines",
    summary="Everything as lines of JSON",
    responses=sent_as("ndjson"),
    response_class=Response,
)
async def read_lines(reading: ReadingDep, query: Annotated[LinesQuery, FromQuery()]) -> Response:  # noqa: ARG001 -- declared to be checked
    """Every record of every collection in its public shape, the same as its own address serves under `data`, one a line with its collection
    and id, ordered by collection and id. `Range`, `If-Range`, `If-None-Match` and `Accept-Encoding` are understood; parts are sent
    unpacked. A dump once begun stays of one release, which `Content-Release` names."""
    store = reading.store

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        at = start
        while at < end:
            first, lines = store.read_lines(at, PIECE)
            piece = lines[at - first : end - first]
            at += len(piece)
            yield piece

    file = Download(
        name=f"treatments-{store.name}.ndjson", media_type=MEDIA_TYPES["ndjson"][0], size=store.dump.size, sha256=store.dump.sha256,
        modified=_find_modified(reading.request, store), read=read,
    )  # fmt: skip
    return send_download(reading.request, file)


@router.get(
    "/dump.sqlite",
    operation_id="get_dump_database",
    summary="Everything as a database",
    responses=sent_as("sqlite"),
    response_class=Response,
)
async def read_database(reading: ReadingDep, query: Annotated[DatabaseQuery, FromQuery()]) -> Response:  # noqa: ARG001 -- as above
    """The release itself, an SQLite database that any SQLite tool opens: every record as JSON, what lists are filtered by, codes, changes
    and the search index. `Range`, `If-Range`, `If-None-Match` and `Accept-Encoding` are understood; parts are sent unpacked."""
    store = reading.store

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        for at in range(start, end, PIECE):
            yield await anyio.to_thread.run_sync(store.file.read, at, min(PIECE, end - at))

    file = Download(
        name=f"treatments-{store.name}.sqlite", media_type=MEDIA_TYPES["sqlite"][0], size=store.file.size, sha256=store.file.sha256,
        modified=_find_modified(reading.request, store), read=read,
    )  # fmt: skip
    return send_download(reading.request, file)


def _find_modified(request: Request, store: ReleaseStore) -> int | None:
    """Since when a release is current, as other answers tell it under `Last-Modified`."""
    prepared = request.app.state.prepared
    return prepared.modified if prepared.release is store else None
