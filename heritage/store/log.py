"""The log to changes and entries that people can read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from heritage.errors import RecordNotFoundError


@attrs.frozen(kw_only=True)
class LoggedChange:
    """One committed set of edits."""

    id: int
    at: str
    """UTC, such as `2016-04-01T12:00:00.000Z`."""
    by: str | None
    why: str | None
    origin: str
    """`registry`, `load`, or `outside` for what another program wrote."""
    dataset: str | None
    entries: int
    """How many entries of the log belong to it."""


@attrs.frozen(kw_only=True)
class Entry:
    """One row that was inserted, updated or deleted."""

    seq: int
    """Its place in the log, from 1."""
    change: int
    at: str
    by: str | None
    why: str | None
    kind: str
    record: str
    """The id that the record had then."""
    version: int
    """The version of the record that the change made."""
    table: str
    op: str
    """`insert`, `update` or `delete`."""
    before: dict[str, Any] | None
    """The values before, by column; of an update only those that changed."""
    after: dict[str, Any] | None


_CHANGES = (
    "SELECT id, at, by, why, origin, dataset,"
    " (SELECT count(*) FROM history WHERE change = changes.id) FROM changes"
)


def _logged(row: tuple[Any, ...]) -> LoggedChange:
    names = [field.name for field in attrs.fields(LoggedChange)]
    return LoggedChange(**dict(zip(names, row, strict=True)))


def named(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, LoggedChange]:
    """Some changes by their numbers."""
    found = {}
    for number in numbers:
        for row in connection.execute(f"{_CHANGES} WHERE id = ?", (number,)):
            found[number] = _logged(row)
    return found


def numbers(connection: sqlite3.Connection, after: int, until: int) -> list[int]:
    """The numbers of the changes after one and until another, in order."""
    found = connection.execute(
        "SELECT id FROM changes WHERE id > ? AND id <= ? ORDER BY id", (after, until)
    )
    return [number for (number,) in found]


def changes(connection: sqlite3.Connection, limit: int | None = None) -> Iterator[LoggedChange]:
    """Changes, the newest first."""
    wanted = (-1 if limit is None else limit,)
    for row in connection.execute(f"{_CHANGES} ORDER BY id DESC LIMIT ?", wanted):
        yield _logged(row)


def known_ids(connection: sqlite3.Connection, id: str) -> list[str]:
    """An id of any kind of record, with every other id that the record has had."""
    found = {id}
    for column, other in (("former", "id"), ("id", "former")):
        for known in tuple(found):
            rows = connection.execute(
                f"SELECT {other} FROM former_ids WHERE {column} = ?", (known,)
            )
            found |= {each for (each,) in rows}
    return sorted(found)


def entries(connection: sqlite3.Connection, id: str, limit: int | None = None) -> Iterator[Entry]:
    """Entries about a record, the newest first; also of one that was retracted.

    Raises:
        RecordNotFoundError: No record ever had this id.
    """
    ids = known_ids(connection, id)
    marks = ", ".join("?" * len(ids))
    rows = connection.execute(
        "SELECT h.seq, h.change, c.at, c.by, c.why, h.kind, h.record, h.version,"
        " h.table_name, h.op, h.before, h.after"
        f" FROM history h JOIN changes c ON c.id = h.change WHERE h.record IN ({marks})"
        " ORDER BY h.seq DESC LIMIT ?",
        (*ids, -1 if limit is None else limit),
    ).fetchall()
    if not rows and limit != 0:
        raise RecordNotFoundError("record", id)
    names = [field.name for field in attrs.fields(Entry)]
    for row in rows:
        *plain, before, after = row
        yield Entry(
            **dict(zip(names[:-2], plain, strict=True)), before=_plain(before), after=_plain(after)
        )


def _plain(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    found: dict[str, Any] = json.loads(text)
    return found
