"""Text to a `Reading`: the Extended Date/Time Format, levels 0, 1 and 2.

The notation is that of the Library of Congress (4 February 2019), which is a
profile of ISO 8601-1:2019 and ISO 8601-2:2019. Each function's docstring gives
its production. `heritage.dates.diagnosis` says at which character a text fails.
"""

from __future__ import annotations

from heritage.dates import diagnosis
from heritage.dates.days import Day
from heritage.dates.expression import read_expression, read_time
from heritage.dates.parts import Item, Kind, Part, Reading, Run
from heritage.errors import DateParseError

__all__ = ["read"]

_SETS = {"[": ("]", Kind.ONE_OF), "{": ("}", Kind.SET)}


def read(text: str) -> Reading:
    """Read what a date says: `date | date-time | interval | set`.

    Raises:
        DateParseError: The text is not EDTF, or names no possible day.
    """
    if text[:1] in _SETS:
        return _read_set(text)
    if "/" in text:
        return _read_interval(text)
    part, end = read_expression(text, 0)
    if text.startswith("T", end):
        part, end = read_time(text, part, end)
    if end != len(text):
        raise diagnosis.after_date(text, part, end)
    year, month, day = part.marks
    return Reading(Kind.POINT, part.first, part.last, year | month | day, part.level, (part,))


def _read_interval(text: str) -> Reading:
    """`interval = end "/" end`, `end = date | ".." | ""`; not both ends are empty."""
    cut = text.index("/")
    start = _read_end(text, 0, cut)
    second = text.find("/", cut + 1)
    end = _read_end(text, cut + 1, len(text) if second < 0 else second)
    if second >= 0:
        raise DateParseError(text, second, "the end of the text: an interval has two ends")
    if text == "/":
        raise DateParseError(text, 0, 'a date or ".." on one side of the slash')
    if start and end and start.first > end.last:
        raise DateParseError(text, cut + 1, "an end that is not before the start")
    run = Run(start, end, cut == 0, cut == len(text) - 1)
    has_pattern = any(part and part.has_unspecified_digits for part in (start, end))
    level = 2 if has_pattern else 0 if start and end else 1
    return _joined(Kind.SPAN, (run,), level)


def _read_end(text: str, at: int, stop: int) -> Part | None:
    if at == stop or text[at:stop] == "..":
        return None
    if text[at] == ".":
        raise diagnosis.dots(text, at)
    part, end = read_expression(text, at)
    if end != stop:
        raise diagnosis.after_date(text, part, end, within="an interval")
    return part


def _read_set(text: str) -> Reading:
    """`set = "[" element {"," element} "]"`, or the same in braces."""
    closing, kind = _SETS[text[0]]
    items: list[Item] = []
    at = 1
    while True:
        item, at = _read_element(text, at, closing)
        items.append(item)
        if text.startswith(closing, at):
            break
        if not text.startswith(",", at):
            raise diagnosis.after_element(text, item, at, closing)
        at += 1
    if at + 1 != len(text):
        raise DateParseError(text, at + 1, f'the end of the text after "{closing}"')
    return _joined(kind, tuple(items), 2)


def _read_element(text: str, at: int, closing: str) -> tuple[Item, int]:
    """`element = date | date ".." date`; the first may lack its start, the last its end.

    Both dates of a range have the same precision.
    """
    if at == 1 and text.startswith("..", at):
        part, at = read_expression(text, at + 2)
        return Run(None, part), at
    if at == 1 and text.startswith(".", at):
        raise diagnosis.dots(text, at)
    part, at = read_expression(text, at)
    if not text.startswith("..", at):
        return part, at
    at += 2
    if text.startswith(closing, at):
        return Run(part, None), at
    last, end = read_expression(text, at)
    if not text.startswith((",", closing), end):
        raise diagnosis.after_element(text, last, end, closing)
    if part.precision != last.precision:
        raise DateParseError(text, at, f"a {part.precision}, as before the two dots")
    if part.first > last.last:
        raise DateParseError(text, at, "an end that is not before the start")
    return Run(part, last), end


def _joined(kind: Kind, items: tuple[Item, ...], level: int) -> Reading:
    """The reading of several dates: the outermost days, all marks, the highest level."""
    first: Day | None = None
    last: Day | None = None
    marks = 0
    is_first_open = is_last_open = False
    for item in items:
        start, end = (item.start, item.end) if isinstance(item, Run) else (item, item)
        if start is None:
            is_first_open = True
        elif first is None or start.first < first:
            first = start.first
        if end is None:
            is_last_open = True
        elif last is None or end.last > last:
            last = end.last
        for part in (start, end):
            if part is not None:
                year, month, day = part.marks
                marks |= year | month | day
                level = max(level, part.level)
    return Reading(
        kind, None if is_first_open else first, None if is_last_open else last,
        marks, level, items,
    )  # fmt: skip
