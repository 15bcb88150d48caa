"""What a publication holds at once does not depend on how much there is to publish."""

from __future__ import annotations

import gc
import json
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import heritage
from heritage import Claim, Event, Site, Source, codec
from heritage.model import Record
from heritage.publishing import Progress
from heritage.store import public, read
from heritage.store.public import roll

FEW, MANY = 150, 600
AT_ONCE = 50


def records(count: int) -> Iterator[Record]:
    """So many events with a claim each, half of them by a source that is not named."""
    for access in ("public", "restricted"):
        yield Source(id=f"{access}-source", title="A source", access=access)
    for number in range(count):
        access = ("public", "restricted")[number % 2]
        yield Site(id=f"site-{number}")
        yield Event(id=f"event-{number}", label="An event", sites=(f"site-{number}",))
        yield Claim(
            subject=f"event-{number}",
            property="date",
            value="2015-08-30",
            as_written="in August",
            source=f"{access}-source",
        )


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A registry with few records, and one with these and many others."""
    folder = tmp_path_factory.mktemp("sizes")
    paths = folder / "few.db", folder / "many.db"
    for path, count in zip(paths, (FEW, MANY), strict=True):
        path.with_suffix(".jsonl").write_text(
            "".join(
                json.dumps({"kind": codec.kind_of(each), "record": codec.to_plain(each)}) + "\n"
                for each in records(count)
            )
        )
        with heritage.open(path, create=True) as registry:
            registry.load(path.with_suffix(".jsonl"))
    return paths


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held at once is little beside what there is."""
    monkeypatch.setattr(public, "BATCH", AT_ONCE)
    monkeypatch.setattr(read, "CHUNK", AT_ONCE)
    monkeypatch.setattr(roll, "CHUNK", AT_ONCE)
    monkeypatch.setattr(roll, "REMEMBERED", AT_ONCE)


def publish(path: Path, progress: Progress | None = None) -> None:
    with heritage.open(path, readonly=True) as registry:
        registry.publish(path.with_suffix(".public"), progress=progress)


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """The most records that were there at one time, of those that were read to be published."""
    now = most = 0
    make = read._record

    def gone() -> None:
        nonlocal now
        now -= 1

    def counted(kind: str, id: str, plain: dict[str, Any]) -> Record:
        nonlocal now, most
        record = make(kind, id, plain)
        weakref.finalize(record, gone)
        now += 1
        most = max(most, now)
        return record

    with monkeypatch.context() as patch:
        patch.setattr(read, "_record", counted)
        yield lambda: most


def test_no_more_records_are_held_when_there_are_more(
    registries: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for path in registries:
        with held(monkeypatch) as most:
            publish(path)
        found.append(most())

    assert 0 < found[0] <= 2 * AT_ONCE
    assert found[0] == found[1]


def most_memory(path: Path) -> int:
    """The most bytes that Python held while it published, after it verified."""
    verified = False

    def forget(what: str, _done: int) -> None:
        nonlocal verified
        gc.collect()  # what Python keeps of its own for new objects would count, too
        if not verified and what != "verifying":
            verified = True
            tracemalloc.reset_peak()

    gc.collect()
    tracemalloc.start()
    publish(path, forget)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_little_is_remembered_of_each_record(registries: tuple[Path, Path]) -> None:
    few, many = registries
    publish(many)  # words that were folded once are remembered, up to a bound

    # An id alone takes sixty bytes, and there are three of them for each event.
    assert (most_memory(many) - most_memory(few)) / (MANY - FEW) < 120
