"""Rows that other programs write to rows that keep what the model promises.

Our own records have been checked before they are written. What comes from
elsewhere is checked here as far as SQL can: texts that hold nothing, values
that are not of their property's notation, places that are none. Dates in the
plain shapes (a day, a month, a year, with or without `?`, `~`, `%`) get their
first and last day; of others `heritage check` says that their days are missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from heritage.model import CRITERIA, PROPERTIES
from heritage.model.geometry import TYPES
from heritage.store.references import OUTSIDE
from heritage.store.rows import COLUMNS
from heritage.store.tables import TABLES, Table, columns_of

_BLANKS = (9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 133, 160, 5760, *range(8192, 8203))
_BLANK = f"char({', '.join(map(str, (*_BLANKS, 8232, 8233, 8239, 8287, 12288)))})"
"""Every character that is empty space, in SQL; Python's `str.strip` takes the same."""

_DATES = ", ".join(f"'{one.name}'" for one in PROPERTIES.values() if one.type == "date")
"""The properties whose value is a date, in SQL."""

_MOMENTS = (("INSERT", "insert"), ("UPDATE", "update"))


def _refusals(name: str, table: str, wrong: str, sentence: str) -> Iterator[tuple[str, str]]:
    for moment, word in _MOMENTS:
        yield (
            f"{table}_{name}_refused_{word}",
            f"""BEFORE {moment} ON {table} WHEN {OUTSIDE} AND ({wrong})
BEGIN
    SELECT RAISE(ABORT, '{sentence}');
END""",
        )


