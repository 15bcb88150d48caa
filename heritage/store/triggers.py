"""Tables to triggers: what makes history, versions, search and places follow any writer.

The triggers are made from the tables as they stand in the file, after every
migration, so that a column that was added is recorded from its first day.
A load of many records takes them off, builds what they would have built
set-wise, and puts them back, all in one transaction (`heritage.store.bulk`).

`INSERT OR REPLACE` deletes a row without telling any trigger. A row that is
about to be replaced is therefore noted in `_context` before every insert, and
the triggers after it read there what was thrown away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from heritage.store import derived, outside, references, rules
from heritage.store.folding import sql_fold
from heritage.store.tables import REFERENCES, TABLES, Real, Table, Text, columns_of, parts_of

Trigger = tuple[str, str]
"""A name, and SQL from the moment on."""

MADE = "-- made by heritage from the tables"
"""What tells our triggers from those that others added to the file."""

NOW = (
    "max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),"
    " coalesce((SELECT at FROM changes ORDER BY id DESC LIMIT 1), ''))"
)
"""SQL: now, and never before the newest change, as a clock that was put back would say."""

CHANGE = "coalesce((SELECT change FROM _context), (SELECT max(id) FROM changes))"

ENSURE_CHANGE = f"""INSERT INTO changes (at, origin)
    SELECT {NOW}, 'outside' WHERE (SELECT change FROM _context) IS NULL
    AND NOT EXISTS (SELECT 1 FROM changes WHERE id = (SELECT max(id) FROM changes)
        AND origin = 'outside' AND at = {NOW});"""
"""One change for each statement of a foreign program: `now` stands still within one."""

_SEARCHED = ("id", "label", "title", "publisher", "author", "value", "as_written", "attributed_to")


def _number(value: str) -> str:
    """SQL for a number as text that gives it back exactly; SQLite's own JSON has 15 digits.

    Fifteen digits do where they are a whole number below 2^53 divided by a
    power of ten: both are exact then, and so is the rounding of the quotient.
    Seventeen digits always do, and are harder to read.
    """
    short, long = f"format('%!.15g', {value})", f"format('%!.17g', {value})"
    digits = f"CAST(replace(replace({short}, '.', ''), '-', '') AS REAL)"
    power = f"CAST('1e' || (length({short}) - instr({short}, '.')) AS REAL)"
    plain = f"instr({short}, 'e') = 0 AND length({short}) < 22"
    return (
        f"iif({value} IS NULL, NULL,"
        f" iif({plain} AND {digits} / {power} = abs({value}), {short}, {long}))"
    )


def all_of(row: str, columns: Iterable[str]) -> str:
    """SQL for a row as a JSON object."""
    members = ", ".join(
        f"'{column}', "
        + (
            f"json({_number(f'{row}.{column}')})"
            if isinstance(column, Real)
            else _plain(row, column)
        )
        for column in columns
    )
    return f"json_object({members})"


def _plain(row: str, column: str) -> str:
    """SQL for a value that JSON functions take as what it is.

    What a statement writes with `json_array(…)` is text in the row, but until it
    is read back SQLite remembers that it was JSON, and would log it as an array.
    """
    return (
        f"({row}.{column} || '')"
        if row == "NEW" and isinstance(column, Text)
        else f"{row}.{column}"
    )


def object_of(row: str, columns: Iterable[str]) -> str:
    """SQL for a row as a JSON object without its nulls."""
    return f"json_patch('{{}}', {all_of(row, columns)})"


def key_of(row: str, table: Table) -> str:
    """SQL for a row's key as one text."""
    if len(table.key) == 1:
        return f"{row}.{table.key[0]}"
    numbers = ("position",)
    columns = [column if column in numbers else Text(column) for column in table.key]
    return "json_array(" + ", ".join(_plain(row, column) for column in columns) + ")"


def _json(row: str, column: str) -> str:
    if isinstance(column, Real):
        return f"coalesce({_number(f'{row}.{column}')}, 'null')"
    return f"json_quote({_plain(row, column)})"


def _changed(columns: Iterable[str], row: str) -> str:
    """SQL for the columns that an update changes, as a JSON object of what a row has there."""
    members = " UNION ALL ".join(
        f"SELECT '\"{column}\":' || {_json(row, column)} AS member"
        f" WHERE OLD.{column} IS NOT NEW.{column}"
        for column in columns
    )
    return f"(SELECT '{{' || group_concat(member, ',') || '}}' FROM ({members}))"


