"""Sites with a position to marks on the map that the server draws."""

from __future__ import annotations

import math

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
        "parts": (),
    }


LOOKS = (("danger", "in_danger"), ("damaged", "damaged"))
"""Classes of a mark, each with the column that calls for it."""

LAYERS = {"danger": "in", "damaged": "dot"}
"""The dot that each class lays over the first one."""

WIDE = 18
"""The width in pixels of the mark of a site with parts."""


RING = 23
"""The width in pixels of the ring around the mark of a site in danger."""


def layers(stand: Row, *, in_danger: bool) -> list[Row]:
    """How the parts of a site stand as discs upon each other, the widest first.

    The area of each disc is the share of the parts that stand so or worse:
    destroyed in the middle, then damaged, and so on, and what is unknown at the
    edge. A site in danger has a ring around them.
    """
    total, worse, found = sum(stand.values()), 0, []
    for name, number in stand.items():
        worse += number
        if number:
            wide = max(round(WIDE * math.sqrt(worse / total)), 3)
            found.append({"look": name, "width": wide})
    ring = [{"look": "ring", "width": RING}] if in_danger else []
    return [*ring, *found[::-1]]
