"""How badly a site was hit, found by the site: what maps ask of thousands of parts at once."""

from __future__ import annotations

from sqlite_utils import Database

INDEX = """
CREATE INDEX conclusions_severity ON conclusions(site, value) WHERE property = 'severity';
"""


def upgrade(db: Database) -> None:
    """Add the index."""
    db.executescript(INDEX)