def _differs(columns: Iterable[str]) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _noted(table: Table, row: str) -> str:
    """SQL: whether this row is the one that was noted before an insert."""
    return (
        f"json_extract((SELECT replaced FROM _context), '$.table') = '{table.name}'"
        f" AND json_extract((SELECT replaced FROM _context), '$.key') = {key_of(row, table)}"
    )


def _replaced(table: Table, member: str) -> str:
    """SQL: something of the row that this insert replaced; null where it replaced none."""
    return (
        f"(SELECT json_extract(replaced, '$.{member}') FROM _context WHERE {_noted(table, 'NEW')})"
    )


def _last_version(row: str, table: Table) -> str:
    return (
        "coalesce((SELECT max(version) FROM history"
        f" WHERE record = {row}.{table.owner} AND kind = '{table.kind}'), 0)"
    )


def _entry(table: Table, row: str, op: str, before: str, after: str, where: str = "1") -> str:
    """SQL that writes one entry of history; `op` is one of the three words."""
    version = "1"
    if table.main is None:
        version = f"coalesce((SELECT version FROM {table.name} WHERE id = {row}.id), {row}.version)"
    elif table.main:
        version = (
            f"coalesce((SELECT version FROM {table.main} WHERE id = {row}.{table.owner}),"
            f" {_last_version(row, table)})"
        )
    return f"""INSERT INTO history
        (change, kind, record, version, table_name, row_key, op, before, after)
        SELECT {CHANGE}, '{table.kind}', {row}.{table.owner}, {version}, '{table.name}',
        {key_of(row, table)}, '{op}', {before}, {after} WHERE {where};"""


def _noting(table: Table, columns: tuple[str, ...]) -> Iterator[Trigger]:
    where = " AND ".join(f"r.{column} = NEW.{column}" for column in table.key)
    extra = ", 'rowid', r.rowid" if table.main is None else ""
    if table.search:
        extra += ", 'search_text', r.search_text"
    yield (
        f"{table.name}_replaced",
        f"""BEFORE INSERT ON {table.name}
WHEN (SELECT replaced FROM _context) IS NOT NULL
    OR EXISTS (SELECT 1 FROM {table.name} r WHERE {where})
BEGIN
    UPDATE _context SET replaced = (SELECT json_object('table', '{table.name}',
        'key', {key_of("r", table)}, 'row', {all_of("r", columns)}{extra})
        FROM {table.name} r WHERE {where});
END""",
    )


def _forgetting(table: Table) -> str:
    """SQL that forgets a noted row, because its deletion was recorded after all."""
    return f"UPDATE _context SET replaced = NULL WHERE {_noted(table, 'OLD')};"


def _keys_kept(table: Table) -> Iterator[Trigger]:
    """No update may push another row aside, as `UPDATE OR REPLACE` would."""
    taken = " AND ".join(f"r.{column} = NEW.{column}" for column in table.key)
    yield (
        f"{table.name}_key_taken",
        f"""BEFORE UPDATE OF {", ".join(table.key)} ON {table.name}
WHEN ({_differs(table.key)}) AND EXISTS (SELECT 1 FROM {table.name} r WHERE {taken})
BEGIN
    SELECT RAISE(ABORT, 'another row of {table.name} has this key already');
END""",
    )
    if table.main is None:
        yield (
            f"{table.name}_row_taken",
            f"""BEFORE INSERT ON {table.name}
WHEN EXISTS (SELECT 1 FROM {table.name} r WHERE r.rowid = NEW.rowid AND r.id <> NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'another row has this rowid; leave it out');
END""",
        )
        yield (
            f"{table.name}_row_kept",
            f"""BEFORE UPDATE ON {table.name} WHEN NEW.rowid <> OLD.rowid
BEGIN
    SELECT RAISE(ABORT, 'search and places refer to the rowid; it cannot change');
END""",
        )


def _own_columns(table: Table, columns: tuple[str, ...]) -> list[str]:
    """Columns that nothing but the statement itself changes: no cascade, no other trigger."""
    pointing = {column for column, _ in REFERENCES.get(table.name, ())}
    return [
        column
        for column in columns
        if column not in pointing
        and column not in table.key
        and (table.name, column) != ("claims", "date")
        and not column.endswith(("_earliest", "_latest"))
    ]


