"""Ids of any time to ids of today, for many of them."""

from __future__ import annotations

import sqlite3

from heritage.store.tables import MAIN

KNOWN = 100_000
"""Records that are remembered to exist."""


class Today:
    """What the ids of the log lead to in the tables as they are now."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: set[tuple[str, str]] = set()
        self._has_former = True
        self.forget()

    def forget(self) -> None:
        """Look again, since records were renamed or taken out."""
        found = self._connection.execute("SELECT 1 FROM former_ids LIMIT 1").fetchone()
        self._has_former = found is not None
        self._known.clear()

    def id(self, kinds: str, id: str) -> str:
        """The id that a record has now; the same where it leads nowhere.

        Args:
            kinds: A kind, or several with ` or ` between them.
            id: An id that it had at some time.
        """
        each = kinds.split(" or ")
        if not self._has_former or any(self.exists(kind, id) for kind in each):
            return id
        for kind in each:
            row = self._connection.execute(
                "SELECT id FROM former_ids WHERE former = ? AND kind = ?", (id, kind)
            ).fetchone()
            if row is not None:
                return str(row[0])
        return id

    def exists(self, kind: str, id: str) -> bool:
        """Whether there is a record of a kind with an id."""
        if (kind, id) in self._known:
            return True
        sql = f"SELECT 1 FROM {MAIN[kind].name} WHERE id = ?"
        found = self._connection.execute(sql, (id,)).fetchone() is not None
        if found:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known.add((kind, id))
        return found
