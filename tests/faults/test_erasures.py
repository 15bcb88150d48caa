"""An erasure stopped at any system call: nothing is erased, or everything is in the end."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import heritage
from heritage.store import chain
from heritage.store.erasing import residue
from tests.registries import assert_whole

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink")
"""What SQLite changes a disk with."""

POINTS, MANY_POINTS = 3, 100
"""How many points the short and the long form try of each kind of call."""

Act = Callable[..., "subprocess.CompletedProcess[str]"]
Point = tuple[str, int]
WITNESS = "kanarienvogel"


def tracing(strace: str, path: Path, *more: str) -> list[str]:
    """A command that traces what is done to a registry and its journal."""
    return [strace, "-f", "-qq", "-P", str(path), "-P", f"{path}-journal", *more]


def points_in(log: Path, deep: bool) -> list[Point]:
    """The first call of each kind, the last, and some of those between."""
    calls = Counter(
        re.findall(rf"^\d+ +({'|'.join(CALLS)})\(", log.read_text("utf-8"), re.MULTILINE)
    )
    wanted = (MANY_POINTS if deep else POINTS) - 1
    return [
        (call, number)
        for call, total in sorted(calls.items())
        for number in sorted({1 + (total - 1) * step // wanted for step in range(wanted + 1)})
    ]


@pytest.fixture(scope="module")
def told(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry in which a witness speaks, whom others name, with pages that were freed."""
    path = tmp_path_factory.mktemp("told") / "registry.db"
    shutil.copy(original, path)
    with heritage.open(path) as registry:
        registry._connection.execute("PRAGMA secure_delete = OFF")
        for number in range(3):
            with registry.change(by="tester", why="a talk") as change:
                change.put(heritage.Source(id=WITNESS, title=f"{WITNESS} {number} " * 900))
                if not number:
                    claim = heritage.Claim(
                        subject="palmyra", property="condition", value="good", source=WITNESS
                    )
                    change.put(claim)
    return path


@pytest.fixture(scope="module")
def points(
    told: Path, strace: str, act: Act, deep: bool, tmp_path_factory: pytest.TempPathFactory
) -> list[Point]:
    folder = tmp_path_factory.mktemp("undisturbed")
    path, log = folder / "registry.db", folder / "log"
    shutil.copy(told, path)
    below = tracing(strace, path, "-e", f"trace={','.join(CALLS)}", "-o", str(log))
    assert "done" == act("erase", path, WITNESS, below=below).stdout.strip()
    return points_in(log, deep)


def assert_all_or_nothing(path: Path) -> bool:
    """After the next one who writes; whether it was erased."""
    with heritage.open(path) as registry:
        registry.finish_erasures()
        connection = registry._connection
        assert not residue.is_marked(connection)
        assert_whole(connection)
        assert chain.head(connection) == chain.newest(connection)
        stored = dict(connection.execute("SELECT seq, hash FROM seals"))
        assert stored == {each.seq: each.hash for each in chain.links(connection, 0, chain.START)}
        is_there = bool(
            connection.execute("SELECT 1 FROM sources WHERE id = ?", (WITNESS,)).fetchone()
        )
    in_file = WITNESS.encode() in path.read_bytes()
    assert is_there == in_file
    return not in_file


@pytest.mark.parametrize("what", ["signal=SIGKILL", "error=EIO", "error=ENOSPC"])
def test_an_erasure_stopped_at_a_system_call_erases_nothing_or_all(
    told: Path, points: list[Point], strace: str, act: Act, tmp_path: Path, what: str
) -> None:
    ends = set()
    for point in points:
        for left in tmp_path.glob("registry.db*"):
            left.unlink()
        path = Path(shutil.copy(told, tmp_path / "registry.db"))

        inject = f"inject={point[0]}:{what}:when={point[1]}"
        below = tracing(strace, path, "-o", "/dev/null", "-e", inject)
        done = act("erase", path, WITNESS, below=below)

        assert "Traceback" not in done.stderr, (point, done.stderr)
        erased = assert_all_or_nothing(path)
        if "done" in done.stdout.splitlines():
            assert erased, point
        elif done.stdout:
            assert not erased, (point, done.stdout)
        ends.add(erased)
    assert {True, False} == ends
