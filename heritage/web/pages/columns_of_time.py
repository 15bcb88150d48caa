"""Years with their numbers of events to columns: the timeline of many events."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

from heritage.web.queries import Row

HIGH = 120.0
"""The height of the highest column in pixels."""

YEARS = 60
"""Columns, at most; what is earlier is counted."""


@attrs.frozen(kw_only=True)
class Column:
    """A year: events that are dated to it, those in dispute, and those that may reach into it."""

    year: str
    x: str
    width: str
    firm: int
    disputed: int
    wide: int
    """Events whose window is longer than the year."""
    parts: list[Row]
    """What is drawn: `look`, `y` and `height`, from the ground up."""

    @property
    def total(self) -> int:
        """How many events may have happened in the year."""
        return self.firm + self.disputed + self.wide


@attrs.frozen(kw_only=True)
class Columns:
    """The columns of the newest years, and how many events lie before."""

    columns: list[Column]
    earlier: int
    high: float = HIGH


def columns(cells: Sequence[Row], *, mirrored: bool) -> Columns | None:
    """The picture of some cells; None where none is dated.

    Args:
        cells: `first`, `last`, `status` and number `n`, of `filtered.years`.
        mirrored: Whether time runs from right to left.
    """
    known = [(_number(cell["first"]), _number(cell["last"]), cell) for cell in cells]
    ends = [year for first, last, _ in known for year in (first, last) if year is not None]
    if not ends:
        return None
    newest = max(ends)
    oldest = max(min(ends), newest - YEARS + 1)
    counted = {year: [0, 0, 0] for year in range(oldest, newest + 1)}
    earlier = 0
    for first, last, cell in known:
        low, high = first if first is not None else last, last if last is not None else first
        if high is None or low is None or high < oldest:
            earlier += cell["n"]
        elif low == high:
            counted[low][cell["status"] in ("disputed", "undecided")] += cell["n"]
        else:
            for year in range(max(low, oldest), high + 1):
                counted[year][2] += cell["n"]
    most = max(sum(numbers) for numbers in counted.values())
    width = 100 / len(counted)
    drawn = []
    for place, (year, numbers) in enumerate(counted.items()):
        at = len(counted) - 1 - place if mirrored else place
        firm, disputed, wide = numbers
        drawn.append(
            Column(
                year=str(year),
                x=f"{at * width:.3f}%",
                width=f"{width * 0.86:.3f}%",
                firm=firm,
                disputed=disputed,
                wide=wide,
                parts=_stacked(numbers, most),
            )
        )
    return Columns(columns=drawn, earlier=earlier)


def _number(year: str) -> int | None:
    return int(year) if year.isdecimal() else None


def _stacked(numbers: Sequence[int], most: int) -> list[Row]:
    """The pieces of a column; each that has any event can be seen."""
    found, ground = [], HIGH
    for look, number in zip(("", "disputed", "wide"), numbers, strict=True):
        if number:
            height = max(math.floor(HIGH * number / most), 1)
            ground -= height
            found.append({"look": look, "y": f"{ground:.0f}", "height": f"{height:.0f}"})
    return found
