"""Questions about one event."""

from __future__ import annotations

import json
import sqlite3

from heritage.store.facts import site_states
from heritage.web.queries import RECORDS, Row, counted, one, rows
from heritage.web.queries.dated import with_windows


def event(connection: sqlite3.Connection, id: str) -> Row | None:
    """An event, with the campaign that it belongs to."""
    return one(
        connection,
        """SELECT e.*, p.label AS part_of_label FROM events e
            LEFT JOIN events p ON p.id = e.part_of WHERE e.id = :id""",
        id=id,
    )


def sites_of_event(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Where an event happened; each site with the outermost whole that it is part of."""
    return rows(
        connection,
        """SELECT s.id, s.name, s.kind, s.countries, w.id AS whole, w.name AS whole_name
        FROM (SELECT site FROM event_sites WHERE event = :id LIMIT :limit) x
        CROSS JOIN sites s ON s.id = x.site LEFT JOIN sites w ON w.part_of IS NULL AND w.id IN (
            SELECT ancestor FROM _site_ancestors WHERE site = s.id)
        ORDER BY s.name, s.id""",
        id=id,
        limit=RECORDS + 1,
    )


def events_within(connection: sqlite3.Connection, id: str) -> list[Row]:
    """The events of a campaign."""
    return with_windows(
        connection,
        rows(
            connection,
            """SELECT e.id, e.label, e.context FROM (
                SELECT id FROM events WHERE part_of = :id LIMIT :limit) given
            CROSS JOIN events e ON e.id = given.id ORDER BY e.label""",
            id=id,
            limit=RECORDS + 1,
        ),
    )


def observations_around(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Who looked at the sites of an event, in order of time; one more than a page shows.

    Where there are so many, those nearest to the day that is concluded.
    """
    found = dict.fromkeys(site_states.nearest_looks(connection, id, RECORDS + 1))
    if len(found) <= RECORDS:
        others = rows(
            connection,
            """SELECT b.id FROM event_sites x CROSS JOIN observations b ON b.site = x.site
            WHERE x.event = :id LIMIT :limit""",
            id=id,
            limit=RECORDS + 1 + len(found),
        )
        found |= dict.fromkeys(row["id"] for row in others)
    return rows(
        connection,
        """SELECT b.*, s.name AS site_name, o.title AS source_title FROM json_each(:looks) given
        CROSS JOIN observations b ON b.id = given.value JOIN sites s ON s.id = b.site
        JOIN sources o ON o.id = b.source ORDER BY b.observed_earliest, b.site, b.id""",
        looks=json.dumps(list(found)[: RECORDS + 1]),
    )


def many_looks(connection: sqlite3.Connection, id: str) -> int:
    """How many looks there are at the sites of an event, to a bound."""
    return counted(
        connection,
        """SELECT 1 FROM event_sites x CROSS JOIN observations b ON b.site = x.site
        WHERE x.event = :id""",
        id=id,
    )


ALL_LOOKS = """SELECT * FROM observations WHERE site IN (
    SELECT site FROM event_sites WHERE event = :id)"""


def places(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Where the sites of an event are: each with its own position, or its nearest whole's.

    The columns of the position are those of `id`, which is the site or a whole of it.
    """
    return rows(
        connection,
        """SELECT x.site, t.name AS site_name, s.id, s.longitude, s.latitude, s.geometry,
            s.precision_m, s.location_access
        FROM event_sites x JOIN sites t ON t.id = x.site JOIN sites s ON s.id = coalesce(
            (SELECT o.id FROM sites o WHERE o.id = x.site AND o.longitude IS NOT NULL),
            (SELECT a.ancestor FROM _site_ancestors a JOIN sites w ON w.id = a.ancestor
                WHERE a.site = x.site AND w.longitude IS NOT NULL
                ORDER BY (SELECT count(*) FROM _site_ancestors b WHERE b.site = a.ancestor) DESC
                LIMIT 1), x.site)
        WHERE x.event = :id ORDER BY x.site LIMIT :limit""",
        id=id,
        limit=RECORDS,
    )
