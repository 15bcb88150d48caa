"""Tables to triggers: what makes history, versions, search and places follow any writer.

The triggers are made from the tables as they stand in the file, after every
migration, so that a column that was added is recorded from its first day.
A load of many records takes them off, builds what they would have built
set-wise, and puts them back, all in one transaction (`heritage.store.bulk`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from heritage.store import derived
from heritage.store.folding import sql_fold
from heritage.store.tables import TABLES, Table, columns_of, parts_of

NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
CHANGE = "coalesce((SELECT change FROM _context), (SELECT max(id) FROM changes))"

ENSURE_CHANGE = f"""INSERT INTO changes (at, origin)
    SELECT {NOW}, 'outside' WHERE (SELECT change FROM _context) IS NULL
    AND NOT EXISTS (SELECT 1 FROM changes WHERE id = (SELECT max(id) FROM changes)
        AND origin = 'outside' AND at = {NOW});"""
"""One change for each statement of a foreign program: `now` stands still within one."""


def object_of(row: str, columns: Iterable[str]) -> str:
    """SQL for a row as a JSON object without its nulls."""
    members = ", ".join(f"'{column}', {row}.{column}" for column in columns)
    return f"json_patch('{{}}', json_object({members}))"


def key_of(row: str, table: Table) -> str:
    """SQL for a row's key as one text."""
    if len(table.key) == 1:
        return f"{row}.{table.key[0]}"
    return "json_array(" + ", ".join(f"{row}.{column}" for column in table.key) + ")"


def _changed(columns: Iterable[str], side: int) -> str:
    pairs = " UNION ALL ".join(f"SELECT '{c}' AS c, OLD.{c} AS o, NEW.{c} AS n" for c in columns)
    value = ("o", "n")[side]
    return f"(SELECT json_group_object(c, {value}) FROM ({pairs}) WHERE o IS NOT n)"


def _differs(columns: Iterable[str]) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _record(  # noqa: PLR0913 - the seven columns of an entry
    table: Table, row: str, version: str, op: str, before: str, after: str
) -> str:
    return f"""INSERT INTO history
        (change, kind, record, version, table_name, row_key, op, before, after)
    VALUES ({CHANGE}, '{table.kind}', {row}.{table.owner}, {version}, '{table.name}',
        {key_of(row, table)}, {op}, {before}, {after});"""


_FORGET_REPLACED = "UPDATE _context SET replaced = NULL WHERE replaced IS NOT NULL;"


def _replaced(table: Table, member: str) -> str:
    """What `INSERT OR REPLACE` is about to throw away without telling any trigger."""
    return (
        f"(SELECT json_extract(replaced, '$.{member}') FROM _context"
        f" WHERE json_extract(replaced, '$.table') = '{table.name}'"
        f" AND json_extract(replaced, '$.key') = {key_of('NEW', table)})"
    )


