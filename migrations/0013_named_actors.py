"""Claims and sources that name an actor, found by the name: what the page of an actor asks."""

from __future__ import annotations

from sqlite_utils import Database

INDEXES = """
CREATE INDEX claims_actor ON claims(value) WHERE property = 'actor';
CREATE INDEX claims_attributed ON claims(attributed_to) WHERE attributed_to IS NOT NULL;
CREATE INDEX sources_publisher ON sources(publisher) WHERE publisher IS NOT NULL;
CREATE INDEX sources_author ON sources(author) WHERE author IS NOT NULL;
CREATE INDEX actor_names_text ON actor_names(text);
"""


def upgrade(db: Database) -> None:
    """Add the indexes."""
    db.executescript(INDEXES)
