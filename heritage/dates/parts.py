"""What a date says, taken apart: the values that the parser hands over.

A `Reading` holds items; an item is a `Part` (one date expression) or a `Run`
(two ends with a slash or two dots between them).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from heritage.dates.days import Day

__all__ = ["APPROXIMATE", "UNCERTAIN", "Item", "Kind", "Part", "Qualifiers", "Reading", "Run"]

UNCERTAIN = 1
APPROXIMATE = 2
_SIGNS = ("", "?", "~", "%")


class Kind(StrEnum):
    """How a date is to be understood."""

    POINT = "point"
    """One date expression: a day, or a month, year, season or pattern of digits,
    somewhere in which lies the moment that is meant."""
    ONE_OF = "one-of"
    """`[a,b..c]`: one of these dates, and it is not known which."""
    SPAN = "span"
    """`a/b`: something that lasted from the one to the other."""
    SET = "set"
    """`{a,b..c}`: each of these dates."""


class Qualifiers(NamedTuple):
    """The signs `?`, `~` and `%` of one date expression, by component ("" for none)."""

    year: str
    month: str
    day: str


class Part(NamedTuple):
    """One date expression, as written, with the first and last day that fit it."""

    text: str
    year: str
    """The year as written, without qualifiers: `2015`, `-01XX`, `Y17E7`, `1950S2`."""
    month: str
    """Two characters, digits or X: a month 01 to 12 or a sub-year 21 to 41; "" for none."""
    day: str
    time: str
    """The time of day with its shift from UTC, `16:05:00+03:00`; "" for none."""
    precision: str
    """What the expression names: year, month, day, season, quarter, quadrimester or semestral."""
    marks: tuple[int, int, int]
    """UNCERTAIN and APPROXIMATE bits for year, month and day."""
    level: int
    first: Day
    last: Day

    @property
    def qualifiers(self) -> Qualifiers:
        """The qualifier that holds for each component, from either side of it."""
        return Qualifiers(*(_SIGNS[mark] for mark in self.marks))

    @property
    def has_unspecified_digits(self) -> bool:
        """Whether there is an X anywhere."""
        return "X" in self.text


class Run(NamedTuple):
    """Two dates and all between them; an end may be missing."""

    start: Part | None
    """None where the run has no beginning, or an unknown one."""
    end: Part | None
    is_start_unknown: bool = False
    """True for `/1985`, where there is a beginning that nobody knows."""
    is_end_unknown: bool = False


Item = Part | Run


class Reading(NamedTuple):
    """All that a date says."""

    kind: Kind
    first: Day | None
    last: Day | None
    marks: int
    """UNCERTAIN and APPROXIMATE bits of all parts together."""
    level: int
    items: tuple[Item, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every date expression, in the order in which they are written."""
        found: list[Part] = []
        for item in self.items:
            ends = (item.start, item.end) if isinstance(item, Run) else (item,)
            found.extend(part for part in ends if part is not None)
        return tuple(found)
