"""Compile a library into one release file."""

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.content.library import Library, PlacedStatement
from app.content.problem import ContentError
from app.content.review import Reviewed
from app.content.statement import Statement
from app.evidence.check import check_evidence
from app.release.checksum import checksum_path, write_checksum
from app.release.facts import COLLECTION_OF, find_name, render_as, render_fact
from app.release.file import find_address
from app.release.layout import FORMAT, PAGE, SCHEMA
from app.release.lineage import LineageWriter, check_format, find_earlier
from app.release.name import ReleaseName, build_name
from app.release.records import Record, Renderer
from app.schemas.v1 import answer as answers
from app.values.coding import Coding
from app.values.model import Value
from app.values.sections import COLLECTIONS, CollectionName

Finish = Callable[[sqlite3.Connection], None]
"""Something else that is written into a release when all content is in, such as a full-text index."""


@dataclass(frozen=True)
class Built:
    """A release that has been written."""

    name: ReleaseName
    path: Path
    counts: dict[str, int]


def build_release(library: Library, folder: Path, finish: Finish | None = None, earlier: Path | None = None) -> Built:
    """Write the release of `library` into `folder` as `<name>.sqlite`, with its checksum beside it.

    It tells what changed since `earlier`, a release file; without it, since the current release of the folder.

    The file appears whole or not at all: it is written under another name first. A file of the same name, which holds the
    same content, is replaced. Raises `ContentError` when a synthesis cannot be computed, `ReleaseError` when nothing can follow on
    `earlier`."""
    if earlier is None:
        earlier = find_earlier(folder)
    else:
        check_format(earlier)
    problems = check_evidence(library)
    if problems:
        raise ContentError(problems)
    name = build_name(library)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.sqlite"
    draft = folder / f".{name}.{os.getpid()}.draft"
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None, uri=True)) as connection:
            counts = _write(connection, library, name, finish, earlier)
        checksum_path(path).unlink(missing_ok=True)
        draft.replace(path)
        write_checksum(path)
    finally:
        draft.unlink(missing_ok=True)
    return Built(name, path, counts)


def _write(
    connection: sqlite3.Connection, library: Library, name: ReleaseName, finish: Finish | None, earlier: Path | None
) -> dict[str, int]:
    if earlier is not None:
        connection.execute("ATTACH ? AS earlier", (find_address(earlier),))
    connection.execute(f"PRAGMA page_size = {PAGE}")
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(SCHEMA)
    connection.execute("BEGIN")
    counts = _Writer(connection, library).write()
    dump = LineageWriter(connection, name, follows=earlier is not None).write()
    meta = {"format": str(FORMAT), "name": str(name), "digest": name.digest, "released": name.newest.isoformat()}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", {**meta, **dump, "counts": json.dumps(counts)}.items())
    if finish is not None:
        finish(connection)
    connection.execute("COMMIT")
    if earlier is not None:
        connection.execute("DETACH earlier")
    connection.execute("PRAGMA optimize")
    connection.execute("VACUUM")
    connection.execute("PRAGMA synchronous = FULL")
    return counts


