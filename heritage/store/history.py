"""The log to what was: records as they stood after any entry."""

from __future__ import annotations

import json
import sqlite3
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
    # An update tells what changed, and so the key before it where that changed.
    old: Row = json.loads(before)
    names = _KEYS[table]
    parts = [key] if len(names) == 1 else json.loads(key)
    parts = [old.get(name, part) for name, part in zip(names, parts, strict=True)]
    old_key = parts[0] if len(names) == 1 else _json_key(parts)
    rows[key] = {**rows.pop(old_key, {}), **row}


def _json_key(values: list[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def last_load(connection: sqlite3.Connection, kind: str, id: str, dataset: str) -> int | None:
    """The last entry about a record that a load of a dataset wrote."""
    ids = ids_of(connection, kind, id)
    marks = ", ".join("?" * len(ids))
    found = connection.execute(
        "SELECT max(h.seq) FROM history h JOIN changes c ON c.id = h.change"
        f" WHERE h.record IN ({marks}) AND h.kind = ? AND c.dataset = ?",
        (*ids, kind, dataset),
    ).fetchone()[0]
    return None if found is None else int(found)
