"""Envelopes: from typed data to a finished JSON answer."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, SerializeAsAny

from app.api.current import get_bound
from app.api.parameters import (
    INCLUDABLE,
    MEDIA_TYPES,
    Including,
    IncludingListing,
    Listing,
    Selecting,
    find_format,
    find_formats,
    parse_list,
)  # fmt: skip
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
from app.schemas.v1.fact import FactDetail, FactInSection, SourceInSection
from app.schemas.v1.source import Source
from app.schemas.v1.study import Study
from app.schemas.v1.term import Term

DataT = TypeVar("DataT", bound=BaseModel)

_ONE = Envelope[SerializeAsAny[BaseModel]]
_PAGE = ListEnvelope[SerializeAsAny[BaseModel]]
_ONE_INCLUDING = IncludingEnvelope[SerializeAsAny[BaseModel]]
_PAGE_INCLUDING = IncludingListEnvelope[SerializeAsAny[BaseModel]]
"""Made once: Pydantic would make a class of each at every request."""


class _Hole(BaseModel):
    """Stands in an envelope where data belong that are written already."""


_HOLE = '"data":{}'
"""The same in JSON."""


@dataclass(frozen=True)
class Reading:
    """One request and the release that it reads from, from beginning to end."""

    request: Request
    store: ReleaseStore

    @property
    def format(self) -> str:
        """The format to answer in."""
        return find_format(self.request)

    def meta(self) -> Meta:
        """Release, licence and disclaimer."""
        return Meta(api_version=API_VERSION, release=self.store.name, license=LICENSE, disclaimer=DISCLAIMER)

    def list_details(self, facts: Iterable[FactInSection]) -> list[FactDetail]:
        """Statements of a document with what only the single fact has."""
        return [self.store.get_fact(fact.id) for fact in facts]

    def find_sources(self, refs: Iterable[SourceInSection]) -> dict[str, Source]:
        """The sources that parts of a document name, by id."""
        return self.find_bibliography(ref.id for ref in refs)

    def find_bibliography(self, ids: Iterable[str]) -> dict[str, Source]:
        """Sources by id."""
        return {source.id: source for source in self.store.list_records("sources", list(dict.fromkeys(ids)), Source)}

    def one(self, data: BaseModel, query: Selecting) -> Response:
        """An answer with one resource."""
        envelope = _ONE(data=data, meta=self.meta(), links=Links(self=self.address()))
        return self._link(_respond(envelope, query.fields, type(data)))

    def one_written(self, data: str) -> Response:
        """An answer with one resource that is JSON already and is wanted whole: byte for byte that of `one_including` without `include`."""
        envelope = _ONE_INCLUDING(data=_Hole(), meta=self.meta(), links=Links(self=self.address()), included=None)
        body = envelope.model_dump_json(by_alias=True).replace(_HOLE, f'"data":{data}', 1)
        return self._link(Response(body, media_type="application/json"))

    def one_including(self, data: BaseModel, query: Including, fact_ids: Sequence[str]) -> Response:
        """An answer with one resource and the records that its statements refer to."""
        envelope = _ONE_INCLUDING(data=data, meta=self.meta(), links=Links(self=self.address()), included=self._included(query, fact_ids))
        return self._link(_respond(envelope, query.fields, type(data)))

    def page(self, rows: Sequence[DataT], total: int, query: Listing, model: type[DataT]) -> Response:
        """An answer with a page of a list."""
        links = self._page_links(total, query)
        envelope = _PAGE(data=list(rows), meta=self._list_meta(total, query), links=links)
        return self._link(_respond(envelope, query.fields, model), links)

    def page_including(
        self, rows: Sequence[DataT], total: int, query: IncludingListing, model: type[DataT], fact_ids: Sequence[str]
    ) -> Response:
        """An answer with a page of a list and the records that its statements refer to."""
        links = self._page_links(total, query)
        included = self._included(query, fact_ids)
        envelope = _PAGE_INCLUDING(data=list(rows), meta=self._list_meta(total, query), links=links, included=included)
        return self._link(_respond(envelope, query.fields, model), links)

    def picture(self, text: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer with a plot. Parameters that only shape JSON change nothing but have to be right."""
        return self._text(text, "image/svg+xml", query, model)

    def table(self, text: str, name: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer with a table, which a browser saves under `name`."""
        response = self._text(text, "text/csv; header=present", query, model)
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        return response

    def markdown(self, text: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer in Markdown."""
        return self._text(text, "text/markdown", query, model)

    def graph(self, text: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer in JSON-LD."""
        return self._text(text, "application/ld+json", query, model)

    def bundle(self, text: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer in FHIR."""
        return self._text(text, "application/fhir+json; fhirVersion=5.0", query, model)

    def bibliography(self, text: str, name: str, file: str, query: Selecting, model: type[BaseModel]) -> Response:
        """An answer for reference managers in one of their formats, which a browser saves under `file`."""
        response = self._text(text, MEDIA_TYPES[name][0], query, model)
        response.headers["Content-Disposition"] = f'inline; filename="{file}"'
        return response

    def _text(self, text: str, media_type: str, query: Selecting, model: type[BaseModel]) -> Response:
        _check_selection(query, model)
        return self._link(Response(text, media_type=media_type, headers={"Vary": "Accept"}))

    def _link(self, response: Response, links: ListLinks | None = None) -> Response:
        """Name the neighbours of a page and the other formats of the same resource in the `Link` header."""
        formats = find_formats(self.request)
        current = self.format
        pages = [(links.next, "next"), (links.prev, "prev")] if links is not None else []
        named = [f'<{address}>; rel="{name}"' for address, name in pages if address]
        named += [f'<{self.address(format=name)}>; rel="alternate"; type="{MEDIA_TYPES[name][0]}"' for name in formats if name != current]
        if named:
            response.headers["Link"] = ", ".join(named)
        return response

    def _list_meta(self, total: int, query: Listing) -> ListMeta:
        return ListMeta(**self.meta().model_dump(), total=total, limit=query.limit, offset=query.offset)

    def _included(self, query: Including, fact_ids: Sequence[str]) -> Included | None:
        wanted = parse_list(query.include, "include", INCLUDABLE)
        if not wanted:
            return None
        return Included(
            sources=self.store.list_linked(fact_ids, "sources", Source) if "sources" in wanted else None,
            studies=self.store.list_linked(fact_ids, "studies", Study) if "studies" in wanted else None,
            terms=self.store.list_linked(fact_ids, "terms", Term) if "terms" in wanted else None,
        )

    def address(self, **replaced: int | str) -> str:
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


def _respond(envelope: BaseModel, fields: str | None, model: type[BaseModel]) -> Response:
    paths = parse_fields(fields, model)
    if paths:
        answer = envelope.model_dump(mode="json", by_alias=True)
        answer["data"] = select(answer["data"], paths)
        body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    else:
        body = envelope.model_dump_json(by_alias=True)
    return Response(body, media_type="application/json")


TREES = {"jsonld": "object", "fhir": "object", "csl": "array"}
"""Formats that are JSON too, with what they are."""


def rendered_as(*formats: str) -> dict[int | str, dict[str, Any]]:
    """What an operation that also comes in these formats adds to its description."""
    content = {MEDIA_TYPES[name][0]: {"schema": _shape(name)} for name in formats}
    link = {
        "description": "The other formats of the same resource (`rel=alternate`), and the pages beside this one.",
        "schema": {"type": "string"},
    }
    return {200: {"content": content, "headers": {"Link": link}}}


def _shape(name: str) -> dict[str, Any]:
    kind = TREES.get(name, "string")
    return {"type": kind, "items": {"type": "object"}} if kind == "array" else {"type": kind}


def page_of(query: Listing) -> Page:
    """The page that a list's parameters ask for."""
    return Page(query.limit, query.offset)


async def get_reading(request: Request) -> Reading:
    """The request with the release that is current when it comes in."""
    return Reading(request, get_bound(request))


ReadingDep = Annotated[Reading, Depends(get_reading)]
"""What a route reads from."""
