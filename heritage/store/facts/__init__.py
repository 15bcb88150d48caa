"""Conclusions to cells of events: what makes lists and counts quick at any size.

An event stands in one cell with all events of the same countries, registers,
concluded causes and severities, certainty of date, and first and last year. A
registry of a million events has some thousands of cells.

Years are the beginnings of sort keys (`heritage.dates.days.sort_key`), so their
text order is their order in time. An event that nothing dates has '' for both;
an open beginning is '', an open end '~'.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from heritage.store.facts import bitmaps, site_facts, site_lists

DIMENSIONS = ("countries", "registers", "causes", "severities")
"""Columns of a cell that hold JSON arrays of codes."""

OPEN_END = "~"

_PLACES = """(SELECT x.site FROM event_sites x WHERE x.event = e.id UNION
    SELECT a.ancestor FROM event_sites x JOIN _site_ancestors a ON a.site = x.site
    WHERE x.event = e.id)"""


def _array(sql: str) -> str:
    """SQL for the distinct codes `v` that a query yields, in order, as a JSON array."""
    return f"""(SELECT '[' || coalesce(group_concat(q), '') || ']' FROM (
        SELECT DISTINCT json_quote(v) AS q FROM ({sql}) WHERE v IS NOT NULL ORDER BY 1))"""


def _answers(property: str, where: str) -> str:
    """SQL for what is concluded of a property; answers that nothing decides between are several."""
    quoted = _array(
        f"SELECT c.value AS v FROM conclusions c WHERE c.subject = e.id"
        f" AND c.property = '{property}' AND {where}"
    )
    return f"replace({quoted}, ' | ', '\",\"')"


def _year(key: str) -> str:
    return f"substr({key}, 1, length({key}) - 6)"


# The few places of an event come first: countries and registers are looked up for these alone.
_COUNTRIES = f"""SELECT c.value AS v FROM {_PLACES} p CROSS JOIN sites s ON s.id = p.site,
    json_each(s.countries) c"""
_REGISTERS = f"SELECT l.register AS v FROM {_PLACES} p CROSS JOIN listings l ON l.site = p.site"

_FACTS = f"""INSERT INTO temp._facts
    SELECT e.id,
        {_array(_COUNTRIES)},
        {_array(_REGISTERS)},
        {_answers("cause", "c.site = ''")},
        {_answers("severity", "1")},
        coalesce(d.status, ''),
        iif(d.value IS NULL, '', coalesce({_year("d.earliest")}, '')),
        iif(d.value IS NULL, '', coalesce({_year("d.latest")}, '{OPEN_END}')),
        iif(d.value IS NULL, '', coalesce(d.earliest, '')),
        iif(d.value IS NULL, '', coalesce(d.latest, '{OPEN_END}'))
    FROM temp._stale s CROSS JOIN events e ON e.id = s.event
    LEFT JOIN conclusions d ON d.subject = e.id AND d.site = '' AND d.property = 'date'"""

CELL = "countries, registers, causes, severities, status, first, last"
"""The columns that tell one cell from another."""

_TEMPORARY = f"""CREATE TEMP TABLE IF NOT EXISTS _stale (event TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS _facts (event, {CELL}, earliest, latest);"""


def _sites(*tables: str) -> str:
    """SQL for the sites that the log's entries on some tables name, before or after."""
    names = ", ".join(f"'{table}'" for table in tables)
    found = f"FROM history h WHERE h.seq > :mark AND h.table_name IN ({names})"
    return f"""SELECT json_extract(h.before, '$.site') AS site {found} AND h.before IS NOT NULL
        UNION SELECT json_extract(h.after, '$.site') {found} AND h.after IS NOT NULL"""


_LISTED = f"""{_sites("listings")}
    UNION SELECT l.site FROM listings l WHERE l.id IN (
        SELECT record FROM history WHERE seq > :mark AND table_name = 'listings')
    UNION SELECT record FROM history WHERE seq > :mark AND table_name = 'sites'
        AND +op <> 'insert'"""

_STALE = (
    """SELECT record FROM history WHERE seq > :mark AND table_name IN ('events', 'event_sites')""",
    """SELECT row_key FROM history WHERE seq > :mark AND table_name = 'former_ids'""",
    f"""SELECT x.event FROM ({_LISTED}) t JOIN event_sites x ON x.site = t.site""",
    f"""SELECT x.event FROM ({_LISTED}) t JOIN _site_ancestors a ON a.ancestor = t.site
        JOIN event_sites x ON x.site = a.site""",
)
"""SQL for the events whose facts the log's newest entries can touch, conclusions aside."""


def is_settled(connection: sqlite3.Connection) -> bool:
    """Whether all that was written is concluded, counted and listed, by whatever program."""
    sql = "SELECT facts = (SELECT coalesce(max(seq), 0) FROM history) FROM _concluded"
    return bool(connection.execute(sql).fetchone()[0])


def bring_up_to_date(connection: sqlite3.Connection, concluded: Iterable[str]) -> None:
    """Place every event anew whose conclusions, sites or registers may have changed.

    Args:
        connection: Within a transaction, conclusions being up to date.
        concluded: The subjects that were concluded anew.
    """
    newest = connection.execute("SELECT max(seq) FROM history").fetchone()[0] or 0
    mark = connection.execute("SELECT facts FROM _concluded").fetchone()[0]
    if newest == mark:
        return
    site_facts.bring_up_to_date(connection, mark)
    site_lists.bring_up_to_date(connection, mark)
    _find_stale(connection, mark, concluded)
    if connection.execute("SELECT 1 FROM temp._stale LIMIT 1").fetchone():
        _replace(connection)
    connection.execute("UPDATE _concluded SET facts = ?", (newest,))


def _find_stale(connection: sqlite3.Connection, mark: int, concluded: Iterable[str]) -> None:
    for statement in _TEMPORARY.split(";")[:-1]:
        connection.execute(statement)
    connection.executemany(
        "INSERT OR IGNORE INTO temp._stale VALUES (?)", ((subject,) for subject in concluded)
    )
    for sql in _STALE:
        connection.execute(f"INSERT OR IGNORE INTO temp._stale {sql}", {"mark": mark})


def place_anew(connection: sqlite3.Connection, waiting: Iterable[str]) -> None:
    """Work out every event's facts in `temp._facts`, but for those that wait to be settled.

    Args:
        connection: Within a transaction; nothing of the file is written.
        waiting: The subjects that are to be concluded anew.
    """
    mark = connection.execute("SELECT facts FROM _concluded").fetchone()[0]
    _find_stale(connection, mark, waiting)
    connection.execute("CREATE TEMP TABLE _waiting AS SELECT event FROM temp._stale")
    connection.execute("INSERT OR IGNORE INTO temp._stale SELECT id FROM main.events")
    connection.execute("DELETE FROM temp._stale WHERE event IN (SELECT event FROM temp._waiting)")
    connection.execute(_FACTS)


FEW = 500
"""Events up to which bits are always turned one by one, however few cells there are."""


def _replace(connection: sqlite3.Connection) -> None:
    connection.execute(_FACTS)
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM _event_cells").fetchone()[0]
    is_few = _stale(connection) <= FEW + newest // 4
    before = connection.execute(_HELD).fetchall() if is_few else ()
    if is_few:
        connection.execute(_YEARS, (-1,))
    _move(connection)
    if is_few:
        connection.execute(_YEARS, (1,))
        connection.execute("DELETE FROM _event_years WHERE n = 0")
        _follow(connection, before, newest)
    else:
        connection.execute("DELETE FROM _event_cells WHERE n = 0")
        bitmaps.build(connection)
    connection.execute("DELETE FROM temp._facts")
    connection.execute("DELETE FROM temp._stale")


def _stale(connection: sqlite3.Connection) -> int:
    count: int = connection.execute("SELECT count(*) FROM temp._stale").fetchone()[0]
    return count


_PLACED = """temp._stale s CROSS JOIN _event_facts f ON f.event = s.event
    CROSS JOIN _event_cells c ON c.id = f.cell"""
_HELD = f"SELECT DISTINCT {bitmaps.CELL} FROM {_PLACED}"
_YEARS = f"""INSERT INTO _event_years
    SELECT c.first, c.last, c.status, ?1 * count(*) FROM {_PLACED} GROUP BY 1, 2, 3
    ON CONFLICT (first, last, status) DO UPDATE SET n = n + excluded.n"""


def _move(connection: sqlite3.Connection) -> None:
    """Take events from their cells to those of their new facts; cells may be left empty."""
    old = "SELECT f.cell FROM temp._stale s CROSS JOIN _event_facts f ON f.event = s.event"
    connection.execute(
        f"""UPDATE _event_cells SET n = _event_cells.n - o.n
            FROM (SELECT cell, count(*) AS n FROM ({old}) GROUP BY cell) o WHERE o.cell = id"""
    )
    connection.execute("DELETE FROM _event_facts WHERE event IN (SELECT event FROM temp._stale)")
    # In the order of the key, so that the same events always give the same file.
    connection.execute(
        f"""INSERT INTO _event_cells ({CELL}, n) SELECT {CELL}, count(*) FROM temp._facts WHERE 1
            GROUP BY {CELL} ORDER BY {CELL}
            ON CONFLICT (first, last, countries, causes, severities, status, registers)
            DO UPDATE SET n = n + excluded.n"""
    )
    same = " AND ".join(f"c.{name} = f.{name}" for name in CELL.split(", "))
    connection.execute(
        f"""INSERT INTO _event_facts SELECT f.event, c.id, f.earliest, f.latest
            FROM temp._facts f CROSS JOIN _event_cells c ON {same} ORDER BY f.event"""
    )


def _follow(connection: sqlite3.Connection, before: Sequence[tuple[Any, ...]], newest: int) -> None:
    """Make bits true after a few events have gone from some cells to others.

    Args:
        connection: Within a transaction.
        before: The cells that they were in, as they were.
        newest: The number up to which there were cells before.
    """
    after = {cell[0]: cell for cell in connection.execute(_HELD)}
    left = {
        cell[0]: connection.execute("SELECT n FROM _event_cells WHERE id = ?", cell[:1]).fetchone()[
            0
        ]
        for cell in before
    }
    gone = [cell for cell in before if not left[cell[0]]]
    bitmaps.follow(
        connection,
        gone=gone,
        new=[cell for id, cell in after.items() if id > newest],
        counted=(left | {id: cell[-1] for id, cell in after.items()}).items(),
    )
    connection.executemany("DELETE FROM _event_cells WHERE id = ?", ((cell[0],) for cell in gone))
