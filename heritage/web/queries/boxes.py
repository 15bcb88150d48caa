"""A box on the map to the sites within it."""

from __future__ import annotations

import sqlite3

from heritage.web.asked import Box

MOST = 5_000
"""Sites with a position that are looked at in one box."""

_OWN = f"""SELECT s.id FROM places p CROSS JOIN sites s ON s.rowid = p.id
    WHERE p.east >= :west AND p.west <= :east AND p.north >= :south AND p.south <= :north
    AND (s.geometry IS NOT NULL OR (s.longitude BETWEEN :west AND :east
        AND s.latitude BETWEEN :south AND :north)) LIMIT {MOST + 1}"""

_WITHIN = f"""WITH own AS ({_OWN})
    SELECT id FROM own UNION SELECT a.site FROM own w
    JOIN _site_ancestors a ON a.ancestor = w.id
    JOIN sites t ON t.id = a.site AND t.longitude IS NULL"""


def sites_within(connection: sqlite3.Connection, box: Box) -> tuple[list[str], bool]:
    """The sites within a box, with their parts that have no position of their own.

    Returns:
        Their ids, and whether there are more than were looked at.
    """
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    found: set[str] = set()
    is_cut = False
    for left, right in spans:
        values = {"west": left, "east": right, "south": south, "north": north}
        ids = [id for (id,) in connection.execute(_WITHIN, values)]
        is_cut = is_cut or len(ids) > MOST
        found.update(ids)
    return sorted(found), is_cut
