"""Codes, dates and values come out as words, in both languages, and turn nothing round."""

from __future__ import annotations

import csv
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.dates import Hardness, Relation
from heritage.judge import STATUSES, flags
from heritage.model.properties import PROPERTIES
from heritage.web.words import Words, direction, shown, web_address

ROOT = Path(__file__).resolve().parent.parent.parent
ENGLISH, ARABIC = Words("en"), Words("ar")
TABLES = ("strings.csv", "countries.csv", "languages.csv")


def table(name: str) -> list[dict[str, str]]:
    text = (ROOT / "heritage" / "web" / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("name", TABLES)
def test_every_line_is_said_in_both_languages_with_the_same_gaps(name: str) -> None:
    rows = table(name)
    first = next(iter(rows[0]))

    assert len({row[first] for row in rows}) == len(rows)
    for row in rows:
        assert row["en"].strip()
        assert row["ar"].strip()
        assert gaps(row["en"]) == gaps(row["ar"]), row[first]


MADE = (
    *("tier_", "access_", "figure_", "missing_", "data_as_", "asked_", "stand_"),
    *("condition_", "moved_", "op_", "released_", "kind_", "origin_", "vocabulary_"),
)
JUDGED = ("flag_", "reason_", "status_", "relation_", "hardness_", "side_")


def test_every_word_of_the_judge_has_its_words_and_there_are_no_others() -> None:
    rows = {row["key"]: row["en"] for row in table("strings.csv")}
    judge = " ".join(path.read_text("utf-8") for path in (ROOT / "heritage/judge").glob("*.py"))

    assert {f"flag_{flag.code}": flag.meaning for flag in flags().values()} == {
        key: text for key, text in rows.items() if key.startswith("flag_")
    }
    for prefix, codes in (("relation_", [*Relation, "denies"]), ("hardness_", Hardness)):
        assert {f"{prefix}{code}" for code in codes} == {k for k in rows if k.startswith(prefix)}
    assert {f"status_{status}{tail}" for status in STATUSES for tail in ("", "_means")} == {
        key for key in rows if key.startswith("status_")
    }
    for key, text in rows.items():
        if key.startswith("reason_published_"):
            assert text.replace("source,", "{what},").replace("image,", "{what},") in judge
        elif key.startswith("reason_"):
            assert f'"{text}"' in judge, key


@pytest.mark.parametrize(
    ("property", "reason", "english", "is_left_in_arabic"),
    [
        ("date", "1 day away", "one day away", False),
        ("date", "23 days away", "23 days away", False),
        ("severity", "for slight", "for Slight damage", False),
        ("control", "for 2016-03-24", "for 24 March 2016", False),
        ("date", "says so", "says so", False),
        ("date", "a reason of another version", "a reason of another version", True),
    ],
)
def test_reasons_are_told_in_words(
    property: str, reason: str, english: str, is_left_in_arabic: bool
) -> None:
    assert english == ENGLISH.reason(property, reason)
    assert is_left_in_arabic is ARABIC.is_left(reason)
    assert is_left_in_arabic is (ARABIC.reason(property, reason) == reason)


def test_every_sentence_is_used_and_none_is_missing() -> None:
    web = ROOT / "heritage" / "web"
    pages = [*web.rglob("*.html"), *web.rglob("*.py")]
    used = " ".join(path.read_text("utf-8") for path in pages)
    keys = {row["key"] for row in table("strings.csv")}
    made = {f"property_{name}" for name in PROPERTIES} | {
        key for key in keys if key.startswith(MADE)
    }
    made |= {key for key in keys if key.startswith(JUDGED)}

    assert set() == {
        key for key in keys - made if f'"{key}"' not in used and f"'{key}'" not in used
    }
    assert {f"property_{name}" for name in PROPERTIES} <= keys


@pytest.mark.parametrize(
    ("text", "english", "arabic"),
    [
        ("2015-08-23", "23 August 2015", "23 آب/أغسطس 2015"),
        ("2015-08~", "about August 2015", "نحو آب/أغسطس 2015"),
        ("2015?", "2015 (uncertain)", "2015 (غير مؤكد)"),
        ("-0031", "32 BC", "32 ق.م"),
        ("[2015-06-26..2015-08-27]", "between 26 June and 27 August 2015",
         "من 26 حزيران/يونيو 2015 إلى 27 آب/أغسطس 2015"),
        ("[..2015-08-22]", "22 August 2015 or earlier", "في موعد أقصاه 22 آب/أغسطس 2015"),
        ("yesterday", "yesterday", "yesterday"),
        (None, "", ""),
    ],
)  # fmt: skip
def test_dates_are_put_into_words(text: str | None, english: str, arabic: str) -> None:
    assert english == ENGLISH.date(text)
    assert arabic == ARABIC.date(text)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("date", "2015-08", "August 2015"),
        ("severity", "destroyed", "Destroyed"),
        ("severity", "crumbled", "crumbled"),
        ("occurred", "true", "It happened"),
        ("occurred", "false", "It did not happen"),
        ("extent", "70..80", "70 to 80 %"),
        ("extent", "..80", "at most 80 %"),
        ("extent", "92.5", "92.5 %"),
        ("extent", "most of it", "most of it"),
        ("casualties", "26.. killed", "at least 26 killed"),
        ("casualties", "26000 killed", "26,000 killed"),
        ("control", "Islamic State since 2015-05-20", "Islamic State, since 20 May 2015"),
        ("height", "45 m", "45 m"),
        ("height", None, ""),
        ("date", "nonsense of another program", "nonsense of another program"),
        ("colour", "red", "red"),
    ],
)
def test_values_are_put_into_words(name: str, value: str | None, words: str) -> None:
    assert words == ENGLISH.value({"property": name, "value": value})


def test_terms_and_countries_have_labels_and_unknown_ones_stay() -> None:
    assert ("Armed conflict", "نزاع مسلح") == (
        ENGLISH.term("context", "armed_conflict"),
        ARABIC.term("context", "armed_conflict"),
    )
    assert "quarrel" == ENGLISH.term("context", "quarrel")
    assert "" == ENGLISH.term("context", None)
    assert ("Syria", "سوريا", "XX") == (
        ENGLISH.country("SY"),
        ARABIC.country("SY"),
        ENGLISH.country("XX"),
    )


@given(st.text())
def test_nothing_shown_turns_the_text_round(text: str) -> None:
    controls = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

    assert set() == controls & set(shown(text))
    assert [c for c in text if c not in controls] == list(shown(text))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("ar", "rtl"), ("ar-Latn", "ltr"), ("fa-IR", "rtl"), ("en", "ltr"), ("und", "auto"),
     (None, "auto"), ("ku-Arab", "rtl"), ("he", "rtl"), ("zh-Hant", "ltr")],
)  # fmt: skip
def test_a_language_tells_its_direction(tag: str | None, expected: str) -> None:
    assert expected == direction(tag)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", " https://a.example", "data:text/html,x", "//a.example", "", None],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_address(url) is None
    assert "https://a.example/x" == web_address("https://a.example/x")
