"""Time on a line keeps its order, and stays within the line."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.dates import FuzzyDate
from heritage.web.axis import Axis, year_of

years = st.floats(-3000, 3000, allow_nan=False)


@given(st.dates(), st.dates())
def test_days_keep_their_order(one: dt.date, other: dt.date) -> None:
    first, last = sorted((one, other))

    assert year_of(first.isoformat()) <= year_of(last.isoformat())
    assert first.year <= year_of(first.isoformat()) < first.year + 1


@given(st.integers(-9998, 9998), st.integers(-9998, 9998))
def test_the_sort_keys_of_dates_are_read(one: int, other: int) -> None:
    texts = [f"-{-year:04}" if year < 0 else f"{year:04}" for year in sorted((one, other))]
    keys = [FuzzyDate.parse(text).earliest_key for text in texts]

    assert sorted((one, other)) == [year_of(key or "") for key in keys]


@given(st.lists(years, min_size=1), years, years, st.booleans(), st.booleans(), st.booleans())
def test_a_bar_never_leaves_its_axis(
    known: list[float], one: float, other: float, mirrored: bool, start: bool, end: bool
) -> None:
    axis = Axis.around(known, mirrored=mirrored)
    assert axis is not None

    bar = axis.bar(*sorted((one, other)), open_start=start, open_end=end)
    x, width = float(bar.x[:-1]), float(bar.width[:-1])

    assert 0 <= x
    assert 0.59 <= width
    assert x + width <= 100.02


@given(years, years)
def test_from_right_to_left_time_is_mirrored(one: float, other: float) -> None:
    axis = Axis.around([one, other])
    mirrored = Axis.around([one, other], mirrored=True)
    assert axis is not None
    assert mirrored is not None

    places = [float(axis.place(one)[:-1]), float(mirrored.place(one)[:-1])]

    assert 100 == pytest.approx(sum(places), abs=0.02)


@given(st.lists(years, min_size=1))
def test_an_axis_has_few_marks_in_order(known: list[float]) -> None:
    axis = Axis.around(known)
    assert axis is not None

    places = [float(tick.x[:-1]) for tick in axis.ticks()]

    assert len(places) <= 10
    assert sorted(places) == places


def test_a_short_axis_is_marked_in_months_and_a_long_one_in_years() -> None:
    short, long = Axis.around([2015.4, 2015.7]), Axis.around([1980.0, 2024.0])
    assert short is not None
    assert long is not None

    assert "2015-07" in [tick.label for tick in short.ticks()]
    assert ["1980", "1990", "2000", "2010", "2020"] == [tick.label for tick in long.ticks()]


def test_nothing_known_has_no_axis() -> None:
    assert Axis.around([]) is None


def test_years_before_christ_are_said_so() -> None:
    axis = Axis.around([-600.0, 100.0])
    assert axis is not None

    assert "501 BC" in [tick.label for tick in axis.ticks()]
