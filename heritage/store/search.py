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


_FOUND = "t.id, {label} AS label, t.search_text AS text"

_MATCHING = f"""SELECT {_FOUND}, w.rank AS rank FROM (SELECT rowid AS number, rank FROM {{name}}_fts
        WHERE {{name}}_fts MATCH :words LIMIT :candidates) w
    JOIN {{name}} t ON t.rowid = w.number"""

_MATCHING_THEN = f"""SELECT * FROM (SELECT {_FOUND}, w.rank AS rank
        FROM main.{{name}}_fts w CROSS JOIN main.{{name}} t ON t.rowid = w.rowid
        WHERE {{name}}_fts MATCH :words AND t.change <= :change LIMIT :candidates)
    UNION ALL SELECT * FROM (SELECT {_FOUND}, w.rank AS rank
        FROM temp.then_{{name}}_fts w CROSS JOIN temp.then_{{name}} t ON t.rowid = w.rowid
        WHERE then_{{name}}_fts MATCH :words LIMIT :candidates)"""


def search(
    connection: sqlite3.Connection, text: str, limit: int = 50, *, change: int | None = None
) -> list[Hit]:
    """Records whose names or texts hold every word of a text, best first within each kind.

    Spelling is folded (`heritage.store.folding`), the last word may be the
    beginning of one, and exact names come first.

    Args:
        connection: The registry.
        text: What is looked for.
        limit: At most so many.
        change: On a connection of `heritage.store.then`, the change after which it looks.
    """
    expression = match_expression(text)
    if not expression:
        return []
    hits: list[Hit] = []
    folded = fold(text)
    for kind in SEARCHED:
        table = MAIN[kind].name
        matching = _MATCHING if change is None else _MATCHING_THEN
        rows = connection.execute(
            f"SELECT id, label FROM ({matching.format(name=table, label=_LABEL[kind])})"
            " ORDER BY instr(' ' || text || ' ', :folded) = 0, rank, id LIMIT :limit",
            {
                "words": expression,
                "candidates": CANDIDATES,
                "change": change,
                "folded": f" {folded} ",
                "limit": limit,
            },
        )
        hits += [Hit(kind=kind, id=id, label=label) for id, label in rows]
    return hits[:limit]
