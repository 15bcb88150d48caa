"""Whoever waits for an edition is told how far it is, and can stop it."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import heritage
from heritage.store.connection import stoppable
from tests import palmyra


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry, and an older edition of it."""
    path = tmp_path_factory.mktemp("stopping") / "registry.db"
    with heritage.open(path, create=True) as registry:
        registry.publish(path.with_name("public.db"))
        with registry.change(by="n", why="w") as change:
            for record in palmyra.EVERYTHING:
                change.put(record)
    return path


def stages(registry: Path) -> list[tuple[str, int]]:
    """What was told of a publication."""
    told: list[tuple[str, int]] = []
    with heritage.open(registry, readonly=True) as opened:
        opened.publish(
            registry.with_name("told.db"), progress=lambda what, done: told.append((what, done))
        )
    return told


def test_what_is_done_is_told_with_the_number_of_records(original: Path, tmp_path: Path) -> None:
    told = stages(Path(shutil.copy(original, tmp_path)))
    with heritage.open(original) as registry:
        events = len(list(registry.records("event")))

    assert ("writing events", events) in told
    assert "verifying the file" == told[0][0]
    assert "packing" == told[-1][0]


def test_an_edition_that_is_stopped_leaves_the_old_one(original: Path, tmp_path: Path) -> None:
    for file in original.parent.glob("*.db"):
        shutil.copy(file, tmp_path)
    registry, public = tmp_path / "registry.db", tmp_path / "public.db"
    before = public.read_bytes()

    for stage, _ in stages(registry):

        def stop(what: str, _done: int, stage: str = stage) -> None:
            if what == stage:
                raise KeyboardInterrupt

        with heritage.open(registry) as opened, pytest.raises(KeyboardInterrupt):
            opened.publish(public, progress=stop)
        assert before == public.read_bytes()
        assert [] == list(tmp_path.glob(".*"))


@pytest.fixture
def strike() -> Iterator[None]:
    """A key is struck in a moment."""

    def struck(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, struck)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers of a process here")
@pytest.mark.usefixtures("strike")
# Datasette, where a test has used it, lets sqlite3 tell of what is raised within a call of it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_statement_does_not_keep_a_key_waiting() -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(KeyboardInterrupt),
        stoppable(connection),
    ):
        connection.execute(endless)
