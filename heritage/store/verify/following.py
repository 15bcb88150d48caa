"""What is derived from the recorded tables, built anew beside what stands in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from heritage.problems import Problem
from heritage.store import derived
from heritage.store.folding import fold
from heritage.store.tables import TABLES, Table
from heritage.store.verify.faults import REBUILD, bounded, quoted, row

_STRUCTURES: dict[str, tuple[str, str]] = {
    "places": ("site", "id, west, east, south, north"),
    "_site_countries": ("site", "country, site"),
    "_site_ancestors": ("site", "site, ancestor"),
    "_event_ancestors": ("event", "event, ancestor"),
    "_source_ancestors": ("source", "source, ancestor"),
}
"""What is built from all rows of a kind, and its columns."""


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Names, folded texts, trees, countries, places and search that do not follow."""
    for table in TABLES:
        if "name" in table.derived:
            yield from bounded(_names(connection, table))
        if table.search:
            yield from bounded(_texts(connection, table))
    yield from _structures(connection)
    yield from _marks(connection)


def _names(connection: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    wanted = derived.display_name(table, "t")
    for id, found, name in connection.execute(
        f"SELECT id, name, {wanted} FROM main.{table.name} t WHERE name IS NOT {wanted}"
    ):
        message = f"name is {quoted(found)}; of its names it is {quoted(name)}"
        yield row("derived-altered", table.name, id, message, "name", do=REBUILD)


def _texts(connection: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    source = (table.search or "").format(row="t")
    for id, found, text in connection.execute(
        f"SELECT id, search_text, {source} FROM main.{table.name} t"
    ):
        wanted = fold(text.partition("\0")[0])
        if found != wanted:
            message = f"search_text is {quoted(found)}; of its texts it is {quoted(wanted)}"
            yield row("derived-altered", table.name, id, message, "search_text", do=REBUILD)


def _structures(connection: sqlite3.Connection) -> Iterator[Problem]:
    # A temporary table comes before ours of the same name: what builds the one in
    # a load builds the other here.
    for name in _STRUCTURES:
        if name == "places":
            connection.execute(
                "CREATE VIRTUAL TABLE temp.places USING rtree(id, west, east, south, north)"
            )
        else:
            columns = _STRUCTURES[name][1]
            connection.execute(
                f"CREATE TEMP TABLE {name} ({columns}, PRIMARY KEY ({columns})) WITHOUT ROWID"
            )
    for kind in dict.fromkeys(kind for kind, _ in _STRUCTURES.values()):
        for sql in derived.set_wise(kind):
            connection.execute(sql, {"before": -(2**63)})
    for name, (_, columns) in _STRUCTURES.items():
        yield from bounded(_differing(connection, name, columns))


def _differing(connection: sqlite3.Connection, name: str, columns: str) -> Iterator[Problem]:
    found, wanted = f"SELECT {columns} FROM main.{name}", f"SELECT {columns} FROM temp.{name}"
    for one, other, what in (
        (found, wanted, "does not follow from the tables"),
        (wanted, found, "follows from the tables, and is missing"),
    ):
        for values in connection.execute(f"{one} EXCEPT {other}"):
            message = f"the row ({', '.join(map(quoted, values))}) {what}"
            yield row("derived-altered", name, values[0], message, do=REBUILD)


def _is_known(connection: sqlite3.Connection, noted: object) -> bool:
    """Whether a note of a row is empty, or names one of which the log tells."""
    if noted is None:
        return True
    sql = """SELECT 1 FROM main.history WHERE json_valid(?1)
        AND table_name = json_extract(?1, '$.table') AND row_key = json_extract(?1, '$.key')"""
    return connection.execute(sql, (noted,)).fetchone() is not None


def _marks(connection: sqlite3.Connection) -> Iterator[Problem]:
    context: Sequence[tuple[object, ...]] = connection.execute(
        "SELECT id, change, replaced FROM main._context"
    ).fetchall()
    # An insert that was ignored leaves behind what it found in its place.
    if [each[:2] for each in context] != [(1, None)] or not _is_known(connection, context[0][2]):
        message = "a change is marked as open, and none is"
        yield row("mark-altered", "_context", 1, message)
    yield from _editions(connection)
    marks = connection.execute("SELECT seq, facts FROM main._concluded WHERE id = 1").fetchall()
    sealed, followed = connection.execute(
        "SELECT coalesce(max(seq), 0), coalesce(max(seq) FILTER (WHERE kind <> 'conclusion'), 0)"
        " FROM main.history WHERE seq <= (SELECT coalesce(max(seq), 0) FROM main.seals)"
    ).fetchone()
    ((seq, facts),) = marks if len(marks) == 1 else ((None, None),)
    if seq not in (followed, sealed):
        message = f"the mark of conclusions stands at {quoted(seq)}; it belongs at {followed}"
        yield row("mark-altered", "_concluded", 1, message, "seq", do=REBUILD)
    if facts != sealed:
        message = f"the mark of facts stands at {quoted(facts)}; it belongs at {sealed}"
        yield row("mark-altered", "_concluded", 1, message, "facts", do=REBUILD)
    for table, counted in connection.execute("SELECT table_name, seq FROM main._counts"):
        if counted != sealed:
            message = f"the mark of the count stands at {quoted(counted)}; it belongs at {sealed}"
            yield row("mark-altered", "_counts", table, message, "seq", do=REBUILD)


def _editions(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Tables in which a public edition tells of itself are empty in a registry."""
    if connection.execute("SELECT 1 FROM main.releases").fetchone() is not None:
        return
    for table in ("released", "unpublished"):
        for (first,) in connection.execute(f"SELECT {_FIRST[table]} FROM main.{table} LIMIT 1"):
            message = "only a public edition has rows here, and this is none"
            yield row("row-unexplained", table, first, message, do=REBUILD)


_FIRST = {"released": "record", "unpublished": "subject"}
