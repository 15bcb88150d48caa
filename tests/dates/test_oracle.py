"""The bounds that `edtf` finds too, where it is right.

Not asked: impossible days, reversed intervals and blanks, which it accepts;
unknown ends, to which it adds ten years; seasons without a hemisphere and over
the turn of the year, which the standard leaves open; significant digits.
"""

from __future__ import annotations

import contextlib
import io
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.dates import FuzzyDate
from heritage.dates.days import month_length

edtf: Any = pytest.importorskip("edtf", reason="the oracle for dates is not installed")

YEARS = st.integers(1, 9998)
PARTS_OF_THE_YEAR = st.sampled_from([25, 26, 27, 29, 31, *range(33, 42)])


@st.composite
def plain(draw: st.DrawFn) -> str:
    year, month = draw(YEARS), draw(st.integers(1, 12))
    day = draw(st.integers(1, month_length(year, month)))
    texts = [f"{year:04}", f"{year:04}-{month:02}", f"{year:04}-{month:02}-{day:02}"]
    return draw(st.sampled_from([*texts, f"{year:04}-{draw(PARTS_OF_THE_YEAR)}"]))


@st.composite
def unspecified(draw: st.DrawFn) -> str:
    year, month = draw(YEARS), draw(st.integers(1, 12))
    decade = f"{year:04}"[:3]
    shapes = [f"{decade}X", f"{decade[:2]}XX", f"{decade}X-{month:02}-01"]
    return draw(st.sampled_from([*shapes, f"{year:04}-XX", f"{year:04}-{month:02}-XX"]))


@st.composite
def joined(draw: st.DrawFn) -> str:
    first, last = sorted((draw(YEARS), draw(YEARS)))
    months = (f"{first:04}-01", f"{last:04}-12")
    shapes = ["{}/{}", "[{}..{}]", "{{{},{}}}", "{}~/{}?"]
    return draw(st.sampled_from(shapes)).format(*months)


@settings(max_examples=15)
@given(plain() | unspecified() | joined())
def test_the_bounds_are_those_of_another_implementation(text: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        oracle = edtf.parse_edtf(text)
        lower, upper = oracle.lower_strict(), oracle.upper_strict()

    date = FuzzyDate.parse(text)

    assert (ymd(lower), ymd(upper)) == (date.first, date.last)


def ymd(moment: time.struct_time) -> tuple[int, int, int]:
    return (moment.tm_year, moment.tm_mon, moment.tm_mday)
