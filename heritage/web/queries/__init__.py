"""Questions that the pages ask of a registry, and nothing else that is SQL.

Every question has an index to answer it or a bound on its answer, so that no
page but the figures of the home page costs more as the registry grows.
"""

from __future__ import annotations

import sqlite3
from typing import Any

Row = dict[str, Any]

PARTS = 400
EVENTS = 20
CLAIMS = 200
SAID = 80
RECORDS = 100
FACTS = 60
COUNTED = 1_000
POINTS = 2000
HITS = 30
CANDIDATES = 200
SHOWN_RECORDS = 5


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


def counted(connection: sqlite3.Connection, sql: str, **values: object) -> int:
    """How many rows an answer has; what is beyond `COUNTED` is not counted."""
    return number(connection, f"SELECT count(*) FROM ({sql} LIMIT {COUNTED})", **values)


def as_of(connection: sqlite3.Connection) -> Row | None:
    """The newest change, with the `licence` of a public edition, and whether this `is_edition`.

    An edition has one change: whatever was written into it later, nobody looked at.
    """
    return one(
        connection,
        """SELECT id, at, by, why, (SELECT licence FROM releases) AS licence,
            EXISTS (SELECT 1 FROM releases)
            AND NOT EXISTS (SELECT 1 FROM changes LIMIT 1 OFFSET 1) AS is_edition
        FROM changes ORDER BY id DESC LIMIT 1""",
    )
