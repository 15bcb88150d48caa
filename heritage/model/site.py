"""Heritage places: what they are called, where they are, of what they are part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from heritage.dates import FuzzyDate
from heritage.model.fields import between, check, check_id, in_order, one_of, to_date, to_number
from heritage.model.geometry import Geometry

ACCESS = ("public", "restricted", "withheld")
CATEGORIES = ("cultural", "natural", "mixed")

NAME_KINDS = (
    "official",
    "common",
    "transliteration",
    "translation",
    "alias",
    "ancient",
    "former",
    "misspelling",
)
"""Kinds of names, those to be shown first in front; unknown kinds come last."""


def _language_fault(value: str) -> str | None:
    parts = value.split("-")
    sound = value.isascii() and all(p.isalnum() and len(p) <= 8 for p in parts)
    if sound and 2 <= len(parts[0]) <= 8 and parts[0].isalpha():
        return None
    return f"{value!r} is not a BCP 47 language tag such as ar, en or ku-Latn"


@attrs.frozen(kw_only=True)
class Name:
    """What a site is called, in one language."""

    text: str
    language: str = attrs.field(default="und", metadata={"check": _language_fault})
    """BCP 47, such as `ar` or `ku-Latn`; `und` where nobody said."""
    kind: str = "official"
    """A term of the vocabulary `name_kind`."""

    def __attrs_post_init__(self) -> None:
        check(self)


def _name_order(name: Name) -> tuple[int, bool, str, str]:
    known = name.kind in NAME_KINDS
    rank = NAME_KINDS.index(name.kind) if known else len(NAME_KINDS)
    return rank, name.language != "en", name.language, name.text


def names_in_order(names: Iterable[Name]) -> tuple[Name, ...]:
    """Names without doubles: official before common, English first, then by language.

    Whoever loads two files in either order gets the same record, so the order
    of names is a rule and not an accident of loading.
    """
    names = tuple(names)
    if all(isinstance(name, Name) for name in names):
        return tuple(sorted(set(names), key=_name_order))
    return names


def _scheme_fault(value: str) -> str | None:
    if value.isascii() and value.replace("-", "").replace("_", "").isalnum() and value.islower():
        return None
    return f"{value!r} is not a scheme: lower-case letters, digits, - and _ only"


@attrs.frozen(kw_only=True)
class Identifier:
    """A site's name in another system: scheme `whc`, value `23`."""

    scheme: str = attrs.field(metadata={"check": _scheme_fault})
    value: str

    def __attrs_post_init__(self) -> None:
        check(self)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def _identifiers_in_order(values: Iterable[Identifier]) -> tuple[Identifier, ...]:
    values = tuple(values)
    if all(isinstance(value, Identifier) for value in values):
        return tuple(sorted(set(values), key=lambda i: (i.scheme, i.value)))
    return values


def _radius_fault(value: float) -> str | None:
    return f"{value} is negative" if value < 0 else None


def _location_rules(location: Location) -> Iterator[str]:
    lon, lat = location.longitude, location.latitude
    if (lon is None) != (lat is None):
        yield "longitude and latitude come together or not at all"
    if lon is None and location.geometry is None:
        yield "neither a point nor a geometry is given"
    if lon == 0 and lat == 0 and not location.is_null_island:
        yield "0 0 is a missing value more often than a place; set is_null_island if it is meant"


@attrs.frozen(kw_only=True)
class Location:
    """Where a site is: a point in WGS 84 degrees, a geometry, or both."""

    longitude: float | None = attrs.field(
        default=None, converter=to_number, metadata={"check": between(-180, 180)}
    )
    latitude: float | None = attrs.field(
        default=None, converter=to_number, metadata={"check": between(-90, 90)}
    )
    geometry: Geometry | None = None
    precision_m: float | None = attrs.field(
        default=None, converter=to_number, metadata={"check": _radius_fault}
    )
    """Radius in metres within which the true position lies; None where nobody said."""
    access: str = attrs.field(default="public", metadata={"check": one_of("access", ACCESS)})
    is_null_island: bool = False
    """True for a site that really lies at 0 0."""

    RULES = (_location_rules,)

    def __attrs_post_init__(self) -> None:
        check(self)


def _country_fault(value: str) -> str | None:
    if len(value) == 2 and value.isascii() and value.isalpha() and value.isupper():
        return None
    return f"{value!r} is not an ISO 3166-1 alpha-2 code such as SY"


def _site_rules(site: Site) -> Iterator[str]:
    if site.part_of == site.id:
        yield "part_of: a site cannot be part of itself"


@attrs.frozen(kw_only=True)
class Site:
    """Any heritage place: a property, a temple in it, a wall of that temple."""

    id: str = attrs.field(metadata={"check": check_id})
    names: tuple[Name, ...] = attrs.field(default=(), converter=names_in_order)
    kind: str | None = None
    """A term of the vocabulary `site_kind`."""
    part_of: str | None = attrs.field(default=None, metadata={"check": check_id})
    countries: tuple[str, ...] = attrs.field(
        default=(), converter=in_order, metadata={"check": _country_fault}
    )
    """ISO 3166-1 alpha-2; empty where the sources name none, as for Jerusalem."""
    identifiers: tuple[Identifier, ...] = attrs.field(default=(), converter=_identifiers_in_order)
    location: Location | None = None
    built: FuzzyDate | None = attrs.field(default=None, converter=to_date)
    category: str | None = attrs.field(
        default=None, metadata={"check": one_of("category", CATEGORIES)}
    )
    source: str | None = attrs.field(default=None, metadata={"check": check_id})
    """Where these facts were read."""

    RULES = (_site_rules,)

    def __attrs_post_init__(self) -> None:
        check(self)

    @property
    def name(self) -> str:
        """The name to show: the first of `names`, or the id where there is none."""
        return self.names[0].text if self.names else self.id
