"""Envelopes: from typed data to a finished JSON answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, SerializeAsAny

from app.api.current import get_bound
from app.api.parameters import INCLUDABLE, Including, IncludingListing, Listing, Selecting, parse_list
from app.api.selection import parse_fields, select
from app.release.store import Page, ReleaseStore
from app.schemas.v1 import API_VERSION
from app.schemas.v1.envelope import (
    DISCLAIMER,
    LICENSE,
    Envelope,
    Included,
    IncludingEnvelope,
    IncludingListEnvelope,
    Links,
    ListEnvelope,
    ListLinks,
    ListMeta,
    Meta,
)
from app.schemas.v1.source import Source
from app.schemas.v1.study import Study
from app.schemas.v1.term import Term

DataT = TypeVar("DataT", bound=BaseModel)

_ONE = Envelope[SerializeAsAny[BaseModel]]
_PAGE = ListEnvelope[SerializeAsAny[BaseModel]]
_ONE_INCLUDING = IncludingEnvelope[SerializeAsAny[BaseModel]]
_PAGE_INCLUDING = IncludingListEnvelope[SerializeAsAny[BaseModel]]
"""Made once: Pydantic would make a class of each at every request."""


@dataclass(frozen=True)
class Reading:
    """One request and the release that it reads from, from beginning to end."""

    request: Request
    store: ReleaseStore

    def one(self, data: BaseModel, query: Selecting) -> Response:
        """An answer with one resource."""
        envelope = _ONE(data=data, meta=self._meta(), links=Links(self=self.address()))
        return _respond(envelope, query.fields, type(data))

    def one_including(self, data: BaseModel, query: Including, fact_ids: Sequence[str]) -> Response:
        """An answer with one resource and the records that its statements refer to."""
        envelope = _ONE_INCLUDING(data=data, meta=self._meta(), links=Links(self=self.address()), included=self._included(query, fact_ids))
        return _respond(envelope, query.fields, type(data))

    def page(self, rows: Sequence[DataT], total: int, query: Listing, model: type[DataT]) -> Response:
        """An answer with a page of a list."""
        links = self._page_links(total, query)
        envelope = _PAGE(data=list(rows), meta=self._list_meta(total, query), links=links)
        return _respond(envelope, query.fields, model, links)

    def page_including(
        self, rows: Sequence[DataT], total: int, query: IncludingListing, model: type[DataT], fact_ids: Sequence[str]
    ) -> Response:
        """An answer with a page of a list and the records that its statements refer to."""
        links = self._page_links(total, query)
        included = self._included(query, fact_ids)
        envelope = _PAGE_INCLUDING(data=list(rows), meta=self._list_meta(total, query), links=links, included=included)
        return _respond(envelope, query.fields, model, links)

    def picture(self, text: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer with a plot. Parameters that only shape JSON change nothing but have to be right."""
        _check_selection(query, model)
        return Response(text, media_type="image/svg+xml", headers={"Vary": "Accept"})

    def table(self, text: str, name: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer with a table, which a browser saves under `name`."""
        _check_selection(query, model)
        headers = {"Vary": "Accept", "Content-Disposition": f'inline; filename="{name}"'}
        return Response(text, media_type="text/csv; header=present", headers=headers)

    def markdown(self, text: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer in Markdown."""
        _check_selection(query, model)
        return Response(text, media_type="text/markdown", headers={"Vary": "Accept"})

    def _meta(self) -> Meta:
        return Meta(api_version=API_VERSION, release=self.store.name, license=LICENSE, disclaimer=DISCLAIMER)

    def _list_meta(self, total: int, query: Listing) -> ListMeta:
        return ListMeta(**self._meta().model_dump(), total=total, limit=query.limit, offset=query.offset)

    def _included(self, query: Including, fact_ids: Sequence[str]) -> Included | None:
        wanted = parse_list(query.include, "include", INCLUDABLE)
        if not wanted:
            return None
        return Included(
            sources=self.store.list_linked(fact_ids, "sources", Source) if "sources" in wanted else None,
            studies=self.store.list_linked(fact_ids, "studies", Study) if "studies" in wanted else None,
            terms=self.store.list_linked(fact_ids, "terms", Term) if "terms" in wanted else None,
        )

    def address(self, **replaced: int) -> str:
        """The address that was asked for, relative to the server, in canonical form (parameters sorted), with some parameters replaced."""
        path = self.request.url.path.removeprefix(self.request.scope.get("root_path", ""))
        pairs = [(name, value) for name, value in self.request.query_params.multi_items() if name not in replaced]
        query = urlencode(sorted([*pairs, *((name, str(value)) for name, value in replaced.items())]), safe=",:/")
        return f"{path}?{query}" if query else path

    def _page_links(self, total: int, query: Listing) -> ListLinks:
        after = query.offset + query.limit
        before = max(0, query.offset - query.limit)
        return ListLinks(
            self=self.address(),
            next=self.address(offset=after) if after < total else None,
            prev=self.address(offset=before) if query.offset > 0 else None,
        )


def _check_selection(query: Selecting, model: type[BaseModel]) -> None:
    parse_fields(query.fields, model)
    if isinstance(query, Including):
        parse_list(query.include, "include", INCLUDABLE)


def _respond(envelope: BaseModel, fields: str | None, model: type[BaseModel], links: ListLinks | None = None) -> Response:
    paths = parse_fields(fields, model)
    if paths:
        answer = envelope.model_dump(mode="json", by_alias=True)
        answer["data"] = select(answer["data"], paths)
        body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    else:
        body = envelope.model_dump_json(by_alias=True)
    response = Response(body, media_type="application/json")
    if links is not None:
        named = [(links.next, "next"), (links.prev, "prev")]
        header = ", ".join(f'<{address}>; rel="{name}"' for address, name in named if address)
        if header:
            response.headers["Link"] = header
    return response


SVG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}}
"""What an operation that also comes as a picture adds to its description."""


MARKDOWN: dict[int | str, dict[str, Any]] = {200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}}
"""What an operation that also comes as Markdown adds to its description."""

MARKDOWN_SVG: dict[int | str, dict[str, Any]] = {200: {"content": {**MARKDOWN[200]["content"], **SVG[200]["content"]}}}
"""What an operation that comes as both adds."""

CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""What an operation that also comes as a table adds to its description."""


def page_of(query: Listing) -> Page:
    """The page that a list's parameters ask for."""
    return Page(query.limit, query.offset)


async def get_reading(request: Request) -> Reading:
    """The request with the release that is current when it comes in."""
    return Reading(request, get_bound(request))


ReadingDep = Annotated[Reading, Depends(get_reading)]
"""What a route reads from."""
