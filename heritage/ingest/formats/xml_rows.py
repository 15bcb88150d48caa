"""XML to rows: one row for each `<row>` of a syndication."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from heritage.errors import UnreadableFileError
from heritage.ingest.formats.encoding import decode
from heritage.ingest.formats.table import Table, Value, table_of_objects
from heritage.ingest.wording import ranges
from heritage.problems import Origin, Problem

DEEPEST = 50
"""Levels; nothing that holds rows is nested so deep."""


class _DoctypeError(Exception):
    """A document type, whose entities could fetch other files or fill the memory."""


def read(path: str, data: bytes) -> tuple[Table, ...]:
    """Read the children of the outermost element as rows, and theirs as columns.

    Deeper elements are columns named by their way, such as
    `geolocations.poi.latitude`; of several with one name the first counts.
    Document types, and with them entities of any kind, are refused.

    Raises:
        UnreadableFileError: The XML is not well formed or not safe.
    """
    problems: tuple[Problem, ...] = ()
    try:
        reading = _parse(data, None)
    except expat.ExpatError as error:
        decoded = decode(path, data)
        if not decoded.repaired and decoded.encoding != "windows-1252":
            raise UnreadableFileError(path, _reason(error)) from error
        problems = (_repaired(path, decoded.repaired),)
        reading = _reparse(path, decoded.text)
    except _DoctypeError as error:
        raise UnreadableFileError(
            path, "it declares a document type (DTD), which is not read for safety"
        ) from error
    if not reading.rows:
        raise UnreadableFileError(path, "it is XML without any rows in it")
    return (table_of_objects(list(enumerate(reading.rows, 1)), problems),)


def _repaired(path: str, lines: tuple[int, ...]) -> Problem:
    where = f", on lines {ranges(lines)}" if lines else ""
    return Problem(
        code="repaired-text",
        message=f"it is not in the encoding that it declares; Windows-1252 was read{where}",
        origin=Origin(file=path, row=lines[0] if lines else None),
    )


def _reparse(path: str, text: str) -> _Reading:
    try:
        return _parse(text.encode("utf-8"), "utf-8")
    except (expat.ExpatError, _DoctypeError) as error:
        reason = _reason(error) if isinstance(error, expat.ExpatError) else "it declares a DTD"
        raise UnreadableFileError(path, reason) from error


def _reason(error: expat.ExpatError) -> str:
    told = expat.ErrorString(error.code)
    return f"the XML is not well formed at line {error.lineno}, column {error.offset + 1}: {told}"


def _parse(data: bytes, encoding: str | None) -> _Reading:
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    reading = _Reading()
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(data, True)
    return reading


def _refuse(*_: object) -> None:
    raise _DoctypeError


class _Reading:
    """Rows as the parser goes through a document."""

    def __init__(self) -> None:
        self.rows: list[Mapping[str, Value]] = []
        self._way: list[str] = []
        self._texts: list[list[str]] = []
        self._leaf = False
        self._row: dict[str, Value] = {}

    def start(self, name: str, _: dict[str, str]) -> None:
        if len(self._way) >= DEEPEST:
            return
        self._way.append(name.rpartition(":")[2])
        self._texts.append([])
        self._leaf = True
        if len(self._way) == 2:
            self._row = {}

    def text(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)

    def end(self, name: str) -> None:
        if not self._way or self._way[-1] != name.rpartition(":")[2]:
            return
        text = "".join(self._texts.pop())
        if len(self._way) > 2 and (self._leaf or text.strip()):
            self._row.setdefault(".".join(self._way[2:]), text or None)
        if len(self._way) == 2 and self._row:
            self.rows.append(self._row)
        self._way.pop()
        self._leaf = False
