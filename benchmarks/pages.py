"""The website's pages beside Datasette's own, on the same file.

Run with `python benchmarks/pages.py FILE [TIMES] [SAMPLE]`; the file is a
registry or an edition. Home, search and filtered lists stand beside the
faceted table page, the pages of SAMPLE different sites and events beside the
row pages of the same records. Each address is asked for in turn, without a
network. Answers are kept while the file stays as it is, so each is measured
twice: when it is asked for first, and when it has been asked for before. The
times are the processor's, and the medians are compared.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from datasette.app import Datasette

from heritage.web.server import SETTINGS

FACETED = "/{name}/event_sites?_facet=site&_facet=event"
OURS = (
    "/",
    "/search?q=temple",
    "/search?kind=events",
    "/search?country=SY",
    "/search?country=SY&severity=destroyed&during=2015",
    "/search?during=2015-08",
    "/search?within=35,32,43,37.5",
)
ROOMS = ("sites", "events")


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
        await asked(application, "/about")
        for address, (first, again) in taken.items():
            first.append(await asked(application, address))
            again.append(await asked(application, address))
    floor = statistics.median(taken[addresses[-1]][1])
    for address, each in taken.items():
        tell(address, *each, floor)


def sample(path: Path, room: str, count: int) -> list[str]:
    """Ids of some records, evenly spread."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        ids = [id for (id,) in connection.execute(f"SELECT id FROM {room} ORDER BY id")]
    return ids[:: max(1, len(ids) // count)][:count]


async def records(path: Path, count: int) -> None:
    """Pages of different sites and events beside the row pages of the same records."""
    application = served(path)
    for room in ROOMS:
        taken: Mapping[str, list[float]] = {"first": [], "again": [], "row": []}
        warming, *ids = sample(path, room, count + 1)
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


async def compare(path: Path, times: int, count: int) -> None:
    """Measure both and print them."""
    await lists(path, times)
    await records(path, count)


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:]]
    asyncio.run(compare(Path(sys.argv[1]), *(*numbers, *(5, 60)[len(numbers) :])))
