"""A registry's log to what a reader of its editions may know of changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from heritage import codec
from heritage.errors import InvalidRecordError
from heritage.publishing.showing import Showing
from heritage.store.connection import Connection
from heritage.store.public import past
from heritage.store.public.released import Released

_HASHED: Final = ("listing", "claim", "observation", "intervention", "review", "evidence")
"""Kinds whose ids follow from what they say."""

Plain = dict[str, Any]


def released(connection: Connection, showing: Showing) -> Released:
    """The public change log: which published record changed when."""
    log = Released(connection, showing.roll)
    for kind, id, states in past.amended(connection):
        is_shown = showing.roll.is_shown(kind, id)
        if states:
            for change, op, fields in _steps(showing, kind, states):
                # Of what does not appear any more, the day is told on which it went.
                log.touch(change)
                if is_shown and op != "delete":
                    log.enter(change, (kind, id), op, fields)
            log.settle(kind, id)
        elif is_shown:
            log.enter_first(kind, id)
    log.enter_the_others()
    return log


def _steps(
    showing: Showing, kind: str, states: Sequence[past.State]
) -> Iterator[tuple[int, str, Sequence[str]]]:
    """The changes of a record that anyone could see, and the fields that they changed."""
    before: Plain | None = None
    for change, plain in states:
        after = _seen(showing, kind, plain)
        if after != before:
            op = "insert" if before is None else "delete" if after is None else "update"
            yield change, op, _differences(before, after) if op == "update" else ()
        before = after


def _seen(showing: Showing, kind: str, plain: Plain | None) -> Plain | None:
    """What anyone could see of a record as it once was; None for nothing."""
    if plain is None:
        return None
    try:
        record = codec.from_plain(kind, plain)
    except InvalidRecordError:
        return None  # it came from an older version or another program
    shown = showing.public(kind, record)
    if shown is None:
        return None
    found = codec.to_plain(shown)
    if shown.id != showing.roll.id_of(kind, shown.id) or kind in _HASHED:
        found.pop("id")
    return found


def _differences(before: Plain | None, after: Plain | None) -> list[str]:
    one, other = before or {}, after or {}
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
