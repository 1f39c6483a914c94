"""PubMed, Crossref and ClinicalTrials.gov on loopback: they speak the documented answers, and fail as they are told to."""

import contextlib
import json
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

from app.verify.sources import Addresses

Json = dict[str, object]


def make_summary(pmid: str = "1", **changes: object) -> Json:
    """ESummary's entry for the source tester-2020 of the sample."""
    return {
        "uid": pmid, "pubdate": "2020 Jan 15", "epubdate": "2019 Dec 3", "source": "J Invent Results",
        "authors": [{"name": "Tester AB", "authtype": "Author", "clusterid": ""}, {"name": "Sample C", "authtype": "Author", "clusterid": ""}],
        "lastauthor": "Sample C", "title": "Exemplin against placebo: an invented trial.", "volume": "1", "issue": "", "pages": "1-9",
        "lang": ["eng"], "pubtype": ["Journal Article", "Randomized Controlled Trial"],
        "articleids": [
            {"idtype": "pubmed", "idtypen": 1, "value": pmid}, {"idtype": "doi", "idtypen": 3, "value": "10.5555/exemplin"},
        ],
        "fulljournalname": "Journal of invented results", "elocationid": "doi: 10.5555/exemplin", **changes,
    }  # fmt: skip


def make_work(**changes: object) -> Json:
    """Crossref's message for the source tester-2020 of the sample."""
    return {
        "DOI": "10.5555/exemplin", "type": "journal-article", "title": ["Exemplin against placebo: an invented trial"], "subtitle": [],
        "author": [
            {"given": "Anna B.", "family": "Tester", "sequence": "first", "affiliation": []},
            {"given": "Carl", "family": "Sample", "sequence": "additional", "affiliation": []},
        ],
        "container-title": ["Journal of Invented Results"], "short-container-title": ["J Invent Results"], "publisher": "Invented Press",
        "issued": {"date-parts": [[2019, 12, 3]]}, "published": {"date-parts": [[2019, 12, 3]]},
        "published-online": {"date-parts": [[2019, 12, 3]]}, "published-print": {"date-parts": [[2020, 1]]}, "relation": {}, **changes,
    }  # fmt: skip


def make_study(nct: str, **changes: object) -> Json:
    """A study of ClinicalTrials.gov."""
    naming = {"nctId": nct, "briefTitle": "A Registration Without a Paper", "officialTitle": "A Long Official Title", **changes}
    return {"protocolSection": {"identificationModule": naming, "statusModule": {"startDateStruct": {"date": "1999-05"}}}}


def make_reference(kind: str, text: str, pmid: str = "") -> str:
    """An element of EFetch that leads to a notice."""
    number = f'<PMID Version="1">{pmid}</PMID>' if pmid else ""
    return f'<CommentsCorrections RefType="{kind}"><RefSource>{escape(text)}</RefSource>{number}</CommentsCorrections>'


