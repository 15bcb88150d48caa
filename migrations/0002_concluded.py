"""How far into the log conclusions have followed.

Conclusions are worked out from what the log says was touched since this entry,
whoever wrote it. A registry that comes from before starts at the beginning.
Each conclusion says since when it has stood as it stands.
"""

from __future__ import annotations

from sqlite_utils import Database

TABLES = """
CREATE TABLE _concluded (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
) STRICT;
INSERT INTO _concluded (id, seq) VALUES (1, 0);

ALTER TABLE conclusions ADD COLUMN as_of TEXT;

CREATE INDEX conclusions_status ON conclusions(status, property);
CREATE INDEX conclusions_site ON conclusions(site) WHERE site <> '';
"""


def upgrade(db: Database) -> None:
    """Add the mark, the moment and the indexes of conclusions."""
    db.executescript(TABLES)
