"""The cells of events and their bits, worked out anew beside those that stand in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from heritage.problems import Problem
from heritage.store import facts
from heritage.store.conclusions import stale
from heritage.store.facts import bitmaps, counts
from heritage.store.verify.faults import REBUILD, bounded, quoted, row

_COLUMNS = f"{facts.CELL}, earliest, latest"


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Events in another cell than their facts say, and cells or bits that are wrong."""
    facts.place_anew(connection, stale.find(connection))
    yield from _of_tables(connection)
    wrong = [*bounded(_misplaced(connection)), *bounded(_miscounted(connection))]
    yield from wrong
    if not wrong:  # what follows from wrong cells would be named twice
        yield from bounded(_misread(connection))
        yield from bounded(_misdated(connection))


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


def _of_tables(connection: sqlite3.Connection) -> Iterator[Problem]:
    counted = dict(connection.execute(counts.ROWS).fetchall())
    found = counts.rows_of(connection)
    for table, n in counted.items():
        if found.get(table) != n:
            message = f"the count says {quoted(found.get(table))}; there are {n} rows"
            yield row("derived-altered", "_counts", table, message, "n", do=REBUILD)


def _misread(connection: sqlite3.Connection) -> Iterator[Problem]:
    wanted = bitmaps.wanted(connection)
    found = connection.execute("SELECT facet, code, part, bits FROM main._event_bits")
    for facet, code, part, bits in found:
        if wanted.pop((facet, code, part), None) != bits:
            yield _of_bits(facet, code, part, "the bits are not those of the cells")
    for place in sorted(wanted):
        yield _of_bits(*place, "the bits of the cells are missing")


def _of_bits(facet: str, code: str, part: int, message: str) -> Problem:
    key = f"{facet}/{quoted(code)}/{part}"
    return row("derived-altered", "_event_bits", key, message, "bits", do=REBUILD)


def _misdated(connection: sqlite3.Connection) -> Iterator[Problem]:
    found = "SELECT first, last, status, n FROM main._event_years"
    for one, other, what in (
        (found, bitmaps.SUMS, "is not the sum of the cells"),
        (bitmaps.SUMS, found, "is the sum of the cells, and is missing"),
    ):
        sql = f"SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other})"
        for first, *values in connection.execute(sql):
            message = f"the sum ({', '.join(map(quoted, values))}) {what}"
            yield row("derived-altered", "_event_years", first, message, "n", do=REBUILD)
