"""Names come out as they were meant."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.ingest.formats.encoding import decode, windows_1252
from heritage.ingest.sources.whc.text import clean, in_right_letters, without_markup, wrong_letters
from heritage.ingest.wording import ranges

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="<>&;?\ufffd"),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ulu<U>r</U>u-Kata Tju<U>t</U>a National Park", "Uluru-Kata Tjuta National Park"),
        ("Auschwitz<br /><small>Camp (1940-1945)</small>", "Auschwitz Camp (1940-1945)"),
        ("XX<sup>e</sup> siècle", "XXe siècle"),
        ("the<i> Palazzi dei Rolli</i>", "the Palazzi dei Rolli"),
        ("<em>Stato da <b>Mar</b></em>", "Stato da Mar"),
        ("S&atilde;o Miguel", "São Miguel"),
        ("S&amp;atilde;o Miguel", "São Miguel"),
        ("Guizeh &#224; Dahchour", "Guizeh à Dahchour"),
        ("two  words\n here ", "two words here"),
        ("<تلال بروسيكو", "تلال بروسيكو"),
        ("3 < 4 & 5", "3 < 4 & 5"),
    ],
)
def test_markup_is_read_and_not_shown(written: str, meant: str) -> None:
    assert meant == clean(written).text


@given(words)
def test_text_without_markup_is_left_as_it_is(text: str) -> None:
    assert text == without_markup(text)


@given(words, st.sampled_from(["i", "em", "U", "small", "sup"]))
def test_a_tag_changes_no_word(text: str, tag: str) -> None:
    assert text == without_markup(f"<{tag}>{html.escape(text)}</{tag}>")


@given(words)
def test_utf_8_read_as_windows_1252_is_read_again(text: str) -> None:
    assert text == in_right_letters(windows_1252(text.encode("utf-8")))


@pytest.mark.parametrize("text", ["تدمر", "«CAFÉ»", "Кремль", "Ærøskøbing", "Ðà", "Größe", "Ã"])
def test_real_words_are_left_alone(text: str) -> None:
    assert text == in_right_letters(text)


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("Кремль", "ru", False),
        ("帕尔米拉", "zh", False),
        ("تدمر", "ar", False),
        ("Palmyra", "ar", False),
        ("Île", "fr", False),
        ("Êðåìëü", "ru", True),
        ("帕尔米拉", "ru", True),
        ("??????", "ar", True),
        ("Pal\ufffdmyra", "en", True),
    ],
)
def test_lost_letters_are_noticed(text: str, language: str, wrong: bool) -> None:
    assert wrong == (wrong_letters(text, language) is not None)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_utf_8_is_read_with_and_without_a_mark(text: str) -> None:
    data = text.encode("utf-8")
    decoded = decode("x", b"\xef\xbb\xbf" + data)

    assert (text, "utf-8", ()) == (decoded.text, decoded.encoding, decoded.repaired)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=2))
def test_utf_16_is_read_in_either_order(text: str) -> None:
    assert text == decode("x", text.encode("utf-16")).text
    assert text == decode("x", b"\xfe\xff" + text.encode("utf-16-be")).text


def test_utf_16_is_read_without_a_mark() -> None:
    assert "id_no,name_en" == decode("x", "id_no,name_en".encode("utf-16-le")).text


@given(st.text(st.characters(codec="latin-1", min_codepoint=0x20)))
def test_latin_1_is_read_where_nothing_is_utf_8(text: str) -> None:
    """Any text whose bytes are no UTF-8; its letters beyond ASCII stand alone."""
    alone = "".join(f"{c} " for c in text if not 0x80 <= ord(c) < 0xA0)
    decoded = decode("x", alone.encode("latin-1"))

    assert alone == decoded.text
    assert not decoded.repaired


def test_two_encodings_in_one_line_are_both_read() -> None:
    data = "تدمر,".encode() + "Île".encode("latin-1") + b"\nsecond\n" + "é".encode("latin-1")
    decoded = decode("x", data)

    assert "تدمر,Île\nsecond\né" == decoded.text
    assert ("mixed", (1, 3)) == (decoded.encoding, decoded.repaired)


@given(st.sets(st.integers(1, 60)))
def test_rows_are_told_in_as_few_words_as_possible(rows: set[int]) -> None:
    told = ranges(rows)
    found: set[int] = set()
    for part in told.split(", ") if told and "more" not in told else ():
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))

    assert "more" in told or rows == found
