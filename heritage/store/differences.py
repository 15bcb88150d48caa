"""Changes of the log to what is other about each record in the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import attrs

from heritage import codec
from heritage.errors import InvalidRecordError
from heritage.model import RECORDS
from heritage.store import history
from heritage.store.ids import Today

Plain = dict[str, Any]


@attrs.frozen(kw_only=True)
class Difference:
    """One record that some changes created, changed, renamed or retracted."""

    kind: str
    id: str
    """Its id at the end, or the last that it had."""
    what: str
    """`created`, `changed`, `renamed` (and perhaps changed) or `retracted`."""
    former: str | None = None
    """Its id at the beginning, where that was another one."""
    fields: dict[str, tuple[Any, Any]]
    """What each field that differs was and is, in plain form; None where it is not given."""
    changes: tuple[int, ...]
    """The changes that touched it, in their order."""


def between(connection: sqlite3.Connection, after: int, until: int) -> Iterator[Difference]:
    """What differs after one change from what it was after another, by kind and id.

    Args:
        connection: Any; the file is not written.
        after: The number of a change, or 0.
        until: The number of a later change.
    """
    first, last = last_entry(connection, after), last_entry(connection, until)
    for kind in RECORDS:
        for id, changes in sorted(_touched(connection, kind, after, until).items()):
            before = history.plain_at(connection, kind, id, first)
            now = history.plain_at(connection, kind, id, last)
            found = _difference(kind, id, before, now, tuple(changes))
            if found is not None:
                yield found


def last_entry(connection: sqlite3.Connection, change: int) -> int:
    """The last entry of the log that a change, or one before it, wrote; 0 for none."""
    found = connection.execute(
        "SELECT max(seq) FROM history WHERE change ="
        " (SELECT max(change) FROM history WHERE change <= ?)",
        (change,),
    ).fetchone()[0]
    return found or 0


def _touched(
    connection: sqlite3.Connection, kind: str, after: int, until: int
) -> dict[str, list[int]]:
    """The records of a kind that the changes between touched, by their ids of today."""
    today = Today(connection)
    found: dict[str, list[int]] = {}
    for record, change in connection.execute(
        "SELECT DISTINCT record, change FROM history WHERE change > ? AND change <= ?"
        " AND kind = ? AND op IN ('insert', 'update', 'delete') ORDER BY change",
        (after, until, kind),
    ):
        known = found.setdefault(today.id(kind, record), [])
        if change not in known:
            known.append(change)
    return found


def _difference(
    kind: str, id: str, before: Plain | None, after: Plain | None, changes: tuple[int, ...]
) -> Difference | None:
    old, new = _normal(kind, before), _normal(kind, after)
    former, id = old.pop("id", id), new.pop("id", before["id"] if before else id)
    if before is None:
        what = "created"
    elif after is None:
        what = "retracted"
    else:
        what = "changed" if former == id else "renamed"
    fields = differing(old, new)
    if (before is None and after is None) or (what == "changed" and not fields):
        return None
    return Difference(
        kind=kind,
        id=id,
        what=what,
        former=former if what == "renamed" else None,
        fields=fields,
        changes=changes,
    )


def _normal(kind: str, plain: Plain | None) -> Plain:
    """A plain record without what it need not say; as it is where it makes no record."""
    if plain is None:
        return {}
    try:
        return codec.to_plain(codec.from_plain(kind, plain))
    except InvalidRecordError:
        return dict(plain)


def differing(before: Plain, after: Plain) -> dict[str, tuple[Any, Any]]:
    """What each field that differs was and is; None where it is not given."""
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }
