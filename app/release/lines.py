"""Lines of the dump: each record as it is served, with its collection and id."""

import sqlite3
from collections.abc import Iterator

from app.schemas.v1.treatment import Sections
from app.values.sections import DUMPED, SECTIONS

NO_SECTIONS = f'"sections":{Sections.model_validate(dict.fromkeys(SECTIONS)).model_dump_json()}'
"""What stands in the document of a treatment where its sections belong, which are stored beside it."""


def find_served(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, int]]:
    """Collection, id, name and version of every record that a release serves, in the order of the dump: by collection, then by id."""
    for collection in DUMPED:
        if collection == "facts":
            name = "json_extract(doc, '$.owner.name') || ': ' || section"
            rows = connection.execute(f"SELECT id, {name}, json_extract(doc, '$.version') FROM fact WHERE status = 'active' ORDER BY id")
        else:
            query = "SELECT id, name, version FROM item WHERE collection = ? AND status = 'active' ORDER BY id"
            rows = connection.execute(query, (collection,))
        for item_id, name, version in rows:
            yield collection, item_id, name, version


def read_line(connection: sqlite3.Connection, collection: str, item_id: str, schema: str = "main") -> bytes:
    """The line of a record that is served. `schema`: of an attached release."""
    if collection == "facts":
        row = connection.execute(f"SELECT doc FROM {schema}.fact WHERE id = ?", (item_id,)).fetchone()
    else:
        query = f"SELECT doc FROM {schema}.item WHERE collection = ? AND id = ?"
        row = connection.execute(query, (collection, item_id)).fetchone()
    doc: str = row[0]
    if collection == "treatments":
        doc = write_document(connection, item_id, doc, schema)
    return f'{{"collection":"{collection}","id":"{item_id}","data":{doc}}}\n'.encode()


def write_document(connection: sqlite3.Connection, treatment_id: str, doc: str, schema: str = "main") -> str:
    """The whole document of a treatment, of which `doc` is kept without the sections."""
    return doc.replace(NO_SECTIONS, _join_sections(connection, treatment_id, schema), 1)


def _join_sections(connection: sqlite3.Connection, treatment_id: str, schema: str) -> str:
    docs = dict(connection.execute(f"SELECT name, doc FROM {schema}.section WHERE treatment = ?", (treatment_id,)))
    return '"sections":{' + ",".join(f'"{name}":{docs.get(name, "null")}' for name in SECTIONS) + "}"
