"""Rows of erased records to what stays of them: nothing that anyone said, saw or was called.

A stub keeps what other records stand on: the references that are required, and
of a source what its word weighs (its tier, its kind where that is a term of the
vocabulary, and on whom it relies). All else becomes one word, or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from heritage.store.tables import TABLES
from heritage.vocab import VOCABULARIES, vocabulary

ERASED = "[erased]"
"""What stands where a text was."""

_KEPT: dict[str, tuple[str, ...]] = {
    "sources": ("id", "kind", "tier"),
    "source_relies_on": ("source", "relies_on"),
    "actors": ("id",),
    "sites": ("id",),
    "listings": ("id", "site", "source"),
    "events": ("id",),
    "event_sites": ("event", "site"),
    "claims": ("id", "subject", "property", "source"),
    "observations": ("id", "site", "source"),
    "interventions": ("id", "site", "source"),
    "evidence": ("id",),
    "reviews": ("id", "claim"),
}
"""By table, the columns that stay as they were; other tables lose their rows."""

_PUT: dict[str, dict[str, Any]] = {
    "sources": {"title": ERASED, "access": "withheld"},
    "actors": {"kind": "unknown", "access": "withheld"},
    "sites": {"countries": "[]", "location_access": "withheld", "is_null_island": 0},
    "listings": {"register": ERASED, "status": ERASED, "criteria": "[]"},
    "events": {"label": ERASED},
    "claims": {"as_written": ERASED, "stance": "cannot_determine", "access": "withheld"},
    "observations": {"observed": "XXXX", "state": "not_assessable"},
    "interventions": {"kind": ERASED},
    "evidence": {"sha256": "0" * 64, "access": "withheld"},
    "reviews": {
        "reviewer": ERASED,
        "date": "XXXX",
        "decision": "undecided",
        "reason": ERASED,
    },
}
"""By table, what is put in the place of columns that have to hold something."""

_KEYS = {table.name: table.key for table in TABLES}


@cache
def terms() -> frozenset[str]:
    """Every term of every vocabulary: words that tell of nobody."""
    return frozenset(code for name in VOCABULARIES for code in vocabulary(name).terms)


def stub(table: str, row: Mapping[str, Any], *, whole: bool = True) -> dict[str, Any] | None:
    """What stays of a row of an erased record; None where the whole row goes.

    Args:
        table: Its table.
        row: Its values by column.
        whole: Whether it is a row; otherwise those columns of one that an update changed.
    """
    if table not in _KEPT:
        return None
    kept = {column: row[column] for column in _KEPT[table] if column in row}
    if table == "sources" and kept.get("kind") not in terms():
        kept.pop("kind", None)
    kept = {column: value for column, value in kept.items() if value is not None or not whole}
    return {**kept, **_PUT.get(table, {})} if whole else kept


def said(value: object) -> Iterable[str]:
    """The texts in a value of a row, those in its JSON among them."""
    if isinstance(value, str):
        if value[:1] in ("{", "["):
            try:
                found = json.loads(value)
            except ValueError:
                found = value
            if not isinstance(found, str):
                yield from said(found)
                return
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from said(each)
    elif isinstance(value, list):
        for each in value:
            yield from said(each)
