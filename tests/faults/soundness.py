"""A registry after a fault to what it holds, once it is found whole."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import heritage
from heritage.store import chain

State = dict[str, list[str]]

RANDOM = re.compile(r"\b(erased-[0-9a-f]{12}|[0-9a-f]{64})\b")
MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+Z")

MOMENTS = {"at", "as_of", "applied_at", "salt", "hash", "digest"}
"""Columns that are never the same twice."""


def state(path: Path) -> State:
    """What a registry holds, moments and salts apart."""
    assert_whole(path)
    return content(path)


def assert_whole(path: Path) -> None:
    """Hold a registry, of whatever version, to all that is to be true of it."""
    with closing(sqlite3.connect(path)) as connection:
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        assert [] == connection.execute("PRAGMA foreign_key_check").fetchall()
        for table in ("sites", "events", "claims", "sources", "actors"):
            connection.execute(
                f"INSERT INTO {table}_fts ({table}_fts, rank) VALUES ('integrity-check', 1)"
            )
        connection.rollback()
        assert [(None,)] == connection.execute("SELECT change FROM _context").fetchall()
        without = "SELECT count(*) FROM history WHERE change NOT IN (SELECT id FROM changes)"
        assert [(0,)] == connection.execute(without).fetchall()
        current = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'seals'").fetchone()
        if current is not None:
            sealed = connection.execute("SELECT seq, hash FROM seals ORDER BY seq").fetchall()
            assert [(each.seq, each.hash) for each in chain.links(connection, 0, chain.START)] == (
                sealed
            )
    if current is not None:
        assert_verified(path)


def assert_verified(path: Path) -> None:
    """Hold a registry to its own proof."""
    with heritage.open(path) as registry:
        found = [each for each in registry.verify() if each.code != "erasure-unfinished"]
        assert [] == found


def content(path: Path) -> State:
    """Every table, and the schema."""
    found: State = {}
    with closing(sqlite3.connect(path)) as connection:
        for name, sql in connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            if "VIRTUAL" in sql or name == "_residue":  # whether the file is yet to be written anew
                continue
            columns = [
                column
                for (column,) in connection.execute(
                    "SELECT name FROM pragma_table_info(?)", (name,)
                )
                if column not in MOMENTS
            ]
            rows = connection.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall()
            # The log has moments, too, in what a conclusion was before.
            told = (MOMENT.sub("MOMENT", repr(row)) for row in rows)
            found[name] = sorted(RANDOM.sub("RANDOM", row) for row in told)
        found["schema"] = [
            repr(row)
            for row in connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
        ]
    return found
