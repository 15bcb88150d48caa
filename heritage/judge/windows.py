"""Windows on a line to the runs between their ends, and runs to dates and numbers again.

A line is cut wherever a window opens or closes. Between two cuts nothing
changes, so the answers to be weighed are few, however long the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from heritage.dates import Comparison, FuzzyDate, Kind, day_runs, relate
from heritage.errors import ParseError, UsageError

__all__ = [
    "BEGINNING",
    "END",
    "Line",
    "Windows",
    "compare",
    "cut",
    "date_of",
    "date_windows",
    "dated",
    "joined",
    "meet",
    "one_of",
]

BEGINNING: Final = float("-inf")
END: Final = float("inf")

Windows = tuple[tuple[float, float], ...]
"""Runs, ends included, in order and apart; an open end is infinite."""


class Line(NamedTuple):
    """A line cut into runs, and for each run the mask of the windows that hold it."""

    runs: list[tuple[float, float]]
    masks: list[int]


def cut(windows: Sequence[Windows], complements: int = 0) -> Line:
    """Cut the line of days, or of any whole numbers.

    Args:
        windows: For each statement its windows.
        complements: The mask of those that mean everything outside their windows.
    """
    toggles: dict[float, int] = {BEGINNING: 0}
    for index, each in enumerate(windows):
        bit = 1 << index
        for first, last in each:
            toggles[first] = toggles.get(first, 0) ^ bit
            if last != END:
                toggles[last + 1] = toggles.get(last + 1, 0) ^ bit
    cuts = sorted(toggles)
    runs, masks, mask = [], [], complements
    for index, first in enumerate(cuts):
        mask ^= toggles[first]
        last = cuts[index + 1] - 1 if index + 1 < len(cuts) else END
        runs.append((first, last))
        masks.append(mask)
    return Line(runs, masks)


def joined(runs: Iterable[tuple[float, float]]) -> Windows:
    """The same days in order, with runs that overlap or touch made one."""
    merged: list[tuple[float, float]] = []
    for first, last in sorted(runs):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def meet(ours: Windows, theirs: Windows) -> bool:
    """Whether two windows share a day."""
    return any(a <= d and c <= b for a, b in ours for c, d in theirs)


# The same few dates come back in case after case, so what they mean is kept.


@lru_cache(maxsize=65536)
def date_of(text: str) -> FuzzyDate:
    """The date that a text gives."""
    return FuzzyDate.parse(text)


@lru_cache(maxsize=65536)
def date_windows(text: str) -> Windows:
    """The days that fit a date."""
    return day_runs(date_of(text))


@lru_cache(maxsize=65536)
def compare(text: str, other: str) -> Comparison:
    """What one date is to another."""
    return relate(date_of(text), date_of(other))


def dated(windows: Windows, texts: Iterable[str] = ()) -> FuzzyDate | None:
    """The date for an unknown moment in these windows.

    Args:
        windows: Days by number.
        texts: Dates as they were given. One that names exactly these days is
            taken as it stands, one without qualifiers before others.

    None where nobody's text serves and EDTF has none: for all days, and for
    days beyond the year 9999.
    """
    same = {text for text in texts if date_windows(text) == windows}
    if same:
        return min(map(date_of, same), key=_plainness)
    return _composed(windows)


def _plainness(date: FuzzyDate) -> tuple[bool, bool, int, str]:
    return date.is_qualified, date.kind is Kind.SPAN, len(date.text), date.text


def one_of(answers: Iterable[Windows], texts: Iterable[str] = ()) -> FuzzyDate | None:
    """The one-of list of several windows; None where EDTF has no text for it."""
    texts = [text for text in texts if date_of(text).kind in (Kind.POINT, Kind.ONE_OF)]
    found = [dated(windows, texts) for windows in sorted(answers)]
    inner = [date.text.removeprefix("[").removesuffix("]") for date in found if date]
    try:
        return date_of(f"[{','.join(inner)}]") if len(inner) == len(found) else None
    except ParseError:
        return None


@lru_cache(maxsize=65536)
def _composed(windows: Windows) -> FuzzyDate | None:
    try:
        texts = [_window_text(first, last) for first, last in windows]
        if len(texts) == 1:
            return date_of(texts[0])
        inner = (text.removeprefix("[").removesuffix("]") for text in texts)
        return date_of(f"[{','.join(inner)}]")
    except (UsageError, ParseError):
        return None


def _window_text(first: float, last: float) -> str:
    start = None if first == BEGINNING else int(first)
    end = None if last == END else int(last)
    return FuzzyDate.window(start, end).text
