"""Dates in words."""

from __future__ import annotations

import pytest

from heritage.dates import FuzzyDate, humanize
from heritage.errors import UsageError

WORDS = {
    "2015-08-23": "23 August 2015",
    "2015-08-03": "3 August 2015",
    "2015-08": "August 2015",
    "2015": "2015",
    "2015-08-23?": "23 August 2015 (uncertain)",
    "2015-08~": "about August 2015",
    "2015%": "about 2015 (uncertain)",
    "2004?-06-11": "11 June 2004 (year uncertain)",
    "?2004-06-%11": "11 June 2004 (year uncertain, day uncertain and approximate)",
    "2001-?21": "spring 2001 (part of the year uncertain)",
    "2015-08-23T16:05:00": "23 August 2015, 16:05:00",
    "2015-08-23T16:05:00Z": "23 August 2015, 16:05:00 UTC",
    "2015-08-23T16:05:00+03:00": "23 August 2015, 16:05:00 UTC+03:00",
    # Years.
    "0032": "AD 32",
    "0000": "1 BC",
    "-0031": "32 BC",
    "-0043-03-15": "15 March 44 BC",
    "-2499": "2500 BC",
    "Y170000002": "170,000,002",
    "Y-17E7": "170,000,001 BC",
    "1950S2": "between 1900 and 1999 (estimate: 1950)",
    "Y3388E2S3": "between 338,000 and 338,999 (estimate: 338,800)",
    # Parts of the year.
    "2001-21": "spring 2001",
    "2001-24": "winter 2001",
    "2001-26": "summer 2001 (northern hemisphere)",
    "2001-32": "winter 2001 (southern hemisphere)",
    "2001-34": "the second quarter of 2001",
    "2001-38": "the second four months of 2001",
    "2001-40": "the first half of 2001",
    # Unspecified digits.
    "198X": "the 1980s",
    "19XX": "between 1900 and 1999",
    "-01XX": "between 200 BC and 101 BC",
    "003X": "between AD 30 and AD 39",
    "1X99": "a year that fits 1X99",
    "XXXX": "an unknown year",
    "2015-XX": "2015 (month unknown)",
    "2015-XX-XX": "2015 (month and day unknown)",
    "2015-08-XX": "August 2015 (day unknown)",
    "2015-1X": "between October and December 2015",
    "2015-X2": "February or December 2015",
    "2015-1X-XX": "between October and December 2015 (day unknown)",
    "2015-02-2X": "between 20 and 28 February 2015",
    "2015-02-X3": "3, 13, or 23 February 2015",
    "156X-12-25": "25 December, in the 1560s",
    "156X-12": "December, in the 1560s",
    "XXXX-12-25": "25 December, year unknown",
    "15XX-12-XX": "a day in December, between 1500 and 1599",
    "2015-XX-23": "day 23 of a month unknown, 2015",
    "198X-XX": "month unknown, in the 1980s",
    "198X-21": "spring, in the 1980s",
    "2004-X1-03": "a date that fits 2004-X1-03",
    "198X~": "about the 1980s",
    # One of several.
    "[2015-08-27..2015-08-31]": "between 27 and 31 August 2015",
    "[2015-06-26..2015-08-27]": "between 26 June and 27 August 2015",
    "[2016-12-26..2017-01-10]": "between 26 December 2016 and 10 January 2017",
    "[2015-06..2015-08]": "between June and August 2015",
    "[2015-08-27..2015-08-31~]": "between 27 August 2015 and about 31 August 2015",
    "[0070..0080]": "between AD 70 and AD 80",
    "[..2015-08-22]": "22 August 2015 or earlier",
    "[1760-12..]": "December 1760 or later",
    "[1667,1760-12]": "1667 or December 1760",
    "[1667,1668,1670..1672]": "1667, 1668, or 1670 to 1672",
    # Each of several.
    "{1960,1961-12}": "1960 and December 1961",
    "{2020-01..2020-04}": "January to April 2020",
    "{..1984}": "1984 and earlier",
    # Spans.
    "2015-08-27/2015-08-31": "from 27 to 31 August 2015",
    "2015/2015-08-31": "from 2015 to 31 August 2015",
    "1964/2008": "from 1964 to 2008",
    "1984?/2004": "from 1984 (uncertain) to 2004",
    "2013/..": "from 2013 on",
    "../1985": "until 1985",
    "1985/": "from 1985, end unknown",
    "/1985": "until 1985, beginning unknown",
    "../..": "at all times",
    "/..": "beginning unknown, without end",
    "../": "without beginning, end unknown",
}


@pytest.mark.parametrize(("text", "words"), WORDS.items())
def test_a_date_is_put_into_words(text: str, words: str) -> None:
    assert words == humanize(FuzzyDate.parse(text))


def test_a_language_without_words_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"no words in 'tlh'; known are en"):
        humanize(FuzzyDate.parse("2015"), "tlh")
