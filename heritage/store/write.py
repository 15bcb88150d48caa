"""Records to table rows, one at a time: the gear of a single change.

Triggers do the rest: history, versions, search, places. Many new records at
once go through `heritage.store.bulk`, with the same result.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from heritage import codec
from heritage.errors import (
    BrokenReferenceError,
    RecordChangedError,
    RecordNotFoundError,
    RefusedByDatabaseError,
)
from heritage.model import Record, Site
from heritage.model.fields import check_id
from heritage.store import catching_up, chain, conclusions
from heritage.store.read import read_one
from heritage.store.rows import COLUMNS, Row, part_tables, to_rows
from heritage.store.tables import MAIN, REFERENCES, TABLES

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"

_KEYS = {table.name: table.key for table in TABLES}
_BY_NAME = {table.name: table for table in TABLES}


def begin_change(
    connection: sqlite3.Connection,
    *,
    at: str,
    by: str | None,
    why: str | None,
    origin: str = "registry",
    dataset: str | None = None,
) -> int:
    """Open a change within the current transaction; every edit until its end belongs to it."""
    catching_up.ensure(connection)
    # A clock that was put back must not put a change before those that it stands on.
    cursor = connection.execute(
        "INSERT INTO changes (at, by, why, origin, dataset)"
        " SELECT max(?, coalesce((SELECT at FROM changes ORDER BY id DESC LIMIT 1), '')),"
        " ?, ?, ?, ?",
        (at, by, why, origin, dataset),
    )
    change = int(cursor.lastrowid or 0)
    connection.execute("UPDATE _context SET change = ?", (change,))
    # Records of one change may refer to each other in any order.
    connection.execute("PRAGMA defer_foreign_keys = ON")
    return change


def end_change(connection: sqlite3.Connection, change: int, *, checked: bool = False) -> bool:
    """Close the change and check what it refers to; False where it changed nothing.

    Args:
        connection: Within the transaction of the change.
        change: Its number.
        checked: What it refers to was checked already, set-wise, as a load does.

    Raises:
        BrokenReferenceError: It refers to a record that does not exist.
    """
    found = connection.execute("SELECT 1 FROM history WHERE change = ? LIMIT 1", (change,))
    is_change = found.fetchone() is not None
    if is_change:
        if not checked:
            _check_references(connection, change)
        settle(connection, change)
    connection.execute("UPDATE _context SET change = NULL, replaced = NULL")
    return is_change


def settle(connection: sqlite3.Connection, change: int | None) -> None:
    """Conclude and seal what the log has had since last time, whoever wrote it.

    Args:
        connection: Within a transaction.
        change: The change that new conclusions are part of.
    """
    connection.execute("UPDATE _context SET change = ?", (change,))
    conclusions.bring_up_to_date(connection, change)
    chain.seal(connection)
    connection.execute("UPDATE _context SET change = NULL")


def seal(connection: sqlite3.Connection) -> str:
    """Conclude and seal what other programs wrote; the head of the chain, in hexadecimal."""
    catching_up.ensure(connection)
    settle(connection, connection.execute("SELECT max(id) FROM changes").fetchone()[0])
    return chain.newest(connection)[1].hex()


def _check_references(connection: sqlite3.Connection, change: int) -> None:
    """What the records of a change name; found by the log, whatever the size of the tables."""
    for table, references in REFERENCES.items():
        if _BY_NAME[table].main == "":
            continue  # a foreign key speaks for it
        owner, kind = _BY_NAME[table].owner, _BY_NAME[table].kind
        for column, target in references:
            missing = " AND ".join(
                f"NOT EXISTS (SELECT 1 FROM {MAIN[one].name} WHERE id = t.{column})"
                for one in target.split(" or ")
            )
            sql = (
                f"SELECT t.{owner}, t.{column} FROM {table} t WHERE t.{owner} IN"
                " (SELECT record FROM history WHERE change = ? AND kind = ?)"
                f" AND t.{column} IS NOT NULL AND {missing} LIMIT 1"
            )
            for row in connection.execute(sql, (change, kind)):
                raise BrokenReferenceError(table, row[0], column, row[1])


def version_of(connection: sqlite3.Connection, kind: str, id: str) -> int | None:
    """The version of a record; None where it does not exist."""
    row = connection.execute(f"SELECT version FROM {MAIN[kind].name} WHERE id = ?", (id,))
    found = row.fetchone()
    return None if found is None else int(found[0])


def _expect(connection: sqlite3.Connection, kind: str, id: str, expect: int | None) -> None:
    if expect is not None:
        found = version_of(connection, kind, id)
        if found != expect:
            raise RecordChangedError(kind, id, expect, found)


def insert_row(connection: sqlite3.Connection, table: str, row: Row) -> None:
    """Insert one row of a part table."""
    columns = COLUMNS[table]
    marks = ", ".join("?" * len(columns))
    connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", row)


def in_key_order(table: str, rows: Sequence[Row]) -> list[Row]:
    """Rows of a part table in the order of its key, in which both gears write them."""
    positions = [COLUMNS[table].index(column) for column in _KEYS[table]]
    return sorted(rows, key=lambda row: tuple(row[position] for position in positions))


def put(connection: sqlite3.Connection, record: Record, *, expect: int | None = None) -> str:
    """Make the registry hold this record; `created`, `changed` or `unchanged`.

    Raises:
        RecordChangedError: It is not at the version that was expected.
        RefusedByDatabaseError: A rule of the database stands against it.
    """
    kind = codec.kind_of(record)
    _expect(connection, kind, record.id, expect)
    if isinstance(record, Site):
        _check_identifiers(connection, record)
    table = MAIN[kind].name
    rows = to_rows(record)
    columns = COLUMNS[table]
    found = connection.execute(
        f"SELECT {', '.join(columns)} FROM {table} WHERE id = ?", (record.id,)
    ).fetchone()
    if found is None:
        insert_row(connection, table, rows.main)
        for part, part_rows in rows.parts.items():
            for row in in_key_order(part, part_rows):
                insert_row(connection, part, row)
        return CREATED
    changed = [
        (column, new)
        for column, new, old in zip(columns, rows.main, found, strict=True)
        if new != old
    ]
    if changed:
        assignments = ", ".join(f"{column} = ?" for column, _ in changed)
        values = [value for _, value in changed]
        connection.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*values, record.id))
    parts_changed = [
        _put_parts(connection, record.id, part, part_rows) for part, part_rows in rows.parts.items()
    ]
    return CHANGED if changed or any(parts_changed) else UNCHANGED


def _put_parts(connection: sqlite3.Connection, id: str, part: str, rows: Sequence[Row]) -> bool:
    columns = COLUMNS[part]
    owner = next(table.owner for table in TABLES if table.name == part)
    found = set(
        connection.execute(f"SELECT {', '.join(columns)} FROM {part} WHERE {owner} = ?", (id,))
    )
    wanted = set(rows)
    for row in in_key_order(part, tuple(found - wanted)):
        where = " AND ".join(f"{column} = ?" for column in _KEYS[part])
        key = [row[columns.index(column)] for column in _KEYS[part]]
        connection.execute(f"DELETE FROM {part} WHERE {where}", key)
    for row in in_key_order(part, tuple(wanted - found)):
        insert_row(connection, part, row)
    return found != wanted


def _check_identifiers(connection: sqlite3.Connection, site: Site) -> None:
    for identifier in site.identifiers:
        row = connection.execute(
            "SELECT site FROM identifiers WHERE scheme = ? AND value = ? AND site <> ?",
            (identifier.scheme, identifier.value, site.id),
        ).fetchone()
        if row is not None:
            raise RefusedByDatabaseError(
                f"{identifier} cannot be an identifier of {site.id!r}: it is one of {row[0]!r}"
            )


def amend(
    connection: sqlite3.Connection,
    kind: str,
    id: str,
    fields: Mapping[str, Any],
    *,
    expect: int | None = None,
) -> Record:
    """Change some fields of a record; None takes a field away.

    Raises:
        RecordNotFoundError: There is no such record.
        RecordChangedError: It is not at the version that was expected.
        InvalidRecordError: The record would break a rule.
    """
    _expect(connection, kind, id, expect)
    plain = codec.to_plain(read_one(connection, kind, id).record)
    for name, value in fields.items():
        if value is None:
            plain.pop(name, None)
        else:
            plain[name] = codec.value_to_plain(value)
    plain.setdefault("id", id)
    record = codec.from_plain(kind, plain)
    if record.id != id:
        raise RefusedByDatabaseError(f"an amendment cannot change the id of {kind} {id!r}")
    put(connection, record)
    return record


def namers(connection: sqlite3.Connection, kind: str, id: str) -> dict[str, int]:
    """How many rows name a record, by table."""
    counts: dict[str, int] = {}
    for table, references in REFERENCES.items():
        for column, target in references:
            if kind in target.split(" or "):
                found = connection.execute(
                    f"SELECT count(*) FROM {table} WHERE {column} = ?", (id,)
                ).fetchone()[0]
                if found:
                    counts[table] = counts.get(table, 0) + found
    return counts


def retract(
    connection: sqlite3.Connection, kind: str, id: str, *, expect: int | None = None
) -> None:
    """Take a record out of the tables; history keeps it.

    Raises:
        RecordNotFoundError: There is no such record.
        RecordChangedError: It is not at the version that was expected.
        RefusedByDatabaseError: Other records refer to it.
    """
    _expect(connection, kind, id, expect)
    if version_of(connection, kind, id) is None:
        raise RecordNotFoundError(kind, id)
    for table, found in namers(connection, kind, id).items():
        raise RefusedByDatabaseError(
            f"{found} of {table} refer to {kind} {id!r}; retract or amend them first"
        )
    for part in part_tables(kind):
        owner = next(table.owner for table in TABLES if table.name == part)
        connection.execute(f"DELETE FROM {part} WHERE {owner} = ?", (id,))
    connection.execute(f"DELETE FROM {MAIN[kind].name} WHERE id = ?", (id,))


def rename(connection: sqlite3.Connection, kind: str, id: str, new: str) -> None:
    """Give a record another id; the old one goes on leading to it.

    What refers to the record follows by triggers, whether or not foreign keys are on.

    Raises:
        RecordNotFoundError: There is no such record.
        RefusedByDatabaseError: The new id is none, or is taken.
    """
    fault = check_id(new)
    if fault:
        raise RefusedByDatabaseError(fault)
    if version_of(connection, kind, id) is None:
        raise RecordNotFoundError(kind, id)
    connection.execute(f"UPDATE {MAIN[kind].name} SET id = ? WHERE id = ?", (new, id))
