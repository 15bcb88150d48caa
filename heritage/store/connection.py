"""Paths to connections: opening a registry file, and putting SQLite's faults into words."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from heritage.errors import (
    NotARegistryError,
    RefusedByDatabaseError,
    RegistryBusyError,
    RegistryCorruptError,
    RegistryDiskError,
    RegistryExistsError,
    RegistryFullError,
    RegistryMissingError,
    RegistryReadOnlyError,
    StoreError,
)
from heritage.store import turns

APPLICATION_ID = 0x48455247
"""`HERG` in the header of the file: `file registry.db` and SQLite tools can tell."""

WAIT_SECONDS = 15.0

Connection = sqlite3.Connection
IntegrityError = sqlite3.IntegrityError
"""SQLite's own names, for those who may not open its door."""


@contextmanager
def plain_faults(path: str, connection: sqlite3.Connection | None = None) -> Iterator[None]:
    """Turn SQLite's errors into ours, whatever build of SQLite they come from.

    Args:
        path: The file, for the message.
        connection: Where there is one yet: it knows how long it waits for others.
    """
    try:
        yield
    except sqlite3.Error as error:
        if connection is not None and turns.is_busy(error):
            raise turns.busy(connection, path) from error
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
    if primary == sqlite3.SQLITE_NOTADB:
        text = "it is no SQLite file"
    if code == sqlite3.SQLITE_READONLY_ROLLBACK:
        text = "a change was cut off, and who opens it for writing undoes that"
    if primary in kinds:
        return kinds[primary](path, text)
    if primary == sqlite3.SQLITE_IOERR:
        return RegistryDiskError(path, text)
    return StoreError(f"{path}: {text}")


def _translated_os(path: str, error: OSError) -> Exception:
    if isinstance(error, FileExistsError):
        return RegistryExistsError(path)
    if isinstance(error, FileNotFoundError):
        return RegistryMissingError(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return RegistryFullError(path, str(error.strerror))
    if error.errno == errno.EIO:
        return RegistryDiskError(path, str(error.strerror))
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
            _make(path)
        elif not path.exists():
            raise RegistryMissingError(text)
        elif path.is_dir():
            raise NotARegistryError(text, "it is a folder")
        elif not path.is_file():
            raise NotARegistryError(text, "it is a pipe or a device")
        elif path.stat().st_size == 0:
            raise NotARegistryError(text, "it is empty")
        mode = "ro" if readonly else "rw"
        connection = _opened(path, mode, wait)
        try:
            with plain_faults(text, connection):
                if readonly:
                    _undo_what_was_cut_off(connection, path, wait)
                _prepare(connection, text, new=new)
        except BaseException:
            connection.close()
            raise
        return connection


def _make(path: Path) -> None:
    try:
        path.touch(exist_ok=False)
    except FileNotFoundError as error:  # the folder is there, and takes no files
        raise RegistryReadOnlyError(str(path), error.strerror or str(error)) from error


def is_marked(path: Path) -> bool:
    """Whether a file is marked as a registry; False for what cannot be read.

    SQLite is asked, and not the file itself: a program that opens a file and
    closes it lets go of every lock that its other connections hold on it.
    """
    try:
        connection = sqlite3.connect(_address(path, "ro"), uri=True)
    except sqlite3.Error:
        return False
    try:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return bool(found == APPLICATION_ID)


def _undo_what_was_cut_off(connection: sqlite3.Connection, path: Path, wait: float) -> None:
    """Roll back a change whose program died, which who only reads cannot do."""
    try:
        connection.execute("PRAGMA application_id")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        with suppress(sqlite3.Error), closing(_opened(path, "rw", wait)) as writing:
            writing.execute("PRAGMA application_id")


def _opened(path: Path, mode: str, wait: float) -> sqlite3.Connection:
    return sqlite3.connect(_address(path, mode), uri=True, timeout=wait, isolation_level=None)


def _address(path: Path, mode: str) -> str:
    return f"file:{quote(str(path.absolute()))}?mode={mode}"


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
    turns.begin(connection)
    try:
        yield
        turns.commit(connection)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


LOOK_EVERY = 1_000_000
"""Instructions of SQLite's machine from one look for a signal to the next, some milliseconds."""


@contextmanager
def stoppable(connection: sqlite3.Connection) -> Iterator[None]:
    """Let a key that stops a program stop a long statement, too, and not wait for its end."""
    # Python looks for signals whenever it is called; what that raises ends the statement.
    connection.set_progress_handler(lambda: 0, LOOK_EVERY)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """One view of the file: what others write meanwhile is not seen."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
