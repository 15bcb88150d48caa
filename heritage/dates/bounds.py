"""Digits with X among them, and sub-years, to the days that fit them.

Sub-years (ISO 8601-2:2019; EDTF level 2) never leave the calendar year that is
written with them. The standard leaves the months of the seasons open; they are
taken as whole months here, and `21` to `24`, which name no hemisphere, hold the
months of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

from heritage.dates.days import Day, is_leap, month_length, number_of

__all__ = ["SUB_YEARS", "fitting", "pattern_bounds", "pattern_windows", "years_fitting"]

_SPRING = (3, 4, 5)
_SUMMER = (6, 7, 8)
_AUTUMN = (9, 10, 11)
_WINTER = (1, 2, 12)

SUB_YEARS: dict[str, tuple[str, tuple[int, ...]]] = {
    "21": ("season", _SPRING + _AUTUMN),
    "22": ("season", (1, 2, 6, 7, 8, 12)),
    "23": ("season", _SPRING + _AUTUMN),
    "24": ("season", (1, 2, 6, 7, 8, 12)),
    "25": ("season", _SPRING),
    "26": ("season", _SUMMER),
    "27": ("season", _AUTUMN),
    "28": ("season", _WINTER),
    "29": ("season", _AUTUMN),
    "30": ("season", _WINTER),
    "31": ("season", _SPRING),
    "32": ("season", _SUMMER),
    "33": ("quarter", (1, 2, 3)),
    "34": ("quarter", (4, 5, 6)),
    "35": ("quarter", (7, 8, 9)),
    "36": ("quarter", (10, 11, 12)),
    "37": ("quadrimester", (1, 2, 3, 4)),
    "38": ("quadrimester", (5, 6, 7, 8)),
    "39": ("quadrimester", (9, 10, 11, 12)),
    "40": ("semestral", (1, 2, 3, 4, 5, 6)),
    "41": ("semestral", (7, 8, 9, 10, 11, 12)),
}
"""For each sub-year its precision and its months."""

_COMMON_YEAR, _LEAP_YEAR = 2001, 2000
_ANY_MONTH = tuple(range(1, 13))


@cache
def fitting(pattern: str, greatest: int) -> tuple[int, ...]:
    """The numbers from 1 to `greatest` that fit two characters of digits and X."""
    tens, ones = pattern[0], pattern[1]
    return tuple(
        number
        for number in range(1, greatest + 1)
        if tens in ("X", str(number // 10)) and ones in ("X", str(number % 10))
    )


def years_fitting(pattern: str, *, falling: bool = False) -> Iterator[int]:
    """The years that fit four characters of digits and X, with or without a minus.

    Args:
        pattern: Such as `19X5` or `-01XX`. Year 0 has no minus.
        falling: From the last to the first.
    """
    negative = pattern[0] == "-"
    digits = "9876543210" if falling is not negative else "0123456789"
    choices = [digits if sign == "X" else sign for sign in pattern.removeprefix("-")]
    for chosen in product(*choices):
        year = int("".join(chosen))
        if not negative:
            yield year
        elif year:
            yield -year


def pattern_bounds(year: str, month: str, day: str) -> tuple[Day, Day] | None:
    """The first and the last day that fit, or None where no day of the calendar does.

    Args:
        year: Four digits or X, perhaps with a minus.
        month: Two digits or X of a month, a sub-year, or "".
        day: Two digits or X, or "".
    """
    months = _months(month)
    days = fitting(day, 31) if day else ()
    if not months or (day and not days):
        return None
    first = _extreme(year, months, days, falling=False)
    last = _extreme(year, months, days, falling=True)
    return (first, last) if first and last else None


def pattern_windows(year: str, month: str, day: str, most: int) -> list[tuple[int, int]] | None:
    """The runs of days that fit, as day numbers, in order; None if they exceed `most`."""
    months = _months(month)
    days = fitting(day, 31) if day else ()
    a_year = len(months) * (len(days) if day else 1)
    if a_year * 10 ** year.count("X") > most:
        return None
    windows: list[tuple[int, int]] = []
    for chosen in years_fitting(year):
        for of_year in months:
            length = month_length(chosen, of_year)
            start = number_of((chosen, of_year, 1)) - 1
            pieces = ((one, one) for one in days if one <= length) if day else ((1, length),)
            for first, last in pieces:
                if windows and windows[-1][1] == start + first - 1:
                    windows[-1] = (windows[-1][0], start + last)
                else:
                    windows.append((start + first, start + last))
    return windows


def _months(month: str) -> tuple[int, ...]:
    if not month:
        return _ANY_MONTH
    if month in SUB_YEARS:
        return SUB_YEARS[month][1]
    return fitting(month, 12)


def _extreme(
    year: str, months: tuple[int, ...], days: tuple[int, ...], *, falling: bool
) -> Day | None:
    """The first or last day of the years that fit; `days` is empty for whole months."""
    if falling:
        months, days = months[::-1], days[::-1]
    years = years_fitting(year, falling=falling)
    if _extreme_in(_COMMON_YEAR, months, days, falling=falling) is None:
        # Only a 29 February can fit, so the year has to be found first.
        if _extreme_in(_LEAP_YEAR, months, days, falling=falling) is None:
            return None
        years = (candidate for candidate in years if is_leap(candidate))
    chosen = next(years, None)
    return None if chosen is None else _extreme_in(chosen, months, days, falling=falling)


def _extreme_in(
    year: int, months: tuple[int, ...], days: tuple[int, ...], *, falling: bool
) -> Day | None:
    for month in months:
        length = month_length(year, month)
        if not days:
            return (year, month, length if falling else 1)
        for day in days:
            if day <= length:
                return (year, month, day)
    return None
