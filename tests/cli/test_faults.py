"""Whatever is wrong with a file: one message, one status, no traceback, nothing lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import Result

from heritage.store import schema
from heritage.store.connection import APPLICATION_ID

Run = Callable[..., Result]
Program = Callable[..., subprocess.CompletedProcess[bytes]]
Lines = Callable[..., Path]

READING = (
    ("list", "sites"),
    ("show", "palmyra"),
    ("search", "bel"),
    ("history",),
    ("check",),
    ("publish", "public.db"),
)
COMMANDS = (*READING, ("load", "file.jsonl"), ("migrate",), ("backup", "copy.db"))


def typed(command: tuple[str, ...], registry: Path) -> list[str]:
    """A command with the registry as its first argument."""
    return [command[0], str(registry), *command[1:]]


def in_words(result: Result, *expected: str) -> None:
    """A command was refused in words: nothing printed, no traceback, status 1."""
    assert 1 == result.exit_code, result.output
    assert "" == result.stdout
    assert isinstance(result.exception, SystemExit)
    assert "should not have happened" not in result.stderr
    assert "Traceback" not in result.stderr
    for each in expected:
        assert each in result.stderr


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands run, with a file to load in it."""
    monkeypatch.chdir(tmp_path)
    Path("file.jsonl").write_text('{"kind": "source", "record": {"id": "s", "title": "t"}}\n')
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_missing_file_is_named_and_not_made(command: tuple[str, ...], run: Run) -> None:
    path = Path("nowhere.db")

    in_words(run(*typed(command, path)), "nowhere.db does not exist", "heritage init")
    assert not path.exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "it is empty"), (b"name,year\nPalmyra,1980\n", "it is no SQLite file")],
    ids=["empty", "text"],
)
def test_a_file_of_another_kind_stays_as_it_is(
    command: tuple[str, ...], content: bytes, reason: str, run: Run
) -> None:
    path = Path("other.db")
    path.write_bytes(content)

    in_words(run(*typed(command, path)), "is not a heritage registry", reason)
    assert content == path.read_bytes()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_another_programs_database_stays_as_it_is(command: tuple[str, ...], run: Run) -> None:
    path = Path("other.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE sites (id TEXT)")
        connection.commit()
    before = path.read_bytes()

    in_words(run(*typed(command, path)), "is not a heritage registry", "another program's")
    assert before == path.read_bytes()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_folder_is_no_registry(command: tuple[str, ...], run: Run, folder: Path) -> None:
    in_words(run(*typed(command, folder)), "it is a folder")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_newer_file_asks_for_a_newer_program(
    command: tuple[str, ...], run: Run, registry: Path
) -> None:
    with closing(sqlite3.connect(registry)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES (?, '9999_from_the_future', '2999-01-01')",
            (schema.SET,),
        )
        connection.commit()
    before = registry.read_bytes()

    result = run(*typed(command, registry))

    in_words(result, "newer version of heritage-registry", "9999_from_the_future")
    assert before == registry.read_bytes()


