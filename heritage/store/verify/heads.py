"""A head that was published to the entry at which the log stood then."""

from __future__ import annotations

import re
import sqlite3

import attrs

from heritage.errors import UsageError
from heritage.problems import Problem
from heritage.store import chain
from heritage.store.verify.faults import whole

FEWEST = 16
"""Hexadecimal digits of a head that have to be given."""


@attrs.frozen(kw_only=True)
class Published:
    """Where in the log a published head stands."""

    seq: int
    """The last entry that the head vouches for; 0 for that of an empty registry."""
    change: int | None
    at: str | None
    """When its change was made."""
    by: str | None
    why: str | None
    since: int
    """How many entries came since."""

    def __str__(self) -> str:
        if self.change is None:
            return f"the head is that of an empty registry; {self.since} entries came since"
        who = f" by {self.by}" if self.by else ""
        came = "no entry" if not self.since else f"{self.since} entries"
        came = "1 entry" if self.since == 1 else came
        return (
            f"the head is that of entry {self.seq}, of change {self.change} of {self.at}{who};"
            f" {came} came since"
        )


def read(head: str) -> str:
    """A head as it was given, in small letters.

    Raises:
        UsageError: It is none.
    """
    text = head.strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{FEWEST},64}}", text):
        raise UsageError(f"{head!r} is no head: {FEWEST} to 64 hexadecimal digits are")
    return text


def find(connection: sqlite3.Connection, head: str) -> Published | None:
    """The entry at which a head stood; None where the chain does not hold it."""
    seq = _sealed(connection, head)
    if seq is None:
        known = [(0, chain.START), *_unsealed(connection)]
        seq = next((seq for seq, found in known if found.hex().startswith(head)), None)
    if seq is None:
        return None
    row = connection.execute(
        "SELECT c.id, c.at, c.by, c.why FROM main.history h JOIN main.changes c ON c.id = h.change"
        " WHERE h.seq = ?",
        (seq,),
    ).fetchone()
    (since,) = connection.execute(
        "SELECT count(*) FROM main.history WHERE seq > ?", (seq,)
    ).fetchone()
    change, at, by, why = row or (None, None, None, None)
    if change is None and seq:
        return None
    return Published(seq=seq, change=change, at=at, by=by, why=why, since=since)


def _sealed(connection: sqlite3.Connection, head: str) -> int | None:
    low = bytes.fromhex(head.ljust(64, "0"))
    high = bytes.fromhex(head.ljust(64, "f"))
    row = connection.execute(
        "SELECT seq FROM main.seals WHERE hash BETWEEN ? AND ? LIMIT 1", (low, high)
    ).fetchone()
    return None if row is None else int(row[0])


def _unsealed(connection: sqlite3.Connection) -> list[tuple[int, bytes]]:
    seq, previous = chain.newest(connection)
    return [(each.seq, each.hash) for each in chain.links(connection, seq, previous)]


def not_found(head: str) -> Problem:
    """The problem that a published head is nowhere in the chain."""
    return whole(
        "head-not-found",
        "seals",
        f"{head} is nowhere in the chain: the log was rewritten since that head was published,"
        " or it is the head of another registry",
        "compare with a copy from the time when the head was published",
    )
