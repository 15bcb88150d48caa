"""Date texts to dates parsed per second, beside what the standard library does.

Run with `python benchmarks/dates.py`. Every text is parsed once and is different
from all others, so that no cache can help. The floor, in the same run, is a loop
over `datetime.date.fromisoformat`, which reads plain days only.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from itertools import islice, product

from heritage.dates import FuzzyDate

COUNT = 50_000
ROUNDS = 3
FIRST_DAY = dt.date(1850, 1, 1).toordinal()


def samples() -> dict[str, list[str]]:
    """Texts by what they are, all different."""
    days = [dt.date.fromordinal(FIRST_DAY + n).isoformat() for n in range(COUNT + 40)]
    months = [
        f"{y:04}-{m:02}" for y, m in islice(product(range(1, 9999), range(1, 13)), COUNT + 40)
    ]
    return {
        "days": days[:COUNT],
        "days, qualified": [f"{day}~" for day in days[:COUNT]],
        "days with a time": [f"{day}T16:05:00+03:00" for day in days[:COUNT]],
        "months": months[:COUNT],
        "parts of years": [
            f"{y:04}-{part}" for y, part in islice(product(range(9999), range(21, 42)), COUNT)
        ],
        "intervals": [f"{a}/{b}" for a, b in zip(days, days[9:], strict=False)][:COUNT],
        "one of a window": [f"[{a}..{b}]" for a, b in zip(days, days[4:], strict=False)][:COUNT],
        "sets of four": [
            f"{{{a},{b}~,{c}..{d}}}"
            for a, b, c, d in zip(months, months[2:], months[5:], months[9:], strict=False)
        ][:COUNT],
        "unspecified digits": [
            text
            for year in range(1000, 9999)
            for text in (f"{year}-XX-2X", f"{year}-1X", f"{year}-02-2X")
        ][:COUNT],
        "years with Y": [f"Y{n}" for n in range(10_000, 10_000 + COUNT)],
        "exponents": [f"Y-{n}E8S2" for n in range(10, 10 + COUNT)],
    }


def rate(read: Callable[[str], object], texts: Sequence[str]) -> float:
    """Texts a second, the best of a few rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for text in texts:
            read(text)
        best = max(best, len(texts) / (time.perf_counter() - start))
    return best


def main() -> None:
    """Print the table."""
    found = samples()
    floor = rate(dt.date.fromisoformat, found["days"])
    print(f"{'what':20} {'texts':>8} {'per second':>12} {'of the floor':>13}  example")
    print(f"{'date.fromisoformat':20} {COUNT:8} {floor:12,.0f} {1:13.3f}  {found['days'][0]}")
    for name, texts in found.items():
        per_second = rate(FuzzyDate.parse, texts)
        ratio = per_second / floor
        print(f"{name:20} {len(texts):8} {per_second:12,.0f} {ratio:13.3f}  {texts[0]}")


if __name__ == "__main__":
    main()
