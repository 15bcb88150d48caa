"""The cells of events, worked out anew beside those that stand in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from heritage.problems import Problem
from heritage.store import conclusions, facts
from heritage.store.verify.faults import REBUILD, bounded, quoted, row

_COLUMNS = f"{facts.CELL}, earliest, latest"


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Events in another cell than their facts say, and cells that are counted wrongly."""
    facts.place_anew(connection, conclusions.touched(connection))
    yield from bounded(_misplaced(connection))
    yield from bounded(_miscounted(connection))


def _misplaced(connection: sqlite3.Connection) -> Iterator[Problem]:
    cell = ", ".join(f"c.{name}" for name in facts.CELL.split(", "))
    found = (
        f"SELECT f.event, {cell}, f.earliest, f.latest FROM main._event_facts f"
        " LEFT JOIN main._event_cells c ON c.id = f.cell"
        " WHERE f.event NOT IN (SELECT event FROM temp._waiting)"
    )
    wanted = f"SELECT event, {_COLUMNS} FROM temp._facts"
    for one, other, what in (
        (found, wanted, "does not follow from its conclusions, sites and registers"),
        (wanted, found, "follows from its conclusions, sites and registers, and is missing"),
    ):
        for event, *values in connection.execute(f"{one} EXCEPT {other}"):
            message = f"the place ({', '.join(map(quoted, values))}) {what}"
            yield row("derived-altered", "_event_facts", event, message, do=REBUILD)


def _miscounted(connection: sqlite3.Connection) -> Iterator[Problem]:
    for id, n, count in connection.execute(
        "SELECT c.id, c.n, count(f.event) FROM main._event_cells c"
        " LEFT JOIN main._event_facts f ON f.cell = c.id GROUP BY c.id"
        " HAVING c.n <> count(f.event) OR c.n = 0"
    ):
        message = f"n is {n}; {count} events are in this cell"
        yield row("derived-altered", "_event_cells", id, message, "n", do=REBUILD)
