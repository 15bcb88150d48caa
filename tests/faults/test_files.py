"""Files that are no registry, or may not be written: told plainly, and not a byte changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

import heritage

State = Callable[[Path], dict[str, list[str]]]


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("id,name\n1,Palmyra\n", "utf-8")


def spreadsheet(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + b"\0" * 5000)


def foreign(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE sites (id TEXT)")
    connection.close()


def only_a_header(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[100:-1:7] = b"\xff" * len(whole[100:-1:7])
    path.write_bytes(whole)


def newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('heritage', '9999_from_the_future', '2099-01-01')"
    )
    connection.commit()
    connection.close()


def older(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM _sqlite_migrations")
    connection.commit()
    connection.close()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def missing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("spoil", "error", "says"),
    [
        (empty, heritage.NotARegistryError, "empty"),
        (text, heritage.NotARegistryError, "not a heritage registry"),
        (spreadsheet, heritage.NotARegistryError, "not a heritage registry"),
        (foreign, heritage.NotARegistryError, "another program"),
        (only_a_header, heritage.StoreError, "registry.db"),
        (cut_short, heritage.RegistryCorruptError, "damaged"),
        (overwritten, heritage.StoreError, "registry.db"),
        (newer, heritage.SchemaTooNewError, "newer"),
        (older, heritage.SchemaTooOldError, "migrate"),
        (folder, heritage.NotARegistryError, "folder"),
        (missing, heritage.RegistryMissingError, "does not exist"),
    ],
)
@pytest.mark.parametrize("readonly", [False, True])
def test_what_is_no_registry_is_told_and_left_alone(
    path: Path, spoil: Callable[[Path], None], error: type[Exception], says: str, readonly: bool
) -> None:
    spoil(path)
    before = path.read_bytes() if path.is_file() else None

    with pytest.raises(error, match=says) as raised:
        heritage.open(path, readonly=readonly)

    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert before == (path.read_bytes() if path.is_file() else None)
    assert [path.name] * path.exists() == [each.name for each in path.parent.iterdir()]


def pages(path: Path) -> list[int]:
    return list(range(1, path.stat().st_size // 4096))


def test_a_damaged_page_is_told_where_it_is_met_and_spoils_nothing_else(
    original: Path, path: Path, file: Path, deep: bool
) -> None:
    every = pages(path)
    seen = set()
    for page in every if deep else every[:: max(1, len(every) // 12)]:
        shutil.copy(original, path)
        with path.open("r+b") as out:
            out.seek(page * 4096)
            out.write(b"\xa5" * 4096)
        damaged = path.read_bytes()
        try:
            with heritage.open(path) as registry:
                list(registry.sites(all=True))
                list(registry.claims())
                registry.search("palmyra")
                registry.load(file)
        except heritage.HeritageError as error:
            seen.add(type(error).__name__)
            assert damaged == path.read_bytes()
    assert seen <= {"RegistryCorruptError", "NotARegistryError", "StoreError", "SchemaTooOldError"}
    assert "RegistryCorruptError" in seen


@pytest.fixture
def nobody(original: Path, file: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A registry in a folder where anyone may look, and how to become somebody who owns nothing."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions are those of POSIX")
    folder = Path(tempfile.mkdtemp(prefix="heritage-"))
    path = Path(shutil.copy(original, folder / "registry.db"))
    with heritage.open(shutil.copy(original, folder / "other.db")) as other:
        other.load(file)  # so that everything is imported while it may be
    (folder / "other.db").unlink()
    is_root = os.geteuid() == 0
    yield path, lambda: os.seteuid(65534) if is_root else None
    if is_root:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_a_registry_that_may_not_be_written_is_read_and_refuses_changes(
    nobody: tuple[Path, Callable[[], None]], file: Path, what: str
) -> None:
    path, become_nobody = nobody
    before = path.read_bytes()
    lines = Path(shutil.copy(file, path.parent / "own.jsonl"))
    lines.chmod(0o644)
    path.chmod(0o666 if what == "folder" else 0o444)
    path.parent.chmod(0o777 if what == "file" else 0o555)
    become_nobody()

    with heritage.open(path) as registry:
        assert "palmyra" == registry.site("whc:23").id
        with pytest.raises(heritage.RegistryReadOnlyError, match="cannot be written"):
            registry.load(lines)
        with pytest.raises(heritage.RegistryReadOnlyError, match="check the permissions"):  # noqa: SIM117
            with registry.change(by="tester", why="in vain") as change:
                change.put(heritage.Site(id="new"))
        assert "palmyra" == registry.site("palmyra").id

    assert before == path.read_bytes()


@pytest.fixture
def cut_off(original: Path, tmp_path: Path) -> Path:
    """A registry whose writer died in the middle of a change that had reached the file."""
    writing, left = tmp_path / "writing.db", tmp_path / "left" / "registry.db"
    shutil.copy(original, writing)
    left.parent.mkdir()
    with closing(sqlite3.connect(writing, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 5")
        connection.execute("BEGIN")
        for number in range(200):
            connection.execute("INSERT INTO sites (id) VALUES (?)", (f"half-{number}",))
        shutil.copy(writing, left)
        shutil.copy(f"{writing}-journal", f"{left}-journal")
    assert original.read_bytes() != left.read_bytes()
    return left


@pytest.mark.parametrize("readonly", [False, True])
def test_a_change_that_was_cut_off_is_undone_by_who_comes_next(
    cut_off: Path, original: Path, readonly: bool
) -> None:
    with heritage.open(cut_off, readonly=readonly) as registry:
        assert ["bel", "palmyra"] == sorted(site.id for site in registry.sites())

    assert original.read_bytes() == cut_off.read_bytes()
    assert ["registry.db"] == [each.name for each in cut_off.parent.iterdir()]


def test_what_a_reader_cannot_undo_is_told(cut_off: Path, original: Path) -> None:
    journal = cut_off.with_name("registry.db-journal")
    kept, spoilt = journal.read_bytes(), cut_off.read_bytes()
    journal.unlink()
    shutil.copy(original, cut_off)
    with heritage.open(cut_off, readonly=True) as registry:
        cut_off.write_bytes(spoilt)
        journal.write_bytes(kept)
        with pytest.raises(heritage.RegistryReadOnlyError, match="a change was cut off"):
            registry.site("palmyra")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a registry and hardly more."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not mount or not umount:
        pytest.skip("only root can make a small disk")
    point = tmp_path / "disk"
    point.mkdir()
    size = "size=3m"
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", size, "tmpfs", point], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("this machine lets nobody make a small disk")
    yield point
    subprocess.run([umount, point], check=True)


def fill(folder: Path, leave: int) -> None:
    free = os.statvfs(folder)
    (folder / "ballast").write_bytes(b"\0" * max(0, free.f_bavail * free.f_frsize - leave))


@pytest.mark.parametrize("leave", [0, 8_192, 65_536, 262_144])
@pytest.mark.parametrize("verb", ["load", "change"])
def test_a_full_disk_is_told_and_nothing_is_changed(
    original: Path, small_disk: Path, file: Path, state: State, verb: str, leave: int
) -> None:
    path = small_disk / "registry.db"
    shutil.copy(original, path)
    before = state(path)
    fill(small_disk, leave)

    def work() -> None:
        with heritage.open(path) as registry:
            if verb == "load":
                registry.load(file)
                return
            with registry.change(by="tester", why="too much") as change:
                for number in range(60):
                    change.put(
                        heritage.Site(id=f"s{number}", names=(heritage.Name(text="x" * 9000),))
                    )

    with pytest.raises(heritage.RegistryFullError, match="nothing was changed") as raised:
        work()

    assert "disk is full" in str(raised.value)
    assert before == state(path)
    (small_disk / "ballast").unlink()
    with heritage.open(path) as registry:
        assert "palmyra" == registry.site("palmyra").id


def test_a_change_goes_on_after_no_fault_that_undid_it(
    original: Path, small_disk: Path, state: State
) -> None:
    path = small_disk / "registry.db"
    shutil.copy(original, path)
    before = state(path)
    fill(small_disk, 65_536)

    def work() -> None:
        with (
            heritage.open(path) as registry,
            registry.change(by="tester", why="too much") as change,
        ):
            for number in range(60):
                try:
                    change.put(
                        heritage.Site(id=f"s{number}", names=(heritage.Name(text="x" * 9000),))
                    )
                except heritage.HeritageError:
                    (small_disk / "ballast").write_bytes(b"")

    with pytest.raises(heritage.HeritageError):
        work()

    assert before == state(path)


@pytest.mark.parametrize("leave", [0, 100_000])
def test_no_copy_is_left_where_there_is_no_room(path: Path, small_disk: Path, leave: int) -> None:
    fill(small_disk, leave)
    before = path.read_bytes()

    with heritage.open(path) as registry, pytest.raises(heritage.RegistryFullError) as raised:
        registry.backup(small_disk / "copy.db")

    assert str(raised.value).startswith(f"{small_disk / 'copy.db'}: the disk is full")
    assert ["ballast"] == [each.name for each in small_disk.iterdir()]
    assert before == path.read_bytes()


def test_no_new_registry_is_left_where_there_is_no_room(small_disk: Path) -> None:
    fill(small_disk, 100_000)

    with pytest.raises(heritage.RegistryFullError):
        heritage.open(small_disk / "registry.db", create=True)

    assert ["ballast"] == [each.name for each in small_disk.iterdir()]
