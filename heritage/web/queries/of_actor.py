"""Questions about one actor."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from heritage.store.folding import fold
from heritage.web.queries import RECORDS, Row, one, rows

CANDIDATES = 2_000
"""Hits of the full text that are looked at."""


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


def _match(names: Collection[str]) -> str:
    """A full-text query for what holds all words of any of some names, side by side."""
    phrases = {" ".join(fold(name).replace('"', " ").split()) for name in names}
    return " OR ".join(f'"{phrase}"' for phrase in sorted(phrases) if phrase)


def _named(names: Collection[str]) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {f"name{n}": name for n, name in enumerate(sorted(names))}
    return ", ".join(f":{name}" for name in values), values


def claimed(connection: sqlite3.Connection, names: Collection[str]) -> list[Row]:
    """Claims that name an actor as the one who did it, by any of the actor's names or its id."""
    return _claims(connection, names, "c.property = 'actor' AND c.value")


def quoted(connection: sqlite3.Connection, names: Collection[str]) -> list[Row]:
    """Claims that a source attributes to an actor, in the same way."""
    return _claims(connection, names, "c.attributed_to")


def _claims(connection: sqlite3.Connection, names: Collection[str], column: str) -> list[Row]:
    match, (marks, values) = _match(names), _named(names)
    if not match:
        return []
    return rows(
        connection,
        f"""SELECT c.*, o.title AS source_title, p.name AS site_name,
            iif(e.id IS NULL, 'site', 'event') AS subject_kind,
            coalesce(e.label, s.name) AS subject_label FROM (
                SELECT rowid FROM claims_fts WHERE claims_fts MATCH :match LIMIT :candidates) h
        JOIN claims c ON c.rowid = h.rowid JOIN sources o ON o.id = c.source
        LEFT JOIN events e ON e.id = c.subject LEFT JOIN sites s ON s.id = c.subject
        LEFT JOIN sites p ON p.id = c.site
        WHERE {column} IN ({marks}) ORDER BY subject_label, c.id LIMIT :limit""",
        match=match,
        candidates=CANDIDATES,
        limit=RECORDS,
        **values,
    )


def published(connection: sqlite3.Connection, names: Collection[str]) -> list[Row]:
    """Sources that an actor published or wrote."""
    match, (marks, values) = _match(names), _named(names)
    if not match:
        return []
    return rows(
        connection,
        f"""SELECT o.id, o.title, o.publisher, o.author, o.published, o.tier FROM (
            SELECT rowid FROM sources_fts WHERE sources_fts MATCH :match LIMIT :candidates) h
        JOIN sources o ON o.rowid = h.rowid
        WHERE o.publisher IN ({marks}) OR o.author IN ({marks})
        ORDER BY o.published_earliest, o.id LIMIT :limit""",
        match=match,
        candidates=CANDIDATES,
        limit=RECORDS,
        **values,
    )


def called(connection: sqlite3.Connection, name: str | None) -> str | None:
    """The id of the actor that bears a name; None where none does, or several do."""
    match = _match([name]) if name else ""
    if not match:
        return None
    found = rows(
        connection,
        """SELECT DISTINCT a.id FROM (
            SELECT rowid FROM actors_fts WHERE actors_fts MATCH :match LIMIT :candidates) h
        JOIN actors a ON a.rowid = h.rowid JOIN actor_names n ON n.actor = a.id
        WHERE n.text = :name LIMIT 2""",
        match=match,
        candidates=CANDIDATES,
        name=name,
    )
    return found[0]["id"] if len(found) == 1 else None
