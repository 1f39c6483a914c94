"""Query parameters. Unknown ones, doubled ones and unknown values are errors that suggest near names."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, cast, get_type_hints

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from app.errors import BadParameter, NotAcceptable, ParameterFault
from app.values.docstrings import read_docstrings
from app.values.near import find_near_names

INCLUDABLE = ("sources", "studies", "terms")


def values_from(where: str) -> dict[str, Any]:
    """Mark a parameter whose values come from the content, for the OpenAPI description: `facts:topic`, `drugs:class`, `drugs`."""
    return {"x-values": where}


def list_of(*names: str) -> dict[str, Any]:
    """Mark a parameter that is a comma-separated list of these names."""
    return {"x-list": list(names)}


MEDIA_TYPES: dict[str, tuple[str, ...]] = {
    "json": ("application/json", "application/problem+json"),
    "md": ("text/markdown",),
    "jsonld": ("application/ld+json",),
    "fhir": ("application/fhir+json",),
    "csv": ("text/csv",),
    "svg": ("image/svg+xml",),
    "csl": ("application/vnd.citationstyles.csl+json",),
    "bibtex": ("application/x-bibtex",),
    "ris": ("application/x-research-info-systems",),
    "ndjson": ("application/x-ndjson", "application/jsonl"),
    "sqlite": ("application/vnd.sqlite3",),
}
"""Media types of each format, the one that answers carry first. `Accept` may name any of them."""

MEANINGS = {
    "json": "JSON",
    "md": "Markdown with numbered citations, for language models and people",
    "jsonld": "JSON-LD with schema.org types, for search engines and knowledge graphs",
    "fhir": "a FHIR R5 bundle, for clinical systems",
    "csv": "a tidy table that R, pandas and spreadsheets read",
    "svg": "a picture",
    "csl": "CSL-JSON, for citation processors",
    "bibtex": "BibTeX",
    "ris": "RIS, for reference managers",
    "ndjson": "JSON, a record a line",
    "sqlite": "an SQLite database",
}
"""What the formats are for, in the description of the `format` parameter."""


def comes_as(*formats: str, note: str = "", only: Mapping[str, tuple[str, str]] | None = None) -> Any:
    """The `format` parameter of an operation that comes in these formats, the first one when nothing else is asked for. `only` names
    formats that it has for one value of a path parameter alone."""
    told = "; ".join(f"`{name}`, {MEANINGS[name]}" for name in formats)
    rule = (
        "Format of the answer. It wins over the `Accept` header; without it the media type with the highest `q` in `Accept` is sent, and "
        "of several that are wanted alike the first one of this list. `Link` headers with `rel=alternate` name the others."
    )
    extra: dict[str, Any] = {"enum": list(formats), "x-only": dict(only or {})}
    return Field(json_schema_extra=extra, description=f"{rule} Here: {told}.{f' {note}' if note else ''}")


class Parameters(BaseModel):
    """Parameters of operations. Docstrings below its members describe them, once `describe_parameters` has been called."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def describe_parameters(within: type[Parameters] = Parameters) -> None:
    """Read what parameters mean, which nobody but the description of the API asks."""
    for model in within.__subclasses__():
        for name, text in read_docstrings(model).items():
            field = model.__pydantic_fields__.get(name)
            if field is not None and field.description is None:
                field.description = text
        describe_parameters(model)


class Query(Parameters):
    """Parameters of every operation of the API."""

    refusal: ClassVar[str] = "there is no such parameter here"
    """What is said of a parameter that the operation does not have."""

    format: Annotated[str | None, Field(json_schema_extra={"enum": ["json"]})] = None
    """Format of the answer; wins over the `Accept` header. This resource comes as JSON only."""


class Selecting(Query):
    """Parameters of operations whose data can be cut down."""

    fields: Annotated[str | None, Field(json_schema_extra={"x-fields": True})] = None
    """Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each entry. The answer
    then lacks the other members."""


class Pictured(Parameters):
    """Parameters of operations that can come as a picture."""

    width: Annotated[int, Field(ge=280, le=2000)] = 1080
    """Of a picture (`format=svg`), how wide it will be shown, in pixels: below 900 it is laid out for a phone. It scales in any case."""


class Including(Selecting):
    """Parameters of operations that can bring the records their data refers to."""

    include: Annotated[str | None, Field(json_schema_extra=list_of(*INCLUDABLE))] = None
    """Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas."""


class Listing(Selecting):
    """Parameters of lists."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """Most entries on a page."""
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Entries to leave out before the page."""


