"""Facts on sites to rows from which the state of a site on a day is read without all of them.

A row holds one dated event, look or work. Its `shape` says what it left or saw
and how many days its date may mean. Facts of one shape at one site are in order
of time, so that those which were surely over by a day, those which may have been
and the last of each are stretches of an index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from heritage.judge import Fact, fact_of_look, fact_of_work
from heritage.judge.windows import date_of
from heritage.model import Intervention, Observation
from heritage.store.read import CHUNK, read_sound

Row = tuple[Any, ...]

COLUMNS: Final = "site, kind, shape, day, id, first, date"

EFFECTS: Final = 32
"""A shape is so many times its extent, and what the fact left or saw."""

BOTH_OPEN: Final = 0
OPEN_BEGINNING: Final = 1
OPEN_END: Final = 2
FAR: Final = 3
DAYS: Final = 4
"""Extents: from here on the number of days between the first and the last, and this."""

FARTHEST: Final = 1 << 40
"""Days before and after which a date is found by reading all that are as far."""

_STATES: Final = ("intact", "restored", "damaged", "destroyed")
_MOVES: Final = 1 << len(_STATES)
LOOKS: Final = ("observation", "intervention")
"""Kinds of records that tell of sites by themselves."""


def row_of(site: str, fact: Fact) -> Row | None:
    """A fact as a row, in the order of `COLUMNS`; None for one that nobody dates."""
    if fact.date is None:
        return None
    first, last = fact.date.earliest_day, fact.date.latest_day
    if first is None or last is None:
        extent = OPEN_END if last is None else OPEN_BEGINNING
        known = first if first is not None else last
        extent, day = (BOTH_OPEN, 0) if known is None else (extent, known)
    else:
        extent, day = DAYS + last - first, last
    if any(abs(each) > FARTHEST for each in (first, last) if each is not None):
        extent, day = FAR, 0
    effect = sum(1 << _STATES.index(state) for state in fact.states) + fact.moves * _MOVES
    shape = extent * EFFECTS + effect
    return site, fact.kind, shape, day, fact.id, beginning(fact), fact.date.text


def beginning(fact: Fact) -> int | None:
    """The day on which a fact began, as pictures show it; None where neither end is known."""
    ends = (fact.date.earliest_day, fact.date.latest_day) if fact.date else ()
    for day in ends:
        if day is not None:
            return min(max(day, -FARTHEST), FARTHEST)
    return None


def fact_of(kind: str, shape: int, id: str, date: str) -> Fact:
    """The fact of a row."""
    return Fact(
        kind=kind,
        id=id,
        date=date_of(date),
        states=tuple(sorted(state for place, state in enumerate(_STATES) if shape & 1 << place)),
        moves=bool(shape & _MOVES),
    )


def put_events(
    connection: sqlite3.Connection, events: Sequence[str], facts: Iterable[tuple[str, Fact]]
) -> None:
    """Let these be all that some events did to sites.

    Args:
        connection: Within a transaction.
        events: Their ids, or those of subjects that are none.
        facts: Each with its site.
    """
    connection.executemany(
        "DELETE FROM _site_facts WHERE id = ? AND kind = 'event'", ((event,) for event in events)
    )
    _insert(connection, facts)


def bring_up_to_date(connection: sqlite3.Connection, mark: int) -> None:
    """Take in the looks and works that the log touched since an entry; within a transaction."""
    for kind in LOOKS:
        _renew(connection, kind, touched(connection, kind, mark))


def touched(connection: sqlite3.Connection, kind: str, mark: int) -> Iterator[str]:
    """The ids of looks or works of which the log tells since an entry, those of before too."""
    sql = """SELECT record FROM history WHERE seq > :mark AND table_name = :table
        UNION SELECT json_extract(before, '$.id') FROM history
            WHERE seq > :mark AND table_name = :table AND op = 'update'"""
    found = connection.execute(sql, {"mark": mark, "table": f"{kind}s"})
    return (id for (id,) in found if id is not None)


def renew_looks(connection: sqlite3.Connection) -> None:
    """Take in all looks and works anew."""
    connection.execute("DELETE FROM _site_facts WHERE kind <> 'event'")
    for kind in LOOKS:
        ids = connection.execute(f"SELECT id FROM {kind}s")
        _renew(connection, kind, (id for (id,) in ids))


def _renew(connection: sqlite3.Connection, kind: str, ids: Iterable[str]) -> None:
    ids = iter(ids)
    while some := list(islice(ids, CHUNK)):
        connection.executemany(
            "DELETE FROM _site_facts WHERE id = ? AND kind = ?", ((id, kind) for id in some)
        )
        _insert(connection, of_records(connection, kind, some))


def of_records(
    connection: sqlite3.Connection, kind: str, ids: Sequence[str]
) -> list[tuple[str, Fact]]:
    """What some looks or works tell of sites, each with its site."""
    found = []
    for record in read_sound(connection, kind, ids):
        if isinstance(record, Observation):
            look = fact_of_look(record)
            if look is not None:
                found.append((record.site, look))
        elif isinstance(record, Intervention):
            found.append((record.site, fact_of_work(record)))
    return found


def rows_of(facts: Iterable[tuple[str, Fact]]) -> list[Row]:
    """The rows of facts, each with its site; none for those that nobody dates."""
    rows = (row_of(site, fact) for site, fact in facts)
    return [row for row in rows if row is not None]


def _insert(connection: sqlite3.Connection, facts: Iterable[tuple[str, Fact]]) -> None:
    connection.executemany(
        f"INSERT INTO _site_facts ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows_of(facts)
    )