def _texts(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table in COLUMNS:
        rows = connection.execute(
            "SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT'"
            " AND name NOT IN ('name', 'search_text')",
            (table,),
        )
        texts = [name for (name,) in rows]
        blank = " OR ".join(f"trim(NEW.{name}, {_BLANK}) = ''" for name in texts)
        nul = " OR ".join(f"instr(NEW.{name}, char(0))" for name in texts)
        yield from _refusals(
            "blank",
            table,
            f"{blank} OR {nul}",
            "a text is empty or holds a NUL character; NULL stands for what is unknown",
        )


def _shapes() -> Iterator[tuple[str, str]]:
    first = "substr(NEW.language, 1, instr(NEW.language || '-', '-') - 1)"
    long = "[A-Za-z0-9]" * 9
    for table in ("names", "actor_names"):
        yield from _refusals(
            "language",
            table,
            f"NEW.language GLOB '*[^A-Za-z0-9-]*' OR {first} GLOB '*[^A-Za-z]*'"
            f" OR length({first}) < 2 OR NEW.language GLOB '*{long}*'"
            " OR NEW.language GLOB '*-' OR NEW.language GLOB '*--*'",
            "the language of a name is a BCP 47 tag such as ar, en or ku-Latn; und if unknown",
        )
    yield from _refusals(
        "countries",
        "sites",
        "EXISTS (SELECT 1 FROM json_each(NEW.countries)"
        " WHERE type <> 'text' OR value NOT GLOB '[A-Z][A-Z]')",
        "countries are a JSON array of ISO 3166-1 alpha-2 codes such as SY",
    )
    known = ", ".join(f"'{criterion}'" for criterion in CRITERIA)
    yield from _refusals(
        "criteria",
        "listings",
        "EXISTS (SELECT 1 FROM json_each(NEW.criteria)"
        f" WHERE type <> 'text' OR value NOT IN ({known}))",
        f"criteria are a JSON array of {CRITERIA[0]} to {CRITERIA[-1]}",
    )
    types = ", ".join(f"'{name}'" for name in TYPES)
    numbers = (
        "SELECT 1 FROM json_tree(NEW.geometry) WHERE type IN ('integer', 'real')"
        " AND fullkey LIKE '%coordinates%'"
    )
    yield from _refusals(
        "geometry",
        "sites",
        f"NEW.geometry IS NOT NULL AND (NEW.geometry ->> '$.type' NOT IN ({types})"
        f" OR NOT EXISTS ({numbers} AND key = 1)"
        f" OR EXISTS ({numbers} AND (key = 0 AND atom NOT BETWEEN -180 AND 180"
        " OR key = 1 AND atom NOT BETWEEN -90 AND 90)))",
        "a geometry is GeoJSON: a known type, longitude within 180 and latitude within 90",
    )


def _claims() -> Iterator[tuple[str, str]]:
    known = ", ".join(f"'{name}'" for name in PROPERTIES)
    yield from _refusals(
        "property",
        "claims",
        f"NEW.property NOT IN ({known})",
        "this is not a property that can be claimed",
    )
    truths = ", ".join(f"'{p.name}'" for p in PROPERTIES.values() if p.type == "truth")
    yield from _refusals(
        "truth",
        "claims",
        f"NEW.property IN ({truths}) AND NEW.value NOT IN ('true', 'false')",
        "the value of this property is true or false",
    )
    control = ", ".join(f"'{p.name}'" for p in PROPERTIES.values() if p.type == "control")
    yield from _refusals(
        "control",
        "claims",
        f"NEW.property IN ({control}) AND NEW.value NOT GLOB '?* since ?*'"
        " AND NEW.value NOT GLOB '?* until ?*'",
        "the value of this property is who held the place, since or until, and a date",
    )
    percents = ", ".join(f"'{p.name}'" for p in PROPERTIES.values() if p.type == "percent")
    high = "CAST(substr(NEW.value, instr(NEW.value, '..') + 2) AS REAL)"
    yield from _refusals(
        "percent",
        "claims",
        f"NEW.property IN ({percents}) AND NEW.value NOT GLOB '*[^0-9.]*'"
        " AND (CAST(NEW.value AS REAL) > 100 OR (NEW.value GLOB '*..[0-9]*'"
        f" AND ({high} > 100 OR CAST(NEW.value AS REAL) > {high})))",
        "the value of this property is a percentage from 0 to 100, or low..high",
    )
    yield (
        "claims_value_dated",
        f"""AFTER UPDATE OF property, value, date ON claims
WHEN {OUTSIDE} AND NEW.property IN ({_DATES}) AND NEW.date IS NOT NEW.value
BEGIN
    UPDATE claims SET date = NEW.value WHERE id = NEW.id;
END""",
    )


_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_MONTH = "[0-9][0-9][0-9][0-9]-[01][0-9]"
_SEASON = "[0-9][0-9][0-9][0-9]-[2-9][0-9]"
_YEAR = "[0-9][0-9][0-9][0-9]"


def _bounds(column: str) -> str:
    """SQL that reads the plain shapes of a date, for programs that know no EDTF."""
    bare = f"rtrim(NEW.{column}, '?~%')"
    day, month, year = (f"{bare} GLOB '{shape}'" for shape in (_DAY, _MONTH, _YEAR))
    return f"""{column}_earliest = CASE WHEN {bare} < '0001' THEN NULL WHEN {day} THEN {bare}
            WHEN {month} THEN {bare} || '-01' WHEN {year} THEN {bare} || '-01-01' END,
        {column}_latest = CASE WHEN {bare} < '0001' THEN NULL WHEN {day} THEN {bare}
            WHEN {month} THEN date({bare} || '-01', '+1 month', '-1 day')
            WHEN {year} THEN {bare} || '-12-31' END"""


def completions(table: Table, columns: Sequence[str]) -> str:
    """SQL, run once an insert is recorded, that fills what another program left out.

    A trigger of its own might run before the insert is recorded; history would
    then tell the second thing first.
    """
    key = " AND ".join(f"{column} = NEW.{column}" for column in table.key)
    fills = []
    for column in _dated(columns):
        first, last = f"NEW.{column}_earliest", f"NEW.{column}_latest"
        fills.append(
            f"UPDATE {table.name} SET {_bounds(column)} WHERE {key} AND {OUTSIDE}"
            f" AND NEW.{column} IS NOT NULL AND {first} IS NULL AND {last} IS NULL;"
        )
    if table.name == "claims":
        fills.append(
            f"UPDATE claims SET date = NEW.value WHERE {key} AND {OUTSIDE}"
            f" AND NEW.property IN ({_DATES}) AND NEW.date IS NOT NEW.value;"
        )
    return "\n    ".join(fills)


def _dated(columns: Sequence[str]) -> list[str]:
    return [column for column in columns if f"{column}_earliest" in columns]


def _read(table: Table, column: str) -> Iterator[tuple[str, str]]:
    where = " AND ".join(f"{key} = NEW.{key}" for key in table.key)
    first, last = f"{column}_earliest", f"{column}_latest"
    bare = f"rtrim(NEW.{column}, '?~%')"
    yield from _refusals(
        f"{column}_day",
        table.name,
        f"({bare} GLOB '{_DAY}' AND date({bare}, '+0 days') IS NOT {bare})"
        f" OR ({bare} GLOB '{_MONTH}' AND substr({bare}, 6) NOT BETWEEN '01' AND '12')"
        f" OR ({bare} GLOB '{_SEASON}' AND substr({bare}, 6) NOT BETWEEN '21' AND '41')",
        "not a day of the calendar",
    )
    yield (
        f"{table.name}_{column}_read",
        f"""AFTER UPDATE OF {column} ON {table.name}
WHEN {OUTSIDE} AND NEW.{column} IS NOT OLD.{column}
    AND NEW.{first} IS OLD.{first} AND NEW.{last} IS OLD.{last}
BEGIN
    UPDATE {table.name} SET {_bounds(column)} WHERE {where};
END""",
    )
    stray = f"NEW.{column} IS NULL AND (NEW.{first} IS NOT NULL OR NEW.{last} IS NOT NULL)"
    moved = f" AND (NEW.{first} IS NOT OLD.{first} OR NEW.{last} IS NOT OLD.{last})"
    for moment, word, also in (("INSERT", "insert", ""), ("UPDATE", "update", moved)):
        yield (
            f"{table.name}_{column}_days_{word}",
            f"""BEFORE {moment} ON {table.name} WHEN {OUTSIDE} AND {stray}{also}
BEGIN
    SELECT RAISE(ABORT, 'these are the days of a date that is not there');
END""",
        )


def _dates(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table in TABLES:
        for column in _dated(columns_of(connection, table)):
            yield from _read(table, column)


def triggers(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every trigger on what other programs write: its name and body."""
    yield from _texts(connection)
    yield from _shapes()
    yield from _claims()
    yield from _dates(connection)
