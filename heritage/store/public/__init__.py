"""Public records to a public file: new, compact, and complete before anyone sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from heritage.errors import RegistryExistsError, StoreError
from heritage.model import RECORDS, Record
from heritage.store import files, schema, triggers, write
from heritage.store.bulk import Bulk
from heritage.store.connection import connect, plain_faults, stoppable, transaction
from heritage.store.tables import TABLES

WHY = "public edition"
"""What the one change of a public file says."""

BATCH = 5_000
"""Records written at once."""

_RECORDED = {table.name for table in TABLES}

NO_SALT = "zeroblob(16)"

UNTOLD = "0000-00-00T00:00:00.000Z"
"""The moment of a change before it is known what it holds."""


def required(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns that hold something in every row and have nothing to fall back on."""
    rows = connection.execute(
        'SELECT name FROM pragma_table_info(?) WHERE "notnull" AND dflt_value IS NULL', (table,)
    )
    return [name for (name,) in rows]


def rows_of(connection: sqlite3.Connection, table: str, order: str) -> Iterator[dict[str, Any]]:
    """The rows of a table as plain dictionaries."""
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY {order}")
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


class Filling(Protocol):
    """All that is written into a public file; whatever is not here is made from it.

    Asked in the order in which it stands here, and for everything once.
    """

    @property
    def progress(self) -> Callable[[str, int], None]:
        """Told what is being done, and of how many records so far."""
        ...

    def records(self, kind: str) -> Iterator[Record]:
        """The records of a kind, in the order of their ids."""
        ...

    def tables(self) -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
        """Rows of tables that hold no records, by column."""
        ...

    def as_of(self) -> str:
        """The moment that the edition shows."""
        ...


def write_public(path: Path, filling: Filling) -> None:
    """Write a public file, in place of an older one of that name.

    It is made beside it and renamed when it is whole, so that whoever looks
    finds the old one or the new one.

    Args:
        path: The file; readers of an older one keep what they opened.
        filling: What it holds.

    Raises:
        RegistryExistsError: A file of that name is something else.
    """
    if path.exists() and not is_edition(path):
        raise RegistryExistsError(str(path), "it is no public edition")
    with (
        plain_faults(str(path)),
        files.unfinished(path) as beside,
        files.unfinished(path) as compact,
    ):
        connection = schema.create(beside)
        try:
            # Nobody sees this file: it is whole, or it is thrown away.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            with stoppable(connection):
                _fill(connection, filling)
                filling.progress("packing", 0)
                # The copy has a cache of its own, as large as this one.
                connection.execute("PRAGMA cache_size = -8192")
                # In order, without free pages, and so always the same bytes.
                connection.execute("VACUUM INTO ?", (str(compact),))
        finally:
            connection.close()
        files.keep(compact)
        compact.replace(path)
        files.keep(path.parent.absolute())


def is_edition(path: Path) -> bool:
    """Whether a file was written by `write_public`, and by nobody since."""
    try:
        connection = connect(path, readonly=True)
    except StoreError:
        return False
    try:
        with plain_faults(str(path)):
            changes = connection.execute("SELECT why FROM changes LIMIT 2").fetchall()
    except StoreError:
        return False
    finally:
        connection.close()
    return [row[0] for row in changes] == [WHY]


def _fill(connection: sqlite3.Connection, filling: Filling) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
    with transaction(connection):
        change = write.begin_change(connection, at=UNTOLD, by=None, why=WHY)
        # Nothing is hidden here that a salt would have to keep, and the same gives the
        # same bytes.
        bulk = Bulk(connection, change, salt=NO_SALT)
        for kind in RECORDS:
            records = filling.records(kind)
            bulk.insert(kind, [])  # the layout is the same whichever kinds there are
            while some := list(islice(records, BATCH)):
                bulk.insert(kind, some)
        filling.progress("building search and indexes", 0)
        for refused in bulk.build():
            raise StoreError(f"nothing was published: {refused.message} ({refused.code})")
        for table, rows in filling.tables():
            _insert(connection, table, rows)
        _without_salt(connection, filling.as_of())
        filling.progress("drawing conclusions", 0)
        write.end_change(connection, change, checked=True)
        # That something bears on a question is told where there is an answer, and nowhere else.
        connection.execute(
            "DELETE FROM unpublished WHERE NOT EXISTS (SELECT 1 FROM conclusions c WHERE"
            " (c.subject, c.site, c.property) ="
            " (unpublished.subject, unpublished.site, unpublished.property))"
        )
        connection.execute("UPDATE _sqlite_migrations SET applied_at = ?", (filling.as_of(),))


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert all rows of a table, which have the same columns, and index them at the end."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    # Triggers look for rows by indexes.
    indexes = [] if table in _RECORDED else _indexes(connection, table)
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    marks = ", ".join("?" * len(first))
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(first)}) VALUES ({marks})",
        (tuple(row.values()) for row in chain([first], rows)),
    )
    for _, sql in indexes:
        connection.execute(sql)


def _indexes(connection: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    """The names of the indexes of a table, and the SQL that makes them."""
    return connection.execute(
        "SELECT name, sql FROM sqlite_master"
        " WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid",
        (table,),
    ).fetchall()


def _without_salt(connection: sqlite3.Connection, at: str) -> None:
    """Date the only change, and take the salts that triggers gave."""
    triggers.remove(connection)
    connection.execute(f"UPDATE changes SET at = ?, salt = {NO_SALT}", (at,))
    connection.execute(f"UPDATE history SET salt = {NO_SALT} WHERE salt <> {NO_SALT}")
    triggers.install(connection)
