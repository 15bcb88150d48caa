"""Text to a `Part`: one date expression, with its first and last day.

`date = year ["-" month ["-" day]]`; a month may be a sub-year, any digit may be
X, a year may state its significant digits, and a qualifier may stand on either
side of each component.
"""

from __future__ import annotations

import re
from typing import Final

from heritage.dates import diagnosis
from heritage.dates.bounds import SUB_YEARS, pattern_bounds
from heritage.dates.days import MOST_DIGITS, Day, month_length
from heritage.dates.parts import Part

__all__ = ["read_expression", "read_time"]

# [0-9] and not \d: the digits of other scripts are not part of the notation.
_DATE: Final = re.compile(
    r"(?P<q1>[?~%]?)(?P<year>-?[0-9X]{4})(?:S(?P<significant>[1-9][0-9]*))?(?P<q2>[?~%]?)"
    r"(?:-(?P<q3>[?~%]?)(?P<month>[0-9X]{2})(?P<q4>[?~%]?)"
    r"(?:-(?P<q5>[?~%]?)(?P<day>[0-9X]{2})(?P<q6>[?~%]?))?)?"
)
_FAR_YEAR: Final = re.compile(
    r"(?P<q1>[?~%]?)(?P<year>Y(?P<minus>-?)(?P<digits>[1-9][0-9]*)"
    r"(?:E(?P<exponent>[1-9][0-9]*))?(?:S(?P<significant>[1-9][0-9]*))?)(?P<q2>[?~%]?)"
)
# Shifts from UTC run from -12:00 to +14:00; minus zero is none (ISO 8601-1:2019).
_TIME: Final = re.compile(
    r"T((?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|24:00:00)"
    r"(?:Z|\+(?:0[0-9]|1[0-3])(?::[0-5][0-9])?|\+14(?::00)?"
    r"|-00:(?:0[1-9]|[1-5][0-9])|-(?:0[1-9]|1[01])(?::[0-5][0-9])?|-12(?::00)?)?)"
)
_FROM_THE_RIGHT: Final = re.compile(
    r"-?(?:[0-9]{2}XX|[0-9]{3}X|[0-9]{4}-(?:XX|XX-XX|[0-9]{2}-XX))[?~%]?"
)
_MARKS: Final = {"": 0, "?": 1, "~": 2, "%": 3}

# A precision, a level, a first and a last day.
_Extent = tuple[str, int, Day, Day]


def read_expression(text: str, at: int) -> tuple[Part, int]:
    """Read the date that begins at a position; give it with the position behind it.

    Raises:
        DateParseError: No date begins there, or it names no possible day.
    """
    match = _DATE.match(text, at)
    if match is None:
        return _read_far_year(text, at)
    q1, year, significant, q2, q3, month, q4, q5, day, q6 = match.groups("")
    if year == "-0000":
        raise diagnosis.negative_zero(text, match.start("year"))
    written = match[0]
    if significant:
        precision, level, first, last = _significant(text, match)
        year = f"{year}S{significant}"
    elif "X" in written:
        precision, level, first, last = _unspecified(text, match)
    elif day:
        precision, level, first, last = _day(text, match)
    elif month:
        precision, level, first, last = _month(text, match)
    else:
        number = int(year)
        precision, level, first, last = "year", 0, (number, 1, 1), (number, 12, 31)
    if level == 0 and year[0] == "-":
        level = 1
    marks = (0, 0, 0)
    if q1 or q2 or q3 or q4 or q5 or q6:
        marks, qualified = _qualifiers((q1, q2, q3, q4, q5, q6), 3 if day else 2 if month else 1)
        level = max(level, qualified)
    part = Part(written, year, month, day, "", precision, marks, level, first, last)
    return part, match.end()


def read_time(text: str, part: Part, at: int) -> tuple[Part, int]:
    """`date-time = day "T" hh:mm:ss ["Z" | shift]`; read on behind a date.

    The day stays the one that is written, whatever the shift from UTC.
    """
    if part.precision != "day" or part.marks != (0, 0, 0) or part.has_unspecified_digits:
        raise diagnosis.time_after(text, at)
    match = _TIME.match(text, at)
    if match is None:
        raise diagnosis.time(text, at)
    timed = part._replace(text=part.text + match[0], time=match[1])
    return timed, match.end()


