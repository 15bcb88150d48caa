"""Cells to sites: names, countries, place and category of a property."""

from __future__ import annotations

import re

from heritage.errors import ValueParseError
from heritage.ingest.formats.table import Value
from heritage.ingest.sources.whc.cells import Cells
from heritage.ingest.sources.whc.place import (
    Angle,
    locate,
    look_exchanged,
    read_angle,
    read_pair,
)
from heritage.ingest.sources.whc.text import clean, wrong_letters
from heritage.ingest.sources.whc.values import (
    FLAGS,
    is_nothing,
    read_category,
    read_countries,
    read_criteria,
    read_flag,
    text_of,
)
from heritage.model import CRITERIA, Identifier, Location, Name, Site, category_of

SCHEME = "whc"
_LANGUAGE = re.compile(r"whc\.unesco\.org/(?P<language>[a-z]{2})/", re.IGNORECASE)
_ERROR_CELL = re.compile(r"#(REF|NAME|VALUE|NUM|NULL|DIV/0|N/A|ERROR)[!?]?", re.IGNORECASE)


def site_of(cells: Cells, number: str, mark: str | None, source: str) -> Site | None:
    """The site of a row, or None where it has no name.

    Args:
        cells: The row.
        number: The property's number on the list.
        mark: The decimal mark of the file's texts.
        source: The id of the source of all this.
    """
    names = _names(cells)
    if not names:
        cells.report("missing-value", f"property {number} has no name; the row was left out")
        return None
    category = category_in(cells)
    return Site(
        id=f"{SCHEME}-{number}",
        names=names,
        kind=f"{category}_property" if category else "property",
        countries=cells.read("iso_code", read_countries) or (),
        identifiers=(Identifier(scheme=SCHEME, value=number),),
        location=_location(cells, mark),
        category=category,
        source=source,
    )


def _names(cells: Cells) -> tuple[Name, ...]:
    headers = {_tag(language): header for language, header in cells.columns.names.items()}
    plain = cells.columns.taken.get("name")
    if plain is not None:
        found = _LANGUAGE.search(text_of(cells.raw("http_url")))
        headers.setdefault(found["language"].lower() if found else "und", plain)
    names = []
    for language, header in headers.items():
        text = _name(cells, header, language)
        if text:
            names.append(Name(text=text, language=language))
    return tuple(names)


def _name(cells: Cells, header: str, language: str) -> str | None:
    value = cells.row.values.get(header)
    if is_nothing(value):
        return None
    written = text_of(value)
    found = clean(written)
    wrong = wrong_letters(found.text, language)
    if wrong:
        message = f"{written[:80]!r} {wrong}; the name was left out"
        cells.report("wrong-letters", message, column=header, value=value)
        return None
    letters = any(character.isalpha() for character in found.text)
    if not isinstance(value, str) or not letters or _ERROR_CELL.fullmatch(written):
        message = f"{written[:80]!r} is no name; it was left out"
        cells.report("invalid-value", message, column=header, value=value)
        return None
    if found.repaired:
        cells.repairs.note("repaired-text", header, cells.row.number, written, found.text)
    elif found.markup:
        cells.repairs.marked_up.add(cells.row.number)
    return found.text


def _tag(language: str) -> str:
    """A language tag in the usual letters: `sr-Latn`, `pt-BR`."""
    first, *rest = language.split("-")
    usual = [part.title() if len(part) == 4 else part.upper() for part in rest]
    return "-".join([first, *usual])


def _location(cells: Cells, mark: str | None) -> Location | None:
    longitude, latitude = cells.raw("longitude"), cells.raw("latitude")
    column = "latitude"
    if longitude is None and latitude is None:
        pair = cells.read("coordinates", read_pair)
        if pair is None:
            return None
        (longitude, latitude), column = pair, "coordinates"
    if is_nothing(longitude) or is_nothing(latitude):
        message = "longitude and latitude come together or not at all; the position was left out"
        absent = "longitude" if is_nothing(longitude) else column
        cells.report("invalid-coordinates", message, column=absent, value=longitude or latitude)
        return None
    return _placed(cells, longitude, latitude, mark)


def _placed(cells: Cells, longitude: Value, latitude: Value, mark: str | None) -> Location | None:
    written = f"{text_of(longitude)} {text_of(latitude)}"
    column = "longitude" if "longitude" in cells.columns.taken else "coordinates"
    angles: list[Angle] = []
    try:
        for value in (longitude, latitude):
            angle, repaired = read_angle(value, mark)
            angles.append(angle)
            if repaired:
                cells.repaired(column, value, angle.degrees)
        location, exchanged = locate(*angles)
    except ValueParseError as error:
        swapped = len(angles) == 2 and look_exchanged(*angles)
        cells.report(
            "invalid-coordinates",
            f"{written!r} is not {error.expected}; the position was left out",
            column=column,
            value=written,
            suggestion="longitude and latitude may have been exchanged" if swapped else None,
        )
        return None
    if exchanged:
        cells.repaired(column, written, f"{location.longitude} {location.latitude}")
    return location


def criteria_in(cells: Cells) -> tuple[str, ...]:
    """The criteria of a row; `criteria_txt` decides over the other columns."""
    written = cells.read("criteria_txt", read_criteria)
    flagged = _flagged(cells)
    if written is None:
        return flagged or ()
    if flagged is not None and flagged != written:
        cells.report(
            "criteria-columns-disagree",
            f"criteria_txt has {_shown(written)}, the other columns {_shown(flagged)};"
            " criteria_txt was believed",
            column="criteria_txt",
            value=cells.raw("criteria_txt"),
        )
    return written


def _flagged(cells: Cells) -> tuple[str, ...] | None:
    """The criteria by the columns of flags or of the portal; None where none is filled."""
    flags = {
        criterion: flag
        for column, criterion in FLAGS.items()
        if (flag := cells.read(column, read_flag)) is not None
    }
    if flags:
        return tuple(criterion for criterion in CRITERIA if flags.get(criterion))
    cultural = cells.read("cultural_criteria", read_criteria)
    natural = cells.read("natural_criteria", read_criteria)
    if cultural is None and natural is None:
        return None
    return (*(cultural or ()), *(natural or ()))


def _shown(criteria: tuple[str, ...]) -> str:
    return "".join(f"({criterion})" for criterion in criteria) or "none"


def category_in(cells: Cells) -> str | None:
    """The category of a row; the criteria decide where they contradict it."""
    stated = None
    for column in ("category", "category_short", "category_id"):
        if cells.raw(column) is not None:
            stated = cells.read(column, read_category)
            break
    implied = category_of(criteria_in(cells))
    if stated and implied and stated != implied:
        cells.report(
            "category-contradicts-criteria",
            f"it is called {stated}, its criteria make it {implied}; the criteria were believed",
            column="category",
            value=cells.raw("category"),
        )
    return implied or stated
