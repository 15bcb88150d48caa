"""A program that works on a registry and may be stopped at any moment: `acting.py VERB FILE`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import heritage


def tell(line: str) -> None:
    """Say what is done, at once: whoever stops the program has read it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def load(path: str, file: str) -> None:
    """Load a file."""
    with heritage.open(path) as registry:
        registry.load(file)


def edit(path: str) -> None:
    """Edit many kinds of records in one change."""
    with heritage.open(path) as registry, registry.change(by="tester", why="a fault") as change:
        change.rename("site", "palmyra", "tadmur")
        change.amend("site", "bel", kind="ruin", names=[heritage.Name(text="Baal")])
        change.put(heritage.Site(id="new", part_of="tadmur"))
        change.retract("claim", "c-1")


def erase(path: str, id: str) -> None:
    """Erase a record, of which a stub stays; what the file could not be rid of is told."""
    with heritage.open(path) as registry:
        erasure = registry.erase(id, by="tester", why="a fault")
        if not erasure.finished:
            tell("unfinished")


def migrate(path: str) -> None:
    """Make a registry."""
    heritage.open(path, create=True).close()


def count(path: str, name: str, times: str) -> None:
    """Add to a counter that others add to as well, in one change each, and tell of each."""
    for number in range(int(times)):
        with heritage.open(path) as registry:
            with registry.change(by=name, why=f"number {number}") as change:
                found = int(registry.source("counter").note or "0")
                change.amend("source", "counter", note=str(found + 1))
                change.put(heritage.Site(id=f"{name}-{number}"))
            tell(f"{name}-{number}")


def amend(path: str, id: str, times: str) -> None:
    """Add to the number in a source's note, one change after the other; tell how long each took."""
    with heritage.open(path) as registry:
        for number in range(int(times)):
            began = time.monotonic()
            with registry.change(by=id, why=f"number {number}") as change:
                found = int(registry.source(id).note or "0")
                change.amend("source", id, note=str(found + 1))
            tell(f"{time.monotonic() - began:.6f}")


def retry(path: str, id: str, times: str) -> None:
    """The same in two steps: read outside the change, and read again where others were quicker."""
    with heritage.open(path) as registry:
        for number in range(int(times)):
            while True:
                version, found = registry.version("source", id), registry.source(id)
                note = str(int(found.note or "0") + 1)
                try:
                    with registry.change(by=id, why=f"number {number}") as change:
                        change.amend("source", id, note=note, expect=version)
                except heritage.RecordChangedError:
                    continue
                break


VERBS: dict[str, Callable[..., None]] = {
    "load": load,
    "edit": edit,
    "erase": erase,
    "migrate": migrate,
    "count": count,
    "amend": amend,
    "retry": retry,
}


def main(verb: str, *arguments: str) -> int:
    """Do one thing; what is refused is told in one line."""
    try:
        VERBS[verb](*arguments)
    except heritage.HeritageError as error:
        tell(f"{type(error).__name__}: {error}")
        return 3
    tell("done")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
