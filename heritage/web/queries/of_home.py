"""Questions of the first page."""

from __future__ import annotations

import sqlite3

from heritage.web.queries import POINTS, SHOWN_RECORDS, Row, number, rows
from heritage.web.queries.dated import with_windows


def figures(connection: sqlite3.Connection) -> dict[str, int]:
    """How many there are of what."""
    tables = ("sites", "events", "claims", "sources", "observations")
    return {name: number(connection, f"SELECT count(*) FROM {name}") for name in tables}


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
    return with_windows(connection, found)


def undated(connection: sqlite3.Connection) -> int:
    """How many events no source dates."""
    return number(
        connection,
        """SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM claims c
            WHERE c.subject = e.id AND c.property = 'date' AND c.date IS NOT NULL)""",
    )


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
