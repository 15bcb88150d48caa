"""Events to events with every window that a source gives, and what is concluded."""

from __future__ import annotations

import sqlite3

from heritage.web.queries import Row, rows


def with_windows(connection: sqlite3.Connection, events: list[Row]) -> list[Row]:
    """Give each event the windows of its date claims, but for those that deny one.

    Beside them stands, as `concluded`, what is concluded from them; None where nothing is.
    """
    windows: dict[str, list[Row]] = {event["id"]: [] for event in events}
    concluded: dict[str, Row] = {}
    ids = list(windows)
    for start in range(0, len(ids), 400):
        some = ids[start : start + 400]
        names = {f"id{n}": id for n, id in enumerate(some)}
        places = ", ".join(f":{name}" for name in names)
        for claim in rows(
            connection,
            f"""SELECT subject, date, date_earliest, date_latest, stance FROM claims
                WHERE property = 'date' AND date IS NOT NULL AND subject IN ({places})
                AND stance NOT IN ('denies', 'cannot_determine')""",
            **names,
        ):
            windows[claim["subject"]].append(claim)
        for row in rows(
            connection,
            f"""SELECT subject, value, earliest, latest, status FROM conclusions
                WHERE subject IN ({places}) AND site = '' AND property = 'date'""",
            **names,
        ):
            concluded[row.pop("subject")] = row
    return [
        {**event, "windows": windows[event["id"]], "concluded": concluded.get(event["id"])}
        for event in events
    ]
