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
    changes: tuple[int, ...] = ()
    """The changes that drew it otherwise, in their order."""


def redrawn(connection: sqlite3.Connection, after: int, until: int) -> list[Redrawn]:
    """What some changes made of conclusions in the end, by key.

    Args:
        connection: Any, with what is asked about settled; the file is not written.
        after: The number of a change, or 0.
        until: The number of a later change.
    """
    found = (_of_key(connection, key, after, until) for key in _touched(connection, after, until))
    return [each for each in found if each is not None]


def _touched(connection: sqlite3.Connection, after: int, until: int) -> list[Key]:
    """Conclusions that were drawn, drawn otherwise or withdrawn in between."""
    logged = connection.execute(
        "SELECT row_key FROM history WHERE kind = 'conclusion' AND op IN ('update', 'delete')"
        " AND change > ?1 AND (change <= ?2"
        # One drawn for the first time is told of when it is superseded.
        " OR json_extract(before, '$.change') BETWEEN ?1 + 1 AND ?2)",
        (after, until),
    )
    keys = {_key(row_key) for (row_key,) in logged}
    keys.update(
        connection.execute(
            "SELECT subject, site, property FROM conclusions WHERE change > ? AND change <= ?",
            (after, until),
        )
    )
    return sorted(keys)


def _of_key(connection: sqlite3.Connection, key: Key, after: int, until: int) -> Redrawn | None:
    entries = connection.execute(
        "SELECT change, op, before FROM history WHERE record = ? AND kind = 'conclusion'"
        " AND row_key = ? AND op IN ('update', 'delete') AND change > ? ORDER BY seq DESC",
        (key[0], json.dumps(key, ensure_ascii=False, separators=(",", ":")), after),
    ).fetchall()
    now = _standing(connection, key)
    new = _back(now, [each for each in entries if each[0] > until], until)
    old = _back(now, entries, after)
    drawn = {change for change, *_ in entries if change <= until}
    if new is not None:
        drawn.update(change for change in (new["change"],) if after < (change or 0) <= until)
    old, new = ({name: row.get(name) for name in SHOWN} if row else None for row in (old, new))
    if old is not None and new is not None:
        names = [name for name in SHOWN if old[name] != new[name]]
        old, new = ({name: row[name] for name in names} for row in (old, new))
    if old == new:
        return None
    subject, site, property = key
    return Redrawn(
        subject=subject,
        site=site or None,
        property=property,
        before=old,
        after=new,
        changes=tuple(sorted(drawn)),
    )


def _standing(connection: sqlite3.Connection, key: Key) -> Plain | None:
    columns = (*SHOWN, "change")
    row = connection.execute(
        f"SELECT {', '.join(columns)} FROM conclusions"
        " WHERE subject = ? AND site = ? AND property = ?",
        key,
    ).fetchone()
    return None if row is None else dict(zip(columns, row, strict=True))


def _back(row: Plain | None, entries: list[tuple[int, str, str]], until: int) -> Plain | None:
    """A conclusion as it was before some entries, the newest of which comes first."""
    for _, op, before in entries:
        old: Plain = json.loads(before)
        row = old if op == "delete" or row is None else row | old
    return None if row is None or (row["change"] or 0) > until else row


def _key(row_key: str) -> Key:
    subject, site, property = json.loads(row_key)
    return subject, site, property
