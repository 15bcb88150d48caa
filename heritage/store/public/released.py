"""The log to the public change log: which published record changed when.

Kept in temporary tables, as the roll of a publication is, and for the same
reason. Records that never changed are entered set-wise.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from heritage.store.public.roll import Roll, shown
from heritage.store.tables import MAIN

NO_CHANGE = "1970-01-01T00:00:00.000Z"
"""The moment of an edition of nothing."""

_TABLES = (
    "changed (change INTEGER, kind TEXT, id TEXT, op TEXT, fields TEXT,"
    " PRIMARY KEY (change, kind, id)) WITHOUT ROWID",
    "touched (change INTEGER PRIMARY KEY)",
    "settled (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID",
)
_NOTHING = "[]"


class Released:
    """The public change log of one registry, as it is being put together.

    Args:
        connection: The registry, within a transaction; only temporary tables are written.
        roll: What was decided of each record, and of all of them.
    """

    def __init__(self, connection: sqlite3.Connection, roll: Roll) -> None:
        self._connection = connection
        self._roll = roll
        for table in _TABLES:
            connection.execute(f"CREATE TEMP TABLE {table}")

    def touch(self, change: int) -> None:
        """Note that a change moved the date of what is published, whatever it changed."""
        self._connection.execute("INSERT OR IGNORE INTO temp.touched VALUES (?)", (change,))

    def enter(self, change: int, record: tuple[str, str], op: str, fields: Sequence[str]) -> None:
        """Enter a change of a record that is published.

        Args:
            change: The number of the change.
            record: Its kind and its id in the registry.
            op: `insert` or `update`.
            fields: What an update changed.
        """
        told = json.dumps(list(fields), separators=(",", ":"))
        self._connection.execute(
            "INSERT OR REPLACE INTO temp.changed VALUES (?, ?, ?, ?, ?)",
            (change, *record, op, told),
        )

    def settle(self, kind: str, id: str) -> None:
        """Note that all is entered that there is to tell of a record."""
        self._connection.execute("INSERT OR IGNORE INTO temp.settled VALUES (?, ?)", (kind, id))

    def enter_first(self, kind: str, id: str) -> None:
        """Enter a record as new in the change in which it was first written, and settle it."""
        (first,) = self._connection.execute(
            "SELECT min(change) FROM main.history WHERE record = ? AND kind = ?"
            " AND op = 'insert' AND table_name = ?",
            (id, kind, MAIN[kind].name),
        ).fetchone()
        if first is not None:
            self.enter(first, (kind, id), "insert", ())
        self.settle(kind, id)

    def enter_the_others(self) -> None:
        """Enter all published records that are not settled: they never changed since they came."""
        for kind, table in sorted(MAIN.items()):
            # The change that last touched such a record is the one in which it came.
            self._connection.execute(
                f"INSERT INTO temp.changed SELECT change, ?1, id, 'insert', '{_NOTHING}'"
                f" FROM main.{table.name} t WHERE {shown('?1')} AND NOT EXISTS"
                " (SELECT 1 FROM temp.settled s WHERE s.kind = ?1 AND s.id = t.id)"
                " ORDER BY change, id",
                (kind,),
            )

    def as_of(self, datasets: Collection[str]) -> str:
        """When anything that is published last changed.

        Args:
            datasets: Those of which editions are published.
        """
        noted: list[str] = [
            at
            for dataset, at in self._connection.execute(
                "SELECT h.record, max(c.at) FROM main.history h"
                " JOIN main.changes c ON c.id = h.change"
                " WHERE h.kind = 'edition' GROUP BY h.record"
            )
            if dataset in datasets
        ]
        last: str | None = self._connection.execute(
            "SELECT max(at) FROM main.changes WHERE id IN"
            " (SELECT change FROM temp.changed UNION SELECT change FROM temp.touched)"
        ).fetchone()[0]
        return max([NO_CHANGE, *noted, *([] if last is None else [last])])

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of the table `released`, in the order of its key."""
        number, last = 0, None
        for change, at, by, why, kind, record, op, fields in self._connection.execute(
            "SELECT d.change, c.at, c.by, c.why, d.kind, coalesce(r.new, d.id) AS record, d.op,"
            " d.fields FROM temp.changed d JOIN main.changes c ON c.id = d.change"
            " LEFT JOIN temp.renamed r ON r.kind = d.kind AND r.id = d.id"
            " ORDER BY d.change, d.kind, record"
        ):
            if change != last:
                number, last = number + 1, change
            yield {
                "number": number,
                "at": at,
                "kind": kind,
                "record": record,
                "op": op,
                "fields": fields,
                "by": by,
                "why": why,
            }
