"""Public records to a public file: new, compact, and complete before anyone sees it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from heritage.errors import RegistryExistsError, StoreError
from heritage.model import RECORDS, Record
from heritage.store import schema, triggers, write
from heritage.store.bulk import Bulk
from heritage.store.connection import connect, plain_faults, transaction

WHY = "public edition"
"""What the one change of a public file says."""


def write_public(
    path: Path, registry: sqlite3.Connection, records: Mapping[str, Iterable[Record]]
) -> None:
    """Write a public file, in place of an older one of that name.

    Args:
        path: The file; readers of an older one keep what they opened.
        registry: The registry, for the editions of its lists and its former ids.
        records: What may appear, by kind.

    Raises:
        RegistryExistsError: A file of that name is something else.
    """
    if path.exists() and not is_edition(path):
        raise RegistryExistsError(str(path), "it is no public edition")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    unfinished.unlink(missing_ok=True)
    with plain_faults(str(path)):
        connection = schema.create(unfinished)
        try:
            _fill(connection, registry, records)
            connection.execute("VACUUM")
            connection.close()
            _settle(unfinished)
            unfinished.replace(path)
            _settle(path.parent.absolute())
        finally:
            connection.close()
            unfinished.unlink(missing_ok=True)


def is_edition(path: Path) -> bool:
    """Whether a file was written by `write_public`, and by nobody since."""
    try:
        connection = connect(path, readonly=True)
    except StoreError:
        return False
    try:
        with plain_faults(str(path)):
            changes = connection.execute("SELECT why FROM changes LIMIT 2").fetchall()
    except StoreError:
        return False
    finally:
        connection.close()
    return [row[0] for row in changes] == [WHY]


def _fill(
    connection: sqlite3.Connection,
    registry: sqlite3.Connection,
    records: Mapping[str, Iterable[Record]],
) -> None:
    # The newest change of the registry dates the edition, so that the same registry
    # always gives the same file.
    at = registry.execute("SELECT max(at) FROM changes").fetchone()[0] or "1970-01-01T00:00:00Z"
    editions = registry.execute("SELECT dataset, edition, edition_latest FROM editions").fetchall()
    described = registry.execute("SELECT site, dataset, edition FROM descriptions").fetchall()
    former = registry.execute("SELECT former, kind, id FROM former_ids").fetchall()
    connection.execute("PRAGMA foreign_keys = OFF")
    with transaction(connection):
        change = write.begin_change(connection, at=at, by=None, why=WHY)
        bulk = Bulk(connection, change)
        for kind in RECORDS:
            bulk.insert(kind, list(records.get(kind, ())))
        bulk.build()
        connection.executemany(
            "INSERT INTO editions (dataset, edition, edition_latest) VALUES (?, ?, ?)", editions
        )
        # That a list had the site is public; what it said of its place may not be.
        connection.executemany(
            "INSERT INTO descriptions (site, dataset, edition, record) VALUES (?, ?, ?, '{}')",
            described,
        )
        connection.executemany("INSERT INTO former_ids (former, kind, id) VALUES (?, ?, ?)", former)
        _without_salt(connection)
        write.end_change(connection, change, checked=True)
        connection.execute("UPDATE _sqlite_migrations SET applied_at = ?", (at,))


def _without_salt(connection: sqlite3.Connection) -> None:
    """Nothing is hidden here that a salt would have to keep, and the same gives the same bytes."""
    triggers.remove(connection)
    for table in ("changes", "history"):
        connection.execute(f"UPDATE {table} SET salt = zeroblob(16)")
    triggers.install(connection)


def _settle(path: Path) -> None:
    """Make sure that a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
