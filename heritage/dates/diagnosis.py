"""A text that is not a date to the exact character at fault, and what belongs there.

The position is that of the first character that does not fit the notation; of a
number that is out of range (a month 13, a 31 April), its first digit.
"""

from __future__ import annotations

import re

from heritage.dates.bounds import SUB_YEARS
from heritage.dates.days import month_length
from heritage.dates.parts import Item, Part, Run
from heritage.errors import DateParseError

__all__ = [
    "after_date",
    "after_element",
    "after_year",
    "day",
    "dots",
    "month",
    "near_year",
    "negative_zero",
    "no_date",
    "significant",
    "time",
    "time_after",
    "year_too_far",
]

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DIGITS = frozenset("0123456789X")
_QUALIFIERS = frozenset("?~%")
_MAY_FOLLOW = frozenset("?~%S-/,].}")
_TIME_SHAPE = "T99:99:99"


def no_date(text: str, at: int) -> DateParseError:
    """No date begins at this position."""
    at += text[at : at + 1] in _QUALIFIERS
    if text.startswith("Y", at):
        at += 1
        at += text.startswith("-", at)
        return _fault(text, at, "the digits of a year, the first of them not 0")
    at += text.startswith("-", at)
    return _fault(text, _first_stray(text, at, 4), "a year of four digits")


def after_date(text: str, part: Part, at: int, within: str = "") -> DateParseError:
    """Something stands behind a date that has no place there."""
    sign = text[at]
    if part.time:
        return _after_time(text, part, at)
    if sign == "-" and part.precision != "day":
        return _after_hyphen(text, part, at)
    if sign == "T" and within:
        return _fault(text, at, f"a date without a time of day in {within}")
    if sign in _QUALIFIERS:
        return _fault(text, at, 'one qualifier in one place ("%" says both "?" and "~")')
    if part.precision == "year":
        if sign in _DIGITS and part.year[0] != "Y":
            return _fault(text, at, "a year of four digits; years with more begin with Y")
        if sign == "S":
            return _fault(text, at + 1, "a positive number of significant digits")
        if sign == "E" and part.year[0] == "Y":
            return _fault(text, at + 1, "a positive exponent")
    return _fault(text, at, f"the end of the date{' in ' + within if within else ''}")


def _after_hyphen(text: str, part: Part, at: int) -> DateParseError:
    if part.month in SUB_YEARS:
        return _fault(text, at, "the end of the date: a part of a year has no days")
    if part.year[0] == "Y" or "S" in part.year:
        return _fault(text, at, "the end of the date: such a year has no months")
    at += 1
    at += text[at : at + 1] in _QUALIFIERS
    what = "day" if part.month else "month"
    return _fault(text, _first_stray(text, at, 2), f"a {what} of two digits")


def after_element(text: str, item: Item, at: int, closing: str) -> DateParseError:
    """Neither a comma nor the closing bracket stands behind an element of a set."""
    if isinstance(item, Run):
        if item.end is None:
            return _fault(text, at, f'a date or "{closing}" after the two dots')
        part = item.end
    else:
        part = item
    if text.startswith(".", at) and isinstance(item, Part):
        return dots(text, at)
    if at < len(text) and text[at] not in ".]}/":
        return after_date(text, part, at, within="a set")
    return _fault(text, at, f'"," or "{closing}"')


def dots(text: str, at: int) -> DateParseError:
    """One dot, or two and something that does not go with them."""
    if text.startswith("..", at):
        return _fault(text, at + 2, "nothing more beside the two dots of an open end")
    return _fault(text, at + 1, "a second dot")


def negative_zero(text: str, at: int) -> DateParseError:
    """The year 0 (1 BC) has no sign."""
    return _fault(text, at, "a year other than 0000 after the minus (1 BC is 0000)")


def near_year(text: str, at: int, end: int) -> DateParseError:
    """A Y before a year that does not need it."""
    if text.startswith("E", end):
        return _fault(text, end + 1, "a positive exponent")
    if end < len(text) and text[end] not in _MAY_FOLLOW:
        return _fault(text, end, "more digits of a year")
    return _fault(text, at, "more than four digits after Y")


