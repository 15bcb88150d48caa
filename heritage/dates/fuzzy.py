"""Text to `FuzzyDate`: the value that everybody else works with."""

from __future__ import annotations

import datetime as dt
from typing import Final, Self

import attrs

from heritage.dates.days import Day, day_of, month_length, number_of, sort_key
from heritage.dates.edtf import read
from heritage.dates.parts import APPROXIMATE, UNCERTAIN, Kind, Part, Reading
from heritage.errors import DateParseError, UsageError

__all__ = ["FuzzyDate", "format", "parse"]

_from_iso = dt.date.fromisoformat
_new = object.__new__
_set = object.__setattr__


@attrs.frozen(init=False, eq=False, repr=False, weakref_slot=False)
class FuzzyDate:
    """A date as a source gives it, in EDTF, with the days between which it lies.

    Two dates are equal when their texts are; `relate` compares what they mean.
    `eval(repr(date))` gives the date again, `str(date)` its text.

    >>> date = FuzzyDate.parse("[2015-08-27..2015-08-31]")
    >>> date.kind, date.earliest, date.latest
    (<Kind.ONE_OF: 'one-of'>, datetime.date(2015, 8, 27), datetime.date(2015, 8, 31))
    """

    text: str
    """The date as it was written."""
    # A plain day, by far the most frequent date, is kept as what it is and
    # taken apart only when asked; everything else is read at once.
    _found: dt.date | Reading

    def __init__(self, text: str) -> None:
        found = _find(text)
        _set(self, "text", text)
        _set(self, "_found", found)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a date in EDTF, level 0, 1 or 2.

        Raises:
            DateParseError: The text is not EDTF or names no possible day; the
                error says at which character. Anything but a `str` is refused so too.
        """
        found = _find(text)
        date = _new(cls)
        _set(date, "text", text)
        _set(date, "_found", found)
        return date

    @classmethod
    def from_day(cls, day: dt.date) -> Self:
        """The date of one day; of a `datetime`, the day that it names."""
        return cls.parse(f"{day.year:04}-{day.month:02}-{day.day:02}")

    @classmethod
    def one_of(
        cls,
        first: FuzzyDate | dt.date | str | None,
        last: FuzzyDate | dt.date | str | None,
    ) -> Self:
        """An unknown moment in a window, ends included: `[first..last]`.

        None leaves a side open. Where both ends are the same, that is the date.

        Raises:
            DateParseError: The ends have different precision, or stand reversed.
            UsageError: Both ends are None.

        >>> FuzzyDate.one_of("2015-08-27", "2015-08-31")
        FuzzyDate('[2015-08-27..2015-08-31]')
        """
        start, end = _written(first), _written(last)
        if not start and not end:
            raise UsageError("a window needs a first or a last date")
        return cls.parse(start if start == end else f"[{start}..{end}]")

    @classmethod
    def span(
        cls,
        start: FuzzyDate | dt.date | str | None,
        end: FuzzyDate | dt.date | str | None,
    ) -> Self:
        """Something that lasted: `start/end`, with None for an end that is open.

        Raises:
            DateParseError: An end is itself a span or set, or they stand reversed.
        """
        return cls.parse(f"{_written(start) or '..'}/{_written(end) or '..'}")

    @classmethod
    def window(cls, first_day: int | None, last_day: int | None) -> Self:
        """The shortest text for an unknown moment between two days, given by number.

        A whole month or year is written as such, one day as that day. None leaves
        a side open.

        Raises:
            UsageError: No side is given, they stand reversed, or a day lies outside
                the years -9999 to 9999, where EDTF has no days.

        >>> FuzzyDate.window(735811, 735841), FuzzyDate.window(None, 735841)
        (FuzzyDate('2015-08'), FuzzyDate('[..2015-08-31]'))
        """
        if first_day is None and last_day is None:
            raise UsageError("a window needs a first or a last day")
        if first_day is None or last_day is None:
            return cls.one_of(_day_text(first_day), _day_text(last_day))
        if first_day > last_day:
            raise UsageError("the first day of a window lies after its last")
        (year, month, day), last = day_of(first_day), day_of(last_day)
        start = _day_text(first_day) or ""
        if day == 1 and last == (year, month, month_length(year, month)):
            return cls.parse(start[:-3])
        if (month, day) == (1, 1) and last == (year, 12, 31):
            return cls.parse(start[:-6])
        return cls.one_of(start, _day_text(last_day))

    @property
    def reading(self) -> Reading:
        """Everything that the text says: its items, parts and their qualifiers."""
        found = self._found
        return found if isinstance(found, Reading) else read(self.text)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Each date expression in the text, with its components and qualifiers."""
        return self.reading.parts

    @property
    def kind(self) -> Kind:
        """Point, one-of, span or set.

        A date of any precision is a point, `2015-08` as well as `2015-08-23`: one
        moment, known no closer than it is written.
        """
        found = self._found
        return found.kind if isinstance(found, Reading) else Kind.POINT

    @property
    def level(self) -> int:
        """The lowest EDTF level (0, 1 or 2) that has all of this notation."""
        found = self._found
        return found.level if isinstance(found, Reading) else 0

    @property
    def is_uncertain(self) -> bool:
        """Whether a `?` or `%` stands anywhere in it."""
        found = self._found
        return isinstance(found, Reading) and bool(found.marks & UNCERTAIN)

    @property
    def is_approximate(self) -> bool:
        """Whether a `~` or `%` stands anywhere in it."""
        found = self._found
        return isinstance(found, Reading) and bool(found.marks & APPROXIMATE)

    @property
    def is_qualified(self) -> bool:
        """Whether it is uncertain, approximate or both."""
        found = self._found
        return isinstance(found, Reading) and found.marks != 0

    @property
    def first(self) -> Day | None:
        """The first day that fits, as (year, month, day) in any year; None if open or unknown."""
        found = self._found
        if isinstance(found, Reading):
            return found.first
        return (found.year, found.month, found.day)

    @property
    def last(self) -> Day | None:
        """The last day that fits; None if open or unknown."""
        found = self._found
        if isinstance(found, Reading):
            return found.last
        return (found.year, found.month, found.day)

    @property
    def earliest(self) -> dt.date | None:
        """The first day that fits; None if open, unknown or outside the years 1 to 9999."""
        found = self._found
        return _as_date(found.first) if isinstance(found, Reading) else found

    @property
    def latest(self) -> dt.date | None:
        """The last day that fits; None if open, unknown or outside the years 1 to 9999."""
        found = self._found
        return _as_date(found.last) if isinstance(found, Reading) else found

    @property
    def earliest_year(self) -> int | None:
        """The year of the first day, 0 being 1 BC; None only if open or unknown."""
        first = self.first
        return None if first is None else first[0]

    @property
    def latest_year(self) -> int | None:
        """The year of the last day, 0 being 1 BC; None only if open or unknown."""
        last = self.last
        return None if last is None else last[0]

    @property
    def earliest_key(self) -> str | None:
        """The first day as text that sorts rightly among all years: see `days.sort_key`."""
        found = self._found
        if not isinstance(found, Reading):
            return self.text
        return None if found.first is None else sort_key(found.first)

    @property
    def latest_key(self) -> str | None:
        """The last day as text that sorts rightly among all years: see `days.sort_key`."""
        found = self._found
        if not isinstance(found, Reading):
            return self.text
        return None if found.last is None else sort_key(found.last)

    @property
    def earliest_day(self) -> int | None:
        """The number of the first day: `date.toordinal`, continued to all years."""
        first = self.first
        return None if first is None else number_of(first)

    @property
    def latest_day(self) -> int | None:
        """The number of the last day: `date.toordinal`, continued to all years."""
        last = self.last
        return None if last is None else number_of(last)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, FuzzyDate) else NotImplemented

    def __hash__(self) -> int:
        return hash((FuzzyDate, self.text))

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.text,)


