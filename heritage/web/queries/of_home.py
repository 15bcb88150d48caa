"""Questions of the first page."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable

from heritage.store.facts import counts
from heritage.web.queries import POINTS, Row, number, rows
from heritage.web.queries.dated import with_windows


def figures(connection: sqlite3.Connection) -> dict[str, int]:
    """How many there are of what."""
    return counts.rows_of(connection)


_PLACED = ("id", "name", "longitude", "latitude", "precision_m", "location_access", "in_danger")
_PLACE = "s.id, s.name, s.longitude, s.latitude, s.precision_m, s.location_access"


def points(connection: sqlite3.Connection, danger: list[Row]) -> list[Row]:
    """Sites with a position of their own: those in danger first, then the damaged.

    Args:
        connection: The registry.
        danger: The sites in danger.
    """
    damaged = _damaged(connection)
    found = {row["id"]: {**row, "in_danger": 1} for row in danger}
    for row in _positions_of(connection, sorted(damaged)[:POINTS]):
        found.setdefault(row["id"], {**row, "in_danger": 0})
    if len(found) < POINTS:
        for row in _positions(connection, found):
            found[row["id"]] = {**row, "in_danger": 0}
    placed = [
        {name: row[name] for name in _PLACED} | {"damaged": int(row["id"] in damaged)}
        for row in found.values()
        if row["longitude"] is not None
    ]
    placed.sort(key=lambda row: (-row["in_danger"], -row["damaged"], row["id"]))
    return placed[:POINTS]


def _damaged(connection: sqlite3.Connection) -> set[str]:
    """Sites that an event befell, and what they are part of.

    From one site to the next in the index, however many events each has.
    """
    sql = f"""WITH RECURSIVE befallen(site) AS (
        SELECT min(site) FROM event_sites UNION ALL
        SELECT (SELECT min(x.site) FROM event_sites x WHERE x.site > b.site) FROM befallen b
        WHERE b.site IS NOT NULL LIMIT {POINTS})
    SELECT site FROM befallen WHERE site IS NOT NULL UNION
        SELECT a.ancestor FROM befallen b JOIN _site_ancestors a ON a.site = b.site"""
    return {id for (id,) in connection.execute(sql)}


def _positions_of(connection: sqlite3.Connection, ids: list[str]) -> list[Row]:
    sql = f"SELECT {_PLACE} FROM json_each(:ids) j JOIN sites s ON s.id = j.value"
    return rows(connection, f"{sql} WHERE s.longitude IS NOT NULL", ids=json.dumps(ids))


def _positions(connection: sqlite3.Connection, known: Collection[str]) -> list[Row]:
    """As many more as there is room for; whichever come first."""
    sql = f"""SELECT {_PLACE} FROM places p CROSS JOIN sites s ON s.rowid = p.id
        WHERE s.id NOT IN (SELECT value FROM json_each(:known)) LIMIT :limit"""
    values = {"known": json.dumps([*known]), "limit": POINTS - len(known)}
    return rows(connection, sql, **values)


def parts(connection: sqlite3.Connection, ids: Iterable[str], limit: int) -> dict[str, list[Row]]:
    """By site, every part of it and of its parts, as long as there are no more of all together."""
    sql = """SELECT a.ancestor, s.id, s.part_of FROM json_each(:ids) j
        CROSS JOIN _site_ancestors a ON a.ancestor = j.value
        CROSS JOIN sites s ON s.id = a.site LIMIT :limit"""
    found: dict[str, list[Row]] = {}
    asked = rows(connection, sql, ids=json.dumps([*ids]), limit=limit)
    for row in asked:
        found.setdefault(row.pop("ancestor"), []).append(row)
    if len(asked) == limit:  # of the last site there may be more
        found.popitem()
    return found


def positions(connection: sqlite3.Connection) -> int:
    """How many sites have a position of their own."""
    # The index itself would go through all of its nodes.
    return number(connection, "SELECT count(*) FROM places_rowid")


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
