"""JSON Lines to objects: one on each line, read one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from heritage.errors import UnreadableFileError
from heritage.ingest.formats.json_rows import flat
from heritage.ingest.formats.table import Table, Value, table_of_objects
from heritage.problems import Origin, Problem

Line = tuple[int, dict[str, object]]
"""The number of a line, the first being 1, and the object on it."""


class _NotANumberError(ValueError):
    """NaN or an infinity, which JSON does not have."""


class _TwiceError(ValueError):
    """A key that stands twice in an object, so that one of its values would be lost."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in found if keys.count(key) > 1))
    return found


def _refuse(constant: str) -> NoReturn:
    raise _NotANumberError(constant)


def objects(path: str, lines: Iterable[bytes]) -> Iterator[Line | Problem]:
    """Read the objects on lines; a line that is none becomes a problem.

    Blank lines are passed over. Refused are, besides what is no JSON: bytes that
    are not UTF-8, an object in which a key stands twice, NaN and the infinities.
    """
    loads = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse).decode
    for number, line in enumerate(lines, 1):
        try:
            text = str(line, "utf-8").lstrip("\ufeff") if number == 1 else str(line, "utf-8")
            value = loads(text)
        except (ValueError, RecursionError) as error:
            if line.strip():
                yield _problem(path, number, _what(error), line)
            continue
        if type(value) is dict:
            yield number, value
        else:
            yield _problem(path, number, "this is no object", line)


def _what(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not UTF-8"
    if isinstance(error, _NotANumberError):
        return f"{error} is not a number of JSON"
    if isinstance(error, _TwiceError):
        return f"the key {str(error)!r} stands twice in one object"
    if isinstance(error, json.JSONDecodeError):
        return f"the line is not JSON at character {error.colno}: {error.msg}"
    if isinstance(error, RecursionError):
        return "the line is nested too deep"
    return "a number on the line is too long"


def _problem(path: str, number: int, what: str, line: bytes) -> Problem:
    return Problem(
        code="unreadable-row",
        message=f"{what}; the line was left out",
        origin=Origin(file=path, row=number),
        value=line.strip().decode("utf-8", "replace")[:80],
    )


def lines_of(path: str) -> Iterator[bytes]:
    """The lines of a file, one at a time, so that its size does not matter."""
    try:
        with Path(path).open("rb") as file:
            yield from file
    except OSError as error:
        raise UnreadableFileError(path, (error.strerror or str(error)).lower()) from error


def read(path: str, data: bytes) -> tuple[Table, ...]:
    """Read JSON Lines as one table, for sources that are read whole."""
    problems: list[Problem] = []
    found: list[tuple[int, Mapping[str, Value]]] = []
    for each in objects(path, data.splitlines(keepends=True)):
        if isinstance(each, Problem):
            problems.append(each)
        else:
            found.append((each[0], flat(each[1])))
    return (table_of_objects(found, tuple(problems)),)
