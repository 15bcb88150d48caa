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


def first_changes(connection: sqlite3.Connection, kind: str) -> dict[str, int]:
    """By the id that a record had then, the change in which it was first written."""
    return dict(
        connection.execute(
            "SELECT record, min(change) FROM history WHERE kind = ? AND op = 'insert'"
            " AND table_name = ? GROUP BY record",
            (kind, MAIN[kind].name),
        )
    )


def moments(connection: sqlite3.Connection) -> dict[int, str]:
    """When each change was made."""
    return dict(connection.execute("SELECT id, at FROM changes"))


def signed(connection: sqlite3.Connection) -> dict[int, tuple[str | None, str | None]]:
    """By whom and why each change was made."""
    return {id: (by, why) for id, by, why in connection.execute("SELECT id, by, why FROM changes")}


def editions_at(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """The datasets of which editions were noted, and when."""
    yield from connection.execute(
        "SELECT h.record, max(c.at) FROM history h JOIN changes c ON c.id = h.change"
        " WHERE h.kind = 'edition' GROUP BY h.record"
    )


def amended(connection: sqlite3.Connection) -> Iterator[tuple[str, str, list[State]]]:
    """Every record that changed or went after it was first written.

    Gives its kind, the id that it has or had last, and its states, the oldest
    first. Of a record of which something was erased the states are none: they
    cannot be known any more.
    """
    now = dict(connection.execute("SELECT kind || ' ' || former, id FROM former_ids"))
    kinds = ", ".join(f"'{kind}'" for kind in MAIN)
    changed = connection.execute(
        "SELECT DISTINCT kind, record FROM history"
        f" WHERE (version > 1 OR op <> 'insert') AND kind IN ({kinds})"
    )
    for kind, id in sorted({(kind, now.get(f"{kind} {id}", id)) for kind, id in changed}):
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
