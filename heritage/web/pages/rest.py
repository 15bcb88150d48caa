"""A list that is longer than its page to what is told of the rest: how many, and where."""

from __future__ import annotations

from typing import Any

import attrs

from heritage.web.queries import COUNTED


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