def _main_insert(table: Table, columns: tuple[str, ...]) -> Trigger:
    row = _replaced(table, "row")
    new = _entry(table, "NEW", "insert", "NULL", object_of("NEW", columns), f"{row} IS NULL")
    anew = _entry(table, "NEW", "update", row, all_of("NEW", columns), f"{row} IS NOT NULL")
    return (
        f"{table.name}_recorded_insert",
        f"""AFTER INSERT ON {table.name}
BEGIN
    {ENSURE_CHANGE}
    UPDATE {table.name} SET version = {_last_version("NEW", table)} + 1, change = {CHANGE}
        WHERE rowid = NEW.rowid;
    {new}
    {anew}
    {outside.completions(table, columns)}
END""",
    )


def _main_update(table: Table, columns: tuple[str, ...]) -> Trigger:
    # A statement of another program is a new version even where it shares a millisecond,
    # and so a change, with the one before it.
    moved = (
        f"OLD.change IS NOT {CHANGE} OR ((SELECT change FROM _context) IS NULL"
        f" AND ({_differs(_own_columns(table, columns))}))"
    )
    entry = _entry(table, "NEW", "update", _changed(columns, "OLD"), _changed(columns, "NEW"))
    return (
        f"{table.name}_recorded_update",
        f"""AFTER UPDATE OF {", ".join(columns)} ON {table.name} WHEN {_differs(columns)}
BEGIN
    {ENSURE_CHANGE}
    UPDATE {table.name} SET version = OLD.version + ({moved}), change = {CHANGE}
        WHERE rowid = NEW.rowid;
    {entry}
END""",
    )


def _main(table: Table, columns: tuple[str, ...]) -> Iterator[Trigger]:
    name = table.name
    yield _main_insert(table, columns)
    yield _main_update(table, columns)
    yield (
        f"{name}_recorded_delete",
        f"""AFTER DELETE ON {name}
BEGIN
    {ENSURE_CHANGE}
    {_entry(table, "OLD", "delete", object_of("OLD", columns), "NULL")}
    {_forgetting(table)}
END""",
    )
    yield (
        f"{name}_version_guard",
        f"""BEFORE UPDATE OF version ON {name}
WHEN NEW.version NOT IN (OLD.version, OLD.version + 1, {_last_version("NEW", table)} + 1)
BEGIN
    SELECT RAISE(ABORT, 'the version of a record is kept by the registry');
END""",
    )
    if "name" in table.derived:
        yield (
            f"{name}_name_follows",
            f"""BEFORE UPDATE OF name ON {name}
WHEN NEW.name IS NOT OLD.name AND NEW.name IS NOT {derived.display_name(table, "NEW")}
BEGIN
    SELECT RAISE(ABORT, 'the name follows from the table of names; write it there');
END""",
        )


def _bump(table: Table, owner: str, where: str = "1") -> str:
    """SQL that makes a new version of the whole of which a part changed."""
    if not table.main or not table.bumps:
        return ""
    return (
        f"UPDATE {table.main} SET version = version + 1, change = {CHANGE}"
        f" WHERE id = {owner} AND change IS NOT {CHANGE} AND {where};"
    )


def _part_insert(table: Table, columns: tuple[str, ...]) -> Trigger:
    row = _replaced(table, "row")
    owner = _replaced(table, f"row.{table.owner}")
    kept, moved = f"{owner} = NEW.{table.owner}", f"{owner} <> NEW.{table.owner}"
    after = object_of("NEW", columns)
    lost = _entry(table, "NEW", "delete", row, "NULL", moved).replace(
        f"'{table.kind}', NEW.{table.owner},", f"'{table.kind}', {owner},"
    )
    return (
        f"{table.name}_recorded_insert",
        f"""AFTER INSERT ON {table.name}
BEGIN
    {ENSURE_CHANGE}
    {_bump(table, owner, moved)}
    {_bump(table, f"NEW.{table.owner}")}
    {lost}
    {_entry(table, "NEW", "insert", "NULL", after, f"{owner} IS NULL OR {moved}")}
    {_entry(table, "NEW", "update", row, all_of("NEW", columns), kept)}
    {outside.completions(table, columns)}
END""",
    )


def _part_update(table: Table, columns: tuple[str, ...]) -> Trigger:
    # A part that moves to another record leaves the one and comes to the other.
    kept = f"OLD.{table.owner} IS NEW.{table.owner}"
    moved = f"OLD.{table.owner} IS NOT NEW.{table.owner}"
    before, after = _changed(columns, "OLD"), _changed(columns, "NEW")
    left, came = object_of("OLD", columns), object_of("NEW", columns)
    return (
        f"{table.name}_recorded_update",
        f"""AFTER UPDATE ON {table.name} WHEN {_differs(columns)}
BEGIN
    {ENSURE_CHANGE}
    {_bump(table, f"OLD.{table.owner}")}
    {_bump(table, f"NEW.{table.owner}")}
    {_entry(table, "NEW", "update", before, after, kept)}
    {_entry(table, "OLD", "delete", left, "NULL", moved)}
    {_entry(table, "NEW", "insert", "NULL", came, moved)}
END""",
    )


