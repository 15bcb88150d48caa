"""Questions that the pages ask of a registry, and nothing else that is SQL.

Every question has an index to answer it or a bound on its answer, so that no
page but the figures of the home page costs more as the registry grows.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from heritage.store.lists import IN_DANGER_NOW

Row = dict[str, Any]

PARTS = 400
EVENTS = 200
CLAIMS = 600
RECORDS = 200
POINTS = 2000
HITS = 30
CANDIDATES = 200
SHOWN_RECORDS = 5

# The few sites with an open stint are asked, not all.
IN_DANGER_IDS = f"""SELECT t.id FROM sites t WHERE t.id IN (
    SELECT site FROM listings WHERE status = 'in-danger' AND end IS NULL) AND {IN_DANGER_NOW}"""

IN_DANGER = f"""SELECT s.id, s.name, s.countries, s.longitude, s.latitude, s.location_access,
    min(o.begin) AS begin, min(o.begin_earliest) AS begin_earliest
FROM sites s JOIN listings o ON o.site = s.id AND o.status = 'in-danger' AND o.end IS NULL
WHERE s.id IN ({IN_DANGER_IDS})
GROUP BY s.id ORDER BY begin_earliest DESC, s.name"""
"""Sites in danger, those listed last first."""

_SUBTREE = "SELECT :id AS site UNION ALL SELECT site FROM _site_ancestors WHERE ancestor = :id"


def rows(connection: sqlite3.Connection, sql: str, **values: object) -> list[Row]:
    """The answer to a question, as plain dicts."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def one(connection: sqlite3.Connection, sql: str, **values: object) -> Row | None:
    """The first row of an answer, if there is one."""
    found = rows(connection, sql, **values)
    return found[0] if found else None


def number(connection: sqlite3.Connection, sql: str, **values: object) -> int:
    """The first cell of an answer."""
    cell: int = connection.execute(sql, values).fetchone()[0]
    return cell


def as_of(connection: sqlite3.Connection) -> Row | None:
    """The newest change."""
    return one(connection, "SELECT id, at, by, why FROM changes ORDER BY id DESC LIMIT 1")


# Home


def figures(connection: sqlite3.Connection) -> dict[str, int]:
    """How many there are of what."""
    tables = ("sites", "events", "claims", "sources", "observations")
    return {name: number(connection, f"SELECT count(*) FROM {name}") for name in tables}


def is_in_danger(connection: sqlite3.Connection, id: str) -> bool:
    """Whether a site stands in danger now."""
    sql = f"SELECT 1 FROM sites t WHERE t.id = :id AND {IN_DANGER_NOW}"
    return one(connection, sql, id=id) is not None


def points(connection: sqlite3.Connection, danger: list[Row]) -> list[Row]:
    """Sites with a position of their own: those in danger first, then the damaged.

    Args:
        connection: The registry.
        danger: The sites in danger.
    """
    damaged = _damaged(connection)
    found = {row["id"]: {**row, "in_danger": 1} for row in danger}
    for row in [*_positions_of(connection, sorted(damaged)[:POINTS]), *_positions(connection)]:
        found.setdefault(row["id"], {**row, "in_danger": 0})
    placed = [
        {name: row[name] for name in ("id", "name", "longitude", "latitude", "in_danger")}
        | {"damaged": int(row["id"] in damaged)}
        for row in found.values()
        if row["longitude"] is not None
    ]
    placed.sort(key=lambda row: (-row["in_danger"], -row["damaged"], row["id"]))
    return placed[:POINTS]


def _damaged(connection: sqlite3.Connection) -> set[str]:
    """Sites that an event befell, and what they are part of."""
    some = f"(SELECT site FROM event_sites LIMIT {POINTS * 10})"
    sql = f"""SELECT site AS id FROM {some} UNION
        SELECT a.ancestor FROM {some} e JOIN _site_ancestors a ON a.site = e.site"""
    return {row["id"] for row in rows(connection, sql)}


def _positions_of(connection: sqlite3.Connection, ids: list[str]) -> list[Row]:
    values = {f"id{n}": id for n, id in enumerate(ids)}
    places = ", ".join(f":{name}" for name in values)
    sql = f"SELECT id, name, longitude, latitude FROM sites WHERE id IN ({places})"
    return rows(connection, sql, **values)


