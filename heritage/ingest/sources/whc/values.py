"""Cells to values: numbers, years, flags and codes as UNESCO's copies write them.

Every reader gives what a cell means and whether it was written in a way that
had to be repaired, or raises `ValueParseError`. What could mean two things is
refused.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from typing import Final, TypeVar

from heritage.errors import ValueParseError
from heritage.ingest.formats.table import Value
from heritage.model.listing import CRITERIA, FIRST_INSCRIPTION_YEAR

T = TypeVar("T")
Read = tuple[T, bool]
"""A value, and whether it was repaired."""

NOTHING: Final = frozenset({"", "null", "none", "nan", "n/a", "#n/a", "-", "--", "\\n"})
"""Words that programs write for no value. `na` is not among them: it is Namibia."""

_FLOAT = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_POINT = re.compile(r"[+-]?\d+\.\d+([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_DOTTED_THOUSANDS = re.compile(r"[+-]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})", re.ASCII)
_SPACED = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f']\d{3})+([.,]\d+)?", re.ASCII)


def is_nothing(value: Value) -> bool:
    """Whether a cell says nothing, in whatever words."""
    if isinstance(value, str):
        return value.strip().lower() in NOTHING
    return value is None or value != value  # noqa: PLR0124 - NaN differs from itself


def text_of(value: Value) -> str:
    """A cell as text; a whole number without the `.0` of spreadsheets."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value).strip()


def refuse(value: Value, expected: str, at: int = 0) -> ValueParseError:
    """The error that says what should have stood in a cell."""
    return ValueParseError(text_of(value), at, expected)


def decimal_mark(coordinates: Iterable[Value], others: Iterable[Value] = ()) -> str | None:
    """What the numbers of a file use for decimals, if they agree.

    A coordinate has no thousands, so its comma can only be decimal; of other
    numbers those that can be read in one way only are asked.
    """
    marks = {_mark_of(value) for value in coordinates}
    marks |= {
        _mark_of(value)
        for value in others
        if not (isinstance(value, str) and re.fullmatch(r"\d{1,3}([.,]\d{3})+", value.strip()))
    }
    marks.discard(None)
    return marks.pop() if len(marks) == 1 else None


def _mark_of(value: Value) -> str | None:
    if isinstance(value, str):
        text = value.strip()
        return "," if _COMMA.fullmatch(text) else "." if _POINT.fullmatch(text) else None
    return "." if isinstance(value, float) else None


def read_number(value: Value, mark: str | None = None) -> Read[float]:
    """A number, with decimals after a point or a comma and thousands set apart.

    Args:
        value: The cell.
        mark: The decimal mark of the file; without it `1,640` is refused.

    >>> read_number("2.0E3"), read_number("1,640", "."), read_number("1.640,5")
    ((2000.0, False), (1640.0, True), (1640.5, True))
    """
    if isinstance(value, bool):
        raise refuse(value, "a number")
    text = text_of(value)
    if isinstance(value, (int, float)):
        return _finite(value, text), False
    if _FLOAT.fullmatch(text) and not (mark == "," and _looks_grouped(text)):
        return _finite(value, text), False
    if _SPACED.fullmatch(text):
        return _finite(value, re.sub(r"[ \u00a0\u202f']", "", text).replace(",", ".")), True
    if _DOTTED_THOUSANDS.fullmatch(text) or (mark == "," and _looks_grouped(text)):
        return _finite(value, text.replace(".", "").replace(",", ".")), True
    return _with_comma(value, text, mark)


def _with_comma(value: Value, text: str, mark: str | None) -> Read[float]:
    """A number whose comma is decimal, or sets thousands apart."""
    grouped, decimal = bool(_THOUSANDS.fullmatch(text)), bool(_COMMA.fullmatch(text))
    if grouped and decimal and mark is None:
        fault = "a number that means one thing: is this comma decimal?"
        raise refuse(value, fault, text.index(","))
    if decimal and (mark == "," or not grouped):
        return _finite(value, text.replace(",", ".")), mark != ","
    if grouped:
        return _finite(value, text.replace(",", "")), True
    raise refuse(value, "a number")


