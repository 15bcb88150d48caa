"""What tells of the state of a site, found by the site: what its page asks on any day.

Of all events, looks and works at a site only a few decide its state on a day.
`_site_facts` finds them without reading the others: see `heritage.store.facts.site_facts`.
"""

from __future__ import annotations

from sqlite_utils import Database

TABLES = """
CREATE TABLE _site_facts (
    site TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('event', 'observation', 'intervention')),
    shape INTEGER NOT NULL,
    day INTEGER NOT NULL,
    id TEXT NOT NULL,
    first INTEGER,
    date TEXT NOT NULL,
    PRIMARY KEY (site, kind, shape, day, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX _site_facts_first ON _site_facts(site, kind, first);
CREATE INDEX _site_facts_id ON _site_facts(id, kind);

-- What was concluded before is concluded once more, since the table follows from it.
UPDATE _concluded SET seq = 0, facts = 0;
"""


def upgrade(db: Database) -> None:
    """Make the table, and have it filled when the log is settled next."""
    db.executescript(TABLES)
