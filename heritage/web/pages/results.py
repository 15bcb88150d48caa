"""Filters to the page of what passes them: a list with counts, a map, rows for a spreadsheet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from heritage.store.facts import is_settled
from heritage.web import queries
from heritage.web.asked import APPLY, EVENTS, KINDS, SITES, STATUSES, Asked
from heritage.web.axis import Axis
from heritage.web.page import Page
from heritage.web.pages.marks import mark
from heritage.web.queries import Row, filtered, of_lists
from heritage.web.windows import listed, window_of
from heritage.web.words import Words

SHOWN = 50
"""Rows of one page."""

TAKEN = 1_000
"""Rows of one CSV or GeoJSON file; the next page has the next."""


def results(connection: sqlite3.Connection, asked: Asked, words: Words, form: str | None) -> Page:
    """The list of what passes some filters; faults in the filters are told, with status 400."""
    most = TAKEN if form in ("csv", "geojson") else SHOWN
    if asked.kind == EVENTS:
        listing = _events(connection, asked, most)
    else:
        listing = _listed(connection, asked, most)
    total, found = listing["total"], listing[asked.kind]
    context: dict[str, Any] = {}
    if form is None:
        context = _context(asked, listing, words) | {
            "marks": _marks(found, asked.kind),
            "query": asked.q,
            "is_unsettled": asked.kind == EVENTS and not is_settled(connection),
            "last": min(-(-total // SHOWN), 100),
        }
    has_places = asked.kind != "sources"
    return Page(
        template="results",
        found={"asked": asked.query(), "faults": list(asked.faults), **listing},
        context=context,
        as_of=queries.as_of(connection),
        status=400 if asked.faults else 200,
        shape=_features(found, asked.kind)
        if has_places and form == "geojson"
        else _promise(is_there=has_places),
        cells=[_cells(row, asked.kind) for row in found] if form == "csv" else (),
    )


def _promise(*, is_there: bool) -> Row | None:
    """A form that can be had, without the work of making it."""
    return {} if is_there else None


def _events(connection: sqlite3.Connection, asked: Asked, most: int) -> Row:
    passing = filtered.find(connection, asked)
    counts = passing.counts
    described = of_lists.described(connection, passing.ids(most, (asked.page - 1) * most))
    return {
        "total": counts.total,
        "is_least": counts.is_least,
        "counts": counts.of,
        "events": described,
    }


def _listed(connection: sqlite3.Connection, asked: Asked, most: int) -> Row:
    find = of_lists.sites if asked.kind == SITES else of_lists.sources
    found = find(connection, asked, most, (asked.page - 1) * most)
    return {
        "total": found.total,
        "is_least": found.is_least,
        "counts": found.of,
        asked.kind: found.rows,
    }


def _context(asked: Asked, listing: Row, words: Words) -> Row:
    """What the form and the list show beside what was found."""
    applied = APPLY[asked.kind]
    chosen = {
        name: _options(name, listing["counts"].get(name, {}), getattr(asked, name), words)
        for name in ("country", "register", "cause", "severity", "status")
        if name in applied and (name in listing["counts"] or getattr(asked, name))
    }
    given = [
        {"name": name, "words": _said(name, text, words), "without": asked.query(**{name: None})}
        for name, text in asked.given().items()
    ]
    kinds = [{"kind": kind, "query": {**_kept(asked, kind), "kind": kind}} for kind in KINDS]
    rows = [_shown(row, words) for row in listing[EVENTS]] if asked.kind == EVENTS else []
    ends = [
        year for row in rows if row["window"] for year in (row["window"].first, row["window"].last)
    ]
    axis = Axis.around(ends, mirrored=words.direction == "rtl")
    for row in rows:
        row["bar"] = row["window"].on(axis) if axis and row["window"] else None
    return {
        "wanted": asked,
        "chosen": chosen,
        "given": given,
        "kinds": kinds,
        "rows": rows,
        "axis": axis,
        "pages": {
            "before": asked.query(page=asked.page - 1),
            "after": asked.query(page=asked.page + 1),
        },
        "taken": asked.query(),
    }


def _kept(asked: Asked, kind: str) -> dict[str, str]:
    return {name: text for name, text in asked.given().items() if name in APPLY[kind]}


def _options(name: str, counted: dict[str, int], given: str, words: Words) -> list[Row]:
    """The values of a filter with their numbers, and whether each is chosen."""
    codes = STATUSES if name == "status" else list(counted)
    codes = [code for code in codes if code in counted or code == given]
    if given and given not in codes:
        codes.append(given)
    return [
        {"code": code, "words": _said(name, code, words), "n": counted.get(code, 0),
         "is_chosen": code == given}
        for code in codes
    ]  # fmt: skip


def _said(name: str, text: str, words: Words) -> str:
    if name == "country":
        return words.country(text)
    if name == "status":
        return words("asked_undated" if text == "undated" else f"status_{text}")
    if name == "during":
        return words.date(text)
    return words.term(name, text) if name in ("register", "cause", "severity") else text


def _shown(row: Row, words: Words) -> Row:
    ends = {"date_earliest": row["earliest"], "date_latest": row["latest"]}
    return {
        **row,
        "when": words.concluded("date", row["date"]) if row["date"] else None,
        "window": window_of([ends]) if row["earliest"] or row["latest"] else None,
        "hurt": sorted({words.concluded("severity", value) for value in row["severities"]}),
        "why": words.concluded("cause", row["cause"]) if row["cause"] else None,
    }


def _marks(found: Sequence[Row], kind: str) -> list[Row]:
    points: dict[str, Row] = {}
    for row in _places(found, kind):
        if row["longitude"] is not None:
            id = row.get("placed_at") or row["id"]
            look = {"in_danger": 0, "damaged": int(kind == EVENTS)}
            points.setdefault(id, {**row, "id": id, **look})
    return [mark(point) for point in points.values()]


def _places(found: Iterable[Row], kind: str) -> Iterable[Row]:
    if kind == EVENTS:
        return (site for row in found for site in row["sites"])
    return found if kind == SITES else ()


def _features(found: Sequence[Row], kind: str) -> Row:
    """Results as GeoJSON: a site as it stands, an event once for each place that it befell."""
    if kind == EVENTS:
        pairs = [(site, _event_cells(row, [site])) for row in found for site in row["sites"]]
    else:
        pairs = [(row, _site_cells(row)) for row in found]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": None
                if place["longitude"] is None
                else {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]},
                "properties": told,
            }
            for place, told in pairs
        ],
    }


def _cells(row: Row, kind: str) -> Row:
    if kind == EVENTS:
        return _event_cells(row, row["sites"])
    return _site_cells(row) if kind == SITES else dict(row)


def _event_cells(row: Row, sites: Sequence[Row]) -> Row:
    place = next((site for site in sites if site["longitude"] is not None), {})
    return {
        "event": row["id"],
        "label": row["label"],
        "date": row["date"],
        "earliest": row["earliest"],
        "latest": row["latest"],
        "date_status": row["status"],
        "cause": row["cause"],
        "severity": "; ".join(sorted(set(row["severities"]))),
        "countries": "; ".join(listed(row["countries"])),
        "sites": "; ".join(site["id"] for site in sites),
        "names": "; ".join(site["name"] or site["id"] for site in sites),
        "placed_at": place.get("placed_at"),
        "longitude": place.get("longitude"),
        "latitude": place.get("latitude"),
        "precision_m": place.get("precision_m"),
    }


def _site_cells(row: Row) -> Row:
    names = ("id", "name", "kind", "part_of", "longitude", "latitude", "precision_m")
    return {**{name: row[name] for name in names}, "countries": "; ".join(listed(row["countries"]))}
