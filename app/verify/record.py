"""What a service says of one source, in the one shape that is compared and stored."""

from typing import Literal

from app.values.model import Value

NoticeKind = Literal["retraction", "concern", "correction", "newer", "about-another"]
"""``newer``: a later version exists; ``about-another``: the work is itself a notice about another work."""


class Notice(Value):
    """Something published about a work after it: a retraction, a correction, a newer version."""

    kind: NoticeKind
    """How much it matters."""
    text: str
    """What it is and where it stands, as the service says it."""


class Record(Value):
    """One work or trial in one service; `found` is false when the service knows no such number."""

    found: bool = True
    titles: tuple[str, ...] = ()
    """Every form of the title: with and without subtitle, in the original language, official and short."""
    authors: tuple[str, ...] = ()
    """Family names, or the names of bodies, in order."""
    years: tuple[int, ...] = ()
    """Years of the printed and of the electronic publication."""
    containers: tuple[str, ...] = ()
    """Names and abbreviations of the journal, the book or the publisher."""
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    notices: tuple[Notice, ...] = ()
    agency: str | None = None
    """The agency that keeps the DOI, when it is not the one asked: it exists but nothing could be compared."""


UNKNOWN = Record(found=False)
"""The answer that there is no such number."""
