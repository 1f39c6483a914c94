"""Typed, read-only access to one release file."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from app.errors import Gone, Moved, NotFound, ReleaseError
from app.release.file import DumpFile, ReleaseFile, find_address
from app.release.layout import FORMAT
from app.release.lines import read_line, write_document
from app.schemas.v1.answer import Notice
from app.schemas.v1.catalogue import Change, LookupResult
from app.schemas.v1.common import ItemLinks
from app.schemas.v1.fact import Fact, FactDetail
from app.schemas.v1.source import Source
from app.schemas.v1.treatment import Section, Sections, Treatment
from app.values.coding import SYSTEMS
from app.values.model import Value
from app.values.near import find_near_names
from app.values.sections import SECTIONS, CollectionName, SectionName

ModelT = TypeVar("ModelT", bound=Value)
RowT = TypeVar("RowT", bound=Value)


@dataclass(frozen=True)
class Page:
    """Which entries of a list are wanted."""

    limit: int
    """At most so many."""
    offset: int = 0
    """After leaving out so many."""


Filters = Mapping[str, Sequence[str]]
"""For each key, the values of which an entry must have one. Keys with no values do not filter."""


class ReleaseStore:
    """One release, open for reading. Opening reads a few rows; the rest stays on disk until it is asked for."""

    def __init__(self, path: Path) -> None:
        """Open the release at `path`, or raise `ReleaseError` saying why it cannot be served."""
        self.path = path
        if not path.is_file():
            raise ReleaseError(f"There is no release at {path}: run `python -m app build`.")
        try:
            self._connection = sqlite3.connect(find_address(path), uri=True, check_same_thread=False)
            meta = dict(self._connection.execute("SELECT key, value FROM meta"))
            self.file = ReleaseFile(path)
        except (OSError, sqlite3.DatabaseError) as error:
            raise ReleaseError(f"The release {path.name} cannot be read ({error}): build it again.") from error
        if meta.get("format") != str(FORMAT):
            self.close()
            message = f"The release {path.name} has format {meta.get('format')}, this program serves format {FORMAT}: build it again."
            raise ReleaseError(message)
        if not self.file.is_whole:
            self.close()
            raise ReleaseError(f"The release {path.name} is damaged: its end is missing. Build it again.")
        try:
            self.name: str = meta["name"]
            self.digest: str = meta["digest"]
            self.released = date.fromisoformat(meta["released"])
            self.counts: dict[str, int] = json.loads(meta["counts"])
            self.dump = DumpFile(int(meta["dump_bytes"]), meta["dump_sha256"])
            """The dump as lines of JSON, which is made from the release as it is read."""
        except (KeyError, TypeError, ValueError) as error:
            self.close()
            raise ReleaseError(f"The release {path.name} is damaged: it does not say what it is. Build it again.") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self.file.close()

    def read_lines(self, start: int, most_bytes: int) -> tuple[int, bytes]:
        """Whole lines of the dump, the first of them the one that has byte `start`, and where they begin; about `most_bytes` at a time."""
        query = "SELECT collection, id, start FROM record WHERE start >= (SELECT max(start) FROM record WHERE start <= ?) ORDER BY start"
        first, lines = start, bytearray()
        for collection, item_id, begins in self._connection.execute(query, (start,)):
            first = first if lines else begins
            lines += read_line(self._connection, collection, item_id)
            if len(lines) - (start - first) >= most_bytes:
                break
        return first, bytes(lines)

    def list_lineage(self) -> list[tuple[str, date]]:
        """The releases that this one knows to have come before it, with their days, and itself last."""
        rows = self._connection.execute("SELECT release, date FROM lineage ORDER BY position")
        return [(name, date.fromisoformat(day)) for name, day in rows]

    def get_item(self, collection: CollectionName, item_id: str, model: type[ModelT]) -> ModelT:
        """The document of an item. Raises `Moved` for an alias, `Gone` for a withdrawn item, `NotFound` for an unknown one."""
        return model.model_validate_json(self._get_doc(collection, item_id))

    def get_document_text(self, treatment_id: str) -> str:
        """The whole document of a treatment as JSON, byte for byte what `get_document` gives when it is written. Raises like `get_item`."""
        return write_document(self._connection, treatment_id, self._get_doc("treatments", treatment_id))

    def _get_doc(self, collection: CollectionName, item_id: str) -> str:
        row = self._one("SELECT status, reason, successor, doc FROM item WHERE collection = ? AND id = ?", (collection, item_id))
        if row is None:
            raise self._missing(collection, item_id)
        status, reason, successor, doc = row
        if status != "active":
            raise Gone(f"{item_id} was withdrawn: {reason}", f"/v1/{collection}/{successor}" if successor else None)
        return str(doc)

    def list_items(self, collection: CollectionName, model: type[ModelT], filters: Filters, page: Page) -> tuple[list[ModelT], int]:
        """A page of the entries that pass the filters, and how many there are in all."""
        where, values = _conditions(
            filters, "SELECT id FROM item_value WHERE collection = ? AND key = ? AND value IN ({})", "id", collection
        )
        body = f"FROM item WHERE collection = ? AND status = 'active'{where}"
        return self._page(f"SELECT card {body} ORDER BY position", f"SELECT count(*) {body}", (collection, *values), page, model)

    def list_years(self, year_from: int | None, year_to: int | None) -> list[str]:
        """The years of studies within bounds, as values for `list_items`."""
        years = (int(year) for year in self.find_values("studies", "year"))
        return [str(year) for year in years if (year_from is None or year >= year_from) and (year_to is None or year <= year_to)]

    def find_moved(self, collection: CollectionName, name: str) -> str | None:
        """The id that an alias, in any case, stands for; None when it is none."""
        row = self._one("SELECT id FROM alias WHERE collection = ? AND alias = ?", (collection, name.lower()))
        return row[0] if row is not None else None

    def get_section(self, treatment_id: str, name: SectionName) -> Section:
        """A section of a treatment that exists."""
        row = self._one("SELECT doc FROM section WHERE treatment = ? AND name = ?", (treatment_id, name))
        if row is None:
            raise NotFound(f"{treatment_id} has no section `{name}` yet.", self.find_sections(treatment_id))
        return Section.model_validate_json(row[0])

    def find_sections(self, treatment_id: str) -> tuple[str, ...]:
        """Names of the sections that a treatment has."""
        return tuple(row[0] for row in self._connection.execute("SELECT name FROM section WHERE treatment = ?", (treatment_id,)))

    def get_document(self, treatment_id: str, names: Sequence[str] = SECTIONS) -> Treatment:
        """The document of a treatment with these of its sections. Raises like `get_item`."""
        treatment = self.get_item("treatments", treatment_id, Treatment)
        wanted = {*names} & {*self.find_sections(treatment_id)}
        sections = {name: self.get_section(treatment_id, name) if name in wanted else None for name in SECTIONS}
        return treatment.model_copy(update={"sections": Sections.model_validate(sections)})

    def find_cited(self, sections: Iterable[Section | None]) -> dict[str, Source]:
        """The sources that sections cite, by id."""
        ids = {ref.id: None for section in sections if section for fact in section.facts for ref in fact.sources}
        return {source.id: source for source in self.list_records("sources", list(ids), Source)}

    def get_fact(self, fact_id: str) -> FactDetail:
        """A statement with its questions and history. Raises like `get_item`."""
        row = self._one("SELECT status, reason, successor, doc FROM fact WHERE id = ?", (fact_id,))
        if row is None:
            names = (name for (name,) in self._connection.execute("SELECT id FROM fact WHERE status = 'active'"))
            raise NotFound(f"There is no fact `{fact_id}`.", find_near_names(fact_id, names))
        status, reason, successor, doc = row
        if status != "active":
            raise Gone(f"{fact_id} was withdrawn: {reason}", f"/v1/facts/{successor}" if successor else None)
        return FactDetail.model_validate_json(doc)

    def list_facts(self, filters: Filters, ids: Sequence[str], page: Page) -> tuple[list[Fact], int]:
        """A page of the statements that pass the filters and are among `ids` (when given), and how many there are in all."""
        where, values = _conditions(filters, "SELECT position FROM fact_value WHERE key = ? AND value IN ({})", "position")
        if ids:
            where += f" AND id IN ({_marks(ids)})"
        body = f"FROM fact WHERE status = 'active'{where}"
        return self._page(f"SELECT doc {body} ORDER BY position", f"SELECT count(*) {body}", (*values, *ids), page, Fact)

    def read_facts(self, positions: Sequence[int]) -> list[FactDetail]:
        """Statements by their position in the release, in that order."""
        query = f"SELECT position, doc FROM fact WHERE position IN ({_marks(positions)})"
        docs = dict(self._connection.execute(query, tuple(positions)))
        return [FactDetail.model_validate_json(docs[position]) for position in positions]

    def read_asks(self, positions: Sequence[int]) -> list[list[str]]:
        """The questions of statements, by their position in the release, in that order."""
        query = f"SELECT position, json_extract(doc, '$.asks') FROM fact WHERE position IN ({_marks(positions)})"
        asks = dict(self._connection.execute(query, tuple(positions)))
        return [json.loads(asks[position]) for position in positions]

    def find_positions(self, filters: Filters) -> frozenset[int]:
        """Positions of the statements that pass the filters."""
        where, values = _conditions(filters, "SELECT position FROM fact_value WHERE key = ? AND value IN ({})", "position")
        return frozenset(row[0] for row in self._connection.execute(f"SELECT position FROM fact WHERE status = 'active'{where}", values))

    def list_notices(self) -> dict[str, Notice]:
        """The notices by kind, the most urgent first."""
        rows = self._connection.execute("SELECT kind, doc FROM notice ORDER BY position")
        return {kind: Notice.model_validate_json(doc) for kind, doc in rows}

    def list_linked(self, fact_ids: Sequence[str], collection: CollectionName, model: type[ModelT]) -> list[ModelT]:
        """The records of a collection that statements refer to, in catalogue order."""
        query = (
            "SELECT doc FROM item WHERE collection = ? AND status = 'active' AND id IN (SELECT link.id FROM fact_link AS link JOIN fact "
            f"ON fact.position = link.position WHERE link.collection = ? AND fact.id IN ({_marks(fact_ids)})) ORDER BY position"
        )
        rows = self._connection.execute(query, (collection, collection, *fact_ids))
        return [model.model_validate_json(doc) for (doc,) in rows]

    def list_records(self, collection: CollectionName, ids: Sequence[str], model: type[ModelT]) -> list[ModelT]:
        """Records by id, in catalogue order; unknown ones are passed over."""
        query = f"SELECT doc FROM item WHERE collection = ? AND status = 'active' AND id IN ({_marks(ids)}) ORDER BY position"
        return [model.model_validate_json(doc) for (doc,) in self._connection.execute(query, (collection, *ids))]

    def find_values(self, collection: CollectionName | None, key: str) -> tuple[str, ...]:
        """All values that the entries of a collection (None: the facts) have for a filter."""
        if collection is None:
            rows = self._connection.execute("SELECT DISTINCT value FROM fact_value WHERE key = ? ORDER BY value", (key,))
        else:
            query = "SELECT DISTINCT value FROM item_value WHERE collection = ? AND key = ? ORDER BY value"
            rows = self._connection.execute(query, (collection, key))
        return tuple(row[0] for row in rows)

    def find_ids(self, collection: CollectionName) -> tuple[str, ...]:
        """Ids of the records of a collection."""
        query = "SELECT id FROM item WHERE collection = ? AND status = 'active' ORDER BY position"
        return tuple(row[0] for row in self._connection.execute(query, (collection,)))

    def find_all_fact_ids(self) -> tuple[str, ...]:
        """Ids of all facts that are served."""
        return tuple(row[0] for row in self._connection.execute("SELECT id FROM fact WHERE status = 'active' ORDER BY position"))

    def find_fact_ids(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of `ids` that are facts, withdrawn ones included."""
        rows = self._connection.execute(f"SELECT id FROM fact WHERE id IN ({_marks(ids)})", tuple(ids))
        return frozenset(row[0] for row in rows)

    def list_by_code(self, system: str, code: str) -> list[LookupResult]:
        """The records that carry a code, in any case; current codes first."""
        query = (
            "SELECT code.collection, code.id, item.name, code.code, code.display, code.status FROM code JOIN item ON item.collection = "
            "code.collection AND item.id = code.id WHERE system = ? AND folded = ? ORDER BY code.status, code.collection"
        )
        return [
            LookupResult(
                collection=collection, id=item_id, name=name, system=SYSTEMS[system], code=found, display=display, status=status,
                links=ItemLinks(self=f"/v1/{collection}/{item_id}"),
            )
            for collection, item_id, name, found, display, status in self._connection.execute(query, (system, code.casefold()))
        ]  # fmt: skip

    def find_near_codes(self, system: str, code: str) -> tuple[str, ...]:
        """Codes of a system that look like `code`."""
        return find_near_names(code, (row[0] for row in self._connection.execute("SELECT code FROM code WHERE system = ?", (system,))))

    def find_first_code(self) -> tuple[str, str]:
        """System and code of one record, for examples; two empty texts when no record has a code."""
        row = self._one("SELECT system, code FROM code ORDER BY collection = 'drugs' DESC, system = 'rxnorm' DESC, id LIMIT 1", ())
        return (row[0], row[1]) if row else ("", "")

    def list_changes(self, since: date | None, page: Page) -> tuple[list[Change], int]:
        """Changes on or after a day, newest first, and how many there are in all."""
        body = "FROM change WHERE date >= ?"
        start = since.isoformat() if since else ""
        (total,) = self._connection.execute(f"SELECT count(*) {body}", (start,)).fetchone()
        query = f"SELECT date, kind, collection, id, name, version, note {body} ORDER BY date DESC, position LIMIT ? OFFSET ?"
        rows = self._connection.execute(query, (start, page.limit, page.offset))
        return [
            Change(
                date=day, kind=kind, collection=collection, id=item_id, name=name, version=version, note=note,
                links=ItemLinks(self=f"/v1/{collection}/{item_id}"),
            )
            for day, kind, collection, item_id, name, version, note in rows
        ], total  # fmt: skip

    def _page(self, select: str, count: str, values: Sequence[str], page: Page, model: type[RowT]) -> tuple[list[RowT], int]:
        (total,) = self._connection.execute(count, values).fetchone()
        rows = self._connection.execute(f"{select} LIMIT ? OFFSET ?", (*values, page.limit, page.offset))
        return [_read_as(model, doc) for (doc,) in rows], total

    def _missing(self, collection: CollectionName, item_id: str) -> Moved | NotFound:
        moved = self.find_moved(collection, item_id)
        if moved is not None:
            return Moved(f"/v1/{collection}/{moved}")
        aliases = (name for (name,) in self._connection.execute("SELECT alias FROM alias WHERE collection = ?", (collection,)))
        near = find_near_names(item_id, (*self.find_ids(collection), *aliases))
        return NotFound(f"There is no `{item_id}` among the {collection}.", near)

    def _one(self, query: str, values: tuple[str, ...]) -> tuple[str, ...] | None:
        return self._connection.execute(query, values).fetchone()


def _read_as(model: type[RowT], doc: str) -> RowT:
    """A stored document as `model`; members that `model` lacks, such as those of a single fact, are left out."""
    data = json.loads(doc)
    return model.model_validate({key: value for key, value in data.items() if key in model.model_fields})


def _conditions(filters: Filters, select: str, column: str, *first: str) -> tuple[str, list[str]]:
    where = ""
    values: list[str] = []
    for key, wanted in filters.items():
        if wanted:
            where += f" AND {column} IN ({select.format(_marks(wanted))})"
            values += [*first, key, *wanted]
    return where, values


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
