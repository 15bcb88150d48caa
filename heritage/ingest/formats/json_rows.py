"""JSON to rows: lists of objects, however they are wrapped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from heritage.errors import UnreadableFileError
from heritage.ingest.formats.encoding import decode
from heritage.ingest.formats.table import Table, Value, table_of_objects
from heritage.ingest.wording import ranges
from heritage.problems import Origin, Problem

WRAPPERS = ("rows", "results", "records", "data", "features", "items", "sites", "row")
"""Under which names programs put a list of rows."""

_Object = Mapping[str, object]


class _Doubled(dict[str, object]):
    """An object in which a key stands twice, so that one of its values is lost."""


def object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of its keys and values; of a kind of its own where a key is there twice."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Doubled(found)


def is_doubled(value: object) -> bool:
    """Whether a key stands twice in an object or anywhere within it."""
    if isinstance(value, dict):
        return isinstance(value, _Doubled) or any(is_doubled(each) for each in value.values())
    return isinstance(value, list) and any(is_doubled(each) for each in value)


def read(path: str, data: bytes) -> tuple[Table, ...]:
    """Read the rows of a JSON document.

    Read are: a list of objects, bare or inside other objects; the records of
    open-data portals; GeoJSON features; lists of lists under a header; and the
    shapes that data frames are written in.

    Raises:
        UnreadableFileError: It is not JSON, or there are no rows in it.
    """
    decoded = decode(path, data)
    problems: list[Problem] = []
    if decoded.repaired:
        problems.append(
            Problem(
                code="repaired-text",
                message=f"lines {ranges(decoded.repaired)} are not UTF-8; read as Windows-1252",
                origin=Origin(file=path, row=decoded.repaired[0]),
            )
        )
    try:
        document = json.loads(decoded.text, object_pairs_hook=object_of)
    except json.JSONDecodeError as error:
        reason = f"the JSON breaks at line {error.lineno}, column {error.colno}: {error.msg}"
        raise UnreadableFileError(path, reason) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            path, "the JSON is nested too deep or holds a number too long"
        ) from error
    found = _rows(document)
    if not found:
        raise UnreadableFileError(path, "it is JSON without a list of objects in it")
    objects: list[tuple[int, Mapping[str, Value]]] = []
    for number, each in enumerate(found, 1):
        if isinstance(each, dict) and not is_doubled(each):
            objects.append((number, flat(each)))
        else:
            problems.append(_unusable(path, number, each))
    return (table_of_objects(objects, tuple(problems)),)


def _unusable(path: str, number: int, value: object) -> Problem:
    what = "a key stands twice in this object" if isinstance(value, dict) else "this is no object"
    return Problem(
        code="unreadable-row",
        message=f"{what}; it was left out",
        origin=Origin(file=path, row=number),
        value=json.dumps(value, ensure_ascii=False)[:80],
    )


def _rows(value: object, depth: int = 4) -> list[object] | None:
    """The first list of rows in a document, its wrappers searched in their usual names first."""
    if isinstance(value, list):
        return _of_list(value)
    if not isinstance(value, dict) or depth == 0:
        return None
    columns, rows = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(rows, list) and columns:
        return _of_list([columns, *rows])
    named = [value[name] for name in WRAPPERS if name in value]
    for each in [*named, *value.values()]:
        if isinstance(each, (list, dict)):
            found = _rows(each, depth - 1)
            if found:
                return found
    return _of_frame(value)


def _of_list(rows: list[object]) -> list[object] | None:
    if any(isinstance(row, dict) for row in rows):
        return list(rows)
    lists = [row for row in rows if isinstance(row, list)]
    if len(lists) > 1 and len(lists) == len(rows) and all(isinstance(c, str) for c in lists[0]):
        names = [str(name) for name in lists[0]]
        return [
            dict(zip(names, row, strict=True)) if len(row) == len(names) else row
            for row in lists[1:]
        ]
    return None


def _of_frame(value: _Object) -> list[object] | None:
    """Rows of an object of objects: one for each row, or one for each column."""
    inner = [each for each in value.values() if isinstance(each, dict)]
    if len(inner) != len(value) or not inner:
        return None
    if all(key.isdecimal() for key in inner[0]):
        keys = dict.fromkeys(key for column in inner for key in column)
        return [
            {name: column.get(key) for name, column in value.items() if isinstance(column, dict)}
            for key in keys
        ]
    return list(inner) if all(key.isdecimal() for key in value) else None


def flat(value: _Object) -> dict[str, Value]:
    """An object with plain values only: `{"a": {"b": 1}}` becomes `{"a.b": 1}`.

    Records of open-data portals and GeoJSON features are unwrapped first; a list
    of plain values is joined with commas, a list of anything else kept as JSON.
    """
    return dict(_leaves(_unwrapped(value)))


def _unwrapped(value: _Object) -> _Object:
    for wrapper in ("record", "fields"):
        inside = value.get(wrapper)
        if isinstance(inside, dict):
            return _unwrapped(inside)
    properties, geometry = value.get("properties"), value.get("geometry")
    if isinstance(properties, dict):
        point = geometry.get("coordinates") if isinstance(geometry, dict) else None
        if isinstance(point, list) and len(point) >= 2:
            return {"coordinates": {"lon": point[0], "lat": point[1]}, **properties}
        return properties
    return value


def _leaves(value: _Object, way: str = "") -> Iterator[tuple[str, Value]]:
    for key, each in value.items():
        name = f"{way}{key}"
        if isinstance(each, dict):
            yield from _leaves(each, f"{name}.")
        elif isinstance(each, list):
            yield name, _joined(each)
        elif isinstance(each, float) and each != each:  # noqa: PLR0124 - NaN differs from itself
            yield name, None
        elif each is None or isinstance(each, (str, bool, int, float)):
            yield name, each


def _joined(values: Iterable[object]) -> str:
    listed = list(values)
    if any(isinstance(each, (list, dict)) for each in listed):
        return json.dumps(listed, ensure_ascii=False)
    return ", ".join("" if each is None else str(each) for each in listed)