def _replacing(table: Table, columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    where = " AND ".join(f"r.{column} = NEW.{column}" for column in table.key)
    extra = ", 'version', r.version, 'rowid', r.rowid" if table.main is None else ""
    if table.search:
        extra += ", 'search_text', r.search_text"
    yield (
        f"{table.name}_replaced",
        f"""BEFORE INSERT ON {table.name}
WHEN EXISTS (SELECT 1 FROM {table.name} r WHERE {where})
BEGIN
    UPDATE _context SET replaced = (SELECT json_object('table', '{table.name}',
        'key', {key_of("r", table)}, 'row', {object_of("r", columns)}{extra})
        FROM {table.name} r WHERE {where});
END""",
    )


def _main(table: Table, columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    name = table.name
    yield (
        f"{name}_recorded_insert",
        f"""AFTER INSERT ON {name}
BEGIN
    {ENSURE_CHANGE}
    {derived.forget_replaced(table, _replaced(table, "rowid"), _replaced(table, "search_text"))}
    UPDATE {name} SET version = coalesce({_replaced(table, "version")} + 1, 1), change = {CHANGE}
        WHERE rowid = NEW.rowid;
    {
            _record(
                table,
                "NEW",
                f"coalesce({_replaced(table, 'version')} + 1, 1)",
                f"iif({_replaced(table, 'row')} IS NULL, 'insert', 'update')",
                _replaced(table, "row"),
                object_of("NEW", columns),
            )
        }
    {_FORGET_REPLACED}
END""",
    )
    yield (
        f"{name}_recorded_update",
        f"""AFTER UPDATE OF {", ".join(columns)} ON {name} WHEN {_differs(columns)}
BEGIN
    {ENSURE_CHANGE}
    UPDATE {name} SET version = OLD.version + (OLD.change IS NOT {CHANGE}), change = {CHANGE}
        WHERE rowid = NEW.rowid;
    {
            _record(
                table,
                "NEW",
                f"(SELECT version FROM {name} WHERE rowid = NEW.rowid)",
                "'update'",
                _changed(columns, 0),
                _changed(columns, 1),
            )
        }
    {_FORGET_REPLACED}
END""",
    )
    yield (
        f"{name}_recorded_delete",
        f"""AFTER DELETE ON {name}
BEGIN
    {ENSURE_CHANGE}
    {_record(table, "OLD", "OLD.version", "'delete'", object_of("OLD", columns), "NULL")}
    {_FORGET_REPLACED}
END""",
    )
    yield (
        f"{name}_version_guard",
        f"""BEFORE UPDATE OF version ON {name}
WHEN NEW.version NOT IN (OLD.version, OLD.version + 1)
    AND (SELECT replaced FROM _context) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'the version of a record is kept by the registry');
END""",
    )


def _part(table: Table, columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    name = table.name

    def version(row: str) -> str:
        if not table.main:
            return "1"
        return f"coalesce((SELECT version FROM {table.main} WHERE id = {row}.{table.owner}), 0)"

    def bump(row: str) -> str:
        if not table.main or not table.bumps:
            return ""
        return (
            f"UPDATE {table.main} SET version = version + 1, change = {CHANGE}"
            f" WHERE id = {row}.{table.owner} AND change IS NOT {CHANGE};"
        )

    yield (
        f"{name}_recorded_insert",
        f"""AFTER INSERT ON {name}
BEGIN
    {ENSURE_CHANGE}
    {bump("NEW")}
    {
            _record(
                table,
                "NEW",
                version("NEW"),
                f"iif({_replaced(table, 'row')} IS NULL, 'insert', 'update')",
                _replaced(table, "row"),
                object_of("NEW", columns),
            )
        }
    {_FORGET_REPLACED}
END""",
    )
    yield (
        f"{name}_recorded_update",
        f"""AFTER UPDATE ON {name} WHEN {_differs(columns)}
BEGIN
    {ENSURE_CHANGE}
    {bump("OLD")}
    {bump("NEW")}
    {
            _record(
                table,
                "NEW",
                version("NEW"),
                "'update'",
                object_of("OLD", columns),
                object_of("NEW", columns),
            )
        }
    {_FORGET_REPLACED}
END""",
    )
    yield (
        f"{name}_recorded_delete",
        f"""AFTER DELETE ON {name}
BEGIN
    {ENSURE_CHANGE}
    {bump("OLD")}
    {_record(table, "OLD", version("OLD"), "'delete'", object_of("OLD", columns), "NULL")}
    {_FORGET_REPLACED}
END""",
    )


def _searched(table: Table) -> Iterator[tuple[str, str]]:
    name = table.name
    yield (
        f"{name}_search_insert",
        f"""AFTER INSERT ON {name}
BEGIN
    INSERT INTO {name}_fts (rowid, search_text)
        SELECT NEW.rowid, NEW.search_text WHERE NEW.search_text IS NOT NULL;
    {refresh(table, f"rowid = NEW.rowid")}
END""",
    )
    yield (
        f"{name}_search_update",
        f"""AFTER UPDATE OF search_text ON {name} WHEN OLD.search_text IS NOT NEW.search_text
BEGIN
    INSERT INTO {name}_fts ({name}_fts, rowid, search_text)
        SELECT 'delete', OLD.rowid, OLD.search_text WHERE OLD.search_text IS NOT NULL;
    INSERT INTO {name}_fts (rowid, search_text)
        SELECT NEW.rowid, NEW.search_text WHERE NEW.search_text IS NOT NULL;
END""",
    )
    yield (
        f"{name}_search_delete",
        f"""AFTER DELETE ON {name} WHEN OLD.search_text IS NOT NULL
BEGIN
    INSERT INTO {name}_fts ({name}_fts, rowid, search_text)
        VALUES ('delete', OLD.rowid, OLD.search_text);
END""",
    )
    texts = [c for c in ("id", "label", "title", "publisher", "author", "value", "as_written",
             "attributed_to") if f"{{row}}.{c}" in (table.search or "")]
    yield (
        f"{name}_search_refresh",
        f"""AFTER UPDATE OF {", ".join(texts)} ON {name}
BEGIN
    {refresh(table, "rowid = NEW.rowid")}
END""",
    )
    for part in parts_of(table):
        if not part.name.endswith("names"):
            continue
        for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            yield (
                f"{part.name}_search_{event.lower()}",
                f"""AFTER {event} ON {part.name}
BEGIN
    {refresh(table, f"id = {rows}.{part.owner}")}
END""",
            )


def refresh(table: Table, where: str) -> str:
    """SQL that brings the derived columns of some rows up to date."""
    assert table.search is not None
    text = sql_fold(table.search.format(row=table.name))
    assignments = f"search_text = {text}"
    if "name" in table.derived:
        assignments += f", name = {derived.display_name(table)}"
    return f"UPDATE {table.name} SET {assignments} WHERE {where};"


def statements(connection: sqlite3.Connection) -> dict[str, str]:
    """Every trigger by name, as SQL that creates it."""
    bodies: dict[str, str] = {}
    for table in TABLES:
        columns = columns_of(connection, table)
        bodies.update(_replacing(table, columns))
        bodies.update(_main(table, columns) if table.main is None else _part(table, columns))
        if table.search:
            bodies.update(_searched(table))
    bodies.update(derived.triggers(connection))
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in sorted(bodies.items())}


def install(connection: sqlite3.Connection) -> None:
    """Make the triggers of the file those that its tables ask for."""
    wanted = statements(connection)
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name in found.keys() - wanted.keys() | {n for n in wanted if found.get(n) != wanted[n]}:
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    for name, sql in wanted.items():
        if found.get(name) != sql:
            connection.execute(sql)


def remove(connection: sqlite3.Connection) -> None:
    """Take every trigger off; only within a transaction that puts them back."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
