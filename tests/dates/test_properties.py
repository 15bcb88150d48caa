"""Dates of every level, made at random, against the slow way of doing it."""

from __future__ import annotations

import calendar
import datetime as dt
import pickle
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from heritage.dates import FuzzyDate, Kind, Relation, during, format, humanize, parse, relate
from heritage.dates.days import Day, day_of, month_length, number_of, sort_key
from heritage.errors import DateParseError

QUALIFIERS = st.sampled_from(["", "", "?", "~", "%"])
SHIFTS = st.sampled_from(["", "Z", "+03", "+05:45", "-12:00", "+14:00", "+00:00"])
YEARS = st.integers(-9999, 9999)
ANY_YEARS = st.one_of(YEARS, st.integers(-(10**12), 10**12))


def written_year(year: int) -> str:
    """A year of at most four digits, as EDTF writes it."""
    return f"{'-' * (year < 0)}{abs(year):04}"


def written_day(day: Day) -> str:
    """A day as EDTF writes it."""
    return f"{written_year(day[0])}-{day[1]:02}-{day[2]:02}"


@st.composite
def days(draw: st.DrawFn, years: st.SearchStrategy[int] = YEARS) -> Day:
    """A day that exists, with those at the ends of months well represented."""
    year, month = draw(years), draw(st.integers(1, 12))
    last = month_length(year, month)
    return (year, month, draw(st.sampled_from([1, last]) | st.integers(1, last)))


@st.composite
def plain_dates(draw: st.DrawFn, years: st.SearchStrategy[int] = YEARS) -> str:
    """A year, a month or a day, with negative years."""
    components = re.findall(r"-?\d+?(?=-|$)", written_day(draw(days(years))))
    return "".join(components[: draw(st.integers(1, 3))])


@st.composite
def sub_years(draw: st.DrawFn) -> str:
    """A season, quarter, quadrimester or semestral."""
    return f"{written_year(draw(YEARS))}-{draw(st.integers(21, 41))}"


@st.composite
def far_years(draw: st.DrawFn) -> str:
    """Years with Y, exponents and significant digits."""
    sign = draw(st.sampled_from(["", "-"]))
    exponent = draw(st.sampled_from(["", "E1", "E7", "E17", "E80"]))
    significant = draw(st.sampled_from(["", "S1", "S2", "S5"]))
    return f"Y{sign}{draw(st.integers(10_000, 10**15))}{exponent}{significant}"


@st.composite
def significant_years(draw: st.DrawFn) -> str:
    """Four digits and how many of them count."""
    sign = draw(st.sampled_from(["", "-"]))
    return f"{sign}{draw(st.integers(1000, 9999))}S{draw(st.integers(1, 4))}"


@st.composite
def masked(draw: st.DrawFn, years: st.SearchStrategy[int] = YEARS, spared: int = 0) -> str:
    """A plain date with X for some of its digits, but not for the first `spared`."""
    text = draw(plain_dates(years))
    hidden = draw(st.sets(st.integers(spared, len(text) - 1), min_size=1))
    return "".join("X" if at in hidden and sign.isdigit() else sign for at, sign in enumerate(text))


@st.composite
def qualified(draw: st.DrawFn, dates: st.SearchStrategy[str]) -> str:
    """The same date with qualifiers at any of the places that take one."""
    components = re.findall(r"Y.+|-?[0-9XS]+", draw(dates))
    first, *others = components
    said = [draw(QUALIFIERS) + first + draw(QUALIFIERS)]
    said += [f"-{draw(QUALIFIERS)}{each[1:]}{draw(QUALIFIERS)}" for each in others]
    return "".join(said)


@st.composite
def timed(draw: st.DrawFn) -> str:
    """A day with a time, and perhaps a shift from UTC."""
    moment = draw(st.times()).replace(microsecond=0).isoformat()
    return f"{written_day(draw(days()))}T{moment}{draw(SHIFTS)}"


simple = st.one_of(plain_dates(), sub_years(), far_years(), significant_years(), masked())
expressions = simple | qualified(simple)


@st.composite
def ordered_days(draw: st.DrawFn) -> tuple[str, str]:
    """Two days, the second not before the first, with qualifiers behind them."""
    first, last = sorted((draw(days()), draw(days())))
    return written_day(first) + draw(QUALIFIERS), written_day(last) + draw(QUALIFIERS)


