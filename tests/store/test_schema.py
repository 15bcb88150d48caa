"""Making registries and bringing them up to date, alone and all at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlite_utils
from sqlite_utils import Migrations

from heritage.errors import (
    RefusedByDatabaseError,
    RegistryExistsError,
    SchemaTooNewError,
    SchemaTooOldError,
)
from heritage.model import Site, Source
from heritage.store import schema, triggers
from heritage.store.connection import APPLICATION_ID, connect
from heritage.store.search import search
from heritage.vocab import VOCABULARIES, vocabulary
from tests.registries import assert_whole, contents, put, rows, write_empty

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
MANY = 8
STEPS = len(list(Path(__file__).parents[2].joinpath("migrations").glob("[0-9]*.py")))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_empty(tmp_path / "registry.db")


def test_the_triggers_of_the_file_are_those_that_its_tables_ask_for(path: Path) -> None:
    connection = connect(path)

    assert triggers.statements(connection) == dict(rows(connection, TRIGGERS))
    connection.close()


def test_no_trigger_is_named_twice(path: Path) -> None:
    connection = connect(path)
    names = [name for name, _ in triggers.bodies(connection)]

    assert len(set(names)) == len(names)
    connection.close()


def test_a_registry_says_whose_it_is_and_loses_nothing_when_the_power_fails(path: Path) -> None:
    connection = connect(path)

    assert [(APPLICATION_ID,)] == rows(connection, "PRAGMA application_id")
    assert [(3,)] == rows(connection, "PRAGMA synchronous")  # EXTRA
    assert [("delete",)] == rows(connection, "PRAGMA journal_mode")
    assert [(1,)] == rows(connection, "PRAGMA foreign_keys")
    connection.close()


def test_tables_are_strict_and_named_in_plain_words(path: Path) -> None:
    connection = connect(path)
    promised = {
        *("sites", "names", "identifiers", "listings", "events", "event_sites", "observations"),
        *("claims", "sources", "conclusions", "changes", "history"),
    }
    strict: dict[str, int] = dict(rows(connection, "SELECT name, strict FROM pragma_table_list"))

    assert set() == promised - strict.keys()
    assert {1} == {strict[table] for table in promised}
    connection.close()


def test_every_term_of_every_vocabulary_is_in_the_file(path: Path) -> None:
    connection = connect(path)
    expected = {(name, code) for name in VOCABULARIES for code in vocabulary(name).terms}

    assert expected == set(rows(connection, "SELECT vocabulary, code FROM terms"))
    connection.close()


def test_what_is_there_is_not_made_anew(path: Path) -> None:
    before = path.read_bytes()

    with pytest.raises(RegistryExistsError):
        schema.create(path)

    assert before == path.read_bytes()
    assert [path.name] == [each.name for each in path.parent.iterdir()]


def test_a_registry_that_could_not_be_made_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "complete", lambda connection: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        schema.create(tmp_path / "registry.db")

    assert [] == list(tmp_path.iterdir())


def _step(name: str, act: Callable[[sqlite_utils.Database], None]) -> Callable[[], Migrations]:
    """The migrations of a version that has one more."""
    known = schema.migrations

    def more() -> Migrations:
        steps = known()
        steps(name=name)(schema._completed(act))
        return steps

    return more


def test_a_file_of_an_older_version_is_refused_and_then_brought_up_to_date(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connect(path)
    put(connection, [Site(id="a")])

    def add(db: sqlite_utils.Database) -> None:
        db.execute("ALTER TABLE sites ADD COLUMN nickname TEXT")

    monkeypatch.setattr(schema, "migrations", _step("9001_nicknames", add))

    with pytest.raises(SchemaTooOldError, match="9001_nicknames"):
        schema.check_current(connection, str(path))
    assert ["9001_nicknames"] == schema.migrate(connection, str(path))
    assert [] == schema.migrate(connection, str(path))
    schema.check_current(connection, str(path))

    connection.execute("UPDATE sites SET nickname = 'Bride of the desert'")
    assert [('{"nickname":"Bride of the desert"}',)] == rows(
        connection, "SELECT after FROM history ORDER BY seq DESC LIMIT 1"
    )
    connection.close()


def test_a_file_of_a_newer_version_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect(path)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "migrations", _step("9001_later", lambda db: None))
        schema.migrate(connection, str(path))

    for ask in (schema.check_current, schema.migrate):
        with pytest.raises(SchemaTooNewError, match="9001_later"):
            ask(connection, str(path))
    connection.close()


@pytest.mark.parametrize(
    "fault",
    [
        lambda db: db.execute("CREATE TABLE half (id)") and 1 / 0,
        lambda db: db.execute("CREATE TABLE half (id)") and db.execute("SELECT nonsense"),
        lambda db: (
            db.execute("INSERT INTO names VALUES ('nowhere', 'x', 'en', 'official')")
            and db.execute("DROP TRIGGER names_site_known_insert")
        ),
    ],
)
def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[sqlite_utils.Database], None]
) -> None:
    connection = connect(path)
    put(connection, [Site(id="a")])
    before = contents(connection)
    monkeypatch.setattr(schema, "migrations", _step("9001_broken", fault))

    with pytest.raises(Exception, match=r"."):
        schema.migrate(connection, str(path))

    assert before == contents(connection)
    assert [(1,)] == rows(connection, "PRAGMA foreign_keys")
    connection.close()


def test_a_migration_may_not_leave_a_row_that_names_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connect(path)

    def orphan(db: sqlite_utils.Database) -> None:
        triggers.remove(db.conn)
        db.execute("INSERT INTO names VALUES ('nowhere', 'x', 'en', 'official')")

    monkeypatch.setattr(schema, "migrations", _step("9001_orphan", orphan))

    with pytest.raises(RefusedByDatabaseError, match="a row of names names one of sites"):
        schema.migrate(connection, str(path))
    assert [] == rows(connection, "SELECT * FROM names")
    connection.close()


def test_a_column_that_somebody_added_is_recorded_from_the_next_change_on(path: Path) -> None:
    connection = connect(path)
    put(connection, [Site(id="a")])
    connection.execute("ALTER TABLE sites ADD COLUMN height_m REAL")

    put(connection, [Site(id="b")])  # any change through the library puts the triggers right
    connection.execute("UPDATE sites SET height_m = 38.26666666666667 WHERE id = 'a'")

    assert [('{"height_m":38.266666666666673}',)] == rows(
        connection, "SELECT after FROM history ORDER BY seq DESC LIMIT 1"
    )
    assert_whole(connection)
    connection.close()


@pytest.mark.parametrize("way", ["change", "migrate"])
def test_triggers_that_another_tool_dropped_are_put_back(path: Path, way: str) -> None:
    connection = connect(path)
    put(connection, [Source(id=f"s{number}", title=f"Report {number}") for number in range(9)])
    connection.execute("DELETE FROM sources WHERE id = 's3'")
    connection.close()
    db = sqlite_utils.Database(path)
    db.table("sources").transform(types={"note": str})
    dropped = len(rows(db.conn, TRIGGERS))
    db.close()
    connection = connect(path)
    assert dropped < len(triggers.statements(connection))

    if way == "change":
        put(connection, [Site(id="a")])
    else:
        schema.migrate(connection, str(path))

    assert triggers.statements(connection) == dict(rows(connection, TRIGGERS))
    connection.execute("UPDATE sources SET title = 'A mission to Palmyra' WHERE id = 's8'")
    assert ["s8"] == [hit.id for hit in search(connection, "palmyra")]
    assert_whole(connection)
    connection.close()


def test_triggers_of_others_stay_where_they_are(path: Path) -> None:
    connection = connect(path)
    connection.execute("CREATE TABLE seen (id TEXT)")
    mine = "CREATE TRIGGER mine AFTER INSERT ON sites BEGIN INSERT INTO seen VALUES (NEW.id); END"
    connection.execute(mine)

    schema.migrate(connection, str(path))
    put(connection, [Site(id="a")])

    assert ("mine", mine) in rows(connection, TRIGGERS)
    assert [("a",)] == rows(connection, "SELECT * FROM seen")
    connection.close()


RACE = """
import sys, pathlib
from heritage.errors import RegistryExistsError
from heritage.store import schema
from heritage.store.connection import connect
path = pathlib.Path(sys.argv[1])
try:
    connection = schema.create(path)
