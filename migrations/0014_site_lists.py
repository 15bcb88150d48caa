"""What lists of sites and sources ask for, in the order in which they are shown.

`_site_lists` has the sites of each country and register by their names, and
`_site_counts` how many each has. Sources are found in the order of their titles.
"""

from __future__ import annotations

from sqlite_utils import Database

from heritage.store.facts import site_lists

TABLES = """
CREATE TABLE _site_lists (
    country TEXT NOT NULL,
    register TEXT NOT NULL,
    name TEXT NOT NULL,
    site TEXT NOT NULL,
    PRIMARY KEY (country, register, name, site)
) STRICT, WITHOUT ROWID;
CREATE INDEX _site_lists_site ON _site_lists(site);

CREATE TABLE _site_counts (
    country TEXT NOT NULL,
    register TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (country, register)
) STRICT, WITHOUT ROWID;

CREATE INDEX sources_title ON sources(title, id);
"""


def upgrade(db: Database) -> None:
    """Make the tables, and fill them from the sites that there are."""
    db.executescript(TABLES)
    site_lists.build(db.conn)
