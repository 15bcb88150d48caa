"""The log to the newest changes, each with some of the records that it touched.

An edition has one change of its own; what changed in the registry that it was
made from stands in its public log, `released`.
"""

from __future__ import annotations

import sqlite3

from heritage.web.queries import Row, number, one, rows

RECORDS_READ = 300
"""Entries of a change that are looked at for its records."""


def _touched(entries: str) -> str:
    """SQL for the sites, events and sources that some entries `kind`, `record` are about."""
    return f"""SELECT record, kind, label FROM (
        SELECT coalesce(s.id, e.id, o.id) AS record, coalesce(s.name, e.label, o.title) AS label,
            iif(s.id IS NOT NULL, 'site', iif(e.id IS NOT NULL, 'event', 'source')) AS kind,
            min(h.place) AS place
        FROM (SELECT h.kind, h.place, coalesce(c.subject, b.site, i.site, l.site, h.record)
                AS record
            FROM ({entries}) h
            LEFT JOIN claims c ON h.kind = 'claim' AND c.id = h.record
            LEFT JOIN observations b ON h.kind = 'observation' AND b.id = h.record
            LEFT JOIN interventions i ON h.kind = 'intervention' AND i.id = h.record
            LEFT JOIN listings l ON h.kind = 'listing' AND l.id = h.record) h
        LEFT JOIN sites s ON s.id = h.record AND h.kind <> 'source'
        LEFT JOIN events e ON e.id = h.record AND h.kind <> 'source'
        LEFT JOIN sources o ON o.id = h.record AND h.kind = 'source'
        WHERE coalesce(s.id, e.id, o.id) IS NOT NULL GROUP BY 1)
    ORDER BY place LIMIT :limit"""


_ENTRIES = f"""SELECT kind, record, -seq AS place FROM history WHERE change = :change
    ORDER BY seq DESC LIMIT {RECORDS_READ}"""
_RELEASED = f"""SELECT kind, record, 0 AS place FROM released WHERE number = :change
    LIMIT {RECORDS_READ}"""


def recent(connection: sqlite3.Connection, limit: int, records: int) -> list[Row]:
    """The newest changes, each with some of the records that it touched.

    Args:
        connection: The registry.
        limit: How many changes.
        records: How many records of each.
    """
    if one(connection, "SELECT 1 FROM released LIMIT 1") is None:
        found = rows(
            connection,
            "SELECT id, at, by, why, origin, dataset FROM changes ORDER BY id DESC LIMIT :limit",
            limit=limit,
        )
        touched = _touched(_ENTRIES)
    else:
        found = _released(connection, limit)
        touched = _touched(_RELEASED)
    for change in found:
        change["records"] = rows(connection, touched, change=change["id"], limit=records)
    return found


def _released(connection: sqlite3.Connection, limit: int) -> list[Row]:
    # One step in the index for each: a change may have a million records.
    found: list[Row] = []
    before = number(connection, "SELECT max(number) + 1 FROM released")
    while len(found) < limit:
        row = one(
            connection,
            """SELECT number AS id, at, by, why, '' AS origin, NULL AS dataset FROM released
            WHERE number < :before ORDER BY number DESC LIMIT 1""",
            before=before,
        )
        if row is None:
            break
        found.append(row)
        before = row["id"]
    return found
