"""The log's newest entries to the events and sites that have to be concluded anew.

What to conclude anew is read from the log: every entry since the mark in
`_concluded` names a row, and from the row follow the events and sites whose
conclusions it can touch. So nothing has to be told which program wrote it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

_EVENTS_AT = "SELECT es.event FROM event_sites es WHERE es.site IN ({sites})"
_WITH_PARTS = (
    "SELECT value FROM ({sites}) UNION SELECT a.site FROM _site_ancestors a"
    " WHERE a.ancestor IN (SELECT value FROM ({sites}))"
)


def _entries(*tables: str) -> str:
    names = ", ".join(f"'{table}'" for table in tables)
    return f"history e WHERE e.seq > :mark AND e.table_name IN ({names})"


def _either(table: str, column: str) -> str:
    """SQL: what a column of the touched rows of a table holds or held, as `value`."""
    found = _entries(table)
    return (
        f"SELECT t.{column} AS value FROM {table} t WHERE t.id IN (SELECT e.record FROM {found})"
        f" UNION SELECT json_extract(e.before, '$.{column}') FROM {found} AND e.before IS NOT NULL"
    )


def _touched() -> Iterator[str]:
    """SQL for the events and sites whose conclusions the log's newest entries can touch."""
    yield f"SELECT value FROM ({_either('claims', 'subject')})"
    for table in ("observations", "interventions"):
        yield _EVENTS_AT.format(sites=_either(table, "site"))
    yield f"SELECT e.record FROM {_entries('events', 'event_sites')}"
    shared = (
        "SELECT json_extract(coalesce(e.after, e.before), '$.site') AS value"
        f" FROM {_entries('event_sites')}"
        " UNION SELECT json_extract(coalesce(e.before, e.after), '$.site')"
        f" FROM {_entries('event_sites')}"
    )
    # That an event shares its site matters only where somebody looked.
    yield _EVENTS_AT.format(
        sites=f"SELECT s.value FROM ({shared}) s"
        " WHERE EXISTS (SELECT 1 FROM observations o WHERE o.site = s.value)"
    )
    speakers = (
        f"SELECT e.record AS value FROM {_entries('sources', 'source_relies_on')}"
        " UNION SELECT a.source FROM _source_ancestors a WHERE a.ancestor IN"
        f" (SELECT e.record FROM {_entries('sources', 'source_relies_on')})"
    )
    yield f"SELECT c.subject FROM claims c WHERE c.source IN ({speakers})"
    yield _EVENTS_AT.format(
        sites=f"SELECT o.site FROM observations o WHERE o.source IN ({speakers})"
    )
    yield f"SELECT c.subject FROM claims c WHERE c.id IN ({_either('reviews', 'claim')})"
    moved = f"SELECT e.record AS value FROM {_entries('sites')} AND e.before IS NOT NULL"
    yield _EVENTS_AT.format(sites=_WITH_PARTS.format(sites=moved))
    held = (
        "SELECT c.subject AS value FROM claims c WHERE c.property = 'control' AND c.id IN"
        f" (SELECT e.record FROM {_entries('claims')})"
        f" UNION SELECT json_extract(e.before, '$.subject') FROM {_entries('claims')}"
        " AND e.before IS NOT NULL"
    )
    yield _EVENTS_AT.format(sites=_WITH_PARTS.format(sites=held))
    yield f"SELECT e.record FROM {_entries('sites')} AND e.op = 'delete'"
    yield f"SELECT e.row_key FROM {_entries('former_ids')}"


ARGUED = """EXISTS (SELECT 1 FROM claims c WHERE c.subject = f.subject)
    OR EXISTS (SELECT 1 FROM conclusions c WHERE c.subject = f.subject)
    OR EXISTS (SELECT 1 FROM event_sites es JOIN observations o ON o.site = es.site
        WHERE es.event = f.subject)
    OR EXISTS (SELECT 1 FROM _site_facts t WHERE t.id = f.subject AND t.kind = 'event')"""
"""SQL on a subject: whether there is, or was, anything to conclude."""


def find(connection: sqlite3.Connection) -> Iterator[str]:
    """Subjects that have to be concluded anew, in order.

    They are kept in a temporary table: after a load they may be all there are.
    """
    forget(connection)
    if _has_any(connection, "claims", "observations", "conclusions", "_site_facts"):
        mark = connection.execute("SELECT seq FROM _concluded").fetchone()[0]
        for sql in _touched():
            argued = f"(SELECT NULL AS subject UNION {sql}) f WHERE {ARGUED}"
            connection.execute(
                f"INSERT OR IGNORE INTO temp._touched SELECT f.subject FROM {argued}",
                {"mark": mark},
            )
    return found(connection)


def found(connection: sqlite3.Connection) -> Iterator[str]:
    """Those that were found last, in order."""
    for (subject,) in connection.execute("SELECT subject FROM temp._touched ORDER BY subject"):
        yield subject


def forget(connection: sqlite3.Connection) -> None:
    """Give back the room of those that were found last."""
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS _touched (subject TEXT PRIMARY KEY) WITHOUT ROWID"
    )
    connection.execute("DELETE FROM temp._touched")


def _has_any(connection: sqlite3.Connection, *tables: str) -> bool:
    return any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)
