"""Ids and properties to values: columns that a spreadsheet of matched names can take over."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import attrs

Plain = dict[str, Any]

VALUES = 20
"""Values of one property of one record."""


@attrs.frozen
class Property:
    """Something that can be asked of a record, with SQL on its `:id` for each kind that has it."""

    name: str
    sql: Mapping[str, str]


def _concluded(property: str) -> str:
    return (
        "SELECT DISTINCT value FROM conclusions WHERE subject = :id"
        f" AND property = '{property}' AND value IS NOT NULL"
    )


PROPERTIES = {
    "country": Property(
        "Country",
        {"site": "SELECT country FROM _site_countries WHERE site = :id",
         "event": "SELECT DISTINCT c.country FROM event_sites x JOIN _site_countries c"
         " ON c.site = x.site WHERE x.event = :id"},
    ),
    "name": Property("Every name", {"site": "SELECT text FROM names WHERE site = :id"}),
    "name_ar": Property(
        "Name in Arabic", {"site": "SELECT text FROM names WHERE site = :id AND language = 'ar'"}
    ),
    "kind": Property(
        "Kind",
        {"site": "SELECT kind FROM sites WHERE id = :id",
         "source": "SELECT kind FROM sources WHERE id = :id"},
    ),
    "part_of": Property(
        "Part of",
        {"site": "SELECT part_of FROM sites WHERE id = :id",
         "event": "SELECT part_of FROM events WHERE id = :id"},
    ),
    "latitude": Property("Latitude", {"site": "SELECT latitude FROM sites WHERE id = :id"}),
    "longitude": Property("Longitude", {"site": "SELECT longitude FROM sites WHERE id = :id"}),
    "precision_m": Property(
        "Precision in metres", {"site": "SELECT precision_m FROM sites WHERE id = :id"}
    ),
    "identifier": Property(
        "Identifiers of others",
        {"site": "SELECT scheme || ':' || value FROM identifiers WHERE site = :id"},
    ),
    "whc": Property(
        "UNESCO number",
        {"site": "SELECT value FROM identifiers WHERE site = :id AND scheme = 'whc'"},
    ),
    "event": Property("Events", {"site": "SELECT event FROM event_sites WHERE site = :id"}),
    "site": Property("Sites", {"event": "SELECT site FROM event_sites WHERE event = :id"}),
    "date": Property("Date, as concluded", {"event": _concluded("date") + " AND site = ''"}),
    "cause": Property("Cause, as concluded", {"event": _concluded("cause") + " AND site = ''"}),
    "severity": Property("Severity, as concluded", {"event": _concluded("severity")}),
    "publisher": Property("Publisher", {"source": "SELECT publisher FROM sources WHERE id = :id"}),
    "published": Property("Published", {"source": "SELECT published FROM sources WHERE id = :id"}),
    "url": Property("Address", {"source": "SELECT url FROM sources WHERE id = :id"}),
}  # fmt: skip
"""What can be asked, by its id."""


def extended(
    connection: sqlite3.Connection,
    records: Mapping[str, tuple[str, str] | None],
    properties: Any,  # noqa: ANN401 - JSON
) -> Plain:
    """Values of some properties of some records.

    Args:
        connection: The registry.
        records: What each id that was asked for is: kind and current id; None for nothing.
        properties: A list of objects, each with an `id`.
    """
    asked = properties if isinstance(properties, list) else []
    wanted = [
        each["id"] for each in asked if isinstance(each, dict) and each.get("id") in PROPERTIES
    ][: len(PROPERTIES)]
    return {
        "meta": [{"id": id, "name": PROPERTIES[id].name} for id in wanted],
        "rows": {
            given: {id: _values(connection, record, id) for id in wanted}
            for given, record in records.items()
        },
    }


def _values(
    connection: sqlite3.Connection, record: tuple[str, str] | None, property: str
) -> list[Plain]:
    kind, id = record or ("", "")
    sql = PROPERTIES[property].sql.get(kind)
    if sql is None:
        return []
    found = connection.execute(f"{sql} LIMIT {VALUES}", {"id": id})
    return [
        {"float": value} if isinstance(value, float) else {"str": str(value)}
        for (value,) in found
        if value is not None
    ]
