"""Two moments to what became other between them, and by which changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import attrs

from heritage.errors import UsageError
from heritage.model import RECORDS
from heritage.store import log
from heritage.store.conclusions.concluded import Redrawn, redrawn
from heritage.store.connection import Connection
from heritage.store.differences import Difference, about, between, counted, lacking
from heritage.store.ids import Today


@attrs.frozen(kw_only=True)
class Count:
    """How many records of a kind there were at two moments, and why it differs."""

    before: int
    after: int
    created: int
    retracted: int
    changed: int
    """Records that are there at both moments and differ."""


@attrs.frozen(kw_only=True)
class Diff:
    """What differs between two moments."""

    since: int
    """The newest change at the first moment; 0 before any."""
    until: int
    """The newest change at the second."""
    counts: dict[str, Count]
    """By kind of record."""
    records: tuple[Difference, ...]
    """Every record that differs, by kind and id."""
    conclusions: tuple[Redrawn, ...]
    """Every conclusion that differs."""
    changes: dict[int, log.LoggedChange]
    """The changes that the others name, by number."""


@attrs.frozen(kw_only=True)
class Move:
    """One record that came into a list or left it."""

    id: str
    """Its id of today, or the last that it had."""
    came: bool
    """Whether it came, rather than left."""
    change: log.LoggedChange
    """The change by which it did."""
    because: tuple[Difference, ...]
    """What that change did to the record, and to those that name it."""
    not_in: str | None = None
    """For a site that left: the edition that the change brought and that lacks it."""


@attrs.frozen(kw_only=True)
class ListDiff:
    """What differs between a list as it was at two moments."""

    since: int
    """The newest change at the first moment; 0 before any."""
    until: int
    """The newest change at the second."""
    kind: str
    before: int
    """How many records the list had at the first moment."""
    after: int
    """How many it had at the second."""
    moves: tuple[Move, ...]
    """Every record that is in one of the two lists only, by change and id."""


def in_order(since: int, until: int) -> None:
    """Refuse two moments in the wrong order.

    Raises:
        UsageError: The first is the later one.
    """
    if since > until:
        raise UsageError(
            f"the first moment comes after the second: change {since} was the newest at the"
            f" first, and change {until} at the second"
        )


def compared(connection: Connection, since: int, until: int) -> Diff:
    """What differs after one change from what it was after another.

    Args:
        connection: That of the registry as it is now.
        since: The number of a change, or 0.
        until: The number of a later change.
    """
    records = tuple(between(connection, since, until))
    conclusions = tuple(redrawn(connection, since, until))
    there = counted(connection, until)
    tally = Counter((each.kind, each.what) for each in records)
    counts = {}
    for kind in RECORDS:
        created, retracted = tally[kind, "created"], tally[kind, "retracted"]
        counts[kind] = Count(
            before=there[kind] - created + retracted,
            after=there[kind],
            created=created,
            retracted=retracted,
            changed=tally[kind, "changed"] + tally[kind, "renamed"],
        )
    named = {number for each in records for number in each.changes}
    named.update(number for each in conclusions for number in each.changes)
    return Diff(
        since=since,
        until=until,
        counts=counts,
        records=records,
        conclusions=conclusions,
        changes=log.named(connection, sorted(named)),
    )


class Lists:
    """One list at every moment that somebody asks about; each is worked out once.

    Args:
        connection: That of the registry as it is now.
        kind: The kind of record.
        ids_at: Gives the ids of the list right after a change.
    """

    def __init__(
        self, connection: Connection, kind: str, ids_at: Callable[[int], list[str]]
    ) -> None:
        self._connection = connection
        self._kind = kind
        self._ids_at = ids_at
        self._today = Today(connection)
        self._known: dict[int, frozenset[str]] = {}

    def after(self, change: int) -> frozenset[str]:
        """The list after a change, by ids of today."""
        if change not in self._known:
            ids = self._ids_at(change)
            self._known[change] = frozenset(self._today.id(self._kind, id) for id in ids)
        return self._known[change]

    def moves(self, since: int, until: int) -> Iterator[tuple[int, str]]:
        """Each id that is in one of two lists only, with a change by which it moved.

        Halves the changes in between for as long as the lists at both ends differ.
        """
        changes = [since, *log.numbers(self._connection, since, until)]
        ranges = [(0, len(changes) - 1)]
        while ranges:
            low, high = ranges.pop()
            moved = self.after(changes[low]) ^ self.after(changes[high])
            if not moved:
                continue
            if high - low == 1:
                yield from ((changes[high], id) for id in moved)
                continue
            middle = (low + high) // 2
            ranges += [(low, middle), (middle, high)]


def compared_lists(
    connection: Connection, lists: Lists, kind: str, since: int, until: int
) -> ListDiff:
    """What differs between a list after one change and the same list after another.

    Args:
        connection: That of the registry as it is now.
        lists: The list.
        kind: The kind of record.
        since: The number of a change, or 0.
        until: The number of a later change.
    """
    before, after = lists.after(since), lists.after(until)
    # A record may have come and gone meanwhile: its last move is the one that counts.
    last = {id: change for change, id in sorted(lists.moves(since, until)) if id in before ^ after}
    logged = log.named(connection, sorted(set(last.values())))
    moves = [
        Move(
            id=id,
            came=id in after,
            change=logged[change],
            because=tuple(about(connection, kind, id, change)),
            not_in=None if id in after or kind != "site" else lacking(connection, id, change),
        )
        for id, change in sorted(last.items(), key=lambda each: (each[1], each[0]))
    ]
    return ListDiff(
        since=since,
        until=until,
        kind=kind,
        before=len(before),
        after=len(after),
        moves=tuple(moves),
    )
