"""Cells to rows: the one shape in which every tabular file is handed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import attrs

from heritage.problems import Problem

Value = str | int | float | bool | None
"""What a cell can hold. Dates of spreadsheets are ISO text."""

HEADER_WITHIN = 20
"""Titles and blank lines above a header do not go deeper than this."""


class Row(NamedTuple):
    """One row of a file.

    `number` is the line, row or position that a person would count to: the line
    of a text file on which the row begins, the row of a sheet, the position of
    an element or object in XML and JSON; the first is 1.
    """

    number: int
    values: Mapping[str, Value]


@attrs.frozen(kw_only=True)
class Table:
    """One table of a file: a sheet of a workbook, or the whole of any other file."""

    name: str | None = None
    columns: tuple[str, ...]
    """The headers as written, without blanks around them; each is there once."""
    header: int | None = None
    """The number of the row that holds the headers; None where each row names its own."""
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    """What had to be repaired or left out before there were rows."""
    notes: tuple[str, ...] = ()
    """What a reader may like to know about how the file was read."""


def plain(cell: object) -> Value:
    """The value of a spreadsheet's cell.

    Times of day fall away where they are midnight: a spreadsheet has no other
    way to write a day.
    """
    if cell is None or isinstance(cell, (str, bool, int, float)):
        return cell
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def is_blank(value: Value) -> bool:
    """Whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def unique_columns(cells: Iterable[Value]) -> tuple[str, ...]:
    """Headers made distinct: the second `name_en` becomes `name_en (2)`."""
    seen: dict[str, int] = {}
    columns = []
    for cell in cells:
        name = "" if cell is None else str(cell).strip().lstrip("\ufeff").strip()
        seen[name] = seen.get(name, 0) + 1
        columns.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(columns)


def find_header(rows: Sequence[Sequence[Value]]) -> int | None:
    """The index of the row of headers: the first that is wide and all words."""
    top = rows[:HEADER_WITHIN]
    widths = [sum(not is_blank(cell) for cell in row) for row in top]
    wanted = max(2, (max(widths, default=0) + 1) // 2)
    for index, row in enumerate(top):
        filled = [cell for cell in row if not is_blank(cell)]
        if len(filled) >= wanted and all(isinstance(c, str) and _is_word(c) for c in filled):
            return index
    return None


def _is_word(cell: str) -> bool:
    return any(character.isalpha() for character in cell)


def table_of_cells(rows: Sequence[Sequence[Value]], name: str | None = None) -> Table | None:
    """A table of the cells of a sheet, or None where no row looks like headers."""
    at = find_header(rows)
    if at is None:
        return None
    # Values beyond the last header are kept under no name, for the source to report.
    width = max(len(row) for row in rows)
    columns = unique_columns([*rows[at], *[None] * (width - len(rows[at]))])
    return Table(
        name=name,
        columns=columns,
        header=at + 1,
        rows=tuple(
            Row(number, dict(zip(columns, row, strict=False)))
            for number, row in enumerate(rows[at + 1 :], at + 2)
            if not all(is_blank(cell) for cell in row)
        ),
    )


def table_of_objects(
    objects: Sequence[tuple[int, Mapping[str, Value]]], problems: tuple[Problem, ...] = ()
) -> Table:
    """A table of numbered objects that each name their own columns."""
    columns: dict[str, None] = {}
    for _, values in objects:
        columns.update(dict.fromkeys(values))
    rows = tuple(Row(number, values) for number, values in objects)
    return Table(columns=tuple(columns), rows=rows, problems=problems)
