"""Questions: search, and answers that may be quoted."""

from typing import Annotated, Literal

from fastapi import Query as FromQuery
from fastapi import Response
from pydantic import AfterValidator, Field

from app.api.answers import Reading, ReadingDep
from app.api.parameters import Listing, Selecting, check_values, values_from
from app.api.routing import Router
from app.api.v1.facts import FactFilters
from app.schemas.v1.answer import Answer, FoundFact
from app.schemas.v1.envelope import Envelope, ListEnvelope
from app.search.searching import Searching

router = Router(tags=["Questions"])

LONGEST = 1000


def check_question(text: str) -> str:
    """A question with at least one letter or digit, without control characters."""
    if not any(letter.isalnum() for letter in text):
        raise ValueError("the question has no letter and no digit: ask in words")
    if any(not letter.isprintable() and not letter.isspace() for letter in text):
        raise ValueError("the question has control characters: leave them out")
    return text


Question = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST, examples=["How fast does ketamine work?"], pattern=r"[^\W_]"),
    AfterValidator(check_question),
]


class SearchQuery(Listing, FactFilters):
    """What to look for, and in which facts."""

    q: Question
    """Question or words, in anyone's wording; up to 1,000 characters."""


class AnswersQuery(Selecting):
    """The question, for whom, and how much."""

    q: Question
    """The question, in anyone's wording; up to 1,000 characters."""
    treatment: Annotated[str | None, Field(json_schema_extra=values_from("facts:treatment"))] = None
    """Only facts of this treatment."""
    audience: Literal["public", "professional"] = "public"
    """Whose wording `quote` holds: `plain` for the public, `text` for professionals."""
    limit: Annotated[int, Field(ge=1, le=10)] = 3
    """Most facts."""
    max_tokens: Annotated[int, Field(ge=100, le=20_000)] = 1500
    """Room for the facts, in estimated tokens (four characters each; `quote`, which repeats a text, `highlights` and `links` do not count):
    whole facts are left out, never sentences; the first always comes."""


def _searching(reading: Reading) -> Searching:
    searching: Searching = reading.request.app.state.searching
    return searching


@router.get("/search", response_model=ListEnvelope[FoundFact], operation_id="search_facts", summary="Search")
async def search_facts(reading: ReadingDep, query: Annotated[SearchQuery, FromQuery()]) -> Response:
    """Facts that fit a question or some words, best first, with score and the places of the words found. Lay and clinical wording, spelling
    mistakes and abbreviations are understood."""
    filters = query.read(reading.store)
    rows, total = await _searching(reading).run(
        reading.store, lambda searcher: searcher.search(query.q, filters, query.limit, query.offset)
    )
    return reading.page(rows, total, query, FoundFact)


@router.get("/answers", response_model=Envelope[Answer], operation_id="get_answer", summary="Answer a question")
async def read_answer(reading: ReadingDep, query: Annotated[AnswersQuery, FromQuery()]) -> Response:
    """The facts that answer a question, to be quoted word for word with their sources, or an honest `no_answer` when the catalogue does not
    cover it. `notices` come first: a question that shows a risk of suicide or self-harm, a medical emergency, or the wish for personal
    advice brings what to say and whom to call, whatever else is answered."""
    if query.treatment is not None:
        check_values("treatment", [query.treatment], reading.store.find_values(None, "treatment"))
    filters = {"treatment": [query.treatment]} if query.treatment is not None else {}
    answer = await _searching(reading).run(
        reading.store,
        lambda searcher: searcher.answer(
            query.q, filters=filters, audience=query.audience, limit=query.limit, max_tokens=query.max_tokens
        ),
    )  # fmt: skip
    return reading.one(answer, query)
