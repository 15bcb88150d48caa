"""Codes, dates and claimed values to words in the language of the page."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import attrs

from heritage.dates import FuzzyDate, Kind, humanize
from heritage.dates.humanize import LANGUAGES as DATE_LANGUAGES
from heritage.errors import DateParseError, ValueParseError
from heritage.judge import flags
from heritage.model.properties import PROPERTIES, Reading, read_value
from heritage.vocab import VOCABULARIES, vocabulary

LANGUAGES = {"en": "ltr", "ar": "rtl"}
"""Languages of the pages, each with its direction."""

RTL_LANGUAGES = ("ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "syr", "arc", "azb")
"""Languages whose names run from right to left, unless they name another script."""

_PLAIN = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")

_MONTHS = (
    "كانون الثاني/يناير",
    "شباط/فبراير",
    "آذار/مارس",
    "نيسان/أبريل",
    "أيار/مايو",
    "حزيران/يونيو",
    "تموز/يوليو",
    "آب/أغسطس",
    "أيلول/سبتمبر",
    "تشرين الأول/أكتوبر",
    "تشرين الثاني/نوفمبر",
    "كانون الأول/ديسمبر",
)

_AWAY = re.compile(r"([0-9]+) days? away")
_FOR = re.compile(r"for (.+)")

_RTL_SCRIPTS = ("arab", "hebr", "syrc", "thaa", "nkoo")
# These embed or override a direction and can make a name read as what it is not;
# the marks that Persian and others spell with are no part of them.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


@cache
def _table(file: str) -> dict[str, dict[str, str]]:
    text = resources.files("heritage.web").joinpath(file).read_text("utf-8")
    rows = csv.reader(text.splitlines())
    _, *languages = next(rows)
    return {key: dict(zip(languages, cells, strict=True)) for key, *cells in rows}


@cache
def _reasons(language: str) -> dict[str, str]:
    """The judge's own reasons, each with its words in a language."""
    rows = _table("strings.csv").items()
    return {row["en"]: row[language] for key, row in rows if key.startswith("reason_")}


def shown(text: object) -> str:
    r"""Text fit to be shown: without the characters that turn it round.

    >>> shown("ab\u202edc")
    'abdc'
    """
    plain = "" if text is None else str(text)
    return plain if plain.isascii() else _BIDI_CONTROLS.sub("", plain)


def direction(language: str | None) -> str:
    """The direction in which a language is written, by its BCP 47 tag.

    >>> direction("ar"), direction("ar-Latn"), direction("und")
    ('rtl', 'ltr', 'auto')
    """
    main, *rest = (language or "und").casefold().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    if script is not None:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    if main == "und":
        return "auto"
    return "rtl" if main in RTL_LANGUAGES else "ltr"


def web_address(url: object) -> str | None:
    """The address if it leads to the web; None for `javascript:` and its like."""
    text = str(url or "")
    return text if text.startswith(("https://", "http://")) else None


def parsed(text: str | None) -> FuzzyDate | None:
    """A date of the registry; None where there is none or another program wrote nonsense."""
    try:
        return FuzzyDate.parse(text) if text else None
    except DateParseError:
        return None


def _bare(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,}"


