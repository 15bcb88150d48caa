"""Claims to conclusions: what concluding a registry costs, and touching one event of it.

Run with `python benchmarks/conclusions.py [EVENTS]`; each event has ten claims.
The floor is reading the same claims as records, which any judgement needs.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from heritage.model import Claim
from heritage.registry import Registry

CLAIMS = 10
SITES = 1_000
SOURCES = 500
SEVERITIES = ("slight", "moderate", "severe", "destroyed")
CAUSES = ("artillery", "explosives", "fire", "air_strike")
TOUCHED = 30


def records(events: int) -> Iterator[tuple[str, dict[str, object]]]:
    """Sources that copy each other, sites, events, and claims that disagree."""
    dice = random.Random(events)
    for number in range(SOURCES):
        source: dict[str, object] = {"id": f"s{number}", "title": f"Source {number}"}
        source |= {"publisher": f"Publisher {number}", "tier": dice.randint(0, 3)}
        if number > 100 and dice.random() < 0.3:
            source["relies_on"] = [f"s{dice.randrange(100)}"]
        yield "source", source
    for number in range(SITES):
        yield "site", {"id": f"site{number}"}
    for number in range(events):
        site = f"site{dice.randrange(SITES)}"
        yield "event", {"id": f"e{number}", "label": f"Event {number}", "sites": [site]}
        day = dice.randint(1, 28)
        for _ in range(CLAIMS):
            yield "claim", _claim(dice, f"e{number}", day)


def _claim(dice: random.Random, event: str, day: int) -> dict[str, object]:
    name, value = dice.choice(
        (
            ("date", f"2015-08-{min(28, max(1, day + dice.choice((0, 0, 0, 1, -1)))):02d}"),
            ("date", dice.choice(("2015-08", "2015-08~", "[2015-07..2015-08]"))),
            ("severity", dice.choice(SEVERITIES)),
            ("cause", dice.choice(CAUSES)),
            ("actor", dice.choice(("One side", "The other side"))),
        )
    )
    words = f"as source says {dice.random():.9f}"
    source = f"s{dice.randrange(SOURCES)}"
    return {
        "subject": event,
        "property": name,
        "value": value,
        "as_written": words,
        "source": source,
    }


def main(events: int) -> None:
    """Load, conclude and touch; print what each cost."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "records.jsonl")
        with lines.open("w", encoding="utf-8") as file:
            for kind, record in records(events):
                file.write(json.dumps({"kind": kind, "record": record}) + "\n")
        with Registry(Path(folder, "registry.db"), create=True) as registry:
            start = time.process_time()
            report = registry.load(lines)
            loaded = time.process_time() - start
            start = time.process_time()
            read = sum(1 for _ in registry.claims())
            floor = time.process_time() - start
            found = len(registry.conclusions())
            touched = [_touch(registry, number) for number in range(TOUCHED)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"events {events:,}, claims {read:,}, conclusions {found:,}")
    print(f"problems {len(report.problems)}")
    print(
        f"load and conclude   {loaded:8.1f} s of the processor, {found / loaded:,.0f} conclusions/s"
    )
    print(f"read the claims     {floor:8.1f} s, the floor; ratio {loaded / floor:.1f}")
    print(
        f"touch one event     {statistics.median(touched) * 1000:8.1f} ms, the median of {TOUCHED}"
    )
    print(f"peak memory         {peak:8.0f} MB")


def _touch(registry: Registry, number: int) -> float:
    start = time.process_time()
    with registry.change(by="benchmark", why="touch") as change:
        change.put(
            Claim(subject=f"e{number}", property="date", value="2015-08-15", source=f"s{number}")
        )
    return time.process_time() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
