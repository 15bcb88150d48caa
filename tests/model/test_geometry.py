"""GeoJSON geometries: what is one, and what box it fills."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from heritage.model import Geometry
from tests.strategies import geometries

RING = [[0, 0], [2, 0], [2, 3], [0, 0]]


@given(geometries)
def test_a_geometry_comes_back_from_parsed_json(geometry: Geometry) -> None:
    assert geometry == Geometry.of(geometry.plain())
    assert geometry == Geometry.of(json.loads(json.dumps(geometry.plain(), indent=2)))


@given(geometries)
def test_the_box_holds_every_position(geometry: Geometry) -> None:
    west, south, east, north = geometry.bounds()
    numbers = [(found[0], found[1]) for found in _positions(json.loads(geometry.text))]

    assert (west, east) == (min(x for x, _ in numbers), max(x for x, _ in numbers))
    assert (south, north) == (min(y for _, y in numbers), max(y for _, y in numbers))


def _positions(value: object) -> list[list[float]]:
    """Every position, found by its shape alone: a list of numbers."""
    if isinstance(value, dict):
        return [found for each in value.values() for found in _positions(each)]
    if isinstance(value, list):
        if all(isinstance(each, (int, float)) for each in value):
            return [value]
        return [found for each in value for found in _positions(each)]
    return []


def test_the_order_of_keys_does_not_matter() -> None:
    one = Geometry.of({"type": "Point", "coordinates": [1, 2]})

    assert one == Geometry.of({"coordinates": [1, 2], "type": "Point"})
    assert hash(one) == hash(Geometry.of({"coordinates": [1, 2], "type": "Point"}))


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("POINT (1 2)", "geometry: a GeoJSON geometry was expected, not 'POINT (1 2)'"),
        (None, "geometry: a GeoJSON geometry was expected, not None"),
        ({"type": "Circle", "coordinates": [1, 2]}, "geometry: 'Circle' is not a GeoJSON"),
        ({"coordinates": [1, 2]}, "geometry: None is not a GeoJSON geometry type"),
        ({"type": "Point"}, "geometry.coordinates: coordinates were expected, not None"),
        ({"type": "Point", "coordinates": []}, "geometry.coordinates: coordinates were expected"),
        ({"type": "Point", "coordinates": [1]}, "geometry.coordinates: a position is longitude"),
        ({"type": "Point", "coordinates": [1, "2"]}, "geometry.coordinates: a position is"),
        ({"type": "Point", "coordinates": [True, 2]}, "geometry.coordinates: a position is"),
        ({"type": "Point", "coordinates": [1, float("nan")]}, "geometry.coordinates: a position"),
        ({"type": "Point", "coordinates": [200, 2]}, "geometry.coordinates: [200, 2] is outside"),
        ({"type": "Point", "coordinates": [34, 91]}, "geometry.coordinates: [34, 91] is outside"),
        (
            {"type": "LineString", "coordinates": [[1, 2], [3]]},
            "geometry.coordinates[1]: a position is longitude and latitude",
        ),
        ({"type": "Polygon", "coordinates": [RING[:3]]}, "geometry: a ring needs four positions"),
        (
            {"type": "Polygon", "coordinates": [[*RING, [9, 9]]]},
            "geometry: a ring needs four positions and must end as it began",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [[RING], [RING[:2]]]},
            "geometry: a ring needs four positions",
        ),
        ({"type": "GeometryCollection", "geometries": []}, "geometry: a GeometryCollection needs"),
        (
            {"type": "GeometryCollection", "geometries": [{"type": "Point"}]},
            "geometry.geometries[0].coordinates: coordinates were expected",
        ),
    ],
)
def test_what_is_no_geometry_is_refused_with_its_place(plain: object, expected: str) -> None:
    with pytest.raises(ValueError, match=r"^geometry") as caught:
        Geometry.of(plain)

    assert str(caught.value).startswith(expected)
