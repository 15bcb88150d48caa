"""What dates say of each other."""

from __future__ import annotations

import pytest

from heritage.dates import FuzzyDate, Relation, during, relate

RELATIONS = [
    # The dates that are told of Palmyra.
    ("2015-07~", "2015-08-23", "disjoint", 23, "soft"),
    ("2015-08-24", "2015-08-23", "disjoint", 1, "hard"),
    ("[2015-06-26..2015-08-27]", "2015-08-23", "coarsens", 0, "hard"),
    ("2015-08-30", "[2015-08-27..2015-08-31]", "refines", 0, "hard"),
    ("2015-08-25~", "[2015-08-27..2015-09-02]", "disjoint", 2, "soft"),
    ("2015-06-27", "[2015-07-01..2015-07-10]", "disjoint", 4, "hard"),
    ("[..2015-05-19]", "2015-08-30", "disjoint", 103, "hard"),
    ("[2016-12-26..2017-01-10]", "2016-12", "overlaps", 0, "hard"),
    ("[2016-12-26..2017-01-10]", "2017-01", "overlaps", 0, "hard"),
    ("2015-10", "2015-10-04", "coarsens", 0, "hard"),
    ("2015-08-23?", "2015-08-23", "equal", 0, "soft"),
    # What is meant counts, not how it is written.
    ("2015-08", "2015-08-01/2015-08-31", "equal", 0, "hard"),
    ("2015", "{2015-01..2015-12}", "equal", 0, "hard"),
    ("2015-XX", "2015", "equal", 0, "hard"),
    ("[1670,1667,1668]", "[1667..1668,1670]", "equal", 0, "hard"),
    # Only days that fit count, not those between.
    ("1669", "[1667,1668,1670..1672]", "disjoint", 1, "hard"),
    ("[1667,1671]", "[1669,1673]", "disjoint", 366, "hard"),
    ("2004-X1-03", "2004-05", "disjoint", 119, "hard"),
    ("2015-28", "2015-07", "disjoint", 123, "hard"),
    ("2015-24", "2015-07", "coarsens", 0, "hard"),
    ("2015-21", "2015-07", "disjoint", 31, "hard"),
    # Ends that are open, unknown or far away.
    ("2013/..", "2015", "coarsens", 0, "hard"),
    ("2013/", "2015", "coarsens", 0, "hard"),
    ("../2013", "[2013..]", "overlaps", 0, "hard"),
    ("../..", "Y17E8", "coarsens", 0, "hard"),
    ("-0001-12-31", "0000-01-01", "disjoint", 1, "hard"),
    ("0000", "0001", "disjoint", 1, "hard"),
    ("-0031", "0032", "disjoint", 22_646, "hard"),
    ("Y10000", "9999-12-31", "disjoint", 1, "hard"),
    ("9999/Y20000", "Y15000", "coarsens", 0, "hard"),
    ("1950S2", "19XX", "equal", 0, "hard"),
    # Too many windows to look at: taken from the first day to the last.
    ("XXXX-XX-23", "2015-08-22", "coarsens", 0, "hard"),
]

DURING = [
    # One moment.
    ("2015-08-23", "2015-08", "yes"),
    ("2015-08", "2015-08-23", "maybe"),
    ("2015-07", "2015-08", "no"),
    ("2015-08~", "2015-08", "yes"),
    ("[2015-08-27..2015-08-31]", "2015-08", "yes"),
    ("[2015-08-27..2015-09-02]", "2015-08", "maybe"),
    ("[2015-08,2015-10]", "2015-09", "no"),
    ("[2015-08,2015-10]", "[2015-10,2015-08]", "yes"),
    ("[..2015-08]", "2015", "maybe"),
    # Something that lasted.
    ("2015-08-27/2015-09-02", "2015-08", "yes"),
    ("2015-08-27/2015-09-02", "2015-08-30", "yes"),
    ("2015-08-27/2015-09-02", "2015-09-03", "no"),
    ("2013/..", "2015", "yes"),
    ("2013/..", "2013", "yes"),
    ("2013/..", "2013-02", "maybe"),
    ("2013/", "2013", "yes"),
    ("2013/", "2015", "maybe"),
    ("/2015-08", "2015-08", "yes"),
    ("/2015-08", "2015-07", "maybe"),
    ("../2015", "1900", "yes"),
    ("../2015", "2015-02", "maybe"),
    ("../..", "2015", "yes"),
    ("/..", "2015", "maybe"),
    ("2015-07/2015-08", "2015-07-15", "maybe"),
    ("198X/199X", "1985", "maybe"),
    # Each of several.
    ("{1960,1961-12}", "1961", "yes"),
    ("{1960,1961-12}", "1960-05", "maybe"),
    ("{1960,1961-12}", "1961-05", "no"),
    ("{2020-01..2020-04}", "2020-02", "yes"),
    ("{2020-01..2020-12}", "2020-02-03/2020-03-30", "maybe"),
    ("{2020-01..2020-12}", "2020-02-03/2020-03-31", "yes"),
    ("{2020-01..2020-12}", "2020-11-15/2020-12", "yes"),
    ("{2020-01..2021-12}", "2020-12-15/2021-01-15", "maybe"),
    ("{2020-01-03..2020-01-05}", "2020-01-04", "yes"),
    ("{1990..2000}", "1995-05/1996", "yes"),
    ("{1990..2000}", "1995-05/1996-11", "maybe"),
    ("{..1984}", "1950", "yes"),
    ("{..1984}", "../1950-06", "yes"),
    ("{1984..}", "2015-06", "maybe"),
    ("{1984..}", "2015-06/..", "yes"),
]


@pytest.mark.parametrize(("a", "b", "relation", "gap", "hardness"), RELATIONS)
def test_dates_are_compared_by_their_days(
    a: str, b: str, relation: str, gap: int, hardness: str
) -> None:
    found = relate(FuzzyDate.parse(a), FuzzyDate.parse(b))

    assert (relation, gap, hardness) == (found.relation, found.gap_days, found.hardness)


@pytest.mark.parametrize(("date", "window", "answer"), DURING)
def test_whether_it_was_then_is_yes_no_or_maybe(date: str, window: str, answer: str) -> None:
    assert answer == during(FuzzyDate.parse(date), FuzzyDate.parse(window))


def test_every_relation_is_the_inverse_of_its_inverse() -> None:
    assert list(Relation) == [relation.inverse.inverse for relation in Relation]
    assert Relation.COARSENS is Relation.REFINES.inverse
