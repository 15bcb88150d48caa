"""JSON Lines to a registry by the package, with its seconds and its memory.

Run with `python benchmarks/_ours.py FILE REGISTRY`. With a third argument the
records go in as single changes do, each with all its triggers, in one change.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from heritage.codec import from_plain
from heritage.registry import Registry


def one_by_one(registry: Registry, path: str) -> int:
    """Put every record of a file; no problem is possible."""
    with (
        Path(path).open(encoding="utf-8") as lines,
        registry.change(by="benchmark", why="one by one") as change,
    ):
        for line in map(json.loads, lines):
            change.put(from_plain(line["kind"], line["record"]))
    return 0


def main(path: str, registry: str, *, singly: bool) -> None:
    """Load, and print the seconds and the memory as JSON."""
    start, used = time.perf_counter(), time.process_time()
    with Registry(registry) as opened:
        problems = one_by_one(opened, path) if singly else len(opened.load(path).problems)
    seconds = time.perf_counter() - start
    cpu = time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "problems": problems}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], singly=len(sys.argv) > 3)
