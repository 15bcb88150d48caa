"""The log to a chain of hashes, which anyone can compute again.

Each entry is bound to all before it, to the change that it belongs to and to
its own content; a random salt goes with every content and with every change,
so that what was erased cannot be guessed from what is left. The encoding is
told for outsiders in docs/explanation/tamper-evidence.md, with a program.

    text(x)    = the bytes of x in UTF-8: their count, ":", the bytes, ","; of null "-"
    content(e) = sha256(salt, text of kind, record, version, table_name, row_key, op,
                        before, after)
    header(c)  = sha256(salt, text of id, at, by, why, origin, dataset)
    hash(0)    = 32 zero bytes
    hash(n)    = sha256(hash(n-1), text of seq, change; header of the change, content)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256

import attrs

START = bytes(32)
"""The hash before the first entry."""

CONTENT = ("kind", "record", "version", "table_name", "row_key", "op", "before", "after")
HEADER = ("id", "at", "by", "why", "origin", "dataset")


def encoded(columns: Iterable[str], row: str) -> str:
    """SQL for the encoding of some columns of a row, as bytes."""
    texts = (
        f"coalesce(length(CAST({row}.{column} AS BLOB)) || ':' || {row}.{column} || ',', '-')"
        for column in columns
    )
    return f"CAST({' || '.join(texts)} AS BLOB)"


def encode(*values: str | int | None) -> bytes:
    """The same encoding of values at hand."""
    parts = []
    for value in values:
        if value is None:
            parts.append(b"-")
        else:
            text = str(value).encode()
            parts.append(b"%d:%s," % (len(text), text))
    return b"".join(parts)


def commitment(salt: bytes, content: bytes) -> bytes:
    """What stands in the chain for a content: a hash that tells nothing without the salt."""
    return sha256(salt + content).digest()


def link(previous: bytes, seq: int, change: int, header: bytes, content: bytes) -> bytes:
    """The hash of an entry, from that of the entry before it."""
    one, other = b"%d" % seq, b"%d" % change
    numbers = b"%d:%b,%d:%b," % (len(one), one, len(other), other)
    return sha256(previous + numbers + header + content).digest()


@attrs.frozen
class Link:
    """One entry of the log as the chain sees it."""

    seq: int
    change: int
    content: bytes
    """The commitment to its content, or to what it was before it was erased."""
    hash: bytes


HEADERS = 10_000
"""Commitments to changes that are remembered: entries of one change stand together."""


class Headers:
    """The commitments to changes, each read once as a rule."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = f"SELECT salt, {encoded(HEADER, 'c')} FROM changes c WHERE id = ?"
        self._erased = erased_of(connection, "change")
        self._known: dict[int, bytes] = {}

    def of(self, change: int) -> bytes:
        """The commitment to a change; zeros where it is missing."""
        found = self._known.get(change) or self._erased.get(change)
        if found is None:
            row = self._connection.execute(self._sql, (change,)).fetchone()
            found = START if row is None else commitment(*row)
            if len(self._known) >= HEADERS:
                self._known.clear()
            self._known[change] = found
        return found


def erased_of(connection: sqlite3.Connection, what: str) -> dict[int, bytes]:
    """The commitments to what was erased since, by number."""
    return dict(connection.execute("SELECT number, digest FROM erased WHERE what = ?", (what,)))


def contents(connection: sqlite3.Connection, after: int) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Of every entry after one: seq, change, salt and encoded content, in order."""
    yield from connection.execute(
        f"SELECT seq, change, salt, {encoded(CONTENT, 'h')} FROM history h WHERE seq > ?"
        " ORDER BY seq",
        (after,),
    )


def links(connection: sqlite3.Connection, after: int, previous: bytes) -> Iterator[Link]:
    """The chain of the entries after one, worked out from the log."""
    headers = Headers(connection)
    erased = erased_of(connection, "entry")
    for seq, change, salt, plain in contents(connection, after):
        content = erased.get(seq) or commitment(salt, plain)
        previous = link(previous, seq, change, headers.of(change), content)
        yield Link(seq, change, content, previous)


def newest(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """The last sealed entry and its hash: the head of the chain as it is stored."""
    row = connection.execute("SELECT seq, hash FROM seals ORDER BY seq DESC LIMIT 1").fetchone()
    return (0, START) if row is None else (row[0], row[1])


def head(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """The last entry and its hash, whether or not it is sealed yet."""
    seq, found = newest(connection)
    for each in links(connection, seq, found):
        seq, found = each.seq, each.hash
    return seq, found


def seal(connection: sqlite3.Connection) -> None:
    """Write the hashes of the entries that have none, whichever program made them.

    In one statement that calls back for each entry: a load waits for this, and
    rows that go to Python and back take twice the time.
    """
    seq, previous = newest(connection)
    headers = Headers(connection)
    unsealed = "SELECT DISTINCT change FROM history WHERE seq > ?"
    known = {id: headers.of(id) for (id,) in connection.execute(unsealed, (seq,)).fetchall()}

    def linked(seq: int, change: int, salt: bytes, plain: bytes) -> bytes:
        nonlocal previous
        previous = link(previous, seq, change, known[change], commitment(salt, plain))
        return previous

    connection.create_function("linked", 4, linked)
    connection.execute(
        f"INSERT INTO seals (seq, hash) SELECT seq, linked(seq, change, salt,"
        f" {encoded(CONTENT, 'h')}) FROM history h WHERE seq > ? ORDER BY seq",
        (seq,),
    )
    connection.create_function("linked", 4, None)
