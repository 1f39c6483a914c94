"""Crossref's REST API (https://api.crossref.org/swagger-ui/index.html): the metadata that publishers register with a DOI."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import Field

from app.verify.answer import Answer, parse_answer
from app.verify.fetch import Service
from app.verify.fold import find_mark
from app.verify.record import UNKNOWN, Notice, NoticeKind, Record

ADDRESS = "https://api.crossref.org"

_UPDATES: Mapping[str, NoticeKind] = {
    "retraction": "retraction", "partial_retraction": "retraction", "withdrawal": "retraction", "removal": "retraction",
    "expression_of_concern": "concern", "correction": "correction", "corrigendum": "correction", "erratum": "correction",
    "addendum": "correction", "clarification": "correction", "new_version": "newer", "new_edition": "newer",
}  # fmt: skip
"""Kinds of updates (https://www.crossref.org/documentation/crossmark/version-control-corrections-and-retractions/)."""

_RELATIONS: Mapping[str, NoticeKind] = {"is-preprint-of": "newer", "is-replaced-by": "newer"}


class _Author(Answer):
    family: str | None = None
    name: str | None = None


class _Date(Answer):
    parts: tuple[tuple[int | None, ...], ...] = Field(default=(), alias="date-parts")

    @property
    def year(self) -> int | None:
        return self.parts[0][0] if self.parts and self.parts[0] else None


class _Update(Answer):
    doi: str = Field(alias="DOI", default="")
    type: str = "update"
    label: str | None = None
    source: str | None = None


class _Relation(Answer):
    id: str = ""


class _Work(Answer):
    doi: str = Field(alias="DOI")
    title: tuple[str, ...] = ()
    subtitle: tuple[str, ...] = ()
    original_title: tuple[str, ...] = Field(default=(), alias="original-title")
    author: tuple[_Author, ...] = ()
    editor: tuple[_Author, ...] = ()
    container: tuple[str, ...] = Field(default=(), alias="container-title")
    short_container: tuple[str, ...] = Field(default=(), alias="short-container-title")
    publisher: str | None = None
    issued: _Date = _Date()
    published: _Date = _Date()
    printed: _Date = Field(default=_Date(), alias="published-print")
    online: _Date = Field(default=_Date(), alias="published-online")
    updated_by: tuple[_Update, ...] = Field(default=(), alias="updated-by")
    update_to: tuple[_Update, ...] = Field(default=(), alias="update-to")
    relation: dict[str, tuple[_Relation, ...]] = Field(default_factory=dict[str, tuple[_Relation, ...]])


class _WorkAnswer(Answer):
    message: _Work


class _Agency(Answer):
    id: str
    label: str | None = None


class _AgencyMessage(Answer):
    agency: _Agency


class _AgencyAnswer(Answer):
    message: _AgencyMessage


@dataclass(frozen=True)
class Crossref:
    """Crossref, asked for one DOI at a time."""

    service: Service
    identity: Mapping[str, str]
    """`mailto`, which leads to the pool of machines for polite programs."""

    async def fetch_record(self, doi: str) -> Record:
        """The record of a DOI; of one that another agency keeps, only that agency's name."""
        path = f"works/{quote(doi, safe='')}"
        answer = await self.service.ask(path, self.identity, lambda body: parse_answer(_WorkAnswer, body))
        if answer is not None:
            return _build_record(answer.message)
        agency = await self.service.ask(f"{path}/agency", self.identity, lambda body: parse_answer(_AgencyAnswer, body))
        if agency is None or agency.message.agency.id == "crossref":
            return UNKNOWN
        return Record(agency=agency.message.agency.label or agency.message.agency.id)


def _build_record(work: _Work) -> Record:
    years = (date.year for date in (work.printed, work.online, work.published, work.issued))
    return Record(
        titles=tuple(_list_titles(work)),
        authors=tuple(_list_names(work.author or work.editor)),
        years=tuple(sorted({year for year in years if year is not None})),
        containers=(*work.container, *work.short_container, *((work.publisher,) if work.publisher else ())),
        doi=work.doi,
        notices=tuple(_list_notices(work)),
    )


def _list_titles(work: _Work) -> Iterator[str]:
    yield from (title for title in (*work.title, *work.original_title) if title)
    if work.title and work.subtitle:
        yield f"{work.title[0]}: {work.subtitle[0]}"


def _list_names(authors: Sequence[_Author]) -> Iterator[str]:
    yield from (name for author in authors if (name := author.family or author.name))


def _list_notices(work: _Work) -> Iterator[Notice]:
    seen: set[tuple[str, str]] = set()
    for update in work.updated_by:
        # Crossref lists an update once for the publisher and once for Retraction Watch.
        if (update.type, update.doi) not in seen:
            seen.add((update.type, update.doi))
            source = f" (source: {update.source})" if update.source else ""
            yield Notice(kind=_UPDATES.get(update.type, "correction"), text=f"{update.label or update.type} {update.doi}{source}".strip())
    for update in work.update_to:
        yield Notice(kind="about-another", text=f"{update.label or update.type} of {update.doi}")
    for name, relations in work.relation.items():
        if name in _RELATIONS:
            yield Notice(kind=_RELATIONS[name], text=f"{name} {', '.join(relation.id for relation in relations)}")
    mark = find_mark(work.title[0]) if work.title else None
    if mark and not any(_UPDATES.get(kind) == "retraction" for kind, _ in seen):
        yield Notice(kind="retraction", text=f"its title begins with “{mark}”")
