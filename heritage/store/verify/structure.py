"""A file's schema, and the tables that the package fills, to where they differ from ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from functools import cache

from heritage.problems import Problem
from heritage.store import schema, triggers
from heritage.store.verify.faults import MIGRATE, RESTORE, Notes, lenient, row, whole

_OBJECTS = (
    "SELECT type, name, sql FROM main.sqlite_master WHERE sql IS NOT NULL"
    " AND type IN ('table', 'index', 'view') ORDER BY type, name"
)
Objects = dict[tuple[str, str], str]


@cache
def _expected() -> Objects:
    """The tables, indexes and views of a new registry."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        schema.make_tables(connection)
        return _objects(connection)
    finally:
        connection.close()


def _objects(connection: sqlite3.Connection) -> Objects:
    return {(type, name): sql for type, name, sql in connection.execute(_OBJECTS)}


def examine(connection: sqlite3.Connection, notes: Notes) -> Iterator[Problem]:
    """What is missing or other than in a new registry; what others added is theirs."""
    found = _objects(connection)
    for (kind, name), sql in _expected().items():
        there = found.get((kind, name))
        if there is None:
            do = f"make it again: {sql}" if kind == "index" else RESTORE
            yield whole("schema-altered", name, f"the {kind} {name} is missing", do)
        elif there != sql and not _only_has_more_columns(connection, kind, name, sql, there):
            yield whole(
                "schema-altered", name, f"the {kind} {name} is not defined as in a new registry"
            )
    yield from _triggers(connection, notes)
    yield from _filled(connection)


def _only_has_more_columns(
    connection: sqlite3.Connection, kind: str, name: str, sql: str, there: str
) -> bool:
    """Whether somebody added columns of their own, which history records like ours."""
    if kind != "table" or len(there) <= len(sql):
        return False
    same = next((n for n, (a, b) in enumerate(zip(sql, there, strict=False)) if a != b), len(sql))
    added = there[same : same + len(there) - len(sql)]
    parted = added.strip().startswith(",") or added.strip().endswith(",")
    if sql[:same] + added + sql[same:] != there or not parted:
        return False
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (name,))
    columns = [column for (column,) in rows]
    return any(column not in sql for column in columns)


def _triggers(connection: sqlite3.Connection, notes: Notes) -> Iterator[Problem]:
    wanted = triggers.statements(connection)
    found: dict[str, str] = dict(
        connection.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'")
    )
    for name, sql in wanted.items():
        if name not in found:
            yield whole("schema-altered", name, f"the trigger {name} is missing", MIGRATE)
        elif found[name] != sql:
            yield whole("schema-altered", name, f"the trigger {name} is not ours", MIGRATE)
    for name in sorted(found.keys() - wanted.keys()):
        if triggers.MADE in found[name]:
            yield whole(
                "schema-altered", name, f"the trigger {name} is not of this version", MIGRATE
            )
        else:
            notes.add(f"the trigger {name} is not of this package")


Rows = frozenset[tuple[object, ...]]


@cache
def _wanted() -> dict[str, Rows]:
    """The rows of each table that the package fills, their texts as bytes."""
    return {
        table: frozenset(
            tuple(each.encode() if isinstance(each, str) else each for each in row) for row in rows
        )
        for table, rows in schema.filled()
    }


def _filled(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Rows of vocabularies and of folding, which the package writes at every migration."""
    factory, connection.text_factory = connection.text_factory, bytes
    try:
        found = {
            table: set(connection.execute(f"SELECT * FROM main.{table}")) for table in _wanted()
        }
    finally:
        connection.text_factory = factory
    for table, rows in _wanted().items():
        yield from _differing(table, "is not one that the package writes", found[table] - rows)
        yield from _differing(table, "is missing", rows - found[table])


def _differing(table: str, what: str, rows: Iterable[tuple[object, ...]]) -> Iterator[Problem]:
    for raw in sorted(rows, key=repr):
        each = [lenient(value) if isinstance(value, bytes) else value for value in raw]
        key = " ".join(map(str, each[:2])) if table == "terms" else each[0]
        yield row("reference-table-altered", table, key, f"the row {what}", do=MIGRATE)
