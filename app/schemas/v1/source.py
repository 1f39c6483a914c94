"""Sources: the bibliography."""

from pydantic import Field

from app.schemas.v1.common import Code, Dated, ItemLinks
from app.values.certainty import Check


class Source(Dated):
    """A document that statements rest on."""

    id: str = Field(examples=["murrough-2013"])
    """First author and year, or body, subject and year."""
    kind: str = Field(examples=["trial"])
    """Kind of document: trial, meta-analysis, review, guideline, label, regulator and others."""
    title: str
    """Title as printed."""
    authors: list[str]
    """Authors as "Family AB", as far as recorded."""
    container: str | None
    """Journal, book or publishing body; null when not recorded."""
    year: int | None
    """Year of publication; null for pages that bear none."""
    volume: str | None
    """Volume; null when not recorded."""
    issue: str | None
    """Issue; null when not recorded."""
    pages: str | None
    """Pages or article number; null when not recorded."""
    pmid: str | None
    """PubMed number; null when there is none or it is not recorded."""
    pmcid: str | None
    """PubMed Central number; null when there is none or it is not recorded."""
    doi: str | None
    """Digital object identifier; null when there is none or it is not recorded."""
    registration: list[Code]
    """Trial registry numbers."""
    url: str | None
    """Best address: DOI, PubMed record, registry record or official page."""
    check: Check
    """Whether this citation was read in the document itself (`seen`) or in a text that reports it (`secondary`)."""
    citation: str = Field(examples=["Murrough 2013, American Journal of Psychiatry"])
    """Short citation."""
    note: str | None
    """A correction, retraction or other thing to know; null when there is none."""
    cited_by: list[str]
    """Ids of the facts that rest on it."""
    links: ItemLinks
    """Addresses."""
