"""Bodies turned into answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from treatment_information.answer import Answer, Origin, Page
from treatment_information.errors import UnexpectedAnswer
from treatment_information.exchange import Body, parse_json

JSON = "application/json"


@dataclass(frozen=True)
class Rendition:
    """A resource in another format than JSON."""

    text: str
    """The document."""
    media_type: str
    """What it is: `text/markdown`, `image/svg+xml` …"""
    origin: Origin
    """Where it came from."""


def parse_envelope(body: Body) -> Mapping[str, Any]:
    """The envelope of an answer.

    Raises:
        UnexpectedAnswer: when it is none
    """
    envelope = parse_json(body.content)
    if not isinstance(envelope, dict) or not {"data", "meta", "links"} <= envelope.keys():
        raise UnexpectedAnswer(f"{body.origin.url} gave no answer of this API: is this its address?")
    return cast("Mapping[str, Any]", envelope)


def parse_answer(body: Body) -> Answer[Any]:
    """An answer with one resource."""
    envelope = parse_envelope(body)
    return Answer(envelope["data"], envelope["meta"], envelope["links"], envelope.get("included"), body.origin)


def parse_page(body: Body) -> Page[Any]:
    """A page of a list."""
    envelope = parse_envelope(body)
    return Page(envelope["data"], envelope["meta"], envelope["links"], envelope.get("included"), body.origin)


def read_rendition(body: Body) -> Rendition:
    """A resource as text."""
    return Rendition(body.content.decode("utf-8"), body.headers.get("content-type", "").partition(";")[0], body.origin)
