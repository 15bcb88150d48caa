"""A query to the page of what is found for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from heritage.store.folding import fold, match_expression
from heritage.web import queries
from heritage.web.page import Page
from heritage.web.queries import HITS, Row, of_search, of_spelling


def search(connection: sqlite3.Connection, query: str) -> Page:
    """What is found for a query, by kind, the nearest first."""
    match = match_expression(query)
    tables = ("sites", "events", "sources")
    hits = {table: of_search.search(connection, table, match) if match else [] for table in tables}
    names = of_search.names_found(connection, [row["id"] for row in hits["sites"]])
    wanted = fold(query)
    for rows in hits.values():
        rows.sort(key=lambda row: _distance(row, names.get(row["id"], ()), wanted))
    has_any = any(hits.values())
    suggestion = None if has_any else _suggestion(connection, query)
    return Page(
        template="search",
        found={
            "query": query,
            "suggestion": suggestion,
            **{table: rows[:HITS] for table, rows in hits.items()},
        },
        context={
            "cut": {table: len(rows) > HITS for table, rows in hits.items()},
            "names": names,
            "limit": HITS,
        },
        as_of=queries.as_of(connection),
    )


def _suggestion(connection: sqlite3.Connection, query: str) -> str | None:
    """A spelling near a query that finds something."""
    found = of_spelling.suggestion(connection, query)
    match = match_expression(found or "")
    tables = ("sites", "events", "sources")
    if found and any(of_search.search(connection, table, match) for table in tables):
        return found
    return None


def _distance(row: Row, names: Sequence[Row], wanted: str) -> tuple[int, bool, str, str]:
    """How far a hit is from what is wanted: its own name, its beginning, a word, the rest."""
    spellings = [fold(text) for text in [row["label"] or "", *(name["text"] for name in names)]]
    if wanted in spellings:
        nearness = 0
    elif any(spelling.startswith(wanted) for spelling in spellings):
        nearness = 1
    else:
        nearness = 2 if any(f" {wanted}" in spelling for spelling in spellings) else 3
    return nearness, row.get("part_of") is not None, row["label"] or "", row["id"]
