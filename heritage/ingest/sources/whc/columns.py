"""Headers to columns: what UNESCO's editions call what we take, ignore or report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

NAME: Final = re.compile(r"name_(?P<language>[a-z]{2,3}(_[a-z0-9]{2,8})*)")
"""A name in a language: `name_en`, `name_zh`, `name_sr_latn`."""

TAKEN: Final[Mapping[str, tuple[str, ...]]] = {
    "id_no": ("id_no", "id_number", "idno"),
    "name": ("site", "name"),
    "rev_bis": ("rev_bis",),
    "date_inscribed": ("date_inscribed",),
    "secondary_dates": ("secondary_dates",),
    "danger": ("danger",),
    "danger_list": ("danger_list",),
    "date_end": ("date_end",),
    "longitude": ("longitude", "coordinates_lon", "geolocations_poi_longitude"),
    "latitude": ("latitude", "coordinates_lat", "geolocations_poi_latitude"),
    "coordinates": ("coordinates", "geo_point_2d"),
    "area_hectares": ("area_hectares",),
    "criteria_txt": ("criteria_txt",),
    "cultural_criteria": ("cultural_criteria",),
    "natural_criteria": ("natural_criteria",),
    "category": ("category",),
    "category_short": ("category_short",),
    "category_id": ("category_id",),
    "iso_code": ("iso_code", "iso_codes"),
    "http_url": ("http_url",),
    **{flag: (flag,) for flag in ("c1", "c2", "c3", "c4", "c5", "c6", "n7", "n8", "n9", "n10")},
}
"""What is read, each with the names that it has in one edition or another.

`id_no` and the names in many languages are those of the spreadsheets; `id_number`
and `site` of the XML syndication; `coordinates`, `iso_codes`, `cultural_criteria`
and `category_id` of the open-data portal.
"""

_COPYRIGHT = "a text of UNESCO's, which is under copyright"
_REPEATS = "says again what another column says"

IGNORED: Final[Mapping[str, str]] = {
    r"short_description(_\w+)?": _COPYRIGHT,
    r"(long_|historical_)?description(_\w+)?": _COPYRIGHT,
    r"justification(_\w+)?": _COPYRIGHT,
    r"location": _COPYRIGHT,
    r"(main_)?(image|video)s?_\w+": "pictures and films, which are under copyright",
    r"states(_names?(_\w+)?)?": _REPEATS,
    r"udnp_code": _REPEATS,
    r"transboundary|transnational": _REPEATS,
    r"extension|revision": _REPEATS,
    r"regions?(_\w+)?": "UNESCO's division of the world, which follows from the country",
    r"unique_number": "a number that UNESCO gives anew from edition to edition",
    r"uuid|recordid|datasetid|record_timestamp": "numbers of the program that wrote the file",
    r"components_(list|count)|components": "parts of serial properties, which are not read yet",
    r"geolocations(_\w+)?|dossier": "points and documents of parts, which are not read yet",
}
"""What is passed over in silence, as patterns of headers, each with the reason."""

_IGNORED = re.compile("|".join(f"(?:{pattern})" for pattern in IGNORED))
_ALIASES = {alias: name for name, aliases in TAKEN.items() for alias in aliases}
# The frozen danger field and the single name are marks of the syndication.
_SYNDICATION = frozenset({"id_number", "site"})


def normal(header: str) -> str:
    r"""A header without the accidents of copies: `Date Inscribed` is `date_inscribed`.

    >>> normal("\ufeffID No"), normal("dateInscribed"), normal("Name (EN)")
    ('id_no', 'date_inscribed', 'name_en')
    """
    # A byte-order mark may have come through as itself or as three Latin letters.
    text = header.replace("\ufeff", "").replace("ï»¿", "").strip(" \t\r\n\"'")
    if not text.isupper() and not text.islower():
        text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text)
    return re.sub(r"[^\w]+", "_", text).lower().strip("_")


@attrs.frozen(kw_only=True)
class Columns:
    """Which header of a file is which column."""

    taken: Mapping[str, str]
    """Our name to the header as written."""
    names: Mapping[str, str]
    """Language to the header as written."""
    unknown: tuple[str, ...]
    """Headers that no rule reads."""
    dataset: str
    """`whc` for the spreadsheets and what is made of them, `whc-xml` for the syndication."""

    @property
    def is_list(self) -> bool:
        """Whether this is the World Heritage List for certain: its number and a name."""
        return "id_no" in self.taken and bool(self.names or "name" in self.taken)


def columns_of(headers: Iterable[str]) -> Columns:
    """Sort the headers of a file."""
    taken: dict[str, str] = {}
    names: dict[str, str] = {}
    unknown: list[str] = []
    found: set[str] = set()
    for header in headers:
        column = normal(header)
        language = NAME.fullmatch(column)
        if column in _ALIASES and _ALIASES[column] not in taken:
            taken[_ALIASES[column]] = header
            found.add(column)
        elif language and language["language"].replace("_", "-") not in names:
            names[language["language"].replace("_", "-")] = header
        elif not _IGNORED.fullmatch(column):
            unknown.append(header)
    syndicated = bool(found & _SYNDICATION) and "danger_list" not in taken and not names
    return Columns(
        taken=taken,
        names=names,
        unknown=tuple(unknown),
        dataset="whc-xml" if syndicated else "whc",
    )
