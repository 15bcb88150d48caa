"""A restricted position becomes a square that is always the same and always holds it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.model import Geometry, Location
from heritage.publish.grid import METRES_PER_DEGREE, Grid, Square, central_position

longitudes = st.sampled_from([-180.0, -0.0, 0.0, 180.0, 179.9999999]) | st.floats(-180, 180)
latitudes = st.sampled_from([-90.0, 0.0, 90.0, 89.9999999, -66.5]) | st.floats(-90, 90)
grids = st.floats(100, 2_000_000).map(Grid.of_metres) | st.floats(0.001, 45).map(Grid)

bounded = settings(max_examples=150, deadline=None)


@bounded
@given(grids, longitudes, latitudes)
def test_a_position_lies_in_its_square(grid: Grid, longitude: float, latitude: float) -> None:
    square = grid.square(longitude, latitude)

    assert square.holds(longitude, latitude)
    assert -180 <= square.west < square.east <= 180
    assert -90 <= square.south < square.north <= 90


@bounded
@given(grids, longitudes, latitudes)
def test_the_middle_of_a_square_lies_in_the_same_square(
    grid: Grid, longitude: float, latitude: float
) -> None:
    square = grid.square(longitude, latitude)

    assert square == grid.square(*square.centre)


@bounded
@given(grids, longitudes, latitudes, st.floats(0, 1), st.floats(0, 1))
def test_every_position_of_a_square_gives_that_square(
    grid: Grid, longitude: float, latitude: float, right: float, up: float
) -> None:
    square = grid.square(longitude, latitude)
    # An edge belongs to one of two squares, so the point stays clear of it.
    x = square.west + (square.east - square.west) * (0.01 + 0.98 * right)
    y = square.south + (square.north - square.south) * (0.01 + 0.98 * up)

    assert square == grid.square(x, y)


@bounded
@given(st.floats(1000, 200_000), longitudes, latitudes)
def test_squares_are_of_nearly_one_area_from_the_equator_to_the_poles(
    metres: float, longitude: float, latitude: float
) -> None:
    square = Grid.of_metres(metres).square(longitude, latitude)
    bands = math.sin(math.radians(square.north)) - math.sin(math.radians(square.south))
    radius = METRES_PER_DEGREE * 180 / math.pi
    area = radius**2 * bands * math.radians(square.east - square.west)

    assert 0.7 * metres**2 < area < 1.3 * metres**2


@bounded
@given(grids, longitudes, latitudes)
def test_the_radius_reaches_every_point_of_the_square(
    grid: Grid, longitude: float, latitude: float
) -> None:
    square = grid.square(longitude, latitude)
    height = (square.north - square.south) / 2 * METRES_PER_DEGREE

    assert square.radius_m >= height - 1


def test_the_grid_is_anchored_where_equator_and_first_meridian_meet() -> None:
    assert Square(west=0, south=0, east=1, north=1) == Grid(1).square(0, 0)
    assert Square(west=-1, south=-1, east=0, north=0) == Grid(1).square(-0.5, -0.000001)
    assert 180 == Grid(1).square(180, 10).east
    assert -180 == Grid(1).square(-180, 10).west
    assert 90 == Grid(1).square(12, 90).north


def test_a_location_becomes_its_square_and_nothing_of_it_is_left() -> None:
    exact = Location(longitude=38.123456, latitude=34.654321, precision_m=3, access="restricted")
    # 1,481 columns of 180 degrees at this latitude; this is the one after the 313th.
    west, south, east, north = round(180 * 313 / 1481, 6), 34.6, round(180 * 314 / 1481, 6), 34.7
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]

    found = Grid(0.1).generalised(exact)

    assert Geometry.of({"type": "Polygon", "coordinates": [ring]}) == found.geometry
    assert (round((west + east) / 2, 6), 34.65) == (found.longitude, found.latitude)
    assert found.precision_m is not None
    assert 7000 < found.precision_m < 8000
    assert "restricted" == found.access


@pytest.mark.parametrize("scale", [1, 2])
def test_a_geometry_counts_by_its_middle_even_across_the_date_line(scale: int) -> None:
    line = [[180 - scale, 10], [-180 + 2 * scale, 20]]
    crossing = Location(geometry=Geometry.of({"type": "LineString", "coordinates": line}))

    assert (-180 + scale / 2, 15) == central_position(crossing)
