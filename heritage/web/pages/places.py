"""A site and its wholes to the map that shows where it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from heritage.web import shapes
from heritage.web.pages.marks import mark
from heritage.web.queries import Row, of_danger

WIDTH = 24.0
"""Degrees of longitude that the picture shows, at least."""

RATIO = 142 / 360
"""The height of a picture to its width."""


def place(
    connection: sqlite3.Connection, record: Row, wholes: Sequence[Row], *, is_damaged: bool
) -> Row | None:
    """Where to show a site: its own position, or that of the nearest whole that has one."""
    for row in [record, *reversed(wholes)]:
        if row["longitude"] is not None:
            in_danger = of_danger.is_in_danger(connection, row["id"])
            point = {**row, "in_danger": in_danger, "damaged": is_damaged}
            rings = shapes.outline(row)
            box = shapes.box_of(rings)
            return {
                **row,
                "is_own": row is record,
                "mark": {**mark(point), "area": shapes.path(rings), "box": box},
                "view": _view(row["longitude"], row["latitude"], box),
            }
    return None


def _view(longitude: float, latitude: float, box: tuple[float, ...] | None) -> str:
    """The part of the world that the picture shows, as the viewBox of an SVG."""
    wide = WIDTH
    if box:
        west, south, east, north = box
        wide = min(max(WIDTH, 2 * (east - west), 2 * (north - south) / RATIO), 360.0)
        longitude, latitude = (west + east) / 2, (south + north) / 2
    high = wide * RATIO
    return f"{longitude - wide / 2:.4f} {-latitude - high / 2:.4f} {wide:.4f} {high:.4f}"
