"""A registry to its first page: figures, map, timeline, danger, changes."""

from __future__ import annotations

import sqlite3

from heritage.web import queries, windows
from heritage.web.page import Page
from heritage.web.pages.events import newest_first
from heritage.web.pages.marks import mark
from heritage.web.queries import of_danger, of_home
from heritage.web.words import Words

TIMELINE = 150
"""Events on the timeline."""

DANGER = 18
"""Sites in danger that are named."""


def home(connection: sqlite3.Connection, words: Words) -> Page:
    """The first page: what this is, figures, map, timeline, danger, changes."""
    danger = of_danger.in_danger(connection)
    points = of_home.points(connection, danger)
    events = of_home.latest_events(connection, TIMELINE)
    found = {
        "figures": {**of_home.figures(connection), "danger": len(danger)},
        "points": points,
        "positions": of_home.positions(connection),
        "events": events,
        "undated": of_home.undated(connection),
        "danger": danger[:DANGER],
        "changes": of_home.recent_changes(connection, 4),
    }
    return Page(
        template="home",
        found=found,
        context={
            "marks": [mark(point) for point in points],
            "timeline": windows.timeline(events, words),
            "latest": newest_first(events, words),
            "is_cut": len(events) == TIMELINE,
            "danger_sql": of_danger.IN_DANGER,
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: datasette.urls.database(name),
    )
