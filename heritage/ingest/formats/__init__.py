"""Bytes to rows: every format that is read, in one table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from heritage.errors import UnreadableFileError
from heritage.ingest.formats import delimited, json_lines, json_rows, xls, xlsx, xml_rows
from heritage.ingest.formats.detect import head_of, recognise
from heritage.ingest.formats.table import Row, Table, Value

__all__ = ["FORMATS", "Row", "Table", "Value", "format_of", "tables_of"]

FORMATS: dict[str, Callable[[str, bytes], tuple[Table, ...]]] = {
    "csv": delimited.read,
    "json": json_rows.read,
    "jsonl": json_lines.read,
    "xls": xls.read,
    "xlsx": xlsx.read,
    "xml": xml_rows.read,
}
"""Each format with what reads it: path for messages, then the bytes."""


def format_of(path: str) -> str:
    """The name of a file's format, told by its content and never by its name.

    Raises:
        UnreadableFileError: It is missing, empty, or nothing that holds rows.
    """
    return recognise(path, head_of(path))


def tables_of(path: str, format: str) -> tuple[Table, ...]:
    """All tables of a file in a format.

    Raises:
        UnreadableFileError: It is not what it seemed to be.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableFileError(path, (error.strerror or str(error)).lower()) from error
    return FORMATS[format](path, data)
