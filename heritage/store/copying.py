"""A registry to a copy of it, while others go on writing."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

from heritage.errors import RegistryCorruptError, RegistryExistsError, UsageError
from heritage.store import chain, files
from heritage.store.connection import connect, plain_faults, snapshot


def copy(connection: sqlite3.Connection, registry: Path, path: Path) -> str:
    """Make a copy of a registry as it is at one moment; the head of its log.

    The copy is made under another name, examined, and then given its own; so
    that a file of that name is whole, whatever happens on the way.

    Args:
        connection: The registry, in no transaction.
        registry: Its file.
        path: The copy.

    Raises:
        UsageError: It is the registry itself.
        RegistryExistsError: There is a file of that name.
        RegistryCorruptError: The registry is damaged, and so would be the copy.
        RegistryFullError: There is no room for the copy.
    """
    if path.exists() and path.samefile(registry):
        raise UsageError(f"{path} is the registry itself; name another file")
    if path.exists() or path.is_symlink():
        raise RegistryExistsError(str(path))
    with plain_faults(str(path)), files.unfinished(path) as beside:
        connect(beside, new=True).close()
        beside.chmod(0o600)
        head = _fill(connection, beside)
        if _examined(beside, registry) != head:
            raise RegistryCorruptError(str(registry), "a copy has another head than the original")
        # Who may not read the registry may not read its copies either.
        beside.chmod(stat.S_IMODE(registry.stat().st_mode))
        files.give_name(beside, path)
    return head


def _fill(connection: sqlite3.Connection, beside: Path) -> str:
    """All pages in one go: done page by page, others' changes would make it begin again."""
    target = sqlite3.connect(beside, isolation_level=None)
    try:
        # Nobody sees this file before it is whole and on the disk.
        target.execute("PRAGMA synchronous = OFF")
        target.execute("PRAGMA journal_mode = OFF")
        with snapshot(connection):
            head = _head(connection)
            counted = connection.execute("PRAGMA schema_version").fetchone()[0]
            connection.backup(target)
        # Only of an original that another program set to a write-ahead log.
        target.execute("PRAGMA journal_mode = DELETE")
        # SQLite counts the copying as a change of the schema; the mark that triggers are
        # all there goes by this count.
        target.execute(f"PRAGMA schema_version = {counted}")
    finally:
        target.close()
    files.keep(beside)
    return head


def _examined(beside: Path, registry: Path) -> str:
    """The head of a copy that was found sound."""
    connection = connect(beside, readonly=True)
    try:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise RegistryCorruptError(str(registry), found)
        return _head(connection)
    finally:
        connection.close()


def _head(connection: sqlite3.Connection) -> str:
    """The head of the log; empty in a registry from before there was one."""
    has_chain = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'seals'").fetchone()
    return chain.head(connection)[1].hex() if has_chain else ""
