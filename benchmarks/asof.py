"""A registry to its past: what a question costs as of a moment, beside the same of now.

Run with `python benchmarks/asof.py [SIZES]`: entries of the log, apart from
300 amendments. Half of the records are loaded before the moment asked for and
half after it, with the amendments in between.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from heritage.reading import Reading
from heritage.registry import Registry

SIZES = (2_000, 20_000, 200_000)
AMENDED = 300
AGAIN = 5
COUNTRIES = ("SY", "IQ", "YE", "LB", "LY")

Question = Callable[[Reading], object]

QUESTIONS: dict[str, Question] = {
    "one site": lambda reader: reader.site("a7"),
    "sites of a country, 50 of them": lambda reader: list(reader.sites(country="SY", limit=50)),
    "events of a region": lambda reader: list(reader.events(part_of="a1")),
    "conclusions, 50 of them": lambda reader: reader.conclusions(limit=50),
    "search": lambda reader: reader.search("temple 7"),
    "changes": lambda reader: reader.changes(),
}


def lines(prefix: str, entries: int) -> Iterator[str]:
    """Sites, events and claims that make so many entries in the log."""
    yield _line("source", {"id": f"{prefix}s", "title": "A report"})
    for number in range(entries // 4):
        site: dict[str, object] = {
            "id": f"{prefix}{number}",
            "names": [{"text": f"Temple {number}"}],
            "countries": [COUNTRIES[number % len(COUNTRIES)]],
        }
        if number > 1:
            site["part_of"] = f"{prefix}{number % 50 % number}"
        yield _line("site", site)
        event = f"{prefix}e{number}"
        yield _line("event", {"id": event, "label": "A blast", "sites": [f"{prefix}{number}"]})
        if number % 10 == 0:  # concluding more would take longer than all the rest
            claim: dict[str, object] = {"subject": event, "property": "date"}
            yield _line("claim", {**claim, "value": "2015-08-30", "source": f"{prefix}s"})


def _line(kind: str, record: dict[str, object]) -> str:
    return json.dumps({"kind": kind, "record": record}) + "\n"


def filled(path: Path, entries: int) -> Registry:
    """A registry of which the first change is the moment to be asked for."""
    registry = Registry(path, create=True)
    for prefix in "ab":
        with path.with_suffix(".jsonl").open("w", encoding="utf-8") as file:
            file.writelines(lines(prefix, entries // 2))
        registry.load(path.with_suffix(".jsonl"), by="benchmark", why=prefix)
        if prefix == "a":
            _amend(registry, entries)
    return registry


def _amend(registry: Registry, entries: int) -> None:
    step = max(1, entries // 8 // AMENDED)
    for number in range(AMENDED):
        with registry.change(by="benchmark", why="an amendment") as change:
            id = f"a{number * step % (entries // 8)}"
            change.amend("site", id, kind="temple" if number % 2 else "ruin")


def milliseconds(ask: Callable[[], object]) -> float:
    """The median of some attempts, in processor time."""
    taken = []
    for _ in range(AGAIN):
        start = time.process_time()
        ask()
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1_000


def main(sizes: list[int]) -> None:
    """Print, for every size, what each question costs."""
    with tempfile.TemporaryDirectory() as folder:
        for entries in sizes:
            with filled(Path(folder) / f"{entries}.db", entries) as registry:
                print(f"{entries:,} entries, {AMENDED} amendments since", flush=True)

                def opened(registry: Registry = registry) -> None:
                    with registry.at("change:1") as then:
                        then.site("a7")

                print(f"  opened, and one site: {milliseconds(opened):.1f} ms")
                with registry.at("change:1") as then:
                    for what, question in QUESTIONS.items():
                        past = milliseconds(lambda ask=question, it=then: ask(it))  # type: ignore[misc]
                        now = milliseconds(lambda ask=question, it=registry: ask(it))  # type: ignore[misc]
                        print(f"  {what}: {past:.1f} ms, now {now:.1f} ms", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
