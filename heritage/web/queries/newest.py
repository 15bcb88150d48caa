"""Sets of cells to their events: those of the newest dates first and the undated last.

Whatever passes, a bounded number of events is looked at: a year in which few
pass is gathered from its cells, one in which many do is walked through.
"""

from __future__ import annotations

import json
import sqlite3

from heritage.web.queries.cells import Cells, as_bytes, has, numbers

GATHERED = 500
"""Events of cells that are read and put in order at once."""

STEPS = 20_000
"""Undated events that are walked through before their cells are asked one by one."""

_WALK = """SELECT event, cell FROM _event_facts WHERE latest <> '' AND {}
    ORDER BY earliest DESC, latest DESC, event DESC"""


def newest(cells: Cells, passing: int, limit: int, offset: int) -> list[str]:
    """Ids of the events of some cells."""
    dated = passing & cells.dated
    count = cells.count(dated)
    found = _dated(cells, dated, min(count, offset + limit))[offset:] if offset < count else []
    start = max(0, offset - count)
    rest = limit - len(found)
    if rest > 0 and passing & ~dated:
        found += _undated(cells, passing & ~dated, start + rest)[start:]
    return found


def _dated(cells: Cells, passing: int, wanted: int) -> list[str]:
    if cells.count(passing) <= GATHERED:
        return _gathered(cells.connection, passing)[:wanted]
    found: list[str] = []
    years = cells.years()
    for first in dict.fromkeys(first for first, _ in years):
        some = passing & cells.of_years([each for each in years if each[0] == first])
        if not some:
            continue
        if cells.count(some) <= GATHERED:
            found += _gathered(cells.connection, some)
        else:
            found += _walked(cells.connection, some, first, wanted - len(found))
        if len(found) >= wanted:
            break
    return found[:wanted]


def _gathered(connection: sqlite3.Connection, cells: int) -> list[str]:
    sql = """SELECT f.event, f.earliest, f.latest FROM json_each(?) j
        CROSS JOIN _event_facts f ON f.cell = j.value"""
    found = connection.execute(sql, (json.dumps([*numbers(cells)]),)).fetchall()
    found.sort(key=lambda row: (row[1], row[2], row[0]), reverse=True)
    return [event for event, _, _ in found]


def _walked(connection: sqlite3.Connection, cells: int, first: str, wanted: int) -> list[str]:
    """Events of a first year, until enough of them are of the cells."""
    # A day is the year with its month and day, and `.` comes right after their hyphen.
    span = "earliest >= ? AND earliest < ?" if first else "earliest = ''"
    bits, found = as_bytes(cells), []
    values = (f"{first}-", f"{first}.") if first else ()
    for event, cell in connection.execute(_WALK.format(span), values):
        if has(bits, cell):
            found.append(event)
            if len(found) >= wanted:
                break
    return found


def _undated(cells: Cells, passing: int, wanted: int) -> list[str]:
    bits, found = as_bytes(passing), []
    sql = f"SELECT event, cell FROM _event_facts ORDER BY event DESC LIMIT {STEPS}"
    # Where all are of one kind, the last ids are at hand; else each cell tells its own last.
    if cells.count(passing) * 4 >= cells.count(cells.all):
        for event, cell in cells.connection.execute(sql):
            if has(bits, cell):
                found.append(event)
                if len(found) >= wanted:
                    return found
    sql = "SELECT event FROM _event_facts WHERE cell = ? ORDER BY earliest DESC, latest DESC,"
    found = []
    for cell in numbers(passing):
        of_cell = cells.connection.execute(f"{sql} event DESC LIMIT ?", (cell, wanted))
        found += [event for (event,) in of_cell]
    return sorted(found, reverse=True)[:wanted]
