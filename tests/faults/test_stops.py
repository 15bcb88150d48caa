"""A program stopped at any system call, or by a fault of the disk: as before, or as after."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

Act = Callable[..., "subprocess.CompletedProcess[str]"]
State = Callable[[Path], dict[str, list[str]]]

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "link", "linkat", "rename")
"""What SQLite changes a disk with."""

POINTS, MANY_POINTS = 3, 100
"""How many points the short and the long form try of each kind of call."""

Point = tuple[str, int]


@pytest.fixture(scope="session")
def strace(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of strace, where it is there and may trace."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is needed to stop a program at a system call, and is not installed")
    tried = subprocess.run([found, "-f", "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("strace is installed, but this machine does not let it trace")
    return found


def tracing(strace: str, path: Path, *more: str) -> list[str]:
    """A command that traces what is done to a registry and its journal."""
    return [strace, "-f", "-qq", "-P", str(path), "-P", f"{path}-journal", *more]


def injecting(strace: str, path: Path, point: Point, what: str) -> list[str]:
    """A command that lets something happen at the n-th call of a kind."""
    call, number = point
    return tracing(strace, path, "-o", "/dev/null", "-e", f"inject={call}:{what}:when={number}")


def made(verb: str, path: Path, file: Path) -> list[object]:
    return [verb, path, file] if verb == "load" else [verb, path]


def points_in(log: Path, deep: bool) -> list[Point]:
    """The first call of each kind, the last, and some of those between."""
    calls = Counter(
        re.findall(rf"^\d+ +({'|'.join(CALLS)})\(", log.read_text("utf-8"), re.MULTILINE)
    )
    assert calls
    wanted = (MANY_POINTS if deep else POINTS) - 1
    return [
        (call, number)
        for call, total in sorted(calls.items())
        for number in sorted({1 + (total - 1) * step // wanted for step in range(wanted + 1)})
    ]


@attrs.frozen
class Program:
    """What a program does when nothing stops it, and where it can be stopped."""

    verb: str
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    points: list[Point]


@pytest.fixture(scope="session", params=["load", "edit"])
def program(
    request: pytest.FixtureRequest,
    strace: str,
    original: Path,
    file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    deep: bool,
) -> Program:
    act: Act = request.getfixturevalue("act")
    state: State = request.getfixturevalue("state")
    folder = tmp_path_factory.mktemp("undisturbed")
    path, log = folder / "registry.db", folder / "log"
    shutil.copy(original, path)
    below = tracing(strace, path, "-e", f"trace={','.join(CALLS)}", "-o", str(log))
    done = act(*made(request.param, path, file), below=below)
    assert "done" == done.stdout.strip(), done
    found = Program(request.param, state(original), state(path), points_in(log, deep))
    assert found.before != found.after
    return found


@pytest.fixture
def stopped(
    strace: str, original: Path, file: Path, tmp_path: Path, program: Program, act: Act
) -> Callable[[Point, str], tuple[Path, subprocess.CompletedProcess[str]]]:
    """Run the program on a fresh copy, and let something happen at a call."""
    path = tmp_path / "registry.db"

    def run(point: Point, what: str) -> tuple[Path, subprocess.CompletedProcess[str]]:
        for left in tmp_path.glob("registry.db*"):
            left.unlink()
        shutil.copy(original, path)
        below = injecting(strace, path, point, what)
        return path, act(*made(program.verb, path, file), below=below)

    return run


Stopped = Callable[[Point, str], "tuple[Path, subprocess.CompletedProcess[str]]"]


def test_a_program_killed_at_a_system_call_leaves_all_or_nothing(
    program: Program, stopped: Stopped, state: State
) -> None:
    ends = set()
    for point in program.points:
        path, killed = stopped(point, "signal=SIGKILL")

        assert (True, "") == (killed.returncode != 0, killed.stdout), point
        found = state(path)
        assert found in (program.before, program.after), point
        ends.add(found == program.after)
    assert False in ends


@pytest.mark.parametrize("fault", ["EIO", "ENOSPC"])
def test_a_fault_of_the_disk_is_told_plainly_and_leaves_all_or_nothing(
    program: Program, stopped: Stopped, state: State, deep: bool, fault: str
) -> None:
    for point in program.points:
        if not deep and (point[0] == "pwrite64") == (fault == "EIO"):
            continue  # a full disk shows where it is written, a broken one mostly elsewhere
        path, done = stopped(point, f"error={fault}")

        found = state(path)
        where = f"{point}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, where
        if done.stdout.strip() == "done":
            assert program.after == found, where
        else:
            assert re.match(r"\w+Error: .+", done.stdout), where
            assert program.before == found, where


def test_a_new_registry_killed_while_it_is_made_is_not_there_or_whole(
    act: Act, state: State, strace: str, original: Path, tmp_path: Path, deep: bool
) -> None:
    path, log = tmp_path / "registry.db", tmp_path / "log"
    tracing_all = [strace, "-f", "--seccomp-bpf", "-qq", "-o", str(log), "-e"]
    done = act("migrate", path, below=[*tracing_all, f"trace={','.join(CALLS)}"])
    assert "done" == done.stdout.strip(), done
    after = state(path)
    points = [point for point in points_in(log, deep) if point[0] != "rename"]
    for call, number in points if deep else points[1::2]:
        path.unlink(missing_ok=True)
        kill = f"inject={call}:signal=SIGKILL:when={number}"

        act("migrate", path, below=[*tracing_all, kill])

        if path.exists():
            assert after == state(path), (call, number)
        assert "done" == act("migrate", path).stdout.strip()
        assert after == state(path)
