"""Positions become GeoJSON, and areas as exact as they are known."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.web.shapes import METRES_PER_DEGREE, box_of, geometry_of, outline, path

if TYPE_CHECKING:
    from tests.web.conftest import Get

pytestmark = pytest.mark.anyio

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[38, 34], [39, 34], [39, 35], [38, 35], [38, 34]]],
}


def place(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - columns
    """A row with a position."""
    row = {"id": "a", "longitude": 38.5, "latitude": 34.5, "geometry": None}
    return row | {"precision_m": None, "location_access": "public"} | more


async def test_a_site_is_a_feature_where_longitude_comes_first(get: Get) -> None:
    city = (await get("/sites/city.geojson")).json()
    temple = (await get("/sites/temple.geojson")).json()

    assert ("Feature", "city") == (city["type"], city["id"])
    assert {"type": "Point", "coordinates": [38.25, 34.5]} == city["geometry"]
    assert (1500, ["SY"]) == (city["properties"]["precision_m"], city["properties"]["countries"])
    assert temple["geometry"] is None


async def test_an_event_is_a_feature_at_each_of_its_sites(get: Get) -> None:
    blast = (await get("/events/blast.geojson")).json()

    assert "FeatureCollection" == blast["type"]
    assert ["cella", "temple"] == [feature["id"] for feature in blast["features"]]
    for feature in blast["features"]:
        assert [38.25, 34.5] == feature["geometry"]["coordinates"]
        assert "city" == feature["properties"]["position_of"]


def test_a_geometry_stands_before_the_point() -> None:
    row = place(geometry=json.dumps(SQUARE))

    assert SQUARE == geometry_of(row)
    assert (38, 34, 39, 35) == box_of(outline(row))
    assert "M38 -34L39 -34L39 -35L38 -35Z" == path(outline(row))


@pytest.mark.parametrize("nonsense", ['"here"', '{"type": "Polygon"}', "[1, 2]", "{"])
def test_what_is_no_geometry_counts_as_none(nonsense: str) -> None:
    assert {"type": "Point", "coordinates": [38.5, 34.5]} == geometry_of(place(geometry=nonsense))
    assert geometry_of(place(geometry=nonsense, longitude=None, latitude=None)) is None


def test_a_general_position_is_a_square_and_an_inexact_one_a_circle() -> None:
    square = outline(place(precision_m=10_000, location_access="restricted"))
    circle = outline(place(precision_m=10_000))

    assert [5] == [len(ring) for ring in square]
    assert 40 < len(circle[0])
    assert [] == outline(place())
    assert [] == outline(place(longitude=None, latitude=None, precision_m=5))


@settings(max_examples=50)
@given(st.floats(-80, 80), st.floats(1, 100_000), st.sampled_from(["public", "restricted"]))
def test_no_corner_is_farther_away_than_the_precision(
    latitude: float, metres: float, access: str
) -> None:
    row = place(latitude=latitude, precision_m=metres, location_access=access)
    for longitude, north in outline(row)[0]:
        east = (longitude - 38.5) * math.cos(math.radians(latitude))
        away = math.hypot(east, north - latitude) * METRES_PER_DEGREE
        assert away <= metres * 1.001 + 0.5
