"""The lists of sites, worked out anew beside those that stand in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from heritage.problems import Problem
from heritage.store.derived import display_name
from heritage.store.facts import site_lists
from heritage.store.tables import MAIN
from heritage.store.verify.faults import REBUILD, bounded, quoted, row


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Sites in another list than their records say, and lists that are counted wrongly."""
    name = display_name(MAIN["site"], "s")
    touched = f"""SELECT id FROM ({site_lists.TOUCHED}) WHERE id IS NOT NULL"""
    settled = f"SELECT * FROM ({{}}) WHERE site NOT IN ({touched})"
    yield from _differing(
        connection,
        "_site_lists",
        settled.format("SELECT country, register, name, site FROM main._site_lists"),
        settled.format(site_lists.rows_of(site_lists.ALL, name)),
    )
    found = "SELECT country, register, n FROM main._site_counts"
    yield from _differing(connection, "_site_counts", found, site_lists.COUNTS)


def _differing(
    connection: sqlite3.Connection, table: str, found: str, wanted: str
) -> Iterator[Problem]:
    mark = connection.execute("SELECT facts FROM main._concluded").fetchone()
    values = {"mark": mark[0] if mark else 0}
    for one, other, what in (
        (found, wanted, "does not follow from the sites and listings"),
        (wanted, found, "follows from the sites and listings, and is missing"),
    ):
        sql = f"SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other})"
        yield from bounded(
            row("derived-altered", table, each[-1], f"the row ({told(each)}) {what}", do=REBUILD)
            for each in connection.execute(sql, values)
        )


def told(values: tuple[object, ...]) -> str:
    """A row in words."""
    return ", ".join(map(quoted, values))
