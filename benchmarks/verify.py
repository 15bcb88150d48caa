"""A registry to its proof: what verifying costs, beside merely reading its log.

Run with `python benchmarks/verify.py [EVENTS]`; each event has ten claims. The
floor is reading every entry of the log and hashing its text, which no proof of
the log can do without.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from heritage.registry import Registry
from heritage.store.verify import concluding, following, searching
from heritage.store.verify.faults import Notes
from heritage.store.verify.walking import walk

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.conclusions import records


def seconds(act: Callable[[], object]) -> float:
    """The processor time of an act."""
    start = time.process_time()
    act()
    return time.process_time() - start


def read(path: Path) -> None:
    """Read and hash the log."""
    connection = sqlite3.connect(path)
    for row in connection.execute("SELECT * FROM history ORDER BY seq"):
        sha256(repr(row).encode()).digest()
    connection.close()


def part(path: Path, act: Callable[[sqlite3.Connection], object]) -> float:
    """The processor time of one examination by itself."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    found = seconds(lambda: act(connection))
    connection.close()
    return found


def main(events: int) -> None:
    """Load, verify, and print what each cost."""
    with tempfile.TemporaryDirectory() as folder:
        lines, path = Path(folder, "records.jsonl"), Path(folder, "registry.db")
        with lines.open("w", encoding="utf-8") as file:
            for kind, record in records(events):
                file.write(json.dumps({"kind": kind, "record": record}) + "\n")
        with Registry(path, create=True) as registry:
            registry.load(lines)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        floor = seconds(lambda: read(path))
        with Registry(path, readonly=True) as registry:
            start = time.process_time()
            found = registry.verify()
            whole = time.process_time() - start
        parts = {
            "the chain": part(path, walk),
            "what is derived": part(path, lambda c: list(following.examine(c))),
            "search": part(path, lambda c: list(searching.examine(c))),
            "conclusions": part(path, lambda c: list(concluding.examine(c, Notes()))),
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"entries {found.entries:,}, problems {len(found.problems)}")
    print(f"read and hash the log {floor:8.1f} s of the processor, the floor")
    print(f"verify                {whole:8.1f} s, {whole / floor:.1f} of the floor,")
    print(f"                      {whole / found.entries * 1e6:8.0f} µs an entry")
    for name, cost in parts.items():
        print(f"  of which {name:<16} {cost:5.1f} s")
    print(f"peak memory           {peak:8.0f} MB, {before:.0f} MB of it by the load")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
