"""Entries of the log to what they did to each row in the end.

Several entries about one row are folded into one: what the row was before the
first of them, and what it is after the last. What was put in and taken out
again, or changed and changed back, did nothing. The result stands in a
temporary table, so that it may be larger than the memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import attrs

from heritage.store.history import old_key

Columns = dict[str, Any]

BATCH = 2_000
"""Rows that are written at once."""

_TABLE = """CREATE TEMP TABLE net (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    table_name TEXT NOT NULL,
    key_before TEXT,
    key_after TEXT,
    before TEXT,
    after TEXT,
    was TEXT NOT NULL,
    change INTEGER NOT NULL)"""
_INDEXES = (
    "CREATE INDEX temp.net_after ON net(table_name, key_after)",
    "CREATE INDEX temp.net_before ON net(table_name, key_before)",
    "CREATE INDEX temp.net_record ON net(kind, record)",
)
_INSERT = (
    "INSERT INTO temp.net (kind, record, table_name, key_before, key_after, before, after,"
    " was, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@attrs.frozen(kw_only=True)
class NetRow:
    """What some changes did to one row."""

    id: int
    kind: str
    record: str
    """The record that it belonged to after the last entry about it."""
    was: str
    """The record that it belonged to before the first."""
    table: str
    key_before: str | None
    """None for a row that was not there before."""
    key_after: str | None
    """None for a row that is not there any more."""
    before: Columns
    """The whole row without its nulls where it was inserted or deleted; else what changed."""
    after: Columns
    change: int
    """The last change that touched it."""


@contextmanager
def netted(connection: sqlite3.Connection, after: int, until: int) -> Iterator[Net]:
    """The net effect of the changes after one and until another, that one included.

    Args:
        connection: Any; the file itself is not written.
        after: The number of a change, or 0.
        until: The number of a change.
    """
    connection.execute(_TABLE)
    try:
        for sql in _INDEXES:
            connection.execute(sql)
        net = Net(connection)
        net.fold(after, until)
        yield net
    finally:
        # Undone already where the whole transaction was.
        connection.execute("DROP TABLE IF EXISTS temp.net")


class Net:
    """Rows that some changes touched, by what became of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[Any, ...]] = []
        self._has_gone = False

    def fold(self, after: int, until: int) -> None:
        """Take every entry of the changes after one and until another, in order."""
        for kind, record, table, key, op, old, new, change in self._connection.execute(
            "SELECT kind, record, table_name, row_key, op, before, after, change FROM history"
            " WHERE change > ? AND change <= ? AND kind <> 'conclusion'"
            " AND op IN ('insert', 'update', 'delete') ORDER BY seq",
            (after, until),
        ):
            if op == "insert":
                self._inserted((kind, record, table), key, new, change)
            else:
                self._flush()
                self._touched((kind, record, table), key, op, (old, new), change)
        self._flush()
        self._connection.execute(
            "DELETE FROM temp.net WHERE key_before IS key_after AND before IS after"
        )

    def _flush(self) -> None:
        if self._waiting:
            self._connection.executemany(_INSERT, self._waiting)
            self._waiting.clear()

    def _inserted(self, about: tuple[str, str, str], key: str, new: str, change: int) -> None:
        if self._has_gone:
            self._flush()
            gone = self._one(
                "table_name = ? AND key_before = ? AND key_after IS NULL", about[2], key
            )
            if gone is not None:
                # Taken out and put in again: what differs is what was updated.
                was, now = gone.before, json.loads(new)
                names = [name for name in was | now if was.get(name) != now.get(name)]
                self._set(
                    gone,
                    about[1],
                    key,
                    {name: was.get(name) for name in names},
                    {name: now.get(name) for name in names},
                    change,
                )
                return
        kind, record, table = about
        self._waiting.append((kind, record, table, None, key, None, new, record, change))
        if len(self._waiting) >= BATCH:
            self._flush()

    def _touched(
        self,
        about: tuple[str, str, str],
        key: str,
        op: str,
        values: tuple[str, str | None],
        change: int,
    ) -> None:
        kind, record, table = about
        old: Columns = json.loads(values[0])
        new: Columns | None = None if values[1] is None else json.loads(values[1])
        found_at = key if op == "delete" else old_key(table, key, old)
        known = self._one("table_name = ? AND key_after = ?", table, found_at)
        if known is None:
            row = (kind, record, table, found_at, new and key, _text(old), _text(new))
            self._connection.execute(_INSERT, (*row, record, change))
            self._has_gone = self._has_gone or new is None
        elif new is None and known.key_before is None:
            self._connection.execute("DELETE FROM temp.net WHERE id = ?", (known.id,))
        elif new is None:
            whole = {
                name: value for name, value in (old | known.before).items() if value is not None
            }
            self._set(known, record, None, whole, {}, change)
            self._has_gone = True
        elif known.key_before is None:
            after = {name: v for name, v in (known.after | new).items() if v is not None}
            self._set(known, record, key, {}, after, change)
        else:
            before, after = old | known.before, known.after | new
            names = [name for name in before if before[name] != after[name]]
            before, after = ({name: row[name] for name in names} for row in (before, after))
            self._set(known, record, key, before, after, change)

    def _set(
        self,
        row: NetRow,
        record: str,
        key: str | None,
        before: Columns,
        after: Columns,
        change: int,
    ) -> None:
        self._connection.execute(
            "UPDATE temp.net SET record = ?, key_after = ?, before = ?, after = ?, change = ?"
            " WHERE id = ?",
            (
                record,
                key,
                _text(before) if row.key_before is not None else None,
                _text(after) if key is not None else None,
                change,
                row.id,
            ),
        )

    def _one(self, where: str, *values: str) -> NetRow | None:
        return next(self._select(where, values, "id"), None)

    def _select(self, where: str, values: Sequence[object], order: str) -> Iterator[NetRow]:
        for row in self._connection.execute(
            "SELECT id, kind, record, was, table_name, key_before, key_after, before, after,"
            f" change FROM temp.net WHERE {where} ORDER BY {order}",
            values,
        ):
            *plain, before, after, change = row
            names = ("id", "kind", "record", "was", "table", "key_before", "key_after")
            yield NetRow(
                **dict(zip(names, plain, strict=True)),
                before=json.loads(before) if before else {},
                after=json.loads(after) if after else {},
                change=change,
            )

    def inserted(self, table: str) -> Iterator[NetRow]:
        """Rows of a table that were not there before, the last first."""
        yield from self._select("table_name = ? AND key_before IS NULL", (table,), "id DESC")

    def updated(self, table: str) -> Iterator[NetRow]:
        """Rows of a table that are there still, and differ."""
        where = "table_name = ? AND key_before IS NOT NULL AND key_after IS NOT NULL"
        yield from self._select(where, (table,), "id")

    def deleted(self, table: str) -> Iterator[NetRow]:
        """Rows of a table that are there no more."""
        yield from self._select("table_name = ? AND key_after IS NULL", (table,), "id")

    def records(self, kind: str) -> Iterator[str]:
        """Ids of the records of a kind with a row that was touched, as they were at the end."""
        sql = "SELECT DISTINCT record FROM temp.net WHERE kind = ? ORDER BY record"
        for (id,) in self._connection.execute(sql, (kind,)):
            yield id


def _text(values: Columns | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)
