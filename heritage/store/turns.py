"""A lock that other programs hold to a turn of one's own, the sooner the longer one has waited.

SQLite's own waiting sleeps ever longer, up to a tenth of a second: whoever has
waited long looks seldom, and is passed by whoever comes anew, until the time is
over. Here it is the other way round: a newcomer looks seldom, and whoever has
waited long looks often, and so comes first when the lock is free for a moment.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from heritage.errors import RegistryBusyError

SELDOM, OFTEN = 0.010, 0.000_5
"""Seconds from one look to the next: of a newcomer, and of whoever has waited longest."""

_PATIENCE = 0.0001
"""Seconds waited, times seconds to the next look: what one has of the one, one needs not of
the other."""


def begin(connection: sqlite3.Connection) -> None:
    """Begin to write when the turn has come, waiting for it as long as the connection does.

    Raises:
        sqlite3.OperationalError: Another program wrote for all that time.
    """
    _take(connection, "BEGIN IMMEDIATE", until_next_look)


def commit(connection: sqlite3.Connection) -> None:
    """Commit when all have read what they began to read, waiting as long as the connection does.

    Raises:
        sqlite3.OperationalError: Another program read for all that time; nothing is committed.
    """
    # Everybody waits for who commits, and nobody can come in between: so look often.
    _take(connection, "COMMIT", lambda _: OFTEN)


def _take(connection: sqlite3.Connection, sql: str, pause: Callable[[float], float]) -> None:
    with _looking_once(connection) as wait:
        began = time.monotonic()
        while True:
            try:
                connection.execute(sql)
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - began
                if not is_busy(error) or waited >= wait:
                    raise
            else:
                return
            time.sleep(min(pause(waited), max(wait - waited, 0)))


def until_next_look(waited: float) -> float:
    """Seconds to sleep for one who has waited so many; never twice the same."""
    return max(OFTEN, min(SELDOM, _PATIENCE / (waited + 0.001))) * random.uniform(0.5, 1)  # noqa: S311 - no secret


@contextmanager
def _looking_once(connection: sqlite3.Connection) -> Iterator[float]:
    """A connection that does not wait by itself; the seconds that it would have waited."""
    wait = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        yield wait / 1000
    finally:
        connection.execute(f"PRAGMA busy_timeout = {wait}")


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another program's lock is the reason."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def busy(connection: sqlite3.Connection, path: str) -> RegistryBusyError:
    """What to tell where a statement waited as long as its connection does."""
    wait = connection.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
    return RegistryBusyError(path, f"waited {wait:g} second{'' if wait == 1 else 's'}")
