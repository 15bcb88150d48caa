"""Empty registries, ways to fill them, and everything that they then hold."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from heritage.model import RECORDS, Record
from heritage.store import schema, write
from heritage.store.bulk import Bulk, Refused
from heritage.store.connection import transaction
from heritage.store.facts import counts, is_settled, site_lists
from heritage.store.history import replay
from heritage.store.tables import BOOKKEEPING, TABLES, columns_of

SEARCHED = ("sites", "events", "claims", "sources", "actors")
AT = "2026-01-01T00:00:00.000Z"

Connection = sqlite3.Connection
Rows = list[tuple[Any, ...]]


@cache
def _empty_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        schema.create(path).close()
        return path.read_bytes()


def write_empty(path: Path) -> Path:
    """An empty registry in a file, quicker than making a new one."""
    path.write_bytes(_empty_file())
    return path


def in_memory(*, foreign_keys: bool = True, recursive_triggers: bool = False) -> Connection:
    """An empty registry in memory, open to any SQL."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(_empty_file())
    connection.execute(f"PRAGMA foreign_keys = {foreign_keys}")
    connection.execute(f"PRAGMA recursive_triggers = {recursive_triggers}")
    return connection


def put(connection: Connection, records: Iterable[Record]) -> int:
    """Put records one by one, in one change; the change."""
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        for record in records:
            write.put(connection, record)
        write.end_change(connection, change)
    return change


def load(connection: Connection, collection: Mapping[str, list[Record]]) -> list[Refused]:
    """Insert records in the gear of a load, in one change; those that were refused."""
    connection.execute("PRAGMA foreign_keys = OFF")
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        bulk = Bulk(connection, change)
        for kind in RECORDS:
            if collection.get(kind):
                bulk.insert(kind, collection[kind])
        refused = bulk.build()
        write.end_change(connection, change)
    connection.execute("PRAGMA foreign_keys = ON")
    return refused


def flat(collection: Mapping[str, list[Record]]) -> list[Record]:
    """The records of a collection, each after those that it names."""
    return [record for kind in RECORDS for record in collection.get(kind, ())]


def rows(connection: Connection, sql: str, *values: object) -> Rows:
    return connection.execute(sql, values).fetchall()


def contents(connection: Connection) -> dict[str, Rows]:
    """Every table with its rows, search with its words, and the schema; salts left out."""
    tables = [
        name
        for (name,) in rows(
            connection,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts\\_%'"
            " ESCAPE '\\' AND name NOT LIKE 'places\\_%' ESCAPE '\\' AND name NOT IN"
            " ('_folds', '_positions', 'terms', 'seals') ORDER BY name",
        )
    ]
    found = {table: sorted(unsalted(connection, table), key=repr) for table in tables}
    found["history"] = unsalted(connection, "history")
    found["sealed"] = rows(connection, "SELECT seq FROM seals ORDER BY seq")
    for table in SEARCHED:
        found[f"words of {table}"] = words_of(connection, table)
    found["schema"] = rows(connection, "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
    return found


def unsalted(connection: Connection, table: str) -> Rows:
    """The rows of a table without their salt, which is another one each time."""
    names = [name for (name,) in rows(connection, "SELECT name FROM pragma_table_info(?)", table)]
    columns = ", ".join(name for name in names if name != "salt")
    return rows(connection, f"SELECT {columns} FROM {table} ORDER BY 1")


def words_of(connection: Connection, table: str) -> Rows:
    """Every word that search knows, with the record in which it stands."""
    connection.execute(f"CREATE VIRTUAL TABLE temp.w USING fts5vocab(main, {table}_fts, instance)")
    found = rows(
        connection,
        f"SELECT w.term, t.id, w.offset FROM temp.w w JOIN {table} t ON t.rowid = w.doc"
        " ORDER BY 1, 2, 3",
    )
    counted = rows(connection, "SELECT count(*) FROM temp.w")[0][0]
    connection.execute("DROP TABLE temp.w")
    assert counted == len(found)
    return found


def assert_whole(connection: Connection) -> None:
    """What is derived follows from what is recorded, and history from both."""
    for table in SEARCHED:
        connection.execute(
            f"INSERT INTO {table}_fts ({table}_fts, rank) VALUES ('integrity-check', 1)"
        )
    assert [] == rows(connection, "PRAGMA foreign_key_check")
    assert [("ok",)] == rows(connection, "PRAGMA integrity_check")
    for kind in ("site", "event", "source"):
        assert sorted(rows(connection, f"SELECT * FROM _{kind}_ancestors_now")) == rows(
            connection, f"SELECT * FROM _{kind}_ancestors ORDER BY 1, 2"
        )
    assert rows(
        connection,
        "SELECT DISTINCT c.value, s.id FROM sites s, json_each(s.countries) c ORDER BY 1, 2",
    ) == rows(connection, "SELECT country, site FROM _site_countries ORDER BY 1, 2")
    placed = "longitude IS NOT NULL OR geometry IS NOT NULL"
    assert rows(connection, f"SELECT rowid FROM sites WHERE {placed} ORDER BY 1") == rows(
        connection, "SELECT id FROM places ORDER BY 1"
    )
    if is_settled(connection):
        assert sorted(rows(connection, site_lists.rows_of(site_lists.ALL))) == rows(
            connection, "SELECT country, register, name, site FROM _site_lists ORDER BY 1, 2, 3, 4"
        )
    assert sorted(rows(connection, site_lists.COUNTS)) == rows(
        connection, "SELECT country, register, n FROM _site_counts ORDER BY 1, 2"
    )
    assert dict(rows(connection, counts.ROWS)) == counts.rows_of(connection)
    assert replayed(connection) == recorded(connection)


def recorded(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """The recorded columns of every table."""
    found = {}
    for table in TABLES:
        columns = columns_of(connection, table)
        found[table.name] = [
            dict(zip(columns, row, strict=True))
            for row in rows(connection, f"SELECT {', '.join(columns)} FROM {table.name}")
        ]
    return {name: sorted(each, key=repr) for name, each in found.items()}


def replayed(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """What the log says that the tables hold, from nothing."""
    tables: dict[str, dict[str, dict[str, Any]]] = {table.name: {} for table in TABLES}
    for name, key, before, after in rows(
        connection,
        "SELECT table_name, row_key, before, after FROM history"
        " WHERE kind <> 'conclusion' AND op NOT IN ('erase', 'erased') ORDER BY seq",
    ):
        replay(tables[name], name, key, before, after)
    found = {}
    for table in TABLES:
        columns = columns_of(connection, table)
        found[table.name] = [
            {column: row.get(column) for column in columns} for row in tables[table.name].values()
        ]
        for key, row in tables[table.name].items():
            parts = [row[column] for column in table.key]
            expected = parts[0] if len(parts) == 1 else json.dumps(parts, ensure_ascii=False)
            assert expected == (
                key if len(parts) == 1 else json.dumps(json.loads(key), ensure_ascii=False)
            )
    return {name: sorted(each, key=repr) for name, each in found.items()}


def versions(connection: Connection) -> dict[str, int]:
    """The version of every record."""
    return {
        id: version
        for table in TABLES
        if table.main is None
        for id, version in rows(connection, f"SELECT id, {BOOKKEEPING[0]} FROM {table.name}")
    }
