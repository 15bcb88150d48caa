"""Files that come from a source, found by the source: what the page of an event asks."""

from __future__ import annotations

from sqlite_utils import Database

INDEX = """
CREATE INDEX evidence_source ON evidence(source);
"""


def upgrade(db: Database) -> None:
    """Add the index."""
    db.executescript(INDEX)
