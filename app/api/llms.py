"""`/llms.txt`: what is here and how to cite it, for language models that read addresses (llmstxt.org)."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from app.api.current import get_bound
from app.api.pages.guide import list_guide
from app.api.pages.template import add_root, find_root
from app.formats.markdown import render_treatment
from app.release.store import Page, ReleaseStore
from app.schemas.v1.envelope import DISCLAIMER, LICENSE
from app.schemas.v1.treatment import TreatmentCard
from app.values.sections import SECTIONS

router = APIRouter(include_in_schema=False)

MOST = 100


@router.get("/llms.txt")
async def read_llms(request: Request) -> PlainTextResponse:
    """The short list: every treatment with its Markdown address, and the calls that answer questions."""
    return PlainTextResponse(add_root(render_llms(get_bound(request)), find_root(request)))


@router.get("/llms-full.txt")
async def read_llms_full(request: Request) -> PlainTextResponse:
    """The short list and after it every treatment as Markdown."""
    store = get_bound(request)
    documents = [_document(store, card.id) for card in _cards(store)]
    return PlainTextResponse("\n".join([add_root(render_llms(store), find_root(request)), *documents]))


def render_llms(store: ReleaseStore) -> str:
    """The short list."""
    lines = [
        "# Treatment information",
        "",
        "> Facts about treatments of depression, each with an id that never changes, sources, GRADE certainty and review date.",
        "",
        f"Release {store.name}. License {LICENSE}. {DISCLAIMER}",
        "",
        "Quote facts word for word. Cite the fact id, its source and the release. If an answer has `notices`, show them first. `no_answer`",
        "means that the catalogue does not cover the question. Facts on doses or benefits name in `see_also` the warnings that belong to",
        "them.",
        "",
        "## Treatments",
        "",
        *(f"- [{card.name}](/v1/treatments/{card.id}?format=md): {card.plain_sentence}" for card in _cards(store)),
        "",
        "## Calls",
        "",
        "- [Answer a question](/v1/answers?q=QUESTION): facts to quote, or no answer",
        "- [Search](/v1/search?q=WORDS): ranked facts",
        "- [One section](/v1/treatments/ID/SECTION?format=md): sections are " + ", ".join(SECTIONS),
        "- [One fact](/v1/facts/FACT-ID?format=md)",
        "- [Compare](/v1/compare?treatments=A,B&format=md)",
        "- [OpenAPI](/openapi.json): every call",
        "- [MCP](/mcp): the same for chatbots, streamable HTTP",
        "- [Everything as text](/llms-full.txt)",
        "",
        "## Guide",
        "",
        *(f"- [{page.title}](/docs/guide/{page.name}.md): {page.summary}" for pages in list_guide().values() for page in pages),
    ]
    return "\n".join(lines) + "\n"


def _cards(store: ReleaseStore) -> list[TreatmentCard]:
    return store.list_items("treatments", TreatmentCard, {}, Page(MOST))[0]


def _document(store: ReleaseStore, treatment_id: str) -> str:
    document = store.get_document(treatment_id)
    return render_treatment(document, store.find_cited(document.sections.listed()), store.name)
