"""The run: which numbers are asked where, in what batches, and what the answers mean for each source."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import httpx

from app.content.library import Library, Located
from app.content.problem import Problem
from app.content.reader import Path_
from app.content.source import Source
from app.verify import crossref, pubmed, registry
from app.verify.compare import compare_registration, compare_source
from app.verify.crossref import Crossref
from app.verify.fetch import Clock, Manners, NotReached, Service
from app.verify.form import find_code_fault, find_doi_fault, find_pmid_fault, fold_doi
from app.verify.pubmed import PubMed
from app.verify.record import Record
from app.verify.registry import ClinicalTrials
from app.verify.report import Outcome, State
from app.verify.store import Store

PER_SECOND_NCBI, PER_SECOND_NCBI_WITH_KEY, PER_SECOND_CROSSREF, PER_SECOND_REGISTRY = 3, 10, 5, 1
"""NCBI's limits are its rules of use; Crossref's and the registry's are below what they allow."""

TOOL = "treatment-information"

Kind = Literal["pubmed", "pubmed-doi", "crossref", "registry"]
"""Where a number is asked: PubMed by its own number or by DOI, Crossref by DOI, ClinicalTrials.gov by NCT number."""

NAMES: Mapping[Kind, str] = {"pubmed": "PubMed", "pubmed-doi": "PubMed", "crossref": "Crossref", "registry": "ClinicalTrials.gov"}

Batch = Callable[[Sequence[str]], Awaitable[Mapping[str, Record]]]
Progress = Callable[[int], None]
"""Told how many numbers are settled since it was last told."""


@dataclass(frozen=True)
class Addresses:
    """Where the services are."""

    pubmed: str = pubmed.ADDRESS
    crossref: str = crossref.ADDRESS
    registry: str = registry.ADDRESS


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    contact: str
    api_key: str | None = None


@dataclass(frozen=True)
class Question:
    """A number of a source that a service can be asked about, and where it stands."""

    kind: Kind
    key: str
    path: Path_


@dataclass
class Answers:
    """What is known by now: a record, or why there is none."""

    records: dict[tuple[Kind, str], Record] = field(default_factory=dict[tuple[Kind, str], Record])
    reasons: dict[tuple[Kind, str], str] = field(default_factory=dict[tuple[Kind, str], str])


def list_questions(source: Source) -> Iterator[Question]:
    """What can be asked about a source; numbers whose form is wrong are not sent to anybody."""
    if source.pmid is not None and find_pmid_fault(source.pmid) is None:
        yield Question("pubmed", source.pmid, ("pmid",))
    if source.doi is not None and find_doi_fault(source.doi) is None:
        yield Question("crossref", fold_doi(source.doi), ("doi",))
        yield Question("pubmed-doi", fold_doi(source.doi), ("doi",))
    for index, coding in enumerate(source.registration):
        if coding.system == "nct" and find_code_fault("nct", coding.code) is None:
            yield Question("registry", coding.code, ("registration", index, "code"))


def select_sources(library: Library, only: Sequence[str]) -> dict[str, Located[Source]]:
    """The sources whose file has one of the texts in its path, or all."""
    return {
        source_id: located
        for source_id, located in library.sources.items()
        if not only or any(text in located.document.file for text in only)
    }


@dataclass(frozen=True)
class Inquiry:
    """How a run asks."""

    caller: Caller
    store: Store
    addresses: Addresses
    manners: Manners
    clock: Clock
    progress: Progress


async def ask_services(questions: Iterable[Question], inquiry: Inquiry) -> Answers:
    """Answer all questions from the store and, for the rest, from the services: each has its own queue, and all run at once."""
    keys = _group(questions)
    desk = _Desk(Answers(), inquiry.store, inquiry.progress)
    async with _open_client(inquiry.caller) as client:
        ncbi, agency, trials = _open_services(inquiry, client)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_ask_pubmed(desk, ncbi, keys))
                group.create_task(desk.settle("crossref", agency.service, keys["crossref"], _one(agency.fetch_record)))
                group.create_task(desk.settle("registry", trials.service, keys["registry"], _one(trials.fetch_record)))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
    return desk.answers


def _open_services(inquiry: Inquiry, client: httpx.AsyncClient) -> tuple[PubMed, Crossref, ClinicalTrials]:
    caller, addresses = inquiry.caller, inquiry.addresses

    def open_service(name: str, address: str, per_second: float) -> Service:
        return Service(name, address, per_second, client, inquiry.manners, inquiry.clock)

    ncbi_rate = PER_SECOND_NCBI_WITH_KEY if caller.api_key else PER_SECOND_NCBI
    return (
        PubMed(open_service("PubMed", addresses.pubmed, ncbi_rate), _identify(caller)),
        Crossref(open_service("Crossref", addresses.crossref, PER_SECOND_CROSSREF), {"mailto": caller.contact}),
        ClinicalTrials(open_service("ClinicalTrials.gov", addresses.registry, PER_SECOND_REGISTRY)),
    )


