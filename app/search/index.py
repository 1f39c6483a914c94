"""The full-text index of a release, written when it is built."""

import json
import sqlite3


def write_index(connection: sqlite3.Connection) -> None:
    """Index the words of every active statement: its two texts, the questions it answers, and its topics."""
    connection.execute(
        "CREATE VIRTUAL TABLE fact_words USING fts5 "
        "(text, plain, asks, topics, content = '', tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    rows = connection.execute("SELECT position, doc FROM fact WHERE status = 'active' ORDER BY position").fetchall()
    for position, doc in rows:
        fact = json.loads(doc)
        words = (fact["text"], fact["plain"], "\n".join(fact["asks"]), " ".join(fact["topics"]))
        connection.execute("INSERT INTO fact_words (rowid, text, plain, asks, topics) VALUES (?, ?, ?, ?, ?)", (position, *words))
