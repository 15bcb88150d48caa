"""Questions about the terms of vocabularies: which records use them, and how many.

No column of a vocabulary has an index of its own: the first rows of a table
are counted, and the answer says whether that were all.
"""

from __future__ import annotations

import sqlite3

import attrs

from heritage.web.queries import Row, one, rows

SCANNED = 10_000
"""Rows of one table that are looked at."""

SHOWN = 12
"""Records that are named for each use of a term."""


@attrs.frozen
class Use:
    """A column that holds terms of a vocabulary."""

    table: str
    column: str
    claimed: str | None = None
    """For claims on it alone: the property whose value is the term."""

    @property
    def where(self) -> str:
        """SQL that leaves the rows of this use."""
        return f" WHERE property = '{self.claimed}'" if self.claimed else ""


def _claimed(property: str) -> Use:
    return Use("claims", "value", property)


USES: dict[str, tuple[Use, ...]] = {
    "access": (
        Use("sources", "access"),
        Use("claims", "access"),
        Use("actors", "access"),
        Use("sites", "location_access"),
    ),
    "actor_kind": (Use("actors", "kind"),),
    "actor_role": (Use("actors", "role"),),
    "category": (Use("sites", "category"),),
    "cause": (_claimed("cause"),),
    "condition": (_claimed("condition"),),
    "confidence": (Use("claims", "confidence"), Use("observations", "confidence")),
    "context": (Use("events", "context"),),
    "effect": (_claimed("effect"),),
    "intent": (_claimed("intent"),),
    "intervention_kind": (Use("interventions", "kind"),),
    "listing_status": (Use("listings", "status"),),
    "method": (Use("observations", "method"),),
    "name_kind": (Use("names", "kind"),),
    "register": (Use("listings", "register"),),
    "review_decision": (Use("reviews", "decision"),),
    "severity": (_claimed("severity"), Use("observations", "severity")),
    "site_kind": (Use("sites", "kind"),),
    "source_kind": (Use("sources", "kind"),),
    "stance": (Use("claims", "stance"),),
    "state": (Use("observations", "state"),),
}
"""By vocabulary; `criteria` stand in lists within a column, which are not counted."""

_NAMED = {
    "sites": "SELECT t.id, 'sites' AS room, t.id AS page, t.name AS label FROM sites t",
    "events": "SELECT t.id, 'events' AS room, t.id AS page, t.label FROM events t",
    "sources": "SELECT t.id, 'sources' AS room, t.id AS page, t.title AS label FROM sources t",
    "actors": "SELECT t.id, 'actors' AS room, t.id AS page, t.name AS label FROM actors t",
    "claims": """SELECT t.id, iif(e.id IS NULL, 'sites', 'events') AS room, t.subject AS page,
        coalesce(e.label, s.name) AS label FROM claims t LEFT JOIN events e ON e.id = t.subject
        LEFT JOIN sites s ON s.id = t.subject""",
    **{
        table: f"""SELECT t.id, 'sites' AS room, t.site AS page, s.name AS label FROM {table} t
            JOIN sites s ON s.id = t.site"""
        for table in ("observations", "interventions", "listings")
    },
    "names": """SELECT t.text AS id, 'sites' AS room, t.site AS page, t.text AS label
        FROM names t""",
    "reviews": """SELECT t.id, iif(e.id IS NULL, 'sites', 'events') AS room, c.subject AS page,
        coalesce(e.label, s.name) AS label FROM reviews t JOIN claims c ON c.id = t.claim
        LEFT JOIN events e ON e.id = c.subject LEFT JOIN sites s ON s.id = c.subject""",
}
"""How a row of each table is named, and on which page it stands."""


def _scanned(use: Use, columns: str) -> str:
    return f"SELECT {columns} FROM {use.table} LIMIT {SCANNED}"


def is_whole(connection: sqlite3.Connection, use: Use) -> bool:
    """Whether all rows of a table are looked at."""
    sql = f"SELECT 1 FROM {use.table} LIMIT 1 OFFSET {SCANNED}"
    return one(connection, sql) is None


def counts(connection: sqlite3.Connection, use: Use) -> dict[str, int]:
    """How many rows hold each term, or what was written where a term should stand."""
    columns = f"{use.column} AS code" + (", property" if use.claimed else "")
    sql = f"""SELECT code, count(*) AS n FROM (SELECT * FROM ({_scanned(use, columns)})
        {use.where}) WHERE code IS NOT NULL GROUP BY code"""
    return {row["code"]: row["n"] for row in rows(connection, sql)}


def records(connection: sqlite3.Connection, use: Use, code: str) -> list[Row]:
    """The first rows that hold a term, each with the page on which it stands."""
    key = "rowid" if use.table != "names" else "site, kind, language, text"
    columns = f"{key}, {use.column} AS code" + (", property" if use.claimed else "")
    match = " AND ".join(f"t.{name} = h.{name}" for name in key.split(", "))
    within = f"{use.where} {'AND' if use.claimed else 'WHERE'} code = :code"
    sql = f"""{_NAMED[use.table]} JOIN (SELECT * FROM ({_scanned(use, columns)}) {within}
        LIMIT :limit) h ON {match}"""
    return rows(connection, sql, code=code, limit=SHOWN)
