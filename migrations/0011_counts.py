"""How many rows the larger tables have, kept beside them."""

from __future__ import annotations

from sqlite_utils import Database

from heritage.store.facts import counts

TABLE = """
CREATE TABLE _counts (
    table_name TEXT PRIMARY KEY NOT NULL,
    n INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


def upgrade(db: Database) -> None:
    """Make the table and count."""
    db.executescript(TABLE)
    counts.build(db.conn)
