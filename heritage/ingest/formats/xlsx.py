"""Excel workbooks to rows: the only door to openpyxl."""

from __future__ import annotations

import io
import warnings
import zipfile

from heritage.errors import UnreadableFileError
from heritage.ingest.formats.table import Table, Value, plain, table_of_cells

LARGEST = 1024**3
"""Bytes; a workbook that unpacks to more is taken for a trap."""


def read(path: str, data: bytes) -> tuple[Table, ...]:
    """Read every sheet of a workbook that has headers.

    Raises:
        UnreadableFileError: It is damaged, unpacks to more than a gigabyte, is
            another kind of archive, or holds no table.
    """
    _look_inside(path, data)
    try:
        sheets = _sheets(data)
    except Exception as error:
        # Every exception, because openpyxl lets those of any type through.
        raise UnreadableFileError(path, "the workbook is damaged or breaks off") from error
    tables = (table_of_cells(cells, name) for name, cells in sheets)
    found = tuple(table for table in tables if table is not None)
    if not found:
        raise UnreadableFileError(path, "none of its sheets has a row of headers")
    return found


def _sheets(data: bytes) -> list[tuple[str, list[list[Value]]]]:
    import openpyxl

    with warnings.catch_warnings():
        # It warns of styles and extensions that have nothing to do with values.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = []
        for sheet in book.worksheets:
            # Some programs write no dimensions or wrong ones, and rows would be cut off.
            sheet.reset_dimensions()
            rows = [[plain(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            sheets.append((sheet.title, rows))
        book.close()
    return sheets


_OTHERS = {
    "word/document.xml": "it is a Word document, not a workbook",
    "ppt/presentation.xml": "it is a presentation, not a workbook",
    "xl/workbook.bin": "it is a binary workbook (XLSB); save it as XLSX or CSV",
    "content.xml": "it is an OpenDocument file; save it as XLSX or CSV",
}


def _look_inside(path: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {member.filename: member for member in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        reason = "it is a workbook or another archive that is damaged or breaks off"
        raise UnreadableFileError(path, reason) from error
    if not any(name.lower() == "xl/workbook.xml" for name in members):
        told = next((reason for name, reason in _OTHERS.items() if name in members), None)
        raise UnreadableFileError(
            path, told or "it is a ZIP archive that holds no workbook; unpack it first"
        )
    if sum(member.file_size for member in members.values()) > LARGEST:
        raise UnreadableFileError(path, "it would unpack to more than a gigabyte")
