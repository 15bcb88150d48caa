"""Sites to lists of them by country and register, in the order of their names.

Each site stands in `_site_lists` once for each of its countries and registers,
and for any, which is ''. A page of a list is then a piece of an index, and
`_site_counts` holds how long each list is.
"""

from __future__ import annotations

import sqlite3

ALL = "SELECT id FROM main.sites"
"""SQL for all sites."""

MANY = 1_000
"""Sites above which all lists are made anew."""


def rows_of(sites: str, name: str = "s.name") -> str:
    """SQL for the rows of `_site_lists` as they follow from sites and listings.

    Args:
        sites: SQL that yields the `id` of some sites.
        name: SQL for the name of a site `s`.
    """
    return f"""SELECT c.code AS country, r.code AS register, coalesce({name}, '') AS name,
            s.id AS site
        FROM (SELECT id, '' AS code FROM ({sites})
            UNION SELECT t.id, j.value FROM ({sites}) o CROSS JOIN sites t ON t.id = o.id,
                json_each(t.countries) j) c
        CROSS JOIN (SELECT id, '' AS code FROM ({sites})
            UNION SELECT l.site, l.register FROM ({sites}) o CROSS JOIN listings l
                ON l.site = o.id) r ON r.id = c.id
        CROSS JOIN sites s ON s.id = c.id"""


COUNTS = """SELECT country, register, count(*) AS n FROM main._site_lists GROUP BY 1, 2"""
"""SQL for the rows of `_site_counts` as they follow from the lists."""

TOUCHED = """SELECT record AS id FROM history WHERE seq > :mark
        AND table_name IN ('sites', 'names')
    UNION SELECT row_key FROM history WHERE seq > :mark AND table_name = 'former_ids'
    UNION SELECT json_extract(before, '$.site') FROM history
        WHERE seq > :mark AND table_name = 'listings' AND before IS NOT NULL
    UNION SELECT l.site FROM history h JOIN listings l ON l.id = h.record
        WHERE h.seq > :mark AND h.table_name = 'listings'"""
"""SQL for the sites whose place in the lists the log's newest entries can touch."""


def build(connection: sqlite3.Connection) -> None:
    """Make all lists anew, within a transaction."""
    connection.execute("DELETE FROM _site_lists")
    # In the order of the key, so that the same sites always give the same file.
    connection.execute(f"INSERT INTO _site_lists {rows_of(ALL)} ORDER BY 1, 2, 3, 4")
    connection.execute("DELETE FROM _site_counts")
    connection.execute(f"INSERT INTO _site_counts {COUNTS}")


def bring_up_to_date(connection: sqlite3.Connection, mark: int) -> None:
    """Put sites where they belong after what the log has had.

    Args:
        connection: Within a transaction.
        mark: The entry up to which the lists are true.
    """
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS _relisted (id TEXT PRIMARY KEY) WITHOUT ROWID"
    )
    connection.execute(
        f"INSERT OR IGNORE INTO temp._relisted SELECT id FROM ({TOUCHED}) WHERE id IS NOT NULL",
        {"mark": mark},
    )
    count = connection.execute("SELECT count(*) FROM temp._relisted").fetchone()[0]
    if count > MANY:
        build(connection)
    elif count:
        _follow(connection)
    connection.execute("DELETE FROM temp._relisted")


def _follow(connection: sqlite3.Connection) -> None:
    some = "SELECT id FROM temp._relisted"
    add = """INSERT INTO _site_counts SELECT country, register, ?1 * count(*) FROM ({}) WHERE 1
        GROUP BY 1, 2 ON CONFLICT (country, register) DO UPDATE SET n = n + excluded.n"""
    found = f"SELECT country, register FROM _site_lists WHERE site IN ({some})"
    connection.execute(add.format(found), (-1,))
    connection.execute(f"DELETE FROM _site_lists WHERE site IN ({some})")
    connection.execute(f"INSERT INTO _site_lists {rows_of(some)}")
    connection.execute(add.format(found), (1,))
    connection.execute("DELETE FROM _site_counts WHERE n = 0")
