"""How a release file is laid out: one read-only SQLite database."""

FORMAT = 12
"""Rises when a file of the older layout can no longer be served: with every change of the tables, or of the shapes kept in them."""
PAGE = 16_384
"""Bytes of a page. Most rows are longer than SQLite's usual 4096, and are found sooner and packed closer in large pages: in large
catalogues a statement takes a sixth less room."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE item (
    collection TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
    status TEXT NOT NULL, reason TEXT, successor TEXT, doc TEXT, card TEXT,
    PRIMARY KEY (collection, id)
) WITHOUT ROWID;
CREATE INDEX item_order ON item (collection, status, position);
CREATE TABLE item_value (
    collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (collection, key, value, id)
) WITHOUT ROWID;
CREATE TABLE section (
    treatment TEXT NOT NULL, name TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (treatment, name)
) WITHOUT ROWID;
CREATE TABLE fact (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, reason TEXT, successor TEXT,
    collection TEXT NOT NULL, owner TEXT NOT NULL, section TEXT NOT NULL, doc TEXT
);
CREATE INDEX fact_order ON fact (status, position);
CREATE TABLE fact_value (
    key TEXT NOT NULL, value TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (key, value, position)
) WITHOUT ROWID;
CREATE TABLE fact_link (
    collection TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (position, collection, id)
) WITHOUT ROWID;
CREATE TABLE alias (
    collection TEXT NOT NULL, alias TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (collection, alias)
) WITHOUT ROWID;
CREATE TABLE code (
    system TEXT NOT NULL, folded TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL, code TEXT NOT NULL,
    display TEXT NOT NULL, status TEXT NOT NULL,
    PRIMARY KEY (system, folded, collection, id)
) WITHOUT ROWID;
CREATE TABLE notice (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, doc TEXT NOT NULL,
    signs TEXT NOT NULL, unless TEXT NOT NULL, never TEXT NOT NULL, examples TEXT NOT NULL
);
CREATE TABLE family (name TEXT PRIMARY KEY, words TEXT NOT NULL, someone INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE harmless (text TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE change (
    date TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL,
    name TEXT NOT NULL, version INTEGER NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (date, position)
) WITHOUT ROWID;
CREATE TABLE record (
    collection TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
    start INTEGER, digest TEXT, changed TEXT, kind TEXT, note TEXT,
    PRIMARY KEY (collection, id)
) WITHOUT ROWID;
CREATE INDEX record_start ON record (start);
CREATE TABLE lineage (position INTEGER PRIMARY KEY, release TEXT NOT NULL, date TEXT NOT NULL);
"""
"""Tables. `item_value` and `fact_value` are what lists filter by; `fact_link` names the sources, studies and terms that a
statement refers to; withdrawn rows keep their reason and have no document. `record` has a row for every record that this release or one
before it holds: where its line begins in the dump and its digest (both null when it is no longer served), and when it last came to differ
from the release before, as far as that is known. `lineage` names the releases that this one knows to have come before it, itself last.
docs/dumps.md describes every table for those who read the file."""
