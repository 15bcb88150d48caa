"""A wish to erase to an erasure: one change, a file written anew, and a look at what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import attrs

from heritage.errors import UsageError
from heritage.store import erasing, write
from heritage.store.connection import Connection, transaction
from heritage.store.erasing import Left, residue
from heritage.store.erasing.residue import Mention

__all__ = ["Erasure", "Left", "Mention", "erase", "wanted"]


@attrs.frozen(kw_only=True)
class Erasure:
    """What was erased, or would be."""

    change: int | None
    """The change that tells of it; None for a dry run, and where nothing was found."""
    records: tuple[Left, ...]
    """The pseudonyms of the erased records."""
    rows: dict[str, int]
    """By table, how many rows were rewritten or went."""
    entries: int
    """Entries of the log that were rewritten."""
    changes: int
    """Changes whose `by` or `why` was rewritten."""
    renamed: int
    """Records whose id, made of what they said, became another one."""
    mentions: tuple[Mention, ...]
    """Where it still stands, or something that looks like it."""
    finished: bool
    """Whether the file was written anew, without what its free pages held."""


class _DryRun(Exception):  # noqa: N818 - no error: it undoes the transaction
    """The end of a dry run."""


def erase(connection: Connection, wanted: erasing.Wanted, *, at: str, dry_run: bool) -> Erasure:
    """Erase, and write the file anew.

    Args:
        connection: The registry, outside any transaction.
        wanted: What is to be erased, by whom and why.
        at: The moment.
        dry_run: Only tell what would go.

    Raises:
        RecordNotFoundError: A record is not known.
        UsageError: The reason holds what is to be erased.
    """
    found: erasing.Erased | None = None
    mentions: tuple[Mention, ...] = ()
    with _strictly(connection), _undone(), transaction(connection):
        change = write.begin_change(connection, at=at, by=wanted.by, why=wanted.why)
        found = erasing.erase(connection, wanted, change)
        if dry_run or found.change is None:
            mentions = tuple(residue.mentions(connection, found.sought, found.pattern))
            raise _DryRun
    if found is None:
        raise UsageError("nothing was erased")
    done = not dry_run and found.change is not None
    finished = done and residue.finish(connection)
    if done:
        mentions = _left(connection, found)
    return Erasure(
        change=found.change if done else None,
        records=found.records,
        rows=found.rows,
        entries=found.entries,
        changes=found.changes,
        renamed=found.renamed,
        mentions=mentions,
        finished=finished,
    )


def _left(connection: Connection, found: erasing.Erased) -> tuple[Mention, ...]:
    """Where something of it still stands: in rows, or else in the bytes of the file."""
    texts = residue.in_bytes(connection, found.sought)
    rows = tuple(residue.mentions(connection, texts, found.pattern))
    told = {mention.text for mention in rows}
    bytes_ = [text for text in texts if not any(text in one for one in told)]
    return rows + tuple(Mention(text=text, table="", column="", record="") for text in bytes_)


@contextmanager
def _strictly(connection: Connection) -> Iterator[None]:
    """Overwrite what is deleted, and keep nothing in other files meanwhile."""
    names = ("secure_delete", "temp_store", "foreign_keys")
    before = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    for name, value in zip(names, ("ON", "MEMORY", "OFF"), strict=True):
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
    try:
        yield
    finally:
        for name, value in zip(names, before, strict=True):
            connection.execute(f"PRAGMA {name} = {value}").fetchall()


@contextmanager
def _undone() -> Iterator[None]:
    with suppress(_DryRun):
        yield


def wanted(
    connection: Connection, ids: Sequence[str], kind: str | None, texts: Sequence[str], **who: str
) -> erasing.Wanted:
    """A wish to erase, its ids found out.

    Raises:
        RecordNotFoundError: An id never led anywhere.
        UsageError: Nothing is named, an id leads to several records, or a text is too short.
    """
    if not ids and not texts:
        raise UsageError("name what is to be erased: ids of records, or texts")
    targets = dict.fromkeys(erasing.find(connection, id, kind) for id in ids)
    return erasing.Wanted(targets=tuple(targets), texts=erasing.checked_texts(texts), **who)
