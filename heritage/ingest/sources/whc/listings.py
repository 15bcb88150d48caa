"""Cells to listings: inscription, extensions and danger stints of a property."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import ValueParseError
from heritage.ingest.sources.whc import danger
from heritage.ingest.sources.whc.cells import Cells
from heritage.ingest.sources.whc.danger import Stint
from heritage.ingest.sources.whc.sites import criteria_in
from heritage.ingest.sources.whc.values import (
    latest_year,
    read_flag,
    read_number,
    read_year,
    read_years,
    text_of,
)
from heritage.model import IN_DANGER, WORLD_HERITAGE, Listing
from heritage.model.listing import FIRST_INSCRIPTION_YEAR


@cache
def date_of(year: int) -> FuzzyDate:
    """A year as a date; the same few dozen years fill every file."""
    return FuzzyDate.parse(f"{year:04}")


@attrs.frozen(kw_only=True)
class Frame:
    """What all rows of a file share."""

    dataset: str
    source: str
    edition: FuzzyDate | None
    mark: str | None
    """The decimal mark of the file's texts."""
    danger_list: bool
    """Whether the column `danger_list` is there and filled at all."""


def listings_of(cells: Cells, frame: Frame, reference: str, suffix: str | None) -> list[Listing]:
    """Everything that a row states about a property's place on the World Heritage List."""
    base = Listing(
        site=f"whc-{reference}",
        register=WORLD_HERITAGE,
        status="inscribed",
        reference=reference,
        source=frame.source,
        first_edition=frame.edition,
        edition=frame.edition,
    )
    inscribed = _inscribed(cells)
    found = [
        attrs.evolve(
            base,
            begin=None if inscribed is None else date_of(inscribed),
            as_written=_odd_year(cells, inscribed),
            suffix=suffix or text_of(cells.raw("rev_bis")) or None,
            criteria=criteria_in(_silent(cells)),
            area_ha=_area(cells, frame.mark),
            id="",
        )
    ]
    found.extend(
        attrs.evolve(base, status="extended", begin=date_of(year), id="")
        for year in _extensions(cells, inscribed)
    )
    found.extend(_in_danger(cells, frame, base, inscribed))
    return found


def _silent(cells: Cells) -> Cells:
    """The same cells, whose problems were told before."""
    return attrs.evolve(cells, problems=[], repairs=attrs.evolve(cells.repairs, found={}))


def _odd_year(cells: Cells, inscribed: int | None) -> str | None:
    written = cells.raw("date_inscribed")
    return None if inscribed is not None or written is None else text_of(written)[:80] or None


def _inscribed(cells: Cells) -> int | None:
    year = cells.read("date_inscribed", read_year)
    if year is None:
        return None
    if year < FIRST_INSCRIPTION_YEAR:
        cells.report(
            "listing-before-convention",
            f"an inscription in {year} lies before the first ones in {FIRST_INSCRIPTION_YEAR};"
            " the year was left out",
            column="date_inscribed",
            value=cells.raw("date_inscribed"),
        )
        return None
    return year if _has_come(cells, "date_inscribed", year) else None


def _has_come(cells: Cells, column: str, year: int) -> bool:
    if year <= latest_year():
        return True
    message = f"the year {year} has not come yet; it was left out"
    cells.report("invalid-date", message, column=column, value=cells.raw(column))
    return False


def _area(cells: Cells, mark: str | None) -> float | None:
    area = cells.read("area_hectares", lambda value: read_number(value, mark))
    if area is None or area == 0:
        return None  # 0 stands for an area that is not known
    if area < 0:
        message = "an area is not less than nothing; it was left out"
        value = cells.raw("area_hectares")
        cells.report("invalid-value", message, column="area_hectares", value=value)
        return None
    return area


def _extensions(cells: Cells, inscribed: int | None) -> Iterator[int]:
    """The years of extensions; portals repeat the year of the inscription among them."""
    for year in cells.read("secondary_dates", read_years) or ():
        if year == inscribed or not _has_come(cells, "secondary_dates", year):
            continue
        if year < (inscribed or FIRST_INSCRIPTION_YEAR):
            message = f"an extension in {year} lies before the inscription; it was left out"
            value = cells.raw("secondary_dates")
            cells.report("invalid-date", message, column="secondary_dates", value=value)
            continue
        yield year


