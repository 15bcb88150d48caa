"""Rows to records: one file of UNESCO's list on its way."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import InvalidRecordError
from heritage.ingest.delivery import Statement
from heritage.ingest.formats.table import Row, Table, Value, is_blank
from heritage.ingest.sources.whc.cells import Cells, Repairs
from heritage.ingest.sources.whc.columns import Columns
from heritage.ingest.sources.whc.listings import Frame, listings_of
from heritage.ingest.sources.whc.sites import SCHEME, site_of
from heritage.ingest.sources.whc.values import decimal_mark, is_nothing, read_reference
from heritage.model import Record, Source
from heritage.problems import Origin, Problem

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

_SHAPE = frozenset(
    {"date_inscribed", "longitude", "latitude", "criteria_txt", "category", "iso_code"}
)
SHIFTED = 3
"""So many of the columns of `_SHAPE` at fault mean that the cells of a row moved."""


@attrs.define
class Reading:
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
