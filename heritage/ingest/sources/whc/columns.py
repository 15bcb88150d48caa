"""Headers to columns: what UNESCO's editions call what we take, ignore or report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

LANGUAGES: Final = frozenset({
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg",
    "bi", "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy",
    "da", "de", "dv", "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj",
    "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht",
    "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv",
    "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky",
    "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn",
    "mr", "ms", "mt", "my", "na", "nb", "nd", "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny",
    "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu", "rm", "rn", "ro", "ru",
    "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss",
    "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts",
    "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi", "yo",
    "za", "zh", "zu",
})  # fmt: skip
"""The two letters of ISO 639-1; `name_of` and `name_old` are no names in a language."""

NAME: Final = re.compile(r"name_(?P<language>[a-z]{2})(?P<rest>(_([a-z]{2}|[a-z]{4}))*)")
"""A name in a language: `name_en`, `name_zh`, `name_sr_latn`."""

DISTINCTIVE: Final = frozenset(
    {"date_inscribed", "criteria_txt", "danger_list", "rev_bis", "category_short", "iso_code"}
)
"""Columns that no other list is known to have beside a number and a plain name."""

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


def _language(column: str) -> str | None:
    """The language of a column of names, as a tag in lower case."""
    found = NAME.fullmatch(column)
    if found is None or found["language"] not in LANGUAGES:
        return None
    return (found["language"] + found["rest"]).replace("_", "-")


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
    def is_usable(self) -> bool:
        """Whether there is what no row can do without: its number and a name."""
        return "id_no" in self.taken and bool(self.names or "name" in self.taken)

    @property
    def is_list(self) -> bool:
        """Whether this is the World Heritage List for certain, by its own names for these."""
        known = self.names or normal(self.taken.get("name", "")) == "site"
        return self.is_usable and bool(known or DISTINCTIVE & self.taken.keys())


def columns_of(headers: Iterable[str]) -> Columns:
    """Sort the headers of a file."""
    taken: dict[str, str] = {}
    names: dict[str, str] = {}
    unknown: list[str] = []
    found: set[str] = set()
    for header in headers:
        column = normal(header)
        language = _language(column)
        if column in _ALIASES and _ALIASES[column] not in taken:
            taken[_ALIASES[column]] = header
            found.add(column)
        elif language and language not in names:
            names[language] = header
        elif not _IGNORED.fullmatch(column):
            unknown.append(header)
    syndicated = bool(found & _SYNDICATION) and "danger_list" not in taken and not names
    return Columns(
        taken=taken,
        names=names,
        unknown=tuple(unknown),
        dataset="whc-xml" if syndicated else "whc",
    )
