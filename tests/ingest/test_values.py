"""Numbers, years and codes survive what spreadsheets do to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.errors import ValueParseError
from heritage.ingest.formats.table import Value
from heritage.ingest.sources.whc.place import Angle, locate, look_exchanged, read_angle, read_pair
from heritage.ingest.sources.whc.values import (
    decimal_mark,
    is_nothing,
    latest_year,
    read_category,
    read_countries,
    read_criteria,
    read_flag,
    read_number,
    read_reference,
    read_year,
    read_years,
)
from heritage.model import CRITERIA

years = st.integers(1978, 2026)
Reader = Callable[[Value], tuple[Any, bool]]


@pytest.mark.parametrize(
    ("value", "mark", "number"),
    [
        (23, None, 23.0),
        ("23.0", None, 23.0),
        ("2.0E3", None, 2000.0),
        ("-0.5", None, -0.5),
        ("1,640", ".", 1640.0),
        ("1,640", ",", 1.64),
        ("1.640", ",", 1640.0),
        ("1,640.5", None, 1640.5),
        ("1.640,5", None, 1640.5),
        ("1.584.233", None, 1584233.0),
        ("1,584,233", None, 1584233.0),
        ("1 640,5", None, 1640.5),
        ("158,9265", None, 158.9265),
        ("1\u202f640", None, 1640.0),
    ],
)
def test_a_number_is_read_in_every_notation(value: Value, mark: str | None, number: float) -> None:
    assert number == read_number(value, mark)[0]


def test_a_comma_that_could_mean_two_things_is_refused() -> None:
    with pytest.raises(ValueParseError):
        read_number("1,640")


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_number_written_by_python_is_read_as_it_was(number: float) -> None:
    assert (number, False) == read_number(repr(number))
    assert (number, False) == read_number(number)


@given(st.integers(0, 10**9), st.integers(1, 99))
def test_thousands_and_decimals_of_two_signs_are_told_apart(whole: int, hundredths: int) -> None:
    number = whole + hundredths / 100
    english = f"{number:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert pytest.approx(number) == read_number(english, ".")[0]
    assert pytest.approx(number) == read_number(german, ",")[0]


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["67,82525", "34,84694"], ","),
        (["67.82525"], "."),
        ([67.8], "."),
        (["67,8", "34.8"], None),
        (["67", None, ""], None),
    ],
)
def test_the_decimal_mark_of_a_file_is_what_its_coordinates_agree_on(
    values: list[Value], mark: str | None
) -> None:
    assert mark == decimal_mark(values)


@pytest.mark.parametrize(
    ("value", "year"),
    [
        (1980, 1980),
        (1980.0, 1980),
        ("1980", 1980),
        (" 1980.0 ", 1980),
        ("1,980", 1980),
        ("1980-01-01", 1980),
        ("1980-01-01T00:00:00", 1980),
    ],
)
def test_a_year_is_read(value: Value, year: int) -> None:
    assert year == read_year(value)[0]


@pytest.mark.parametrize("value", ["2O19", "80", "1980?", True, "19800", "١٩٨٠", 1980.5, -1980])
def test_what_is_no_year_is_refused(value: Value) -> None:
    with pytest.raises(ValueParseError):
        read_year(value)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2005,2014", (2005, 2014)),
        ("2019,1980", (1980, 2019)),
        ("2005, 2014", (2005, 2014)),
        ("2005;2014", (2005, 2014)),
        ("2005.0, 2014.0", (2005, 2014)),
        (2005.0, (2005,)),
    ],
)
def test_years_are_read_in_order_and_without_repair(value: Value, found: tuple[int, ...]) -> None:
    assert (found, False) == read_years(value)


@given(st.lists(years, min_size=2, max_size=4, unique=True))
def test_years_that_ran_together_come_apart(found: list[int]) -> None:
    together = "".join(map(str, found))
    wanted = (tuple(sorted(found)), True)

    assert wanted == read_years(together)
    assert wanted == read_years(int(together))
    assert wanted == read_years(f"{int(together):,}")
    if len(found) < 4:  # a float has no more digits
        assert wanted == read_years(float(together))


@given(years, years)
def test_years_that_became_one_decimal_come_apart(first: int, second: int) -> None:
    """A float drops the noughts at its end: 2005.2010 is 2005.201."""
    assert ((tuple(sorted({first, second}))), True) == read_years(float(f"{first}.{second}"))


@pytest.mark.parametrize("value", ["200520", "20053014", "soon", "2005-2014", "17892005", True])
def test_what_could_be_other_years_is_refused(value: Value) -> None:
    with pytest.raises(ValueParseError):
        read_years(value)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (23, ("23", None)),
        ("23.0", ("23", None)),
        ("00023", ("23", None)),
        ("23bis", ("23", "bis")),
        ("23 Bis", ("23", "Bis")),
        ("1033-257", ("1033", "-257")),
        ("723-894 Rev", ("723", "-894 Rev")),
        ("1,133", ("1133", None)),
    ],
)
def test_the_number_of_a_property_is_told_from_its_suffix(
    value: Value, found: tuple[str, str | None]
) -> None:
    assert found == read_reference(value)[0]


@pytest.mark.parametrize("value", ["", "bis", 0, "-23", "2 3 5", 23.5, True, "٢٣", "http://x/23"])
def test_what_is_no_number_of_a_property_is_refused(value: Value) -> None:
    with pytest.raises(ValueParseError):
        read_reference(value)


@given(st.sets(st.sampled_from(CRITERIA)).map(lambda found: sorted(found, key=CRITERIA.index)))
def test_criteria_are_read_as_they_are_written(found: list[str]) -> None:
    wanted = (tuple(found), False)

    assert wanted == read_criteria("".join(f"({criterion})" for criterion in found))
    assert wanted == read_criteria(", ".join(found))
    columns = ("c1", "c2", "c3", "c4", "c5", "c6", "n7", "n8", "n9", "n10")
    assert wanted == read_criteria(", ".join(columns[CRITERIA.index(c)] for c in found))


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (read_criteria, "N(ii)"),
        (read_criteria, "(xi)"),
        (read_criteria, "(i)+(ii)"),
        (read_countries, "syr"),
        (read_countries, "Syria"),
        (read_flag, "maybe"),
        (read_flag, 2),
        (read_category, "Intangible"),
    ],
)
def test_what_is_not_of_its_column_is_refused(reader: Reader, value: Value) -> None:
    with pytest.raises(ValueParseError):
        reader(value)


@pytest.mark.parametrize("written", ["al,mk", "AL, MK", "al;mk", "al mk", "al/mk"])
def test_countries_are_read_in_capitals(written: str) -> None:
    assert (("AL", "MK"), False) == read_countries(written)


@pytest.mark.parametrize(
    ("value", "flag"),
    [(1, True), ("1.0", True), ("True", True), (0, False), ("FALSE", False), (False, False)],
)
def test_a_flag_is_read(value: Value, flag: bool) -> None:
    assert (flag, False) == read_flag(value)


def test_namibia_is_not_nothing() -> None:
    assert not is_nothing("na")
    assert not is_nothing("NA")
    assert all(map(is_nothing, (None, "", "  ", "NULL", "nan", "None")))


def test_the_years_to_come_are_few() -> None:
    this = dt.datetime.now(dt.UTC).year

    assert this <= latest_year() <= this + 1


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        ("38.26667", 38.26667),
        ("38,26667", 38.26667),
        ("-12,047", -12.047),
        ("38.26667° E", 38.26667),
        ("W 38.5", -38.5),
        ("38°15′", 38.25),
        ("38° 15' 36\" S", -38.26),
    ],
)
def test_degrees_are_read_in_every_notation(written: str, degrees: float) -> None:
    assert pytest.approx(degrees) == read_angle(written)[0].degrees


@pytest.mark.parametrize("written", ["38°75′", "east", "N 38 E", "38.2.6", "38°15″"])
def test_what_are_no_degrees_is_refused(written: str) -> None:
    with pytest.raises(ValueParseError):
        read_angle(written)


@given(st.floats(-89, 89), st.floats(91, 179))
def test_a_latitude_beyond_the_pole_looks_exchanged(small: float, large: float) -> None:
    assert look_exchanged(Angle(small, None), Angle(large, None))
    assert not look_exchanged(Angle(large, None), Angle(small, None))


def test_angles_are_exchanged_only_where_their_letters_say_so() -> None:
    location, repaired = locate(Angle(34.5, "N"), Angle(38.2, "E"))

    assert (38.2, 34.5, True) == (location.longitude, location.latitude, repaired)


@pytest.mark.parametrize(
    "written",
    [
        "34.5, 38.2",
        '{"lon": 38.2, "lat": 34.5}',
        "{'lon': 38.2, 'lat': 34.5}",
        '{"type": "Point", "coordinates": [38.2, 34.5]}',
    ],
)
def test_a_point_in_one_cell_is_read(written: str) -> None:
    assert ((38.2, 34.5), False) == read_pair(written)
