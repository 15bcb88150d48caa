"""A moment has a zone, or is a whole day; everything else is refused where it goes wrong."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.dates.moment import Moment
from heritage.errors import MomentParseError

NOON = dt.datetime(2016, 4, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2016-04-01T12:00:00Z",
        "2016-04-01T12:00Z",
        "2016-04-01 12:00:00.000000Z",
        "2016-04-01t12:00:00,0z",
        "2016-04-01T15:00:00+03:00",
        "2016-04-01T06:30:00-0530",
    ],
)
def test_one_moment_is_written_in_several_ways(text: str) -> None:
    assert Moment(NOON) == Moment.of(text)


def test_a_day_means_its_end() -> None:
    end = dt.datetime(2016, 4, 1, 23, 59, 59, 999_999, dt.UTC)

    assert Moment(end) == Moment.of("2016-04-01") == Moment.of(dt.date(2016, 4, 1))


def test_a_change_is_a_moment() -> None:
    assert Moment(None, 12) == Moment.of("change:12")


@given(
    st.datetimes(
        dt.datetime(2, 1, 1),  # noqa: DTZ001 - Hypothesis gives the zone
        dt.datetime(9998, 1, 1),  # noqa: DTZ001 - likewise
        timezones=st.timezones(),
        allow_imaginary=False,
    )
)
def test_a_datetime_and_its_text_are_one_moment(when: dt.datetime) -> None:
    found = Moment.of(when)

    assert found == Moment.of(found.at.isoformat() if found.at else "")
    # Python calls a time that a clock shows twice unequal to any of another zone.
    assert when.astimezone(dt.UTC) == found.at


@pytest.mark.parametrize(
    ("given", "at", "expected"),
    [
        ("2016-04-01T12:00:00", 19, "a time zone"),
        ("2016-04-01T12:00:00 Europe/Paris", 19, "a time zone"),
        ("2016-04-01T12:00:00+25:00", 11, "a time of day"),
        ("2016-04-01T25:00:00Z", 11, "a time of day"),
        ("2016-04-01T12Z", 10, "a time such as"),
        ("2016-02-30", 0, "a day of the calendar"),
        ("2016-04", 0, "a moment such as"),
        ("yesterday", 0, "a moment such as"),
        ("change:", 0, "a moment such as"),
        ("change:-1", 0, "a moment such as"),
        ("", 0, "a moment such as"),
        ("0001-01-01T00:00:00+01:00", 0, "the years 1 to 9999"),
    ],
)
def test_what_is_no_moment_is_refused_where_it_goes_wrong(
    given: str, at: int, expected: str
) -> None:
    with pytest.raises(MomentParseError, match=expected) as refused:
        Moment.of(given)

    assert at == refused.value.at


def test_a_datetime_without_a_zone_is_refused() -> None:
    with pytest.raises(MomentParseError, match="a time zone"):
        Moment.of(dt.datetime(2016, 4, 1))  # noqa: DTZ001 - that is the point
