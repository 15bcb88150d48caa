"""Facts on sites, worked out anew beside the rows by which states on a day are found."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from heritage.problems import Problem
from heritage.store.facts import site_facts
from heritage.store.read import CHUNK
from heritage.store.verify.faults import REBUILD, bounded, quoted, row

Row = tuple[Any, ...]


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Looks and works that are not told of as they stand, but for those that wait."""
    mark = connection.execute("SELECT facts FROM _concluded").fetchone()[0]
    for kind in site_facts.LOOKS:
        waiting = set(site_facts.touched(connection, kind, mark))
        yield from bounded(_of_kind(connection, kind, waiting))


def _of_kind(connection: sqlite3.Connection, kind: str, waiting: set[str]) -> Iterator[Problem]:
    told = connection.execute(
        f"SELECT id FROM {kind}s UNION SELECT id FROM _site_facts WHERE kind = ? ORDER BY 1",
        (kind,),
    )
    while some := told.fetchmany(CHUNK):
        chunk = [id for (id,) in some if id not in waiting]
        wanted = site_facts.rows_of(site_facts.of_records(connection, kind, chunk))
        yield from differing(connection, kind, chunk, wanted)


def differing(
    connection: sqlite3.Connection, kind: str, ids: Sequence[str], wanted: Collection[Row]
) -> Iterator[Problem]:
    """Rows on some records that are not those that they should be.

    Args:
        connection: The registry.
        kind: Of the records.
        ids: Theirs.
        wanted: Their rows, as they follow from conclusions, looks and works.
    """
    marks = ", ".join("?" * len(ids))
    found = set(
        connection.execute(
            f"SELECT {site_facts.COLUMNS} FROM _site_facts WHERE kind = ? AND id IN ({marks})",
            (kind, *ids),
        )
    )
    for one, other, what in (
        (found, set(wanted), "does not follow from what is concluded, seen and done"),
        (set(wanted), found, "follows from what is concluded, seen and done, and is missing"),
    ):
        for values in sorted(one - other, key=repr):
            message = f"the row ({', '.join(map(quoted, values))}) {what}"
            yield row("derived-altered", "_site_facts", values[4], message, do=REBUILD)
