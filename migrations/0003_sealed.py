"""A log that can prove itself: salted entries, a chain of hashes, room for erasures.

Every entry and every change gets a random salt, so that the hash of what was
erased tells nothing to those who guess. `seals` holds the chain, `erased` the
commitments to what was taken out. Two operations join the log: `erase`, which
tells of an erasure, and `erased`, which is what is left of an entry.
"""

from __future__ import annotations

from sqlite_utils import Database

MADE = "-- made by heritage from the tables"

TABLES = """
CREATE TABLE changes_salted (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
    by TEXT,
    why TEXT,
    origin TEXT NOT NULL CHECK (origin IN ('registry', 'load', 'outside')),
    dataset TEXT,
    salt BLOB NOT NULL DEFAULT (randomblob(16)) CHECK (length(salt) = 16)
) STRICT;
INSERT INTO changes_salted (id, at, by, why, origin, dataset)
    SELECT id, at, by, why, origin, dataset FROM changes;
DROP TABLE changes;
ALTER TABLE changes_salted RENAME TO changes;
CREATE INDEX changes_at ON changes(at);

CREATE TABLE history_salted (
    seq INTEGER PRIMARY KEY,
    change INTEGER NOT NULL REFERENCES changes(id),
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    version INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    op TEXT NOT NULL CHECK (op IN ('insert', 'update', 'delete', 'erase', 'erased')),
    before TEXT CHECK (before IS NULL OR json_valid(before)),
    after TEXT CHECK (after IS NULL OR json_valid(after)),
    salt BLOB NOT NULL DEFAULT (randomblob(16)) CHECK (length(salt) = 16)
) STRICT;
INSERT INTO history_salted
    (seq, change, kind, record, version, table_name, row_key, op, before, after)
    SELECT seq, change, kind, record, version, table_name, row_key, op, before, after
    FROM history ORDER BY seq;
DROP TABLE history;
ALTER TABLE history_salted RENAME TO history;
CREATE INDEX history_record ON history(record, kind);
CREATE INDEX history_change ON history(change);
CREATE INDEX history_amended ON history(change)
    WHERE version > 1 OR op <> 'insert' OR table_name IN ('descriptions', 'editions', 'former_ids');

CREATE TABLE seals (
    seq INTEGER PRIMARY KEY REFERENCES history(seq),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE erased (
    what TEXT NOT NULL CHECK (what IN ('entry', 'change')),
    number INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    change INTEGER NOT NULL REFERENCES changes(id),
    PRIMARY KEY (what, number)
) STRICT, WITHOUT ROWID;
"""


def upgrade(db: Database) -> None:
    """Rebuild the log with salts, and make the tables of the chain and of erasures."""
    # Triggers name the tables that are rebuilt; they are made again after every migration.
    for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND instr(sql, ?)", (MADE,)
    ).fetchall():
        db.execute(f"DROP TRIGGER {name}")
    db.executescript(TABLES)
