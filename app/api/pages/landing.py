"""The page at `/`: what this is, with answers of the release that is being served."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote_plus

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from app.api.current import get_bound
from app.api.pages.template import render_page
from app.release.store import Page, ReleaseStore
from app.schemas.v1.answer import Answer
from app.schemas.v1.envelope import DISCLAIMER, LICENSE
from app.schemas.v1.fact import Fact
from app.schemas.v1.treatment import TreatmentCard
from app.search.answerer import Searcher
from app.search.searching import Searching

router = APIRouter(include_in_schema=False)

QUESTIONS: Final = ("How fast does ketamine work?", "Is Spravato the same as ketamine?", "Can ketamine harm the bladder?")
"""What the page asks when it is made."""

BEYOND: Final = "Does ketamine cure migraine?"
"""A question that the catalogue does not cover, to show what is said then."""

MOST_TREATMENTS: Final = 40


@dataclass(frozen=True)
class Shown:
    """A question as the page shows it: its answer, and the warnings that belong to the facts quoted."""

    answer: Answer
    warnings: tuple[Fact, ...]

    @property
    def address(self) -> str:
        """Where the same answer stands as JSON."""
        return f"/v1/answers?limit=1&q={quote_plus(self.answer.question)}"


@router.get("/")
async def read_landing(request: Request) -> Response:
    """The landing page."""
    store = get_bound(request)
    searching: Searching = request.app.state.searching
    searcher = await searching.get(store)
    shown = await anyio.to_thread.run_sync(lambda: [ask(searcher, store, question) for question in (*QUESTIONS, BEYOND)])
    cards, total = store.list_items("treatments", TreatmentCard, {}, Page(MOST_TREATMENTS))
    return render_page(
        request, "landing.html", shown=shown, cards=cards, more=total - len(cards), counts=store.counts,
        release=store.name, license=LICENSE, disclaimer=DISCLAIMER,
    )  # fmt: skip


def ask(searcher: Searcher, store: ReleaseStore, question: str) -> Shown:
    """What the service answers to a question. Nobody asked it, so it is not counted."""
    answer = searcher.answer(question, filters={}, limit=1)
    ids = [fact_id for fact in answer.facts for fact_id in fact.see_also]
    warnings = store.list_facts({}, ids, Page(100))[0] if ids else []
    return Shown(answer, tuple(warnings))
