"""Claimed values to what they mean: the closed list of properties and their notations.

| type    | notation                                    | example                  |
|---------|---------------------------------------------|--------------------------|
| date    | EDTF                                        | `[2015-08-27..2015-08-31]` |
| term    | a code of the property's vocabulary, or words | `explosives`           |
| truth   | `true` or `false`                           | `true`                   |
| percent | a number or range of percent, or words      | `70..80`                 |
| count   | a number or range, then what was counted    | `26.. killed`            |
| control | who, `since` or `until`, EDTF               | `Islamic State since 2015-05-20` |
| text    | words                                       | `45 m`                   |

A range is `low..high`; either end may be left open.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import DateParseError, ValueParseError


@attrs.frozen(kw_only=True)
class Property:
    """One thing that can be claimed."""

    name: str
    type: str
    """The notation: see the table above."""
    vocabulary: str | None = None
    """The vocabulary of a `term`."""
    meaning: str


@attrs.frozen(kw_only=True)
class Reading:
    """What a claimed value means."""

    date: FuzzyDate | None = None
    low: float | None = None
    high: float | None = None
    """Percent, or number of what `text` names; None where the end is open."""
    term: str | None = None
    """As written; whether the vocabulary knows it is for `heritage check` to say."""
    text: str | None = None


def _property(
    name: str, type: str, meaning: str, vocabulary: str | None = None
) -> tuple[str, Property]:
    return name, Property(name=name, type=type, meaning=meaning, vocabulary=vocabulary)


PROPERTIES: dict[str, Property] = dict(
    (
        _property("occurred", "truth", "whether it happened at all"),
        _property("date", "date", "when it happened"),
        _property("severity", "term", "how bad the damage is", "severity"),
        _property("extent", "percent", "how much of the site is damaged"),
        _property("cause", "term", "what did the damage", "cause"),
        _property("effect", "term", "what the damage did to the fabric", "effect"),
        _property("intent", "term", "with what purpose", "intent"),
        _property("actor", "text", "who did it"),
        _property("casualties", "count", "how many people were killed or hurt"),
        _property("count", "count", "how many things were hit, lost or used"),
        _property("condition", "term", "in what state the site is", "condition"),
        _property("control", "control", "who held the ground"),
        _property("built", "date", "when the site was built"),
        _property("rebuilt", "date", "when it was rebuilt"),
        _property("height", "text", "how high it is or was"),
        _property("location", "text", "where it is"),
        _property("name", "text", "what it is called"),
        _property("listing", "text", "on what register it stands"),
    )
)
"""Every property by name, in the order in which pages show them."""

_NUMBER = r"\d+(?:\.\d+)?"
_RANGE = re.compile(rf"(?P<low>{_NUMBER})?(?P<dots>\.\.)?(?P<high>{_NUMBER})?", re.ASCII)


def _read_range(text: str) -> tuple[float | None, float | None] | None:
    match = _RANGE.fullmatch(text)
    if match is None or not (match["low"] or match["high"]):
        return None
    low = float(match["low"]) if match["low"] else None
    if not match["dots"]:
        return None if match["high"] else (low, low)
    return low, float(match["high"]) if match["high"] else None


def _read_date(text: str) -> Reading:
    try:
        return Reading(date=FuzzyDate.parse(text))
    except DateParseError as error:
        raise ValueParseError(text, error.at, error.expected) from error


def _read_truth(text: str) -> Reading:
    if text not in ("true", "false"):
        raise ValueParseError(text, 0, "true or false")
    return Reading(term=text)


def _read_percent(text: str) -> Reading:
    found = _read_range(text)
    if found is None:
        return Reading(text=text)
    low, high = found
    if (low is not None and low > 100) or (high is not None and high > 100):
        raise ValueParseError(text, 0, "a percentage from 0 to 100")
    if low is not None and high is not None and low > high:
        raise ValueParseError(text, text.index("..") + 2, "an end that is not below the beginning")
    return Reading(low=low, high=high)


def _read_count(text: str) -> Reading:
    number, _, what = text.partition(" ")
    found = _read_range(number)
    if found is None:
        return Reading(text=text)
    low, high = found
    if low is not None and high is not None and low > high:
        raise ValueParseError(text, text.index("..") + 2, "an end that is not below the beginning")
    return Reading(low=low, high=high, text=what or None)


_CONTROL = re.compile(r"(?P<who>\S.*) (?P<way>since|until) (?P<date>\S+)")


def _read_control(text: str) -> Reading:
    match = _CONTROL.fullmatch(text)
    if match is None:
        raise ValueParseError(text, 0, "who held the place, since or until, and a date")
    try:
        date = FuzzyDate.parse(match["date"])
    except DateParseError as error:
        raise ValueParseError(text, match.start("date") + error.at, error.expected) from error
    return Reading(date=date, term=match["way"], text=match["who"])


_READERS: dict[str, Callable[[str], Reading]] = {
    "date": _read_date,
    "term": lambda text: Reading(term=text),
    "truth": _read_truth,
    "percent": _read_percent,
    "count": _read_count,
    "control": _read_control,
    "text": lambda text: Reading(text=text),
}


def read_value(name: str, text: str) -> Reading:
    """Read a claimed value in the notation of its property.

    Raises:
        ValueParseError: The text is not of that notation.

    >>> read_value("extent", "92..92.5")
    Reading(date=None, low=92.0, high=92.5, term=None, text=None)
    >>> read_value("casualties", "26.. killed").low
    26.0
    """
    return _READERS[PROPERTIES[name].type](text)
