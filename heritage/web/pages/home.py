"""A registry to its first page: figures, map, timeline, danger, changes."""

from __future__ import annotations

import sqlite3

from heritage.web import queries, windows
from heritage.web.page import Page
from heritage.web.pages.events import newest_first
from heritage.web.pages.marks import mark
from heritage.web.words import Words

TIMELINE = 150
"""Events on the timeline."""

DANGER = 18
"""Sites in danger that are named."""


def home(connection: sqlite3.Connection, words: Words) -> Page:
    """The first page: what this is, figures, map, timeline, danger, changes."""
    danger = queries.in_danger(connection)
    points = queries.points(connection, danger)
    events = queries.latest_events(connection, TIMELINE)
    found = {
        "figures": {**queries.figures(connection), "danger": len(danger)},
        "points": points,
        "positions": queries.positions(connection),
        "events": events,
        "undated": queries.undated(connection),
        "danger": danger[:DANGER],
        "changes": queries.recent_changes(connection, 4),
    }
    return Page(
        template="home",
        found=found,
        context={
            "marks": [mark(point) for point in points],
            "timeline": windows.timeline(events, words),
            "latest": newest_first(events, words),
            "is_cut": len(events) == TIMELINE,
            "danger_sql": queries.IN_DANGER,
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: datasette.urls.database(name),
    )
