"""Questions about one site."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from heritage.store.facts import site_states
from heritage.web.queries import COUNTED, EVENTS, PARTS, RECORDS, Row, counted, one, rows
from heritage.web.queries.dated import with_windows

TABLES = {
    "event": "event_sites",
    "observation": "observations",
    "intervention": "interventions",
}
"""By kind, the table that says what is at which site."""

_SUBTREE = "SELECT :id AS site UNION ALL SELECT site FROM _site_ancestors WHERE ancestor = :id"


_ALL_EVENTS = """SELECT e.* FROM events e WHERE e.id IN (
    SELECT event FROM event_sites WHERE site = :id
    UNION SELECT x.event FROM _site_ancestors a JOIN event_sites x ON x.site = a.site
    WHERE a.ancestor = :id)"""
_ALL_OTHERS = """SELECT t.* FROM {0} t WHERE t.site = :id
    OR t.site IN (SELECT site FROM _site_ancestors WHERE ancestor = :id)"""
ALL = {
    "event": _ALL_EVENTS,
    "observation": _ALL_OTHERS.format("observations"),
    "intervention": _ALL_OTHERS.format("interventions"),
}
"""Queries for all events, looks and works at a site and its parts."""


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
    """Every part of a site and of its parts, with how many events befell each, to a bound."""
    return rows(
        connection,
        f"""SELECT s.id, s.name, s.kind, s.part_of, (SELECT count(*) FROM (
                SELECT 1 FROM event_sites e WHERE e.site = s.id LIMIT {COUNTED})) AS events
        FROM (SELECT site FROM _site_ancestors WHERE ancestor = :id LIMIT :limit) a
        CROSS JOIN sites s ON s.id = a.site ORDER BY s.name, s.id""",
        id=id,
        limit=PARTS + 1,
    )


def seen(connection: sqlite3.Connection, sites: Sequence[str]) -> set[str]:
    """Those of some sites that somebody looked at, and can be trusted to have seen."""
    found = rows(
        connection,
        """SELECT given.value AS site FROM json_each(:sites) given WHERE EXISTS (
            SELECT 1 FROM observations o WHERE o.site = given.value
            AND o.confidence IS NOT 'negligible')""",
        sites=json.dumps(sites),
    )
    return {row["site"] for row in found}


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


def _subtree(connection: sqlite3.Connection, id: str) -> list[str]:
    found = rows(connection, f"SELECT site FROM ({_SUBTREE}) LIMIT :limit", id=id, limit=PARTS + 1)
    return [row["site"] for row in found]


def _latest(connection: sqlite3.Connection, id: str, kind: str, limit: int) -> str:
    """The ids of the events, looks or works at a site and its parts that are shown, as JSON.

    The latest come first; what nobody dates fills up what is left of the limit.
    """
    sites = _subtree(connection, id)
    found = dict.fromkeys(site_states.latest_ids(connection, sites, kind, limit))
    if len(found) < limit:
        others = rows(
            connection,
            f"""SELECT DISTINCT {"x.event" if kind == "event" else "x.id"} AS id
            FROM ({_SUBTREE}) subtree CROSS JOIN {TABLES[kind]} x ON x.site = subtree.site
            LIMIT :limit""",
            id=id,
            limit=limit + len(found),
        )
        found |= dict.fromkeys(row["id"] for row in others)
    return json.dumps(list(found)[:limit])


def many(connection: sqlite3.Connection, id: str, kind: str) -> int:
    """How many events, looks or works there are at a site and its parts, to a bound."""
    return counted(
        connection,
        f"""SELECT DISTINCT {"x.event" if kind == "event" else "x.id"}
        FROM ({_SUBTREE}) subtree CROSS JOIN {TABLES[kind]} x ON x.site = subtree.site""",
        id=id,
    )


def events_of_site(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What befell a site or its parts, the latest first, with the sites it befell and its dates.

    One more than a page shows, where there are more.
    """
    found = rows(
        connection,
        """SELECT v.id, v.label, v.context, count(*) AS sites,
            min(CASE WHEN x.site = :id THEN NULL ELSE s.name END) AS part
        FROM json_each(:events) given
        CROSS JOIN events v ON v.id = given.value JOIN event_sites x ON x.event = v.id
            AND (x.site = :id OR EXISTS (
                SELECT 1 FROM _site_ancestors a WHERE a.site = x.site AND a.ancestor = :id))
        JOIN sites s ON s.id = x.site GROUP BY v.id ORDER BY min(given.key)""",
        id=id,
        events=_latest(connection, id, "event", EVENTS + 1),
    )
    return with_windows(connection, found)


def observations_of(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Who looked at a site or its parts last, in order of time; one more than a page shows."""
    return rows(
        connection,
        """SELECT b.*, s.name AS site_name, o.title AS source_title FROM json_each(:looks) given
        CROSS JOIN observations b ON b.id = given.value JOIN sites s ON s.id = b.site
        JOIN sources o ON o.id = b.source ORDER BY b.observed_earliest, b.site, b.id""",
        looks=_latest(connection, id, "observation", RECORDS + 1),
    )


def interventions_of(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What was done for a site or its parts last, in order of time; one more than a page shows."""
    return rows(
        connection,
        """SELECT i.*, s.name AS site_name, o.title AS source_title FROM json_each(:works) given
        CROSS JOIN interventions i ON i.id = given.value JOIN sites s ON s.id = i.site
        JOIN sources o ON o.id = i.source ORDER BY i.date_earliest, i.site, i.id""",
        works=_latest(connection, id, "intervention", RECORDS + 1),
    )
