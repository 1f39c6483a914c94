"""Sources: what the statements rest on."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.content.review import Reviewed, Sentence
from app.values.certainty import Check
from app.values.coding import Coding
from app.values.ids import Slug

Line = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]


class Source(Reviewed):
    """A study report, review, label, guideline, regulator's page or database record."""

    id: Slug
    """First author and year (`zarate-2006`), or body, subject and year (`fda-ketamine-compounding-2023`)."""
    kind: Literal[
        "trial", "observational-study", "meta-analysis", "review", "case-report", "laboratory-study", "guideline", "label",
        "regulator", "law", "registry", "database", "survey", "book", "other",
    ]  # fmt: skip
    """What kind of document it is."""
    title: Line
    """Title as printed."""
    authors: tuple[Line, ...] = ()
    """Authors as "Family AB", in order; a body's name when it has no personal authors."""
    container: Line | None = None
    """Journal, book, or the body that published it."""
    year: Annotated[int, Field(ge=1900, le=2100)] | None
    """Year of publication; null (written out) when the page bears none."""
    volume: Line | None = None
    """Volume of the journal."""
    issue: Line | None = None
    """Issue of the volume."""
    pages: Line | None = None
    """Pages or article number."""
    pmid: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,8}$")] | None = None
    """PubMed number."""
    pmcid: Annotated[str, StringConstraints(pattern=r"^PMC\d+$")] | None = None
    """PubMed Central number."""
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    """Digital object identifier, without an address."""
    registration: tuple[Coding, ...] = ()
    """Trial registry numbers."""
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None = None
    """Official address, for what has no DOI or PMID."""
    accessed: date | None = None
    """Day a page without a fixed version was read."""
    check: Check = "seen"
    """Whether this citation was read in the source or in a text that reports it."""
    note: Sentence | None = None
    """Anything a reader must know about it: a correction, a retraction, an unusual version."""
    aliases: tuple[Slug, ...] = ()
    """Former ids, which redirect here."""

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if not (self.pmid or self.doi or self.pmcid or self.registration or self.url or self.kind == "book"):
            raise ValueError("nobody can find this source: give a `doi`, `pmid`, `pmcid`, `registration` or official `url`")
        return self
