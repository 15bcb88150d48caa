"""The log to what was: records as they stood after any entry."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from heritage.store.rows import COLUMNS, from_rows, part_tables
from heritage.store.tables import MAIN, TABLES

_KEYS = {table.name: table.key for table in TABLES}


def ids_of(connection: sqlite3.Connection, kind: str, id: str) -> list[str]:
    """A record's id and every id that it had before."""
    rows = connection.execute("SELECT former FROM former_ids WHERE id = ? AND kind = ?", (id, kind))
    return [id, *(former for (former,) in rows)]


def plain_at(
    connection: sqlite3.Connection, kind: str, id: str, seq: int
) -> dict[str, Any] | None:
    """A record as it stood after an entry of the log; None where it did not exist.

    Args:
        kind: The kind of record.
        id: Its current id.
        seq: The number of the entry.
    """
    ids = ids_of(connection, kind, id)
    marks = ", ".join("?" * len(ids))
    tables = (MAIN[kind].name, *part_tables(kind))
    rows: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in tables}
    for table, key, op, before, after in connection.execute(
        "SELECT table_name, row_key, op, before, after FROM history"
        f" WHERE record IN ({marks}) AND kind = ? AND seq <= ? ORDER BY seq",
        (*ids, kind, seq),
    ):
        if table in rows:
            _replay(rows[table], table, key, op, json.loads(before or "{}"), after)
    (main,) = rows[tables[0]].values() or [None]
    if main is None:
        return None
    complete = {column: main.get(column) for column in COLUMNS[tables[0]]}
    parts = {
        table: sorted(rows[table].values(), key=lambda row: [row[k] for k in _KEYS[table]])  # noqa: B023 - used at once
        for table in tables[1:]
    }
    return from_rows(kind, complete, parts)


def _replay(  # noqa: PLR0913 - the columns of an entry
    rows: dict[str, dict[str, Any]],
    table: str,
    key: str,
    op: str,
    before: dict[str, Any],
    after: str | None,
) -> None:
    if op == "delete":
        rows.pop(key, None)
        return
    row = json.loads(after or "{}")
    if op == "insert":
        rows[key] = row
        return
    names = _KEYS[table]
    old = before.get(names[0], row.get(names[0])) if len(names) == 1 else None
    old_key = key if len(names) == 1 and old is None else old
    if len(names) > 1:
        old_key = json.dumps([before.get(n) for n in names], ensure_ascii=False, separators=(",", ":"))
        if any(n not in before for n in names):
            old_key = key
    rows[key] = {**rows.pop(str(old_key), {}), **row}


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
