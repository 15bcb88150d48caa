"""The log, entry by entry from nothing, to what the recorded tables should hold.

The rows are kept in a temporary table, which SQLite moves to disk where it
grows, so that a file of any size and one that cannot be written are verified.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from heritage.problems import Problem
from heritage.store.history import old_values
from heritage.store.tables import MAIN, TABLES
from heritage.store.verify import faults
from heritage.store.verify.faults import quoted

BATCH = 2_000

_BY_NAME = {table.name: table for table in TABLES}
_MAIN_OF = {table.name: table.main or table.name for table in TABLES}
_VERSIONED = {table.name for table in TABLES if table.main is None}
_BUMPING = {table.name for table in TABLES if table.main and table.bumps}

Row = dict[str, Any]

TABLE = """CREATE TEMP TABLE replayed (
    name TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL, version INTEGER, change INTEGER,
    seq INTEGER, PRIMARY KEY (name, key)) WITHOUT ROWID"""

_PUT = "INSERT OR REPLACE INTO temp.replayed VALUES (?, ?, ?, ?, ?, ?)"
_COLUMNS = (
    "seq, change, iif(op = 'erased', kind, table_name), record, version, row_key, op, before, after"
)
_ENTRIES = (
    f"SELECT {_COLUMNS} FROM main.history WHERE kind <> 'conclusion' AND op <> 'erase' ORDER BY seq"
)


class _Entry(NamedTuple):
    """One entry of the log about a recorded row."""

    seq: int
    change: int
    table: str
    """The table; of an entry that was erased, the kind of record."""
    record: str
    version: int
    key: str
    op: str
    before: str | None
    after: str | None

    @property
    def told(self) -> tuple[int, int] | tuple[None, None]:
        """The version and change that it gives its row, where the table has them."""
        return (self.version, self.change) if self.table in _VERSIONED else (None, None)


class Replay:
    """The log, carried out in a temporary table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._inserts: list[tuple[Any, ...]] = []
        self._fresh: dict[tuple[str, str], int] = {}
        connection.execute(TABLE)
        # What an erasure rewrote tells no more what it was before.
        self._has_erasures = (
            connection.execute("SELECT 1 FROM main.erased LIMIT 1").fetchone() is not None
        )

    def run(self) -> Iterator[Problem]:
        """Carry out every entry; those that contradict what came before are problems."""
        steps = {"insert": self._insert, "update": self._update, "delete": self._delete}
        for entry in map(_Entry._make, self._connection.execute(_ENTRIES)):
            if entry.op == "erased":
                self._raise(entry)
                continue
            if entry.table not in _BY_NAME:
                yield _contradiction(entry, f"is about {quoted(entry.table)}, which is no table")
                continue
            said = steps[entry.op](entry)
            if said is not None:
                yield _contradiction(entry, said)
            if entry.table in _BUMPING:
                self._bump(entry)
        self._flush()

    def _insert(self, entry: _Entry) -> str | None:
        if len(self._inserts) >= BATCH:
            self._flush()
        place = entry.table, entry.key
        is_known = place in self._fresh or self._known(*place) is not None
        self._fresh[place] = entry.change
        self._inserts.append((*place, entry.after, *entry.told, entry.seq))
        return f"inserts a row that is there already: {quoted(entry.key)}" if is_known else None

    def _flush(self) -> None:
        self._connection.executemany(_PUT, self._inserts)
        self._inserts.clear()
        self._fresh.clear()

    def _known(self, table: str, key: str) -> Row | None:
        found = self._connection.execute(
            "SELECT row FROM temp.replayed WHERE name = ? AND key = ?", (table, key)
        ).fetchone()
        row: Row | None = None if found is None else json.loads(found[0])
        return row

    def _remove(self, table: str, key: str) -> None:
        self._connection.execute(
            "DELETE FROM temp.replayed WHERE name = ? AND key = ?", (table, key)
        )

    def _delete(self, entry: _Entry) -> str | None:
        self._flush()
        row = self._known(entry.table, entry.key)
        self._remove(entry.table, entry.key)
        return self._unlike(row, json.loads(entry.before or "{}"))

    def _update(self, entry: _Entry) -> str | None:
        self._flush()
        key = self._key_before(entry)
        row = self._known(entry.table, key)
        self._remove(entry.table, key)
        new = {**(row or {}), **json.loads(entry.after or "{}")}
        new = {name: value for name, value in new.items() if value is not None}
        text = json.dumps(new, ensure_ascii=False, separators=(",", ":"))
        self._connection.execute(_PUT, (entry.table, entry.key, text, *entry.told, entry.seq))
        return self._unlike(row, json.loads(entry.before or "{}"))

    def _unlike(self, row: Row | None, before: Row) -> str | None:
        """What an entry says of a row before that the entries before it do not say."""
        if self._has_erasures:
            return None
        if row is None:
            return "is about a row that is not there"
        for column, value in before.items():
            if row.get(column) != value:
                known = quoted(row.get(column))
                return f"says that {column} was {quoted(value)}; those before it say {known}"
        return None

    def _key_before(self, entry: _Entry) -> str:
        """The key that a row had before an update, as the log writes keys."""
        parts = old_values(entry.table, entry.key, json.loads(entry.before or "{}"))
        if len(parts) == 1:
            return str(parts[0])
        marks = ", ".join("?" * len(parts))
        (text,) = self._connection.execute(f"SELECT json_array({marks})", parts).fetchone()
        return str(text)

    def _raise(self, entry: _Entry) -> None:
        """Of an entry that was erased, the version that it made is left."""
        if entry.table in MAIN:
            self._flush()
            self._connection.execute(
                "UPDATE temp.replayed SET version = ?1, change = ?2"
                " WHERE name = ?3 AND key = ?4 AND version < ?1",
                (entry.version, entry.change, MAIN[entry.table].name, entry.record),
            )

    def _bump(self, entry: _Entry) -> None:
        """A part that changed makes a new version of the whole, once in each change."""
        main = _MAIN_OF[entry.table]
        if self._fresh.get((main, entry.record)) == entry.change:
            return
        if self._inserts:
            self._flush()
        self._connection.execute(
            "UPDATE temp.replayed SET version = version + 1, change = ?1"
            " WHERE name = ?2 AND key = ?3 AND change IS NOT ?1",
            (entry.change, main, entry.record),
        )


def _contradiction(entry: _Entry, said: str) -> Problem:
    message = f"entry {entry.seq}, on a row of {entry.table}, {said}"
    return faults.entry("entry-contradicts-log", entry.seq, message)
