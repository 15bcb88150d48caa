"""Questions about the log: of the log of a registry, or of the public one of an edition."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from typing import Any

from heritage.store.log import known_ids
from heritage.web.queries import Row, one, rows

CHANGES = 40
"""Changes on one page."""

ENTRIES = 100
"""Entries, or released records, on one page."""

COUNTED = 10_000
"""How far entries are counted."""


def is_edition(connection: sqlite3.Connection) -> bool:
    """Whether the file is a public edition, which has a log of its own for the public."""
    return one(connection, "SELECT 1 FROM releases") is not None


def changes(
    connection: sqlite3.Connection, before: int | None, record: str | None = None
) -> list[Row]:
    """Changes, the newest first; one more than a page has, where there are more.

    Args:
        connection: The registry.
        before: Only those with a smaller number.
        record: Only those that touched the record that has or had this id.
    """
    first = before if before is not None else 1 << 62
    if record is not None:
        numbers = _of_record(connection, record, first)
    elif is_edition(connection):
        numbers = _released_numbers(connection, first)
    else:
        sql = "SELECT id FROM changes WHERE id < :first ORDER BY id DESC LIMIT :limit"
        numbers = [row["id"] for row in rows(connection, sql, first=first, limit=CHANGES + 1)]
    found = (change(connection, number) for number in numbers)
    return [each for each in found if each is not None]


def _of_record(connection: sqlite3.Connection, record: str, first: int) -> list[int]:
    table, column = ("released", "number") if is_edition(connection) else ("history", "change")
    ids = known_ids(connection, record)
    values = {f"id{n}": id for n, id in enumerate(ids)}
    marks = ", ".join(f":{name}" for name in values)
    sql = f"""SELECT DISTINCT {column} AS number FROM {table}
        WHERE record IN ({marks}) AND {column} < :first ORDER BY 1 DESC LIMIT :limit"""
    found = rows(connection, sql, **values, first=first, limit=CHANGES + 1)
    return [row["number"] for row in found]


def _released_numbers(connection: sqlite3.Connection, first: int) -> list[int]:
    # From one number to the next by the index, since a change may have any number of rows.
    sql = """WITH RECURSIVE n(number) AS (
            SELECT max(number) FROM released WHERE number < :first UNION ALL
            SELECT (SELECT max(number) FROM released r WHERE r.number < n.number) FROM n
            WHERE n.number IS NOT NULL LIMIT :limit)
        SELECT number FROM n WHERE number IS NOT NULL"""
    return [row["number"] for row in rows(connection, sql, first=first, limit=CHANGES + 1)]


def change(connection: sqlite3.Connection, number: int) -> Row | None:
    """One change, with how many entries or records it has; they are counted to a bound."""
    if is_edition(connection):
        return one(
            connection,
            """SELECT number AS id, at, by, why, NULL AS origin, NULL AS dataset, (SELECT count(*)
                FROM (SELECT 1 FROM released WHERE number = :number LIMIT :counted)) AS entries
            FROM released WHERE number = :number LIMIT 1""",
            number=number,
            counted=COUNTED,
        )
    return one(
        connection,
        """SELECT id, at, by, why, origin, dataset, (SELECT count(*) FROM (
            SELECT 1 FROM history WHERE change = :number LIMIT :counted)) AS entries
        FROM changes WHERE id = :number""",
        number=number,
        counted=COUNTED,
    )


def neighbours(connection: sqlite3.Connection, number: int) -> Row:
    """The changes before and after one, where there are any."""
    table, column = ("released", "number") if is_edition(connection) else ("changes", "id")
    found = one(
        connection,
        f"""SELECT (SELECT max({column}) FROM {table} WHERE {column} < :number) AS before,
            (SELECT min({column}) FROM {table} WHERE {column} > :number) AS after""",
        number=number,
    )
    return found or {}


def entries(connection: sqlite3.Connection, number: int, after: int) -> list[Row]:
    """What one change did, entry by entry; one more than a page has, where there are more.

    Shape: `seq`, `kind`, `record`, `table_name`, `op`, and `before` and `after`
    by column, None where there is none.
    """
    found = rows(
        connection,
        """SELECT seq, kind, record, version, table_name, op, before, after FROM history
        WHERE change = :number AND seq > :after ORDER BY seq LIMIT :limit""",
        number=number,
        after=after,
        limit=ENTRIES + 1,
    )
    return [
        {**row, "before": _columns(row["before"]), "after": _columns(row["after"])} for row in found
    ]


def released(connection: sqlite3.Connection, number: int, skipped: int) -> list[Row]:
    """What an edition tells of one change: which records, and which of their fields."""
    found = rows(
        connection,
        """SELECT kind, record, op, fields FROM released WHERE number = :number
        ORDER BY kind, record LIMIT :limit OFFSET :skipped""",
        number=number,
        limit=ENTRIES + 1,
        skipped=skipped,
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in found]


def _columns(text: str | None) -> dict[str, Any] | None:
    found = json.loads(text) if text else None
    return found if isinstance(found, dict) else None


def labelled(connection: sqlite3.Connection, ids: Collection[str]) -> dict[str, Row]:
    """Where the pages of some records are, and what they are called; by id.

    What is shown on the page of another record leads there: a claim to its
    subject, a look, a work or a listing to its site, a review to its claim's.
    """
    values = {f"id{n}": id for n, id in enumerate(sorted(ids))}
    if not values:
        return {}
    marks = ", ".join(f":{name}" for name in values)
    found = rows(
        connection,
        f"""SELECT id, 'sites' AS room, id AS page, name AS label FROM sites WHERE id IN ({marks})
        UNION ALL SELECT id, 'events', id, label FROM events WHERE id IN ({marks})
        UNION ALL SELECT id, 'sources', id, title FROM sources WHERE id IN ({marks})
        UNION ALL SELECT id, 'actors', id, name FROM actors WHERE id IN ({marks})
        UNION ALL SELECT c.id, iif(e.id IS NULL, 'sites', 'events'), c.subject,
            coalesce(e.label, s.name) FROM claims c LEFT JOIN events e ON e.id = c.subject
            LEFT JOIN sites s ON s.id = c.subject WHERE c.id IN ({marks})
        UNION ALL SELECT o.id, 'sites', s.id, s.name FROM observations o
            JOIN sites s ON s.id = o.site WHERE o.id IN ({marks})
        UNION ALL SELECT i.id, 'sites', s.id, s.name FROM interventions i
            JOIN sites s ON s.id = i.site WHERE i.id IN ({marks})
        UNION ALL SELECT l.id, 'sites', s.id, s.name FROM listings l
            JOIN sites s ON s.id = l.site WHERE l.id IN ({marks})""",
        **values,
    )
    return {row["id"]: row for row in found}