def parse(text: str) -> FuzzyDate:
    """Read a date; the inverse of `format`."""
    return FuzzyDate.parse(text)


def format(date: FuzzyDate) -> str:
    """The text of a date, exactly as it was read."""
    return date.text


_ISO_DAY: Final = len("2015-08-23")


def _find(text: str) -> dt.date | Reading:
    if not isinstance(text, str):
        raise DateParseError(repr(text), 0, f"a text and not {type(text).__name__}")
    if len(text) == _ISO_DAY and text[4] == text[7] == "-":
        try:
            return _from_iso(text)
        except ValueError:
            # Not a plain day of the years 1 to 9999; it may still be a date.
            pass
    return read(text)


def _as_date(day: Day | None) -> dt.date | None:
    return dt.date(*day) if day is not None and 1 <= day[0] <= 9999 else None


def _written(date: FuzzyDate | dt.date | str | None) -> str:
    if date is None:
        return ""
    if isinstance(date, dt.date):
        return FuzzyDate.from_day(date).text
    return str(date)


def _day_text(number: int | None) -> str | None:
    if number is None:
        return None
    year, month, day = day_of(number)
    if abs(year) > 9999:
        raise UsageError(f"EDTF has no days in the year {year}")
    return f"{'-' * (year < 0)}{abs(year):04}-{month:02}-{day:02}"
