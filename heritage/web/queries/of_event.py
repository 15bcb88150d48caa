"""Questions about one event."""

from __future__ import annotations

import sqlite3

from heritage.web.queries import EVENTS, RECORDS, Row, one, rows
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
        FROM event_sites x JOIN sites s ON s.id = x.site
        LEFT JOIN sites w ON w.part_of IS NULL AND w.id IN (
            SELECT ancestor FROM _site_ancestors WHERE site = s.id)
        WHERE x.event = :id ORDER BY s.name, s.id LIMIT :limit""",
        id=id,
        limit=RECORDS,
    )


def events_within(connection: sqlite3.Connection, id: str) -> list[Row]:
    """The events of a campaign."""
    return with_windows(
        connection,
        rows(
            connection,
            "SELECT id, label, context FROM events WHERE part_of = :id ORDER BY label LIMIT :limit",
            id=id,
            limit=EVENTS,
        ),
    )


def observations_around(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Who looked at the sites of an event, in order of time."""
    return rows(
        connection,
        """SELECT b.*, s.name AS site_name, o.title AS source_title FROM event_sites x
        JOIN observations b ON b.site = x.site JOIN sites s ON s.id = b.site
        JOIN sources o ON o.id = b.source
        WHERE x.event = :id ORDER BY b.observed_earliest, b.site, b.id LIMIT :limit""",
        id=id,
        limit=RECORDS,
    )


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
