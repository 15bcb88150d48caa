"""A file to what SQLite itself finds wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from heritage.problems import Problem
from heritage.store.verify.faults import MOST, row, shown, whole


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Pages, indexes, constraints, and rows that name what is not there."""
    for (said,) in connection.execute(f"PRAGMA integrity_check({MOST})"):
        if said != "ok":
            yield whole("file-damaged", "registry", f"SQLite says: {shown(said, 300)}")
    for table, rowid, target, _ in connection.execute("PRAGMA foreign_key_check"):
        if target is None:
            continue
        where = "a row" if rowid is None else f"row {rowid}"
        yield row(
            "reference-broken",
            table,
            rowid or "?",
            f"{where} names one of {target} that is not there",
        )
    (said,) = connection.execute("SELECT rtreecheck('main', 'places')").fetchone()
    if said != "ok":
        yield whole("file-damaged", "places", f"SQLite says: {shown(said, 300)}")
