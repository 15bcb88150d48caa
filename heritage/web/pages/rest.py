"""A list that is longer than its page to what is told of the rest: how many, and where."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import attrs

from heritage.web.queries import COUNTED, Row, counted


@attrs.frozen(kw_only=True)
class Rest:
    """What is told below a list of which a page shows some."""

    shown: int
    n: int
    """How many there are, counted to a bound."""
    table: str | None = None
    """Datasette's table that has them all."""
    where: dict[str, Any] = attrs.field(factory=dict)
    """The columns by which it has to be filtered, or the values of the query."""
    sql: str | None = None
    """A query that finds them all, where no table does."""

    @property
    def is_least(self) -> bool:
        """Whether there may be more than were counted."""
        return self.n >= COUNTED


def cut(
    connection: sqlite3.Connection, rows: Sequence[Row], most: int, table: str, **where: str
) -> tuple[list[Row], Rest | None]:
    """The first rows of a list, with what is told of the rest; None where those are all.

    Args:
        connection: The registry.
        rows: One row more than is shown, where there are more.
        most: How many are shown.
        table: The table that has them all, where
        where: a column, and what it holds.
    """
    if len(rows) <= most:
        return list(rows), None
    ((column, value),) = where.items()
    n = counted(connection, f"SELECT 1 FROM {table} WHERE {column} = :value", value=value)
    return list(rows[:most]), Rest(shown=most, n=n, table=table, where=dict(where))
