"""Many programs at one registry: nobody's work is lost, whoever dies meanwhile."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import heritage
from heritage.web.attached import is_registry

ACTING = Path(__file__).parent / "acting.py"
State = Callable[[Path], dict[str, list[str]]]


@pytest.fixture
def counter(path: Path) -> Path:
    with heritage.open(path) as registry, registry.change(by="tester", why="begin") as change:
        change.put(heritage.Source(id="counter", title="A counter", note="0"))
    return path


def begin(counter: Path, name: str, times: int, verb: str = "count") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ACTING), verb, str(counter), name, str(times)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def counted(counter: Path) -> int:
    with heritage.open(counter, readonly=True) as registry:
        return int(registry.source("counter").note or "-1")


def test_eight_writers_lose_nothing_and_all_get_their_turn(
    counter: Path, state: State, deep: bool
) -> None:
    times = 200 if deep else 4
    writers = [begin(counter, f"w{number}", times) for number in range(8)]

    said = [writer.communicate(timeout=600) for writer in writers]

    assert [0] * 8 == [writer.returncode for writer in writers], said
    assert [""] * 8 == [error for _, error in said]
    assert 8 * times == counted(counter)
    state(counter)
    connection = sqlite3.connect(counter)
    by = Counter(
        name for (name,) in connection.execute("SELECT by FROM changes WHERE by <> 'tester'")
    )
    assert {f"w{number}": times for number in range(8)} == dict(by)
    connection.close()
    with heritage.open(counter, readonly=True) as registry:
        assert 1 + 8 * times == registry.version("source", "counter")
        assert 8 * times + 2 == sum(1 for _ in registry.sites(all=True))


@pytest.mark.parametrize("same", [True, False], ids=["the same record", "each its own"])
def test_eight_writers_make_every_amendment_and_none_waits_out_of_measure(
    counter: Path, state: State, deep: bool, same: bool
) -> None:
    times = 1_000 if deep else 25
    names = ["counter"] * 8 if same else [f"source-{number}" for number in range(8)]
    with heritage.open(counter) as registry, registry.change(by="tester", why="more") as change:
        for name in names:
            change.put(heritage.Source(id=name, title="A counter", note="0"))

    writers = [begin(counter, name, times, "amend") for name in names]

    said = [writer.communicate(timeout=1200) for writer in writers]

    assert [0] * 8 == [writer.returncode for writer in writers], said
    with heritage.open(counter, readonly=True) as registry:
        for name, writes in Counter(names).items():
            assert str(times * writes) == registry.source(name).note
            assert 1 + times * writes == registry.version("source", name)
    took = [float(line) for out, _ in said for line in out.splitlines() if line != "done"]
    assert 8 * times == len(took)
    # A turn is due after seven others. SQLite's own waiting lets some wait until the time
    # that is allowed is over, which is 15 seconds, and then fail.
    assert max(took) < max(100 * sum(took) / len(took), 5)
    state(counter)


def test_copies_are_made_while_others_write_and_each_is_of_one_moment(
    counter: Path, state: State, deep: bool
) -> None:
    writers = [begin(counter, f"w{number}", 100 if deep else 10) for number in range(4)]
    copies: list[tuple[int, Path, str]] = []
    while any(writer.poll() is None for writer in writers):
        before, copy = counted(counter), counter.with_name(f"copy-{len(copies)}.db")
        with heritage.open(counter) as registry:
            copies.append((before, copy, registry.backup(copy).head))
    said = [writer.communicate(timeout=600) for writer in writers]

    assert [0] * 4 == [writer.returncode for writer in writers], said
    assert 0 < copies[-1][0]
    seen = [0]
    for before, copy, head in copies:
        state(copy)
        with heritage.open(copy) as registry:
            seen.append(counted(copy))
            # A counter and a site in each change, and two records to begin with.
            assert seen[-1] + 2 == sum(1 for _ in registry.sites(all=True))
            assert head == registry.backup(copy.with_name("again.db")).head
        copy.with_name("again.db").unlink()
        assert max(before, seen[-2]) <= seen[-1]
    names = {counter.name, *(copy.name for _, copy, _ in copies)}
    assert names == {each.name for each in counter.parent.iterdir()}


def test_who_was_overtaken_reads_again_and_loses_nothing(counter: Path, state: State) -> None:
    writers = [begin(counter, "counter", 10, "retry") for _ in range(4)]

    said = [writer.communicate(timeout=600) for writer in writers]

    assert [0] * 4 == [writer.returncode for writer in writers], said
    assert 40 == counted(counter)
    state(counter)


def test_a_registry_that_is_opened_again_keeps_its_locks(counter: Path) -> None:
    # Closing a file lets go of all locks that the same program holds on it: so a registry
    # is never opened but by SQLite, which knows.
    writing = (
        "import sqlite3, sys\n"
        "other = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "other.execute('BEGIN IMMEDIATE')\n"
    )
    with heritage.open(counter) as ours, ours.change(by="tester", why="at work") as change:
        change.put(heritage.Site(id="half"))
        heritage.open(counter).close()
        heritage.open(counter, readonly=True).close()
        with pytest.raises(heritage.RegistryExistsError):
            heritage.Registry.create(counter)
        assert is_registry(str(counter))

        theirs = subprocess.run(
            [sys.executable, "-c", writing, str(counter)],
            capture_output=True,
            text=True,
            check=False,
        )

    assert "database is locked" in theirs.stderr


def test_what_was_acknowledged_stays_when_programs_are_killed(
    counter: Path, state: State, deep: bool
) -> None:
    acknowledged: set[str] = set()
    chance = random.Random(2015)  # noqa: S311 - any moment will do
    for number in range(100 if deep else 5):
        writer = begin(counter, f"w{number}", 1_000)
        assert writer.stdout is not None
        assert writer.stderr is not None
        acknowledged.add(writer.stdout.readline().strip())
        time.sleep(chance.random() / 5)
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged |= {line.strip() for line in writer.stdout if line.endswith("\n")}
        writer.wait()
        writer.stdout.close()
        writer.stderr.close()

        state(counter)
        with heritage.open(counter, readonly=True) as registry:
            found = {site.id for site in registry.sites() if site.id.startswith("w")}
        assert acknowledged <= found
        # At the most one more: committed, and killed before it could tell.
        assert len(found) <= len(acknowledged) + number + 1
        assert len(found) == counted(counter)


def test_a_reader_sees_one_state_while_others_write(counter: Path) -> None:
    with heritage.open(counter, readonly=True) as reader, heritage.open(counter) as writer:
        with writer.change(by="tester", why="half of it") as change:
            change.put(heritage.Site(id="half"))
            with pytest.raises(heritage.RecordNotFoundError):
                reader.site("half")
        assert "half" == reader.site("half").id


def test_who_waits_too_long_is_told_and_nothing_is_changed(
    counter: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(counter)
    with heritage.open(counter) as waiting:
        waiting._connection.execute("PRAGMA busy_timeout = 50")
        holder = sqlite3.connect(counter, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")

        with pytest.raises(heritage.RegistryBusyError, match="another program") as raised:  # noqa: SIM117
            with waiting.change(by="tester", why="in vain"):
                pytest.fail("the block must not begin")
        assert "nothing was changed" in str(raised.value)
        assert "waited 0.05 seconds" in str(raised.value)
        assert "--wait" in str(raised.value)

        holder.execute("ROLLBACK")
        holder.close()
        with waiting.change(by="tester", why="at last") as change:
            change.put(heritage.Site(id="late"))
    assert before != state(counter)


def test_a_load_waits_for_no_longer_than_others_do(counter: Path, file: Path, state: State) -> None:
    before = state(counter)
    with heritage.open(counter) as waiting:
        waiting._connection.execute("PRAGMA busy_timeout = 50")
        holder = sqlite3.connect(counter, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")

        with pytest.raises(heritage.RegistryBusyError):
            waiting.load(file)
        with pytest.raises(heritage.RegistryBusyError, match=r"waited 0\.05 seconds"):
            waiting.site("palmyra")

        holder.execute("ROLLBACK")
        holder.close()
        assert before == state(counter)
        assert "palmyra" == waiting.site("palmyra").id


@pytest.mark.parametrize("many", [2, 8])
def test_programs_that_migrate_at_once_all_succeed_and_one_does_it(
    old: Path, state: State, tmp_path: Path, many: int
) -> None:
    path = Path(shutil.copy(old, tmp_path / "old.db"))
    command = [sys.executable, "-m", "heritage", "migrate", str(path)]
    migrating = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(many)
    ]

    said = [each.communicate(timeout=300) for each in migrating]

    assert [0] * many == [each.returncode for each in migrating], said
    assert ["0002_concluded"] == [out.split()[0] for out, _ in said if out]
    assert many - 1 == sum("nothing to do" in err for _, err in said)
    state(path)
    with heritage.open(path) as registry:
        assert 20 == sum(1 for _ in registry.claims())
        assert "agreed" == registry.conclusions(property="date")[0]["status"]


def test_a_new_registry_waits_as_long_as_it_was_told(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with heritage.open(path, create=True, wait=0.05) as waiting:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(heritage.RegistryBusyError, match=r"waited 0\.05 seconds"):  # noqa: SIM117
            with waiting.change(by="tester", why="in vain"):
                pytest.fail("the block must not begin")
        holder.close()
