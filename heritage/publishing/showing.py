"""A registry's records to records as they are published, one after the other.

Each record whose id may be replaced is read twice: once to decide whether it
appears and under which id, and once to be written, in the order of those ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, cast

import attrs

from heritage import codec
from heritage.model import Actor, Record, Source
from heritage.publish import Policy, Redaction, naming
from heritage.store import read
from heritage.store.connection import Connection
from heritage.store.public.roll import Roll
from heritage.store.rows import COLUMNS, from_rows, part_tables, to_rows
from heritage.store.tables import MAIN

Progress = Callable[[str, int], None]
"""Told what is being done, in words, and of how many records it has been done so far."""

STAND_INS: Final[Mapping[str, Mapping[str, str]]] = {
    "reviews": {"reviewer": "a reviewer", "reason": "The reason is not published."},
}
"""What stands in columns that hold something in every row and are left out."""


class Showing:
    """What is shown of the records of one registry.

    Args:
        connection: The registry, within a transaction.
        policy: What becomes public.
        progress: Told of each batch of records that is read.
    """

    def __init__(self, connection: Connection, policy: Policy, progress: Progress) -> None:
        self.policy = policy
        self.roll = Roll(connection)
        self._connection = connection
        self._progress = progress
        self._columns = {
            table: frozenset(each for each in columns if not policy.shows(table, each))
            for table, columns in COLUMNS.items()
        }
        actors = self._read("actor", self.roll.not_public("actor"))
        self._redaction = Redaction(policy, self.roll, (cast("Actor", each) for each in actors))
        for kind in naming.NAMED:
            self._decide(kind)

    def _read(self, kind: str, ids: Iterable[str]) -> Iterator[Record]:
        return (each.record for each in read.read_many(self._connection, kind, ids))

    # First: whether a record appears, and under which id.

    def _decide(self, kind: str) -> None:
        """Decide on all records of a kind."""
        replaced = naming.replaces(self.policy, kind)
        came = self.roll.in_order_of_coming(kind)
        for done, record in enumerate(self._read(kind, came), start=1):
            shown = self.public(kind, record)
            if shown is None:
                self.roll.hide(kind, record.id)
            elif replaced and kind != "source":
                pointing = naming.pointing(shown, self.roll.id_of)
                new = naming.base(pointing, altered=shown != record, is_public=_is_public(record))
                if new is not None:
                    self.roll.want(record.id, new)
            if done % read.CHUNK == 0:
                self._progress(f"looking at {MAIN[kind].name}", done)
        if replaced and kind == "source":
            self._want_for_sources()
        self.roll.give(kind, naming.candidates)

    def _want_for_sources(self) -> None:
        """Note which ids sources need that are not named: what each tells is part of it."""
        for kind in naming.TOLD:
            for record in self._read(kind, self.roll.told_by_others(kind)):
                shown = self.public(kind, record)
                source = getattr(shown, "source", None)
                if shown is not None and source is not None and self._is_unnamed(source):
                    self.roll.tell(source, naming.said(shown))
        for record in self._read("source", self.roll.not_public("source")):
            source = self.public("source", record)
            if isinstance(source, Source):
                told = self.roll.told(record.id)
                self.roll.want(record.id, naming.telling(source, self._is_unnamed, told))

    def _is_unnamed(self, source: str) -> bool:
        """Whether a source appears, and without its name."""
        is_public = self.roll.access_of_source(source) == "public"
        return not is_public and self.roll.is_shown("source", source)

    # Then: all that appears.

    def records(self, kind: str) -> Iterator[Record]:
        """What is published of a kind, in the order of the public ids."""
        done = 0
        for some in self.roll.in_public_order(kind):
            news = [new for _, new in some]
            found = self._read(kind, [id for id, _ in some])
            for new, record in zip(news, found, strict=True):
                shown = self.public(kind, record)
                if shown is None:
                    self.roll.hide(kind, record.id)
                else:
                    yield self._named(shown, new, is_public=_is_public(record))
            done += len(some)
            self._progress(f"writing {MAIN[kind].name}", done)

    def _named(self, shown: Record, new: str, *, is_public: bool) -> Record:
        pointing = naming.pointing(shown, self.roll.id_of)
        record = pointing if new == pointing.id else attrs.evolve(pointing, id=new)
        return record if is_public else naming.unmatched(self.policy, record)

    def names(self, source: str | None) -> bool:
        """Whether a source, if there is one, appears with its name."""
        return self._redaction.names(source)

    def public(self, kind: str, record: Record) -> Record | None:
        """A record as anyone may see it, under the registry's ids; None where nobody may."""
        shown = self._redaction.public(record)
        return None if shown is None else self._allowed(kind, shown)

    def _allowed(self, kind: str, record: Record) -> Record | None:
        """A record with nothing in the columns that are left out; None without its id."""
        tables = (MAIN[kind].name, *part_tables(kind))
        if not any(self._columns[table] for table in tables):
            return record
        table = tables[0]
        if "id" in self._columns[table]:
            return None
        rows = to_rows(record)
        stand_ins = STAND_INS.get(table, {})
        main = {
            column: stand_ins.get(column) if column in self._columns[table] else value
            for column, value in zip(COLUMNS[table], rows.main, strict=True)
        }
        parts = {
            part: [dict(zip(COLUMNS[part], row, strict=True)) for row in some]
            for part, some in rows.parts.items()
            if not self._columns[part]
        }
        if kind == "site" and main["location_access"] is None:
            main |= {"location_access": "public", "is_null_island": main["is_null_island"] or 0}
        return codec.from_plain(kind, from_rows(kind, main, parts))

    def shows_row(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a table that holds no records, with the columns that may be told."""
        return {column: value for column, value in row.items() if self.policy.shows(table, column)}

    def shows_signed(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row that was made anew, with who and why where they may be told."""
        return {
            column: value
            for column, value in row.items()
            if column not in ("by", "why") or self.policy.shows(table, column)
        }


def _is_public(record: Record) -> bool:
    """Whether the access of a record is public, if it has one."""
    return getattr(record, "access", "public") == "public"