def _looks_grouped(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", text, re.ASCII))


def _finite(value: Value, text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise refuse(value, "a finite number")
    return number


def latest_year() -> int:
    """The last year that an edition can speak of: next year's meetings are announced."""
    return dt.datetime.now(dt.UTC).year + 1


def read_year(value: Value) -> Read[int]:
    """A year of the World Heritage Convention's life, `2005` or `2005.0`.

    Years outside it are given as they are: what they break is not for a reader
    of cells to say.

    Raises:
        ValueParseError: It is no year. A letter that was taken for a digit is
            pointed at.
    """
    text = text_of(value)
    if isinstance(value, bool):
        raise refuse(value, "a year")
    found = re.fullmatch(r"(\d{4})(\.0*)?", text, re.ASCII)
    if found:
        return int(found[1]), False
    found = re.fullmatch(r"(\d),(\d{3})(\.0*)?", text, re.ASCII)
    if found:
        return int(found[1] + found[2]), True
    found = re.fullmatch(r"(\d{4})-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d\d:\d\d)?)?", text, re.ASCII)
    if found:
        return int(found[1]), True
    at = next((i for i, c in enumerate(text) if not ("0" <= c <= "9")), len(text))
    raise refuse(value, "a year of four digits", at)


def read_years(value: Value) -> Read[tuple[int, ...]]:
    """Several years in any order, `2005,2014`, also where they have run together.

    A spreadsheet that takes the comma for thousands makes `20052014` of it, one
    that takes it for decimals `2005.2014`.

    >>> read_years("2019, 1980"), read_years(20052014.0), read_years(2005.201)
    (((1980, 2019), False), ((2005, 2014), True), ((2005, 2010), True))
    """
    text = text_of(value)
    parts = [part for part in re.split(r"[,;/\s|]+", text) if part]
    if parts and all(re.fullmatch(r"\d{4}(\.0*)?", part, re.ASCII) for part in parts):
        return tuple(sorted({int(part[:4]) for part in parts})), False
    run_together = re.fullmatch(r"(\d{4})\.(\d{1,4})", text, re.ASCII)
    if run_together:
        digits = run_together[1] + run_together[2].ljust(4, "0")
    else:
        digits = re.sub(r"(\.0*$)|[,. \u00a0\u202f']", "", text)
    years = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    if (
        re.fullmatch(r"(\d{4})+", digits, re.ASCII)
        and not isinstance(value, bool)
        and all(FIRST_INSCRIPTION_YEAR <= int(year) <= latest_year() for year in years)
    ):
        return tuple(sorted({int(year) for year in years})), True
    at = next(
        (i for i, c in enumerate(text) if not (c.isascii() and (c.isdigit() or c in ",; "))), 0
    )
    raise refuse(value, "years such as 2005,2014", at)


_TRUE = frozenset({"1", "true", "yes", "y", "x", "t", "1.0"})
_FALSE = frozenset({"0", "false", "no", "n", "f", "0.0"})


def read_flag(value: Value) -> Read[bool]:
    """A yes or no: `1`, `0`, `True`, `FALSE`, `1.0`."""
    text = text_of(value).lower()
    if text in _TRUE:
        return True, False
    if text in _FALSE:
        return False, False
    raise refuse(value, "1 or 0")


_REFERENCE = re.compile(r"0*(\d{1,6})(?:\.0+)?\s*([-\s]?\s*[A-Za-z-][A-Za-z0-9 -]*)?", re.ASCII)


def read_reference(value: Value) -> Read[tuple[str, str | None]]:
    """The number of a property and, where it was written along, its suffix.

    >>> read_reference("23bis"), read_reference(23.0), read_reference("1,133")
    ((('23', 'bis'), False), (('23', None), False), (('1133', None), True))
    """
    text = text_of(value)
    repaired = False
    if re.fullmatch(r"\d{1,3},\d{3}(\.0+)?", text, re.ASCII):
        text, repaired = text.replace(",", ""), True
    found = _REFERENCE.fullmatch(text)
    if isinstance(value, bool) or not found or int(found[1]) == 0:
        at = next((i for i, c in enumerate(text) if not ("0" <= c <= "9")), 0)
        raise refuse(value, "the number of a property", at)
    suffix = found[2].strip() if found[2] else None
    return (found[1], suffix or None), repaired


def read_countries(value: Value) -> Read[tuple[str, ...]]:
    """Countries by their two letters, `al,mk` or `AL; MK`, in capitals."""
    text = text_of(value)
    codes = [code for code in re.split(r"[,;/|\s]+", text) if code]
    for code in codes:
        if not re.fullmatch(r"[A-Za-z]{2}", code, re.ASCII):
            raise refuse(
                value, "country codes of two letters such as sy or al,mk", text.index(code)
            )
    return tuple(code.upper() for code in codes), False


_FLAGS = dict(
    zip(("c1", "c2", "c3", "c4", "c5", "c6", "n7", "n8", "n9", "n10"), CRITERIA, strict=True)
)
FLAGS: Final = _FLAGS
"""The column of each criterion."""


def read_criteria(value: Value) -> Read[tuple[str, ...]]:
    """Criteria as a text, `(i)(ii)(iv)`, or as the open-data portal writes them, `c1, c2`.

    Numbers of the separate natural criteria before 2005, such as `N(ii)`, are
    refused: they mean other criteria than today's.
    """
    text = text_of(value)
    found = []
    at = 0
    while at < len(text):
        token = re.compile(r"[\s,;()\[\]]+|[A-Za-z]+\d*").match(text, at)
        if token is None:
            raise refuse(value, "criteria such as (i)(iv)", at)
        word = token[0].lower()
        if word[0].isalpha():
            criterion = _FLAGS.get(word, word)
            if criterion not in CRITERIA:
                raise refuse(value, "criteria such as (i)(iv)", at)
            found.append(criterion)
        at = token.end()
    return tuple(sorted(set(found), key=CRITERIA.index)), False


_CATEGORIES = {
    "cultural": "cultural", "c": "cultural", "1": "cultural", "culturel": "cultural",
    "natural": "natural", "n": "natural", "2": "natural", "naturel": "natural",
    "mixed": "mixed", "c/n": "mixed", "n/c": "mixed", "3": "mixed", "mixte": "mixed",
    "mixto": "mixed",
}  # fmt: skip


def read_category(value: Value) -> Read[str]:
    """A category by its English, French or Spanish word, its letters or its number."""
    category = _CATEGORIES.get(text_of(value).lower())
    if category is None:
        raise refuse(value, "Cultural, Natural or Mixed")
    return category, False
