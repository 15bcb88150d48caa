"""A registry to its first page: figures, map, timeline, danger, changes."""

from __future__ import annotations

import sqlite3

from heritage.web import linked, queries, shapes, windows
from heritage.web.page import Page
from heritage.web.pages import condition, standing
from heritage.web.pages.columns_of_time import columns
from heritage.web.pages.events import newest_first
from heritage.web.pages.marks import layers, mark
from heritage.web.queries import (
    SHOWN_RECORDS,
    Row,
    filtered,
    of_changes,
    of_danger,
    of_home,
)
from heritage.web.words import Words

TIMELINE = 150
"""Events on the timeline."""

DANGER = 18
"""Sites in danger that are named."""


def home(connection: sqlite3.Connection, words: Words) -> Page:
    """The first page: what this is, figures, map, timeline, danger, changes."""
    as_of = queries.as_of(connection)
    danger = of_danger.in_danger(connection)
    points = of_home.points(connection, danger)
    events = of_home.latest_events(connection, TIMELINE)
    years = filtered.years(connection)
    statuses = filtered.statuses(connection)
    hit = (row["id"] for row in points if row["damaged"])
    stands = standing.standing(connection, hit, condition.asked(None, as_of).date)
    figures = of_home.figures(connection)
    found = {
        "figures": {**figures, "danger": len(danger)},
        "points": [{**row, "parts": stands.get(row["id"])} for row in points],
        "positions": of_home.positions(connection),
        "events": events,
        "years": years,
        "undated": statuses.get("undated", 0),
        "danger": danger[:DANGER],
        "changes": of_changes.recent(connection, 4, SHOWN_RECORDS),
    }
    is_many = figures["events"] > TIMELINE
    return Page(
        template="home",
        found=found,
        context={
            "marks": [_mark(row, stands.get(row["id"]), words) for row in points],
            "standing": standing.named(points, stands, words),
            "columns": columns(years, mirrored=words.direction == "rtl") if is_many else None,
            "timeline": None if is_many else windows.timeline(events, words),
            "latest": newest_first(events, words),
            "is_cut": len(events) == TIMELINE,
            "danger_sql": of_danger.IN_DANGER,
            "disputed": statuses.get("disputed", 0) + statuses.get("undecided", 0),
        },
        as_of=as_of,
        rows=lambda datasette, name: datasette.urls.database(name),
        linked=linked.dataset(words("title"), words("tagline"), as_of),
    )


def _mark(point: Row, stand: Row | None, words: Words) -> Row:
    """A site on the map: how its parts stand where it has some, and how exactly it is known."""
    found = mark(point)
    if stand and sum(stand.values()) > 1:
        found |= {
            "parts": layers(stand, in_danger=bool(point["in_danger"])),
            "name": f"{found['name']}: {standing.told(stand, words)}",
        }
    rings = shapes.outline({**point, "geometry": None}) if _is_general(point) else []
    return found | {"area": shapes.path(rings), "box": shapes.box_of(rings)} if rings else found


def _is_general(point: Row) -> bool:
    """Whether a position is known no better than to a square of a grid."""
    return point["location_access"] != "public" and bool(point["precision_m"])
