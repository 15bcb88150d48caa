"""Positions to squares of a fixed grid: where a restricted place may be said to be.

The grid depends on its size alone, never on what lies in it, and nothing about
it is drawn by lot: the same position falls into the same square in every
edition, so that many editions tell no more than one. Rows are counted from the
equator, columns from the meridian of 0 degrees; poles and date line are edges.
Towards the poles a row has fewer squares, so that all are of nearly one area.
"""

from __future__ import annotations

import math
from bisect import bisect_right

import attrs

from heritage.model import Geometry, Location

__all__ = ["METRES_PER_DEGREE", "Grid", "Square", "central_position"]

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

METRES_PER_DEGREE = math.pi * EARTH_RADIUS_M / 180
"""Length of a degree of latitude on a sphere of that radius."""

DECIMALS = 6
"""Edges are written with so many decimals of a degree, a tenth of a metre."""


@attrs.frozen(kw_only=True)
class Square:
    """One square of the grid, by its edges in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre(self) -> tuple[float, float]:
        """Longitude and latitude of its middle."""
        return (
            round((self.west + self.east) / 2, DECIMALS),
            round((self.south + self.north) / 2, DECIMALS),
        )

    @property
    def radius_m(self) -> float:
        """Metres from the middle to the farthest corner, rounded up."""
        corners = [(x, y) for x in (self.west, self.east) for y in (self.south, self.north)]
        return float(math.ceil(max(_distance_m(self.centre, corner) for corner in corners)))

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a position lies in it or on its edge."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def polygon(self) -> Geometry:
        """Its outline, anticlockwise."""
        w, s, e, n = self.west, self.south, self.east, self.north
        ring = [[w, s], [e, s], [e, n], [w, n], [w, s]]
        return Geometry.of({"type": "Polygon", "coordinates": [ring]})


@attrs.frozen
class Grid:
    """A grid over the whole Earth.

    Args:
        degrees: The height of a row in degrees of latitude. It is rounded so that a
            whole number of rows lies between the equator and a pole.
    """

    degrees: float

    @classmethod
    def of_metres(cls, size: float) -> Grid:
        """The grid whose squares have sides of about so many metres."""
        return cls(size / METRES_PER_DEGREE)

    def square(self, longitude: float, latitude: float) -> Square:
        """The square in which a position lies."""
        rows = max(1, round(90 / self.degrees))
        row, south, north = _interval(latitude, 90, rows)
        middle = math.radians(90 * (row + 0.5) / rows)
        columns = max(1, round(2 * rows * math.cos(middle)))
        _, west, east = _interval(longitude, 180, columns)
        return Square(west=west, south=south, east=east, north=north)

    def generalised(self, location: Location) -> Location:
        """A location as its square: the middle, the outline, and the radius around both.

        How precisely the true position was known is left out with it.
        """
        square = self.square(*central_position(location))
        longitude, latitude = square.centre
        return Location(
            longitude=longitude,
            latitude=latitude,
            geometry=square.polygon(),
            precision_m=square.radius_m,
            access=location.access,
        )


def _interval(value: float, end: int, count: int) -> tuple[int, float, float]:
    """The number and the edges of the interval of a value, of `count` between 0 and `end`.

    A value on an edge belongs to the interval above it; the last value to the last one.
    """

    def edge(number: int) -> float:
        return round(end * number / count, DECIMALS)

    guess = math.floor(value * count / end)
    around = range(max(-count, guess - 1), min(count, guess + 2) + 1)
    number = around[max(0, bisect_right([edge(each) for each in around], value) - 1)]
    number = min(max(number, -count), count - 1)
    return number, edge(number), edge(number + 1)


def central_position(location: Location) -> tuple[float, float]:
    """The point of a location, or the middle of the bounds of its geometry."""
    if location.longitude is not None and location.latitude is not None:
        return location.longitude, location.latitude
    if location.geometry is None:
        raise ValueError("a location has a point or a geometry")
    west, south, east, north = location.geometry.bounds()
    longitude = (west + east) / 2
    if east - west > 180:  # it lies on both sides of the date line
        longitude += 180 if longitude < 0 else -180
    return longitude, (south + north) / 2


def _distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two positions on a sphere (haversine)."""
    lon_1, lat_1, lon_2, lat_2 = (math.radians(each) for each in (*one, *other))
    half = (
        math.sin((lat_2 - lat_1) / 2) ** 2
        + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))
