"""Dates to words for people; one module a language, listed here."""

from __future__ import annotations

from collections.abc import Callable

from heritage.dates import english
from heritage.dates.fuzzy import FuzzyDate
from heritage.dates.parts import Reading
from heritage.errors import UsageError

__all__ = ["LANGUAGES", "humanize"]

LANGUAGES: dict[str, Callable[[Reading], str]] = {"en": english.words}
"""For each language, by its BCP 47 tag, what puts a reading into words."""


def humanize(date: FuzzyDate, language: str = "en") -> str:
    """A date in words, without a full stop, fit for the middle of a sentence.

    Raises:
        UsageError: Nobody has taught this package the language.

    >>> humanize(FuzzyDate.parse("[2015-08-27..2015-08-31]"))
    'between 27 and 31 August 2015'
    """
    words = LANGUAGES.get(language)
    if words is None:
        raise UsageError(f"dates have no words in {language!r}; known are {', '.join(LANGUAGES)}")
    return words(date.reading)