@attrs.frozen
class Words:
    """Everything that a page says, in one language."""

    language: str = "en"

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return LANGUAGES[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of a key, with its gaps filled."""
        return _table("strings.csv")[key][self.language].format(**values)

    def number(self, value: float) -> str:
        """A number with its thousands set apart."""
        return _bare(value)

    def term(self, name: str, code: str | None) -> str:
        """The label of a term; a code that nobody knows stays as it was written."""
        term = vocabulary(name).terms.get(code or "") if name in VOCABULARIES else None
        if term is None:
            return shown(code)
        return term.label_ar if self.language == "ar" else term.label_en

    def knows(self, name: str, code: str | None) -> bool:
        """Whether a vocabulary has a term of this code."""
        return name in VOCABULARIES and code in vocabulary(name)

    def definition(self, name: str, code: str | None) -> str:
        """What a term means; there is English alone."""
        term = vocabulary(name).terms.get(code or "")
        return "" if term is None else term.definition

    def country(self, code: str) -> str:
        """The name of a country; the code where we know no name."""
        names = _table("countries.csv").get(code)
        return shown(code) if names is None else names[self.language]

    def language_name(self, tag: str) -> str:
        """The name of a language; its tag where we know no name."""
        names = _table("languages.csv").get(tag)
        return shown(tag) if names is None else names[self.language]

    def date(self, text: str | None) -> str:
        """A date in words; one that cannot be read stays as it was written."""
        return _dates(self, text)

    def _date(self, text: str | None) -> str:
        date = parsed(text)
        if date is None:
            return shown(text)
        if self.language in DATE_LANGUAGES:
            return humanize(date, self.language)
        return self._date_in_arabic(date)

    def _date_in_arabic(self, date: FuzzyDate) -> str:
        first, last = _stretch(date)
        low, high = _in_arabic(first), _in_arabic(last)
        if not (first or last):
            text = shown(date.text)
        elif not (first and last):
            text = self("after_only" if first else "before_only", date=low or high)
        else:
            text = low if first == last else self("from_to", low=low, high=high)
        if date.is_approximate:
            text = f"{self('about')} {text}"
        return f"{text} ({self('uncertain')})" if date.is_uncertain else text

    def day(self, moment: str) -> str:
        """The day of a moment in words."""
        return self.date(moment[:10])

    def value(self, claim: Mapping[str, Any]) -> str:
        """What a claim claims, in words."""
        text, name = claim["value"], claim["property"]
        if text is None:
            return ""
        if name not in PROPERTIES:
            return shown(text)
        try:
            reading = read_value(name, text)
        except ValueParseError:
            return shown(text)
        return self._reading(name, text, reading)

    def code(self, property: str, value: str | None) -> dict[str, str] | None:
        """The vocabulary and the code of a value that is one term of it; None for any other."""
        if value is None or property not in PROPERTIES or PROPERTIES[property].type != "term":
            return None
        vocabulary = PROPERTIES[property].vocabulary or ""
        try:
            code = read_value(property, value).term or ""
        except ValueParseError:
            return None
        return {"vocabulary": vocabulary, "code": code} if self.knows(vocabulary, code) else None

    def concluded(self, property: str, value: str | None) -> str:
        """What is concluded, in words; answers between which nothing decides joined by `or`."""
        if value is None:
            return self("concluded_nothing")
        mark, joint = ("; ", "semicolon") if property == "control" else (" | ", "or")
        answers = value.split(mark)
        return self(joint).join(self.value({"property": property, "value": a}) for a in answers)

    def flag(self, code: str) -> str:
        """What a flag of a conclusion tells; a code that nobody knows stays as it is."""
        if self.language == "en" or f"flag_{code}" not in _table("strings.csv"):
            return flags()[code].meaning if code in flags() else shown(code)
        return self(f"flag_{code}")

    def reason(self, property: str, text: str) -> str:
        """Why a claim stands where it stands; as the judge wrote it where we know no words."""
        if found := _AWAY.fullmatch(text):
            return self("day_away") if found[1] == "1" else self("days_away", n=found[1])
        if named := _FOR.fullmatch(text):
            answers = (self._answer(property, part) for part in named[1].split(" and "))
            return self("for_answer", answer=self("comma").join(answers))
        return _reasons(self.language).get(text, shown(text))

    def _answer(self, property: str, text: str) -> str:
        """One answer; of control, the day alone."""
        is_day = property == "control" and parsed(text) is not None
        return self.date(text) if is_day else self.concluded(property, text)

    def is_left(self, text: str) -> bool:
        """Whether a reason stays in English because we know no words for it."""
        known = text in _reasons("en") or _AWAY.fullmatch(text) or _FOR.fullmatch(text)
        return self.language != "en" and not known

    def _reading(self, name: str, text: str, reading: Reading) -> str:
        kind = PROPERTIES[name].type
        if kind == "date":
            return self.date(text)
        if kind == "truth":
            return self("happened" if text == "true" else "not_happened")
        if kind == "term":
            return self.term(PROPERTIES[name].vocabulary or "", reading.term)
        if kind == "control" and reading.date is not None:
            who, when = shown(reading.text), self.date(reading.date.text)
            return self("since" if reading.term == "since" else "until", who=who, date=when)
        if kind in ("percent", "count"):
            return self._amount(kind, reading)
        return shown(text)

    def _amount(self, kind: str, reading: Reading) -> str:
        low, high, what = reading.low, reading.high, shown(reading.text)
        if low is None:
            if high is None:
                return what
            number = self("at_most", n=_bare(high))
        elif high is None:
            number = self("at_least", n=_bare(low))
        elif low == high:
            number = _bare(low)
        else:
            number = self("from_to", low=_bare(low), high=_bare(high))
        if kind == "percent":
            return self("percent", n=number)
        return f"{number} {what}".strip()

    def metres(self, metres: float) -> str:
        """A length for people."""
        return f"{_bare(metres / 1000)} km" if metres >= 1000 else f"{_bare(metres)} m"


@lru_cache(maxsize=10_000)
def _dates(words: Words, text: str | None) -> str:
    """A date in words; a page has the same few dates many times."""
    return words._date(text)  # noqa: SLF001 - ours as well


def _stretch(date: FuzzyDate) -> tuple[str, str]:
    """The first and the last day, as ISO text as short as it can be; empty where open."""
    first, last = date.earliest, date.latest
    if first is None and last is None:
        years = date.earliest_year, date.latest_year
        low, high = ("" if year is None else str(year) for year in years)
        return low, high
    plain = date.text.strip("?~%")
    if date.kind is Kind.POINT and _PLAIN.fullmatch(plain):
        return plain, plain
    return first.isoformat() if first else "", last.isoformat() if last else ""


def _in_arabic(iso: str) -> str:
    """A day, month or year, with months under both of the names that are in use."""
    if not _PLAIN.fullmatch(iso):
        number = int(iso) if iso.lstrip("-").isdigit() else 1
        return f"{1 - number} ق.م" if number < 1 else iso
    year, *rest = iso.split("-")
    words = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*words, *([_MONTHS[int(rest[0]) - 1]] if rest else []), str(int(year))])
