"""Questions about files that are kept as evidence."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from heritage.web.queries import RECORDS, Row, rows


def of_sources(connection: sqlite3.Connection, sources: Collection[str]) -> list[Row]:
    """Files that come from some sources, without the hands that they passed through."""
    values = {f"id{n}": id for n, id in enumerate(sorted(sources))}
    if not values:
        return []
    marks = ", ".join(f":{name}" for name in values)
    return rows(
        connection,
        f"""SELECT e.id, e.sha256, e.title, e.media_type, e.size, e.source, e.access,
            o.title AS source_title FROM evidence e
        JOIN sources o ON o.id = e.source WHERE e.source IN ({marks})
        ORDER BY e.id LIMIT :limit""",
        limit=RECORDS,
        **values,
    )
