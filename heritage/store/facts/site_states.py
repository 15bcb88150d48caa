"""Rows of facts to the states of sites on a day, reading only those that decide.

Facts that were surely over by a day follow each other in the order in which
they were over, and what a look saw or a work made is all that counts of what
was before it; so of those with the same effect only the last can matter. Of
those that may have been over, what the first adds, the others cannot take
away, and an event adds the most where it comes last. A state on a day is
therefore that of a history of the last sure fact, and of the first and the last
doubtful one, of each shape: few, however many there are.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import attrs

from heritage.dates import FuzzyDate
from heritage.judge import Fact, StateOn, history_from, state_alone, state_on
from heritage.store.facts import is_settled
from heritage.store.facts.histories import histories
from heritage.store.facts.site_facts import (
    BOTH_OPEN,
    DAYS,
    EFFECTS,
    FAR,
    FARTHEST,
    OPEN_BEGINNING,
    OPEN_END,
    beginning,
    fact_of,
)

SITES = 100
"""Sites of an event whose looks are asked for."""

COUNTED = 2_000
"""How far facts are counted."""

_ALWAYS = 1 << 60
"""A day after all others."""

KINDS = ("event", "observation", "intervention")

_NEXT = """(SELECT min(f.shape) FROM _site_facts f
    WHERE f.site = {0}.site AND f.kind = {0}.kind AND f.shape > {1})"""
_SHAPES = f"""WITH RECURSIVE wanted(site, kind) AS (
        SELECT given.value, kinds.value FROM json_each(:sites) given, json_each(:kinds) kinds),
    shapes(site, kind, shape) AS (
        SELECT site, kind, {_NEXT.format("wanted", -1)} FROM wanted
        UNION ALL SELECT site, kind, {_NEXT.format("shapes", "shapes.shape")} FROM shapes
        WHERE shape IS NOT NULL),
    extents AS (SELECT site, kind, shape, shape / {EFFECTS} AS extent FROM shapes
        WHERE shape IS NOT NULL),
    stretches AS (SELECT site, kind, shape,
        iif(extent IN ({BOTH_OPEN}, {OPEN_END}), -:most, :begin) AS sure,
        CASE extent WHEN {BOTH_OPEN} THEN :most WHEN {OPEN_BEGINNING} THEN :most
            WHEN {OPEN_END} THEN :end ELSE :end + extent - {DAYS} END AS doubtful
        FROM extents WHERE extent <> {FAR})"""


def _of(stretch: str, order: str) -> str:
    """SQL for one fact of a stretch of those of one shape."""
    return f"""(SELECT json_array(f.id, f.date) FROM _site_facts f WHERE f.site = stretches.site
        AND f.kind = stretches.kind AND f.shape = stretches.shape AND {stretch}
        ORDER BY f.day {order}, f.id {order} LIMIT 1)"""


_DOUBTFUL = "f.day > stretches.sure AND f.day <= stretches.doubtful"
_DECIDING = f"""{_SHAPES}
    SELECT stretches.site, stretches.kind, shape, {_of("f.day <= stretches.sure", "DESC")},
        {_of(_DOUBTFUL, "ASC")}, {_of(_DOUBTFUL, "DESC")} FROM stretches
    UNION ALL SELECT wanted.site, wanted.kind, f.shape, json_array(f.id, f.date), NULL, NULL
    FROM wanted CROSS JOIN _site_facts f ON f.site = wanted.site AND f.kind = wanted.kind
        AND f.shape BETWEEN {FAR * EFFECTS} AND {DAYS * EFFECTS - 1}"""


@attrs.frozen(kw_only=True)
class Standing:
    """How some sites stood on a day, and the latest that is known of them."""

    states: Mapping[str, StateOn]
    """By site; of their facts, those that decide."""
    latest: Mapping[str, Sequence[Fact]]
    """By site, the facts that began last of all of them together."""
    counted: int
    """How many dated facts there are, counted to a bound."""


def standing(
    connection: sqlite3.Connection, sites: Sequence[str], date: FuzzyDate, limit: int
) -> Standing:
    """How some sites stood on a date, and what is known of them.

    Args:
        connection: A registry.
        sites: Their ids.
        date: A day, or a longer date throughout which they stood so.
        limit: How many facts are wanted, the latest.
    """
    if is_settled(connection):
        with_facts = _with_facts(connection, sites)
        deciding = _deciding(connection, with_facts, date)
        return Standing(
            states={
                site: state_on(history_from(site, deciding.get(site, ())), date) for site in sites
            },
            latest=_latest(connection, with_facts, limit),
            counted=_counted(connection, with_facts),
        )
    # Another program wrote, and nobody settled it yet.
    known = histories(connection, sites)
    found = [
        (first, site, fact)
        for site, history in known.items()
        for fact in history.facts
        if (first := beginning(fact)) is not None
    ]
    found.sort(key=lambda each: -each[0])
    return Standing(
        states={site: state_on(history, date) for site, history in known.items()},
        latest=_by_site(sites, [(site, fact) for _, site, fact in found[:limit]]),
        counted=len(found),
    )


def states(connection: sqlite3.Connection, sites: Sequence[str], date: FuzzyDate) -> dict[str, str]:
    """The states of some sites on a date and nothing else, which is less to read."""
    if not is_settled(connection):
        known = histories(connection, sites)
        return {site: state_alone(history, date) for site, history in known.items()}
    deciding = _deciding(connection, _with_facts(connection, sites), date)
    return {site: state_alone(history_from(site, deciding.get(site, ())), date) for site in sites}


def _with_facts(connection: sqlite3.Connection, sites: Sequence[str]) -> list[str]:
    found = connection.execute(
        "SELECT value FROM json_each(?)"
        " WHERE EXISTS (SELECT 1 FROM _site_facts f WHERE f.site = value)",
        (json.dumps(sites),),
    )
    return [site for (site,) in found]


def _bound(day: int | None, otherwise: int) -> int:
    # Facts that can be compared are nearer than that.
    return otherwise if day is None else min(max(day, -2 * FARTHEST), 2 * FARTHEST)


def _deciding(
    connection: sqlite3.Connection, sites: Collection[str], date: FuzzyDate
) -> dict[str, list[Fact]]:
    """The facts that decide how some sites stood on a date, by site."""
    values = {
        "sites": json.dumps(list(sites)),
        "kinds": json.dumps(KINDS),
        "begin": _bound(date.earliest_day, -_ALWAYS),
        "end": _bound(date.latest_day, _ALWAYS),
        "most": _ALWAYS,
    }
    found: dict[str, list[Fact]] = {}
    for site, kind, shape, *picked in connection.execute(_DECIDING, values) if sites else ():
        for text in dict.fromkeys(each for each in picked if each is not None):
            found.setdefault(site, []).append(fact_of(kind, shape, *json.loads(text)))
    return found


_Row = tuple[int, str, str, int, str, str]
"""The day on which a fact began, its site, kind, shape, id and date."""


def _latest(
    connection: sqlite3.Connection, sites: Sequence[str], limit: int
) -> dict[str, Sequence[Fact]]:
    """The facts that began last of all at some sites, by site, the earliest first."""
    runs = [_backwards(connection, site, kind) for site in sites for kind in KINDS]
    found = islice(heapq.merge(*runs, key=_from_the_end), limit)
    return _by_site(sites, ((row[1], fact_of(*row[2:])) for row in found))


def _by_site(sites: Sequence[str], found: Iterable[tuple[str, Fact]]) -> dict[str, Sequence[Fact]]:
    """Facts that come the latest first, by site in the order of the sites, the earliest first."""
    groups: dict[str, list[Fact]] = {}
    for site, fact in found:
        groups.setdefault(site, []).append(fact)
    return {site: groups[site][::-1] for site in sites if site in groups}


def _from_the_end(row: _Row) -> int:
    return -row[0]


def _backwards(
    connection: sqlite3.Connection, site: str, kind: str, day: int = _ALWAYS
) -> Iterator[_Row]:
    """The facts at a site that began by a day, the latest first; what is not taken is not read."""
    return connection.execute(
        "SELECT first, site, kind, shape, id, date FROM _site_facts"
        " WHERE site = ? AND kind = ? AND first <= ? ORDER BY first DESC",
        (site, kind, day),
    )


def _forwards(connection: sqlite3.Connection, site: str, kind: str, day: int) -> Iterator[_Row]:
    """The facts at a site that began after a day, the earliest first."""
    return connection.execute(
        "SELECT first, site, kind, shape, id, date FROM _site_facts"
        " WHERE site = ? AND kind = ? AND first > ? ORDER BY first",
        (site, kind, day),
    )


def _counted(connection: sqlite3.Connection, sites: Sequence[str]) -> int:
    counted: int = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM json_each(?) given CROSS JOIN _site_facts f"
        " ON f.site = given.value AND f.first IS NOT NULL LIMIT ?)",
        (json.dumps(list(sites)), COUNTED),
    ).fetchone()[0]
    return counted


def latest_ids(
    connection: sqlite3.Connection, sites: Sequence[str], kind: str, limit: int
) -> list[str]:
    """The ids of the events, looks or works at some sites that began last, the latest first."""
    runs = [_backwards(connection, site, kind) for site in _with_facts(connection, sites)]
    found: dict[str, None] = {}
    for _, _, _, _, id, _ in heapq.merge(*runs, key=_from_the_end):
        found[id] = None
        if len(found) == limit:
            break
    return list(found)


def nearest_looks(connection: sqlite3.Connection, event: str, limit: int) -> list[str]:
    """The ids of the looks at the sites of an event that are nearest to its day, nearest first.

    Of an event without a day they are the latest.
    """
    found = connection.execute(
        "SELECT site FROM event_sites WHERE event = ? LIMIT ?", (event, SITES)
    )
    sites = _with_facts(connection, [site for (site,) in found])
    days = connection.execute(
        "SELECT min(first) FROM _site_facts WHERE id = ? AND kind = 'event'", (event,)
    ).fetchone()
    day = _ALWAYS if days[0] is None else days[0]
    runs = [_backwards(connection, site, "observation", day) for site in sites]
    runs += [_forwards(connection, site, "observation", day) for site in sites]
    near = heapq.merge(*runs, key=lambda each: abs(each[0] - day))
    return [id for _, _, _, _, id, _ in islice(near, limit)]
