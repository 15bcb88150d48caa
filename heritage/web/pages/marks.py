"""Sites with a position to marks on the map that the server draws."""

from __future__ import annotations

from heritage.web.queries import Row


def mark(point: Row) -> Row:
    """A site as the map's template takes it.

    A path of no length is drawn as a dot whose size in pixels is the width of
    its stroke, whatever the size of the map.
    """
    longitude, latitude = point["longitude"], point["latitude"]
    looks = [name for name, key in LOOKS if point[key]]
    return {
        "id": point["id"],
        "name": point["name"] or point["id"],
        "at": f"{longitude:g} {latitude:g}",
        "path": f"M{longitude:.2f} {-latitude:.2f}h0",
        "look": " ".join(looks),
        "layers": ["", *(LAYERS[name] for name in looks)],
        "area": "",
        "box": None,
    }


LOOKS = (("danger", "in_danger"), ("damaged", "damaged"))
"""Classes of a mark, each with the column that calls for it."""

LAYERS = {"danger": "in", "damaged": "dot"}
"""The dot that each class lays over the first one."""
