"""Trees of now to the trees of then: who was part of what, and who relied on whom.

What stands above a record follows from the record and from what is above it. So
the ancestors of now hold for every record of then that was not touched, unless
something above it moved; for the others they are followed up anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from heritage.store.tables import MAIN

_TREES = ("site", "event")
_GRAPH = "source"


def tables() -> Iterator[str]:
    """SQL that makes the temporary tables."""
    for kind in (*_TREES, _GRAPH):
        yield f"CREATE TEMP TABLE then_{kind}_moved (id TEXT PRIMARY KEY) WITHOUT ROWID"
        yield f"CREATE TEMP TABLE then_{kind}_below (id TEXT PRIMARY KEY) WITHOUT ROWID"
        yield (
            f"CREATE TEMP TABLE then_{kind}_ancestors ({kind} TEXT, ancestor TEXT,"
            f" PRIMARY KEY ({kind}, ancestor)) WITHOUT ROWID"
        )
        yield f"CREATE INDEX temp.then_{kind}_up ON then_{kind}_ancestors(ancestor)"


def views(change: int) -> Iterator[str]:
    """SQL that makes the views of then, with the names of the tables of now."""
    for kind in (*_TREES, _GRAPH):
        yield (
            f"CREATE TEMP VIEW _{kind}_ancestors AS"
            f" SELECT {kind}, ancestor FROM main._{kind}_ancestors a"
            f" WHERE EXISTS (SELECT 1 FROM main.{MAIN[kind].name} m"
            f" WHERE m.id = a.{kind} AND m.change <= {change})"
            f" AND NOT EXISTS (SELECT 1 FROM temp.then_{kind}_below b WHERE b.id = a.{kind})"
            f" UNION ALL SELECT {kind}, ancestor FROM temp.then_{kind}_ancestors"
        )


def fill() -> Iterator[str]:
    """SQL that follows up anew what was touched, and what is below something that moved."""
    for kind in (*_TREES, _GRAPH):
        name = MAIN[kind].name
        for table in ("moved", "below", "ancestors"):
            yield f"DELETE FROM temp.then_{kind}_{table}"
        yield (
            f"INSERT INTO temp.then_{kind}_moved SELECT o.id FROM temp.then_{name} o"
            f" LEFT JOIN main.{name} m ON m.id = o.id WHERE m.id IS NULL OR {_MOVED[kind]}"
        )
        yield (
            f"INSERT INTO temp.then_{kind}_below SELECT id FROM temp.then_{name}"
            f" UNION SELECT a.{kind} FROM temp.then_{kind}_moved d"
            f" CROSS JOIN main._{kind}_ancestors a ON a.ancestor = d.id"
        )
        yield f"INSERT INTO temp.then_{kind}_ancestors {_WALKS[kind]}"


_RELIED = "SELECT relies_on FROM {where}.{prefix}source_relies_on WHERE source = o.id"
_THEN = _RELIED.format(where="temp", prefix="then_")
_NOW = _RELIED.format(where="main", prefix="")

_MOVED = dict.fromkeys(_TREES, "m.part_of IS NOT o.part_of") | {
    _GRAPH: f"EXISTS ({_THEN} EXCEPT {_NOW}) OR EXISTS ({_NOW} EXCEPT {_THEN})"
}
"""SQL on a record `o` of then and `m` of now: whether something else is above it."""


def _up_tree(kind: str) -> str:
    above = f"(SELECT part_of FROM {MAIN[kind].name} WHERE id = {{}})"
    return (
        f"WITH RECURSIVE walk(below, above) AS ("
        f"SELECT b.id, {above.format('b.id')} FROM temp.then_{kind}_below b"
        f" UNION SELECT w.below, {above.format('w.above')} FROM walk w WHERE w.above IS NOT NULL)"
        " SELECT below, above FROM walk WHERE above IS NOT NULL"
    )


_WALKS = {kind: _up_tree(kind) for kind in _TREES} | {
    _GRAPH: "WITH RECURSIVE walk(below, above) AS ("
    "SELECT b.id, r.relies_on FROM temp.then_source_below b"
    " JOIN source_relies_on r ON r.source = b.id"
    " UNION SELECT w.below, r.relies_on FROM walk w"
    " JOIN source_relies_on r ON r.source = w.above)"
    " SELECT below, above FROM walk"
}
"""SQL for everything above the records of `below`, in the tables of then."""
