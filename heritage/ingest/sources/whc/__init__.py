"""Rows to records: UNESCO's World Heritage List in every edition and shape."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import InvalidRecordError, UnreadableFileError, UsageError, ValueParseError
from heritage.ingest.delivery import Delivery, Statement
from heritage.ingest.formats.table import Row, Table, Value, is_blank
from heritage.ingest.sources.whc import danger
from heritage.ingest.sources.whc.cells import Cells, Repairs
from heritage.ingest.sources.whc.columns import Columns, columns_of
from heritage.ingest.sources.whc.listings import Frame, date_of, listings_of
from heritage.ingest.sources.whc.sites import SCHEME, site_of
from heritage.ingest.sources.whc.values import (
    decimal_mark,
    is_nothing,
    latest_year,
    read_reference,
    read_year,
    read_years,
    text_of,
)
from heritage.ingest.wording import ranges
from heritage.model import Record, Source
from heritage.model.listing import FIRST_INSCRIPTION_YEAR
from heritage.problems import Origin, Problem

__all__ = ["SOURCES", "columns_of", "deliver", "read_edition"]

SOURCES = {
    "whc": Source(
        id="whc-list",
        title="World Heritage List",
        publisher="UNESCO World Heritage Centre",
        kind="dataset",
        url="https://whc.unesco.org/en/list/",
        tier=2,
    ),
    "whc-xml": Source(
        id="whc-syndication",
        title="World Heritage List, XML syndication",
        publisher="UNESCO World Heritage Centre",
        kind="dataset",
        url="https://whc.unesco.org/en/list/xml/",
        tier=2,
    ),
}
"""The source of each data set; the tier is that of an authority's own document."""

