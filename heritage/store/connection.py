"""Paths to connections: opening a registry file, and putting SQLite's faults into words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from heritage.errors import (
    NotARegistryError,
    RefusedByDatabaseError,
    RegistryBusyError,
    RegistryCorruptError,
    RegistryExistsError,
    RegistryFullError,
    RegistryMissingError,
    RegistryReadOnlyError,
    StoreError,
)

APPLICATION_ID = 0x48455247
"""`HERG` in the header of the file: `file registry.db` and SQLite tools can tell."""

WAIT_SECONDS = 15.0

Connection = sqlite3.Connection
IntegrityError = sqlite3.IntegrityError
"""SQLite's own names, for those who may not open its door."""

_HEADER = b"SQLite format 3\x00"


@contextmanager
def plain_faults(path: str) -> Iterator[None]:
    """Turn SQLite's errors into ours, whatever build of SQLite they come from."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error) from error
    except OSError as error:
        raise _translated_os(path, error) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        # Inputs are read elsewhere: only what stands in the file itself fails here.
        raise RegistryCorruptError(path, str(error)) from error


def _translated(path: str, error: sqlite3.Error) -> Exception:
    text = str(error)
    code = getattr(error, "sqlite_errorcode", None)
    kinds: dict[int, type[StoreError]] = {
        sqlite3.SQLITE_BUSY: RegistryBusyError,
        sqlite3.SQLITE_LOCKED: RegistryBusyError,
        sqlite3.SQLITE_READONLY: RegistryReadOnlyError,
        sqlite3.SQLITE_CANTOPEN: RegistryReadOnlyError,
        sqlite3.SQLITE_PERM: RegistryReadOnlyError,
        sqlite3.SQLITE_FULL: RegistryFullError,
        sqlite3.SQLITE_CORRUPT: RegistryCorruptError,
        sqlite3.SQLITE_NOTADB: NotARegistryError,
    }
    primary = code & 0xFF if code is not None else None
    if primary == sqlite3.SQLITE_CONSTRAINT or isinstance(error, sqlite3.IntegrityError):
        return RefusedByDatabaseError(text)
    if primary in kinds:
        return kinds[primary](path, text)
    if primary == sqlite3.SQLITE_IOERR:
        return RegistryReadOnlyError(path, text)
    return StoreError(f"{path}: {text}")


def _translated_os(path: str, error: OSError) -> Exception:
    if isinstance(error, FileExistsError):
        return RegistryExistsError(path)
    if isinstance(error, FileNotFoundError):
        return RegistryMissingError(path)
    return RegistryReadOnlyError(path, error.strerror or str(error))


def connect(
    path: Path, *, readonly: bool = False, new: bool = False, wait: float = WAIT_SECONDS
) -> sqlite3.Connection:
    """Open a registry file, or make an empty file for one.

    Args:
        path: The file.
        readonly: Open it without being able to write.
        new: Make the file; refuses one that is there.
        wait: Seconds to wait for other programs that hold the file.

    Raises:
        StoreError: One of its branches, saying what is wrong with the file.
    """
    text = str(path)
    with plain_faults(text):
        if new:
            if not path.parent.is_dir():
                raise RegistryReadOnlyError(text, "its folder does not exist")
            path.touch(exist_ok=False)
        elif not path.exists():
            raise RegistryMissingError(text)
        elif path.is_dir():
            raise NotARegistryError(text, "it is a folder")
        elif not path.is_file():
            raise NotARegistryError(text, "it is a pipe or a device")
        else:
            _check_header(path)
        mode = "ro" if readonly else "rw"
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode={mode}",
            uri=True,
            timeout=wait,
            isolation_level=None,
        )
        try:
            _prepare(connection, text, new=new)
        except BaseException:
            connection.close()
            raise
        return connection


def _check_header(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(len(_HEADER))
    if head != _HEADER:
        raise NotARegistryError(str(path), "it is no SQLite file" if head else "it is empty")


def _prepare(connection: sqlite3.Connection, path: str, *, new: bool) -> None:
    # A rollback journal and EXTRA: the combination that loses nothing acknowledged when
    # the power fails, and keeps clear of the write-ahead log's reset fault.
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA trusted_schema = ON")
    found = connection.execute("PRAGMA application_id").fetchone()[0]
    if not new and found != APPLICATION_ID:
        raise NotARegistryError(path, "it is another program's database")
    if not new:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One `BEGIN IMMEDIATE` to `COMMIT`; everything or nothing.

    Immediate, because a transaction that reads first and writes later fails at
    once when another writer was quicker, instead of waiting its turn.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """One view of the file: what others write meanwhile is not seen."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
