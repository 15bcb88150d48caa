"""Readings to English words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from heritage.dates.bounds import fitting
from heritage.dates.parts import Item, Kind, Part, Reading, Run

__all__ = ["words"]

_MONTHS: Final = (
    "", "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_SEASONS: Final = ("spring", "summer", "autumn", "winter")
_ORDINALS: Final = ("first", "second", "third", "fourth")
_MARKS: Final = ("certain", "uncertain", "approximate", "uncertain and approximate")


def words(reading: Reading) -> str:
    """Put a date into words."""
    if reading.kind is Kind.SPAN:
        return " and ".join(_span(item) for item in reading.items if isinstance(item, Run))
    if reading.kind is Kind.ONE_OF and len(reading.items) == 1:
        only = reading.items[0]
        if isinstance(only, Run) and only.start and only.end:
            return _pair("between {} and {}", only.start, only.end)
    last_link = " and " if reading.kind is Kind.SET else " or "
    return _listed([_item(item, last_link) for item in reading.items], last_link)


def _item(item: Item, link: str) -> str:
    if isinstance(item, Part):
        return _part(item)
    if item.start and item.end:
        return _pair("{} to {}", item.start, item.end)
    if item.start:
        return f"{_part(item.start)}{link}later"
    return f"{_part(item.end)}{link}earlier" if item.end else ""


def _span(run: Run) -> str:
    if run.start and run.end:
        return _pair("from {} to {}", run.start, run.end)
    if run.start:
        end = ", end unknown" if run.is_end_unknown else " on"
        return f"from {_part(run.start)}{end}"
    if run.end:
        start = ", beginning unknown" if run.is_start_unknown else ""
        return f"until {_part(run.end)}{start}"
    if run.is_start_unknown:
        return "beginning unknown, without end"
    return "without beginning, end unknown" if run.is_end_unknown else "at all times"


def _pair(pattern: str, start: Part, end: Part) -> str:
    """Two ends, with what they share said once: 27 and 31 August 2015."""
    opening = _part(start)
    if _is_plain(start) and _is_plain(end) and start.year == end.year:
        if start.day and end.day and start.month == end.month:
            opening = str(int(start.day))
        elif start.precision in ("day", "month") and end.precision in ("day", "month"):
            opening = _day_and_month(start)
    return pattern.format(opening, _part(end))


def _is_plain(part: Part) -> bool:
    return part.marks == (0, 0, 0) and not part.has_unspecified_digits


def _day_and_month(part: Part) -> str:
    month = _MONTHS[int(part.month)]
    return f"{int(part.day)} {month}" if part.day else month


def _part(part: Part) -> str:
    """One date expression and its qualifiers."""
    plain = _unspecified(part) if part.has_unspecified_digits else _plain(part)
    marks = part.marks[: 1 + bool(part.month) + bool(part.day)]
    if not any(marks):
        return plain
    if len(set(marks)) == 1:
        about = "about " if marks[0] & 2 else ""
        return f"{about}{plain}{' (uncertain)' if marks[0] & 1 else ''}"
    names = ("year", "month" if part.precision in ("month", "day") else "part of the year", "day")
    said = [f"{name} {_MARKS[mark]}" for name, mark in zip(names, marks, strict=False) if mark]
    return f"{plain} ({', '.join(said)})"


def _plain(part: Part) -> str:
    if "S" in part.year:
        first, last = _year(part.first[0]), _year(part.last[0])
        return f"between {first} and {last} (estimate: {_estimate(part)})"
    year = _year(part.first[0])
    if not part.month:
        return year
    number = int(part.month)
    if number > 12:
        return _part_of_year(number, year)
    day = f"{_day_and_month(part)} {year}"
    return f"{day}, {_time(part.time)}" if part.time else day


def _estimate(part: Part) -> str:
    digits, _, _ = part.year.removeprefix("Y").partition("S")
    number, _, exponent = digits.partition("E")
    return _year(int(number) * 10 ** int(exponent or 0))


def _time(time: str) -> str:
    clock, shift = time[:8], time[8:]
    if not shift:
        return clock
    return f"{clock} UTC" if shift == "Z" else f"{clock} UTC{shift}"


def _year(year: int) -> str:
    if year < 1:
        return f"{_number(1 - year)} BC"
    return f"AD {year}" if year < 1000 else _number(year)


def _number(year: int) -> str:
    return f"{year:,}" if year > 9999 else str(year)


def _part_of_year(number: int, year: str) -> str:
    if number <= 24:
        return f"{_SEASONS[number - 21]} {year}"
    if number <= 32:
        half = "northern" if number <= 28 else "southern"
        return f"{_SEASONS[(number - 25) % 4]} {year} ({half} hemisphere)"
    if number <= 36:
        return f"the {_ORDINALS[number - 33]} quarter of {year}"
    if number <= 39:
        return f"the {_ORDINALS[number - 37]} four months of {year}"
    return f"the {_ORDINALS[number - 40]} half of {year}"


def _unspecified(part: Part) -> str:
    """A date with X among its digits, said as exactly as words allow."""
    if "X" not in part.year and (part.month.isdigit() or part.day in ("", "XX")):
        return _unspecified_in_year(part)
    year = _unspecified_year(part)
    if not part.month:
        return year
    if part.month.isdigit() and int(part.month) > 12:
        return f"{_part_of_year(int(part.month), '').strip()}, {year}"
    if "X" in part.day.replace("XX", "") or "X" in part.month.replace("XX", ""):
        return f"a date that fits {part.text.strip('?~%')}"
    if part.month == "XX":
        day = f"day {int(part.day)} of a month unknown" if part.day.isdigit() else "month unknown"
        return f"{day}, {year}"
    month = _MONTHS[int(part.month)]
    if not part.day:
        return f"{month}, {year}"
    return f"{int(part.day)} {month}, {year}" if part.day.isdigit() else f"a day in {month}, {year}"


def _unspecified_in_year(part: Part) -> str:
    """The year is known, and the month, or nothing of the day."""
    year = _year(part.first[0])
    if part.month == "XX":
        return f"{year} (month{' and day' if part.day else ''} unknown)"
    if "X" in part.month:
        months = [_MONTHS[number] for number in fitting(part.month, 12)]
        found = _alternatives(months, is_run=part.month[0] != "X")
        return f"{found} {year}{' (day unknown)' if part.day else ''}"
    month = f"{_MONTHS[int(part.month)]} {year}"
    if part.day == "XX":
        return f"{month} (day unknown)"
    days = [number for number in fitting(part.day, 31) if number <= part.last[2]]
    return f"{_alternatives([str(number) for number in days], is_run=part.day[0] != 'X')} {month}"


def _alternatives(names: Sequence[str], *, is_run: bool) -> str:
    if is_run and len(names) > 2:
        return f"between {names[0]} and {names[-1]}"
    return _listed(names, " or ")


def _unspecified_year(part: Part) -> str:
    digits = part.year.removeprefix("-")
    if digits == "XXXX":
        return "year unknown" if part.month else "an unknown year"
    if "X" not in digits:
        return _year(int(part.year))
    first, last = part.first[0], part.last[0]
    known = digits.rstrip("X")
    if "X" in known:
        return f"a year that fits {part.year}"
    if len(known) == 3 and part.year[0] != "-" and first >= 1000:
        decade = f"the {digits.replace('X', '0')}s"
        return f"in {decade}" if part.month else decade
    return f"between {_year(first)} and {_year(last)}"


def _listed(names: Sequence[str], last_link: str) -> str:
    if len(names) < 3:
        return last_link.join(names)
    return ", ".join(names[:-1]) + "," + last_link + names[-1]