def _part(table: Table, columns: tuple[str, ...]) -> Iterator[Trigger]:
    yield _part_insert(table, columns)
    yield _part_update(table, columns)
    yield (
        f"{table.name}_recorded_delete",
        f"""AFTER DELETE ON {table.name}
BEGIN
    {ENSURE_CHANGE}
    {_bump(table, f"OLD.{table.owner}")}
    {_entry(table, "OLD", "delete", object_of("OLD", columns), "NULL")}
    {_forgetting(table)}
END""",
    )


def _searched(table: Table) -> Iterator[Trigger]:
    name = table.name
    rowid, text = _replaced(table, "rowid"), _replaced(table, "search_text")
    yield (
        f"{name}_search_insert",
        f"""AFTER INSERT ON {name}
BEGIN
    INSERT INTO {name}_fts ({name}_fts, rowid, search_text)
        SELECT 'delete', {rowid}, {text} WHERE {text} IS NOT NULL;
    INSERT INTO {name}_fts (rowid, search_text)
        SELECT NEW.rowid, NEW.search_text WHERE NEW.search_text IS NOT NULL;
    {refresh(table, "rowid = NEW.rowid")}
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
    texts = [column for column in _SEARCHED if f"{{row}}.{column}" in (table.search or "")]
    yield (
        f"{name}_search_refresh",
        f"""AFTER UPDATE OF {", ".join(texts)} ON {name} WHEN {_differs(texts)}
BEGIN
    {refresh(table, "rowid = NEW.rowid")}
END""",
    )
    yield from _searched_parts(table)


def _searched_parts(table: Table) -> Iterator[Trigger]:
    for part in parts_of(table):
        if not part.name.endswith("names"):
            continue
        for event, rows in (
            ("INSERT", ("NEW",)),
            ("UPDATE", ("OLD", "NEW")),
            ("DELETE", ("OLD",)),
        ):
            owners = ", ".join(f"{row}.{part.owner}" for row in rows)
            yield (
                f"{part.name}_search_{event.lower()}",
                f"""AFTER {event} ON {part.name}
BEGIN
    {refresh(table, f"id IN ({owners})")}
END""",
            )


def refresh(table: Table, where: str) -> str:
    """SQL that brings the derived columns of some rows up to date."""
    text = sql_fold((table.search or "''").format(row=table.name))
    assignments = f"search_text = {text}"
    if "name" in table.derived:
        assignments += f", name = {derived.display_name(table, table.name)}"
    return f"UPDATE {table.name} SET {assignments} WHERE {where};"


def bodies(connection: sqlite3.Connection) -> Iterator[Trigger]:
    """Every trigger of every room, once."""
    for table in TABLES:
        columns = columns_of(connection, table)
        yield from _noting(table, columns)
        yield from _keys_kept(table)
        yield from _main(table, columns) if table.main is None else _part(table, columns)
        if table.search:
            yield from _searched(table)
    yield from derived.triggers(_replaced)
    yield from references.triggers()
    yield from rules.triggers(connection)


def statements(connection: sqlite3.Connection) -> dict[str, str]:
    """Every trigger by name, as SQL that creates it."""
    return {
        name: f"CREATE TRIGGER {name} {MADE}\n{body}" for name, body in sorted(bodies(connection))
    }


def _found(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(
        connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND instr(sql, ?)", (MADE,)
        )
    )


def install(connection: sqlite3.Connection) -> None:
    """Make our triggers in the file those that its tables ask for; those of others stay."""
    wanted = statements(connection)
    found = _found(connection)
    for name in found:
        if found[name] != wanted.get(name):
            connection.execute(f"DROP TRIGGER {name}")
    for name, sql in wanted.items():
        if found.get(name) != sql:
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            connection.execute(sql)
    seen = connection.execute("PRAGMA schema_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {seen}")


def remove(connection: sqlite3.Connection) -> None:
    """Take our triggers off; only within a transaction that puts them back."""
    for name in _found(connection):
        connection.execute(f"DROP TRIGGER {name}")
