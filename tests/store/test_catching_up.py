"""What was written while no trigger watched is found, and logged as found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

import heritage
from heritage import RefusedByDatabaseError, Registry, Site
from heritage.store import schema
from heritage.store.catching_up import WHY
from heritage.store.connection import connect
from heritage.store.search import search
from tests.palmyra import EVERYTHING
from tests.registries import assert_whole, contents, in_memory, put, rows, write_empty


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = write_empty(tmp_path / "registry.db")
    connection = connect(path)
    put(connection, EVERYTHING)
    connection.close()
    return path


def rebuilt(path: Path, *tables: str) -> sqlite_utils.Database:
    """The file, after sqlite-utils has rebuilt some tables without their triggers."""
    db = sqlite_utils.Database(path)
    for table in tables:
        found = db.table(table)
        found.transform(column_order=[column.name for column in found.columns])
    return db


def unobserved(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """What the log holds of changes that were found afterwards, in order."""
    return rows(
        connection,
        "SELECT h.table_name, h.row_key, h.op FROM history h JOIN changes c ON c.id = h.change"
        " WHERE c.why = ? AND c.origin = 'outside' ORDER BY seq",
        WHY,
    )


@pytest.fixture(params=["change", "migrate"])
def caught_up(request: pytest.FixtureRequest, path: Path) -> Iterator[sqlite3.Connection]:
    """A registry whose sites and names were written to unwatched, and then seen again."""
    db = rebuilt(path, "sites", "claims")
    with db.conn as connection:
        connection.execute("UPDATE sites SET kind = 'temple' WHERE id = 'palmyra'")
        connection.execute("INSERT INTO sites (id, part_of) VALUES ('agora', 'palmyra')")
        connection.execute("INSERT INTO sites (id) VALUES ('qalat')")
        connection.execute(
            "INSERT INTO names VALUES ('qalat', 'Qalʿat Ibn Maʿn', 'ar-Latn', 'common')"
        )
    db.close()
    connection = connect(path)
    if request.param == "change":
        put(connection, [Site(id="elsewhere")])
    else:
        schema.migrate(connection, str(path))
    yield connection
    connection.close()


def test_edits_to_a_rebuilt_table_do_not_slip_past_the_log(caught_up: sqlite3.Connection) -> None:
    assert {
        ("sites", "palmyra", "update"),
        ("sites", "agora", "insert"),
        ("sites", "qalat", "insert"),
    } == set(unobserved(caught_up))


def test_what_follows_from_such_edits_follows(caught_up: sqlite3.Connection) -> None:
    """Versions, search and the tree of sites, as if the triggers had been there."""
    assert_whole(caught_up)
    assert ["qalat"] == [hit.id for hit in search(caught_up, "Qal'at Ibn Ma'n")]
    assert [(2,)] == rows(caught_up, "SELECT version FROM sites WHERE id = 'palmyra'")
    assert [("agora",)] == rows(
        caught_up, "SELECT site FROM _site_ancestors WHERE ancestor = 'palmyra' AND site = 'agora'"
    )


def test_a_plain_deletion_of_a_rebuilt_row_is_logged_whole(path: Path) -> None:
    """With its parts, which the missing triggers left behind."""
    db = rebuilt(path, "sites")
    with db.conn as connection:
        connection.execute("INSERT INTO sites (id) VALUES ('gone')")
    db.close()
    Registry.migrate(path)
    db = rebuilt(path, "sites")
    with db.conn as connection:
        connection.execute("DELETE FROM sites WHERE id = 'gone'")
    db.close()

    with heritage.open(path) as registry:
        with registry.change(by="n.kassem", why="a test") as change:
            change.put(Site(id="elsewhere"))
        entries = registry.history("gone")

    assert ["delete", "insert"] == [entry.op for entry in entries]
    assert entries[0].before is not None
    assert entries[0].before["id"] == "gone"


def test_a_table_that_was_rebuilt_and_not_written_to_leaves_no_trace(path: Path) -> None:
    connection = connect(path)
    before = contents(connection)["history"]
    connection.close()
    rebuilt(path, "sites", "claims", "sources").close()

    Registry.migrate(path)

    connection = connect(path)
    assert before == contents(connection)["history"]
    assert_whole(connection)
    connection.close()


def test_nonsense_that_was_written_unwatched_is_refused_by_name(path: Path) -> None:
    """The next change is refused, and tells which row breaks which rule."""
    db = rebuilt(path, "claims")
    with db.conn as connection:
        connection.execute("UPDATE claims SET source = 'nobody' WHERE rowid = 1")
        (id,) = connection.execute("SELECT id FROM claims WHERE rowid = 1").fetchone()
    db.close()

    with (
        heritage.open(path) as registry,
        pytest.raises(RefusedByDatabaseError, match=f"claims: the row {id} .*source of claims"),
        registry.change(by="n.kassem", why="a test") as change,
    ):
        change.put(Site(id="elsewhere"))


@settings(max_examples=10)
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True))
def test_rows_that_wait_for_each_other_are_written_in_any_order(order: list[str]) -> None:
    """A chain of parts, each found after the whole of which it is a part or before it."""
    connection = in_memory()
    put(connection, [Site(id="z")])
    connection.executescript(
        "\n".join(
            f"DROP TRIGGER {name};"
            for (name,) in rows(
                connection,
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'sites'",
            )
        )
    )
    wholes = dict(zip(order, [*order[1:], "z"], strict=True))
    for id, whole in wholes.items():
        connection.execute("INSERT INTO sites (id, part_of) VALUES (?, NULL)", (id,))
        connection.execute("UPDATE sites SET part_of = ? WHERE id = ?", (None, id))
        wholes[id] = whole
    for id, whole in wholes.items():
        connection.execute("UPDATE sites SET part_of = ? WHERE id = ?", (whole, id))

    put(connection, [Site(id="y")])

    assert wholes == dict(
        rows(connection, "SELECT id, part_of FROM sites WHERE part_of IS NOT NULL")
    )
    assert_whole(connection)
    connection.close()
