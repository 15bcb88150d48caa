"""Room for a mark that what was erased may still stand in free pages of the file.

An erasure sets it in its own transaction; it goes when the file has been
written anew without those pages.
"""

from __future__ import annotations

from sqlite_utils import Database

TABLES = """
CREATE TABLE _residue (
    change INTEGER PRIMARY KEY REFERENCES changes(id),
    numbers TEXT NOT NULL
) STRICT;
"""


def upgrade(db: Database) -> None:
    """Make the table of the mark."""
    db.executescript(TABLES)
