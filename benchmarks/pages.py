"""Home, search and filtered lists beside Datasette's own faceted table page, on the same file.

Run with `python benchmarks/pages.py FILE [TIMES]`; the file is a registry or an
edition. Each address is asked for in turn, without a network, and the medians
of all rounds are compared.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

from datasette.app import Datasette

from heritage import web

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


async def asked(application: Datasette, address: str) -> float:
    """Milliseconds that one answer takes."""
    begun = time.perf_counter()
    answer = await application.client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return 1000 * (time.perf_counter() - begun)


async def compare(path: Path, times: int) -> None:
    """Ask for every page in turn, and print the medians."""
    application = web.application(path)
    addresses = (*OURS, FACETED.format(name=path.stem))
    taken: dict[str, list[float]] = {address: [] for address in addresses}
    for address in addresses:
        await asked(application, address)
    for _ in range(times):
        for address in addresses:
            taken[address].append(await asked(application, address))
    floor = statistics.median(taken[addresses[-1]])
    for address, each in taken.items():
        median = statistics.median(each)
        print(f"{median:9.1f} ms {median / floor:6.3f} of the faceted page  {address}")


if __name__ == "__main__":
    asyncio.run(compare(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 15))
