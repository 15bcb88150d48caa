"""Years, months and days to day numbers and sort keys, for any year at all.

The calendar is the proleptic Gregorian one of ISO 8601: year 0 is 1 BC, and the
leap rule holds for every year, before and after those of `datetime`.
"""

from __future__ import annotations

import datetime as dt

__all__ = ["MOST_DIGITS", "Day", "day_of", "is_leap", "month_length", "number_of", "sort_key"]

Day = tuple[int, int, int]
"""A day as (year, month, day); tuples compare in calendar order."""

MOST_DIGITS = 99
"""The most digits a year may have: sort keys count them in two places."""

_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BEFORE = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_IN_400_YEARS = 146_097
_NINES = str.maketrans("0123456789", "9876543210")


def is_leap(year: int) -> bool:
    """Whether a year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """The number of days of a month (1 to 12)."""
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month]


def number_of(day: Day) -> int:
    """The number of a day: 0001-01-01 is 1, as in `date.toordinal`, in any year."""
    year, month, of_month = day
    past = year - 1
    leap = 1 if month > 2 and is_leap(year) else 0
    return past * 365 + past // 4 - past // 100 + past // 400 + _BEFORE[month] + leap + of_month


def day_of(number: int) -> Day:
    """The day with a number; the inverse of `number_of`."""
    cycles, rest = divmod(number - 1, _DAYS_IN_400_YEARS)
    found = dt.date.fromordinal(rest + 1)
    return (found.year + 400 * cycles, found.month, found.day)


def sort_key(day: Day) -> str:
    """A day as text that sorts, byte by byte, as the days themselves do.

    Years 1 to 9999 give the ISO day. Other years count their digits, and years
    below 1 count everything backwards (nine's complement):

    >>> sort_key((2015, 8, 23)), sort_key((-43, 3, 15)), sort_key((170_000, 1, 1))
    ('2015-08-23', '-9756-03-15', 'Y06170000-01-01')
    """
    year, month, of_month = day
    if 1 <= year <= 9999:
        return f"{year:04}-{month:02}-{of_month:02}"
    digits = str(abs(year))
    if year > 9999:
        return f"Y{len(digits):02}{digits}-{month:02}-{of_month:02}"
    return f"-{99 - len(digits):02}{digits.translate(_NINES)}-{month:02}-{of_month:02}"
