"""Markdown is for language models, which pay by the token: it has half of those of the JSON, or fewer, at every address."""

from collections.abc import AsyncIterator, Callable

import bpe_openai  # pyright: ignore[reportMissingTypeStubs] -- annotated, but not marked as typed
import httpx
import pytest

from tests.formats.figures import list_addresses, list_sections

pytestmark = pytest.mark.anyio

RECORDS = ("treatments", "drugs", "conditions", "studies", "syntheses", "claims", "terms", "facts", "sources")


@pytest.fixture(scope="module")
def count_tokens() -> Callable[[str], int]:
    """The tokens of a text as OpenAI's o200k_base counts them; the package holds the vocabulary."""
    encoding = bpe_openai.get_encoding("o200k_base")
    return lambda text: len(encoding.encode(text))


def name_release(answer: httpx.Response) -> str:
    """The text of an answer with one release's name for all, so that the digits of the day's name decide nothing."""
    return answer.text.replace(answer.headers["Content-Release"], "2026.11.28-01234567")


async def list_everything(reader: httpx.AsyncClient) -> AsyncIterator[str]:
    """Every address that answers in Markdown: each record, each section, and each treatment compared with the first."""
    for collection in RECORDS:
        for address in await list_addresses(reader, collection):
            yield address
    for address in await list_sections(reader):
        yield address
    first, *others = (address.rpartition("/")[2] for address in await list_addresses(reader, "treatments"))
    for other in others:
        yield f"/v1/compare?treatments={first},{other}"


async def test_markdown_has_half_the_tokens_of_the_json_or_fewer(reader: httpx.AsyncClient, count_tokens: Callable[[str], int]) -> None:
    longer: dict[str, str] = {}
    async for address in list_everything(reader):
        answers = [await reader.get(address, headers={"Accept": kind}) for kind in ("text/markdown", "application/json")]
        text, data = (count_tokens(name_release(answer.raise_for_status())) for answer in answers)
        if 2 * text > data:
            longer[address] = f"{text} of {data}"
    assert not longer, sorted(longer.items())
