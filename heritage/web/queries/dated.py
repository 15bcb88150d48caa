"""Events to events with every window that a source gives, and what is concluded."""

from __future__ import annotations

import json
import sqlite3

from heritage.web.queries import Row, rows

WINDOWS = 100
"""Date claims of one event that are drawn."""


def with_windows(connection: sqlite3.Connection, events: list[Row]) -> list[Row]:
    """Give each event the windows of its date claims, but for those that deny one.

    Of very many claims on one event, some are left out.
    Beside them stands, as `concluded`, what is concluded from them; None where nothing is.
    """
    windows: dict[str, list[Row]] = {event["id"]: [] for event in events}
    concluded: dict[str, Row] = {}
    ids = json.dumps(list(windows))
    for claim in rows(
        connection,
        """SELECT c.subject, c.date, c.date_earliest, c.date_latest, c.stance
        FROM json_each(:ids) given CROSS JOIN claims c ON c.id IN (
            SELECT id FROM claims WHERE subject = given.value AND property = 'date'
            AND date IS NOT NULL AND stance NOT IN ('denies', 'cannot_determine') LIMIT :limit)""",
        ids=ids,
        limit=WINDOWS,
    ):
        windows[claim["subject"]].append(claim)
    for row in rows(
        connection,
        """SELECT c.subject, c.value, c.earliest, c.latest, c.status FROM json_each(:ids) given
        CROSS JOIN conclusions c ON c.subject = given.value AND c.site = ''
        AND c.property = 'date'""",
        ids=ids,
    ):
        concluded[row.pop("subject")] = row
    return [
        {**event, "windows": windows[event["id"]], "concluded": concluded.get(event["id"])}
        for event in events
    ]