@st.composite
def spans(draw: st.DrawFn) -> str:
    """Intervals, with open and unknown ends."""
    start, end = draw(ordered_days())
    return draw(
        st.sampled_from(
            [f"{start}/{end}", f"{start}/..", f"../{end}", f"{start}/", f"/{end}", "../..", "/.."]
        )
    )


@st.composite
def collections(draw: st.DrawFn) -> str:
    """One-of and set, with ranges and open ends."""
    members = draw(st.lists(expressions, min_size=1, max_size=4))
    if draw(st.booleans()):
        members[0] = f"..{members[0]}"
    if draw(st.booleans()):
        members.append("..".join(draw(ordered_days())))
    if draw(st.booleans()):
        members.append(f"{draw(expressions)}..")
    body = ",".join(members)
    return draw(st.sampled_from([f"[{body}]", f"{{{body}}}"]))


edtf = st.one_of(expressions, timed(), spans(), collections())


def fitting_days(text: str) -> list[Day]:
    """Every day that fits a pattern, found by looking at each."""
    components = text.removeprefix("-").split("-")
    found = []
    for magnitude in range(10_000):
        year = -magnitude if text.startswith("-") else magnitude
        if not fits(f"{magnitude:04}", components[0]) or (year == 0 and text.startswith("-")):
            continue
        for month in range(1, 13):
            if len(components) > 1 and not fits(f"{month:02}", components[1]):
                continue
            # The calendar repeats itself every 400 years.
            length = calendar.monthrange(2000 + year % 400, month)[1]
            found += [
                (year, month, day)
                for day in range(1, length + 1)
                if len(components) < 3 or fits(f"{day:02}", components[2])
            ]
    return sorted(found)


def fits(digits: str, pattern: str) -> bool:
    return all(sign in ("X", digit) for digit, sign in zip(digits, pattern, strict=True))


@given(edtf)
def test_the_text_comes_back_as_it_was(text: str) -> None:
    date = FuzzyDate.parse(text)

    assert text == format(parse(text)) == str(date) == date.text
    assert f"FuzzyDate({text!r})" == repr(date)
    assert date == pickle.loads(pickle.dumps(date))  # noqa: S301  # our own bytes
    assert hash(date) == hash(FuzzyDate(text))


@given(edtf)
def test_everything_that_can_be_parsed_can_be_asked(text: str) -> None:
    date = FuzzyDate.parse(text)

    assert date.kind in Kind
    assert date.level in (0, 1, 2)
    assert "".join(part.text for part in date.parts) == re.sub(r"[\[\]{},/]|\.\.", "", text)
    assert humanize(date)
    if date.earliest_day is not None and date.latest_day is not None:
        assert date.earliest_day <= date.latest_day
        assert date.first == day_of(date.earliest_day)
        assert date.last == day_of(date.latest_day)


@given(masked(spared=2))
@example("190X-02-29")
@example("-000X-02-29")
@example("2004-X1-31")
@example("2015-X2-3X")
def test_a_pattern_is_bounded_by_the_first_and_last_day_that_fit(text: str) -> None:
    found = fitting_days(text)

    date = FuzzyDate.parse(text)
    assert (found[0], found[-1]) == (date.first, date.last)


@given(
    st.from_regex(r"\A-?[0-9X][0-9]{2}[0-9X]-([01X][0-9X]|[23]X)(-[0-3X][0-9X])?\Z"),
)
@example("2015-02-3X")
@example("19X1-02-29")
@example("2015-02-29")
@example("-0000-XX")
@example("2015-2X")
def test_a_date_is_refused_exactly_where_no_day_fits(text: str) -> None:
    found = fitting_days(text)

    try:
        date = FuzzyDate.parse(text)
    except DateParseError:
        assert [] == found
    else:
        assert (found[0], found[-1]) == (date.first, date.last)


@given(simple.flatmap(lambda text: st.tuples(st.just(text), qualified(st.just(text)))))
def test_qualifiers_never_move_a_bound(pair: tuple[str, str]) -> None:
    plain, marked = (FuzzyDate.parse(text) for text in pair)

    assert (plain.first, plain.last) == (marked.first, marked.last)
    assert (plain.earliest, plain.latest) == (marked.earliest, marked.latest)
    assert ("?" in pair[1] or "%" in pair[1]) == marked.is_uncertain
    assert ("~" in pair[1] or "%" in pair[1]) == marked.is_approximate
    assert plain.level <= marked.level


