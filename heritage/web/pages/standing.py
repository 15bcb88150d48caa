"""Sites to how their parts stand: how many of them are in which state, as their pages say."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from heritage.dates import FuzzyDate
from heritage.web import concluded
from heritage.web.pages.condition import leaves
from heritage.web.queries import PARTS, Row, of_home, of_site
from heritage.web.words import Words

PARTS_ASKED = 1_500
"""Parts that are asked for, of all sites together."""

STANDS = ("destroyed", "damaged", "undecided", "restored", "intact", "unknown")
"""How a part can stand, the worst first."""

NAMED = 24
"""Sites whose parts are told in words."""


def standing(connection: sqlite3.Connection, ids: Iterable[str], date: FuzzyDate) -> dict[str, Row]:
    """By site, how many of its parts that have no parts themselves are in which state on a date.

    Sites without parts are left out, and those whose parts would be too many
    together with the parts of those before. A part is what its own page says.
    """
    parts: dict[str, list[str]] = {}
    asked = 0
    for id, some in of_home.parts(connection, ids, 2 * PARTS_ASKED).items():
        found = leaves(some if len(some) <= PARTS else of_site.parts(connection, id)[:PARTS])
        if found and asked + len(found) <= PARTS_ASKED:
            parts[id] = found
            asked += len(found)
    every = list(dict.fromkeys(part for some in parts.values() for part in some))
    states = concluded.states(connection, every, date)
    return {id: _counted(states[part] for part in some) for id, some in parts.items()}


def _counted(states: Iterable[str]) -> Row:
    counts = Counter(states)
    return {name: counts[name] for name in STANDS}


def told(stand: Row, words: Words) -> str:
    """How the parts of a site stand, in words."""
    return words("comma").join(
        words(f"stand_{name}", n=words.number(stand[name])) for name in STANDS if stand[name]
    )


def named(points: Sequence[Row], stands: Mapping[str, Row], words: Words) -> list[Row]:
    """Sites with parts in words and as a bar, those with most parts first."""
    found = [
        {**row, "parts": stands[row["id"]], "total": sum(stands[row["id"]].values())}
        for row in points
        if sum(stands.get(row["id"], {}).values()) > 1
    ]
    found.sort(key=lambda row: (-row["total"], row["id"]))
    return [
        {**row, "bars": _bars(row["parts"], words), "told": told(row["parts"], words)}
        for row in found[:NAMED]
    ]


def _bars(stand: Row, words: Words) -> list[Row]:
    """The shares of a bar, in percent, from where a reader begins."""
    total, at, bars = sum(stand.values()), 0.0, []
    for name in STANDS:
        width = 100 * stand[name] / total
        if width:
            x = 100 - at - width if words.direction == "rtl" else at
            bars.append({"look": name, "x": f"{x:.2f}%", "width": f"{width:.2f}%"})
        at += width
    return bars
