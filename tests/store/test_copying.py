"""Copies of a registry: the same to the last entry, whole, or not there."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import heritage
from heritage.cli import main
from heritage.registry import backup
from tests.registries import write_empty

HEADER = 100


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = write_empty(tmp_path / "registry.db")
    with heritage.open(path) as registry, registry.change(by="n.kassem", why="begin") as change:
        change.put(heritage.Site(id="palmyra", names=(heritage.Name(text="تدمر"),)))
    return path


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def counts(path: Path) -> tuple[int, ...]:
    with closing(sqlite3.connect(path)) as connection:
        asked = ("application_id", "user_version", "schema_version", "page_count")
        return tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked)


def test_a_copy_is_the_registry_to_the_last_byte_behind_the_header(path: Path) -> None:
    copy = path.with_name("copy.db")

    with heritage.open(path) as registry:
        registry.backup(copy)

    assert path.read_bytes()[HEADER:] == copy.read_bytes()[HEADER:]
    assert counts(path) == counts(copy)
    assert ["copy.db", "registry.db"] == names(path.parent)


def test_a_copy_is_a_registry_that_can_be_changed_and_copied(path: Path) -> None:
    copy, second = path.with_name("copy.db"), path.with_name("second.db")
    with heritage.open(path) as registry:
        head = registry.backup(copy).head

    with heritage.open(copy) as registry:
        assert registry.backup(second).head == head
        with registry.change(by="n.kassem", why="on") as change:
            change.put(heritage.Site(id="bel", part_of="palmyra"))
        assert registry.backup(path.with_name("third.db")).head != head
        assert 2 == len(registry.changes())
    with heritage.open(path) as registry:
        assert 1 == len(registry.changes())


def test_a_copy_has_one_moment_and_not_what_was_not_committed(path: Path) -> None:
    copy = path.with_name("copy.db")
    with (
        heritage.open(path) as registry,
        heritage.open(path) as writer,
        writer.change(by="n.kassem", why="half of it") as change,
    ):
        change.put(heritage.Site(id="half"))
        registry.backup(copy)

    with heritage.open(copy) as found:
        assert ["palmyra"] == [site.id for site in found.sites()]


def test_a_copy_is_not_made_within_a_change(path: Path) -> None:
    with heritage.open(path) as registry, registry.change(by="n.kassem", why="open") as change:
        change.put(heritage.Site(id="half"))
        with pytest.raises(heritage.UsageError):
            registry.backup(path.with_name("copy.db"))
    assert ["registry.db"] == names(path.parent)


@pytest.mark.parametrize("other", [b"", b"notes of mine"])
def test_no_file_is_overwritten(path: Path, other: bytes) -> None:
    copy = path.with_name("copy.db")
    copy.write_bytes(other)

    with heritage.open(path) as registry, pytest.raises(heritage.RegistryExistsError):
        registry.backup(copy)

    assert other == copy.read_bytes()
    assert ["copy.db", "registry.db"] == names(path.parent)


def test_a_registry_is_not_copied_onto_itself(path: Path) -> None:
    before = path.read_bytes()
    path.with_name("link.db").symlink_to(path)
    path.with_name("lost.db").symlink_to(path.with_name("nowhere.db"))

    with heritage.open(path) as registry:
        for name in ("registry.db", "link.db"):
            with pytest.raises(heritage.UsageError, match="the registry itself"):
                registry.backup(path.with_name(name))
        with pytest.raises(heritage.RegistryExistsError):
            registry.backup(path.with_name("lost.db"))

    assert before == path.read_bytes()
    assert ["link.db", "lost.db", "registry.db"] == names(path.parent)


def test_a_folder_that_is_not_there_is_told(path: Path) -> None:
    copy = path.parent / "missing" / "copy.db"

    with heritage.open(path) as registry, pytest.raises(heritage.StoreError) as raised:
        registry.backup(copy)

    assert str(raised.value).startswith(f"{copy} cannot be written")
    assert "its folder does not exist" in str(raised.value)


def test_who_may_not_read_the_registry_may_not_read_its_copy(path: Path) -> None:
    path.chmod(0o640)
    before = os.umask(0)
    try:
        with heritage.open(path) as registry:
            registry.backup(path.with_name("copy.db"))
    finally:
        os.umask(before)

    assert 0o640 == path.with_name("copy.db").stat().st_mode & 0o777


def test_a_damaged_registry_gives_no_copy(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(b"\xa5" * 4096)
    before = path.read_bytes()

    with heritage.open(path) as registry, pytest.raises(heritage.RegistryCorruptError) as raised:
        registry.backup(path.with_name("copy.db"))

    assert str(raised.value).startswith(f"{path} is damaged")
    assert ["registry.db"] == names(path.parent)
    assert before == path.read_bytes()


def test_a_copy_of_a_registry_with_a_log_of_its_own_is_one_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    copy = path.with_name("copy.db")

    with heritage.open(path) as registry:
        registry.backup(copy)

    with closing(sqlite3.connect(copy)) as connection:
        assert ("delete",) == connection.execute("PRAGMA journal_mode").fetchone()
    assert ["copy.db", "registry.db"] == names(path.parent)


def test_a_registry_of_an_older_version_can_be_copied_before_it_is_migrated(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        newest = "(SELECT max(name) FROM _sqlite_migrations)"
        connection.execute(f"DELETE FROM _sqlite_migrations WHERE name = {newest}")
    with pytest.raises(heritage.SchemaTooOldError):
        heritage.open(path)

    found = backup(path, path.with_name("copy.db"))

    assert found.is_sound
    assert "older version" in found.notes[0]
    assert path.read_bytes()[HEADER:] == path.with_name("copy.db").read_bytes()[HEADER:]


def test_the_command_prints_the_copy_and_its_head(path: Path) -> None:
    copy = path.with_name("copy.db")

    result = CliRunner().invoke(main, ["backup", str(path), str(copy)])

    assert 0 == result.exit_code
    shutil.move(copy, path.with_name("kept.db"))
    with heritage.open(path) as registry:
        head = registry.backup(copy).head
    assert f"{copy} {head}\n" == result.stdout
    assert 64 == len(head)


def test_the_command_tells_in_a_line_why_there_is_no_copy(path: Path) -> None:
    for copy, says, status in ((path, "itself", 2), (path.parent, "already exists", 1)):
        result = CliRunner().invoke(main, ["backup", str(path), str(copy)])

        assert status == result.exit_code
        assert "" == result.stdout
        assert says in result.stderr


def test_what_is_wrong_with_the_registry_is_told_of_the_copy_and_kept(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER history_append_only_update")
        connection.execute("UPDATE history SET after = '{}' WHERE seq = 1")
    copy = path.with_name("copy.db")

    result = CliRunner().invoke(main, ["backup", str(path), str(copy)])

    assert 1 == result.exit_code
    assert str(copy) in result.stdout
    assert "problems, in the copy as in" in result.stderr
    with heritage.open(path) as registry, heritage.open(copy) as copied:
        assert registry.verify().problems == copied.verify().problems != ()
