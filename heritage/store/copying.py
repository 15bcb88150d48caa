"""A registry to a copy of it, while others go on writing."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

from heritage.errors import RegistryCorruptError, RegistryExistsError, UsageError
from heritage.store import chain, files, schema
from heritage.store.connection import connect, plain_faults, snapshot
from heritage.store.verify import Verification, verify

OLDER = "the registry is of an older version, of which only SQLite's own check was made"


def copy(connection: sqlite3.Connection, registry: Path, path: Path) -> Verification:
    """Make a copy of a registry as it is at one moment; what is found when it is verified.

    The copy is made under another name, verified, and then given its own; so
    that a file of that name is whole, whatever happens on the way. What was
    wrong with the registry before is as wrong with the copy, and is no reason
    to have none.

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
        found = _verified(beside, registry, head)
        # Who may not read the registry may not read its copies either.
        beside.chmod(stat.S_IMODE(registry.stat().st_mode))
        files.give_name(beside, path)
    return found


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


def _verified(beside: Path, registry: Path, head: str) -> Verification:
    """What is found in a copy with the head of the original."""
    connection = connect(beside, readonly=True)
    try:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise RegistryCorruptError(str(registry), said)
        if _head(connection) != head:
            raise RegistryCorruptError(str(registry), "a copy has another head than the original")
        if schema.pending(connection, str(registry)):
            return Verification(head=head, entries=0, problems=(), notes=(OLDER,))
        return verify(connection)
    finally:
        connection.close()


def _head(connection: sqlite3.Connection) -> str:
    """The head of the log; empty in a registry from before there was one."""
    has_chain = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'seals'").fetchone()
    return chain.head(connection)[1].hex() if has_chain else ""
