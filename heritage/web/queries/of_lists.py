"""Filters to events: which they are, and how many of what.

Counts are sums over the cells of `heritage.store.facts`. Where words, a box or
part of a year narrow the list, events are gone through one by one, a bounded
number of them; a count that reached the bound says so.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs

from heritage.dates import FuzzyDate
from heritage.store.folding import match_expression
from heritage.web.asked import Asked, Box
from heritage.web.queries import Row, rows

EXAMINED = 5_000
"""Events that are gone through one by one, at most."""

DIMENSIONS = {
    "country": "countries",
    "register": "registers",
    "cause": "causes",
    "severity": "severities",
}
"""Filters that a list of codes in a cell decides, with its column."""

FACETS = (*DIMENSIONS, "status")

Condition = tuple[str, dict[str, Any]]


@attrs.frozen(kw_only=True)
class Counts:
    """How many events there are, and of what."""

    total: int
    is_least: bool
    """Whether there are more than were gone through."""
    of: dict[str, dict[str, int]]
    """By filter, the number for each of its values, all other filters being kept."""


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


def _cell_conditions(asked: Asked, leaving: str = "") -> Condition:
    """SQL on a cell `c`: whether its events pass, one filter left aside."""
    sql, values = ["1"], {}
    for name, column in DIMENSIONS.items():
        value = getattr(asked, name)
        if value and name != leaving:
            sql.append(f"instr(c.{column}, :{name})")
            values[name] = json.dumps(value, ensure_ascii=False)
    if asked.status and leaving != "status":
        if asked.status == "undated":
            sql.append("c.last = ''")
        else:
            sql.append("c.status = :status AND c.last <> ''")
            values["status"] = asked.status
    if asked.during is not None:
        first, last = _keys(asked.during)
        sql.append("c.first <= :last_year AND c.last >= :first_year AND c.last <> ''")
        values |= {"first_year": _year(first), "last_year": _year(last)}
    return " AND ".join(sql), values


def _places(box: Box) -> Condition:
    """SQL for the sites within a box, with the parts that have no position of their own."""
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    values = {"south": south, "north": north}
    pieces = []
    for number, (left, right) in enumerate(spans):
        values |= {f"west{number}": left, f"east{number}": right}
        pieces.append(
            f"""SELECT s.id FROM places p JOIN sites s ON s.rowid = p.id
            WHERE p.east >= :west{number} AND p.west <= :east{number}
            AND p.north >= :south AND p.south <= :north
            AND (s.geometry IS NOT NULL OR (s.longitude BETWEEN :west{number} AND :east{number}
                AND s.latitude BETWEEN :south AND :north))"""
        )
    own = " UNION ".join(pieces)
    return (
        f"""SELECT id FROM ({own}) UNION SELECT a.site FROM ({own}) w
        JOIN _site_ancestors a ON a.ancestor = w.id
        JOIN sites t ON t.id = a.site AND t.longitude IS NULL""",
        values,
    )


def _narrow(asked: Asked) -> Condition:
    """SQL for events `f` with their cells `c`, found through whatever narrows them most."""
    values: dict[str, Any] = {}
    joined, where = "_event_cells c JOIN _event_facts f ON f.cell = c.id", ["1"]
    through = ""
    if asked.within:
        places, values = _places(asked.within)
        through = f"SELECT DISTINCT x.event FROM event_sites x WHERE x.site IN ({places})"
    if asked.q:
        values["match"] = match_expression(asked.q)
        found = f"SELECT rowid FROM events_fts WHERE events_fts MATCH :match LIMIT {EXAMINED * 2}"
        words = f"SELECT e.id AS event FROM ({found}) h CROSS JOIN events e ON e.rowid = h.rowid"
        where += [f"f.event IN ({through})"] if through else []
        through = words
    if through:
        joined = f"""({through}) t CROSS JOIN _event_facts f ON f.event = t.event
            CROSS JOIN _event_cells c ON c.id = f.cell"""
    if asked.during is not None:
        values["from"], values["to"] = _keys(asked.during)
        where.append("f.earliest <= :to AND f.latest >= :from AND f.latest <> ''")
    return f"{joined} WHERE {' AND '.join(where)}", values


def counts(connection: sqlite3.Connection, asked: Asked) -> Counts:
    """How many events pass, and how many would with another value of each filter."""
    if asked.q and not match_expression(asked.q):
        return Counts(total=0, is_least=False, of={name: {} for name in FACETS})
    groups = _groups_examined if is_narrow(asked) else _groups
    passing = groups(connection, asked, "")
    total = sum(n for _, n in passing["status"])
    is_least = total > EXAMINED and is_narrow(asked)
    given = asked.given()
    found = {}
    for name in FACETS:
        some = groups(connection, asked, name) if name in given else passing
        found[name] = _counted(some[name])
    return Counts(total=min(total, EXAMINED) if is_least else total, is_least=is_least, of=found)


Groups = dict[str, list[tuple[str, int]]]

_CODES = {**DIMENSIONS, "status": "iif(last = '', 'undated', status)"}
_CELL = "c.id, c.countries, c.registers, c.causes, c.severities, c.status, c.last"


def _groups(connection: sqlite3.Connection, asked: Asked, leaving: str) -> Groups:
    """By filter, the codes of cells that pass with the number of their events; one is left out."""
    where, values = _cell_conditions(asked, leaving)
    found: Groups = {}
    for name in [leaving] if leaving else FACETS:
        sql = f"SELECT {_CODES[name]}, sum(n) FROM _event_cells c WHERE {where} GROUP BY 1"
        found[name] = [(codes, n) for codes, n in connection.execute(sql, values)]
    return found


def _groups_examined(connection: sqlite3.Connection, asked: Asked, leaving: str) -> Groups:
    """The same, of a bounded number of events that are gone through."""
    where, values = _cell_conditions(asked, leaving)
    joined, narrow = _narrow(asked)
    cells = rows(
        connection,
        f"""SELECT countries, registers, causes, severities,
            {_CODES["status"]} AS firmness, count(*) AS n
        FROM (SELECT {_CELL} FROM {joined} AND {where} LIMIT {EXAMINED + 1}) GROUP BY id""",
        **narrow,
        **values,
    )
    return {
        name: [(cell[DIMENSIONS.get(name, "firmness")], cell["n"]) for cell in cells]
        for name in FACETS
    }


def _counted(groups: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Codes with their numbers, the most frequent first."""
    counted: Counter[str] = Counter()
    for codes, n in groups:
        for code in set(json.loads(codes)) if codes.startswith("[") else {codes}:
            if code:
                counted[code] += n
    return dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))