_OPTIONAL = (
    "date_inscribed", "secondary_dates", "danger_list", "criteria_txt", "category", "iso_code",
    "area_hectares",
)  # fmt: skip
_SHAPE = frozenset(
    {"date_inscribed", "longitude", "latitude", "criteria_txt", "category", "iso_code"}
)
SHIFTED = 3
"""So many of the columns of `_SHAPE` at fault mean that the cells of a row moved."""


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
    work = _Work(path, table, columns, taken)
    items: list[Statement | Problem] = [*table.problems, *work.about_columns()]
    items.extend(_about_edition(path, edition, newest))
    if columns.is_usable:
        items.extend(work.items())
    repairs = list(work.repairs.problems())
    return Delivery(
        source="whc",
        dataset=columns.dataset,
        edition=taken,
        items=iter([*items, *repairs]),
        rows=len(table.rows),
        complete=work.complete and not any(p.code == "unreadable-row" for p in table.problems),
        mentioned=frozenset(work.mentioned),
        notes=tuple(_notes(table, columns, work, taken if edition is None else None)),
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


@attrs.define
class _Work:
    """One file on its way to records."""

    path: str
    table: Table
    columns: Columns
    edition: FuzzyDate | None
    repairs: Repairs = attrs.field(init=False)
    mentioned: set[str] = attrs.field(factory=set)
    complete: bool = True
    decimal: str | None = None

    def __attrs_post_init__(self) -> None:
        self.repairs = Repairs(self.path)
        coordinates = [*self._values("longitude"), *self._values("latitude")]
        self.decimal = decimal_mark(coordinates, self._values("area_hectares"))

    def _values(self, name: str) -> Iterator[Value]:
        header = self._header(name)
        if header is not None:
            yield from (row.values.get(header) for row in self.table.rows)

    def _header(self, name: str) -> str | None:
        return self.columns.taken.get(name)

    def about_columns(self) -> Iterator[Problem]:
        """What is wrong with the headers."""
        origin = Origin(file=self.path, row=self.table.header)
        if not self.columns.is_usable:
            needed = (
                "the property's number (id_no)" if "id_no" not in self.columns.taken else "a name"
            )
            yield Problem(
                code="missing-column",
                message=f"there is no column with {needed}; nothing was loaded",
                origin=origin,
                suggestion=f"the headers are {', '.join(self.table.columns)[:300]}",
            )
            return
        for header in self.columns.unknown:
            filled = [row for row in self.table.rows if not is_blank(row.values.get(header))]
            if header or filled:
                named = header if header and not header.startswith(" (") else "without a header"
                yield Problem(
                    code="unknown-column",
                    message=f"nothing is known of the column {named!r}; it was not loaded",
                    origin=attrs.evolve(origin, column=header or None),
                )

    def items(self) -> Iterator[Statement | Problem]:
        """The source, then the records and problems of each row."""
        source = SOURCES[self.columns.dataset]
        yield Statement(source, Origin(file=self.path))
        frame = Frame(
            dataset=self.columns.dataset,
            source=source.id,
            edition=self.edition,
            mark=self.decimal,
            danger_list=any(not is_nothing(value) for value in self._values("danger_list")),
        )
        seen: dict[str, tuple[int, list[Record]]] = {}
        for row in self.table.rows:
            cells = Cells(self.path, row, self.columns, self.repairs)
            records = self._records(cells, frame)
            if records:
                records = self._new(cells, seen, row, records)
            else:
                self.complete = False
            yield from cells.problems
            origin = cells.origin()
            for record in records:
                yield Statement(record, origin)

    def _records(self, cells: Cells, frame: Frame) -> list[Record]:
        if cells.raw("id_no") is None:
            message = "the row has no number (id_no); it was left out"
            cells.report("missing-value", message, column="id_no")
            return []
        found = cells.read("id_no", read_reference)
        if found is None:
            return []
        number, suffix = found
        self.mentioned.add(f"{SCHEME}:{number}")
        try:
            site = site_of(cells, number, frame.mark, frame.source)
            listings = listings_of(cells, frame, number, suffix) if site else []
        except InvalidRecordError as error:
            cells.report("invalid-record", f"{error}; the row was left out", value=number)
            return []
        if site is None or _is_shifted(cells):
            return []
        return [site, *listings]

    def _new(
        self,
        cells: Cells,
        seen: dict[str, tuple[int, list[Record]]],
        row: Row,
        records: list[Record],
    ) -> list[Record]:
        """The records of a row, unless its property had a row before."""
        first = seen.setdefault(records[0].id, (row.number, records))
        if first[1] is records:
            return records
        if first[1] != records:
            number = records[0].id.removeprefix(f"{SCHEME}-")
            cells.report(
                "duplicate-row",
                f"property {number} stands in row {first[0]} already, and differently;"
                " the first was kept",
                column="id_no",
                value=number,
            )
        return []


def _is_shifted(cells: Cells) -> bool:
    """Whether so much of a row is out of place that its cells must have moved."""
    headers = {cells.columns.taken.get(name) for name in _SHAPE}
    at_fault = {p.origin.column for p in cells.problems} & headers
    if len(at_fault) < SHIFTED:
        return False
    cells.problems.clear()
    cells.report(
        "unreadable-row",
        f"the values under {', '.join(sorted(filter(None, at_fault)))} do not belong there;"
        " the row was left out",
        value=cells.raw("id_no"),
        suggestion="its cells may have been moved",
    )
    return True


def _notes(table: Table, columns: Columns, work: _Work, guessed: FuzzyDate | None) -> Iterator[str]:
    yield from table.notes
    if guessed is not None:
        yield f"the edition was not named; {guessed.text}, the newest year in the file, was taken"
    if work.decimal == ",":
        yield "numbers are written with a decimal comma"
    marked_up = work.repairs.marked_up
    if marked_up:
        yield f"markup was taken out of names in {len(marked_up)} rows: {ranges(marked_up)}"
    absent = [name for name in _OPTIONAL if name not in columns.taken]
    if columns.dataset == "whc-xml":
        absent = [name for name in absent if name not in {"danger_list", "area_hectares"}]
    if columns.is_usable and absent:
        yield f"columns that are not in this file: {', '.join(absent)}"
