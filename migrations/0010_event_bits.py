"""What combines filters of events, and what tells the newest of them.

`_event_bits` has, for each code of each facet, which cells have it; what passes
several filters is the bits that all have. `_event_years` adds cells up by
their years, for the timeline. The index finds the newest dated events.
"""

from __future__ import annotations

from sqlite_utils import Database

from heritage.store.facts import bitmaps

TABLES = """
CREATE TABLE _event_bits (
    facet TEXT NOT NULL,
    code TEXT NOT NULL,
    part INTEGER NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY (facet, code, part)
) STRICT;

CREATE TABLE _event_years (
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    status TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (first, last, status)
) STRICT, WITHOUT ROWID;

CREATE INDEX _event_facts_newest ON _event_facts(earliest, latest, event, cell)
    WHERE latest <> '';
"""


def upgrade(db: Database) -> None:
    """Make the tables and the index, and fill them from the cells that there are."""
    db.executescript(TABLES)
    bitmaps.build(db.conn)
