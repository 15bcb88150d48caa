"""What is not a date, and at which character that shows."""

from __future__ import annotations

import pytest

from heritage.dates import FuzzyDate
from heritage.errors import DateParseError

REFUSED = {
    # Blanks, foreign digits and other strays.
    "": (0, "four digits"),
    " 2015": (0, "no blanks"),
    "2015 ": (4, "no blanks"),
    "2015-08-23\n": (10, "no blanks"),
    "2015-08- 23": (8, "no blanks"),
    "2015/ 2016": (5, "no blanks"),
    "[2015, 2016]": (6, "no blanks"),
    "٢٠١٥": (0, "digits are 0 to 9"),
    "２０１５": (0, "digits are 0 to 9"),
    "2015-०8": (5, "digits are 0 to 9"),
    "2015-08-2³": (9, "day of two digits"),
    "2O15": (1, "four digits"),
    "August 2015": (0, "four digits"),
    # Other notations.
    "20150823": (4, "begin with Y"),
    "12345": (4, "begin with Y"),
    "+2015": (0, "four digits"),
    "201": (3, "four digits"),
    "-999-07-05": (4, "four digits"),
    "15-08-23": (2, "four digits"),
    "23/08/2015": (2, "four digits"),
    "2015-8-23": (6, "month of two digits"),
    "2015-W35-1": (5, "month of two digits"),
    "2015-235": (7, "end of the date"),
    "2015-": (5, "month of two digits"),
    "2015-08-2": (9, "day of two digits"),
    "2015-08-23-01": (10, "end of the date"),
    "2015-08-xx": (8, "capital X"),
    "156u-12": (3, "capital X"),
    "y17000": (0, "capitals"),
    "2004-06-(11)~": (8, "no parentheses"),
    "2001-21^southernHemisphere": (7, "end of the date"),
    # Days and months that do not exist.
    "2015-13": (5, "month from 01 to 12, or a part of the year from 21 to 41"),
    "2015-00": (5, "month from 01"),
    "2015-42": (5, "21 to 41"),
    "2015-20": (5, "21 to 41"),
    "2015-13-01": (5, "month from 01 to 12"),
    "2015-08-00": (8, "day from 01"),
    "2015-08-32": (8, "August has 31 days"),
    "2015-04-31": (8, "April has 30 days"),
    "2015-02-29": (8, "February 2015 has 28 days"),
    "1900-02-29": (8, "February 1900 has 28 days"),
    "-0001-02-29": (9, "February -0001 has 28 days"),
    "2015-21-01": (7, "has no days"),
    "2015-30-00": (7, "has no days"),
    # Patterns that nothing fits.
    "2015-2X": (5, "month from 01 to 12"),
    "2015-3X": (5, "month from 01 to 12"),
    "2015-02-3X": (8, "February 2015 has 28 days"),
    "2015-04-4X": (8, "April has 30 days"),
    "XXXX-02-30": (8, "such a month"),
    "19X1-02-29": (8, "such a month"),
    "-0XX1-02-29": (9, "such a month"),
    "2015-XX-32": (8, "such a month"),
    "2015-1X-00": (8, "day from 01"),
    "201X-21-05": (7, "has no days"),
    "X015-2X-01": (5, "month from 01 to 12"),
    # Years.
    "-0000": (0, "other than 0000"),
    "-0000-01-01": (0, "other than 0000"),
    "Y2006": (1, "more than four digits"),
    "Y-2006": (2, "more than four digits"),
    "Y017000": (1, "not 0"),
    "Y": (1, "digits of a year"),
    "Y17E": (4, "positive exponent"),
    "Y17E0": (4, "positive exponent"),
    "Y17E98": (1, "at most 99 digits"),
    "Y1E999999999999999999": (1, "at most 99 digits"),
    "Y" + "1" * 100: (1, "at most 99 digits"),
    "Y17E7-12-26": (5, "no months"),
    "Y1X000": (2, "more digits"),
    "1950S": (5, "positive number"),
    "1950S0": (5, "positive number"),
    "1950S5": (5, "from 1 to 4"),
    "0052S3": (5, "from 1 to 2"),
    "201XS2": (4, "no significant digits"),
    "1950S2-08": (6, "no months"),
    "2015-08S1": (7, "end of the date"),
    # Qualifiers.
    "2015?~": (5, "one qualifier"),
    "2015-08-23??": (11, "one qualifier"),
    "~?2015": (1, "four digits"),
    "-?2015": (1, "four digits"),
    "?": (1, "four digits"),
    "2015-08-~": (9, "day of two digits"),
    # Times.
    "2015-08T16:00:00": (7, "only after a complete day"),
    "2015-08-2XT16:00:00": (10, "only after a complete day"),
    "2015-08-23?T16:00:00": (11, "only after a complete day"),
    "2015-08-23T16:00": (16, "16:05:00"),
    "2015-08-23T160000": (13, "16:05:00"),
    "2015-08-23 16:00:00": (10, "no blanks"),
    "2015-08-23T25:00:00": (11, "00 to 23"),
    "2015-08-23T24:00:01": (11, "00 to 23"),
    "2015-08-23T16:60:00": (14, "00 to 59"),
    "2015-08-23T16:00:60": (17, "00 to 59"),
    "2015-08-23T16:00:00.5": (19, "end of the text"),
    "2015-08-23T16:00:00?": (19, "end of the text"),
    "2015-08-23T16:00:00z": (19, "capitals"),
    "2015-08-23T16:00:00-00:00": (20, "-00:00 is none"),
    "2015-08-23T16:00:00-13:00": (20, "from -12:00 to +14:00"),
    "2015-08-23T16:00:00+15": (20, "from -12:00 to +14:00"),
    "2015-08-23T16:00:00+14:01": (23, "at most +14:00"),
    "2015-08-23T16:00:00+0300": (22, "end of the text"),
    "2015-08-23T16:00:00Z01:00": (20, "end of the text"),
    "2015-08-23T16:00:00+03:60": (23, "minutes"),
    "2015-08-23T16:00:00+03:00:00": (25, "end of the text"),
    # Intervals.
    "/": (0, "one side of the slash"),
    "//": (1, "two ends"),
    "2012/2013/1234": (9, "two ends"),
    "2015-08-30/2015-08-23": (11, "not before the start"),
    "2016/2015": (5, "not before the start"),
    "2016-01/2015-XX": (8, "not before the start"),
    "-0043/-0044": (6, "not before the start"),
    "Y17E8/9999": (6, "not before the start"),
    "2015/.": (6, "second dot"),
    "2015/...": (7, "nothing more"),
    "..2015/2016": (2, "nothing more"),
    "2015-08-23T16:00:00/2016": (10, "without a time of day"),
    "2015/[2016]": (5, "four digits"),
    "2015--2016": (5, "month of two digits"),
    # Sets.
    "[]": (1, "four digits"),
    "[..]": (3, "four digits"),
    "[2015": (5, '"," or "]"'),
    "[2015}": (5, '"," or "]"'),
    "{2015]": (5, '"," or "}"'),
    "[2015,]": (6, "four digits"),
    "[2015]?": (6, "end of the text"),
    "[2015..2014]": (7, "not before the start"),
    "[2015..2016-08]": (7, "a year"),
    "[2015-08-01..2016-08]": (13, "a day"),
    "[2001-21..2001-34]": (10, "a season"),
    "[2014,..2015]": (6, "open end"),
    "[2014..,2015]": (7, "four digits"),
    "[2015/2016]": (5, '"," or "]"'),
    "[[2015]]": (1, "four digits"),
    "[2015-08-23T16:00:00]": (11, "without a time of day"),
    "[..2014..2015]": (7, '"," or "]"'),
    "2015,2016": (4, "end of the date"),
    "2015..2016": (4, "end of the date"),
}


@pytest.mark.parametrize(("text", "fault"), REFUSED.items())
def test_a_refusal_points_at_the_character_and_says_what_belongs_there(
    text: str, fault: tuple[int, str]
) -> None:
    at, expected = fault

    with pytest.raises(DateParseError) as raised:
        FuzzyDate.parse(text)

    error = raised.value
    assert (text, at) == (error.text, error.at)
    assert expected in error.expected
    assert error.drawn().splitlines()[-1].index("^") == at
