"""Edits to one change: what is done inside `registry.change()`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from heritage.errors import UnknownKindError, UsageError
from heritage.model import RECORDS, Record
from heritage.store import read, write
from heritage.store.connection import Connection, plain_faults


def known_kind(kind: str) -> str:
    """The kind itself.

    Raises:
        UnknownKindError: There is no such kind of record.
    """
    if kind not in RECORDS:
        raise UnknownKindError(kind, tuple(RECORDS))
    return kind


class Change:
    """A change in progress: every edit in it is committed together, or none is."""

    def __init__(self, connection: Connection, number: int, path: str) -> None:
        self._connection = connection
        self._path = path
        self._is_open = True
        self.number = number

    def end(self) -> None:
        """Take no more edits."""
        self._is_open = False

    @contextmanager
    def _edit(self) -> Iterator[None]:
        """One edit: a refused one leaves nothing behind, should the block go on after it."""
        if not self._is_open:
            raise UsageError("this change has ended; begin another one")
        with plain_faults(self._path, self._connection):
            if not self._connection.in_transaction:
                # A full disk makes SQLite undo a whole transaction by itself.
                raise UsageError("this change was undone by a fault before; begin another one")
            self._connection.execute("SAVEPOINT edit")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK TO edit")
                    self._connection.execute("RELEASE edit")
                raise
            self._connection.execute("RELEASE edit")

    def put(self, record: Record, *, expect: int | None = None) -> str:
        """Make the registry hold a record; `created`, `changed` or `unchanged`.

        Raises:
            RecordChangedError: It is not at the version `expect`.
        """
        if not isinstance(record, tuple(RECORDS.values())):
            raise UsageError(f"put takes a record such as heritage.Claim, not {record!r:.80}")
        with self._edit():
            return write.put(self._connection, record, expect=expect)

    def amend(
        self, kind: str, id: str, /, *, expect: int | None = None, **fields: object
    ) -> Record:
        """Change some fields of a record; None takes a field away.

        Raises:
            RecordNotFoundError: There is no such record.
            RecordChangedError: It is not at the version `expect`.
            InvalidRecordError: The record would break a rule.
        """
        with self._edit():
            id = read.resolve(self._connection, known_kind(kind), id)
            return write.amend(self._connection, kind, id, fields, expect=expect)

    def retract(self, kind: str, id: str, *, expect: int | None = None) -> None:
        """Take a record out of the registry; its history stays.

        Raises:
            RecordNotFoundError: There is no such record.
            RecordChangedError: It is not at the version `expect`.
            RefusedByDatabaseError: Other records refer to it.
        """
        with self._edit():
            id = read.resolve(self._connection, known_kind(kind), id)
            write.retract(self._connection, kind, id, expect=expect)

    def rename(self, kind: str, id: str, new: str) -> None:
        """Give a record another id; the old one goes on leading to it.

        Raises:
            RecordNotFoundError: There is no such record.
            RefusedByDatabaseError: The new id is taken, or is none.
        """
        with self._edit():
            id = read.resolve(self._connection, known_kind(kind), id)
            write.rename(self._connection, kind, id, new)
