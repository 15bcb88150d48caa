"""Excel 97-2003 workbooks to rows: the only door to xlrd."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Protocol

from heritage.errors import UnreadableFileError
from heritage.ingest.formats.table import Table, Value, table_of_cells


def read(path: str, data: bytes) -> tuple[Table, ...]:
    """Read every sheet of a workbook that has headers.

    Raises:
        UnreadableFileError: The workbook is damaged, protected or holds no table.
    """
    import xlrd

    try:
        with xlrd.open_workbook(
            file_contents=data, logfile=io.StringIO(), on_demand=True, ragged_rows=False
        ) as book:
            sheets = [book.sheet_by_index(index) for index in range(book.nsheets)]
            tables = [table_of_cells(_cells(sheet, book.datemode), sheet.name) for sheet in sheets]
    except Exception as error:
        # Every exception, because xlrd lets those of any type through.
        raise UnreadableFileError(path, _reason(data, error)) from error
    found = tuple(table for table in tables if table is not None)
    if not found:
        raise UnreadableFileError(path, "none of its sheets has a row of headers")
    return found


class _Cell(Protocol):
    ctype: int
    value: Value


class _Sheet(Protocol):
    nrows: int

    def row(self, rowx: int) -> Sequence[_Cell]: ...


def _cells(sheet: _Sheet, datemode: int) -> list[list[Value]]:
    return [[_value(cell, datemode) for cell in sheet.row(index)] for index in range(sheet.nrows)]


def _value(cell: _Cell, datemode: int) -> Value:
    import xlrd
    from xlrd.xldate import xldate_as_datetime

    value: Value = cell.value
    if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#ERROR!"))
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment = xldate_as_datetime(value, datemode)
        midnight = moment.time() == moment.time().min
        return str(moment.date().isoformat() if midnight else moment.isoformat())
    return value


def _reason(data: bytes, error: Exception) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data or "encrypted" in str(error).lower():
        return "it is protected with a password; save a copy without one"
    if "Can't find workbook" in str(error):
        return "it is an old Office document that holds no workbook"
    return "the workbook is damaged or breaks off"
