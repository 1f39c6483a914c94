"""A chatbot without a language model: it quotes what the treatment-information API answers.

python examples/chatbot/chatbot.py "how fast does ketamine work"     one question
python examples/chatbot/chatbot.py                                   a conversation
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO, cast

try:
    import treatment_information
except ModuleNotFoundError:  # a checkout in which the client is not installed
    sys.path.insert(0, str(Path(__file__).parents[2] / "clients" / "python" / "src"))
    import treatment_information

from reply import Reply, render_reply
from treatment_information import AsyncClient, ConnectionFailed, TreatmentInformationError, models

Audience = Literal["public", "professional"]
GREETING = "Ask about a treatment. I quote sourced facts and never make any up; I am no doctor. An empty line ends the conversation.\n"
FACTS = 2  # the best and one beside it: more is no conversation
MOST_WARNINGS = 100  # as many ids as one request takes


@dataclass(frozen=True)
class Options:
    """How to talk."""

    url: str
    audience: Audience
    region: str
    question: str


async def answer(client: AsyncClient, question: str, *, audience: Audience = "public", region: str = "") -> str:
    """What the catalogue says to a question, as text for a reader.

    Raises:
        TreatmentInformationError: when the service does not answer
    """
    answered = await client.get_answer(question, audience=audience, limit=FACTS)
    warnings = await find_warnings(client, answered.data["facts"])
    return render_reply(Reply(answered.data, answered.meta, warnings, audience), region)


async def find_warnings(client: AsyncClient, facts: list[models.QuotedFact]) -> list[models.Fact]:
    """The warnings that belong to facts, which must not travel without them; those that are quoted anyway are left out."""
    quoted = {fact["id"] for fact in facts}
    wanted = list(dict.fromkeys(name for fact in facts for name in fact["see_also"] if name not in quoted))[:MOST_WARNINGS]
    return list(await client.list_facts(ids=wanted, limit=len(wanted))) if wanted else []


async def reply_or_explain(client: AsyncClient, question: str, options: Options) -> str:
    """The answer, or why there is none; a conversation goes on after either."""
    try:
        return await answer(client, question, audience=options.audience, region=options.region)
    except ConnectionFailed as error:
        return f"The service cannot be reached ({error}). Start it with `make serve`, or name another with --url.\n"
    except TreatmentInformationError as error:
        return f"That did not work: {error}\n"


async def converse(client: AsyncClient, options: Options, ask: Callable[[], str], out: TextIO) -> None:
    """Answer question after question until an empty line or the end of the input."""
    out.write(GREETING)
    while question := ask().strip():
        out.write(await reply_or_explain(client, question, options) + "\n")


def ask_reader() -> str:
    """The reader's next question; empty at the end of the input."""
    try:
        return input("\n> ")
    except (EOFError, KeyboardInterrupt):
        return ""


async def run(options: Options, out: TextIO) -> int:
    """One question, or a conversation. The exit status is 1 when a single question could not be answered."""
    async with AsyncClient(options.url) as client:
        if not options.question:
            await converse(client, options, ask_reader, out)
            return 0
        try:
            out.write(await answer(client, options.question, audience=options.audience, region=options.region))
        except TreatmentInformationError:
            out.write(await reply_or_explain(client, options.question, options))
            return 1
        return 0


def read_options(arguments: list[str]) -> Options:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description="Quotes what the treatment-information API answers.", epilog="Information, not medical advice."
    )
    parser.add_argument("question", nargs="*", help="ask this and stop; without it, talk")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the API (default: %(default)s)")
    parser.add_argument("--audience", choices=["public", "professional"], default="public", help="whose wording to quote")
    parser.add_argument("--region", default="", metavar="US", help="country whose helplines come first")
    given = parser.parse_args(arguments)
    words = cast("list[str]", given.question)
    return Options(cast("str", given.url), cast("Audience", given.audience), cast("str", given.region), " ".join(words))


if __name__ == "__main__":
    assert treatment_information  # noqa: S101 - imported above so that a checkout works without installing
    sys.exit(asyncio.run(run(read_options(sys.argv[1:]), sys.stdout)))
