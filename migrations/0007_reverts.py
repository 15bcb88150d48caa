"""Which change undid which: a file that is loaded again counts from the load before that.

A change may be undone, the undoing may be undone, and so on; the index on
conclusions finds those that a change drew for the first time.
"""

from __future__ import annotations

from sqlite_utils import Database

TABLES = """
CREATE TABLE reverts (
    change INTEGER PRIMARY KEY REFERENCES changes(id),
    reverted INTEGER NOT NULL REFERENCES changes(id)
) STRICT;
CREATE INDEX reverts_reverted ON reverts(reverted);
CREATE INDEX conclusions_change ON conclusions(change);
"""


def upgrade(db: Database) -> None:
    """Make the table of changes that undid others."""
    db.executescript(TABLES)
