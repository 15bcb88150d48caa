"""Filters to events: which they are, and how many of what.

Counts are exact and come from bits (`heritage.web.queries.cells`). Where words,
a box or part of a year narrow the list, events are gone through one by one, a
bounded number of them; a count that reached the bound says so.
"""

from __future__ import annotations

import json
import sqlite3
from functools import reduce
from operator import and_
from typing import Any

import attrs

from heritage.dates import FuzzyDate
from heritage.store.facts import bitmaps
from heritage.store.folding import match_expression
from heritage.web.asked import Asked
from heritage.web.queries import Row, rows
from heritage.web.queries.boxes import sites_within
from heritage.web.queries.cells import Cells, as_bytes, has
from heritage.web.queries.newest import newest

EXAMINED = 2_000
"""Events that are gone through one by one, at most."""

FACETS = {
    "country": "countries",
    "register": "registers",
    "cause": "causes",
    "severity": "severities",
    "status": bitmaps.STATUS,
}
"""Filters that the cell of an event decides, with the facet of the cell."""


@attrs.frozen(kw_only=True)
class Counts:
    """How many events there are, and of what."""

    total: int
    is_least: bool
    """Whether there are more than were gone through."""
    of: dict[str, dict[str, int]]
    """By filter, the number for each of its values, all other filters being kept."""


@attrs.frozen
class Found:
    """The events that pass some filters: how many, and any page of them."""

    counts: Counts
    _cells: Cells
    _passing: int | list[str]
    """The cells whose events pass; or the events themselves, in order."""

    def ids(self, limit: int, offset: int = 0) -> list[str]:
        """The events that pass, those of the newest dates first and the undated last."""
        if isinstance(self._passing, list):
            return self._passing[offset : offset + limit]
        return newest(self._cells, self._passing, limit, offset)


def find(connection: sqlite3.Connection, asked: Asked) -> Found:
    """The events that pass."""
    cells = Cells.read(connection)
    if is_narrow(asked):
        return _examined(connection, cells, asked)
    during = cells.all
    if asked.during is not None:
        first, last = _keys(asked.during)
        during = cells.within(_year(first), _year(last))
    passing, of = _counted(cells, during, _filters(asked))
    return Found(Counts(total=cells.count(passing), is_least=False, of=of), cells, passing)


def _keys(during: FuzzyDate) -> tuple[str, str]:
    return during.earliest_key or "", during.latest_key or "~"


def _year(key: str) -> str:
    return key[:-6] if len(key) > 6 else key


def is_narrow(asked: Asked) -> bool:
    """Whether cells alone cannot decide which events pass."""
    if asked.q or asked.within:
        return True
    if asked.during is None:
        return False
    first, last = _keys(asked.during)
    return not (first in ("", f"{_year(first)}-01-01") and last in ("~", f"{_year(last)}-12-31"))


def _filters(asked: Asked) -> dict[str, str]:
    """What is asked of cells, years left aside."""
    return {name: getattr(asked, name) for name in FACETS if getattr(asked, name)}


def _counted(
    cells: Cells, among: int, filters: dict[str, str]
) -> tuple[int, dict[str, dict[str, int]]]:
    """The cells that pass, and by filter how many events would with each of its values."""
    chosen = {name: cells.having(FACETS[name], code) for name, code in filters.items()}

    def passing(leaving: str = "") -> int:
        return reduce(and_, (bits for name, bits in chosen.items() if name != leaving), among)

    of = {}
    for name, facet in FACETS.items():
        others = passing(leaving=name)
        of[name] = _ordered(
            {code: cells.count(others & bits) for code, bits in cells.of.get(facet, {}).items()}
        )
    return passing(), of


def _ordered(counted: dict[str, int]) -> dict[str, int]:
    """Codes with their numbers, the most frequent first."""
    found = [(code, n) for code, n in counted.items() if n]
    return dict(sorted(found, key=lambda entry: (-entry[1], entry[0])))