_NEWEST = "earliest DESC, latest DESC, event DESC"


def ids(connection: sqlite3.Connection, asked: Asked, limit: int, offset: int = 0) -> list[str]:
    """The events that pass, those of the newest dates first and the undated last."""
    if asked.q and not match_expression(asked.q):
        return []
    wanted = limit + offset
    if is_narrow(asked):
        joined, narrow = _narrow(asked)
        where, values = _cell_conditions(asked)
        inner = f"SELECT f.* FROM {joined} AND {where} LIMIT {EXAMINED}"
        sql = f"SELECT event FROM ({inner}) ORDER BY {_NEWEST} LIMIT {limit} OFFSET {offset}"
        return [id for (id,) in connection.execute(sql, narrow | values)]
    cells = _newest_cells(connection, asked, wanted)
    many = "SELECT event, earliest, latest FROM _event_facts WHERE cell = ?"
    found: list[tuple[str, str, str]] = []
    for cell in cells:
        found += connection.execute(f"{many} ORDER BY {_NEWEST} LIMIT {wanted}", (cell,)).fetchall()
    found.sort(key=lambda row: (row[1], row[2], row[0]), reverse=True)
    return [event for event, _, _ in found[offset:wanted]]


def _newest_cells(connection: sqlite3.Connection, asked: Asked, wanted: int) -> list[int]:
    """Cells that pass, until they hold enough events of whole years."""
    where, values = _cell_conditions(asked)
    sql = f"SELECT id, first, n FROM _event_cells c WHERE {where} ORDER BY first DESC, last DESC"
    cells: list[int] = []
    held, year = 0, None
    for id, first, n in connection.execute(sql, values):
        if held >= wanted and (first != year or held > EXAMINED):
            break
        cells.append(id)
        held, year = held + n, first
    return cells


def years(connection: sqlite3.Connection, asked: Asked) -> list[Row]:
    """Cells that pass, added up by their years: first, last, status and number."""
    where, values = _cell_conditions(asked)
    return rows(
        connection,
        f"""SELECT first, last, status, sum(n) AS n FROM _event_cells c
        WHERE {where} AND last <> '' GROUP BY first, last, status""",
        **values,
    )


