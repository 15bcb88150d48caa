"""What lists and counts of events ask for, beside the conclusions.

`_event_facts` places every event in one cell of `_event_cells`: events of the
same countries, registers, causes, severities, certainty of date and years. A
count over a million events is then a sum over the cells that there are.
"""

from __future__ import annotations

from sqlite_utils import Database

TABLES = """
CREATE TABLE _event_cells (
    id INTEGER PRIMARY KEY,
    countries TEXT NOT NULL,
    registers TEXT NOT NULL,
    causes TEXT NOT NULL,
    severities TEXT NOT NULL,
    status TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    n INTEGER NOT NULL,
    UNIQUE (first, last, countries, causes, severities, status, registers)
) STRICT;

CREATE TABLE _event_facts (
    event TEXT PRIMARY KEY NOT NULL,
    cell INTEGER NOT NULL REFERENCES _event_cells(id),
    earliest TEXT NOT NULL,
    latest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX _event_facts_cell ON _event_facts(cell, earliest, latest);

ALTER TABLE _concluded ADD COLUMN facts INTEGER NOT NULL DEFAULT 0;
"""


def upgrade(db: Database) -> None:
    """Make the two tables, and the mark up to which of the log they are true."""
    db.executescript(TABLES)