def _in_danger(
    cells: Cells, frame: Frame, base: Listing, inscribed: int | None
) -> Iterator[Listing]:
    column = "danger_list" if frame.danger_list else "danger"
    stints = _stints(cells, frame, column)
    if stints is None:
        yield from _without_list(cells, base, inscribed)
        return
    for stint in stints:
        if _is_possible(cells, column, stint, inscribed):
            yield attrs.evolve(
                base,
                status=IN_DANGER,
                begin=date_of(stint.begin),
                end=None if stint.end is None else date_of(stint.end),
                as_written=stint.words,
                id="",
            )


def _stints(cells: Cells, frame: Frame, column: str) -> tuple[Stint, ...] | None:
    """The stints that a row spells out; None where only flags are left to go by."""
    text = text_of(cells.raw(column))
    if column == "danger":
        frozen = frame.dataset == "whc-xml"
        if not text:
            return () if frozen else None
        if text.lower() in {"0", "1", "true", "false", "0.0", "1.0"}:
            if not frozen:
                return None
            cells.report(
                "danger-column-frozen",
                f"{text!r} in the syndication's frozen danger field means nothing certain;"
                " nothing was made of it",
                column=column,
                value=text,
            )
            return ()
    try:
        stints = danger.parse(text)
    except ValueParseError as error:
        cells.report(
            "invalid-value",
            f"{text[:80]!r} is not {error.expected} (character {error.at + 1}); it was left out",
            column=column,
            value=text,
        )
        return None if column == "danger_list" else ()
    if column == "danger_list":
        _compare(cells, stints)
    return stints


def _compare(cells: Cells, stints: tuple[Stint, ...]) -> None:
    """Report where `danger` and `date_end` contradict `danger_list`, which is believed."""
    flag = cells.read("danger", read_flag)
    lasts = any(stint.end is None for stint in stints)
    told = danger.format(stints) or "nothing"
    if flag is not None and flag != lasts:
        says = "in danger" if flag else "not in danger"
        cells.report(
            "danger-columns-disagree",
            f"danger says {says}, danger_list says {told}; danger_list was believed",
            column="danger",
            value=cells.raw("danger"),
        )
    end = cells.read("date_end", read_year)
    # In a property's second stint the column holds the end of an earlier one.
    if end is not None and end not in {stint.end for stint in stints}:
        cells.report(
            "danger-columns-disagree",
            f"date_end says {end}, danger_list says {told}; danger_list was believed",
            column="date_end",
            value=cells.raw("date_end"),
        )


def _without_list(cells: Cells, base: Listing, inscribed: int | None) -> Iterator[Listing]:
    """What the flags alone tell: that a stint lasts, and in which year one ended."""
    end = cells.read("date_end", read_year)
    if end is not None and _is_possible(cells, "date_end", Stint(end, end), inscribed):
        yield attrs.evolve(base, status="removed", begin=date_of(end), id="")
    if cells.read("danger", read_flag):
        yield attrs.evolve(base, status=IN_DANGER, id="")


def _is_possible(cells: Cells, column: str, stint: Stint, inscribed: int | None) -> bool:
    value = cells.raw(column)
    if stint.end is not None and stint.end < stint.begin:
        message = f"the stint {stint.words!r} ends before it begins; it was kept out"
        cells.report("ends-before-it-begins", message, column=column, value=value)
        return False
    if stint.begin < (inscribed or FIRST_INSCRIPTION_YEAR):
        cells.report(
            "danger-before-inscription",
            f"in danger in {stint.begin}, before the inscription"
            f"{f' in {inscribed}' if inscribed else ''}; it was kept out",
            column=column,
            value=value,
        )
        return False
    return all(_has_come(cells, column, year) for year in (stint.begin, stint.end or stint.begin))
