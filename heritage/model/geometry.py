"""GeoJSON geometries as values that can be compared and hashed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import attrs

_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}

TYPES = (*_DEPTHS, "GeometryCollection")
"""Every type of geometry that GeoJSON has."""


@attrs.frozen
class Geometry:
    """A GeoJSON geometry (RFC 7946), kept as canonical JSON text.

    Positions are longitude, latitude and optionally height, in WGS 84.

    >>> Geometry.of({"type": "Point", "coordinates": [38.27, 34.55]}).bounds()
    (38.27, 34.55, 38.27, 34.55)
    """

    text: str

    @classmethod
    def of(cls, plain: object) -> Geometry:
        """Take a geometry from parsed JSON.

        Raises:
            ValueError: It is not a geometry; the text says where.
        """
        _check_geometry(plain, "geometry")
        return cls(json.dumps(plain, separators=(",", ":"), sort_keys=True, ensure_ascii=False))

    def plain(self) -> dict[str, Any]:
        """The geometry as parsed JSON."""
        value: dict[str, Any] = json.loads(self.text)
        return value

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees."""
        positions = list(_positions(self.plain()))
        lons = [p[0] for p in positions]
        lats = [p[1] for p in positions]
        return min(lons), min(lats), max(lons), max(lats)


def _check_geometry(plain: object, path: str) -> None:
    if not isinstance(plain, dict):
        raise ValueError(f"{path}: a GeoJSON geometry was expected, not {plain!r}")
    kind = plain.get("type")
    if kind == "GeometryCollection":
        members = plain.get("geometries")
        if not isinstance(members, list) or not members:
            raise ValueError(f"{path}: a GeometryCollection needs geometries")
        for number, member in enumerate(members):
            _check_geometry(member, f"{path}.geometries[{number}]")
        return
    if kind not in _DEPTHS:
        raise ValueError(f"{path}: {kind!r} is not a GeoJSON geometry type")
    _check_coordinates(plain.get("coordinates"), _DEPTHS[kind], f"{path}.coordinates")
    if kind in ("Polygon", "MultiPolygon"):
        rings = (
            plain["coordinates"]
            if kind == "Polygon"
            else [ring for polygon in plain["coordinates"] for ring in polygon]
        )
        for ring in rings:
            if len(ring) < 4 or ring[0] != ring[-1]:
                raise ValueError(f"{path}: a ring needs four positions and must end as it began")


def _check_coordinates(value: object, depth: int, path: str) -> None:
    if not isinstance(value, list) or not value:
        raise ValueError(f"{path}: coordinates were expected, not {value!r}")
    if depth:
        for number, item in enumerate(value):
            _check_coordinates(item, depth - 1, f"{path}[{number}]")
        return
    if not 2 <= len(value) <= 4 or not all(
        type(n) in (int, float) and math.isfinite(n) for n in value
    ):
        raise ValueError(f"{path}: a position is longitude and latitude, not {value!r}")
    if not (-180 <= value[0] <= 180 and -90 <= value[1] <= 90):
        raise ValueError(f"{path}: {value!r} is outside of longitude ±180 and latitude ±90")


def _positions(plain: dict[str, Any]) -> Iterator[list[float]]:
    if plain["type"] == "GeometryCollection":
        for member in plain["geometries"]:
            yield from _positions(member)
        return
    stack = [(plain["coordinates"], _DEPTHS[plain["type"]])]
    while stack:
        value, depth = stack.pop()
        if depth:
            stack.extend((item, depth - 1) for item in value)
        else:
            yield value
