"""Coordinates as copied to a location: degrees of every notation, or a reason why not."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from heritage.errors import ValueParseError
from heritage.ingest.formats.table import Value
from heritage.ingest.sources.whc.values import Read, is_nothing, read_number, refuse, text_of
from heritage.model import Location

_NUMBER = r"\d+(?:[.,]\d+)?"
_DEGREES = re.compile(
    rf"(?P<before>[NSEWnsew])?\s*(?P<sign>[+-])?\s*(?P<degrees>{_NUMBER})\s*[°º]?"
    rf"(?:\s*(?P<minutes>{_NUMBER})\s*['′’])?"
    rf"(?:\s*(?P<seconds>{_NUMBER})\s*(?:\"|″|”|''|′′|’’))?\s*(?P<after>[NSEWnsew])?",
    re.ASCII,
)
_PAIR: Final = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*[,;]\s*([-+]?\d+(?:\.\d+)?)\s*", re.ASCII)


class Angle(NamedTuple):
    """Degrees, and the letter of the compass where one stood there."""

    degrees: float
    letter: str | None


def read_angle(value: Value, mark: str | None = None) -> Read[Angle]:
    """Degrees as a number, `38.26667`, with a letter, `38.26667° E`, or in minutes.

    >>> read_angle("34°30′N"), read_angle("-67,5", ",")
    ((Angle(degrees=34.5, letter='N'), True), (Angle(degrees=-67.5, letter=None), False))
    """
    text = text_of(value)
    if not isinstance(value, str) or re.fullmatch(r"[-+]?[\d.,eE+-]+", text, re.ASCII):
        # The comma of a coordinate is decimal: it has no thousands.
        decimal = text if text.count(",") != 1 or "." in text else text.replace(",", ".")
        number, repaired = read_number(decimal if isinstance(value, str) else value)
        return Angle(number, None), repaired or (decimal != text and mark != ",")
    found = _DEGREES.fullmatch(text)
    if (
        found is None
        or (found["before"] and found["after"])
        or (found["seconds"] and not found["minutes"])
    ):
        raise refuse(value, "degrees such as 34.55417")
    degrees, minutes, seconds = (
        float((found[part] or "0").replace(",", ".")) for part in ("degrees", "minutes", "seconds")
    )
    if minutes >= 60 or seconds >= 60:
        raise refuse(value, "fewer than 60 minutes and seconds")
    letter = (found["before"] or found["after"] or "").upper() or None
    size = degrees + minutes / 60 + seconds / 3600
    negative = (found["sign"] == "-") != (letter in {"S", "W"})
    return Angle(-size if negative else size, letter), True


def read_pair(value: Value) -> Read[tuple[Value, Value]]:
    """Longitude and latitude of one cell, which portals write as `latitude, longitude`."""
    text = text_of(value)
    found = _PAIR.fullmatch(text)
    if found:
        return (float(found[2]), float(found[1])), False
    try:
        plain = json.loads(text.replace("'", '"'))
    except (ValueError, RecursionError):
        plain = None
    if isinstance(plain, dict):
        if isinstance(plain.get("lon"), (int, float)) and isinstance(
            plain.get("lat"), (int, float)
        ):
            return (plain["lon"], plain["lat"]), False
        point = plain.get("coordinates")
        if isinstance(point, list) and len(point) >= 2:
            return (point[0], point[1]), False
    raise refuse(value, "a point such as 34.55417, 38.26667")


def locate(longitude: Angle, latitude: Angle) -> Read[Location]:
    """The location of two angles; exchanged where their letters say so.

    Raises:
        ValueParseError: They are no place, or 0 0, which is how programs write
            that they do not know; `expected` says which.
    """
    repaired = False
    if longitude.letter in {"N", "S"} and latitude.letter in {"E", "W"}:
        longitude, latitude, repaired = latitude, longitude, True
    elif longitude.letter in {"N", "S"} or latitude.letter in {"E", "W"}:
        raise ValueParseError(
            _pair(longitude, latitude), 0, "one letter of N or S and one of E or W"
        )
    lon, lat = longitude.degrees, latitude.degrees
    if lon == 0 and lat == 0:
        raise ValueParseError("0 0", 0, "a place; 0 0 stands for one that is not known")
    if abs(lon) > 180 or abs(lat) > 90:
        fault = "longitude within 180 and latitude within 90 degrees"
        raise ValueParseError(_pair(longitude, latitude), 0, fault)
    return Location(longitude=lon, latitude=lat), repaired


def look_exchanged(longitude: Angle, latitude: Angle) -> bool:
    """Whether the two would be a place the other way round only."""
    return (
        abs(latitude.degrees) > 90 and abs(longitude.degrees) <= 90 < abs(latitude.degrees) <= 180
    )


def _pair(longitude: Angle, latitude: Angle) -> str:
    return f"{longitude.degrees:g} {latitude.degrees:g}"


def half_missing(longitude: Value, latitude: Value) -> bool:
    """Whether one of the two is given without the other."""
    return is_nothing(longitude) != is_nothing(latitude)
