"""A row to the later changes that touched it, in words."""

from __future__ import annotations

import json
import sqlite3

from heritage.store.history import is_undone
from heritage.store.log import known_ids
from heritage.store.reverting.netting import NetRow
from heritage.store.tables import Table

SHOWN = 3
"""Later changes that are named for one conflict; of more than these it is said how many."""


class Later:
    """What the log says about rows between a change and the one that is to undo it."""

    def __init__(self, connection: sqlite3.Connection, change: int, by: int) -> None:
        self._connection = connection
        self._change = change
        self._by = by
        self._known: dict[int, str] = {}

    def told(
        self,
        table: Table | None,
        id: str,
        columns: tuple[str, ...] | None,
        *,
        kind: str | None = None,
        row: NetRow | None = None,
    ) -> str:
        """By which changes, as the end of a sentence; empty where the log tells of none.

        Args:
            table: The table in which to look; None for every one of the record.
            id: The record.
            columns: Of an update, only those that changed one of these.
            kind: The kind of record where no table is given.
            row: Of a table of parts, only what is about this row, where anything is.
        """
        ids = known_ids(self._connection, id)
        marks = ", ".join("?" * len(ids))
        found = self._connection.execute(
            "SELECT change, table_name, row_key, op, before FROM history"
            f" WHERE record IN ({marks}) AND kind = ? AND change > ? AND change < ?"
            " ORDER BY seq",
            (*ids, kind or (table.kind if table else ""), self._change, self._by),
        ).fetchall()
        if table is not None:
            found = [each for each in found if each[1] == table.name]
        if columns:
            found = [
                each
                for each in found
                if each[3] != "update" or not set(columns).isdisjoint(json.loads(each[4] or "{}"))
            ]
        if row is not None and table is not None and table.main:
            about = [each for each in found if each[2] in (row.key_after, row.key_before)]
            found = about or found
        every = dict.fromkeys(change for change, *_ in found)
        changes = [change for change in every if not self._came_to_nothing(change)] or list(every)
        if not changes:
            return ""
        rest = f" and {len(changes) - SHOWN} more" if len(changes) > SHOWN else ""
        return " by " + ", ".join(map(self._named, changes[:SHOWN])) + rest

    def _came_to_nothing(self, change: int) -> bool:
        """Whether a change was undone, or undid another one that came later too."""
        if is_undone(self._connection, change):
            return True
        undid = self._connection.execute(
            "SELECT reverted FROM reverts WHERE change = ?", (change,)
        ).fetchone()
        return undid is not None and int(undid[0]) > self._change

    def _named(self, change: int) -> str:
        if change not in self._known:
            at, by, why = self._connection.execute(
                "SELECT at, by, why FROM changes WHERE id = ?", (change,)
            ).fetchone()
            who = f", {by}" if by else ", another program"
            reason = f": {why}" if why else ""
            self._known[change] = f"change {change} ({at[:19]}Z{who}{reason})"
        return self._known[change]
