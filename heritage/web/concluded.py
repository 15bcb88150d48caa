"""Conclusions to what pages show of them: worked out with their argument, or as stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from typing import Any

from heritage.judge import Conclusion, RunnerUp
from heritage.store import conclusions
from heritage.web.queries import PARTS, Row, rows


def argued(connection: sqlite3.Connection, id: str) -> tuple[Conclusion, ...]:
    """Every conclusion on an event or a site with who stands where, worked out now."""
    factory = connection.row_factory
    # The store takes rows as plain tuples; Datasette sets its own kind.
    connection.row_factory = None
    try:
        return conclusions.all_of(connection, id)
    finally:
        connection.row_factory = factory


def stored(connection: sqlite3.Connection, id: str) -> tuple[Conclusion, ...]:
    """Conclusions on an event or a site as stored, which is without who stands where.

    They cost the same however many claims there are.
    """
    found = rows(
        connection,
        """SELECT subject, nullif(site, '') AS site, property, value, earliest, latest, status,
            weight, margin, runner_up, flags, sentence
        FROM conclusions WHERE subject = :id ORDER BY site, property LIMIT :limit""",
        id=id,
        limit=PARTS,
    )
    return tuple(_conclusion(row) for row in found)


def _conclusion(row: Row) -> Conclusion:
    told: dict[str, Any] = {**row, "flags": tuple(json.loads(row["flags"]))}
    told["runner_up"] = RunnerUp(**json.loads(row["runner_up"])) if row["runner_up"] else None
    return Conclusion(**told)


def severities(connection: sqlite3.Connection, id: str) -> dict[str, list[Row]]:
    """How badly the parts of a site were hit, as concluded of events; by part."""
    found: dict[str, list[Row]] = {}
    for row in rows(
        connection,
        """SELECT DISTINCT c.site, c.value, c.status FROM _site_ancestors a
        JOIN conclusions c ON c.site = a.site AND c.site <> ''
        WHERE a.ancestor = :id AND c.property = 'severity' AND c.value IS NOT NULL
        ORDER BY c.site, c.value LIMIT :limit""",
        id=id,
        limit=PARTS * 2,
    ):
        found.setdefault(row["site"], []).append(row)
    return found


def titles(connection: sqlite3.Connection, ids: Collection[str]) -> dict[str, str]:
    """The titles of those sources that exist, by id."""
    values = {f"id{n}": id for n, id in enumerate(sorted(ids))}
    if not values:
        return {}
    places = ", ".join(f":{name}" for name in values)
    found = rows(connection, f"SELECT id, title FROM sources WHERE id IN ({places})", **values)
    return {row["id"]: row["title"] for row in found}
