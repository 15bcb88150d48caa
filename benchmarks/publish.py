"""A registry to its public edition: beside loading the same records.

Run with `python benchmarks/publish.py [--sizes 100000 1000000]`. Each size is
generated and loaded once, in a process of its own, and published in another, so
that the peak of memory is that of publishing alone. `of load` compares the
processor time of both. With `--registry FILE` a registry that is there already is
published, and compared with nothing. With `--argued` each event has claims that
disagree, as they have in real life; conclusions then take most of the time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from heritage.registry import Registry

HERE = Path(__file__).parent
SIZES = (100_000, 1_000_000)
KILOBYTE = 1024 if sys.platform == "darwin" else 1
"""What `ru_maxrss` counts in, against the kilobytes of Linux."""


def run(script: str, *arguments: str) -> dict[str, Any]:
    """What a script of this folder prints."""
    command = [sys.executable, str(HERE / script), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout or "{}")
    return found


def publish(registry: str, public: str) -> None:
    """Publish, and print the seconds, those of each stage, and the memory as JSON."""
    stages: dict[str, float] = {}
    stage, began = "", time.process_time()

    def told(what: str, _done: int) -> None:
        nonlocal stage, began
        now = time.process_time()
        stages[stage] = stages.get(stage, 0) + now - began
        stage, began = what.partition(" ")[0], now

    clock, used = time.perf_counter(), time.process_time()
    with Registry(registry, readonly=True) as opened:
        opened.publish(public, progress=told)
    told("", 0)
    found = {
        "seconds": time.perf_counter() - clock,
        "cpu": time.process_time() - used,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "stages": stages,
        "bytes": Path(public).stat().st_size,
    }
    print(json.dumps(found))


def line(what: str, figures: dict[str, Any], load: dict[str, Any]) -> None:
    """Print one line of the table."""
    peak = figures["peak"] / 1024 / KILOBYTE
    print(
        f"{what:24} {figures['seconds']:9.2f} {figures['cpu']:9.2f}"
        f" {figures['cpu'] / load['cpu']:9.2f} {peak:9.0f}",
        flush=True,
    )


def tell(count: str, found: dict[str, Any], load: dict[str, Any]) -> None:
    """Print what publishing took, and where it went."""
    line(f"publish {count}", found, load)
    for stage, taken in found["stages"].items():
        if stage:
            print(f"  {stage:22} {'':9} {taken:9.2f} {taken / load['cpu']:9.2f}")
    print(f"  {found['bytes'] / 1e6:,.0f} MB")


def main(sizes: list[int], registry: str | None, *, argued: bool) -> None:
    """Print the table."""
    print(f"{'what':24} {'seconds':>9} {'cpu':>9} {'of load':>9} {'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        public = str(Path(folder) / "public.db")
        if registry is not None:
            found = run("publish.py", "--one", registry, public)
            tell(registry, found, found)
            return
        for size in sizes:
            lines, filled = Path(folder) / "events.jsonl", Path(folder) / f"{size}.db"
            run("_generate.py", str(size), str(lines), *(["argued"] if argued else []))
            with Registry(filled, create=True):
                pass
            load = run("_ours.py", str(lines), str(filled))
            line(f"load {size:,}", load, load)
            tell(f"{size:,}", run("publish.py", "--one", str(filled), public), load)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of events")
    parser.add_argument("--argued", action="store_true", help="with claims on each event")
    parser.add_argument("--registry", help="a registry to publish instead")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        publish(*chosen.one)
    else:
        main(list(chosen.sizes), chosen.registry, argued=chosen.argued)
