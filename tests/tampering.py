"""A registry that was written honestly, and what somebody does to it behind its back."""

from __future__ import annotations

import random
import sqlite3
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import attrs

import heritage
from heritage.problems import Problem
from heritage.store.connection import connect, plain_faults
from heritage.store.schema import check_current
from heritage.store.verify import Verification, verify
from tests.palmyra import DATED_TOO, EVERYTHING, SEEN, SHAKEN, WHO
from tests.registries import Connection, rows, write_empty

Value = str | int | float | bytes | None

OUTSIDE = (
    "INSERT INTO names VALUES ('bam', 'Arg-e Bam', 'fa-Latn', 'alias')",
    "UPDATE sites SET kind = 'citadel' WHERE id = 'bam'",
    "INSERT INTO editions VALUES ('whc', '2016', '2016-12-31', 'unosat')",
    "INSERT INTO descriptions VALUES ('palmyra', 'whc', '2016', '{\"id\": \"palmyra\"}')",
    "INSERT INTO custody VALUES ('photo-1', 1, '2015-09', '2015-09-01', '2015-09-30', 'u', 'got')",
    "UPDATE listings SET area_ha = 1640.25, begin = '2013' WHERE site = 'palmyra'",
)


def write_honestly(path: Path) -> Path:
    """A small registry with a past: amended, retracted, renamed, and written by others."""
    write_empty(path)
    with heritage.open(path) as registry:
        with registry.change(**WHO) as change:
            for record in EVERYTHING:
                change.put(record)
        with registry.change(by="l.haddad", why="a second look") as change:
            change.amend("site", "bel", kind="ruin", names=[heritage.Name(text="Baal")])
            change.put(
                heritage.Claim(
                    subject="blast", property="date", value="2015-08-27", source="unosat"
                )
            )
            change.put(
                heritage.Claim(subject="blast", property="cause", value="explosives", source="blog")
            )
    with closing(sqlite3.connect(path)) as other, other:
        for statement in OUTSIDE:
            other.execute(statement)
            time.sleep(0.002)  # statements within one millisecond share a change
    with heritage.open(path) as registry:
        with registry.change(by="l.haddad", why="withdrawn") as change:
            change.retract("claim", DATED_TOO.id)
            change.retract("claim", SHAKEN.id)
            change.amend("observation", SEEN.id, confidence="high", severity="destroyed")
        with registry.change(by="n.kassem", why="another name") as change:
            change.rename("event", "quake", "bam-2003")
            change.put(
                heritage.Claim(
                    subject="bam-2003", property="date", value="2003-12-26", source="unosat"
                )
            )
    with closing(sqlite3.connect(path)) as other:
        other.execute("VACUUM")
    return path


def problems(path: Path) -> list[Problem]:
    """What verification finds in a file; a refusal to open it is one problem."""
    return list(verified(path))


def verified(path: Path, head: str | None = None) -> Verification:
    """The verification of a file as the command does it.

    Raises:
        StoreError: The file cannot be read at all.
    """
    with closing(connect(path)) as connection:
        check_current(connection, str(path))
        with plain_faults(str(path)):
            return verify(connection, head)


TRIGGERS = "SELECT * FROM sqlite_master WHERE type = 'trigger'"