@given(days(ANY_YEARS), days(ANY_YEARS))
def test_keys_and_numbers_sort_as_days_do(a: Day, b: Day) -> None:
    assert (a < b) == (sort_key(a) < sort_key(b)) == (number_of(a) < number_of(b))
    assert (a == b) == (sort_key(a) == sort_key(b)) == (number_of(a) == number_of(b))


@given(st.integers(-(10**12), 10**12))
def test_a_day_and_its_number_are_inverses(number: int) -> None:
    day = day_of(number)

    assert number == number_of(day)
    assert number + 1 == number_of(day_of(number + 1))
    assert day < day_of(number + 1)


@given(st.dates())
def test_days_of_the_standard_library_are_the_same_days(day: dt.date) -> None:
    date = FuzzyDate.from_day(day)

    assert day == date.earliest == date.latest
    assert day.isoformat() == date.text == date.earliest_key == date.latest_key
    assert day.toordinal() == date.earliest_day == date.latest_day
    assert (day.year, day.year) == (date.earliest_year, date.latest_year)


@given(edtf, edtf)
def test_a_relation_seen_from_the_other_side_is_its_inverse(a: str, b: str) -> None:
    there = relate(FuzzyDate.parse(a), FuzzyDate.parse(b))
    back = relate(FuzzyDate.parse(b), FuzzyDate.parse(a))

    assert there.relation.inverse == back.relation
    assert there.gap_days == back.gap_days
    assert there.hardness == back.hardness
    assert (there.gap_days > 0) == (there.relation is Relation.DISJOINT)


@given(edtf)
def test_a_date_equals_itself(text: str) -> None:
    date = FuzzyDate.parse(text)

    assert Relation.EQUAL == relate(date, date).relation
    assert "yes" == during(date, date)


RECENT_YEARS = st.integers(1999, 2004)


@given(masked(RECENT_YEARS, 3), masked(RECENT_YEARS, 3) | plain_dates(RECENT_YEARS))
def test_relations_are_those_of_the_days_that_fit(a: str, b: str) -> None:
    ours, theirs = set(fitting_days(a)), set(fitting_days(b))

    found = relate(FuzzyDate.parse(a), FuzzyDate.parse(b))

    if ours == theirs:
        expected = Relation.EQUAL
    elif ours < theirs:
        expected = Relation.REFINES
    elif ours > theirs:
        expected = Relation.COARSENS
    else:
        expected = Relation.OVERLAPS if ours & theirs else Relation.DISJOINT
    assert expected == found.relation


@given(edtf, edtf)
def test_only_what_overlaps_can_have_been_during(date: str, window: str) -> None:
    a, b = FuzzyDate.parse(date), FuzzyDate.parse(window)
    relation = relate(a, b).relation

    answer = during(a, b)

    assert ("no" == answer) == (relation is Relation.DISJOINT)
    if relation in (Relation.EQUAL, Relation.REFINES):
        assert "yes" == answer


@given(st.integers(-3_000_000, 3_000_000), st.integers(0, 1000))
def test_a_window_by_day_numbers_has_just_those_days(first: int, length: int) -> None:
    date = FuzzyDate.window(first, first + length)

    assert (first, first + length) == (date.earliest_day, date.latest_day)


@given(edtf, st.data())
def test_a_stray_character_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    stray = data.draw(st.sampled_from([" ", "x", "(", "٣", "\n", "é", "\ud800", "\0"]))

    with pytest.raises(DateParseError) as raised:
        FuzzyDate.parse(text[:at] + stray + text[at:])

    assert at == raised.value.at
    assert raised.value.expected
    assert str(raised.value)


@given(st.text(alphabet="0123456789X-YESTZ:+?~%[]{},./ ", max_size=20))
def test_any_text_is_a_date_or_refused_inside_it(text: str) -> None:
    try:
        found = FuzzyDate.parse(text).text
    except DateParseError as refusal:
        error = refusal
    else:
        assert text == found
        return
    assert 0 <= error.at <= len(text)
    assert text == error.text
