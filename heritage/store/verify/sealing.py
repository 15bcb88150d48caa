"""The chain of hashes to the exact entry that was altered, lost, added or moved."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice

from heritage.problems import Problem
from heritage.store import chain
from heritage.store.verify import faults
from heritage.store.verify.faults import Notes, entry, of_change
from heritage.store.verify.walking import Misfit, Walk, unsealed_after

TRIED = 300
"""Places and changes that are tried for an entry that does not fit where it stands."""


def examine(connection: sqlite3.Connection, seen: Walk, notes: Notes) -> Iterator[Problem]:
    """What is wrong with the log, and with the seals on it."""
    for first, last in seen.gaps:
        yield entry("entry-missing", first, f"{_entries(first, last)} not there, nor sealed")
    yield from _unsealed(connection, seen, notes)
    yield from _misfits(connection, seen)
    yield from _changes(connection)


def _entries(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"the entries {first} to {last} are"


def _unsealed(connection: sqlite3.Connection, seen: Walk, notes: Notes) -> Iterator[Problem]:
    for seq in seen.unsealed:
        yield entry("seal-missing", seq, f"entry {seq} has no seal, and later entries have one")
    waiting = 0
    for seq, origin in connection.execute(
        "SELECT h.seq, c.origin FROM main.history h LEFT JOIN main.changes c ON c.id = h.change"
        " WHERE h.seq > ? ORDER BY h.seq",
        (seen.sealed,),
    ):
        if origin == "outside":
            waiting += 1
        else:
            yield entry(
                "seal-missing", seq, f"entry {seq} has no seal, though the registry seals its own"
            )
    if waiting:
        notes.add(
            f"{waiting} {'entry' if waiting == 1 else 'entries'} of other programs not sealed yet;"
            " the next change seals them, and `heritage seal` does so now"
        )


def _misfits(connection: sqlite3.Connection, seen: Walk) -> Iterator[Problem]:
    if not seen.misfits:
        return
    for each in seen.misfits:
        if each.seal_altered:
            yield entry("seal-altered", each.seq, f"the seal of entry {each.seq} was altered")
    places = [each for each in seen.misfits if not each.seal_altered]
    standing = [each for each in places if each.is_entry]
    standing += islice(unsealed_after(connection, seen.sealed), TRIED)
    belongs = _belonging(places, standing)
    elsewhere = set(belongs.values())
    yield from _moved(belongs)
    altered = []
    for each in places:
        if each.is_entry and each.seq not in elsewhere:
            if each.seq in belongs:
                message = f"entry {each.seq} was inserted where another was sealed"
                yield entry("entry-inserted", each.seq, message)
            else:
                altered.append(each)
        elif each.seq not in belongs:
            yield entry(
                "entry-missing", each.seq, f"the entry that was sealed as {each.seq} is not there"
            )
    yield from _altered(connection, altered)
    if seen.left_out:
        yield faults.whole(
            "entry-altered", "history", f"{seen.left_out} more entries are not as they were sealed"
        )


def _belonging(places: Sequence[Misfit], standing: Sequence[Misfit]) -> dict[int, int]:
    """For each place, where the entry stands now that was sealed there."""
    by_seq = {each.seq: each for each in standing}
    found = {}
    for place in places:
        near = [by_seq[seq] for seq in (place.seq + 1, place.seq - 1) if seq in by_seq]
        for other in (*near, *standing[:TRIED]):
            if other.seq != place.seq and place.previous and place.takes(other):
                found[place.seq] = other.seq
                break
    return found


def _moved(belongs: dict[int, int]) -> Iterator[Problem]:
    """Entries that stand at another place, neighbours that moved together as one."""
    run: list[int] = []
    for place in [*sorted(belongs), None]:
        if run and (
            place is None
            or place != run[-1] + 1
            or belongs[place] - place != belongs[run[-1]] - run[-1]
        ):
            first, last = run[0], run[-1]
            if first == last:
                message = f"the entry that was sealed as {first} stands as {belongs[first]} now"
            else:
                message = (
                    f"the entries that were sealed as {first} to {last}"
                    f" stand as {belongs[first]} to {belongs[last]} now"
                )
            yield entry("entry-moved", first, message)
            run = []
        if place is not None:
            run.append(place)


def _altered(connection: sqlite3.Connection, altered: Sequence[Misfit]) -> Iterator[Problem]:
    groups: dict[int, list[Misfit]] = {}
    for each in altered:
        groups.setdefault(each.change or 0, []).append(each)
    for change, misfits in groups.items():
        yield from _of_one_change(connection, change, misfits)


def _of_one_change(
    connection: sqlite3.Connection, change: int, misfits: Sequence[Misfit]
) -> Iterator[Problem]:
    (known,) = connection.execute(
        "SELECT count(*) FROM main.changes WHERE id = ?", (change,)
    ).fetchone()
    (count,) = connection.execute(
        "SELECT count(*) FROM main.history WHERE change = ?", (change,)
    ).fetchone()
    if known and count == len(misfits) > 1:
        yield of_change(
            "change-altered",
            change,
            f"change {change} was altered: when, by whom, why, or from where",
        )
        return
    for each in misfits:
        other = _other_change(connection, each)
        if other is not None:
            message = f"entry {each.seq} says that it is of change {change}; it is of {other}"
        elif not known:
            message = f"entry {each.seq} is of change {change}, which is not there"
            yield of_change("change-missing", change, f"change {change} is not there")
        elif count == 1:
            message = (
                f"entry {each.seq} is not what was sealed: it, or change {change},"
                " of which it is all, was altered"
            )
        else:
            message = f"entry {each.seq} is not what was sealed: it was altered"
        yield entry("entry-altered", each.seq, message)


def _other_change(connection: sqlite3.Connection, misfit: Misfit) -> int | None:
    headers = chain.Headers(connection)
    for (id,) in connection.execute(
        "SELECT id FROM main.changes ORDER BY abs(id - ?) LIMIT ?", (misfit.change, TRIED)
    ):
        number = int(id)
        if misfit.previous and misfit.takes_parts(number, headers.of(number), misfit.content):
            return number
    return None


def _changes(connection: sqlite3.Connection) -> Iterator[Problem]:
    for (id,) in connection.execute(
        "SELECT id FROM main.changes c WHERE NOT EXISTS"
        " (SELECT 1 FROM main.history h WHERE h.change = c.id) ORDER BY id"
    ):
        yield of_change("change-empty", id, f"change {id} changed nothing: no entry is of it")
    for id, before in connection.execute(
        "SELECT id, before FROM (SELECT id, at, lag(at) OVER (ORDER BY id) AS earlier,"
        " lag(id) OVER (ORDER BY id) AS before FROM main.changes) WHERE at < earlier"
    ):
        yield of_change("changes-out-of-order", id, f"change {id} is dated before change {before}")
