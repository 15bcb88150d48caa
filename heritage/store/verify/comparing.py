"""The replayed log beside the recorded tables, to the rows that do not follow from it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from heritage.problems import Problem
from heritage.store import triggers
from heritage.store.tables import TABLES, Table, columns_of
from heritage.store.verify.faults import MOST, REBUILD, bounded, quoted, row

_ABSENT = object()


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Rows that are other than the log says, that it does not know, and that are missing."""
    for table in TABLES:
        yield from bounded(_compared(connection, table))


def _compared(connection: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    columns = columns_of(connection, table)
    key = triggers.key_of("t", table)
    now = triggers.object_of("t", columns)
    kept = ("version", "change") if table.main is None else ()
    also = "".join(f", t.{name}, r.{name}" for name in kept)
    differs = "".join(f" OR t.{name} IS NOT r.{name}" for name in kept)
    for found, text, logged, seq, *numbers in connection.execute(
        f"SELECT {key}, {now}, r.row, r.seq{also} FROM main.{table.name} t"
        f" LEFT JOIN temp.replayed r ON r.name = '{table.name}' AND r.key = {key}"
        f" WHERE r.row IS NOT {now}{differs}"
    ):
        if logged is None:
            message = f"no entry of the log tells of this row of {table.name}"
            yield row("row-unexplained", table.name, found, message, do=REBUILD)
            continue
        yield from _altered(table, found, columns, (json.loads(text), json.loads(logged), seq))
        for position, name in enumerate(kept):
            is_now, was = numbers[2 * position : 2 * position + 2]
            if is_now != was:
                message = f"{name} is {quoted(is_now)}; it follows from the log that it is {was}"
                yield row("row-altered", table.name, found, message, name, do=REBUILD)
    yield from _missing(connection, table, key)


def _altered(
    table: Table,
    key: str,
    columns: Sequence[str],
    found: tuple[dict[str, Any], dict[str, Any], int],
) -> Iterator[Problem]:
    now, logged, seq = found
    for name in dict.fromkeys((*columns, *logged)):
        is_now, was = now.get(name, _ABSENT), logged.get(name, _ABSENT)
        if is_now is not was and is_now != was:
            is_now, was = (None if each is _ABSENT else each for each in (is_now, was))
            message = f"{name} is {quoted(is_now)}; the log says {quoted(was)}, last in entry {seq}"
            yield row("row-altered", table.name, key, message, name, do=REBUILD)


def _missing(connection: sqlite3.Connection, table: Table, key: str) -> Iterator[Problem]:
    counts = connection.execute(
        f"SELECT (SELECT count(*) FROM temp.replayed WHERE name = ?),"
        f" (SELECT count(*) FROM main.{table.name} t JOIN temp.replayed r"
        f" ON r.name = '{table.name}' AND r.key = {key})",
        (table.name,),
    ).fetchone()
    if counts[0] == counts[1]:
        return
    for found, seq in connection.execute(
        "SELECT r.key, r.seq FROM temp.replayed r WHERE r.name = ?1 AND r.key IN"
        " (SELECT key FROM temp.replayed WHERE name = ?1"
        f" EXCEPT SELECT {key} FROM main.{table.name} t) LIMIT ?2",
        (table.name, MOST),
    ):
        message = f"the log knows this row of {table.name}, last from entry {seq}; it is not there"
        yield row("row-missing", table.name, found, message, do=REBUILD)
