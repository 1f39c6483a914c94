"""How an answer is told: notices first, facts word for word with certainty and numbered sources, their warnings, what it is not."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from treatment_information import models

WIDTH = 88
CERTAINTY = {
    "high": "High certainty",
    "moderate": "Moderate certainty",
    "low": "Low certainty",
    "very-low": "Very low certainty",
}


@dataclass(frozen=True)
class Reply:
    """What there is to tell."""

    answer: models.Answer
    meta: models.Meta
    warnings: list[models.Fact]
    """The warnings that the facts name."""
    audience: str
    """Whose wording to quote."""

    def list_sources(self) -> list[models.SourceCitation]:
        """The sources of facts and warnings, once each, in the order in which they are cited."""
        cited = [*(source for fact in self.answer["facts"] for source in fact["sources"])]
        cited += [source for warning in self.warnings for source in warning["sources"]]
        return list({source["id"]: source for source in cited}.values())


def render_reply(reply: Reply, region: str = "") -> str:
    """The whole reply as text for a terminal."""
    blocks = [*render_notices(reply.answer["notices"], region), *render_facts(reply), *render_suggestions(reply.answer)]
    blocks.append(fill(f"{reply.meta['disclaimer']} Release {reply.meta['release']}, {reply.meta['license']}."))
    return "\n\n".join(blocks) + "\n"


def render_notices(notices: list[models.Notice], region: str) -> Iterator[str]:
    """Messages for someone who may be in danger, with whom to call; those of the reader's region first."""
    for notice in notices:
        contacts = sorted(notice["contacts"], key=lambda contact: contact["region"] != region.upper())
        yield "\n".join([f"!! {notice['title']}", fill(notice["text"]), *(f"   {write_contact(contact)}" for contact in contacts)])


def write_contact(contact: models.Contact) -> str:
    """Whom to call, in one line."""
    ways = [
        f"call {contact['phone']}" if contact["phone"] else "",
        f"text {contact['text']}" if contact["text"] else "",
        contact["url"] or "",
    ]
    return f"{contact['region']}: {contact['name']} - {', '.join(way for way in ways if way)}"


def render_facts(reply: Reply) -> Iterator[str]:
    """Each fact word for word, the warnings that belong to them, and the list of sources."""
    sources = reply.list_sources()
    numbers = {source["id"]: number for number, source in enumerate(sources, start=1)}
    for fact in reply.answer["facts"]:
        certainty = CERTAINTY.get(fact["certainty"], "")  # statements that are no effects are not graded
        yield fill(f"{fact['quote']} {write_marks(fact['sources'], numbers)}") + (f"\n   {certainty}." if certainty else "")
    if reply.warnings:
        wording = "plain" if reply.audience == "public" else "text"
        told = [f"{fact[wording]} {write_marks(fact['sources'], numbers)}" for fact in reply.warnings]
        yield "\n".join(["Read with this:", *(fill(f"- {text}", "  ") for text in told)])
    if sources:
        yield "\n".join(f"[{numbers[source['id']]}] {source['citation']} {source['url'] or ''}".rstrip() for source in sources)


def write_marks(sources: list[models.SourceCitation], numbers: Mapping[str, int]) -> str:
    """The numbers of a statement's sources."""
    return "".join(f"[{numbers[source['id']]}]" for source in sources)


def render_suggestions(answer: models.Answer) -> Iterator[str]:
    """An honest no, and what the catalogue does answer."""
    if answer["status"] == "answered":
        return
    yield "This catalogue has no answer to that, so I give none."
    if answer["suggestions"]:
        yield "\n".join(["It does answer:", *(f"- {question}" for question in answer["suggestions"])])


def fill(text: str, indent: str = "") -> str:
    """Text in lines that fit a terminal."""
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