def older(registry: Path) -> None:
    """Make an empty file of ours that lacks every migration."""
    registry.unlink(missing_ok=True)
    with closing(sqlite3.connect(registry)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("CREATE TABLE older (id TEXT)")
        connection.commit()


@pytest.mark.parametrize("command", COMMANDS[:-2], ids=lambda command: command[0])
def test_an_older_file_asks_to_be_brought_up_to_date(command: tuple[str, ...], run: Run) -> None:
    path = Path("older.db")
    older(path)

    in_words(run(*typed(command, path)), "older version", "heritage migrate")


def test_migrating_brings_an_older_file_up_to_date_once(run: Run) -> None:
    path = Path("older.db")
    older(path)

    first, second = run("migrate", path), run("migrate", path)

    assert (0, 0) == (first.exit_code, second.exit_code)
    assert [step.name for step in schema.migrations()._migrations] == first.stdout.splitlines()
    assert "" == second.stdout
    assert 0 == run("list", path, "sites").exit_code


@contextmanager
def held(registry: Path, how: str) -> Iterator[None]:
    """Another program in the middle of writing."""
    with closing(sqlite3.connect(registry, isolation_level=None)) as connection:
        connection.execute(f"BEGIN {how}")
        yield
        connection.execute("ROLLBACK")


def test_a_registry_that_is_being_written_is_waited_for_and_then_given_up(
    run: Run, registry: Path
) -> None:
    before = registry.read_bytes()
    with held(registry, "IMMEDIATE"):
        result = run("--wait", "0.1", "load", registry, "file.jsonl")
        readable = run("--wait", "0.1", "list", registry, "sites")

    in_words(result, "is being written by another program", "nothing was changed")
    assert before == registry.read_bytes()
    assert 0 == readable.exit_code


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_registry_that_another_program_keeps_for_itself_is_given_up(
    command: tuple[str, ...], run: Run, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERITAGE_WAIT", "0.05")
    with held(registry, "EXCLUSIVE"):
        in_words(run(*typed(command, registry)), "another program")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("page", [0, 1, 2, 5, 20, 60, 100])
def test_a_damaged_file_ends_in_words_or_in_an_answer(
    command: tuple[str, ...], page: int, run: Run, registry: Path
) -> None:
    """Flipped bits may hit what a command never reads; then it answers as before."""
    content = bytearray(registry.read_bytes())
    start = max(page * 4096, 100)
    for position in range(start, min(start + 4096, len(content))):
        content[position] ^= 0x5A
    registry.write_bytes(content)

    result = run(*typed(command, registry))

    assert result.exit_code in (0, 1), result.output
    assert result.exit_code == 0 or result.stderr.strip() or "check" == command[0]
    assert "should not have happened" not in result.stderr
    assert "Traceback" not in result.output


def test_a_damaged_first_page_is_called_damaged(run: Run, registry: Path) -> None:
    content = bytearray(registry.read_bytes())
    content[100:4096] = b"\xff" * 3996
    registry.write_bytes(content)

    in_words(run("list", registry, "sites"), "is damaged", "backup")


def test_half_a_file_is_called_damaged(run: Run, registry: Path) -> None:
    content = registry.read_bytes()
    registry.write_bytes(content[: len(content) // 2])

    in_words(run("list", registry, "sites"), "is damaged", "backup")


@pytest.fixture
def read_only(registry: Path, tmp_path: Path) -> Iterator[Path]:
    """A registry in a folder that nobody may write, not even root."""
    folder = tmp_path / "locked"
    folder.mkdir()
    path = Path(shutil.copy(registry, folder))
    if os.geteuid() != 0:
        path.chmod(0o400)
        folder.chmod(0o500)
        yield path
        folder.chmod(0o700)
        return
    bound = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False)
    if bound.returncode != 0:
        pytest.skip("root may write everywhere, and nothing can be mounted here")
    subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
    yield path
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_file_that_may_not_be_written_is_read_all_the_same(run: Run, read_only: Path) -> None:
    before = read_only.read_bytes()

    assert 2 == len(run("list", read_only, "sites", "--format", "jsonl").stdout.splitlines())
    in_words(run("load", read_only, "file.jsonl"), "cannot be written", "permissions")
    in_words(run("init", read_only.with_name("new.db")), "cannot be written")
    assert before == read_only.read_bytes()


def test_a_full_disk_changes_nothing(
    run: Run, small_disk: Path, registry: Path, lines: Lines
) -> None:
    path = Path(shutil.copy(registry, small_disk))
    before = path.read_bytes()
    many = [("source", {"id": f"s{n}", "title": f"Report {n} " + "x" * 200}) for n in range(4000)]
    file = lines(*many, name="many.jsonl")

    in_words(run("load", path, file), "the disk is full", "nothing was changed")
    assert before == path.read_bytes()
    assert 2 == len(run("list", path, "sites", "--format", "jsonl").stdout.splitlines())


def test_a_registry_is_not_half_made_on_a_full_disk(run: Run, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 1_500_000)
    path = small_disk / "new.db"

    in_words(run("init", path), "the disk is full")
    assert not path.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_finds_no_room_is_no_success(program: Program, registry: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = program("list", registry, "sites", stdout=full, stderr=-1, capture_output=False)

    assert 1 == done.returncode
    assert b"no space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_is_no_fault(demo: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m heritage list {demo}/registry.db claims --format jsonl"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -n 1"], capture_output=True, check=False, cwd=tmp_path
    )

    assert b"" == done.stderr
    assert 1 == done.stdout.count(b"\n")


def test_a_new_registry_never_takes_the_place_of_a_file(run: Run) -> None:
    Path("notes.txt").write_text("mine")

    in_words(run("init", "notes.txt"), "already exists", "nothing was written")
    assert "mine" == Path("notes.txt").read_text()


def test_a_new_registry_needs_a_folder(run: Run) -> None:
    in_words(run("init", "no/such/folder/r.db"), "its folder does not exist")


def test_a_public_edition_never_takes_the_place_of_the_registry(run: Run, registry: Path) -> None:
    before = registry.read_bytes()
    result = run("publish", registry, registry)

    assert 2 == result.exit_code
    assert "is the registry itself" in result.stderr
    assert before == registry.read_bytes()


@pytest.mark.parametrize("kind", ["a text", "another registry"])
def test_a_public_edition_never_takes_the_place_of_another_file(
    kind: str, run: Run, registry: Path, small: Path
) -> None:
    target = Path("target.db")
    if kind == "a text":
        target.write_text("mine")
    else:
        shutil.copy(small, target)
    before = target.read_bytes()

    in_words(run("publish", registry, target), "already exists", "nothing was written")
    assert before == target.read_bytes()


def test_an_id_that_leads_nowhere_is_named(run: Run, registry: Path) -> None:
    in_words(run("show", registry, "atlantis"), "'atlantis'")
    in_words(run("history", registry, "atlantis"), "'atlantis'")
    in_words(run("list", registry, "events", "--site", "atlantis"), "'atlantis'")


def test_a_fault_of_the_program_is_told_without_a_traceback_unless_asked(
    run: Run, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("heritage.registry.Registry.check", broken)
    silent = run("check", registry)
    monkeypatch.setenv("HERITAGE_TRACEBACK", "1")
    asked = run("check", registry)

    assert (1, 1) == (silent.exit_code, asked.exit_code)
    assert "ZeroDivisionError: by zero" in silent.stderr
    assert "Traceback" not in silent.stderr
    assert "Traceback" in asked.stderr


def test_an_interrupt_ends_with_its_own_status(
    run: Run, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("heritage.registry.Registry.check", interrupted)

    assert 130 == run("check", registry).exit_code
