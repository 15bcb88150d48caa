"""Questions about one site."""

from __future__ import annotations

import sqlite3

from heritage.web.queries import EVENTS, PARTS, RECORDS, Row, one, rows
from heritage.web.queries.dated import with_windows

_SUBTREE = "SELECT :id AS site UNION ALL SELECT site FROM _site_ancestors WHERE ancestor = :id"


def site(connection: sqlite3.Connection, id: str) -> Row | None:
    """A site, with the source of its facts."""
    return one(
        connection,
        """SELECT s.*, o.title AS source_title FROM sites s
            LEFT JOIN sources o ON o.id = s.source WHERE s.id = :id""",
        id=id,
    )


def names(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What a site is called."""
    return rows(connection, "SELECT text, language, kind FROM names WHERE site = :id", id=id)


def identifiers(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What other systems call a site."""
    return rows(
        connection,
        "SELECT scheme, value FROM identifiers WHERE site = :id ORDER BY scheme, value",
        id=id,
    )


def wholes(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Of what a site is part, the outermost first."""
    return rows(
        connection,
        """SELECT s.id, s.name, s.longitude, s.latitude, s.geometry, s.precision_m,
            s.location_access
        FROM _site_ancestors a JOIN sites s ON s.id = a.ancestor WHERE a.site = :id
        ORDER BY (SELECT count(*) FROM _site_ancestors b WHERE b.site = s.id)""",
        id=id,
    )


def parts(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Every part of a site and of its parts, with how many events befell each."""
    return rows(
        connection,
        """SELECT s.id, s.name, s.kind, s.part_of,
            (SELECT count(*) FROM event_sites e WHERE e.site = s.id) AS events
        FROM _site_ancestors a JOIN sites s ON s.id = a.site
        WHERE a.ancestor = :id ORDER BY s.name, s.id LIMIT :limit""",
        id=id,
        limit=PARTS + 1,
    )


def listings(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What sources state of a site's place on registers, in order of time."""
    return rows(
        connection,
        """SELECT l.*, o.title AS source_title FROM listings l JOIN sources o ON o.id = l.source
        WHERE l.site = :id ORDER BY l.begin_earliest IS NULL, l.begin_earliest, l.status, l.source
        LIMIT :limit""",
        id=id,
        limit=RECORDS,
    )


def events_of_site(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What befell a site or its parts, with the sites it befell and its dates."""
    found = rows(
        connection,
        f"""SELECT v.id, v.label, v.context, count(*) AS sites,
            min(CASE WHEN x.site = :id THEN NULL ELSE s.name END) AS part
        FROM (SELECT DISTINCT x.event FROM ({_SUBTREE}) subtree
            CROSS JOIN event_sites x ON x.site = subtree.site LIMIT :limit) e
        CROSS JOIN events v ON v.id = e.event JOIN event_sites x ON x.event = v.id
            AND (x.site = :id OR EXISTS (
                SELECT 1 FROM _site_ancestors a WHERE a.site = x.site AND a.ancestor = :id))
        JOIN sites s ON s.id = x.site GROUP BY v.id""",
        id=id,
        limit=EVENTS + 1,
    )
    return with_windows(connection, found)


def observations_of(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Who looked at a site or its parts, in order of time."""
    return rows(
        connection,
        f"""SELECT b.*, s.name AS site_name, o.title AS source_title FROM ({_SUBTREE}) subtree
        JOIN observations b ON b.site = subtree.site JOIN sites s ON s.id = b.site
        JOIN sources o ON o.id = b.source
        ORDER BY b.observed_earliest, b.site, b.id LIMIT :limit""",
        id=id,
        limit=RECORDS,
    )


def interventions_of(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What was done for a site or its parts, in order of time."""
    return rows(
        connection,
        f"""SELECT i.*, s.name AS site_name, o.title AS source_title FROM ({_SUBTREE}) subtree
        JOIN interventions i ON i.site = subtree.site JOIN sites s ON s.id = i.site
        JOIN sources o ON o.id = i.source
        ORDER BY i.date_earliest, i.site, i.id LIMIT :limit""",
        id=id,
        limit=RECORDS,
    )
