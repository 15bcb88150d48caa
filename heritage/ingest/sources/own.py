"""Lines to records: our own JSON Lines, of any size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import cast

from heritage.codec import from_plain
from heritage.errors import InvalidRecordError
from heritage.ingest.delivery import Delivery, Statement
from heritage.ingest.formats.json_lines import Line, lines_of, objects
from heritage.ingest.wording import shown
from heritage.model import RECORDS
from heritage.problems import Origin, Problem

KEYS = frozenset({"kind", "record"})
LOOKED_AT = 100
"""Lines that are looked at to tell whose a file is."""


def deliver(path: str) -> Delivery:
    """Read records one line at a time, each `{"kind": "site", "record": {...}}`.

    A line that is no record becomes a problem that names all its faults; the
    others are delivered.
    """
    delivery = Delivery(source="own", dataset="own", items=iter(()))
    delivery.items = _items(path, delivery)
    return delivery


def _items(path: str, delivery: Delivery) -> Iterator[Statement | Problem]:
    for each in objects(path, lines_of(path)):
        delivery.rows += 1
        item = each if isinstance(each, Problem) else _item(path, each)
        if isinstance(item, Problem):
            delivery.complete = False
        yield item


def _item(path: str, line: Line) -> Statement | Problem:
    number, plain = line
    origin = Origin(file=path, row=number)
    kind, record = plain.get("kind"), plain.get("record")
    if plain.keys() != KEYS or not isinstance(kind, str):
        return _without_shape(origin, plain)
    if kind not in RECORDS:
        return Problem(
            code="unknown-kind",
            message=f"{kind!r} is not a kind of record; the line was left out",
            origin=origin,
            value=shown(kind),
            suggestion=f"known are {', '.join(RECORDS)}",
        )
    try:
        return Statement(from_plain(kind, cast(dict[str, object], record)), origin)
    except InvalidRecordError as error:
        return Problem(
            code="invalid-record",
            message=f"{error}; the line was left out",
            origin=origin,
            value=_named(record),
        )


def _named(record: object) -> str | None:
    """What tells a record apart: its id, where it has one."""
    found = record.get("id") if isinstance(record, dict) else None
    return shown(found) if isinstance(found, str) and found else None


def _without_shape(origin: Origin, plain: dict[str, object]) -> Problem:
    missing = [repr(key) for key in ("kind", "record") if key not in plain]
    extra = [repr(key) for key in plain if key not in KEYS]
    if missing:
        what = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    elif extra:
        what = f"nothing is known of {', '.join(extra)[:200]}"
    else:
        what = "'kind' is no text"
    return Problem(
        code="unreadable-row",
        message=f"{what}; the line was left out",
        origin=origin,
        suggestion='a line is {"kind": …, "record": {…}}',
    )


def are_own(path: str) -> bool:
    """Whether the first lines of a file are records of ours, or were meant to be."""
    found = [
        each
        for each in islice(objects(path, lines_of(path)), LOOKED_AT)
        if not isinstance(each, Problem)
    ]
    return not found or any("kind" in line and "record" in line for _, line in found)
