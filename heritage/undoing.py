"""A change to another one that undoes it, or to the later changes that stand on it."""

from __future__ import annotations

import attrs

from heritage.errors import CheckFailedError
from heritage.store import reverting, write
from heritage.store.conclusions.concluded import Redrawn, redrawn
from heritage.store.connection import Connection
from heritage.store.differences import Difference, between


@attrs.frozen(kw_only=True)
class Reverted:
    """What the undoing of a change did."""

    change: int | None
    """The number of the change that undid it; None where nothing changed."""
    tally: dict[str, int]
    """How many records were `created`, `changed` and `retracted` by it."""
    records: tuple[Difference, ...] = ()
    """After a dry run: what would be other about each record."""
    conclusions: tuple[Redrawn, ...] = ()
    """After a dry run: the conclusions that would be others."""


def undo(connection: Connection, number: int, change: int, *, whole: bool) -> Reverted:
    """Undo a change within another one that is open.

    Args:
        connection: That of the open change.
        number: The number of the open change.
        change: The number of the change to undo.
        whole: Tell of each record, and not only how many there are.

    Raises:
        CheckFailedError: It cannot be undone; all is to be rolled back.
        RecordNotFoundError: There is no such change.
    """
    problems = reverting.revert(connection, change, number)
    if problems:
        raise CheckFailedError(problems)
    if not write.end_change(connection, number):
        return Reverted(change=None, tally={})
    return Reverted(
        change=number,
        tally=reverting.tally(connection, number),
        records=tuple(between(connection, number - 1, number)) if whole else (),
        conclusions=tuple(redrawn(connection, number - 1, number)) if whole else (),
    )
