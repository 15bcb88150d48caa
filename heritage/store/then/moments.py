"""Moments to the changes that were the newest then."""

from __future__ import annotations

import sqlite3

from heritage.dates.moment import Moment
from heritage.errors import RecordNotFoundError


def newest_change(connection: sqlite3.Connection) -> int:
    """The number of the newest change; 0 where there is none."""
    return int(connection.execute("SELECT max(id) FROM changes").fetchone()[0] or 0)


def change_at(connection: sqlite3.Connection, moment: Moment) -> int:
    """The number of the newest change at a moment; 0 before the first.

    Raises:
        RecordNotFoundError: The moment names a change that there is not.
    """
    if moment.at is None:
        if (
            moment.change
            and not connection.execute(
                "SELECT 1 FROM changes WHERE id = ?", (moment.change,)
            ).fetchone()
        ):
            raise RecordNotFoundError("change", str(moment.change))
        return moment.change or 0
    # Other programs may write more or fewer digits after the second than this
    # package, so changes of the same second are compared digit by digit.
    second = f"{moment.at.replace(tzinfo=None):%Y-%m-%dT%H:%M:%S}".rjust(19, "0")
    before = connection.execute(
        "SELECT id FROM changes WHERE at < ? ORDER BY at DESC, id DESC LIMIT 1", (second,)
    ).fetchone()
    same = connection.execute(
        "SELECT id, at FROM changes WHERE at >= ? AND at < ? ORDER BY id", (second, f"{second}~")
    )
    digits = f"{moment.at.microsecond:06d}"
    until = [id for id, at in same if at[20:].rstrip("Z").ljust(6, "0") <= digits]
    return int(max([*(before or ()), *until], default=0))


def last_entry(connection: sqlite3.Connection, change: int) -> int:
    """The last entry of the log until the end of a change; 0 where there is none."""
    found = connection.execute(
        "SELECT seq FROM history WHERE change <= ? ORDER BY change DESC, seq DESC LIMIT 1",
        (change,),
    ).fetchone()
    return 0 if found is None else int(found[0])
