"""A text in any script to the records that it may mean."""

from __future__ import annotations

import sqlite3

import attrs

from heritage.store.folding import fold, match_expression
from heritage.store.tables import MAIN

SEARCHED = ("site", "event", "source", "actor", "claim")
"""Kinds that search looks through, in the order of its results."""

CANDIDATES = 500
"""Hits that are ranked; a common word has many more, and ranking all of them takes seconds."""

_LABEL = {
    "site": "name",
    "event": "label",
    "source": "title",
    "actor": "name",
    "claim": "coalesce(as_written, value)",
}


@attrs.frozen(kw_only=True)
class Hit:
    """One record that a search found."""

    kind: str
    id: str
    label: str


def search(connection: sqlite3.Connection, text: str, limit: int = 50) -> list[Hit]:
    """Records whose names or texts hold every word of a text, best first within each kind.

    Spelling is folded (`heritage.store.folding`), the last word may be the
    beginning of one, and exact names come first.
    """
    expression = match_expression(text)
    if not expression:
        return []
    hits: list[Hit] = []
    folded = fold(text)
    for kind in SEARCHED:
        table = MAIN[kind].name
        rows = connection.execute(
            f"SELECT t.id, {_LABEL[kind]} FROM (SELECT rowid AS number, rank FROM {table}_fts"
            f" WHERE {table}_fts MATCH ? LIMIT {CANDIDATES}) f JOIN {table} t ON t.rowid = f.number"
            f" ORDER BY instr(' ' || t.search_text || ' ', ?) = 0, f.rank, t.id LIMIT ?",
            (expression, f" {folded} ", limit),
        )
        hits += [Hit(kind=kind, id=id, label=label) for id, label in rows]
    return hits[:limit]
