"""A registry file to all that is wrong with it, each with its exact place.

Each module examines one thing; what all of them read is one moment of the file,
which is not changed: temporary tables hold what has to be worked out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator

import attrs

from heritage.problems import Problem
from heritage.store.connection import snapshot
from heritage.store.verify import (
    comparing,
    concluding,
    damage,
    erasures,
    following,
    heads,
    listing,
    placing,
    sealing,
    searching,
    standing,
    structure,
)
from heritage.store.verify.faults import Notes, lenient, shown, whole
from heritage.store.verify.heads import Published
from heritage.store.verify.replaying import Replay
from heritage.store.verify.walking import Walk, walk

__all__ = ["Published", "Verification", "verify"]


@attrs.frozen(kw_only=True)
class Verification:
    """What a verification found; iterating over it gives the problems.

    Args:
        head: The hash of the last entry, in hexadecimal.
        entries: How many entries the log has.
        problems: All that is wrong.
        notes: What is no fault and should be known.
        published: Of the head that was asked for: where it stands in the log.
    """

    head: str
    entries: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    published: Published | None = None

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def _silent(_what: str) -> None:
    """Tell nobody."""


def verify(
    connection: sqlite3.Connection,
    head: str | None = None,
    *,
    progress: Callable[[str], None] = _silent,
) -> Verification:
    """Examine a registry: one moment of it, without changing it.

    Args:
        connection: The registry, in no transaction.
        head: A head that was published earlier, or at least 16 digits of it.
        progress: Told what is examined next.

    Raises:
        UsageError: The head is none.
    """
    wanted = None if head is None else heads.read(head)
    notes = Notes()
    problems: list[Problem] = []
    factory, connection.text_factory = connection.text_factory, lenient
    seen, published = Walk(), None
    try:
        with snapshot(connection):
            progress("the file")
            problems += _guarded(lambda: damage.examine(connection))
            problems += _guarded(lambda: structure.examine(connection, notes))
            progress("the chain of the log")
            try:
                seen = walk(connection)
                (count,) = connection.execute("SELECT count(*) FROM main.history").fetchone()
            except sqlite3.Error as error:
                _unless_stopped(error)
                problems.append(_unreadable(error))
                return Verification(
                    head="", entries=0, problems=tuple(problems), notes=tuple(notes.lines)
                )
            problems += _guarded(lambda: sealing.examine(connection, seen, notes))
            for what, step in _steps(connection, notes):
                progress(what)
                problems += _guarded(step)
            if wanted is not None:
                published = heads.find(connection, wanted)
                if published is None:
                    problems.append(heads.not_found(wanted))
    finally:
        connection.text_factory = factory
    return Verification(
        head=seen.head.hex(),
        entries=count,
        problems=tuple(dict.fromkeys(problems)),
        notes=tuple(notes.lines),
        published=published,
    )


def _steps(
    connection: sqlite3.Connection, notes: Notes
) -> Iterator[tuple[str, Callable[[], Iterable[Problem]]]]:
    yield "erasures", lambda: erasures.examine(connection)
    yield "the log", lambda: Replay(connection).run()
    yield "tables", lambda: comparing.examine(connection)
    yield "names and places", lambda: following.examine(connection)
    yield "search", lambda: searching.examine(connection)
    yield "conclusions", lambda: concluding.examine(connection, notes)
    yield "counts", lambda: placing.examine(connection)
    yield "lists of sites", lambda: listing.examine(connection)
    yield "states of sites", lambda: standing.examine(connection)


def _guarded(step: Callable[[], Iterable[Problem]]) -> Iterator[Problem]:
    """What one examination finds; what it cannot read is found, too."""
    try:
        yield from step()
    except (sqlite3.Error, ValueError, LookupError, TypeError, AttributeError) as error:
        _unless_stopped(error)
        # Whatever bytes were put into the file, they end here as a fault of the file.
        yield _unreadable(error)


def _unless_stopped(error: Exception) -> None:
    """Go on where a statement failed, and not where somebody stopped it."""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
        raise error


def _unreadable(error: Exception) -> Problem:
    said = shown(f"{type(error).__name__}: {error}", 300)
    return whole("file-damaged", "registry", f"what stands in the file cannot be read: {said}")
