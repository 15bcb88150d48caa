"""Tables to the number of their rows, known without counting them.

`_counts` holds how many rows each table had when the log was at `seq`; entries
since then say how many came and went. So what other programs wrote counts at
once, though nobody has settled it yet.
"""

from __future__ import annotations

import sqlite3

COUNTED = ("sites", "events", "claims", "sources", "observations")
"""The tables that are counted."""

MANY = 10_000
"""Entries of the log above which rows are counted instead."""

_NAMES = ", ".join(f"'{name}'" for name in COUNTED)
_SINCE = f"""SELECT table_name, total(iif(op = 'insert', 1, -1)) AS more FROM history
    WHERE seq > (SELECT min(seq) FROM _counts) AND table_name IN ({_NAMES})
    AND op IN ('insert', 'delete') GROUP BY 1"""
_NEWEST = "(SELECT coalesce(max(seq), 0) FROM history)"

ROWS = " UNION ALL ".join(f"SELECT '{name}', (SELECT count(*) FROM {name})" for name in COUNTED)
"""SQL for the tables with the numbers of their rows, counted."""


def build(connection: sqlite3.Connection, mark: int | None = None) -> None:
    """Count all rows anew, within a transaction.

    Args:
        connection: A registry.
        mark: The entry up to which all is settled, where something waits for that.
    """
    connection.execute("DELETE FROM _counts")
    connection.execute(
        f"INSERT INTO _counts (table_name, n, seq) SELECT *, {_NEWEST} FROM ({ROWS})"
    )
    if mark is not None:
        connection.execute("UPDATE _counts SET seq = ?", (mark,))
        connection.execute(
            f"UPDATE _counts SET n = n - CAST(more AS INTEGER) FROM ({_SINCE}) s"
            " WHERE s.table_name = _counts.table_name"
        )


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Add what the log has had since the last time, within a transaction."""
    seq, newest = connection.execute(f"SELECT min(seq), {_NEWEST} FROM _counts").fetchone()
    if seq is None or newest - seq > MANY:
        build(connection)
    elif newest != seq:
        connection.execute(
            f"UPDATE _counts SET n = n + CAST(more AS INTEGER) FROM ({_SINCE}) s"
            " WHERE s.table_name = _counts.table_name"
        )
        connection.execute("UPDATE _counts SET seq = ?", (newest,))


def rows_of(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    known = dict(connection.execute("SELECT table_name, n FROM _counts").fetchall())
    since = {table: int(more) for table, more in connection.execute(_SINCE)}
    return {table: known.get(table, 0) + since.get(table, 0) for table in COUNTED}
