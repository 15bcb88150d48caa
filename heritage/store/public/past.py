"""The log to what records were after each change: for those that ever changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from heritage.store.history import replay
from heritage.store.rows import COLUMNS, from_rows, part_tables
from heritage.store.tables import MAIN, TABLES

_KEYS = {table.name: table.key for table in TABLES}

State = tuple[int, "dict[str, Any] | None"]
"""A change, and a record in plain form after it; None where it did not exist."""


_AMENDED = """SELECT DISTINCT h.kind, coalesce(f.id, h.record) FROM main.history h
    LEFT JOIN main.former_ids f ON f.former = h.record AND f.kind = h.kind
    WHERE (h.version > 1 OR h.op <> 'insert') AND h.kind IN ({kinds}) ORDER BY 1, 2"""


def amended(connection: sqlite3.Connection) -> Iterator[tuple[str, str, list[State]]]:
    """Every record that changed or went after it was first written.

    Gives its kind, the id that it has or had last, and its states, the oldest
    first. Of a record of which something was erased the states are none: they
    cannot be known any more.
    """
    kinds = ", ".join(f"'{kind}'" for kind in MAIN)
    for kind, id in connection.execute(_AMENDED.format(kinds=kinds)):
        yield kind, id, list(_states(connection, kind, id))


def _states(connection: sqlite3.Connection, kind: str, id: str) -> Iterator[State]:
    former = connection.execute(
        "SELECT former FROM former_ids WHERE id = ? AND kind = ?", (id, kind)
    )
    ids = [id, *(each for (each,) in former)]
    marks = ", ".join("?" * len(ids))
    entries = connection.execute(
        "SELECT change, table_name, row_key, op, before, after FROM history"
        f" WHERE record IN ({marks}) AND kind = ? ORDER BY seq",
        (*ids, kind),
    ).fetchall()
    if any(op not in ("insert", "update", "delete") for _, _, _, op, _, _ in entries):
        return
    tables = (MAIN[kind].name, *part_tables(kind))
    rows: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in tables}
    for change, some in groupby(entries, key=lambda entry: entry[0]):
        for _, table, key, op, before, after in some:
            if table in rows:
                replay(rows[table], table, key, before, after if op != "delete" else None)
        yield change, _plain(kind, rows)


def _plain(kind: str, rows: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Any] | None:
    table, *parts = rows
    main = next(iter(rows[table].values()), None)
    if main is None:
        return None
    complete = {column: main.get(column) for column in COLUMNS[table]}
    ordered = {
        part: sorted(rows[part].values(), key=lambda row: json.dumps([row[k] for k in _KEYS[part]]))
        for part in parts
    }
    return from_rows(kind, complete, ordered)
