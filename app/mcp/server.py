"""The tools that chatbots call. Each gives facts word for word with source and certainty, in text and as data alike."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from app import __version__
from app.comparison import compare as build_comparison
from app.errors import Gone, NotFound
from app.formats.markdown import render_fact, render_section, render_treatment
from app.release.store import Page, ReleaseStore
from app.schemas.v1.answer import FoundFact, QuotedFact
from app.schemas.v1.envelope import DISCLAIMER, LICENSE
from app.schemas.v1.fact import Fact, FactInSection
from app.schemas.v1.study import Study
from app.schemas.v1.synthesis import SynthesisCard
from app.schemas.v1.treatment import Treatment, TreatmentCard
from app.search.answerer import Audience
from app.search.searching import Searching
from app.values.model import Value
from app.values.sections import SECTIONS, CollectionName, SectionName, find_section

ModelT = TypeVar("ModelT", bound=Value)

LETTERS_PER_TOKEN = 4
ROOM = 2500
"""Tokens of a result unless the caller gives another number."""
MOST_TREATMENTS = 4

INSTRUCTIONS = (
    "Facts about treatments of depression, each with source, GRADE certainty and review date. Quote facts word for word and cite the id or "
    "source; never turn them into advice. If a result has `notices`, show them first. `no_answer` means that the catalogue does not cover "
    "the question: say so. Facts on doses or benefits name in `see_also` the warnings that belong to them."
)

READING = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

Question = Annotated[str, Field(min_length=1, max_length=1000, description="Question or words, in anyone's wording")]
Room = Annotated[int, Field(ge=800, le=20_000, description="Most tokens of the result; whole facts are left out beyond it")]


def build_server(get_store: Callable[[], ReleaseStore], searching: Searching) -> MCPServer:
    """The server with its tools and resources, over the release that is current when a tool is called."""
    server = MCPServer(
        name="treatment-information", title="Treatment information", instructions=INSTRUCTIONS, version=__version__,
        website_url=None, log_level="WARNING",
    )  # fmt: skip
    _add_questions(server, get_store, searching)
    _add_records(server, get_store)
    _add_resources(server, get_store)
    return server


def _add_questions(server: MCPServer, get_store: Callable[[], ReleaseStore], searching: Searching) -> None:
    @server.tool(annotations=READING, structured_output=False)
    async def search(query: Question) -> CallToolResult:
        """Find facts by question or words. Returns ids for `fetch`."""
        store = get_store()
        facts, total = await searching.run(store, lambda searcher: searcher.search(query, {}, 10, 0))
        results = [
            {"id": fact.id, "title": f"{fact.owner.name}: {fact.question or fact.section}", "text": fact.plain, "url": fact.links.self}
            for fact in facts
        ]
        return _result(store, ROOM, {"total": total}, results=results)

    @server.tool(annotations=READING, structured_output=False)
    async def fetch(id: Annotated[str, Field(description="Fact id from `search` or `see_also`")]) -> CallToolResult:  # noqa: A002 -- the name that clients expect
        """One fact in full: both wordings, certainty, sources, warnings."""
        store = get_store()
        try:
            fact = store.get_fact(id)
        except (NotFound, Gone) as missing:
            raise ToolError(_explain(missing)) from missing
        data = {"id": fact.id, "title": f"{fact.owner.name}: {fact.section}", "text": render_fact(fact), "url": fact.links.self}
        return _result(store, ROOM, {**data, "metadata": _tell(fact)})

    @server.tool(annotations=READING, structured_output=False)
    async def ask(
        question: Question,
        treatment: Annotated[str | None, Field(description="Id of a treatment to keep to")] = None,
        audience: Annotated[Audience, Field(description="Whose wording `quote` has")] = "public",
        max_tokens: Room = ROOM,
    ) -> CallToolResult:
        """Answer a question with facts to quote, or `no_answer`. `notices` come first: show them before anything else."""
        store = get_store()
        if treatment is not None:
            treatment = _get(store, "treatments", treatment, Treatment).id
        filters = {"treatment": [treatment]} if treatment else {}
        answer = await searching.run(
            store, lambda searcher: searcher.answer(question, filters=filters, audience=audience, limit=5, max_tokens=max_tokens)
        )
        data = {
            "status": answer.status,
            "notices": [notice.model_dump(exclude_none=True) for notice in answer.notices],
            "suggestions": answer.suggestions,
        }
        return _result(store, max_tokens, data, facts=[_tell(fact) for fact in answer.facts])


def _add_records(server: MCPServer, get_store: Callable[[], ReleaseStore]) -> None:
    @server.tool(annotations=READING, structured_output=False)
    async def get_treatment(
        id: Annotated[str, Field(description="Treatment id or name, such as ketamine")],  # noqa: A002
        sections: Annotated[list[str] | None, Field(description=f"Sections: {', '.join(SECTIONS)}. Default: conclusion")] = None,
        audience: Audience = "professional",
        max_tokens: Room = ROOM,
    ) -> CallToolResult:
        """Sections of a treatment: statements with certainty and sources."""
        store = get_store()
        treatment = _get(store, "treatments", id, Treatment)
        facts = [fact for name in _name_sections(sections) for fact in store.get_section(treatment.id, name).facts]
        head = {
            "id": treatment.id,
            "name": treatment.name,
            "summary": treatment.summary,
            "sections": list(store.find_sections(treatment.id)),
        }
        return _result(store, max_tokens, head, facts=[_tell(fact, audience) for fact in facts])

    @server.tool(annotations=READING, structured_output=False)
    async def compare(
        treatments: Annotated[list[str], Field(min_length=2, max_length=MOST_TREATMENTS, description="Two to four treatment ids")],
        max_tokens: Room = ROOM,
    ) -> CallToolResult:
        """Treatments side by side; direct comparisons first. Rows marked `indirect` show no winner."""
        store = get_store()
        ids = list(dict.fromkeys(_get(store, "treatments", name, Treatment).id for name in treatments))
        if len(ids) < 2:
            raise ToolError("name two to four different treatments")
        comparison = build_comparison(store, ids, f"/v1/compare?treatments={','.join(ids)}")
        pairs = [
            {"treatments": pair.treatments, "comparison": pair.comparison, "studies": [study.id for study in pair.studies]}
            for pair in comparison.pairs
        ]
        rows = [
            {
                "attribute": row.title, "jurisdiction": row.jurisdiction, "comparison": row.comparison,
                "cells": {cell.treatment: cell.model_dump(include={"value", "reason", "certainty", "facts"}) for cell in row.cells},
            }
            for row in comparison.rows
        ]  # fmt: skip
        return _result(store, max_tokens, {"pairs": pairs, "url": comparison.links.self}, rows=[_drop_empty(row) for row in rows])

    @server.tool(annotations=READING, structured_output=False)
    async def get_study(
        id: Annotated[str, Field(description="Study id, such as popova-2019")],  # noqa: A002
        max_tokens: Room = ROOM,
    ) -> CallToolResult:
        """A study: design, arms, outcomes with figures and recomputed effects."""
        store = get_store()
        study = _get(store, "studies", id, Study)
        head = {
            "id": study.id, "name": study.name, "design": study.design.type, "blinding": study.design.blinding,
            "condition": study.population.condition, "n": study.population.n_randomised, "url": study.links.self,
            "arms": {arm.id: arm.label for arm in study.arms},
        }  # fmt: skip
        parts = [_drop_empty(part.model_dump(mode="json")) for part in (*study.outcomes, *study.adverse_events)]
        return _result(store, max_tokens, head, limits=study.limits, outcomes=parts)

    @server.tool(annotations=READING, structured_output=False)
    async def list_catalogue() -> CallToolResult:
        """What there is: treatments with id, kind and certainty, and pooled results."""
        store = get_store()
        cards, _ = store.list_items("treatments", TreatmentCard, {}, Page(100))
        pooled, _ = store.list_items("syntheses", SynthesisCard, {}, Page(100))
        treatments = [{"id": card.id, "name": card.name, "kind": card.kind, "certainty": card.main_effect.certainty} for card in cards]
        syntheses = [{"id": card.id, "title": card.title, "certainty": card.certainty} for card in pooled]
        return _result(store, ROOM, {"counts": store.counts, "treatments": treatments}, syntheses=syntheses)


def _add_resources(server: MCPServer, get_store: Callable[[], ReleaseStore]) -> None:
    @server.resource("treatment://{treatment}", mime_type="text/markdown", description="A treatment as Markdown")
    def treatment_document(treatment: str) -> str:
        store = get_store()
        document = store.get_document(treatment)
        return render_treatment(document, store.find_cited(document.sections.listed()), store.name)

    @server.resource("treatment://{treatment}/{section}", mime_type="text/markdown", description="A section of a treatment as Markdown")
    def treatment_section(treatment: str, section: str) -> str:
        store = get_store()
        name = find_section(section)
        if name is None:
            raise ToolError(f"there is no section `{section}`: {', '.join(SECTIONS)}")
        found = store.get_section(treatment, name)
        head = store.get_item("treatments", treatment, Treatment)
        return render_section(found, head.name, store.find_cited([found]), store.name)


def _name_sections(names: list[str] | None) -> list[SectionName]:
    found: list[SectionName] = []
    for name in names or ["conclusion"]:
        known = find_section(name)
        if known is None:
            raise ToolError(f"there is no section `{name}`; there are {', '.join(SECTIONS)}")
        found.append(known)
    return found


def _get(store: ReleaseStore, collection: CollectionName, name: str, model: type[ModelT]) -> ModelT:
    """A record by id or alias; an unknown one is told with near ones."""
    try:
        return store.get_item(collection, store.find_moved(collection, name) or name.lower().strip(), model)
    except (NotFound, Gone) as missing:
        raise ToolError(_explain(missing)) from missing


def _explain(missing: NotFound | Gone) -> str:
    near = missing.did_you_mean if isinstance(missing, NotFound) else ()
    return missing.detail + (f" Near: {', '.join(near)}." if near else "")


def _tell(fact: Fact | FactInSection, audience: Audience = "public") -> dict[str, Any]:
    """A fact as a chatbot needs it."""
    words = fact.plain if audience == "public" else fact.text
    if isinstance(fact, QuotedFact):
        words = fact.quote
    if isinstance(fact, FactInSection):
        cited = [source.id for source in fact.sources]
    else:
        cited = [f"{source.citation} {source.url or ''}".strip() for source in fact.sources]
    told: dict[str, Any] = {"id": fact.id, "quote": words, "certainty": fact.certainty, "sources": cited, "see_also": fact.see_also}
    if isinstance(fact, FoundFact):
        told["score"] = fact.score
    return {**told, "reviewed": fact.reviewed.isoformat()}


def _drop_empty(item: object) -> object:
    """Data without members that are null or empty."""
    if isinstance(item, dict):
        members = cast("dict[str, object]", item)
        return {key: _drop_empty(value) for key, value in members.items() if value not in (None, [], {}, "")}
    return [_drop_empty(part) for part in cast("list[object]", item)] if isinstance(item, list) else item


def _result(store: ReleaseStore, room: int, head: dict[str, Any], **lists: Sequence[object]) -> CallToolResult:
    """A result that fits: of the lists, whole entries from the first on, with how many were left out."""
    data: dict[str, Any] = {**head, **dict.fromkeys(lists), "release": store.name, "license": LICENSE, "disclaimer": DISCLAIMER}
    left_out = 0
    for name, entries in lists.items():
        kept: list[object] = []
        data[name] = kept
        for entry in entries:
            kept.append(entry)
            if _size({**data, "left_out": len(entries)}) > room:
                kept.pop()
                break
        left_out += len(entries) - len(kept)
    data["left_out"] = left_out
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=data)


def _size(data: object) -> int:
    return len(json.dumps(data, ensure_ascii=False, separators=(",", ":"))) // LETTERS_PER_TOKEN + 1
