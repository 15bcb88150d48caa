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
from heritage.store.references import pointing_at
from heritage.store.tables import MAIN, TABLES
from heritage.store.then.moments import last_entry

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
    ends = last_entry(connection, after), last_entry(connection, until)
    for kind in RECORDS:
        for id, changes in sorted(_touched(connection, kind, after, until).items()):
            found = _of_record(connection, (kind, id), ends, tuple(changes))
            if found is not None:
                yield found


def _of_record(
    connection: sqlite3.Connection,
    record: tuple[str, str],
    ends: tuple[int, int],
    changes: tuple[int, ...],
) -> Difference | None:
    before, now = (history.plain_at(connection, *record, seq) for seq in ends)
    return _difference(*record, before, now, changes)


def about(connection: sqlite3.Connection, kind: str, id: str, change: int) -> Iterator[Difference]:
    """What one change did to a record, and to those that name it or named it then.

    Args:
        connection: Any; the file is not written.
        kind: The kind of record.
        id: Its id of today.
        change: The number of the change.
    """
    ends = last_entry(connection, change - 1), last_entry(connection, change)
    today = Today(connection)
    found = dict.fromkeys(
        (each, today.id(each, record))
        for each, record in connection.execute(_ABOUT[kind], {"change": change, "id": id})
    )
    for record in found:
        difference = _of_record(connection, record, ends, (change,))
        if difference is not None:
            yield difference


def lacking(connection: sqlite3.Connection, site: str, change: int) -> str | None:
    """The edition that a change brought and in which a site is not, in words."""
    row = connection.execute(
        "SELECT json_extract(h.after, '$.dataset') AS dataset,"
        " json_extract(h.after, '$.edition') AS edition FROM history h"
        " WHERE h.change = ? AND h.kind = 'edition' AND h.op = 'insert' AND NOT EXISTS"
        " (SELECT 1 FROM descriptions d WHERE d.site = ? AND d.dataset = h.record"
        " AND d.edition = json_extract(h.after, '$.edition'))",
        (change, site),
    ).fetchone()
    return None if row is None else f"edition {row[1]} of {row[0]}"


def _touching(kind: str) -> str:
    """SQL for the records that a change touched and that are a record or name it."""
    owners = {table.name: table for table in TABLES}
    parts = [
        f"SELECT h.kind, h.record FROM history h WHERE h.change = :change AND h.kind = '{kind}'"
        " AND (h.record = :id OR h.record IN (SELECT former FROM former_ids WHERE id = :id))"
    ]
    for name, column in pointing_at(kind):
        table = owners[name]
        if table.kind not in MAIN:
            continue
        parts += [
            f"SELECT h.kind, h.record FROM history h JOIN {name} t ON t.{table.owner} = h.record"
            f" WHERE h.change = :change AND h.kind = '{table.kind}' AND t.{column} = :id",
            f"SELECT h.kind, h.record FROM history h WHERE h.change = :change"
            f" AND h.table_name = '{name}' AND (json_extract(h.before, '$.{column}') = :id"
            f" OR json_extract(h.after, '$.{column}') = :id)",
        ]
    return " UNION ".join(parts)


_ABOUT = {kind: _touching(kind) for kind in MAIN}


def counted(connection: sqlite3.Connection, change: int) -> dict[str, int]:
    """How many records of each kind there were after a change, reckoned back from now."""
    later = dict(
        connection.execute(
            "SELECT table_name, sum(op = 'insert') - sum(op = 'delete') FROM history"
            " WHERE change > ? GROUP BY table_name",
            (change,),
        )
    )
    found = {}
    for kind, table in MAIN.items():
        (now,) = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
        found[kind] = int(now) - int(later.get(table.name, 0))
    return found


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
