"""Turns at a file that others write: who waits long looks often, and no wait is forever."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.errors import RegistryBusyError
from heritage.store.connection import plain_faults, transaction
from heritage.store.turns import OFTEN, SELDOM, begin, until_next_look

WAITED = st.floats(0, 600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "one.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")
    return path


@pytest.fixture
def ours(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.2)) as connection:
        yield connection


@pytest.fixture
def theirs(path: Path) -> Iterator[sqlite3.Connection]:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with closing(other) as connection:
        yield connection


@given(WAITED)
def test_nobody_looks_without_rest_or_sleeps_past_the_turn(waited: float) -> None:
    assert OFTEN / 2 <= until_next_look(waited) <= SELDOM


@given(WAITED)
def test_who_has_waited_four_times_as_long_looks_no_less_often(waited: float) -> None:
    # Each sleep is cut by up to a half, so that no two keep meeting.
    assert until_next_look(4 * waited + 0.01) <= 2 * until_next_look(waited)


def test_a_newcomer_looks_less_often_than_who_has_waited_a_second() -> None:
    assert until_next_look(1) * 5 < until_next_look(0)


def test_who_waits_in_vain_is_told_how_long_and_for_which_file(
    ours: sqlite3.Connection, theirs: sqlite3.Connection
) -> None:
    theirs.execute("BEGIN IMMEDIATE")
    began = time.monotonic()

    with (
        pytest.raises(RegistryBusyError, match=r"^one\.db .* \(waited 0\.2 seconds\)$"),
        plain_faults("one.db", ours),
    ):
        begin(ours)

    assert 0.2 <= time.monotonic() - began
    assert (200,) == ours.execute("PRAGMA busy_timeout").fetchone()
    assert not ours.in_transaction


def test_a_commit_waits_for_who_reads(ours: sqlite3.Connection, theirs: sqlite3.Connection) -> None:
    ours.execute("PRAGMA busy_timeout = 20000")
    theirs.execute("BEGIN")
    theirs.execute("SELECT * FROM t").fetchall()
    reading = threading.Timer(0.1, lambda: theirs.execute("COMMIT"))

    with transaction(ours):
        ours.execute("INSERT INTO t VALUES (1)")
        reading.start()
    reading.join()

    assert [(1,)] == theirs.execute("SELECT * FROM t").fetchall()


def test_a_commit_that_waits_in_vain_leaves_nothing(
    ours: sqlite3.Connection, theirs: sqlite3.Connection
) -> None:
    theirs.execute("BEGIN")
    theirs.execute("SELECT * FROM t").fetchall()

    with pytest.raises(sqlite3.OperationalError, match="locked"), transaction(ours):
        ours.execute("INSERT INTO t VALUES (1)")
    theirs.execute("COMMIT")

    assert not ours.in_transaction
    assert [] == theirs.execute("SELECT * FROM t").fetchall()
    with transaction(ours):
        ours.execute("INSERT INTO t VALUES (2)")
    assert [(2,)] == theirs.execute("SELECT * FROM t").fetchall()


def test_an_error_that_is_no_lock_is_not_waited_for(ours: sqlite3.Connection) -> None:
    ours.execute("BEGIN")

    with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
        begin(ours)
