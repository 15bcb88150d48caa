"""Questions about one actor."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from heritage.web.queries import RECORDS, Row, one, rows

_CALLED = "(SELECT text FROM actor_names WHERE actor = :id UNION SELECT :id)"
ALL = {
    "claimed": f"SELECT * FROM claims WHERE property = 'actor' AND value IN {_CALLED}",
    "quoted": f"SELECT * FROM claims WHERE attributed_to IN {_CALLED}",
    "published": f"SELECT * FROM sources WHERE publisher IN {_CALLED} OR author IN {_CALLED}",
}
"""Queries for all that the lists of an actor's page show some of."""


def actor(connection: sqlite3.Connection, id: str) -> Row | None:
    """An actor."""
    return one(connection, "SELECT * FROM actors WHERE id = :id", id=id)


def names(connection: sqlite3.Connection, id: str) -> list[Row]:
    """What an actor is called."""
    return rows(
        connection,
        "SELECT text, language, kind FROM actor_names WHERE actor = :id",
        id=id,
    )


def _named(names: Collection[str]) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {f"name{n}": name for n, name in enumerate(sorted(names))}
    return ", ".join(f":{name}" for name in values), values


def claimed(connection: sqlite3.Connection, names: Collection[str]) -> list[Row]:
    """Claims that name an actor as the one who did it, by any of the actor's names or its id."""
    return _claims(connection, names, "property = 'actor' AND value")


def quoted(connection: sqlite3.Connection, names: Collection[str]) -> list[Row]:
    """Claims that a source attributes to an actor, in the same way."""
    return _claims(connection, names, "attributed_to")


def _claims(connection: sqlite3.Connection, names: Collection[str], column: str) -> list[Row]:
    marks, values = _named(names)
    return rows(
        connection,
        f"""SELECT c.*, o.title AS source_title, p.name AS site_name,
            iif(e.id IS NULL, 'site', 'event') AS subject_kind,
            coalesce(e.label, s.name) AS subject_label FROM (
                SELECT id FROM claims WHERE {column} IN ({marks}) LIMIT :limit) given
        CROSS JOIN claims c ON c.id = given.id JOIN sources o ON o.id = c.source
        LEFT JOIN events e ON e.id = c.subject LEFT JOIN sites s ON s.id = c.subject
        LEFT JOIN sites p ON p.id = c.site ORDER BY subject_label, c.id""",
        limit=RECORDS + 1,
        **values,
    )


def published(connection: sqlite3.Connection, names: Collection[str]) -> list[Row]:
    """Sources that an actor published or wrote; one more than a page shows."""
    marks, values = _named(names)
    return rows(
        connection,
        f"""SELECT o.id, o.title, o.publisher, o.author, o.published, o.tier FROM (
            SELECT id FROM (SELECT id FROM sources WHERE publisher IN ({marks}) LIMIT :limit)
            UNION SELECT id FROM (SELECT id FROM sources WHERE author IN ({marks}) LIMIT :limit)
            LIMIT :limit) given
        CROSS JOIN sources o ON o.id = given.id ORDER BY o.published_earliest, o.id""",
        limit=RECORDS + 1,
        **values,
    )


def called(connection: sqlite3.Connection, name: str | None) -> str | None:
    """The id of the actor that bears a name; None where none does, or several do."""
    found = rows(
        connection,
        "SELECT DISTINCT actor FROM actor_names WHERE text = :name LIMIT 2",
        name=name,
    )
    return found[0]["actor"] if len(found) == 1 else None