@dataclass
class Fault:
    """What is sent instead of one answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    cut: int = 0
    """How many bytes fewer are sent than the header promises."""
    hangs: bool = False


@dataclass
class Services:
    """What the services know, what they were asked, and how they fail."""

    summaries: dict[str, Json] = field(default_factory=lambda: {"1": make_summary()})
    references: dict[str, str] = field(default_factory=dict[str, str])
    works: dict[str, Json] = field(default_factory=lambda: {"10.5555/exemplin": make_work()})
    agencies: dict[str, str] = field(default_factory=dict[str, str])
    studies: dict[str, Json] = field(default_factory=lambda: {nct: make_study(nct) for nct in ("NCT00000000", "NCT00000001")})
    faults: dict[str, list[Fault]] = field(default_factory=dict[str, list[Fault]])
    """Faults by the part of the path they are for; each is used once, in order."""
    requests: list[str] = field(default_factory=list[str])
    queries: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    agents: set[str] = field(default_factory=set[str])
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def addresses(self) -> Addresses:
        base = f"http://127.0.0.1:{self.port}"
        return Addresses(f"{base}/eutils", f"{base}/crossref/", f"{base}/registry")

    @property
    def options(self) -> Sequence[str]:
        at = self.addresses
        return ("--pubmed-url", at.pubmed, "--crossref-url", at.crossref, "--registry-url", at.registry, "--contact", "me@example.org")

    def count(self, part: str) -> int:
        """How often a path with this part was asked for."""
        return sum(part in path for path in self.requests)

    def answer(self, path: str, query: dict[str, str]) -> Fault:
        """The answer to one request: a fault that is due, or what is known."""
        for part, faults in self.faults.items():
            if part in path and faults:
                return faults.pop(0)
        if path.startswith("/eutils/"):
            return self._pubmed(path.removeprefix("/eutils/"), query)
        if path.startswith("/crossref/works/"):
            return self._crossref(path.removeprefix("/crossref/works/"))
        study = self.studies.get(path.removeprefix("/registry/api/v2/studies/"))
        return Fault(404, b"NCT number not found") if study is None else _send(study)

    def _pubmed(self, name: str, query: dict[str, str]) -> Fault:
        if name == "esearch.fcgi":
            found = [pmid for pmid, entry in self.summaries.items() if any(f'"{doi}"' in query["term"].lower() for doi in _dois_of(entry))]
            return _send({"header": {}, "esearchresult": {"count": str(len(found)), "idlist": found, "translationset": []}})
        pmids = query["id"].split(",")
        if name == "esummary.fcgi":
            missing = {pmid: {"uid": pmid, "error": "cannot get document summary"} for pmid in pmids}
            return _send(
                {
                    "header": {},
                    "result": {"uids": pmids, **missing, **{pmid: self.summaries[pmid] for pmid in pmids if pmid in self.summaries}},
                }
            )
        articles = "".join(
            f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>'
            f"<CommentsCorrectionsList>{self.references.get(pmid, '')}</CommentsCorrectionsList></MedlineCitation></PubmedArticle>"
            for pmid in pmids
        )
        doctype = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
        return Fault(body=f'<?xml version="1.0" ?>\n{doctype}\n<PubmedArticleSet>{articles}</PubmedArticleSet>'.encode())

    def _crossref(self, rest: str) -> Fault:
        doi = unquote(rest.removesuffix("/agency")).lower()
        if rest.endswith("/agency"):
            if doi not in self.agencies:
                return Fault(404, b"Resource not found.")
            agency = {"id": self.agencies[doi].lower(), "label": self.agencies[doi]}
            return _send({"status": "ok", "message-type": "work-agency", "message": {"DOI": doi, "agency": agency}})
        work = self.works.get(doi)
        return Fault(404, b"Resource not found.") if work is None else _send({"status": "ok", "message-type": "work", "message": work})


def _dois_of(summary: Json) -> list[str]:
    return [item["value"].lower() for item in cast("list[dict[str, str]]", summary["articleids"]) if item["idtype"] == "doi"]


def _send(content: Json) -> Fault:
    return Fault(body=json.dumps(content).encode())


class _Server(ThreadingHTTPServer):
    services: Services

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        services = cast("_Server", self.server).services
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        services.requests.append(parts.path)
        services.queries.append(query)
        services.agents.add(self.headers["user-agent"])
        fault = services.answer(parts.path, query)
        if fault.hangs:
            services.released.wait(30)
            self.close_connection = True
            return
        self.send_response(fault.status)
        for name, value in fault.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(fault.body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # a client that has read enough goes away
            self.wfile.write(fault.body[: len(fault.body) - fault.cut])
        self.close_connection = self.close_connection or fault.cut > 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server uses
        pass


@contextlib.contextmanager
def serving() -> Generator[Services]:
    """The services, until the context closes."""
    services = Services()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.services = services
    server.daemon_threads = False
    services.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield services
    finally:
        services.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
