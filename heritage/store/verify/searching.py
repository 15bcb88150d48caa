"""Full-text indexes beside ones built anew: their words, their counts and what they answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import starmap, zip_longest
from operator import eq

from heritage.problems import Problem
from heritage.store.tables import MAIN, Table
from heritage.store.verify.faults import REBUILD, bounded, quoted, row, whole

_TOKENIZE = 'tokenize="unicode61 remove_diacritics 0"'


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Search indexes that do not hold the words of their texts."""
    for table in MAIN.values():
        if table.search:
            name = f"{table.name}_fts"
            fresh = f"fresh_{name}"
            _build(connection, table, fresh)
            yield from bounded(_words(connection, table, name, fresh))
            yield from _counts(connection, name, fresh)
            yield from bounded(_answers(connection, name, fresh))


def _build(connection: sqlite3.Connection, table: Table, fresh: str) -> None:
    connection.execute(
        f"CREATE VIRTUAL TABLE temp.{fresh} USING fts5(search_text, content='', {_TOKENIZE})"
    )
    connection.execute(
        f"INSERT INTO temp.{fresh} (rowid, search_text) SELECT rowid, search_text"
        f" FROM main.{table.name} WHERE search_text IS NOT NULL ORDER BY rowid"
    )
    for name, database in ((fresh, "temp"), (f"{table.name}_fts", "main")):
        connection.execute(
            f"CREATE VIRTUAL TABLE temp.{name}_words USING fts5vocab({database}, {name}, instance)"
        )
    connection.execute(
        f"CREATE VIRTUAL TABLE temp.{fresh}_terms USING fts5vocab(temp, {fresh}, row)"
    )


def _words(
    connection: sqlite3.Connection, table: Table, name: str, fresh: str
) -> Iterator[Problem]:
    found = f"SELECT term, doc, offset FROM temp.{name}_words"
    wanted = f"SELECT term, doc, offset FROM temp.{fresh}_words"
    if _is_same(connection, found, wanted):
        return
    for first, second, what in (
        (found, wanted, "stands in the index, and not there"),
        (wanted, found, "is missing in the index"),
    ):
        for term, doc, offset in connection.execute(f"{first} EXCEPT {second} ORDER BY 1, 2, 3"):
            id = connection.execute(
                f"SELECT id FROM main.{table.name} WHERE rowid = ?", (doc,)
            ).fetchone()
            where = f"row {doc}" if id is None else id[0]
            message = f"the word {quoted(term)} at place {offset} of {quoted(where)} {what}"
            yield row("search-altered", name, doc, message, do=REBUILD)


def _is_same(connection: sqlite3.Connection, found: str, wanted: str) -> bool:
    """Whether two queries give the same rows; no sorting, and no memory, where they do."""
    # There are many times more words than records, and bytes are compared the quickest.
    factory, connection.text_factory = connection.text_factory, bytes
    try:
        # Both come in the order of terms and rows.
        pairs = zip_longest(connection.execute(found), connection.execute(wanted))
        return all(starmap(eq, pairs))
    finally:
        connection.text_factory = factory


def _counts(connection: sqlite3.Connection, name: str, fresh: str) -> Iterator[Problem]:
    """What ranks the answers: how many words each text has, and all together."""
    found, wanted = (
        f"SELECT id, sz FROM main.{name}_docsize",
        f"SELECT id, sz FROM temp.{fresh}_docsize",
    )
    for id, _ in connection.execute(
        f"SELECT * FROM ({found} EXCEPT {wanted}) UNION ALL SELECT * FROM ({wanted} EXCEPT {found})"
        " ORDER BY 1 LIMIT 1"
    ):
        message = f"the count of words of row {id} is not that of its text"
        yield whole("search-altered", f"{name}_docsize", message, REBUILD)
    if _total(connection, f"main.{name}_data") != _total(connection, f"temp.{fresh}_data"):
        message = "the count of all words is not that of the texts"
        yield whole("search-altered", f"{name}_data", message, REBUILD)


def _total(connection: sqlite3.Connection, table: str) -> bytes:
    """The record of all rows and words; where there are none, it is empty or zeros."""
    row = connection.execute(f"SELECT block FROM {table} WHERE id = 1").fetchone()
    return b"" if row is None else bytes(row[0]).rstrip(b"\0")


def _answers(connection: sqlite3.Connection, name: str, fresh: str) -> Iterator[Problem]:
    """Words that are in the index and cannot be found by it."""
    query = "'\"' || replace(v.term, '\"', '\"\"') || '\"'"
    for (term,) in connection.execute(
        f"SELECT term FROM temp.{fresh}_terms v"
        f" WHERE (SELECT count(*) FROM main.{name} WHERE {name} MATCH {query})"
        f" <> (SELECT count(*) FROM temp.{fresh} WHERE {fresh} MATCH {query})"
    ):
        message = f"a search for {quoted(term)} does not find what it should"
        yield row("search-altered", name, term, message, do=REBUILD)
