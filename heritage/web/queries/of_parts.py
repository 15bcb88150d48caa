"""Sites to how their parts stand: how many of them were hit how badly, as concluded."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from heritage.web.queries import Row, rows

PARTS_ASKED = 3_000
"""Parts that are asked for, of all sites together."""

STANDS = ("destroyed", "damaged", "whole", "not_said")
"""How a part can stand, the worst first."""


def _hit(*grades: str) -> str:
    # A conclusion that is not decided begins with one answer and goes on with the others.
    ranges = " OR ".join(f"(c.value >= '{grade}' AND c.value < '{grade}}}')" for grade in grades)
    return (
        "EXISTS (SELECT 1 FROM conclusions c WHERE c.property = 'severity'"
        f" AND c.site = p.part AND ({ranges}))"
    )


_STANDS = f"""SELECT place,
    CASE WHEN {_hit("destroyed")} THEN 'destroyed'
        WHEN {_hit("severe", "moderate", "slight", "possible", "damaged")} THEN 'damaged'
        WHEN {_hit("none_visible")} THEN 'whole' ELSE 'not_said' END AS stand, count(*) AS n
FROM (SELECT a.ancestor AS place, a.site AS part FROM json_each(:ids) j
    CROSS JOIN _site_ancestors a ON a.ancestor = j.value
    WHERE NOT EXISTS (SELECT 1 FROM sites s WHERE s.part_of = a.site) LIMIT {PARTS_ASKED}) p
GROUP BY 1, 2"""


def standing(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Row]:
    """By site, how many of its parts that have no parts themselves stand how.

    Sites without parts are left out. Of several events the worst counts for a part,
    never for the whole.
    """
    found: dict[str, Row] = {}
    for row in rows(connection, _STANDS, ids=json.dumps(list(ids))):
        site = found.setdefault(row["place"], dict.fromkeys(STANDS, 0))
        site[row["stand"]] += row["n"]
    return found
