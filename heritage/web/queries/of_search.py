"""Questions of the search."""

from __future__ import annotations

import sqlite3

from heritage.web.queries import CANDIDATES, Row, rows

_SHOWN = {
    "sites": "t.id, t.name AS label, t.kind, t.countries, t.part_of",
    "events": "t.id, t.label AS label, t.context, t.part_of",
    "sources": "t.id, t.title AS label, t.kind, t.publisher, t.published",
}


def labelled(connection: sqlite3.Connection, table: str, ids: list[str]) -> list[Row]:
    """Sites, events or sources as a search shows them."""
    values = {f"id{n}": id for n, id in enumerate(ids)}
    places = ", ".join(f":{name}" for name in values)
    return rows(
        connection, f"SELECT {_SHOWN[table]} FROM {table} t WHERE t.id IN ({places})", **values
    )


def search(connection: sqlite3.Connection, table: str, match: str) -> list[Row]:
    """Sites, events or sources whose text has every word: a bounded few, in no order.

    Ranking all of a common word's hits would cost as much as there are hits, so
    the caller ranks these few.
    """
    return rows(
        connection,
        f"""SELECT {_SHOWN[table]} FROM (
            SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH :match LIMIT :candidates) h
        JOIN {table} t ON t.rowid = h.rowid""",
        match=match,
        candidates=CANDIDATES,
    )


def names_found(connection: sqlite3.Connection, ids: list[str]) -> dict[str, list[Row]]:
    """The names of some sites, for telling why they were found."""
    found: dict[str, list[Row]] = {id: [] for id in ids}
    values = {f"id{n}": id for n, id in enumerate(ids)}
    places = ", ".join(f":{name}" for name in values)
    sql = f"SELECT site, text, language, kind FROM names WHERE site IN ({places})"
    for row in rows(connection, sql, **values) if ids else []:
        found[row["site"]].append(row)
    return found
