"""PubMed through the NCBI E-utilities (https://www.ncbi.nlm.nih.gov/books/NBK25499/).

ESummary gives the citation as JSON; notices such as retractions stand only in the XML of EFetch; ESearch finds by DOI."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from app.verify.answer import Answer, find_year, parse_answer, parse_members
from app.verify.fetch import Malformed, NotReached, Service, TooLarge
from app.verify.fold import find_family, find_mark
from app.verify.form import fold_doi
from app.verify.record import UNKNOWN, Notice, NoticeKind, Record

ADDRESS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
BATCH = 100
"""Numbers in one question; NCBI wants POST beyond 200."""
DOI_BATCH = 20
"""DOIs in one search, so that its address stays near 2,000 characters."""

_REFERENCES: Mapping[str, tuple[NoticeKind, str]] = {
    "RetractionIn": ("retraction", "retraction in"),
    "PartialRetractionIn": ("retraction", "partial retraction in"),
    "ExpressionOfConcernIn": ("concern", "expression of concern in"),
    "ErratumIn": ("correction", "erratum in"),
    "CorrectedandRepublishedIn": ("correction", "corrected and republished in"),
    "RetractedandRepublishedIn": ("retraction", "retracted and republished in"),
    "UpdateIn": ("newer", "update in"),
    "RetractionOf": ("about-another", "retraction of"),
    "PartialRetractionOf": ("about-another", "partial retraction of"),
    "ExpressionOfConcernFor": ("about-another", "expression of concern for"),
    "ErratumFor": ("about-another", "erratum for"),
}
"""What `RefType` of `CommentsCorrections` means (https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html)."""

_TYPES: Mapping[str, NoticeKind] = {"Retracted Publication": "retraction", "Expression of Concern": "about-another"}
"""Publication types that tell of a notice even when no reference leads to it."""


class _Author(Answer):
    name: str
    authtype: str = "Author"


class _ArticleId(Answer):
    idtype: str
    value: str


class _Summary(Answer):
    """One document summary; `error` stands alone when there is no such number."""

    error: str | None = None
    title: str = ""
    booktitle: str = ""
    authors: tuple[_Author, ...] = ()
    pubdate: str = ""
    epubdate: str = ""
    source: str = ""
    fulljournalname: str = ""
    publishername: str = ""
    articleids: tuple[_ArticleId, ...] = ()
    pubtype: tuple[str, ...] = ()


class _Search(Answer):
    idlist: tuple[str, ...]


class _SearchAnswer(Answer):
    esearchresult: _Search


@dataclass(frozen=True)
class PubMed:
    """PubMed, asked in batches."""

    service: Service
    identity: Mapping[str, str]
    """What NCBI asks every program to send: `tool`, `email`, and `api_key` when there is one."""

    async def fetch_records(self, pmids: Sequence[str]) -> dict[str, Record]:
        """The record of each number, or that there is none; at most `BATCH` of them at once."""
        try:
            return await self._fetch_batch(pmids)
        except TooLarge:
            if len(pmids) == 1:
                raise
        half = len(pmids) // 2
        return {**await self.fetch_records(pmids[:half]), **await self.fetch_records(pmids[half:])}

    async def find_by_doi(self, dois: Sequence[str]) -> dict[str, Record]:
        """The record that carries each DOI, or that none does; at most `DOI_BATCH` of them at once."""
        term = " OR ".join(f'"{doi}"[doi]' for doi in dois)
        parameters = {**self.identity, "db": "pubmed", "retmode": "json", "retmax": str(5 * DOI_BATCH), "term": term}
        answer = await self.service.ask("esearch.fcgi", parameters, lambda body: parse_answer(_SearchAnswer, body))
        if answer is None:
            raise NotReached(f"{self.service.name} has no search at this address")
        pmids = [pmid for pmid in answer.esearchresult.idlist if pmid.isdecimal()]
        records = await self.fetch_records(pmids[:BATCH]) if pmids else {}
        by_doi = {fold_doi(record.doi): record for record in records.values() if record.doi}
        return {doi: by_doi.get(fold_doi(doi), UNKNOWN) for doi in dois}

    async def _fetch_batch(self, pmids: Sequence[str]) -> dict[str, Record]:
        parameters = {**self.identity, "db": "pubmed", "id": ",".join(pmids)}
        summaries = await self.service.ask("esummary.fcgi", {**parameters, "retmode": "json"}, lambda body: parse_summaries(body, pmids))
        if summaries is None:
            raise NotReached(f"{self.service.name} has no summaries at this address")
        known = [pmid for pmid in pmids if summaries[pmid].error is None]
        notices: Mapping[str, tuple[Notice, ...]] = {}
        if known:
            asked = {**parameters, "id": ",".join(known), "retmode": "xml"}
            notices = await self.service.ask("efetch.fcgi", asked, parse_notices) or {}
        return {pmid: _build_record(pmid, summaries[pmid], notices.get(pmid, ())) for pmid in pmids}


def parse_summaries(body: bytes, pmids: Sequence[str]) -> dict[str, _Summary]:
    """The summaries that were asked for; an answer that leaves one out is malformed, an unknown number is not."""
    result = parse_members(body, "result")
    try:
        return {pmid: _Summary.model_validate(result[pmid]) for pmid in pmids}
    except KeyError as error:
        raise Malformed(f"no summary of {error.args[0]}") from error
    except ValueError as error:
        raise Malformed("a summary has not its documented form") from error


def parse_notices(body: bytes) -> dict[str, tuple[Notice, ...]]:
    """The notices in each record of an EFetch answer, by PubMed number.

    Python's parser follows no external entity, and a document that declares entities is refused before it is parsed, so that a
    small body cannot grow; reading it as text first keeps another encoding from hiding the declaration."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error
    if "<!ENTITY" in text:
        raise Malformed("it declares entities")
    try:
        root = ET.fromstring(text)  # noqa: S314 - see above
    except ET.ParseError as error:
        raise Malformed(f"not XML: {error}") from error
    found: dict[str, tuple[Notice, ...]] = {}
    for article in root.iter("MedlineCitation"):
        pmid = article.findtext("PMID", "").strip()
        found[pmid] = tuple(_read_notices(article))
    return found


