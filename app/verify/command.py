"""`python -m app verify-sources`: from its options to what it prints and its exit code."""

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Annotated

import click
from pydantic import Field, ValidationError, field_validator

from app.content.library import Library, Located
from app.content.loader import load_library
from app.content.problem import Problem
from app.content.source import Source
from app.values.model import Value
from app.verify.fetch import Manners, WallClock
from app.verify.form import check_form
from app.verify.report import EXIT_DIFFER, Outcome, build_report, render_report
from app.verify.sources import Addresses, Answers, Caller, Inquiry, Progress, ask_services, judge, list_questions, select_sources
from app.verify.store import Store

_CONTACT = re.compile(r"[!-~]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
_ADDRESS = re.compile(r"https?://[!-~]+")

EXIT_USAGE = 2


class Options(Value):
    """The options, by the names that the command line gives them."""

    data: Path
    cache: Path
    only: tuple[str, ...] = ()
    offline: bool = False
    as_json: bool = False
    contact: str | None = None
    api_key: str | None = None
    max_age: Annotated[int, Field(ge=0)] = 30
    attempts: Annotated[int, Field(ge=1, le=20)] = 5
    timeout: Annotated[float, Field(gt=0, le=3600)] = 60
    backoff: Annotated[float, Field(ge=0, le=60)] = 1
    pubmed_url: str = Addresses.pubmed
    crossref_url: str = Addresses.crossref
    registry_url: str = Addresses.registry

    @field_validator("contact")
    @classmethod
    def _is_mail_address(cls, contact: str | None) -> str | None:
        if contact is not None and not _CONTACT.fullmatch(contact):
            raise ValueError("give a mail address such as you@example.org")
        return contact

    @field_validator("pubmed_url", "crossref_url", "registry_url")
    @classmethod
    def _is_web_address(cls, address: str) -> str:
        if not _ADDRESS.fullmatch(address):
            raise ValueError("give an address that begins with http:// or https://")
        return address


def run_verification(given: dict[str, object], today: date) -> int:
    """Verify the sources as the options say, print the report, and return the exit code."""
    try:
        options = Options.model_validate(given)
    except ValidationError as error:
        return _refuse(*(f"--{str(item['loc'][0]).replace('_', '-')}: {item['msg']}" for item in error.errors()))
    if options.contact is None and not options.offline:
        return _refuse("--contact: the services ask whom they can write to: give your mail address, or --offline to ask nobody")
    library, problems = load_library(options.data)
    if library is None:
        return _refuse(*(f"--data: {problem.message}: {problem.remedy}" for problem in problems))
    sources = select_sources(library, options.only)
    if not sources:
        unread = "--data: it holds no source that can be read: see `python -m app check`"
        return _refuse("--only: no source has this text in its path" if options.only else unread)
    try:
        outcome = _verify(options, library, problems, sources, today)
    except OSError as error:
        click.echo(f"error: --cache: answers cannot be kept in {options.cache}: {error.strerror or error}", err=True)
        return EXIT_DIFFER
    click.echo(json.dumps(build_report(outcome), ensure_ascii=False) if options.as_json else render_report(outcome))
    return outcome.exit_code


def _verify(options: Options, library: Library, unread: list[Problem], sources: dict[str, Located[Source]], today: date) -> Outcome:
    """Form first; then, unless offline, what the services say. Sources that cannot be read are errors of their own."""
    problems = [*(problem for problem in unread if problem.file.startswith("sources/")), *check_form(library)]
    shown = [problem for problem in problems if not options.only or any(text in problem.file for text in options.only)]
    return judge(sources, shown, None if options.offline else _ask(options, sources, today))


def _ask(options: Options, sources: dict[str, Located[Source]], today: date) -> Answers:
    questions = [question for located in sources.values() for question in list_questions(located.item)]
    store = Store(options.cache, today, options.max_age)
    store.prepare()
    total = len({(question.kind, question.key) for question in questions})
    with show_progress(total) as progress:
        inquiry = Inquiry(
            Caller(options.contact or "", options.api_key),
            store,
            Addresses(options.pubmed_url, options.crossref_url, options.registry_url),
            Manners(attempts=options.attempts, timeout_seconds=options.timeout, backoff_seconds=options.backoff),
            WallClock(),
            progress,
        )
        return asyncio.run(ask_services(questions, inquiry))


@contextlib.contextmanager
def show_progress(total: int) -> Generator[Progress]:
    """A bar on the terminal of standard error; nothing at all when that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=total, label="asking", file=sys.stderr) as bar:
        yield bar.update


def _refuse(*messages: str) -> int:
    for message in messages:
        click.echo(f"error: {message}", err=True)
    return EXIT_USAGE
