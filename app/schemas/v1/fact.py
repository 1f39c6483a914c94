"""Facts: the statements that everything the API can say is made of."""

import datetime as dt

from pydantic import Field

from app.schemas.v1.common import ChangeNote, ItemLinks
from app.values.certainty import Certainty, Check
from app.values.details import Details, FactKind
from app.values.model import Value


class SourceInSection(Value):
    """Which source backs a statement; the single fact says how its figures were checked."""

    id: str
    """Id of the source; `/v1/sources/{id}` has the citation."""
    locator: str | None
    """Where in the source, such as "Table 2"; null when not given."""


class SourceLocator(SourceInSection):
    """Which source backs a statement, and how that was checked."""

    check: Check
    """How the figures were checked: `seen` in the source itself or a copy of it, `secondary` in a text that reports it."""


class SourceCitation(SourceLocator):
    """Which source backs a statement, with its citation."""

    citation: str = Field(examples=["Murrough 2013, American Journal of Psychiatry"])
    """Short citation."""
    url: str | None = Field(examples=["https://doi.org/10.1176/appi.ajp.2013.13030392"])
    """Address of the source: its DOI, PubMed record, registry record or official page."""


class FactInSection(Value):
    """A statement inside a document. Its treatment and section are those of the document around it; `include=sources`
    brings the citations once. Its topics, questions and next review stand in the single fact."""

    id: str = Field(examples=["treatment.ketamine.safety.dissociation"])
    """Id that never changes: kind of owner, owner, section and slug."""
    kind: FactKind
    """What the statement is; decides the fields under `details`."""
    text: str
    """The statement for professionals. It is true when quoted alone."""
    plain: str
    """The same in everyday words, reading age about 12."""
    known: bool
    """False when the statement says that something is not known."""
    reason: str | None
    """Why it is not known; null when it is."""
    certainty: Certainty
    """GRADE certainty of the evidence: `high`, `moderate`, `low` or `very-low`; `not-graded` for statements that are not about
    an effect."""
    certainty_reason: str | None
    """What raises or lowers the certainty; null when not graded."""
    sources: list[SourceInSection]
    """What backs it, at least one."""
    figures: list[str]
    """Structured data that its numbers come from, as `<study, synthesis or drug>/<outcome or value>`."""
    see_also: list[str]
    """Ids of the warnings and limits that belong to it. Show them when you show a dose or an effect."""
    details: Details | None
    """Typed fields of this kind of statement; null for kinds that have none."""
    reviewed: dt.date
    """Day a person last checked it against its sources."""


class Owner(Value):
    """The record that a statement belongs to."""

    collection: str = Field(examples=["treatments"])
    """Collection of the record."""
    id: str = Field(examples=["ketamine"])
    """Id of the record."""
    name: str = Field(examples=["Ketamine for depression"])
    """Name of the record."""


class FactLinks(ItemLinks):
    """Addresses that belong to a statement."""

    context: str
    """Where it stands among others: its section or its record."""


class Fact(Value):
    """A statement on its own, with its citations."""

    id: str = Field(examples=["treatment.ketamine.safety.dissociation"])
    """Id that never changes: kind of owner, owner, section and slug."""
    kind: FactKind
    """What the statement is; decides the fields under `details`."""
    owner: Owner
    """The record that it belongs to."""
    treatment: str | None
    """Id of the treatment that it is about, null when it belongs to another kind of record."""
    drug: str | None
    """Id of the drug that it belongs to, null when it belongs to another kind of record."""
    section: str
    """Section of a treatment, or subject of another record."""
    topics: list[str]
    """What it is about."""
    text: str
    """The statement for professionals. It is true when quoted alone."""
    plain: str
    """The same in everyday words, reading age about 12."""
    known: bool
    """False when the statement says that something is not known."""
    reason: str | None
    """Why it is not known; null when it is."""
    certainty: Certainty
    """GRADE certainty of the evidence: `high`, `moderate`, `low` or `very-low`; `not-graded` for statements that are not about
    an effect."""
    certainty_reason: str | None
    """What raises or lowers the certainty; null when not graded."""
    sources: list[SourceCitation]
    """What backs it, with citations; at least one."""
    figures: list[str]
    """Structured data that its numbers come from, as `<study, synthesis or drug>/<outcome or value>`."""
    see_also: list[str]
    """Ids of the warnings and limits that belong to it. Show them when you show a dose or an effect."""
    details: Details | None
    """Typed fields of this kind of statement; null for kinds that have none."""
    status: str = Field(examples=["active"])
    """`active`; withdrawn statements answer 410."""
    version: int
    """Rises by one when the meaning changes."""
    added: dt.date
    """Day it was first published."""
    reviewed: dt.date
    """Day a person last checked it against its sources."""
    next_review: dt.date
    """Day by which it is to be checked again."""
    links: FactLinks
    """Addresses."""


class FactDetail(Fact):
    """A statement with the questions that it answers and its history."""

    asks: list[str]
    """Questions that it answers, in the words of patients, carers, clinicians and students."""
    changes: list[ChangeNote]
    """What happened since it was first published, oldest first."""
