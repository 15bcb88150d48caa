"""Claimed values and what they mean, in the notation of each property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.errors import InvalidRecordError, ValueParseError
from heritage.model import PROPERTIES, Claim, Reading, read_value
from tests.strategies import dates, words


def of_type(type: str) -> list[str]:
    return [name for name, one in PROPERTIES.items() if one.type == type]


@pytest.mark.parametrize("name", of_type("date"))
@given(text=dates)
def test_a_date_is_read_as_a_date(name: str, text: str) -> None:
    date = read_value(name, text).date

    assert date is not None
    assert text == date.text


@pytest.mark.parametrize("name", of_type("term") + of_type("text"))
@given(text=words)
def test_terms_and_texts_are_kept_as_written(name: str, text: str) -> None:
    reading = read_value(name, text)

    assert text == (reading.term if PROPERTIES[name].type == "term" else reading.text)
    assert (None, None, None) == (reading.date, reading.low, reading.high)


@pytest.mark.parametrize(
    ("text", "low", "high", "words"),
    [
        ("70", 70.0, 70.0, None),
        ("0", 0.0, 0.0, None),
        ("100", 100.0, 100.0, None),
        ("70..80", 70.0, 80.0, None),
        ("92..92.5", 92.0, 92.5, None),
        ("80..", 80.0, None, None),
        ("..20", None, 20.0, None),
        ("most of it", None, None, "most of it"),
        ("-5", None, None, "-5"),
        ("٧٠", None, None, "٧٠"),
        ("..", None, None, ".."),
    ],
)
def test_an_extent_is_a_number_a_range_or_words(
    text: str, low: float | None, high: float | None, words: str | None
) -> None:
    assert Reading(low=low, high=high, text=words) == read_value("extent", text)


@pytest.mark.parametrize("name", of_type("count"))
@pytest.mark.parametrize(
    ("text", "low", "high", "words"),
    [
        ("26 killed", 26.0, 26.0, "killed"),
        ("26.. killed", 26.0, None, "killed"),
        ("..5 wounded", None, 5.0, "wounded"),
        ("25..30 air raids", 25.0, 30.0, "air raids"),
        ("3", 3.0, 3.0, None),
        ("1000000 objects", 1e6, 1e6, "objects"),
        ("dozens of statues", None, None, "dozens of statues"),
    ],
)
def test_a_count_says_what_was_counted(
    name: str, text: str, low: float | None, high: float | None, words: str | None
) -> None:
    assert Reading(low=low, high=high, text=words) == read_value(name, text)


@pytest.mark.parametrize(
    ("text", "who", "way", "date"),
    [
        ("Islamic State since 2015-05-20", "Islamic State", "since", "2015-05-20"),
        ("Syrian army until 2015-05?", "Syrian army", "until", "2015-05?"),
        ("those since gone since 2016", "those since gone", "since", "2016"),
        ("داعش since 2015-05-20", "داعش", "since", "2015-05-20"),
    ],
)
def test_control_says_who_and_since_or_until_when(text: str, who: str, way: str, date: str) -> None:
    reading = read_value("control", text)

    assert (who, way) == (reading.text, reading.term)
    assert reading.date is not None
    assert date == reading.date.text


@pytest.mark.parametrize("text", ["true", "false"])
def test_a_truth_is_one_of_two_words(text: str) -> None:
    assert Reading(term=text) == read_value("occurred", text)


@pytest.mark.parametrize(
    ("name", "text", "at", "expected"),
    [
        ("occurred", "yes", 0, "true or false"),
        ("occurred", "True", 0, "true or false"),
        ("extent", "101", 0, "a percentage from 0 to 100"),
        ("extent", "..100.5", 0, "a percentage from 0 to 100"),
        ("extent", "80..70", 4, "an end that is not below the beginning"),
        ("casualties", "30..25 killed", 4, "an end that is not below the beginning"),
        ("control", "Islamic State", 0, "who held the place, since or until, and a date"),
        ("control", " since 2015", 0, "who held the place, since or until, and a date"),
        ("control", "A since soon", 8, "a year"),
        ("date", "03/04/2015", 2, "a year of four digits"),
        ("date", "2015-02-30", 8, "a day"),
        ("built", "AD 32", 0, "a year"),
    ],
)
def test_a_value_of_another_notation_is_refused_at_its_place(
    name: str, text: str, at: int, expected: str
) -> None:
    with pytest.raises(ValueParseError) as caught:
        read_value(name, text)

    assert (text, at) == (caught.value.text, caught.value.at)
    assert caught.value.expected.startswith(expected[:6])


def test_a_claim_refuses_a_value_that_its_property_cannot_have() -> None:
    with pytest.raises(InvalidRecordError) as caught:
        Claim(subject="e", property="date", value="2015-02-30", source="s")

    assert "value: '2015-02-30' is not a value of this property" in caught.value.faults[0]


def test_a_claim_without_a_value_has_no_reading() -> None:
    assert Claim(subject="e", property="date", as_written="лето", source="s").reading is None


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_range_is_read_as_it_was_written(one: int, other: int) -> None:
    low, high = sorted((one, other))

    assert Reading(low=low, high=high) == read_value("extent", f"{low}..{high}")
