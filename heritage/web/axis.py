"""Days to places on a line: the arithmetic of every picture of time.

Places are percent of the width, as text that SVG takes as it is; the pictures
therefore fit any width without a script. From right to left, time does too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

import attrs

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
MONTH_STEPS = (1, 3, 6)
BEYOND = 10_000
"""Years before and after which no picture goes."""

_NINES = str.maketrans("0123456789", "9876543210")
OPEN = 0.05
"""How far an open side is drawn, as a share of the axis."""

TICKS = 8
"""At most as many marks as stay readable on a phone."""


@lru_cache(maxsize=16_384)
def year_of(key: str) -> float:
    """The year of a day's sort key, with the fraction that has passed.

    Keys are those of `heritage.dates.days.sort_key`. What lies beyond the years
    that a picture can show comes out as the last of them.

    >>> year_of("2015-07-02"), year_of("-9768-01-01"), year_of("Y101700000000-01-01")
    (2015.4973, -31.0, 10000.0)
    """
    if not key[0].isdigit():
        digits, *_ = key[3:].split("-")
        if key[0] == "Y":
            return float(min(int(digits), BEYOND))
        return -float(min(int(digits.translate(_NINES)), BEYOND))
    year, month, day = (int(part) for part in key.split("-"))
    passed = dt.date(2001, month, min(day, 28)).timetuple().tm_yday - 1 + max(0, day - 28)
    return round(year + passed / 366, 4)


@attrs.frozen
class Bar:
    """A window of time on an axis; `open_start` and `open_end` fade out."""

    x: str
    width: str
    middle: str
    open_start: bool = False
    open_end: bool = False


@attrs.frozen
class Tick:
    """A mark on an axis, with its words."""

    x: str
    label: str


@attrs.frozen
class Axis:
    """A stretch of time, in years, drawn in either direction."""

    first: float
    last: float
    mirrored: bool = False

    @classmethod
    def around(cls, years: Iterable[float], *, mirrored: bool = False) -> Axis | None:
        """The axis on which all of some years have room; None where there are none."""
        known = list(years)
        if not known:
            return None
        first, last = min(known), max(known)
        room = max((last - first) * (OPEN + 0.01), 1 / 24)
        return cls(first - room, last + room, mirrored)

    def _place(self, year: float) -> float:
        share = (min(max(year, self.first), self.last) - self.first) / (self.last - self.first)
        return 100 * (1 - share if self.mirrored else share)

    def place(self, year: float) -> str:
        """Where a year lies, in percent."""
        return f"{self._place(year):.2f}%"

    def bar(
        self,
        first: float,
        last: float,
        *,
        open_start: bool = False,
        open_end: bool = False,
        least: float = 0.6,
    ) -> Bar:
        """The bar of a window; an open side runs on a little, to be faded.

        Args:
            first: Its first moment, in years.
            last: Its last moment, in years.
            open_start: Whether it may have begun earlier than is known.
            open_end: Whether it may have ended later than is known.
            least: The least width in percent, so that a day can still be seen.
        """
        beyond = (self.last - self.first) * OPEN
        start = self._place(first - beyond if open_start else first)
        end = self._place(last + beyond if open_end else last)
        low, high = min(start, end), max(start, end)
        if high - low < least:
            middle = min(max((low + high) / 2, least / 2), 100 - least / 2)
            low, high = middle - least / 2, middle + least / 2
        return Bar(
            f"{low:.2f}%",
            f"{high - low:.2f}%",
            f"{(low + high) / 2:.2f}%",
            open_start=open_start,
            open_end=open_end,
        )

    def ticks(self) -> list[Tick]:
        """Marks at whole years, or at whole months where the axis is short."""
        length = self.last - self.first
        if length < 2.5:
            return self._month_ticks(length)
        step = next((step for step in STEPS if length / step <= TICKS), STEPS[-1])
        start = -int(-self.first // step) * step
        return [
            Tick(self.place(year), _year_words(year))
            for year in range(int(start), int(self.last) + 1, step)
        ]

    def _month_ticks(self, length: float) -> list[Tick]:
        step = next((step for step in MONTH_STEPS if length * 12 / step <= TICKS), 12)
        first = int(self.first * 12) // step * step
        months = range(first, int(self.last * 12) + 1, step)
        places = [(month / 12, month) for month in months if month / 12 >= self.first]
        return [Tick(self.place(at), f"{month // 12}-{month % 12 + 1:02}") for at, month in places]


def _year_words(year: int) -> str:
    return str(year) if year > 0 else f"{1 - year} BC"