def described(connection: sqlite3.Connection, found: list[str]) -> list[Row]:
    """Events with what is concluded of date, cause and severity, and where they were."""
    marks = ", ".join("?" * len(found))
    events: dict[str, Row] = {}
    for id, label, countries, earliest, latest, status in connection.execute(
        f"""SELECT e.id, e.label, c.countries, f.earliest, f.latest, c.status FROM events e
        JOIN _event_facts f ON f.event = e.id JOIN _event_cells c ON c.id = f.cell
        WHERE e.id IN ({marks})""",
        found,
    ):
        told = {"earliest": earliest or None, "latest": latest.strip("~") or None}
        events[id] = {"id": id, "label": label, "countries": countries, **told,
                      "status": status or None, "date": None, "cause": None,
                      "severities": [], "sites": []}  # fmt: skip
    for subject, property, site, value in connection.execute(
        f"""SELECT subject, property, site, value FROM conclusions WHERE subject IN ({marks})
        AND property IN ('date', 'cause', 'severity') AND value IS NOT NULL""",
        found,
    ):
        if property == "severity":
            events[subject]["severities"].append(value)
        elif site == "":
            events[subject][property] = value
    for event, *place in connection.execute(
        f"""SELECT x.event, s.id, s.name, s.part_of, s.longitude, s.latitude, s.precision_m
        FROM event_sites x JOIN sites s ON s.id = x.site WHERE x.event IN ({marks})""",
        found,
    ):
        names = ("id", "name", "part_of", "longitude", "latitude", "precision_m")
        events[event]["sites"].append(dict(zip(names, place, strict=True)))
    _at_wholes(connection, [site for event in events.values() for site in event["sites"]])
    return [events[id] for id in found if id in events]


def _at_wholes(connection: sqlite3.Connection, sites: list[Row]) -> None:
    """Give sites without a position that of the whole, saying of which: `placed_at`."""
    for site in sites:
        site["placed_at"] = site["id"] if site["longitude"] is not None else None
    missing = sorted({s["id"] for s in sites if s["longitude"] is None and s["part_of"]})
    marks = ", ".join("?" * len(missing))
    known = {}
    for id, *place in connection.execute(
        f"""SELECT a.site, s.id, s.longitude, s.latitude, s.precision_m FROM _site_ancestors a
        JOIN sites s ON s.id = a.ancestor AND s.longitude IS NOT NULL
        WHERE a.site IN ({marks}) ORDER BY a.site,
        (SELECT count(*) FROM _site_ancestors b WHERE b.site = s.id)""",
        missing,
    ):
        known[id] = place  # the nearest whole comes last
    for site in sites:
        if site["placed_at"] is None and site["id"] in known:
            names = ("placed_at", "longitude", "latitude", "precision_m")
            site.update(zip(names, known[site["id"]], strict=True))


def sites(connection: sqlite3.Connection, asked: Asked) -> list[Row]:
    """Sites that pass, a bounded number of them, in order of their names."""
    where, values = ["1"], {}
    if asked.country:
        where.append("s.id IN (SELECT site FROM _site_countries WHERE country = :country)")
        values["country"] = asked.country
    if asked.register:
        where.append("EXISTS (SELECT 1 FROM listings l WHERE l.site = s.id"
                     " AND l.register = :register)")  # fmt: skip
        values["register"] = asked.register
    if asked.within:
        places, more = _places(asked.within)
        where.append(f"s.id IN ({places})")
        values |= more
    if asked.q:
        values["match"] = match_expression(asked.q) or '""'
        where.append(
            f"""s.rowid IN (SELECT rowid FROM sites_fts WHERE sites_fts MATCH :match
            LIMIT {EXAMINED * 2})"""
        )
    return rows(
        connection,
        f"""SELECT * FROM (SELECT s.id, s.name, s.kind, s.countries, s.part_of, s.longitude,
            s.latitude, s.precision_m FROM sites s WHERE {" AND ".join(where)} LIMIT {EXAMINED + 1})
        ORDER BY name, id""",
        **values,
    )


def sources(connection: sqlite3.Connection, asked: Asked) -> list[Row]:
    """Sources that pass, a bounded number of them, in order of their titles."""
    where, values = ["1"], {}
    if asked.q:
        values["match"] = match_expression(asked.q) or '""'
        where.append(
            f"""o.rowid IN (SELECT rowid FROM sources_fts WHERE sources_fts MATCH :match
            LIMIT {EXAMINED * 2})"""
        )
    if asked.during is not None:
        values["from"], values["to"] = _keys(asked.during)
        where.append(
            """o.published IS NOT NULL AND coalesce(o.published_earliest, '') <= :to
            AND coalesce(o.published_latest, '~') >= :from"""
        )
    return rows(
        connection,
        f"""SELECT * FROM (SELECT o.id, o.title, o.publisher, o.published, o.kind FROM sources o
            WHERE {" AND ".join(where)} LIMIT {EXAMINED + 1}) ORDER BY title, id""",
        **values,
    )
