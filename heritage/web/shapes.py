"""Positions to shapes: GeoJSON as RFC 7946 has it, and outlines for pictures."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from heritage.web.queries import Row
from heritage.web.words import shown

Position = tuple[float, float]
"""Longitude and latitude in degrees."""

METRES_PER_DEGREE = 111_320.0
"""Of latitude; of longitude at the equator."""

CORNERS = 48
"""Of the outline of a circle."""

_GENERAL = ("restricted", "withheld")


def geometry_of(row: Row) -> dict[str, Any] | None:
    """Where a site is, as a GeoJSON geometry; None where nobody said.

    What another program wrote and is no geometry counts as none.
    """
    try:
        found = json.loads(row["geometry"] or "null")
    except ValueError:
        found = None
    if isinstance(found, dict) and ("coordinates" in found or "geometries" in found):
        return found
    if row["longitude"] is None:
        return None
    return {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}


def feature(row: Row, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A site as a GeoJSON feature.

    Args:
        row: The site, with the columns of its position.
        properties: What is to be told of it.
    """
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": geometry_of(row),
        "properties": {
            "name": shown(row["name"]),
            **properties,
            "precision_m": row["precision_m"],
            "location_access": row["location_access"],
        },
    }


def outline(row: Row) -> list[list[Position]]:
    """The area within which a site lies, as rings; none where it is known to the point.

    A position that was made general is the square that it was moved to; any
    other that is not exact is a circle of its `precision_m`.
    """
    rings = [ring for ring in _rings(geometry_of(row)) if len(ring) > 2]
    if rings or row["longitude"] is None or not row["precision_m"]:
        return rings
    longitude, latitude, radius = row["longitude"], row["latitude"], row["precision_m"]
    if row["location_access"] in _GENERAL:
        half = radius / math.sqrt(2)
        corners = [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
    else:
        turns = [2 * math.pi * n / CORNERS for n in range(CORNERS + 1)]
        corners = [(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns]
    return [[_moved(longitude, latitude, east, north) for east, north in corners]]


def _moved(longitude: float, latitude: float, east: float, north: float) -> Position:
    narrowed = max(math.cos(math.radians(latitude)), 0.01)
    moved = latitude + north / METRES_PER_DEGREE
    return (
        round(longitude + east / METRES_PER_DEGREE / narrowed, 6),
        round(min(max(moved, -90.0), 90.0), 6),
    )


def _rings(geometry: Any) -> Iterator[list[Position]]:  # noqa: ANN401 - JSON
    """Every line and ring of a geometry, whatever it is nested in."""
    if not isinstance(geometry, dict):
        return
    for part in geometry.get("geometries") or ():
        yield from _rings(part)
    yield from _lines(geometry.get("coordinates"))


def _lines(coordinates: Any) -> Iterator[list[Position]]:  # noqa: ANN401 - JSON
    if not isinstance(coordinates, list) or not coordinates:
        return
    points = [_point(each) for each in coordinates]
    if all(points):
        yield [point for point in points if point]
        return
    for each in coordinates:
        yield from _lines(each)


def _point(coordinates: Any) -> Position | None:  # noqa: ANN401 - JSON
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return None
    longitude, latitude = coordinates[:2]
    if not all(isinstance(each, int | float) for each in (longitude, latitude)):
        return None
    return float(longitude), float(latitude)


def box_of(rings: Iterable[Iterable[Position]]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of some rings; None where there are none."""
    points = [point for ring in rings for point in ring]
    if not points:
        return None
    longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def path(rings: Iterable[Iterable[Position]]) -> str:
    """Rings as the path of an SVG whose units are degrees and whose north is up.

    >>> path([[(38.0, 34.0), (39.0, 34.0), (39.0, 35.5), (38.0, 34.0)]])
    'M38 -34L39 -34L39 -35.5Z'
    """
    found = []
    for ring in rings:
        points = list(ring)
        closed = len(points) > 3 and points[0] == points[-1]
        steps = [f"{x:.6g} {-y:.6g}" for x, y in (points[:-1] if closed else points)]
        found.append("M" + "L".join(steps) + ("Z" if closed else ""))
    return "".join(found)
