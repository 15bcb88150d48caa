"""Public records to a public file: new, compact, and complete before anyone sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from heritage.errors import RegistryExistsError, StoreError
from heritage.model import RECORDS, Record
from heritage.store import files, schema, triggers, write
from heritage.store.bulk import Bulk
from heritage.store.connection import connect, plain_faults, transaction

WHY = "public edition"
"""What the one change of a public file says."""

CHUNK = 500


def required(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns that hold something in every row and have nothing to fall back on."""
    rows = connection.execute(
        'SELECT name FROM pragma_table_info(?) WHERE "notnull" AND dflt_value IS NULL', (table,)
    )
    return [name for (name,) in rows]


def ids_in_order(connection: sqlite3.Connection, table: str) -> list[str]:
    """The ids of a main table in the order in which its rows came."""
    return [id for (id,) in connection.execute(f"SELECT id FROM {table} ORDER BY rowid")]


def rows_of(connection: sqlite3.Connection, table: str, order: str) -> Iterator[dict[str, Any]]:
    """The rows of a table as plain dictionaries."""
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY {order}")
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def subjects_of(
    connection: sqlite3.Connection, claims: Collection[str], observations: Collection[str]
) -> list[str]:
    """The events and sites on which some claims and observations bear, in order."""
    found: set[str] = set()
    for ids, sql in (
        (claims, "SELECT subject FROM claims WHERE id IN ({})"),
        (
            observations,
            "SELECT es.event FROM observations o JOIN event_sites es ON es.site = o.site"
            " WHERE o.id IN ({})",
        ),
    ):
        ordered = sorted(ids)
        for start in range(0, len(ordered), CHUNK):
            some = ordered[start : start + CHUNK]
            marks = ", ".join("?" * len(some))
            found.update(subject for (subject,) in connection.execute(sql.format(marks), some))
    return sorted(found)


@attrs.frozen(kw_only=True)
class Filling:
    """All that is written into a public file; whatever is not here is made from it."""

    at: str
    """The moment that the edition shows."""
    records: Mapping[str, Iterable[Record]]
    """By kind."""
    tables: Mapping[str, Iterable[Mapping[str, Any]]]
    """Rows of tables that hold no records, by column."""


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
    with plain_faults(str(path)), files.unfinished(path) as beside:
        connection = schema.create(beside)
        try:
            _fill(connection, filling)
            connection.execute("VACUUM")
        finally:
            connection.close()
        files.keep(beside)
        beside.replace(path)
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
        change = write.begin_change(connection, at=filling.at, by=None, why=WHY)
        bulk = Bulk(connection, change)
        for kind in RECORDS:
            bulk.insert(kind, list(filling.records.get(kind, ())))
        for refused in bulk.build():
            raise StoreError(f"nothing was published: {refused.message} ({refused.code})")
        for table, rows in filling.tables.items():
            for row in rows:
                marks = ", ".join("?" * len(row))
                sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"
                connection.execute(sql, tuple(row.values()))
        _without_salt(connection)
        write.end_change(connection, change, checked=True)
        # That something bears on a question is told where there is an answer, and nowhere else.
        connection.execute(
            "DELETE FROM unpublished WHERE NOT EXISTS (SELECT 1 FROM conclusions c WHERE"
            " (c.subject, c.site, c.property) ="
            " (unpublished.subject, unpublished.site, unpublished.property))"
        )
        connection.execute("UPDATE _sqlite_migrations SET applied_at = ?", (filling.at,))


def _without_salt(connection: sqlite3.Connection) -> None:
    """Nothing is hidden here that a salt would have to keep, and the same gives the same bytes."""
    triggers.remove(connection)
    for table in ("changes", "history"):
        connection.execute(f"UPDATE {table} SET salt = zeroblob(16)")
    triggers.install(connection)
