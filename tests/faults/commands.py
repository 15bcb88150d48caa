"""Commands that are hurt on the way: what each begins with, and what it may end with."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import attrs

import heritage
from tests.faults.soundness import State, content, state

CALLS = (
    "openat", "pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "link", "linkat", "rename",
    "chmod", "fchmod", "fchmodat",
)  # fmt: skip
"""What changes a disk, and what comes before that."""

Point = tuple[str, int]


@attrs.frozen
class Command:
    """A command line, in a folder that is made for it."""

    name: str
    arguments: tuple[str, ...]
    target: str = "registry.db"
    """The file that it makes or changes."""
    pages: int = 0
    """How many pages it may keep in memory; 0 for the usual."""


BY = ("--by", "tester", "--why", "a fault")
COMMANDS = (
    Command("load", ("load", "registry.db", "own.jsonl")),
    Command("load in little memory", ("load", "registry.db", "own.jsonl"), pages=10),
    Command("apply", ("apply", "registry.db", "edits.jsonl", *BY)),
    Command("revert", ("revert", "registry.db", "1", *BY)),
    Command("erase", ("erase", "registry.db", "c-1", "--yes", *BY)),
    Command("migrate", ("migrate", "old.db"), target="old.db"),
    Command("init", ("init", "new.db"), target="new.db"),
    Command("publish", ("publish", "registry.db", "public.db"), target="public.db"),
    Command("backup", ("backup", "registry.db", "copy.db"), target="copy.db"),
)


@attrs.frozen
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str
    is_left: bool = False
    """Whether it may leave a file that it could not remove."""


class Servant:
    """The program that carries out commands, and a folder that it does so in."""

    def __init__(self, begin: Path, work: Path, printed: Path) -> None:
        self.begin, self.work, self.printed = begin, work, printed
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.carrying_out"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asked, self._told = self._process.stdin, self._process.stdout

    def stop(self) -> None:
        """Let it go."""
        self._process.communicate(timeout=60)

    def lay_out(self) -> None:
        """Make the folder as it was in the beginning."""
        for each in self.work.iterdir():
            each.unlink()
        for each in self.begin.iterdir():
            shutil.copy(each, self.work)

    def _begin(self, command: Command, **more: float) -> int:
        """The number of a child that stops before its first instruction."""
        self.lay_out()
        arguments = [
            str(self.work / each) if re.search(r"\.(db|jsonl)$", each) else each
            for each in command.arguments
        ]
        printed = {"out": str(self.printed), "pages": command.pages}
        self._asked.write(json.dumps({"arguments": arguments, **printed, **more}) + "\n")
        self._asked.flush()
        return int(self._told.readline())

    def _end(self) -> Ended:
        status = int(self._told.readline())
        out, err = ((self.printed / name).read_text("utf-8") for name in ("out", "err"))
        return Ended(status, out, err)

    def carry_out(self, command: Command, *strace: str) -> Ended:
        """Carry out a command from the beginning, below strace where that is given."""
        child = self._begin(command)
        if not strace:
            os.kill(child, signal.SIGCONT)
            return self._end()
        with subprocess.Popen(
            [*strace, "-p", str(child)], stderr=subprocess.PIPE, text=True
        ) as tracer:
            assert tracer.stderr is not None
            said = tracer.stderr.readline()
            os.kill(child, signal.SIGCONT)
            ended = self._end()
            assert "attached" in said, said
            tracer.stderr.read()
        return ended

    def kill(self, command: Command, after: float) -> Ended:
        """Carry out a command, and kill it after so many seconds."""
        self._begin(command, kill_after=after)
        return self._end()

    def points(self, command: Command, strace: str) -> list[Point]:
        """Every call on a file of the folder, by its number among the calls of its name."""
        log = self.printed / "log"
        done = self.carry_out(command, strace, "-y", "-o", str(log), "-e", f"trace={_all()}")
        assert 0 == done.status, done
        numbers: dict[str, int] = {}
        found = []
        for line in log.read_text("utf-8", "replace").splitlines():
            call = line.partition("(")[0]
            if call in CALLS:
                numbers[call] = numbers.get(call, 0) + 1
                if str(self.work) in line:
                    found.append((call, numbers[call]))
        return found

    def hurt(self, command: Command, strace: str, point: Point, what: str) -> Ended:
        """Let something happen at a call: `signal=SIGKILL`, `error=EIO`."""
        inject = f"inject={point[0]}:{what}:when={point[1]}"
        below = ("-o", "/dev/null", "-e", f"trace={point[0]}", "-e", inject)
        ended = self.carry_out(command, strace, *below)
        return attrs.evolve(ended, is_left=point[0] == "unlink")


def _all() -> str:
    return ",".join(CALLS)


@attrs.frozen
class Undisturbed:
    """What a command is given and what it makes of it, when nothing goes wrong."""

    command: Command
    before: bytes | None
    after: State
    points: list[Point]


def undisturbed(servant: Servant, command: Command, strace: str) -> Undisturbed:
    """Carry out a command as it should be."""
    points = servant.points(command, strace)
    given = servant.begin / command.target
    before = given.read_bytes() if given.exists() else None
    found = Undisturbed(command, before, content(servant.work / command.target), points)
    assert before is None or found.after != content(given)
    return found


def judged(servant: Servant, usual: Undisturbed, ended: Ended) -> str:
    """`before` or `after`, whatever happened; everything else is an error."""
    command, folder = usual.command, servant.work
    target = folder / command.target
    told = f"{ended}"
    assert "Traceback" not in ended.err, told
    assert "should not have happened" not in ended.err, told
    for each in folder.glob("registry.db"):
        heritage.open(each).close()
        if each != target:
            assert each.read_bytes() == (servant.begin / each.name).read_bytes(), told
    if not target.exists():
        assert usual.before is None, told
        found = "before"
    else:
        if command.target == "old.db":
            content(target)  # rolls back what was begun
        same = target.read_bytes() == usual.before
        found = "before" if same else "after"
        if not same:
            assert usual.after == state(target), told
    if ended.status == 0:
        assert "after" == found, told
    elif ended.status > 0:
        assert 1 == ended.status, told
        assert re.fullmatch(rf"((heritage|{folder}/\S+): \S.*\n)+", ended.err), told
    if ended.status >= 0 and not ended.is_left:
        assert [] == [each.name for each in folder.glob(".*")], told
    return found
