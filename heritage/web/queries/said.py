"""Questions about what sources claim."""

from __future__ import annotations

import sqlite3

from heritage.web.queries import CLAIMS, SAID, Row, rows

_CLAIM = """SELECT c.*, o.title AS source_title, o.publisher AS source_publisher,
    o.published AS source_published, o.tier AS source_tier, o.access AS source_access,
    s.name AS site_name FROM (SELECT id FROM claims WHERE subject = :id LIMIT :limit) given
    CROSS JOIN claims c ON c.id = given.id JOIN sources o ON o.id = c.source
    LEFT JOIN sites s ON s.id = c.site"""


def claims_about(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What sources claim of an event or a site; one more than a page shows."""
    return rows(
        connection,
        f"{_CLAIM} ORDER BY c.property, o.published_earliest, c.id",
        id=id,
        limit=CLAIMS + 1,
    )


def claims_by(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What a source claims, of whatever subject; one more than a page shows."""
    return rows(
        connection,
        """SELECT c.*, s.name AS site_name, coalesce(e.label, t.name) AS subject_label,
            iif(e.id IS NULL, 'site', 'event') AS subject_kind
        FROM (SELECT id FROM claims WHERE source = :id LIMIT :limit) given
        CROSS JOIN claims c ON c.id = given.id
        LEFT JOIN events e ON e.id = c.subject LEFT JOIN sites t ON t.id = c.subject
        LEFT JOIN sites s ON s.id = c.site
        ORDER BY subject_label, c.subject, c.property, c.id""",
        id=id,
        limit=SAID + 1,
    )