class _Writer:
    """Writes the rows of one library."""

    def __init__(self, connection: sqlite3.Connection, library: Library) -> None:
        self.connection = connection
        self.library = library
        self.renderer = Renderer(library)
        self.changes = 0
        self.terms = _term_patterns(library)
        self.studies_of = _studies_by_source(library)

    def write(self) -> dict[str, int]:
        """Write everything; returns the number of records served in each collection."""
        for name in COLLECTIONS:
            for position, (item_id, located) in enumerate(self.library.find_collection(name).items()):
                self._item(name, position, item_id, located.item)
        for treatment_id, files in self.library.treatments.items():
            if files.head.item.status != "active":
                continue
            for section in files.sections:
                doc = self.renderer.section(treatment_id, section, files)
                self._insert("section", (treatment_id, section, _json(doc)))
        for position, placed in enumerate(self.library.statements()):
            self._fact(position, placed)
        self._notices()
        return self._counts()

    def _notices(self) -> None:
        if self.library.notices is None:
            return
        notices = self.library.notices.item
        for position, notice in enumerate(notices.notices):
            contacts = [render_as(answers.Contact, contact) for contact in notice.contacts]
            doc = render_as(answers.Notice, notice, contacts=contacts)
            phrases = (json.dumps(texts, ensure_ascii=False) for texts in (notice.signs, notice.unless, notice.never, notice.examples))
            self._insert("notice", (position, notice.id, notice.kind, _json(doc), *phrases))
        for name, words in notices.families.items():
            self._insert("family", (name, json.dumps(words, ensure_ascii=False), name in notices.someone))
        for text in sorted(set(notices.harmless)):
            self._insert("harmless", (text,))

    def _item(self, collection: CollectionName, position: int, item_id: str, item: Reviewed) -> None:
        name = find_name(self.library, collection, item_id)
        record = self._record(collection, item_id) if item.status == "active" else None
        texts = (_json(record.doc), _json(record.card)) if record else (None, None)
        self._insert("item", (collection, item_id, position, name, item.version, *_status(item), *texts))
        for alias in getattr(item, "aliases", ()):
            self._insert("alias", (collection, alias, item_id))
        if record is not None:
            rows = {(key, value) for key, values in record.values.items() for value in values}
            for key, value in sorted(rows):
                self._insert("item_value", (collection, key, value, item_id))
            self._codes(collection, item_id, item)
        self._change_rows(collection, item_id, name, item, item.added.isoformat())

    def _record(self, collection: CollectionName, item_id: str) -> Record:
        library, renderer = self.library, self.renderer
        match collection:
            case "treatments":
                return renderer.treatment(item_id, library.treatments[item_id])
            case "drugs":
                return renderer.drug(library.drugs[item_id].item)
            case "conditions":
                return renderer.condition(library.conditions[item_id].item)
            case "studies":
                return renderer.study(library.studies[item_id].item)
            case "claims":
                return renderer.claim(library.claims[item_id].item)
            case "sources":
                return renderer.source(library.sources[item_id].item)
            case "terms":
                return renderer.term(library.terms[item_id].item)
            case "syntheses":
                return renderer.synthesis(library.syntheses[item_id].item)

    def _codes(self, collection: CollectionName, item_id: str, item: Reviewed) -> None:
        for coding in _codings(item):
            row = (coding.system, coding.code.casefold(), collection, item_id, coding.code, coding.display, coding.status)
            self.connection.execute("INSERT OR IGNORE INTO code VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _fact(self, position: int, placed: PlacedStatement) -> None:
        statement = placed.statement
        collection = COLLECTION_OF[placed.kind]
        fact = render_fact(placed, self.library)
        text = _json(fact) if statement.status == "active" else None
        row = (position, statement.id, *_status(statement), collection, placed.owner, placed.section, text)
        self._insert("fact", row)
        self._change_rows("facts", statement.id, f"{fact.owner.name}: {placed.section}", statement, placed.added.isoformat())
        if statement.status != "active":
            return
        for key, value in sorted(_fact_values(placed, self.library)):
            self._insert("fact_value", (key, value, position))
        for name, item_id in sorted(self._links(placed)):
            self._insert("fact_link", (name, item_id, position))

    def _links(self, placed: PlacedStatement) -> set[tuple[str, str]]:
        statement = placed.statement
        links = {("sources", ref.id) for ref in statement.sources}
        terms = {("terms", term) for term in _find_terms(f"{statement.text}\n{statement.plain}", self.terms)}
        figures = {figure.partition("/")[0] for figure in statement.figures}
        links |= {("studies", name) for name in figures if name in self.library.studies}
        if placed.kind == "study":
            return links | {("studies", placed.owner)} | terms
        links |= {("studies", study) for ref in statement.sources for study in self.studies_of.get(ref.id, ())}
        return links | terms

    def _change_rows(self, collection: str, item_id: str, name: str, item: Reviewed | Statement, added: str) -> None:
        rows = [(added, "added", "First published."), *((c.date.isoformat(), c.kind, c.note) for c in item.changes)]
        if item.withdrawal is not None:
            rows.append((item.withdrawal.on.isoformat(), "withdrawn", item.withdrawal.reason))
        for day, kind, note in rows:
            self._insert("change", (day, self.changes, kind, collection, item_id, name, item.version, note))
            self.changes += 1

    def _counts(self) -> dict[str, int]:
        select = "SELECT collection, count(*) FROM item WHERE status = 'active' GROUP BY collection"
        counts: dict[str, int] = dict.fromkeys(COLLECTIONS, 0) | dict(self.connection.execute(select))
        counts["facts"] = self.connection.execute("SELECT count(*) FROM fact WHERE status = 'active'").fetchone()[0]
        return counts

    def _insert(self, table: str, row: tuple[object, ...]) -> None:
        marks = ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)


def _json(model: Value) -> str:
    return model.model_dump_json(by_alias=True)


def _status(item: Reviewed | Statement) -> tuple[str, str | None, str | None]:
    withdrawal = item.withdrawal
    return item.status, withdrawal.reason if withdrawal else None, withdrawal.successor if withdrawal else None


def _fact_values(placed: PlacedStatement, library: Library) -> set[tuple[str, str]]:
    statement = placed.statement
    values = {("section", placed.section), ("certainty", statement.certainty), ("kind", statement.kind)}
    if placed.kind in {"treatment", "drug"}:
        values.add((placed.kind, placed.owner))
    elif placed.kind == "study":
        values |= {("treatment", tested) for tested in library.studies[placed.owner].item.treatments}
    elif placed.kind == "synthesis":
        values.add(("treatment", library.syntheses[placed.owner].item.treatment))
    values |= {("topic", topic) for topic in statement.topics}
    return values | {("source", ref.id) for ref in statement.sources}


def _codings(item: Reviewed) -> Iterator[Coding]:
    for key in ("codes", "registration"):
        yield from getattr(item, key, ())
    title = getattr(item, "title", "")
    for system in ("pmid", "pmcid", "doi"):
        code = getattr(item, system, None)
        if code is not None:
            yield Coding.model_validate({"system": system, "code": code, "display": title[:200]})


@dataclass(frozen=True)
class _Term:
    """How a word of the glossary is found in a text."""

    words: tuple[str, ...]
    """Its names in small letters: a text without any of them is not looked at more closely, which takes much longer."""
    pattern: re.Pattern[str]
    """Finds abbreviations as they are written, names in any case."""


def _find_terms(text: str, terms: Mapping[str, _Term]) -> Iterator[str]:
    """The words of the glossary that stand in a text."""
    folded = text.lower()
    for term_id, term in terms.items():
        if any(word in folded for word in term.words) and term.pattern.search(text):
            yield term_id


def _term_patterns(library: Library) -> dict[str, _Term]:
    patterns: dict[str, _Term] = {}
    for term_id, located in library.terms.items():
        term = located.item
        names = (term.name, *term.other_names)
        short = f"|{re.escape(term.abbreviation)}" if term.abbreviation else ""
        pattern = re.compile(rf"\b(?:(?i:{'|'.join(re.escape(name) for name in names)}){short})\b")
        words = (*names, term.abbreviation) if term.abbreviation else names
        patterns[term_id] = _Term(tuple(word.lower() for word in words), pattern)
    return patterns


def _studies_by_source(library: Library) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for study_id, located in library.studies.items():
        found.setdefault(located.item.source, []).append(study_id)
    return found
