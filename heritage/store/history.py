"""The log to what was: records as they stood after any entry."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from heritage.store.rows import COLUMNS, from_rows, part_tables
from heritage.store.tables import MAIN, TABLES

_KEYS = {table.name: table.key for table in TABLES}

Row = dict[str, Any]


def ids_of(connection: sqlite3.Connection, kind: str, id: str) -> list[str]:
    """A record's id and every id that it had before."""
    rows = connection.execute("SELECT former FROM former_ids WHERE id = ? AND kind = ?", (id, kind))
    return [id, *(former for (former,) in rows)]


def plain_at(connection: sqlite3.Connection, kind: str, id: str, seq: int) -> dict[str, Any] | None:
    """A record as it stood after an entry of the log; None where it did not exist.

    Args:
        connection: The registry.
        kind: The kind of record.
        id: Its current id.
        seq: The number of the entry.
    """
    ids = ids_of(connection, kind, id)
    marks = ", ".join("?" * len(ids))
    tables = (MAIN[kind].name, *part_tables(kind))
    rows: dict[str, dict[str, Row]] = {table: {} for table in tables}
    for table, key, op, before, after in connection.execute(
        "SELECT table_name, row_key, op, before, after FROM history"
        f" WHERE record IN ({marks}) AND kind = ? AND seq <= ? ORDER BY seq",
        (*ids, kind, seq),
    ):
        if table in rows:
            replay(rows[table], table, key, before, after if op != "delete" else None)
    (main,) = rows[tables[0]].values() or [None]
    if main is None:
        return None
    complete = {column: main.get(column) for column in COLUMNS[tables[0]]}
    return from_rows(kind, complete, {table: _in_order(table, rows[table]) for table in tables[1:]})


def _in_order(table: str, rows: dict[str, Row]) -> list[Row]:
    return sorted(rows.values(), key=lambda row: [row[column] for column in _KEYS[table]])


def replay(
    rows: dict[str, Row], table: str, key: str, before: str | None, after: str | None
) -> None:
    """Do to a table's rows what one entry of the log says was done.

    Args:
        rows: The rows by key, as far as the log has been replayed.
        table: The table.
        key: The key of the row after the change, or of the one that was deleted.
        before: The entry's `before`; null for a row that was inserted.
        after: The entry's `after`; null for a row that was deleted.
    """
    if after is None:
        rows.pop(key, None)
        return
    row: Row = json.loads(after)
    if before is None:
        rows[key] = row
        return
    rows[key] = {**rows.pop(old_key(table, key, json.loads(before)), {}), **row}


def old_key(table: str, key: str, before: Row) -> str:
    """The key of a row before an update, which tells of it only where it changed."""
    return key_text(old_values(table, key, before))


def old_values(table: str, key: str, before: Row) -> list[Any]:
    """The values of a row's key before an update, in the order of the key."""
    return [before.get(name, part) for name, part in key_values(table, key).items()]


def key_values(table: str, key: str) -> Row:
    """A key as the log writes it, by column."""
    names = _KEYS[table]
    return dict(zip(names, [key] if len(names) == 1 else json.loads(key), strict=True))


def key_text(values: Sequence[Any]) -> str:
    """The values of a key as the log writes it."""
    if len(values) == 1:
        return str(values[0])
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def last_load(connection: sqlite3.Connection, kind: str, id: str, dataset: str) -> int | None:
    """The last entry about a record that a load of a dataset wrote and that was not undone."""
    ids = ids_of(connection, kind, id)
    marks = ", ".join("?" * len(ids))
    found = connection.execute(
        "SELECT h.change, max(h.seq) FROM history h JOIN changes c ON c.id = h.change"
        f" WHERE h.record IN ({marks}) AND h.kind = ? AND c.dataset = ?"
        " GROUP BY h.change ORDER BY 2 DESC",
        (*ids, kind, dataset),
    ).fetchall()
    return next((int(seq) for change, seq in found if not is_undone(connection, change)), None)


def is_undone(connection: sqlite3.Connection, change: int) -> bool:
    """Whether a change was reverted, and the reverting was not reverted in its turn."""
    by = connection.execute("SELECT change FROM reverts WHERE reverted = ?", (change,))
    return any(not is_undone(connection, each) for (each,) in by.fetchall())
