"""Sites in danger: questions that several pages ask."""

from __future__ import annotations

import sqlite3

from heritage.store.lists import IN_DANGER_NOW
from heritage.web.queries import Row, one, rows

# The few sites with an open stint are asked, not all.
IN_DANGER_IDS = f"""SELECT t.id FROM sites t WHERE t.id IN (
    SELECT site FROM listings WHERE status = 'in-danger' AND end IS NULL) AND {IN_DANGER_NOW}"""

IN_DANGER = f"""SELECT s.id, s.name, s.countries, s.longitude, s.latitude, s.precision_m,
    s.location_access, min(o.begin) AS begin, min(o.begin_earliest) AS begin_earliest
FROM sites s JOIN listings o ON o.site = s.id AND o.status = 'in-danger' AND o.end IS NULL
WHERE s.id IN ({IN_DANGER_IDS})
GROUP BY s.id ORDER BY begin_earliest DESC, s.name"""
"""Sites in danger, those listed last first."""


def is_in_danger(connection: sqlite3.Connection, id: str) -> bool:
    """Whether a site stands in danger now."""
    sql = f"SELECT 1 FROM sites t WHERE t.id = :id AND {IN_DANGER_NOW}"
    return one(connection, sql, id=id) is not None


def in_danger(connection: sqlite3.Connection) -> list[Row]:
    """Sites in danger, those listed last first."""
    return rows(connection, IN_DANGER)
