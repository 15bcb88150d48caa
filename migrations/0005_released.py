"""What a public edition says of itself; these tables are empty in a registry.

`releases` has one row: as of when, under which policy and licence. `released`
is the public change log: which published record changed when, and in which
fields, without what stood there before. `unpublished` names the conclusions on
which information bears that is not published.
"""

from __future__ import annotations

from sqlite_utils import Database

TABLES = """
CREATE TABLE releases (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    as_of TEXT NOT NULL,
    licence TEXT,
    policy TEXT NOT NULL,
    policy_sha256 TEXT NOT NULL,
    grid TEXT NOT NULL,
    package TEXT NOT NULL,
    left_out TEXT CHECK (left_out IS NULL OR json_valid(left_out)),
    head TEXT
) STRICT;

CREATE TABLE released (
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    op TEXT NOT NULL CHECK (op IN ('insert', 'update')),
    fields TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(fields)),
    by TEXT,
    why TEXT,
    PRIMARY KEY (number, kind, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX released_record ON released(record, kind);

CREATE TABLE unpublished (
    subject TEXT NOT NULL,
    site TEXT NOT NULL DEFAULT '',
    property TEXT NOT NULL,
    PRIMARY KEY (subject, site, property)
) STRICT, WITHOUT ROWID;
"""


def upgrade(db: Database) -> None:
    """Make the tables in which a public edition tells of itself."""
    db.executescript(TABLES)