def _positions(connection: sqlite3.Connection) -> list[Row]:
    sql = "SELECT s.id, s.name, s.longitude, s.latitude FROM places p JOIN sites s"
    return rows(connection, f"{sql} ON s.rowid = p.id LIMIT :limit", limit=POINTS)


def positions(connection: sqlite3.Connection) -> int:
    """How many sites have a position of their own."""
    return number(connection, "SELECT count(*) FROM places")


def latest_events(connection: sqlite3.Connection, limit: int) -> list[Row]:
    """Events with the latest dates, each with every window that a source gives."""
    found = rows(
        connection,
        """SELECT e.id, e.label, e.context FROM (
            SELECT subject, max(coalesce(date_earliest, date_latest)) AS latest FROM (
                SELECT subject, date_earliest, date_latest FROM claims
                WHERE property = 'date' AND date IS NOT NULL
                ORDER BY date_earliest DESC, date_latest DESC LIMIT :claims)
            GROUP BY subject) d JOIN events e ON e.id = d.subject
        ORDER BY d.latest DESC, e.id LIMIT :limit""",
        claims=limit * 12,
        limit=limit,
    )
    return _with_windows(connection, found)


def undated(connection: sqlite3.Connection) -> int:
    """How many events no source dates."""
    return number(
        connection,
        """SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM claims c
            WHERE c.subject = e.id AND c.property = 'date' AND c.date IS NOT NULL)""",
    )


def _with_windows(connection: sqlite3.Connection, events: list[Row]) -> list[Row]:
    """Give each event the windows of its date claims, but for those that deny one.

    Beside them stands, as `concluded`, what is concluded from them; None where nothing is.
    """
    windows: dict[str, list[Row]] = {event["id"]: [] for event in events}
    concluded: dict[str, Row] = {}
    ids = list(windows)
    for start in range(0, len(ids), 400):
        some = ids[start : start + 400]
        names = {f"id{n}": id for n, id in enumerate(some)}
        places = ", ".join(f":{name}" for name in names)
        for claim in rows(
            connection,
            f"""SELECT subject, date, date_earliest, date_latest, stance FROM claims
                WHERE property = 'date' AND date IS NOT NULL AND subject IN ({places})
                AND stance NOT IN ('denies', 'cannot_determine')""",
            **names,
        ):
            windows[claim["subject"]].append(claim)
        for row in rows(
            connection,
            f"""SELECT subject, value, earliest, latest, status FROM conclusions
                WHERE subject IN ({places}) AND site = '' AND property = 'date'""",
            **names,
        ):
            concluded[row.pop("subject")] = row
    return [
        {**event, "windows": windows[event["id"]], "concluded": concluded.get(event["id"])}
        for event in events
    ]


def in_danger(connection: sqlite3.Connection) -> list[Row]:
    """Sites in danger, those listed last first."""
    return rows(connection, IN_DANGER)


def recent_changes(connection: sqlite3.Connection, limit: int) -> list[Row]:
    """The newest changes, each with some of the records that it touched."""
    changes = rows(
        connection,
        "SELECT id, at, by, why, origin, dataset FROM changes ORDER BY id DESC LIMIT :limit",
        limit=limit,
    )
    for change in changes:
        change["records"] = rows(
            connection,
            """SELECT DISTINCT coalesce(s.id, e.id, o.id) AS record,
                CASE WHEN s.id IS NOT NULL THEN 'site' WHEN e.id IS NOT NULL THEN 'event'
                    ELSE 'source' END AS kind,
                coalesce(s.name, e.label, o.title) AS label
            FROM (SELECT h.kind, coalesce(c.subject, b.site, i.site, h.record) AS record
                FROM (SELECT kind, record FROM history WHERE change = :change
                    ORDER BY seq DESC LIMIT 300) h
                LEFT JOIN claims c ON h.kind = 'claim' AND c.id = h.record
                LEFT JOIN observations b ON h.kind = 'observation' AND b.id = h.record
                LEFT JOIN interventions i ON h.kind = 'intervention' AND i.id = h.record) h
            LEFT JOIN sites s ON s.id = h.record
            LEFT JOIN events e ON e.id = h.record
            LEFT JOIN sources o ON h.kind = 'source' AND o.id = h.record
            WHERE coalesce(s.id, e.id, o.id) IS NOT NULL LIMIT :limit""",
            change=change["id"],
            limit=SHOWN_RECORDS,
        )
    return changes


