"""A registry to be hurt, what it holds, and what must be true of it afterwards."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import heritage
from heritage import Claim, Event, Identifier, Location, Name, Site, Source, codec
from heritage.model import Record

ACTING = Path(__file__).parent / "acting.py"
LINES: tuple[Record, ...] = (
    Source(id="report", title="A report"),
    Site(
        id="palmyra",
        names=(Name(text="تدمر", language="ar"),),
        countries=("SY",),
        identifiers=(Identifier(scheme="whc", value="23"),),
        location=Location(longitude=38.27, latitude=34.55),
    ),
    Site(id="bel", part_of="palmyra", kind="temple"),
    Event(id="blast", label="Blast", sites=("bel",)),
    Claim(id="c-1", subject="blast", property="date", value="2015-08-30", source="report"),
)


@pytest.fixture(scope="session")
def deep() -> bool:
    """Whether every fault point is tried (`make faults`) or a sample of them."""
    return os.environ.get("HYPOTHESIS_PROFILE") == "deep"


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a little of everything."""
    path = tmp_path_factory.mktemp("original") / "registry.db"
    with (
        heritage.open(path, create=True) as registry,
        registry.change(by="tester", why="begin") as change,
    ):
        for record in LINES:
            change.put(record)
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may hurt."""
    return Path(shutil.copy(original, tmp_path / "registry.db"))


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to load: new records, changed ones, and enough of them to fill pages."""
    path = tmp_path_factory.mktemp("file") / "own.jsonl"
    records: list[Record] = [
        Site(id="palmyra", kind="tell", names=(Name(text="Palmyra"),), part_of="desert"),
        Site(id="desert"),
        *(
            Site(id=f"tomb-{n}", names=(Name(text=f"Tomb {n}"),), part_of="palmyra")
            for n in range(300)
        ),
        *(Event(id=f"event-{n}", label=f"Event {n}", sites=(f"tomb-{n}",)) for n in range(300)),
    ]
    with path.open("w", encoding="utf-8") as out:
        for record in records:
            line = {"kind": codec.kind_of(record), "record": codec.to_plain(record)}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


@pytest.fixture(scope="session")
def act() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the program that works on a registry, perhaps below another program."""

    def run(
        *arguments: object, below: Sequence[object] = (), timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        command = [*below, sys.executable, ACTING, *arguments]
        return subprocess.run(
            [str(each) for each in command],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


def content(path: Path) -> dict[str, list[str]]:
    """Every table but those that hold moments."""
    connection = sqlite3.connect(path)
    found = {}
    for name, sql in connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    ).fetchall():
        if "VIRTUAL" in sql or name in {"changes", "_sqlite_migrations"}:
            continue
        rows = connection.execute(f"SELECT * FROM {name}").fetchall()
        found[name] = [repr(row) for row in rows]
    found["schema"] = [
        repr(row)
        for row in connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
    ]
    connection.close()
    return found


@pytest.fixture(scope="session")
def state() -> Callable[[Path], dict[str, list[str]]]:
    """What a registry holds, once it is found sound."""

    def read(path: Path) -> dict[str, list[str]]:
        connection = sqlite3.connect(path)
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
        connection.close()
        return content(path)

    return read
