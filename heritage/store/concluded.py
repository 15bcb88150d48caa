"""The log to conclusions that a change drew, drew otherwise or withdrew."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import attrs

Plain = dict[str, Any]
Key = tuple[str, str, str]
"""Subject, site (empty for a subject that is one) and property of a conclusion."""

SHOWN = ("value", "status", "earliest", "latest", "margin", "flags")
"""What a reader is told of a conclusion that became another one."""


@attrs.frozen(kw_only=True)
class Redrawn:
    """One conclusion that a change touched."""

    subject: str
    site: str | None
    """Of an event: the site that is meant, where it has one."""
    property: str
    before: Plain | None
    """By column, only those that changed; None for one that was drawn anew."""
    after: Plain | None
    """Likewise; None for one that no longer stands."""


def redrawn(connection: sqlite3.Connection, change: int) -> list[Redrawn]:
    """What a change made of conclusions, as soon as it has been settled, by key."""
    found: dict[Key, Redrawn] = {}
    for row_key, before, after in connection.execute(
        "SELECT row_key, before, after FROM history WHERE change = ? AND kind = 'conclusion'"
        " AND op IN ('update', 'delete') ORDER BY seq",
        (change,),
    ):
        key = _key(row_key)
        found[key] = _redrawn(key, _plain(before), _plain(after))
    columns = ", ".join(SHOWN)
    for *row_key, row in _drawn(connection, columns, change):
        key = (row_key[0], row_key[1], row_key[2])
        if key not in found:
            found[key] = _redrawn(key, None, dict(zip(SHOWN, row, strict=True)))
    return [found[key] for key in sorted(found)]


def _drawn(connection: sqlite3.Connection, columns: str, change: int) -> list[tuple[Any, ...]]:
    sql = f"SELECT subject, site, property, {columns} FROM conclusions WHERE change = ?"
    return [(*row[:3], row[3:]) for row in connection.execute(sql, (change,))]


def _key(row_key: str) -> Key:
    subject, site, property = json.loads(row_key)
    return subject, site, property


def _redrawn(key: Key, before: Plain | None, after: Plain | None) -> Redrawn:
    subject, site, property = key
    return Redrawn(
        subject=subject, site=site or None, property=property, before=before, after=after
    )


def _plain(text: str | None) -> Plain | None:
    if text is None:
        return None
    found: Plain = json.loads(text)
    return found