# One site


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
        """SELECT s.id, s.name, s.longitude, s.latitude, s.precision_m, s.location_access
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
        f"""SELECT e.id, e.label, e.context, count(*) AS sites,
            min(CASE WHEN e.site = :id THEN NULL ELSE s.name END) AS part
        FROM (SELECT v.id, v.label, v.context, x.site FROM ({_SUBTREE}) subtree
            JOIN event_sites x ON x.site = subtree.site JOIN events v ON v.id = x.event) e
        JOIN sites s ON s.id = e.site GROUP BY e.id LIMIT :limit""",
        id=id,
        limit=EVENTS + 1,
    )
    return _with_windows(connection, found)


_CLAIM = """SELECT c.*, o.title AS source_title, o.publisher AS source_publisher,
    o.published AS source_published, o.tier AS source_tier, o.access AS source_access,
    s.name AS site_name FROM claims c JOIN sources o ON o.id = c.source
    LEFT JOIN sites s ON s.id = c.site"""


def claims_about(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What sources claim of an event or a site."""
    return rows(
        connection,
        f"{_CLAIM} WHERE c.subject = :id ORDER BY c.property, o.published_earliest, c.id"
        " LIMIT :limit",
        id=id,
        limit=CLAIMS + 1,
    )


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


# One event


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
    return _with_windows(
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


# One source


def source(connection: sqlite3.Connection, id: str) -> Row | None:
    """A source."""
    return one(connection, "SELECT * FROM sources WHERE id = :id", id=id)


def relied_on(connection: sqlite3.Connection, id: str, *, backwards: bool) -> list[Row]:
    """The sources that a source relies on; backwards, those that rely on it."""
    here, there = ("relies_on", "source") if backwards else ("source", "relies_on")
    return rows(
        connection,
        f"""SELECT o.id, o.title, o.publisher, o.published FROM source_relies_on r
        JOIN sources o ON o.id = r.{there} WHERE r.{here} = :id
        ORDER BY o.published_earliest, o.id LIMIT :limit""",
        id=id,
        limit=RECORDS,
    )


def claims_by(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What a source claims, of whatever subject."""
    return rows(
        connection,
        """SELECT c.*, s.name AS site_name, coalesce(e.label, t.name) AS subject_label,
            iif(e.id IS NULL, 'site', 'event') AS subject_kind
        FROM claims c LEFT JOIN events e ON e.id = c.subject LEFT JOIN sites t ON t.id = c.subject
        LEFT JOIN sites s ON s.id = c.site
        WHERE c.source = :id ORDER BY subject_label, c.subject, c.property, c.id LIMIT :limit""",
        id=id,
        limit=CLAIMS + 1,
    )


def records_by(connection: sqlite3.Connection, table: str, id: str) -> list[Row]:
    """Listings, observations or interventions that a source tells of."""
    first = {"listings": "begin", "observations": "observed", "interventions": "date"}[table]
    return rows(
        connection,
        f"""SELECT r.*, s.name AS site_name FROM {table} r JOIN sites s ON s.id = r.site
        WHERE r.source = :id ORDER BY r.{first}_earliest, r.site, r.id LIMIT :limit""",
        id=id,
        limit=RECORDS,
    )


# Search


def search(connection: sqlite3.Connection, table: str, match: str) -> list[Row]:
    """Sites, events or sources whose text has every word: a bounded few, in no order.

    Ranking all of a common word's hits would cost as much as there are hits, so
    the caller ranks these few.
    """
    label, more = {
        "sites": ("name", "t.kind, t.countries, t.part_of"),
        "events": ("label", "t.context, t.part_of"),
        "sources": ("title", "t.kind, t.publisher, t.published"),
    }[table]
    return rows(
        connection,
        f"""SELECT t.id, t.{label} AS label, {more} FROM (
            SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH :match LIMIT :candidates) h
        JOIN {table} t ON t.rowid = h.rowid""",
        match=match,
        candidates=CANDIDATES,
    )


def names_found(connection: sqlite3.Connection, ids: list[str]) -> dict[str, list[Row]]:
    """The names of some sites, for telling why they were found."""
    found: dict[str, list[Row]] = {id: [] for id in ids}
    values = {f"id{n}": id for n, id in enumerate(ids)}
    places = ", ".join(f":{name}" for name in values)
    sql = f"SELECT site, text, language, kind FROM names WHERE site IN ({places})"
    for row in rows(connection, sql, **values) if ids else []:
        found[row["site"]].append(row)
    return found
