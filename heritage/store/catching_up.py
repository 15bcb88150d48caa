"""Rows that were written while nothing watched to entries of the log.

A tool that rebuilds a table, as `transform()` of sqlite-utils and Datasette's
alter-table do, drops its triggers; what is written until they are put back
stands in no log. It is found by comparing the table with what the log says of
it: the rows are put back as the log has them, and what was found is written
again under the triggers, as a change of another program that says when it was
found, and not when it was made, which nobody knows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from typing import Any

import attrs

from heritage.errors import RefusedByDatabaseError
from heritage.store import derived, triggers
from heritage.store.history import Row, replay
from heritage.store.tables import MAIN, TABLES, Table, columns_of, parts_of

WHY = "found in the tables; written while their triggers were off, at a time that is not known"

_WATCHED = ("insert", "update", "delete")


@attrs.frozen
class _Difference:
    """A row as the log has it and as it was found; None where it is not there."""

    table: Table
    logged: Row | None
    found: Row | None


def ensure(connection: sqlite3.Connection) -> None:
    """Put back what another tool took off, before anything more is written without history.

    SQLite counts every change of the schema; `triggers.install` notes the count.
    A column that was added by hand is one that no trigger records until then.

    Raises:
        RefusedByDatabaseError: What was written meanwhile breaks a rule.
    """
    seen = connection.execute("PRAGMA user_version").fetchone()
    if seen != connection.execute("PRAGMA schema_version").fetchone():
        tables = unwatched(connection)
        triggers.install(connection)
        catch_up(connection, tables)


def unwatched(connection: sqlite3.Connection) -> list[str]:
    """The tables that some tool took the triggers of history from."""
    known = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    }
    return [
        table.name
        for table in TABLES
        if not known.issuperset(f"{table.name}_recorded_{word}" for word in _WATCHED)
    ]


def catch_up(connection: sqlite3.Connection, tables: Collection[str]) -> None:
    """Log what was written to some tables while nothing watched.

    Args:
        connection: Within a transaction, no change being open, the triggers in place.
        tables: The tables that had no triggers.

    Raises:
        RefusedByDatabaseError: What was written breaks a rule.
    """
    differences = [
        difference
        for table in TABLES
        if table.name in tables
        for difference in _differences(connection, table)
    ]
    if not differences:
        return
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM changes").fetchone()[0]
    triggers.remove(connection)
    parts = [part for each in differences for part in _parts_of_new(connection, each)]
    for each in differences:
        _put_back(connection, each)
    derive_anew(connection)
    triggers.install(connection)
    _write_again(connection, differences)
    triggers.remove(connection)
    for table, row in parts:
        _insert(connection, table, row, "OR IGNORE")
    derive_anew(connection)
    connection.execute("UPDATE changes SET why = ? WHERE id > ?", (WHY, newest))
    triggers.install(connection)


def _parts_of_new(connection: sqlite3.Connection, each: _Difference) -> Iterator[tuple[Table, Row]]:
    """Parts that were logged, of a record that was not: they go with it for a moment."""
    if each.logged is None and each.found is not None and each.table.main is None:
        for part in parts_of(each.table):
            columns = columns_of(connection, part)
            sql = f"SELECT {', '.join(columns)} FROM {part.name} WHERE {part.owner} = ?"
            for row in connection.execute(sql, (each.found["id"],)):
                yield part, dict(zip(columns, row, strict=True))


def _differences(connection: sqlite3.Connection, table: Table) -> Iterator[_Difference]:
    columns = columns_of(connection, table)
    logged: dict[str, Row] = {}
    for key, op, before, after in connection.execute(
        "SELECT row_key, op, before, after FROM history WHERE table_name = ? ORDER BY seq",
        (table.name,),
    ):
        replay(logged, table.name, key, before, after if op != "delete" else None)
    names = ", ".join(columns)
    sql = f"SELECT {triggers.key_of('t', table)}, {names} FROM {table.name} t"
    for key, *values in connection.execute(sql):
        found = dict(zip(columns, values, strict=True))
        known = logged.pop(key, None)
        before = None if known is None else {name: known.get(name) for name in columns}
        if before != found:
            yield _Difference(table, before, found)
    for known in logged.values():
        yield _Difference(table, {name: known.get(name) for name in columns}, None)


def _where(table: Table, row: Row) -> tuple[str, list[Any]]:
    return " AND ".join(f"{name} = ?" for name in table.key), [row[name] for name in table.key]


def _put_back(connection: sqlite3.Connection, each: _Difference) -> None:
    """Make the row what the log says, with the version that the log gives it."""
    table = each.table
    if each.logged is None:
        where, values = _where(table, each.found or {})
        connection.execute(f"DELETE FROM {table.name} WHERE {where}", values)
        return
    row = dict(each.logged)
    if table.main is None:
        row["version"], row["change"] = connection.execute(
            "SELECT max(version), max(change) FROM history WHERE record = ? AND kind = ?",
            (row["id"], table.kind),
        ).fetchone()
    if each.found is None:
        _insert(connection, table, row)
    else:
        _update(connection, table, row)


def _insert(connection: sqlite3.Connection, table: Table, row: Row, also: str = "") -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT {also} INTO {table.name} ({', '.join(row)}) VALUES ({marks})", list(row.values())
    )


def _update(connection: sqlite3.Connection, table: Table, row: Row) -> None:
    where, values = _where(table, row)
    assignments = ", ".join(f"{name} = ?" for name in row)
    connection.execute(
        f"UPDATE {table.name} SET {assignments} WHERE {where}", [*row.values(), *values]
    )


def derive_anew(connection: sqlite3.Connection) -> None:
    """Build search, places, countries and ancestors anew from all rows."""
    connection.execute("DELETE FROM places")
    connection.execute("DELETE FROM _site_countries")
    for kind in ("site", "event", "source"):
        connection.execute(f"DELETE FROM _{kind}_ancestors")
    for kind, table in MAIN.items():
        if table.search:
            connection.execute(triggers.refresh(table, "1"))
            connection.execute(
                f"INSERT INTO {table.name}_fts ({table.name}_fts) VALUES ('rebuild')"
            )
        for sql in derived.set_wise(kind):
            connection.execute(sql, {"before": 0})


def _write_again(connection: sqlite3.Connection, differences: list[_Difference]) -> None:
    """Write what was found, as another program would; what others wait for comes first."""
    waiting = differences
    while waiting:
        refused: list[tuple[_Difference, sqlite3.IntegrityError]] = []
        for each in waiting:
            connection.execute("SAVEPOINT again")
            try:
                _again(connection, each)
            except sqlite3.IntegrityError as error:
                connection.execute("ROLLBACK TO again")
                refused.append((each, error))
            connection.execute("RELEASE again")
        if len(refused) == len(waiting):
            each, fault = refused[0]
            key = _where(each.table, each.found or each.logged or {})[1]
            raise RefusedByDatabaseError(
                f"{each.table.name}: the row {', '.join(map(str, key))} was written while the"
                f" table had no triggers, and breaks a rule ({fault}); set it right in SQL"
            )
        waiting = [each for each, _ in refused]


def _again(connection: sqlite3.Connection, each: _Difference) -> None:
    table = each.table
    if each.found is None:
        where, values = _where(table, each.logged or {})
        connection.execute(f"DELETE FROM {table.name} WHERE {where}", values)
    elif each.logged is None:
        _insert(connection, table, each.found)
    else:
        changed = {name: value for name, value in each.found.items() if each.logged[name] != value}
        where, values = _where(table, each.found)
        assignments = ", ".join(f"{name} = ?" for name in changed)
        connection.execute(
            f"UPDATE {table.name} SET {assignments} WHERE {where}", [*changed.values(), *values]
        )
