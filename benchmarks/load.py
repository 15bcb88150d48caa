"""Generated events to a registry: the load beside a script that does it by hand.

Run with `python benchmarks/load.py [--sizes 100000 1000000]`. Each size is
generated once, then loaded in a process of its own by plain sqlite3
(`_floor.py`) and by `Registry.load` (`_ours.py`), into registries that were
made alike. Both have to end with the same number of rows in every table; for a
small file, with the same rows. The chain of hashes over the log is ours alone: its
cost is in the figures, and not in the floor. `of floor` compares the seconds on the clock,
`by cpu` those of the processor alone, which other programs disturb less.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from heritage.store import schema

HERE = Path(__file__).parent
SIZES = (100_000, 1_000_000)
SMALL = 1_000
KILOBYTE = 1024 if sys.platform == "darwin" else 1
"""What `ru_maxrss` counts in, against the kilobytes of Linux."""


def run(script: str, *arguments: str) -> dict[str, Any]:
    """What a script of this folder prints."""
    command = [sys.executable, str(HERE / script), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout or "{}")
    return found


def load(script: str, lines: Path, *options: str) -> tuple[dict[str, Any], Path]:
    """Load a file into a new registry; the figures, and the registry."""
    registry = lines.with_name(f"{script}{''.join(options)}.db")
    registry.unlink(missing_ok=True)
    schema.create(registry).close()
    return run(script, str(lines), str(registry), *options), registry


def tables(registry: Path) -> dict[str, int]:
    """The number of rows in every table that holds content."""
    with sqlite3.connect(registry) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\'"
            " AND name NOT LIKE 'places\\_%' ESCAPE '\\' AND name <> 'seals'"
        ).fetchall()
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for (name,) in names
        }


def differs(floor: Path, ours: Path, table: str) -> bool:
    """Whether a table holds other rows; those of the log are compared without their number."""
    columns = "change, kind, record, version, table_name, row_key, op, before, after"
    sides = [f"SELECT {columns if table == 'history' else '*'} FROM {db}.{table}" for db in "ab"]
    with sqlite3.connect(":memory:") as connection:
        connection.execute("ATTACH ? AS a", (str(floor),))
        connection.execute("ATTACH ? AS b", (str(ours),))
        return any(
            connection.execute(f"{one} EXCEPT {other} LIMIT 1").fetchone()
            for one, other in (sides, sides[::-1])
        )


def same(floor: Path, ours: Path, *, whole: bool) -> None:
    """Stop where the two registries differ."""
    expected, found = tables(floor), tables(ours)
    if expected != found:
        sys.exit(f"the registries differ: {sorted(expected.items() ^ found.items())}")
    if not whole:
        return
    for table in expected.keys() - {"changes", "_concluded", "_sqlite_migrations"}:
        if differs(floor, ours, table):
            sys.exit(f"the registries differ in {table}")


def line(what: str, count: int, figures: dict[str, Any], floor: dict[str, Any]) -> None:
    """Print one line of the table."""
    seconds, cpu = figures["seconds"], figures["cpu"]
    peak = figures["peak"] / 1024 / KILOBYTE
    print(
        f"{what:24} {count:9,} {seconds:8.2f} {count / seconds:10,.0f}"
        f" {seconds / floor['seconds']:9.2f} {cpu / floor['cpu']:9.2f} {peak:8.0f}",
        flush=True,
    )


def main(sizes: list[int], *, rounds: int, stages: bool) -> None:
    """Print the table."""
    heads = (
        ("events", 9),
        ("seconds", 8),
        ("per second", 10),
        ("of floor", 9),
        ("by cpu", 9),
        ("peak MB", 8),
    )
    print(f"{'what':24}", *(f"{head:>{width}}" for head, width in heads))
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "events.jsonl"
        for size in sizes:
            run("_generate.py", str(size), str(lines))
            for _ in range(rounds):
                compare(lines, size, stages=stages)
        run("_generate.py", str(SMALL), str(lines))
        floor, ours, by_hand = compare(lines, SMALL, stages=stages)
        singly, _ = load("_ours.py", lines, "singly")
        line("single changes", SMALL, singly, by_hand)
        # Last, because the peak of a process counts what its parent had when it began.
        same(floor, ours, whole=True)


def compare(lines: Path, size: int, *, stages: bool) -> tuple[Path, Path, dict[str, Any]]:
    """Load by hand and by the package; both registries, and the figures by hand."""
    by_hand, floor = load("_floor.py", lines)
    line("by hand", size, by_hand, by_hand)
    found, ours = load("_ours.py", lines)
    line("a load", size, found, by_hand)
    if stages:
        print({stage: round(taken, 2) for stage, taken in by_hand["stages"].items()})
    same(floor, ours, whole=False)
    return floor, ours, by_hand


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of events")
    parser.add_argument("--rounds", type=int, default=1, help="how often each size is loaded")
    parser.add_argument("--stages", action="store_true", help="tell where the floor spends it")
    chosen = parser.parse_args()
    main(list(chosen.sizes), rounds=chosen.rounds, stages=chosen.stages)
