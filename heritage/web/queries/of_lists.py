"""Filters to sites and sources, and ids of events to what a list shows of them."""

from __future__ import annotations

import json
import sqlite3

from heritage.store.folding import match_expression
from heritage.web.asked import Asked
from heritage.web.queries import Row, rows
from heritage.web.queries.boxes import sites_within

EXAMINED = 5_000
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
        values["within"] = json.dumps(sites_within(connection, asked.within)[0])
        where.append("s.id IN (SELECT value FROM json_each(:within))")
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
        values["from"] = asked.during.earliest_key or ""
        values["to"] = asked.during.latest_key or "~"
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
