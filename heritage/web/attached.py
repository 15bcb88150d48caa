"""Databases that Datasette has open to the registry among them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import sqlite_timelimit

from heritage.store.connection import is_marked
from heritage.web.limits import PAGE_MILLISECONDS, unbound

T = TypeVar("T")


def is_registry(path: str | None) -> bool:
    """Whether a file is marked as a registry; False for what cannot be read."""
    if path is None:
        return False
    try:
        found = Path(path).stat()
    except OSError:
        return False
    return (path, found.st_dev, found.st_ino) in _MARKED or _look(path, found)


_MARKED: set[tuple[str, int, int]] = set()
"""Files that were found to be registries: their mark stays, and every page asks for it."""


def _look(path: str, found: os.stat_result) -> bool:
    marked = is_marked(Path(path))
    if marked:
        _MARKED.add((path, found.st_dev, found.st_ino))
    return marked


def registry_of(datasette: Datasette) -> Database | None:
    """The registry that the pages show: the first by name, or None where none is open.

    Only files count, and the mark in their header decides: their name does not.
    """
    for _, database in sorted(datasette.databases.items()):
        if is_registry(database.path):
            return database
    return None


async def read(
    datasette: Datasette, database: Database, ask: Callable[[sqlite3.Connection], T]
) -> T:
    """Ask everything that a page needs, in one snapshot of the registry.

    One read transaction: while somebody writes, a page shows the state before
    or after, never some of each. Nobody but us writes these questions, so that
    they may take longer together than one that a reader writes.
    """
    limit = max(datasette.setting("sql_time_limit_ms"), PAGE_MILLISECONDS)

    def in_one_snapshot(connection: sqlite3.Connection) -> T:
        with unbound(connection), sqlite_timelimit(connection, limit):
            connection.execute("BEGIN")
            try:
                return ask(connection)
            finally:
                if connection.in_transaction:  # SQLite itself ends it where memory ran out
                    connection.execute("ROLLBACK")

    result: T = await database.execute_fn(in_one_snapshot)
    return result
