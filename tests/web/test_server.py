"""A registry is served as it stands, or refused with a reason."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from heritage import web
from heritage.errors import NotARegistryError, RegistryMissingError, UsageError
from heritage.web.attached import is_registry
from heritage.web.server import is_settled, listening

SERVE = (
    "import sys; from heritage import web;"
    " web.serve(sys.argv[1], port=int(sys.argv[2]), private=True)"
)


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    """A registry that may be spoilt."""
    return Path(shutil.copy(small, tmp_path / "copy.db"))


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port: int = listener.getsockname()[1]
        return port


def answer(port: int, path: str) -> str:
    """What a server answers, once it is up."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as response:
                text: str = response.read().decode()
                return text
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not come up")


@contextmanager
def served_copy(copy: Path, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server of the copy in a process of its own: its port, and what it printed."""
    port, printed = free_port(), tmp_path / "printed"
    # Into a file: a pipe that nobody reads would stop the server when it is full.
    with printed.open("wb") as file:
        command = [sys.executable, "-c", SERVE, str(copy), str(port)]
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield port, printed
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture
def served(copy: Path, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """That server, for a test that starts it as it is."""
    with served_copy(copy, tmp_path) as found:
        yield found


def test_a_registry_is_served_on_a_loopback_address_and_nothing_is_printed(
    served: tuple[int, Path],
) -> None:
    port, printed = served

    assert "Old City" in answer(port, "/sites/city")
    assert "Old City" in answer(port, "/")
    assert "" == printed.read_text("utf-8")


def test_an_address_that_leads_nowhere_prints_no_traceback(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Datasette hands every exception to a package of this name, where there is one.
    modules = tmp_path / "modules"
    modules.mkdir()
    stand_in = "import sys\n\n\ndef get_console():\n    print('traceback', file=sys.stderr)\n"
    (modules / "rich.py").write_text(stand_in, "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(modules), os.getenv("PYTHONPATH", "")]))
    with served_copy(copy, tmp_path) as (port, printed):
        answer(port, "/")
        for path in ("/copy/none", "/none", "/sites/none"):
            with pytest.raises(urllib.error.HTTPError) as caught:
                answer(port, path)
            caught.value.close()
            assert 404 == caught.value.code
        assert "" == printed.read_text("utf-8")


@pytest.mark.parametrize("companion", ["-wal", "-journal"])
def test_only_a_file_that_nobody_can_change_is_settled(
    copy: Path, companion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_settled(copy)

    # Root may write every file, so the answer of the system is given here.
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == copy and mode == os.W_OK))
    assert is_settled(copy)
    beside = Path(f"{copy}{companion}")
    beside.touch()
    assert is_settled(copy)
    beside.write_bytes(b"pages of a change under way")
    assert not is_settled(copy)


def test_rows_in_a_write_ahead_log_are_served(copy: Path) -> None:
    writer = sqlite3.connect(copy)
    with closing(writer):
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE names SET text = 'Newest City' WHERE text = 'Old City'")
        writer.commit()
        datasette = web.application(copy, private=True)
        database = datasette.databases["copy"]
        try:
            connection = database.connect()
            found = connection.execute("SELECT name FROM sites WHERE id = 'city'").fetchone()
            assert ("Newest City",) == tuple(found)
        finally:
            database.close()


def test_what_is_no_registry_is_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")

    with pytest.raises(NotARegistryError):
        web.application(foreign)
    with pytest.raises(RegistryMissingError):
        web.application(tmp_path / "missing.db")


def test_the_mark_in_the_header_decides(small: Path, tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_bytes(b"SQLite")

    assert is_registry(str(small))
    assert not is_registry(str(short))
    assert not is_registry(str(tmp_path))
    assert not is_registry(str(tmp_path / "missing.db"))
    assert not is_registry(None)


def test_an_address_that_is_taken_is_refused_with_a_reason() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} of 127.0.0.1"):
            listening("127.0.0.1", port)
    with pytest.raises(UsageError, match="no such host"):
        listening("no such host", 0)
