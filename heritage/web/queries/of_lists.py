"""Filters to sites and sources, and ids of events to what a list shows of them."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter

import attrs

from heritage.store.facts import counts, is_settled
from heritage.store.facts.bitmaps import codes
from heritage.store.folding import match_expression
from heritage.web.asked import Asked
from heritage.web.queries import Row, one, rows
from heritage.web.queries.boxes import sites_within

EXAMINED = 2_000
"""Sites or sources that are gone through one by one, at most."""


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


@attrs.frozen(kw_only=True)
class Listed:
    """A page of a list, and how long the list is."""

    rows: list[Row]
    total: int
    is_least: bool = False
    """Whether there are more than were gone through."""
    of: dict[str, dict[str, int]] = attrs.field(factory=dict)
    """By filter, the number for each of its values, all other filters being kept."""


_SITE = "s.id, s.name, s.kind, s.countries, s.part_of, s.longitude, s.latitude, s.precision_m"


def sites(connection: sqlite3.Connection, asked: Asked, limit: int, offset: int) -> Listed:
    """Sites that pass, in the order of their names."""
    # Lists that were made before do not have what another program has written since.
    if asked.q or asked.within or not is_settled(connection):
        return _sites_examined(connection, asked, limit, offset)
    chosen = {"country": asked.country, "register": asked.register}
    found = rows(
        connection,
        f"""SELECT {_SITE} FROM (SELECT name, site FROM _site_lists
            WHERE country = :country AND register = :register
            ORDER BY name, site LIMIT :limit OFFSET :offset) l
        CROSS JOIN sites s ON s.id = l.site ORDER BY l.name, l.site""",
        **chosen,
        limit=limit,
        offset=offset,
    )
    sums = "SELECT country AS country, register AS register, n FROM _site_counts"
    total = one(connection, f"{sums} WHERE country = :country AND register = :register", **chosen)
    of = {}
    for name, other in (("country", "register"), ("register", "country")):
        sql = f"{sums} WHERE {other} = :{other} AND {name} <> '' ORDER BY n DESC, {name}"
        of[name] = {row[name]: row["n"] for row in rows(connection, sql, **{other: chosen[other]})}
    return Listed(rows=found, total=total["n"] if total else 0, of=of)


def _sites_examined(
    connection: sqlite3.Connection, asked: Asked, limit: int, offset: int
) -> Listed:
    where, values, is_cut = ["1"], {}, False
    if asked.within:
        ids, is_cut = sites_within(connection, asked.within)
        values["within"] = json.dumps(ids)
        where.append("s.id IN (SELECT value FROM json_each(:within))")
    if asked.q:
        values["match"] = match_expression(asked.q) or '""'
        where.append(
            """s.rowid IN (SELECT rowid FROM sites_fts WHERE sites_fts MATCH :match
            LIMIT :most)"""
        )
    examined = rows(
        connection,
        f"""SELECT {_SITE}, (SELECT json_group_array(l.register) FROM listings l
                WHERE l.site = s.id) AS registers
        FROM sites s WHERE {" AND ".join(where)} LIMIT :most""",
        **values,
        most=EXAMINED + 1,
    )
    is_least = is_cut or len(examined) > EXAMINED or _is_cut(connection, "sites", values)
    filters = {"country": asked.country, "register": asked.register}
    passing, counted = [], {name: Counter[str]() for name in filters}
    for row in examined[:EXAMINED]:
        of = {"country": codes(row["countries"]), "register": codes(row.pop("registers"))}
        failed = [name for name, code in filters.items() if code and code not in of[name]]
        if not failed:
            passing.append(row)
        for name in filters if not failed else failed[:1] if len(failed) == 1 else ():
            counted[name].update(of[name])
    passing.sort(key=lambda row: (row["name"] or "", row["id"]))
    return Listed(
        rows=passing[offset : offset + limit],
        total=len(passing),
        is_least=is_least,
        of={name: _ordered(found) for name, found in counted.items()},
    )


def _is_cut(connection: sqlite3.Connection, table: str, values: Row) -> bool:
    """Whether words are found in more rows than are gone through."""
    if "match" not in values:
        return False
    sql = f"SELECT 1 FROM {table}_fts WHERE {table}_fts MATCH :match LIMIT 1 OFFSET {EXAMINED}"
    return connection.execute(sql, {"match": values["match"]}).fetchone() is not None


def _ordered(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))


def sources(connection: sqlite3.Connection, asked: Asked, limit: int, offset: int) -> Listed:
    """Sources that pass, in the order of their titles."""
    columns = "o.id, o.title, o.publisher, o.published, o.kind"
    ordered = "ORDER BY o.title, o.id LIMIT :limit OFFSET :offset"
    bounds = {"limit": limit, "offset": offset}
    if not asked.q and asked.during is None:
        found = rows(connection, f"SELECT {columns} FROM sources o {ordered}", **bounds)
        return Listed(rows=found, total=counts.rows_of(connection)["sources"])
    where, values = ["1"], {}
    if asked.q:
        values["match"] = match_expression(asked.q) or '""'
        where.append(
            """o.rowid IN (SELECT rowid FROM sources_fts WHERE sources_fts MATCH :match
            LIMIT :most)"""
        )
    if asked.during is not None:
        values["from"] = asked.during.earliest_key or ""
        values["to"] = asked.during.latest_key or "~"
        where.append(
            """o.published IS NOT NULL AND coalesce(o.published_earliest, '') <= :to
            AND coalesce(o.published_latest, '~') >= :from"""
        )
    sql = f"SELECT {columns} FROM sources o WHERE {' AND '.join(where)} LIMIT :most"
    examined = rows(connection, sql, **values, most=EXAMINED + 1)
    passing = sorted(examined[:EXAMINED], key=lambda row: (row["title"] or "", row["id"]))
    return Listed(
        rows=passing[offset : offset + limit],
        total=len(passing),
        is_least=len(examined) > EXAMINED or _is_cut(connection, "sources", values),
    )
