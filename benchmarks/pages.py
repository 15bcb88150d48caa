"""The website's pages beside Datasette's own, on the same files.

Run with `python benchmarks/pages.py [FILE ...] [--times 5] [--sample 60]`; a
file is a registry or an edition. Without one, registries of `--sizes` events
with claims that disagree are made first, in `--folder` if they are to be kept.
Home, search and filtered lists stand beside the faceted table page, the pages
of different sites, events and sources beside the row pages of the same records,
and so does the page with most on it of each kind.

Each address is asked for in turn, without a network, of a server that has
opened its connections and compiled its templates. Answers are kept while the
file stays as it is, so each is measured twice: when it is asked for first, and
when it has been asked for before. What the server makes by itself before
anybody asks (`heritage.web.preparing`) is marked with a star: its visitors find
the second figure. The times are the processor's, and the medians are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from datasette.app import Datasette

from heritage.registry import Registry
from heritage.web import preparing, rendering
from heritage.web.server import SETTINGS

FACETED = "/{name}/event_sites?_facet=site&_facet=event"
OURS = (
    "/",
    "/search?q=temple",
    "/search?kind=events",
    "/search?kind=sites",
    "/search?kind=sources",
    "/search?country=SY",
    "/search?country=SY&severity=destroyed&during=2015",
    "/search?during=2015-08",
    "/search?within=35,32,43,37.5",
)
SIZES = (1_000, 1_000_000)
ROOMS = ("sites", "events", "sources")
MOST: dict[str, str] = {
    "sites": """SELECT place FROM (
            SELECT site AS place FROM event_sites UNION ALL
            SELECT a.ancestor FROM event_sites x JOIN _site_ancestors a ON a.site = x.site)
        GROUP BY 1 ORDER BY count(*) DESC LIMIT 1""",
    "events": """SELECT e.id FROM events e LEFT JOIN (
            SELECT subject, count(*) AS n FROM claims GROUP BY 1) c ON c.subject = e.id
        ORDER BY c.n DESC LIMIT 1""",
    "sources": """SELECT o.id FROM sources o LEFT JOIN (
            SELECT source, count(*) AS n FROM claims GROUP BY 1) c ON c.source = o.id
        ORDER BY c.n DESC LIMIT 1""",
    "changes": "SELECT change FROM history GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
}
"""For each room, what finds the record with most on its page."""


def served(path: Path) -> Datasette:
    """A server of the file that was asked for nothing yet."""
    return Datasette([str(path)], settings=SETTINGS)


async def asked(application: Datasette, address: str) -> float:
    """Milliseconds of the processor that one answer takes."""
    begun = time.process_time()
    answer = await application.client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return 1000 * (time.process_time() - begun)


async def open_all(application: Datasette) -> None:
    """Let every thread open its connection, and compile every template."""
    for name in rendering.names(application):
        rendering.template(application, name)
    threads = application.setting("num_sql_threads")
    await asyncio.gather(*(asked(application, "/about?open=" + str(n)) for n in range(2 * threads)))


def tell(what: str, first: Sequence[float], again: Sequence[float], floor: float) -> None:
    """Print one line: medians, and both ratios to the floor."""
    cold, warm = statistics.median(first), statistics.median(again)
    print(f"{cold:9.1f} ms {cold / floor:7.3f}   again {warm:7.1f} ms {warm / floor:7.3f}   {what}")


async def lists(path: Path, times: int) -> None:
    """Home, search and lists; a fresh server for each round, so that the first is a first."""
    addresses = (*OURS, FACETED.format(name=path.stem))
    taken: dict[str, tuple[list[float], list[float]]] = {each: ([], []) for each in addresses}
    for _ in range(times):
        application = served(path)
        await open_all(application)
        for address, (first, again) in taken.items():
            first.append(await asked(application, address))
            again.append(await asked(application, address))
        for database in application.databases.values():
            database.close()
    floor = statistics.median(taken[addresses[-1]][1])
    for address, each in taken.items():
        tell(address + " *" * (address in preparing.ADDRESSES), *each, floor)
    ours = [each for address, each in taken.items() if address in OURS]
    for what, at in (("asked for first", 0), ("asked for again", 1)):
        median = statistics.median(time for each in ours for time in each[at])
        print(f"{median:9.1f} ms {median / floor:7.3f}   the median of all of these, {what}")


def sample(path: Path, room: str, count: int) -> list[str]:
    """Ids of some records, evenly spread."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        ids = [id for (id,) in connection.execute(f"SELECT id FROM {room} ORDER BY id")]
    return ids[:: max(1, len(ids) // count)][:count]


async def records(path: Path, samples: Mapping[str, Sequence[str]]) -> None:
    """Pages of different records beside the row pages of the same records."""
    application = served(path)
    for room, (warming, *ids) in samples.items():
        taken: Mapping[str, list[float]] = {"first": [], "again": [], "row": []}
        for address in (f"/{room}/{warming}", f"/{path.stem}/{room}/{warming}"):
            await asked(application, address)
        for id in ids:
            for name, address in (
                ("first", f"/{room}/{id}"),
                ("row", f"/{path.stem}/{room}/{id}"),
                ("again", f"/{room}/{id}"),
            ):
                taken[name].append(await asked(application, address))
        floor = statistics.median(taken["row"])
        tell(f"/{room}/… of {len(ids)}", taken["first"], taken["again"], floor)
        tell(f"/{path.stem}/{room}/…, the row", taken["row"], taken["row"], floor)


def with_most(path: Path) -> list[str]:
    """The records with most on their pages, one of each kind."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = [(room, connection.execute(sql).fetchone()) for room, sql in MOST.items()]
    return [f"{room}/{row[0]}" for room, row in found if row]


async def fullest(path: Path, most: Sequence[str], times: int) -> None:
    """The page with most on it of each kind, beside the row page of the same record."""
    taken: dict[str, dict[str, list[float]]] = {
        record: {"first": [], "again": [], "row": []} for record in most
    }
    for _ in range(times):
        application = served(path)
        for record, each in taken.items():
            # In another language, so that templates and caches are there, and no answer.
            await asked(application, f"/{record}?lang=ar")
            each["first"].append(await asked(application, f"/{record}"))
            each["again"].append(await asked(application, f"/{record}"))
            await asked(application, f"/{path.stem}/{record}?_size=1")
            each["row"].append(await asked(application, f"/{path.stem}/{record}"))
    for record, each in taken.items():
        tell(
            f"/{record}, the fullest", each["first"], each["again"], statistics.median(each["row"])
        )


async def compare(path: Path, times: int, count: int) -> None:
    """Measure both and print them."""
    # Before any server bounds what SQLite may hold in this process.
    samples = {room: sample(path, room, count + 1) for room in ROOMS}
    most = with_most(path)
    await lists(path, times)
    await records(path, samples)
    await fullest(path, most, times)


def made(size: int, folder: Path) -> Path:
    """A registry of that many events, made where there is none yet."""
    registry, lines = folder / f"events{size}.db", folder / f"events{size}.jsonl"
    if not registry.exists():
        generate = [sys.executable, str(Path(__file__).parent / "_generate.py")]
        subprocess.run([*generate, str(size), str(lines), "argued"], check=True)
        unfinished = registry.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with Registry(unfinished, create=True) as new:
            new.load(lines)
        unfinished.rename(registry)
        lines.unlink()
    return registry


def main(files: Sequence[Path], sizes: Sequence[int], folder: Path, *numbers: int) -> None:
    """Make what is to be made, and print what each costs."""
    for path in files or [made(size, folder) for size in sizes]:
        print(f"{path.name}, {path.stat().st_size / 1e6:,.0f} MB")
        asyncio.run(compare(path, *numbers))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", help="registries or editions")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of events")
    parser.add_argument("--folder", type=Path, help="where registries that were made stay")
    parser.add_argument("--times", type=int, default=5, help="rounds of home and lists")
    parser.add_argument(
        "--sample", type=int, default=60, help="sites and events that are asked for"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        main(chosen.files, chosen.sizes, folder, chosen.times, chosen.sample)
