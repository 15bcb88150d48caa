"""Text to moments: points in time at which something was known."""

from __future__ import annotations

import datetime as dt
import re

import attrs

from heritage.errors import MomentParseError

_CHANGE = re.compile(r"change:([0-9]{1,18})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?")
_ZONE = re.compile(r"[Zz]|[+-][0-9]{2}:?[0-9]{2}")

SHAPES = "2016-04-01, 2016-04-01T12:00:00Z or change:12"
"""What a moment may look like, for messages."""


@attrs.frozen
class Moment:
    """A point in time, or the end of a change of the log.

    >>> Moment.of("2016-04-01T02:00:00+02:00").at
    datetime.datetime(2016, 4, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """

    at: dt.datetime | None
    """In UTC; None where a change is named."""
    change: int | None = None

    @classmethod
    def of(cls, given: str | dt.date) -> Moment:
        """Read a moment.

        Args:
            given: ISO 8601 with a zone; a day, which means its end in UTC; `change:12`
                for right after that change; or a date or datetime of Python.

        Raises:
            MomentParseError: It is none of these, or its zone is missing.
        """
        if isinstance(given, str):
            return _parsed(given)
        if isinstance(given, dt.datetime):
            if given.tzinfo is None:
                raise MomentParseError(str(given), len(str(given)), "a time zone such as Z")
            return cls(_utc(given, str(given)))
        if isinstance(given, dt.date):
            return cls(dt.datetime.combine(given, dt.time.max, dt.UTC))
        raise MomentParseError(repr(given), 0, f"a moment such as {SHAPES}")


def _parsed(text: str) -> Moment:
    change = _CHANGE.fullmatch(text)
    if change:
        return Moment(None, int(change[1]))
    day = _DAY.match(text)
    if day is None:
        raise MomentParseError(text, 0, f"a moment such as {SHAPES}")
    try:
        end = dt.datetime.combine(dt.date.fromisoformat(day[0]), dt.time.max, dt.UTC)
    except ValueError:
        raise MomentParseError(text, 0, "a day of the calendar") from None
    if day[0] == text:
        return Moment(end)
    time = _TIME.match(text, day.end())
    if time is None:
        raise MomentParseError(text, day.end(), "a time such as T12:00:00Z, or nothing")
    zone = _ZONE.fullmatch(text, time.end())
    if zone is None:
        raise MomentParseError(text, time.end(), "a time zone such as Z or +02:00")
    try:
        moment = dt.datetime.fromisoformat(text.replace(",", ".").upper())
    except ValueError:
        raise MomentParseError(text, day.end() + 1, "a time of day") from None
    return Moment(_utc(moment, text))


def _utc(moment: dt.datetime, text: str) -> dt.datetime:
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise MomentParseError(text, 0, "a moment of the years 1 to 9999") from None