def year_too_far(text: str, at: int, most: int) -> DateParseError:
    """A year beyond what sort keys can count."""
    return _fault(text, at, f"a year of at most {most} digits")


def significant(text: str, at: int, digits: int) -> DateParseError:
    """More significant digits than digits."""
    return _fault(text, at, f"a number from 1 to {digits}, the digits of the year")


def after_year(text: str, match: re.Match[str]) -> DateParseError:
    """A year with significant digits and something else that cannot go with it."""
    if "X" in match["year"]:
        return _fault(text, match.end("year"), "no significant digits where digits are unspecified")
    return _fault(text, match.end("q2"), "the end of the date: such a year has no months")


def month(text: str, match: re.Match[str]) -> DateParseError:
    """A month that is none, or a sub-year with a day."""
    written = match["month"]
    if written in SUB_YEARS:
        return _fault(text, match.end("q4"), "the end of the date: a part of a year has no days")
    expected = "a month from 01 to 12"
    if match["day"] is None and "X" not in written:
        expected += ", or a part of the year from 21 to 41"
    return _fault(text, match.start("month"), expected)


def day(text: str, match: re.Match[str]) -> DateParseError:
    """A day that its month does not have."""
    year, month, day = match.group("year", "month", "day")
    at = match.start("day")
    if day == "00":
        return _fault(text, at, "a day from 01")
    if "X" in month or (month == "02" and "X" in year):
        return _fault(text, at, "a day that such a month has")
    name = _MONTHS[int(month) - 1]
    if month != "02":
        return _fault(
            text, at, f"a day that exists: {name} has {month_length(2001, int(month))} days"
        )
    return _fault(
        text, at, f"a day that exists: {name} {year} has {month_length(int(year), 2)} days"
    )


def time_after(text: str, at: int) -> DateParseError:
    """A time of day behind something that is not a plain day."""
    return _fault(text, at, "a time of day only after a complete day without qualifiers or X")


def time(text: str, at: int) -> DateParseError:
    """A time of day or a shift from UTC that is malformed or out of range."""
    for offset, shape in enumerate(_TIME_SHAPE):
        sign = text[at + offset : at + offset + 1]
        if sign != shape and not (shape == "9" and sign in _DIGITS and sign not in ("", "X")):
            return _fault(text, at + offset, "a time such as 16:05:00")
    for begin, greatest in ((at + 1, 23), (at + 4, 59)):
        if int(text[begin : begin + 2]) > greatest:
            return _fault(text, begin, f"a number from 00 to {greatest}")
    return _fault(text, at + 7, "seconds from 00 to 59")


def _after_time(text: str, part: Part, at: int) -> DateParseError:
    has_shift = len(part.time) == len("16:05:00+03")
    if len(part.time) == len("16:05:00") and text[at] in "+-":
        stray = _first_stray(text, at + 1, 2)
        return _fault(text, stray, "a shift from -12:00 to +14:00, as hh or hh:mm; -00:00 is none")
    if has_shift and text[at] == ":":
        stray = _first_stray(text, at + 1, 2)
        return _fault(text, stray, "minutes of a shift from 00 to 59, at most +14:00 or -12:00")
    return _fault(text, at, "the end of the text after a time and its shift from UTC")


def _first_stray(text: str, at: int, count: int) -> int:
    """The first of `count` positions from `at` that is not a digit or X."""
    for position in range(at, at + count):
        if position >= len(text) or text[position] not in _DIGITS:
            return position
    return at


def _fault(text: str, at: int, expected: str) -> DateParseError:
    """The error, with a word more where the stray character suggests one."""
    sign = text[at : at + 1]
    if sign.isspace():
        expected += "; there are no blanks in a date"
    elif sign in ("x", "u", "U") and sign:
        expected += "; an unspecified digit is a capital X"
    elif sign in ("y", "t", "z", "e", "s") and sign:
        expected += "; letters are capitals"
    elif sign.isdigit() and not sign.isascii():
        expected += "; digits are 0 to 9"
    elif sign == ".":
        expected += "; two dots join two dates, or stand at the outside for an open end"
    elif sign == "(":
        expected += "; qualifiers take no parentheses"
    return DateParseError(text, at, expected)
