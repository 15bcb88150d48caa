"""Questions about files that are kept as evidence."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from heritage.web.queries import RECORDS, Row, rows


def of_sources(connection: sqlite3.Connection, sources: Collection[str]) -> list[Row]:
    """Files that come from some sources, without the hands that they passed through.

    One more than a page shows, where there are more.
    """
    values = {f"id{n}": id for n, id in enumerate(sorted(sources))}
    if not values:
        return []
    marks = ", ".join(f":{name}" for name in values)
    return rows(
        connection,
        f"""SELECT e.id, e.sha256, e.title, e.media_type, e.size, e.source, e.access,
            o.title AS source_title FROM (
                SELECT id FROM evidence WHERE source IN ({marks}) LIMIT :limit) given
        CROSS JOIN evidence e ON e.id = given.id JOIN sources o ON o.id = e.source
        ORDER BY e.id""",
        limit=RECORDS + 1,
        **values,
    )
