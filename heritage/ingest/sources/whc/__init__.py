"""Rows to records: UNESCO's World Heritage List in every edition and shape."""

from __future__ import annotations

from collections.abc import Iterator

from heritage.dates import FuzzyDate
from heritage.errors import UnreadableFileError, UsageError, ValueParseError
from heritage.ingest.delivery import Delivery, Statement
from heritage.ingest.formats.table import Table
from heritage.ingest.sources.whc import danger
from heritage.ingest.sources.whc.columns import Columns, columns_of
from heritage.ingest.sources.whc.listings import date_of
from heritage.ingest.sources.whc.reading import SOURCES, Reading
from heritage.ingest.sources.whc.values import (
    is_nothing,
    latest_year,
    read_year,
    read_years,
    text_of,
)
from heritage.ingest.wording import ranges
from heritage.model.listing import FIRST_INSCRIPTION_YEAR
from heritage.problems import Origin, Problem

__all__ = ["SOURCES", "columns_of", "deliver", "read_edition"]

_OPTIONAL = (
    "date_inscribed", "secondary_dates", "danger_list", "criteria_txt", "category", "iso_code",
    "area_hectares",
)  # fmt: skip


def read_edition(text: str | None) -> FuzzyDate | None:
    """The edition that a person named.

    Raises:
        DateParseError: It is not EDTF.
        UsageError: It has no end, so that nothing could be newer.
    """
    if text is None:
        return None
    edition = FuzzyDate.parse(text)
    if edition.latest_year is None or edition.earliest_year is None:
        raise UsageError(f"the edition {text!r} has no beginning or no end; name a year or a day")
    return edition


def deliver(path: str, table: Table, edition: FuzzyDate | None = None) -> Delivery:
    """Read the rows of a table that was found to be, or was said to be, UNESCO's list.

    Raises:
        UnreadableFileError: There are headers and nothing below them: an edition
            without a single property would mean that all had left.
    """
    if not table.rows and not table.problems:
        raise UnreadableFileError(path, "there are headers in it and no rows")
    columns = columns_of(table.columns)
    newest = _newest_year(table, columns)
    taken = edition or (None if newest is None else date_of(newest))
    reading = Reading(path, table, columns, taken)
    items: list[Statement | Problem] = [*table.problems, *reading.about_columns()]
    items.extend(_about_edition(path, edition, newest))
    if columns.is_usable:
        items.extend(reading.items())
    repairs = list(reading.repairs.problems())
    return Delivery(
        source="whc",
        dataset=columns.dataset,
        edition=taken,
        items=iter([*items, *repairs]),
        rows=len(table.rows),
        complete=reading.complete and not any(p.code == "unreadable-row" for p in table.problems),
        mentioned=frozenset(reading.mentioned),
        notes=tuple(_notes(table, columns, reading, taken if edition is None else None)),
    )


def _newest_year(table: Table, columns: Columns) -> int | None:
    """The newest possible year in the rows: no edition is older than what it tells."""
    years: set[int] = set()
    for name in ("date_inscribed", "secondary_dates", "date_end", "danger_list", "danger"):
        header = columns.taken.get(name)
        values = {row.values.get(header) for row in table.rows} if header is not None else set()
        for value in values:
            if is_nothing(value):
                continue
            try:
                if name.startswith("danger"):
                    for stint in danger.parse(text_of(value)):
                        years |= {stint.begin, stint.end or stint.begin}
                elif name == "secondary_dates":
                    years |= set(read_years(value)[0])
                else:
                    years.add(read_year(value)[0])
            except ValueParseError:
                continue  # told when the row is read
    return max((y for y in years if FIRST_INSCRIPTION_YEAR <= y <= latest_year()), default=None)


def _about_edition(path: str, named: FuzzyDate | None, newest: int | None) -> Iterator[Problem]:
    if named is None and newest is None:
        yield Problem(
            code="edition-unknown",
            message="no year in the file tells its edition; it was read without one",
            origin=Origin(file=path),
            suggestion="name it with --edition",
        )
    elif named is not None and newest is not None and (named.latest_year or newest) < newest:
        yield Problem(
            code="edition-too-early",
            message=f"the edition {named.text} tells of {newest}; it was taken as named",
            origin=Origin(file=path),
            suggestion=f"the edition may be of {newest}",
        )


def _notes(
    table: Table, columns: Columns, reading: Reading, guessed: FuzzyDate | None
) -> Iterator[str]:
    yield from table.notes
    if guessed is not None:
        yield f"the edition was not named; {guessed.text}, the newest year in the file, was taken"
    if reading.decimal == ",":
        yield "numbers are written with a decimal comma"
    marked_up = reading.repairs.marked_up
    if marked_up:
        yield f"markup was taken out of names in {len(marked_up)} rows: {ranges(marked_up)}"
    absent = [name for name in _OPTIONAL if name not in columns.taken]
    if columns.dataset == "whc-xml":
        absent = [name for name in absent if name not in {"danger_list", "area_hectares"}]
    if columns.is_usable and absent:
        yield f"columns that are not in this file: {', '.join(absent)}"
