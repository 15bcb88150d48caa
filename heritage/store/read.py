"""Table rows to records."""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import Any

import attrs

from heritage import codec
from heritage.errors import InvalidRecordError, RecordNotFoundError
from heritage.model import Record
from heritage.store.rows import COLUMNS, from_rows, part_tables
from heritage.store.tables import MAIN, TABLES, Table

CHUNK = 500
"""Records read at once: well under the number of variables that SQLite allows."""

_BY_NAME = {table.name: table for table in TABLES}


@attrs.frozen
class Versioned:
    """A record together with the version at which it was read."""

    record: Record
    version: int


def _dicts(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _parts(
    connection: sqlite3.Connection, kind: str, ids: Sequence[str]
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The rows of the parts of some records: by id, then by table."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {
        id: {table: [] for table in part_tables(kind)} for id in ids
    }
    marks = ", ".join("?" * len(ids))
    for name in part_tables(kind):
        table = _BY_NAME[name]
        columns = ", ".join(COLUMNS[name])
        order = ", ".join(table.key)
        sql = f"SELECT {columns} FROM {name} WHERE {table.owner} IN ({marks}) ORDER BY {order}"
        for row in _dicts(connection, sql, ids):
            found[row[table.owner]][name].append(row)
    return found


def read_plain(
    connection: sqlite3.Connection, kind: str, ids: Sequence[str]
) -> dict[str, tuple[dict[str, Any], int]]:
    """Plain dictionaries and versions of the records that exist, by id; at most `CHUNK`."""
    table = MAIN[kind]
    marks = ", ".join("?" * len(ids))
    columns = ", ".join(COLUMNS[table.name])
    sql = f"SELECT {columns}, version FROM {table.name} WHERE id IN ({marks})"
    parts = _parts(connection, kind, ids)
    found = {}
    for row in _dicts(connection, sql, ids):
        version = row.pop("version")
        found[row["id"]] = from_rows(kind, row, parts[row["id"]]), version
    return found


def read_many(connection: sqlite3.Connection, kind: str, ids: Iterable[str]) -> Iterator[Versioned]:
    """Records in the order of their ids as given; ids that do not exist are left out.

    Raises:
        InvalidRecordError: Another program wrote what the model refuses; `heritage
            check` finds it. The message names the record.
    """
    ids = iter(ids)
    while chunk := list(islice(ids, CHUNK)):
        found = read_plain(connection, kind, chunk)
        for id in chunk:
            if id in found:
                plain, version = found[id]
                yield Versioned(_record(kind, id, plain), version)


def _record(kind: str, id: str, plain: dict[str, Any]) -> Record:
    try:
        return codec.from_plain(kind, plain)
    except InvalidRecordError as error:
        raise InvalidRecordError(f"{kind} ({id})", error.faults) from None


def read_sound(connection: sqlite3.Connection, kind: str, ids: Iterable[str]) -> Iterator[Record]:
    """Like `read_many`, without the rows that make no record; `heritage check` tells of them."""
    ids = iter(ids)
    while chunk := list(islice(ids, CHUNK)):
        found = read_plain(connection, kind, chunk)
        for id in chunk:
            if id in found:
                with suppress(InvalidRecordError):
                    yield _made(kind, found[id][0])


_LONG = 4_000
"""Bytes of a record from which on it is made anew each time it is read."""


def _made(kind: str, plain: dict[str, Any]) -> Record:
    """A record of just these values, made once for many readings: checking it is what costs."""
    # Version 2 writes equal values alike, however often one object occurs among them.
    written = marshal.dumps(plain, 2)
    return codec.from_plain(kind, plain) if len(written) > _LONG else _remembered(kind, written)


@lru_cache(maxsize=4096)
def _remembered(kind: str, written: bytes) -> Record:
    return codec.from_plain(kind, marshal.loads(written))  # noqa: S302 - written just above


def read_one(connection: sqlite3.Connection, kind: str, id: str) -> Versioned:
    """One record by its current id.

    Raises:
        RecordNotFoundError: There is none.
    """
    for versioned in read_many(connection, kind, [id]):
        return versioned
    raise RecordNotFoundError(kind, id)


def resolve(connection: sqlite3.Connection, kind: str, id: str) -> str:
    """The current id that an id, a former id or `scheme:value` leads to.

    Raises:
        RecordNotFoundError: It leads nowhere.
    """
    table: Table = MAIN[kind]
    if connection.execute(f"SELECT 1 FROM {table.name} WHERE id = ?", (id,)).fetchone():
        return id
    row = connection.execute(
        "SELECT id FROM former_ids WHERE former = ? AND kind = ?", (id, kind)
    ).fetchone()
    if row is None and kind == "site" and ":" in id:
        scheme, _, value = id.partition(":")
        row = connection.execute(
            "SELECT site FROM identifiers WHERE scheme = ? AND value = ?", (scheme.lower(), value)
        ).fetchone()
    if row is None:
        raise RecordNotFoundError(kind, id)
    found: str = row[0]
    return found


def resolve_any(connection: sqlite3.Connection, kinds: Sequence[str], id: str) -> tuple[str, str]:
    """The first of several kinds in which an id leads somewhere, and the current id.

    Raises:
        RecordNotFoundError: It leads nowhere.
    """
    for kind in kinds:
        with suppress(RecordNotFoundError):
            return kind, resolve(connection, kind, id)
    raise RecordNotFoundError(f"{', '.join(kinds[:-1])} or {kinds[-1]}", id)


def all_ids(connection: sqlite3.Connection, kind: str) -> list[str]:
    """The ids of all records of a kind, in order."""
    return [id for (id,) in connection.execute(f"SELECT id FROM {MAIN[kind].name} ORDER BY id")]


def is_empty(connection: sqlite3.Connection, kind: str) -> bool:
    """Whether there is no record of a kind."""
    return connection.execute(f"SELECT 1 FROM {MAIN[kind].name} LIMIT 1").fetchone() is None


def change_of(connection: sqlite3.Connection, kind: str, id: str) -> int | None:
    """The change that last touched a record; None where it does not exist."""
    row = connection.execute(f"SELECT change FROM {MAIN[kind].name} WHERE id = ?", (id,))
    found = row.fetchone()
    return None if found is None else int(found[0])


def unsound(connection: sqlite3.Connection, kind: str) -> Iterator[tuple[str, InvalidRecordError]]:
    """The ids of all rows of a kind that make no record, and why."""
    ids = iter(all_ids(connection, kind))
    while chunk := list(islice(ids, CHUNK)):
        for id, (plain, _) in read_plain(connection, kind, chunk).items():
            try:
                codec.from_plain(kind, plain)
            except InvalidRecordError as error:
                yield id, error
