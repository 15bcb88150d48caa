"""The log and its seals to the entries that are not as they were sealed.

After an entry that does not fit, the walk goes on from the seal that stands
there, so that one altered entry does not cast doubt on all that follow.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import attrs

from heritage.store import chain

REMEMBERED = 1_000
"""Entries at fault that are told apart; of more, the rest is left out."""


@attrs.define(kw_only=True)
class Misfit:
    """A place in the chain whose entry is not the one that was sealed there."""

    seq: int
    change: int | None = None
    """The change that its entry names; None where no entry stands there."""
    header: bytes = b""
    content: bytes = b""
    previous: bytes
    """The seal before it."""
    sealed: bytes | None
    """The seal; None where there is none."""
    computed: bytes = b""
    seal_altered: bool = False
    """The entry fits the next seal: it is this one's seal that was altered."""

    @property
    def is_entry(self) -> bool:
        """Whether an entry stands here at all."""
        return self.change is not None

    def takes(self, other: Misfit) -> bool:
        """Whether the entry that stands elsewhere is the one that was sealed here."""
        if other.change is None:
            return False
        return self.takes_parts(other.change, other.header, other.content)

    def takes_parts(self, change: int, header: bytes, content: bytes) -> bool:
        """Whether an entry of these parts is the one that was sealed here."""
        return chain.link(self.previous, self.seq, change, header, content) == self.sealed


@attrs.define
class Walk:
    """What a walk along the chain has seen."""

    misfits: list[Misfit] = attrs.Factory(list)
    gaps: list[tuple[int, int]] = attrs.Factory(list)
    """First and last number of entries of which neither entry nor seal is there."""
    unsealed: list[int] = attrs.Factory(list)
    """Entries without a seal, before the last seal."""
    last: int = 0
    """The last entry."""
    sealed: int = 0
    """The last seal."""
    head: bytes = chain.START
    """The hash of the last entry."""
    left_out: int = 0

    def note(self, misfit: Misfit) -> None:
        """Remember a misfit, within bounds."""
        if len(self.misfits) < REMEMBERED:
            self.misfits.append(misfit)
        else:
            self.left_out += 1


@attrs.frozen
class _Place:
    """A number of the log, with the entry and the seal that stand there."""

    seq: int
    entry: tuple[int, bytes, bytes] | None
    """Its change, its salt and its encoded content."""
    seal: bytes | None


def _places(connection: sqlite3.Connection) -> Iterator[_Place]:
    """Entries and seals side by side, in order; constant memory."""
    seals: Iterator[tuple[int, bytes]] = connection.execute(
        "SELECT seq, hash FROM main.seals ORDER BY seq"
    )
    seal = next(seals, None)
    for seq, change, salt, plain in chain.contents(connection, -(2**63)):
        while seal is not None and seal[0] < seq:
            yield _Place(seal[0], None, seal[1])
            seal = next(seals, None)
        own = None
        if seal is not None and seal[0] == seq:
            own = seal[1]
            seal = next(seals, None)
        yield _Place(seq, (change, salt, plain), own)
    while seal is not None:
        yield _Place(seal[0], None, seal[1])
        seal = next(seals, None)


class _Walker:
    """A walk in progress: the seal before, and the misfit whose seal is in doubt."""

    def __init__(self, connection: sqlite3.Connection, seen: Walk) -> None:
        self._headers = chain.Headers(connection)
        self._erased = chain.erased_of(connection, "entry")
        self._seen = seen
        self._previous: bytes | None = chain.START
        self._doubt: Misfit | None = None

    def step(self, place: _Place) -> None:
        """Go to the next number."""
        seen = self._seen
        if place.seq < 1:
            seen.note(Misfit(seq=place.seq, change=0, previous=b"", sealed=b""))
            return
        if place.seq != seen.last + 1:
            seen.gaps.append((seen.last + 1, place.seq - 1))
            self._previous = self._doubt = None
        seen.last = place.seq
        if place.entry is None:
            seen.note(Misfit(seq=place.seq, previous=self._previous or b"", sealed=place.seal))
            self._previous, self._doubt = place.seal, None
        else:
            self._compare(place, *place.entry)
        seen.head = self._previous or chain.START

    def _compare(self, place: _Place, change: int, salt: bytes, plain: bytes) -> None:
        content = self._erased.get(place.seq) or chain.commitment(salt, plain)
        parts = (place.seq, change, self._headers.of(change), content)
        known = self._previous
        computed = place.seal if known is None else chain.link(known, *parts)
        if place.seal is None:
            if place.seq < self._seen.sealed:
                self._seen.unsealed.append(place.seq)
            self._previous, self._doubt = computed, None
        elif computed == place.seal:
            self._previous, self._doubt = computed, None
        elif self._doubt and chain.link(self._doubt.computed, *parts) == place.seal:
            self._doubt.seal_altered = True
            self._previous, self._doubt = place.seal, None
        else:
            self._doubt = Misfit(
                seq=place.seq,
                change=change,
                header=parts[2],
                content=content,
                previous=known or b"",
                sealed=place.seal,
                computed=computed or b"",
            )
            self._seen.note(self._doubt)
            self._previous = place.seal


def walk(connection: sqlite3.Connection) -> Walk:
    """Go along the chain from its beginning to its end."""
    seen = Walk()
    (sealed,) = connection.execute("SELECT max(seq) FROM main.seals").fetchone()
    seen.sealed = sealed or 0
    walker = _Walker(connection, seen)
    for place in _places(connection):
        walker.step(place)
    return seen


def unsealed_after(connection: sqlite3.Connection, seal: int) -> Iterator[Misfit]:
    """Entries after the last seal: where an entry stands that belongs somewhere before."""
    headers, erased = chain.Headers(connection), chain.erased_of(connection, "entry")
    for seq, change, salt, plain in chain.contents(connection, seal):
        content = erased.get(seq) or chain.commitment(salt, plain)
        yield Misfit(
            seq=seq,
            change=change,
            header=headers.of(change),
            content=content,
            previous=b"",
            sealed=None,
        )