class IncludingListing(Listing, Including):
    """Parameters of lists that can bring the records their entries refer to."""


def parse_list(text: str | None, name: str, known: Collection[str]) -> tuple[str, ...]:
    """The entries of a comma-separated parameter, each once; raises `BadParameter` for unknown ones."""
    if text is None:
        return ()
    entries = tuple(dict.fromkeys(text.split(",")))
    check_values(name, entries, known)
    return entries


def check_values(name: str, values: Iterable[str | None], known: Collection[str]) -> None:
    """Raise `BadParameter` when a value is not among the known ones."""
    faults = [
        ParameterFault(
            "query", name, f"`{value}` is not among its values" if value else "the value is empty", find_near_names(value, known)
        )
        for value in values
        if value is not None and value not in known
    ]
    if faults:
        raise BadParameter(faults)


async def check_query(request: Request) -> None:
    """Raise `BadParameter` for parameters that the operation does not have or that stand twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    known = known_parameters(request)
    doubled = sorted({name for name in names if names.count(name) > 1})
    faults = [
        ParameterFault("query", name, "the parameter stands more than once; give one, with commas where it takes a list")
        for name in doubled
    ]
    faults += [
        ParameterFault("query", name, _query_model(request.scope["endpoint"]).refusal, find_near_names(name, known))
        for name in dict.fromkeys(names)
        if name not in known
    ]
    if faults:
        raise BadParameter(faults)


def known_parameters(request: Request) -> tuple[str, ...]:
    """Names of the query parameters that the operation of a request has."""
    return _parameters_of(request.scope["endpoint"])


@cache
def _parameters_of(endpoint: Callable[..., object]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in _query_model(endpoint).model_fields.items())


@cache
def _query_model(endpoint: Callable[..., object]) -> type[Query]:
    """The model that a route declares as its `query`."""
    return get_type_hints(endpoint)["query"]


async def check_format(request: Request) -> None:
    """Raise `NotAcceptable` when `format`, or without it `Accept`, asks for something else than the operation has."""
    find_format(request)


def find_format(request: Request) -> str:
    """The format that a request asks for by `format`, or without it by `Accept`: the one with the highest quality, the first of them
    where several are wanted alike."""
    formats = find_formats(request)
    wanted = request.query_params.get("format")
    if wanted is not None:
        if wanted not in formats:
            raise NotAcceptable(f"There is no format `{wanted}` here. This resource comes as: {', '.join(formats)}.", formats)
        return wanted
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    ranges = parse_accept(accept)
    best = max(formats, key=lambda name: find_quality(name, ranges))
    if find_quality(best, ranges) > 0:
        return best
    raise NotAcceptable(
        f"Nothing that this resource comes as is accepted by `Accept: {accept:.200}`. It comes as: {', '.join(formats)}.", formats
    )


def find_formats(request: Request) -> tuple[str, ...]:
    """The formats that a resource comes in."""
    formats = _formats_of(request.scope["endpoint"])
    return tuple(name for name, only in formats.items() if only is None or request.path_params.get(only[0]) == only[1])


@cache
def _formats_of(endpoint: Callable[..., object]) -> dict[str, tuple[str, str] | None]:
    """Formats that the model of a route's `query` names, each with the path parameter that it depends on."""
    extra = cast("dict[str, Any]", _query_model(endpoint).model_fields["format"].json_schema_extra)
    return {name: extra.get("x-only", {}).get(name) for name in extra["enum"]}


def parse_accept(accept: str) -> dict[str, float]:
    """The quality of each media range (RFC 9110, 12.5.1). Parameters other than `q` are passed over, and so are ranges whose `q` is no
    quality; of a range that stands twice the higher quality counts."""
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((value for name, _, value in (piece.partition("=") for piece in parameters) if name.strip() == "q"), "1").strip()
        if media and _QUALITY.fullmatch(quality):
            ranges[media] = max(float(quality), ranges.get(media, 0))
    return ranges


_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


def find_quality(name: str, ranges: Mapping[str, float]) -> float:
    """How much a format is wanted: what the most specific range that it fits says, and nothing when it fits none."""
    media_types = MEDIA_TYPES[name]
    kinds = (media_types, (f"{media_types[0].partition('/')[0]}/*",), ("*/*",))
    for kind in kinds:
        found = [ranges[media] for media in kind if media in ranges]
        if found:
            return max(found)
    return 0


StrictQuery = Depends(check_query)
JsonOnly = Depends(check_format)
