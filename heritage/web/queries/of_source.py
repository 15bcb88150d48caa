"""Questions about one source."""

from __future__ import annotations

import sqlite3

from heritage.web.queries import RECORDS, Row, one, rows


def source(connection: sqlite3.Connection, id: str) -> Row | None:
    """A source."""
    return one(connection, "SELECT * FROM sources WHERE id = :id", id=id)


def relied_on(connection: sqlite3.Connection, id: str, *, backwards: bool) -> list[Row]:
    """The sources that a source relies on; backwards, those that rely on it.

    One more than a page shows, where there are more.
    """
    here, there = ("relies_on", "source") if backwards else ("source", "relies_on")
    return rows(
        connection,
        f"""SELECT o.id, o.title, o.publisher, o.published FROM (
            SELECT {there} AS id FROM source_relies_on WHERE {here} = :id LIMIT :limit) given
        CROSS JOIN sources o ON o.id = given.id ORDER BY o.published_earliest, o.id""",
        id=id,
        limit=RECORDS + 1,
    )


def records_by(connection: sqlite3.Connection, table: str, id: str) -> list[Row]:
    """Listings, observations or interventions that a source tells of; one more than is shown."""
    first = {"listings": "begin", "observations": "observed", "interventions": "date"}[table]
    return rows(
        connection,
        f"""SELECT r.*, s.name AS site_name FROM (
            SELECT id FROM {table} WHERE source = :id LIMIT :limit) given
        CROSS JOIN {table} r ON r.id = given.id JOIN sites s ON s.id = r.site
        ORDER BY r.{first}_earliest, r.site, r.id""",
        id=id,
        limit=RECORDS + 1,
    )