@attrs.define
class Naked:
    """A registry whose triggers are off, and can be put back as they were.

    The schema is then what it was, so that nothing but the content tells.
    """

    content: bytes
    triggers: list[tuple[Value, ...]]

    @classmethod
    def of(cls, path: Path) -> Naked:
        """The registry of a file, with its triggers taken off."""
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            triggers = rows(connection, TRIGGERS)
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            connection.deserialize(path.read_bytes())
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("DELETE FROM sqlite_master WHERE type = 'trigger'")
            return cls(connection.serialize(), triggers)

    def open(self) -> Connection:
        """A copy in memory, open to any SQL, with no rule that could refuse it."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.deserialize(self.content)
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection

    def dress(self, connection: Connection) -> bytes:
        """The file after somebody was done with it, its triggers being back."""
        connection.execute("PRAGMA writable_schema = ON")
        connection.executemany("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", self.triggers)
        content = connection.serialize()
        connection.close()
        return content

    def tampered(self, path: Path, *statements: str) -> Path:
        """A file to which some statements were done behind its back."""
        connection = self.open()
        for statement in statements:
            connection.execute(statement)
        path.write_bytes(self.dress(connection))
        return path


def tables(connection: Connection) -> list[str]:
    """The tables of a registry that hold rows of its own, those of sqlite-utils left out."""
    names = rows(
        connection,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name <> '_sqlite_migrations' ORDER BY name",
    )
    return [name for (name,) in names]


def nudged(value: Value, dice: random.Random) -> Value:
    """The value with one byte or one bit of it changed."""
    if value is None:
        return dice.choice(("x", 1, 0.5))
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(8))
    if isinstance(value, float):
        (bits,) = struct.unpack("<q", struct.pack("<d", value))
        nudged: float = struct.unpack("<d", struct.pack("<q", bits ^ (1 << dice.randrange(51))))[0]
        return nudged
    if isinstance(value, bytes):
        return _flipped(value, dice.randrange(max(1, len(value))), dice)
    if not value:
        return "x"
    place = dice.randrange(len(value))
    other = chr((ord(value[place]) ^ (1 << dice.randrange(5))) or 1)
    return value[:place] + other + value[place + 1 :]


def _flipped(content: bytes, place: int, dice: random.Random) -> bytes:
    changed = bytearray(content or b"\0")
    changed[place] ^= 1 << dice.randrange(8)
    return bytes(changed)


def seeded(number: int) -> random.Random:
    """Dice that fall the same way each time."""
    return random.Random(number)  # noqa: S311 - nothing secret


@attrs.frozen
class Cell:
    """One value of one row."""

    table: str
    column: str
    where: str
    """SQL that finds the row."""
    key: tuple[Value, ...]

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of {self.key}"


def cells(connection: Connection, dice: random.Random, most: int) -> Iterator[Cell]:
    """Every column of some rows of every table."""
    for table in tables(connection):
        columns = rows(connection, "SELECT name, pk FROM pragma_table_info(?)", table)
        keys = [name for name, pk in columns if pk] or ["rowid"]
        found = rows(connection, f"SELECT {', '.join(keys)} FROM {table} ORDER BY 1")
        where = " AND ".join(f"{key} IS ?" for key in keys)
        for key in dice.sample(found, min(most, len(found))):
            for column, _ in columns:
                yield Cell(table, column, where, key)


def change_cell(naked: Naked, cell: Cell, dice: random.Random) -> bytes | None:
    """The file after one value was nudged; None where the table takes no such value."""
    connection = naked.open()
    sql = f"SELECT {cell.column} FROM {cell.table} WHERE {cell.where}"
    ((value,),) = rows(connection, sql, *cell.key)
    try:
        connection.execute(
            f"UPDATE {cell.table} SET {cell.column} = ? WHERE {cell.where}",
            (nudged(value, dice), *cell.key),
        )
    except sqlite3.IntegrityError:  # NOT NULL, a type or a key that is taken
        connection.close()
        return None
    return naked.dress(connection)


def places_of_content(connection: Connection, content: bytes, names: Sequence[str]) -> list[int]:
    """Where in a file the bytes of texts, salts and hashes of some tables stand.

    Words that stand in the schema as well are left out: SQLite refuses a file
    whose schema it cannot read.
    """
    schema = " ".join(sql for (sql,) in rows(connection, "SELECT sql FROM sqlite_master") if sql)
    found: set[int] = set()
    for table in names:
        for row in rows(connection, f"SELECT * FROM {table}"):
            for value in row:
                needle = value.encode() if isinstance(value, str) else value
                if not isinstance(needle, bytes) or len(needle) < 6 or str(value) in schema:
                    continue
                start = content.find(needle)
                while start >= 0:
                    found.update(range(start, start + len(needle)))
                    start = content.find(needle, start + 1)
    return sorted(found)


def flip(content: bytes, place: int, dice: random.Random) -> bytes:
    """A file in which one bit of one byte was changed."""
    return _flipped(content, place, dice)


def seen(path: Path) -> dict[str, list[tuple[Value, ...]]]:
    """All that a reader of a file sees in its tables."""
    with closing(sqlite3.connect(path)) as connection:
        names = tables(connection)
        connection.text_factory = bytes
        return {name: rows(connection, f"SELECT * FROM {name} ORDER BY 1") for name in names}