def judge(sources: Mapping[str, Located[Source]], form_problems: Sequence[Problem], answers: Answers | None) -> Outcome:
    """Each source's state and every problem; without `answers` by form alone."""
    problems = list(form_problems)
    wrong = {problem.file for problem in form_problems if problem.severity == "error"}
    states: dict[str, State] = {}
    for source_id, located in sources.items():
        questions = list(list_questions(located.item)) if answers is not None else []
        found = _judge_source(located, questions, answers) if answers is not None else []
        problems += found
        is_wrong = located.document.file in wrong or any(problem.severity == "error" for problem in found)
        states[source_id] = "differ" if is_wrong else _find_state(questions, answers)
    return Outcome(states, sorted(set(problems)))


def _judge_source(located: Located[Source], questions: Sequence[Question], answers: Answers) -> list[Problem]:
    problems: list[Problem] = []
    for question in questions:
        key = (question.kind, question.key)
        if key in answers.reasons:
            remedy = "run it again later; the answers that came are kept"
            problems.append(located.document.notice(question.path, f"not reached: {answers.reasons[key]}", remedy))
        else:
            problems += _judge_record(located, question, answers.records[key])
    return problems


def _judge_record(located: Located[Source], question: Question, record: Record) -> list[Problem]:
    service = NAMES[question.kind]
    if not record.found:
        if question.kind == "pubmed-doi":
            return []  # Most DOIs are not in PubMed, and old records there carry none.
        message = f"{service} knows no {question.key}"
        return [located.document.problem(question.path, message, "correct the number; if it is right, the service may not have it yet")]
    if record.agency is not None:
        message = f"the DOI is kept by {record.agency}, not by Crossref: that it exists was checked, nothing else"
        return [located.document.notice(question.path, message, "compare the source yourself")]
    if question.kind == "registry":
        return compare_registration(located, record, service)
    if question.kind == "pubmed-doi" and located.item.pmid is not None:
        # The record of the source's own number was compared already; only another record under its DOI is news.
        is_other = record.pmid != located.item.pmid
        return compare_source(located, Record(pmid=record.pmid), service) if is_other else []
    return compare_source(located, record, service)


def _find_state(questions: Sequence[Question], answers: Answers | None) -> State:
    if answers is None:
        return "form only"
    keys: list[tuple[Kind, str]] = [(question.kind, question.key) for question in questions]
    if any(key in answers.reasons for key in keys):
        return "not reached"
    records = [answers.records[key] for key in keys]
    return "agree" if any(record.found and record.agency is None for record in records) else "form only"


async def _ask_pubmed(desk: "_Desk", ncbi: PubMed, keys: Mapping[Kind, Sequence[str]]) -> None:
    """Both kinds of questions to PubMed, one after the other: they share its queue."""
    await desk.settle("pubmed", ncbi.service, keys["pubmed"], ncbi.fetch_records, pubmed.BATCH)
    await desk.settle("pubmed-doi", ncbi.service, keys["pubmed-doi"], ncbi.find_by_doi, pubmed.DOI_BATCH)


def _one(fetch: Callable[[str], Awaitable[Record]]) -> Batch:
    """A batch of one."""

    async def fetch_batch(keys: Sequence[str]) -> Mapping[str, Record]:
        return {key: await fetch(key) for key in keys}

    return fetch_batch


@dataclass(frozen=True)
class _Desk:
    """Settles questions: from the store first, then by asking, and keeps what was answered at once."""

    answers: Answers
    store: Store
    progress: Progress

    async def settle(self, kind: Kind, service: Service, keys: Sequence[str], fetch: Batch, size: int = 1) -> None:
        missing: list[str] = []
        for key in keys:
            record = self.store.find(kind, service.address, key)
            if record is None:
                missing.append(key)
            else:
                self.answers.records[kind, key] = record
        self.progress(len(keys) - len(missing))
        for start in range(0, len(missing), size):
            batch = missing[start : start + size]
            await self._ask(kind, service, batch, fetch)
            self.progress(len(batch))

    async def _ask(self, kind: Kind, service: Service, keys: Sequence[str], fetch: Batch) -> None:
        try:
            records = await fetch(keys)
        except NotReached as error:
            self.answers.reasons.update({(kind, key): str(error) for key in keys})
            return
        for key, record in records.items():
            self.store.keep(kind, service.address, key, record)
            self.answers.records[kind, key] = record


def _group(questions: Iterable[Question]) -> dict[Kind, list[str]]:
    """The numbers of each kind, each once, in order."""
    keys: dict[Kind, dict[str, None]] = {"pubmed": {}, "pubmed-doi": {}, "crossref": {}, "registry": {}}
    for question in questions:
        keys[question.kind][question.key] = None
    return {kind: list(given) for kind, given in keys.items()}


def _identify(caller: Caller) -> dict[str, str]:
    key = {"api_key": caller.api_key} if caller.api_key else {}
    return {"tool": TOOL, "email": caller.contact, **key}


def _open_client(caller: Caller) -> httpx.AsyncClient:
    """One client for all services: one connection each, no waits of its own, bodies as they are so that their size is known."""
    return httpx.AsyncClient(
        headers={"user-agent": f"{TOOL}/1.0 (mailto:{caller.contact})", "accept-encoding": "identity"},
        limits=httpx.Limits(max_connections=3, max_keepalive_connections=3),
        timeout=None,  # noqa: S113 - each whole request has a limit in `Service`
        follow_redirects=True,
        max_redirects=3,
    )