def _qualifiers(signs: tuple[str, ...], components: int) -> tuple[tuple[int, int, int], int]:
    """The marks of year, month and day, and the level that such signs belong to.

    Args:
        signs: The places before and behind year, month and day, in that order.
        components: How many of year, month and day are written.

    A qualifier before a component holds for that component alone, one behind it
    for that component and for all before it.
    """
    q1, q2, q3, q4, q5, q6 = (_MARKS[sign] for sign in signs)
    marks = (q1 | q2 | q4 | q6, q3 | q4 | q6, q5 | q6)
    final = (q2, q4, q6)[components - 1]
    is_complete = final and q1 + q2 + q3 + q4 + q5 + q6 == final
    return marks, 1 if is_complete else 2


def _day(text: str, match: re.Match[str]) -> _Extent:
    year, month, of_month = int(match["year"]), int(match["month"]), int(match["day"])
    if not 1 <= month <= 12:
        raise diagnosis.month(text, match)
    if not 1 <= of_month <= month_length(year, month):
        raise diagnosis.day(text, match)
    return "day", 0, (year, month, of_month), (year, month, of_month)


def _month(text: str, match: re.Match[str]) -> _Extent:
    year, month = int(match["year"]), int(match["month"])
    if 1 <= month <= 12:
        return "month", 0, (year, month, 1), (year, month, month_length(year, month))
    if match["month"] not in SUB_YEARS:
        raise diagnosis.month(text, match)
    precision, months = SUB_YEARS[match["month"]]
    last = (year, months[-1], month_length(year, months[-1]))
    return precision, 1 if month < 25 else 2, (year, months[0], 1), last


def _unspecified(text: str, match: re.Match[str]) -> _Extent:
    year, month, day = match["year"], match["month"] or "", match["day"] or ""
    level = 1 if _FROM_THE_RIGHT.fullmatch(match[0]) else 2
    precision = "day" if day else "month" if month else "year"
    if month in SUB_YEARS:
        if day:
            raise diagnosis.month(text, match)
        precision = SUB_YEARS[month][0]
    elif month and pattern_bounds(year, month, "") is None:
        raise diagnosis.month(text, match)
    bounds = pattern_bounds(year, month, day)
    if bounds is None:
        raise diagnosis.day(text, match)
    return precision, level, *bounds


def _significant(text: str, match: re.Match[str]) -> _Extent:
    """`1950S2`: some year from 1900 to 1999, estimated to be 1950."""
    if "X" in match["year"] or match["month"]:
        raise diagnosis.after_year(text, match)
    first, last = _significant_years(text, match, int(match["year"]))
    return "year", 2, (first, 1, 1), (last, 12, 31)


def _significant_years(text: str, match: re.Match[str], year: int) -> tuple[int, int]:
    digits = len(str(abs(year)))
    significant = match["significant"]
    if len(significant) > 2 or int(significant) > digits:
        raise diagnosis.significant(text, match.start("significant"), digits)
    step = 10 ** (digits - int(significant))
    least = abs(year) // step * step
    greatest = least + step - 1
    return (-greatest, -least) if year < 0 else (least, greatest)


def _read_far_year(text: str, at: int) -> tuple[Part, int]:
    """`"Y" ["-"] digits ["E" exponent] ["S" significant]`: a year and nothing below it."""
    match = _FAR_YEAR.match(text, at)
    if match is None:
        raise diagnosis.no_date(text, at)
    digits, exponent = match["digits"], match["exponent"]
    if exponent is None and len(digits) <= 4:
        raise diagnosis.near_year(text, match.start("digits"), match.end("digits"))
    if len(exponent or "") > 2 or len(digits) + int(exponent or 0) > MOST_DIGITS:
        raise diagnosis.year_too_far(text, match.start("digits"), MOST_DIGITS)
    year = int(digits) * 10 ** int(exponent or 0)
    if match["minus"]:
        year = -year
    first = last = year
    if match["significant"]:
        first, last = _significant_years(text, match, year)
    level = 2 if exponent or match["significant"] else 1
    marks, qualified = (0, 0, 0), 0
    if match["q1"] or match["q2"]:
        marks, qualified = _qualifiers((match["q1"], match["q2"], "", "", "", ""), 1)
    part = Part(
        match[0], match["year"], "", "", "", "year",
        marks, max(level, qualified), (first, 1, 1), (last, 12, 31),
    )  # fmt: skip
    return part, match.end()
