"""Delimited text to rows: CSV with commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from heritage.errors import UnreadableFileError
from heritage.ingest.formats.encoding import Decoded, decode
from heritage.ingest.formats.table import Row, Table, Value, find_header, is_blank, unique_columns
from heritage.ingest.wording import ranges
from heritage.problems import Origin, Problem

DELIMITERS = (",", ";", "\t", "|")
LONGEST_RECORD = 500
"""Lines; a quoted text that runs on for longer lacks its closing quote."""

# The lists of component parts in UNESCO's exports are longer than Python's usual limit.
csv.field_size_limit(max(csv.field_size_limit(), 16 * 1024 * 1024))


class _Record(NamedTuple):
    line: int
    """Index of the line on which it begins."""
    lines: int
    cells: list[str]


def read(path: str, data: bytes) -> tuple[Table, ...]:
    """Read a delimited text as one table.

    Rows with more or fewer values than there are headers are reported and left
    out, since nobody can tell which value is whose.
    """
    decoded = decode(path, data)
    lines = list(io.StringIO(decoded.text, newline=""))
    first, delimiter = _delimiter(lines)
    top = [record.cells for record in _records(lines[first : first + 40], delimiter)]
    at = find_header(top)
    if at is None:
        raise UnreadableFileError(path, "no line in it looks like the headers of a table")
    header = next(r for i, r in enumerate(_records(lines, delimiter, first)) if i == at)
    columns = unique_columns(header.cells)
    rows: list[Row] = []
    problems = list(_encoding_problems(path, decoded))
    for each in _body(path, lines, delimiter, header.line + header.lines, columns):
        if isinstance(each, Row):
            rows.append(each)
        else:
            problems.append(each)
    notes: tuple[str, ...] = ()
    if decoded.encoding == "windows-1252":
        notes = ("the text is not UTF-8; it was read as Windows-1252 (Latin-1)",)
    return (
        Table(
            columns=columns,
            header=header.line + 1,
            rows=tuple(rows),
            problems=tuple(problems),
            notes=notes,
        ),
    )


def _encoding_problems(path: str, decoded: Decoded) -> Iterator[Problem]:
    if decoded.repaired:
        count = len(decoded.repaired)
        yield Problem(
            code="repaired-text",
            message=(
                f"{count} {'line is' if count == 1 else 'lines are'} not UTF-8 like the rest and"
                f" {'was' if count == 1 else 'were'} read as Windows-1252:"
                f" {ranges(decoded.repaired)}"
            ),
            origin=Origin(file=path, row=decoded.repaired[0]),
        )


def _delimiter(lines: Sequence[str]) -> tuple[int, str]:
    """The index of the first line that counts, and what separates its values."""
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines:
        told = re.fullmatch(r"sep=(.)\s*", lines[first])
        if told:
            return first + 1, told[1]
    best = (10, 0, ",")
    for delimiter in DELIMITERS:
        for index, record in enumerate(_records(lines[first : first + 40], delimiter)):
            if len(record.cells) > 1:
                best = min(best, (index, -len(record.cells), delimiter))
                break
    return first, best[2]


def _records(lines: Sequence[str], delimiter: str, first: int = 0) -> Iterator[_Record]:
    """Records that are not blank, from a line on, each with the lines it takes."""
    at = first
    while at < len(lines):
        reader = csv.reader(lines[at : at + LONGEST_RECORD], delimiter=delimiter)
        try:
            cells = next(reader)
        except csv.Error:
            yield _Record(at, 1, [])
            at += 1
            continue
        except StopIteration:
            return
        if any(cell.strip() for cell in cells):
            yield _Record(at, reader.line_num, cells)
        at += reader.line_num


def _body(
    path: str, lines: Sequence[str], delimiter: str, first: int, columns: tuple[str, ...]
) -> Iterator[Row | Problem]:
    width = len(columns)
    at = first
    while at < len(lines):
        restart = None
        for record in _records_fast(lines, delimiter, at):
            cells = _without_empty_end(record.cells, width)
            if len(cells) == width:
                values: dict[str, Value] = dict(zip(columns, cells, strict=True))
                yield Row(record.line + 1, values)
                continue
            yield _misfit(path, record, width)
            if record.lines > 1:
                # A quote that was never closed has swallowed the lines after it.
                restart = record.line + 1
                break
        if restart is None:
            return
        at = restart


def _records_fast(lines: Sequence[str], delimiter: str, first: int) -> Iterator[_Record]:
    """As `_records`, with one reader for all lines as long as nothing is wrong."""
    reader = csv.reader(lines[first:], delimiter=delimiter)
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _Record(first + before, max(2, reader.line_num - before), [])
            return
        span = reader.line_num - before
        if span > LONGEST_RECORD:
            yield _Record(first + before, span, [])
            return
        if not all(is_blank(cell) for cell in cells):
            yield _Record(first + before, span, cells)
        before = reader.line_num


def _without_empty_end(cells: list[str], width: int) -> list[str]:
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _misfit(path: str, record: _Record, width: int) -> Problem:
    found = len(record.cells)
    if not record.cells or record.lines > LONGEST_RECORD:
        what = "a quoted text begins here and has no end"
    else:
        what = f"{found} {'value' if found == 1 else 'values'} stand under {width} headers"
    return Problem(
        code="unreadable-row",
        message=f"{what}; the row was left out",
        origin=Origin(file=path, row=record.line + 1),
        value=(record.cells[0][:80] or None) if record.cells else None,
        suggestion="a quote or a separator may be missing, or the file may break off here",
    )