except RegistryExistsError:
    connection = connect(path)
schema.migrate(connection, str(path))
schema.check_current(connection, str(path))
"""


def test_a_file_that_cannot_be_written_can_be_read(path: Path) -> None:
    before = path.read_bytes()
    connection = connect(path, readonly=True)

    schema.check_current(connection, str(path))

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("INSERT INTO sites (id) VALUES ('a')")
    connection.close()
    assert before == path.read_bytes()


def test_many_that_make_one_registry_at_once_all_find_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"

    running = [
        subprocess.Popen([sys.executable, "-c", RACE, str(path)], stderr=subprocess.PIPE)
        for _ in range(MANY)
    ]
    errors = [process.communicate()[1].decode() for process in running]

    assert [""] * MANY == errors
    assert [0] * MANY == [process.returncode for process in running]
    assert ["registry.db"] == [each.name for each in tmp_path.iterdir()]
    connection = connect(path)
    assert triggers.statements(connection) == dict(rows(connection, TRIGGERS))
    assert [(STEPS,)] == rows(connection, "SELECT count(*) FROM _sqlite_migrations")
    connection.close()


def test_many_that_migrate_one_registry_at_once_do_it_once(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    raw = sqlite3.connect(path)  # ours, but not yet with any table
    raw.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    raw.execute("CREATE TABLE early (id TEXT)")
    raw.commit()
    raw.close()
    script = RACE.replace("connection = schema.create(path)", "raise RegistryExistsError('')")

    running = [
        subprocess.Popen([sys.executable, "-c", script, str(path)], stderr=subprocess.PIPE)
        for _ in range(MANY)
    ]
    errors = [process.communicate()[1].decode() for process in running]

    assert [""] * MANY == errors
    connection = connect(path)
    assert [(STEPS,)] == rows(connection, "SELECT count(*) FROM _sqlite_migrations")
    assert triggers.statements(connection) == dict(rows(connection, TRIGGERS))
    connection.close()