def _read_notices(article: ET.Element) -> Iterator[Notice]:
    for reference in article.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        kind, words = _REFERENCES.get(reference.get("RefType", ""), (None, ""))
        if kind is not None:
            pmid = reference.findtext("PMID", "").strip()
            number = f" (PubMed {pmid})" if pmid else ""
            yield Notice(kind=kind, text=f"{words} {reference.findtext('RefSource', 'another work').strip()}{number}")


def _build_record(pmid: str, summary: _Summary, notices: tuple[Notice, ...]) -> Record:
    if summary.error is not None:
        return UNKNOWN
    numbers = {item.idtype: item.value for item in summary.articleids}
    years = (find_year(summary.pubdate), find_year(summary.epubdate))
    return Record(
        titles=tuple(title for title in (summary.title, summary.booktitle) if title),
        authors=tuple(_find_name(author) for author in summary.authors),
        years=tuple(year for year in years if year is not None),
        containers=tuple(
            name for name in (summary.fulljournalname, summary.source, summary.booktitle, summary.publishername) if name
        ),
        doi=numbers.get("doi"),
        pmid=pmid,
        pmcid=numbers.get("pmc"),
        notices=(*notices, *_notices_of_types(summary, notices)),
    )  # fmt: skip


def _find_name(author: _Author) -> str:
    return author.name if author.authtype == "CollectiveName" else find_family(author.name)


def _notices_of_types(summary: _Summary, told: Sequence[Notice]) -> Iterator[Notice]:
    """What publication types and the title say and no reference has said already."""
    kinds = {notice.kind for notice in told}
    for name in summary.pubtype:
        kind = _TYPES.get(name)
        if kind is not None and kind not in kinds:
            kinds.add(kind)
            yield Notice(kind=kind, text=f"publication type “{name}”")
    mark = find_mark(summary.title)
    if mark and "retraction" not in kinds:
        yield Notice(kind="retraction", text=f"its title begins with “{mark}”")
