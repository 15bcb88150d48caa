"""Records to table rows and back.

`to_rows` and `from_rows` are inverses. A row is a tuple in the order of
`COLUMNS`; parts are rows of other tables, in the order of their keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from heritage.dates import FuzzyDate
from heritage.model import (
    Actor,
    Claim,
    Event,
    Evidence,
    Intervention,
    Listing,
    Name,
    Observation,
    Record,
    Review,
    Site,
    Source,
)

Value = str | int | float | None
Row = tuple[Value, ...]


def dated(name: str) -> tuple[str, str, str]:
    """The three columns of a date."""
    return name, f"{name}_earliest", f"{name}_latest"


COLUMNS: dict[str, tuple[str, ...]] = {
    "sources": (
        *("id", "title", "publisher", "author", *dated("published"), *dated("accessed")),
        *("url", "archived_url", "language", "kind", "tier", "note", "access"),
    ),
    "source_relies_on": ("source", "relies_on"),
    "actors": ("id", "kind", "role", "access"),
    "actor_names": ("actor", "text", "language", "kind"),
    "sites": (
        *("id", "kind", "part_of", "category", "countries", "longitude", "latitude"),
        *("geometry", "precision_m", "location_access", "is_null_island", *dated("built")),
        "source",
    ),
    "names": ("site", "text", "language", "kind"),
    "identifiers": ("scheme", "value", "site"),
    "listings": (
        *("id", "site", "register", "status", *dated("begin"), *dated("end"), "reference"),
        *("suffix", "criteria", "area_ha", "as_written", "source", *dated("first_edition")),
        *dated("edition"),
    ),
    "events": ("id", "label", "part_of", "context"),
    "event_sites": ("event", "site"),
    "claims": (
        *("id", "subject", "site", "property", "value", *dated("date"), "low", "high"),
        *("as_written", "stance", "confidence", "source", "attributed_to", "locator", "access"),
    ),
    "observations": (
        *("id", "site", *dated("observed"), "state", "severity", "extent_low", "extent_high"),
        *("method", "source", "as_written", "confidence"),
    ),
    "interventions": ("id", "site", *dated("date"), "kind", "as_written", "source"),
    "evidence": ("id", "sha256", "title", "media_type", "size", "source", "access"),
    "custody": ("evidence", "position", *dated("date"), "holder", "act"),
    "reviews": ("id", "claim", "reviewer", *dated("date"), "decision", "reason"),
}
"""What a record writes into each table, derived columns left out."""


@attrs.frozen
class Rows:
    """A record as rows: one of its main table, and those of its parts."""

    main: Row
    parts: dict[str, list[Row]]


def _date(date: FuzzyDate | None) -> tuple[str | None, str | None, str | None]:
    if date is None:
        return None, None, None
    return date.text, date.earliest_key, date.latest_key


def _json(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def _source(s: Source) -> Rows:
    main = (
        *(s.id, s.title, s.publisher, s.author, *_date(s.published), *_date(s.accessed)),
        *(s.url, s.archived_url, s.language, s.kind, s.tier, s.note, s.access),
    )
    return Rows(main, {"source_relies_on": [(s.id, other) for other in s.relies_on]})


def _named(id: str, names: tuple[Name, ...]) -> list[Row]:
    return sorted((id, name.text, name.language, name.kind) for name in names)


def _actor(a: Actor) -> Rows:
    return Rows((a.id, a.kind, a.role, a.access), {"actor_names": _named(a.id, a.names)})


def _site(s: Site) -> Rows:
    place = s.location
    where: Row = (None, None, None, None, "public", 0)
    if place is not None:
        geometry = None if place.geometry is None else place.geometry.text
        where = (
            *(place.longitude, place.latitude, geometry, place.precision_m, place.access),
            int(place.is_null_island),
        )
    main = (
        *(s.id, s.kind, s.part_of, s.category, _json(s.countries), *where, *_date(s.built)),
        s.source,
    )
    identifiers: list[Row] = [(i.scheme, i.value, s.id) for i in s.identifiers]
    return Rows(main, {"names": _named(s.id, s.names), "identifiers": identifiers})


def _listing(r: Listing) -> Rows:
    main = (
        *(r.id, r.site, r.register, r.status, *_date(r.begin), *_date(r.end), r.reference),
        *(r.suffix, _json(r.criteria), r.area_ha, r.as_written, r.source),
        *(*_date(r.first_edition), *_date(r.edition)),
    )
    return Rows(main, {})


def _event(e: Event) -> Rows:
    return Rows(
        (e.id, e.label, e.part_of, e.context), {"event_sites": [(e.id, site) for site in e.sites]}
    )


def _claim(c: Claim) -> Rows:
    reading = c.reading
    low = high = date = None
    if reading is not None:
        low, high, date = reading.low, reading.high, reading.date
    main = (
        *(c.id, c.subject, c.site, c.property, c.value, *_date(date), low, high),
        *(c.as_written, c.stance, c.confidence, c.source, c.attributed_to, c.locator, c.access),
    )
    return Rows(main, {})


def _observation(o: Observation) -> Rows:
    low, high = (None, None) if o.extent is None else (o.extent.low, o.extent.high)
    main = (
        *(o.id, o.site, *_date(o.observed), o.state, o.severity, low, high),
        *(o.method, o.source, o.as_written, o.confidence),
    )
    return Rows(main, {})


def _intervention(i: Intervention) -> Rows:
    return Rows((i.id, i.site, *_date(i.date), i.kind, i.as_written, i.source), {})


def _evidence(e: Evidence) -> Rows:
    custody: list[Row] = [
        (e.id, position, *_date(step.date), step.holder, step.act)
        for position, step in enumerate(e.custody, start=1)
    ]
    main = (e.id, e.sha256, e.title, e.media_type, e.size, e.source, e.access)
    return Rows(main, {"custody": custody})


def _review(r: Review) -> Rows:
    return Rows((r.id, r.claim, r.reviewer, *_date(r.date), r.decision, r.reason), {})


_TO_ROWS: dict[type, Callable[[Any], Rows]] = {
    Source: _source,
    Actor: _actor,
    Site: _site,
    Listing: _listing,
    Event: _event,
    Claim: _claim,
    Observation: _observation,
    Intervention: _intervention,
    Evidence: _evidence,
    Review: _review,
}


def to_rows(record: Record) -> Rows:
    """A record as the rows that hold it."""
    return _TO_ROWS[type(record)](record)


_KEPT_AS_JSON = ("countries", "criteria")


def from_rows(kind: str, main: dict[str, Any], parts: dict[str, list[Any]]) -> dict[str, Any]:
    """The rows that hold a record as a plain dictionary for the codec.

    Args:
        kind: The kind of record.
        main: The row of the main table by column.
        parts: For each part table, its rows by column, in the order of `_PART_FIELDS`.
    """
    plain = {
        name: json.loads(value) if name in _KEPT_AS_JSON else value
        for name, value in main.items()
        if value is not None and not name.endswith(("_earliest", "_latest"))
    }
    if kind == "site":
        plain |= _location(plain)
    elif kind == "observation":
        low, high = plain.pop("extent_low", None), plain.pop("extent_high", None)
        if low is not None:
            plain["extent"] = {"low": low, "high": high}
    elif kind == "claim":
        for derived in ("date", "low", "high"):
            plain.pop(derived, None)
    for table, rows in parts.items():
        field, read = _PART_FIELDS[table]
        if rows or table == "event_sites":
            plain[field] = [read(row) for row in rows]
    return plain


def _location(plain: dict[str, Any]) -> dict[str, Any]:
    names = ("longitude", "latitude", "geometry", "precision_m")
    place = {name: plain.pop(name) for name in names if name in plain}
    access, null_island = plain.pop("location_access"), bool(plain.pop("is_null_island"))
    if "longitude" not in place and "geometry" not in place:
        return {}
    if "geometry" in place:
        place["geometry"] = json.loads(place["geometry"])
    return {"location": {**place, "access": access, "is_null_island": null_island}}


def _without(*left_out: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    dates = ("date_earliest", "date_latest")
    return lambda row: {k: v for k, v in row.items() if k not in left_out and k not in dates}


_PART_FIELDS: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "source_relies_on": ("relies_on", lambda row: row["relies_on"]),
    "actor_names": ("names", _without("actor")),
    "names": ("names", _without("site")),
    "identifiers": ("identifiers", _without("site")),
    "event_sites": ("sites", lambda row: row["site"]),
    "custody": ("custody", _without("evidence", "position")),
}

PART_TABLES: dict[str, tuple[str, ...]] = {
    "source": ("source_relies_on",),
    "actor": ("actor_names",),
    "site": ("names", "identifiers"),
    "event": ("event_sites",),
    "evidence": ("custody",),
}
"""The part tables whose rows belong to the record itself."""


def part_tables(kind: str) -> Sequence[str]:
    """The tables that hold parts of a record of this kind."""
    return PART_TABLES.get(kind, ())
