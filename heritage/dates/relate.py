"""Two dates to what they say of each other: relation, gap and hardness.

Dates are compared by the days that fit them: all the days of a span, those of
each member of a one-of or set, those that match a pattern with X. So `1669` is
disjoint from `[1667,1668,1670]`, although it lies between its bounds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

import attrs

from heritage.dates.bounds import pattern_windows
from heritage.dates.days import Day, day_of, month_length, number_of
from heritage.dates.fuzzy import FuzzyDate
from heritage.dates.parts import Item, Kind, Part, Run

__all__ = ["Comparison", "Hardness", "Relation", "day_runs", "during", "relate"]

_BEGINNING: Final = float("-inf")
_END: Final = float("inf")
_MOST_WINDOWS: Final = 50_000

# Runs of days by number, ends included, in order and apart; an open end is infinite.
_Windows = list[tuple[float, float]]


class Relation(StrEnum):
    """What the days of one date are to those of another."""

    EQUAL = "equal"
    REFINES = "refines"
    """All its days are among those of the other, which has more."""
    COARSENS = "coarsens"
    """It has all the days of the other, and more."""
    OVERLAPS = "overlaps"
    """They share some days, and each has others."""
    DISJOINT = "disjoint"

    @property
    def inverse(self) -> Relation:
        """The relation seen from the other date."""
        swapped = {Relation.REFINES: Relation.COARSENS, Relation.COARSENS: Relation.REFINES}
        return swapped.get(self, self)


class Hardness(StrEnum):
    """Whether both dates stand by what they say."""

    HARD = "hard"
    SOFT = "soft"
    """One of them at least is qualified with `?`, `~` or `%`."""


@attrs.frozen
class Comparison:
    """What one date is to another."""

    relation: Relation
    gap_days: int
    """Days from the one to the other, 1 for neighbours; 0 unless disjoint."""
    hardness: Hardness


def relate(a: FuzzyDate, b: FuzzyDate) -> Comparison:
    """Compare two dates: what is `a` to `b`?

    Unknown ends count as open ones. Qualifiers move nothing; they only make the
    result soft. Patterns with more than 50 000 separate runs of days, such as
    `XXXX-XX-23`, are taken from their first day to their last.

    >>> found = relate(FuzzyDate.parse("2015-07~"), FuzzyDate.parse("2015-08-23"))
    >>> str(found.relation), found.gap_days, str(found.hardness)
    ('disjoint', 23, 'soft')
    """
    hardness = Hardness.SOFT if a.is_qualified or b.is_qualified else Hardness.HARD
    ours, theirs = _windows(a), _windows(b)
    gap = _gap(ours, theirs)
    if gap:
        return Comparison(Relation.DISJOINT, gap, hardness)
    within, around = _covers(theirs, ours), _covers(ours, theirs)
    if within and around:
        relation = Relation.EQUAL
    elif within:
        relation = Relation.REFINES
    elif around:
        relation = Relation.COARSENS
    else:
        relation = Relation.OVERLAPS
    return Comparison(relation, 0, hardness)


def during(date: FuzzyDate, window: FuzzyDate) -> Literal["yes", "no", "maybe"]:
    """Whether something so dated happened, or held, at some time in a window.

    "no" where no day fits both. Otherwise "yes" where it is certain:

    * a point or one-of happened once: all days that fit lie in the window;
    * a span lasted: its start, its end or a day that it surely covers (from the
      last possible start to the first possible end) lies in the window;
    * a set happened each time: one member at least lies in the window.

    >>> august = FuzzyDate.parse("2015-08")
    >>> during(FuzzyDate.parse("[2015-08-27..2015-09-02]"), august)
    'maybe'
    >>> during(FuzzyDate.parse("2015-08-27/2015-09-02"), august)
    'yes'
    """
    ours, theirs = _windows(date), _windows(window)
    if _gap(ours, theirs):
        return "no"
    if _covers(theirs, ours):
        return "yes"
    items = date.reading.items
    if date.kind is Kind.SPAN:
        is_certain = any(isinstance(item, Run) and _span_meets(item, theirs) for item in items)
    elif date.kind is Kind.SET:
        is_certain = any(_member_within(item, theirs) for item in items)
    else:
        is_certain = False
    return "yes" if is_certain else "maybe"


def day_runs(date: FuzzyDate) -> tuple[tuple[float, float], ...]:
    """The days that fit, as runs of day numbers, ends included, in order and apart.

    An open or unknown end is infinite. A span is one run.

    >>> day_runs(FuzzyDate.parse("[2015-08-24,2015-08-30..]"))
    ((735834, 735834), (735840, inf))
    """
    return tuple(_windows(date))


def _windows(date: FuzzyDate) -> _Windows:
    reading = date.reading
    if reading.kind is Kind.SPAN:
        return [_ends(reading.first, reading.last)]
    found: _Windows = []
    for item in reading.items:
        if isinstance(item, Run):
            first = item.start.first if item.start else None
            found.append(_ends(first, item.end.last if item.end else None))
        else:
            found.extend(_part_windows(item))
    return _merged(found)


def _part_windows(part: Part) -> _Windows:
    if part.precision == "season" or part.has_unspecified_digits:
        windows = pattern_windows(part.year, part.month, part.day, _MOST_WINDOWS)
        if windows is not None:
            return list(windows)
    return [_ends(part.first, part.last)]


def _ends(first: Day | None, last: Day | None) -> tuple[float, float]:
    return (
        _BEGINNING if first is None else number_of(first),
        _END if last is None else number_of(last),
    )


def _merged(windows: _Windows) -> _Windows:
    """The same days in order, with runs that touch joined."""
    merged: _Windows = []
    for first, last in sorted(windows):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _gap(ours: _Windows, theirs: _Windows) -> int:
    """The least distance in days; 0 where a day is shared."""
    least = _END
    i = j = 0
    while i < len(ours) and j < len(theirs):
        (a, b), (c, d) = ours[i], theirs[j]
        if a <= d and c <= b:
            return 0
        least = min(least, c - b if b < c else a - d)
        if b < c:
            i += 1
        else:
            j += 1
    return int(least)


def _covers(outer: _Windows, inner: _Windows) -> bool:
    """Whether all days of `inner` are among those of `outer`."""
    i = 0
    for first, last in inner:
        while i < len(outer) and outer[i][1] < first:
            i += 1
        if i == len(outer) or not (outer[i][0] <= first and last <= outer[i][1]):
            return False
    return True


def _span_meets(run: Run, window: _Windows) -> bool:
    for part in (run.start, run.end):
        if part is not None and _covers(window, _part_windows(part)):
            return True
    if run.is_start_unknown or run.is_end_unknown:
        return False
    first, last = _ends(run.start.last if run.start else None, run.end.first if run.end else None)
    return first <= last and not _gap([(first, last)], window)


def _member_within(item: Item, window: _Windows) -> bool:
    if not isinstance(item, Run):
        return _covers(window, _part_windows(item))
    known = item.start or item.end
    if known is None:
        return True
    first, last = _ends(
        item.start.first if item.start else None, item.end.last if item.end else None
    )
    shared = ((max(first, a), min(last, b)) for a, b in window if a <= last and first <= b)
    return any(_has_whole(known.precision, a, b) for a, b in shared)


def _has_whole(precision: str, first: float, last: float) -> bool:
    """Whether a whole day, month or year lies between two days.

    A part of the year, or a pattern, counts as the year that surely holds one.
    """
    if first == _BEGINNING or last == _END:
        return True
    if precision == "day":
        return True
    year, month, day = day_of(int(first))
    if precision == "month":
        if day > 1:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return number_of((year, month, month_length(year, month))) <= last
    if (month, day) != (1, 1):
        year += 1
    return number_of((year, 12, 31)) <= last
