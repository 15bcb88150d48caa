"""Files to statements: whose file it is, and what it says."""

from __future__ import annotations

import os

from heritage.errors import UnknownSourceError, UnreadableFileError
from heritage.ingest.delivery import Delivery, Statement
from heritage.ingest.formats import FORMATS, Table, format_of, tables_of
from heritage.ingest.sources import own, whc

__all__ = ["FORMATS", "SOURCES", "Delivery", "Statement", "deliver", "is_own"]

SOURCES: dict[str, str] = {
    "own": "our own JSON Lines",
    "whc": "UNESCO's World Heritage List, in any format and edition",
}
"""Whose files are read, by the name that `--from` takes."""


def deliver(
    path: str | os.PathLike[str], *, source: str | None = None, edition: str | None = None
) -> Delivery:
    """Read a file whose source is named, or can be told from its content for certain.

    Args:
        path: The file. Its name says nothing; its content is looked at.
        source: A name of `SOURCES`.
        edition: The date of the edition in EDTF, such as `2019-07`. Without it
            the newest year that the file speaks of is taken.

    Raises:
        UnknownSourceError: The source is not known, or cannot be told.
        UnreadableFileError: The file is missing, empty, damaged or holds no rows.
        DateParseError: The edition is no date.
    """
    name = os.fspath(path)
    if source is not None and source not in SOURCES:
        raise UnknownSourceError(name, tuple(SOURCES), source)
    day = whc.read_edition(edition)
    if source == "own":
        return _own(name)
    format = format_of(name)
    if source is None and _are_own(name, format):
        return own.deliver(name)
    tables = tables_of(name, format)
    table = _the_list(tables)
    if table is None and source is None:
        raise UnknownSourceError(name, tuple(SOURCES))
    return whc.deliver(name, table or tables[0], day)


def is_own(path: str | os.PathLike[str], *, source: str | None = None) -> bool:
    """Whether `deliver` would read a file as our own lines.

    Raises:
        UnreadableFileError: As `deliver`.
    """
    if source is not None:
        return source == "own"
    name = os.fspath(path)
    return _are_own(name, format_of(name))


def _are_own(name: str, format: str) -> bool:
    return format == "jsonl" and own.are_own(name)


def _own(name: str) -> Delivery:
    """Our own lines, where they were named; none at all is a registry without records."""
    if not os.path.exists(name) or os.path.isdir(name) or os.path.getsize(name):  # noqa: PTH110, PTH112, PTH202 - a name of any kind
        format = format_of(name)
        if format in {"xls", "xlsx", "xml"}:
            raise UnreadableFileError(name, f"it is {format.upper()}, not JSON Lines")
    return own.deliver(name)


def _the_list(tables: tuple[Table, ...]) -> Table | None:
    """The first table that is the World Heritage List for certain."""
    return next((table for table in tables if whc.columns_of(table.columns).is_list), None)