_WORDS = """SELECT e.id AS event
    FROM (SELECT rowid FROM events_fts WHERE events_fts MATCH :match LIMIT :most) h
    CROSS JOIN events e ON e.rowid = h.rowid"""
_WITHIN = """SELECT DISTINCT x.event FROM json_each(:sites) s
    CROSS JOIN event_sites x ON x.site = s.value LIMIT :most"""
_SPANNED = """SELECT event FROM (SELECT event FROM _event_facts WHERE latest <> ''
        AND earliest >= :year AND earliest <= :to AND latest >= :from
        ORDER BY earliest DESC LIMIT :most)
    UNION ALL SELECT * FROM (SELECT f.event
        FROM (SELECT DISTINCT first, last FROM _event_years
            WHERE first < :year AND last >= :year AND last <> '') y
        CROSS JOIN _event_cells c ON c.first = y.first AND c.last = y.last
        CROSS JOIN _event_facts f ON f.cell = c.id LIMIT :most)"""
"""SQL for the events that part of a year may let pass: begun in its year, or before."""


def _candidates(
    connection: sqlite3.Connection, asked: Asked
) -> tuple[str, dict[str, Any], bool] | None:
    """SQL for the `event` of each event that words, a box or a window may let pass.

    Returns:
        The SQL with its values, and whether it leaves some out; None where nothing can pass.
    """
    through, is_cut = _SPANNED, False
    values: dict[str, Any] = {"most": EXAMINED + 1}
    if asked.within:
        ids, is_cut = sites_within(connection, asked.within)
        through, values["sites"] = _WITHIN, json.dumps(ids)
    if asked.q:
        values["match"] = match_expression(asked.q)
        if not values["match"]:
            return None
        through = _WORDS
    if asked.during is not None:
        values["from"], values["to"] = _keys(asked.during)
        values["year"] = _year(values["from"])
    return through, values, is_cut


def _examined(connection: sqlite3.Connection, cells: Cells, asked: Asked) -> Found:
    """What passes of a bounded number of events that are gone through."""
    narrowed = _candidates(connection, asked)
    if narrowed is None:
        return Found(Counts(total=0, is_least=False, of={name: {} for name in FACETS}), cells, [])
    through, values, is_cut = narrowed
    inside, dated = "1", "1"
    if asked.q and asked.within:
        inside = """EXISTS (SELECT 1 FROM event_sites x WHERE x.event = f.event
            AND x.site IN (SELECT value FROM json_each(:sites)))"""
    if asked.during is not None:
        dated = "f.earliest <= :to AND f.latest >= :from AND f.latest <> ''"
    sql = f"""SELECT f.earliest, f.latest, f.event, f.cell, {dated} AND {inside} AS passes
        FROM (SELECT event FROM ({through}) LIMIT :most) t
        CROSS JOIN _event_facts f ON f.event = t.event"""
    examined = connection.execute(sql, values).fetchall()
    some = [row[:4] for row in examined[:EXAMINED] if row[4]]
    held = cells.holding(cell for _, _, _, cell in some)
    passing, of = _counted(held, held.all, _filters(asked))
    bits = as_bytes(passing)
    found = sorted((row for row in some if has(bits, row[3])), reverse=True)
    is_least = is_cut or len(examined) > EXAMINED
    counts = Counts(total=len(found), is_least=is_least, of=of)
    return Found(counts, cells, [event for _, _, event, _ in found])


def years(connection: sqlite3.Connection) -> list[Row]:
    """All dated events, added up by their years: first, last, status and number."""
    return rows(connection, "SELECT first, last, status, n FROM _event_years WHERE last <> ''")


def statuses(connection: sqlite3.Connection) -> dict[str, int]:
    """How many events have a date how firm; those without one are `undated`."""
    sql = """SELECT iif(last = '', 'undated', status) AS status, sum(n) AS n
        FROM _event_years GROUP BY 1"""
    return {row["status"]: row["n"] for row in rows(connection, sql)}
