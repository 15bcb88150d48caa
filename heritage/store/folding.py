"""Spellings to one spelling: what search compares.

تَدْمُر and تدمر, Qal'at and qalat, Ħal and hal fold to the same text. The fold
goes character by character through one table, which stands in the registry
too (`_folds`), so that a trigger folds what any program writes in the same
way as this module does: `sql_fold` and `fold` are tested against each other.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from functools import cache

LIMIT = 2000
"""Characters of a text that search looks at."""

_APOSTROPHES = "'’‘`´′ʿʾʼʻʹʽˈ‛＇՚׳״"
"""Signs that stand for a glottal stop, an ayn or a soft sign, or are typed in their place."""

_LETTERS = {
    "ħ": "h",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ø": "o",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ŋ": "n",
    "ə": "a",
    "ǝ": "a",
    # Arabic: carriers of hamza, final forms, and letters of neighbouring languages.
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ک": "ك",
    "ة": "ه",
    "ۀ": "ه",
    "ە": "ه",
    "ھ": "ه",
    "ہ": "ه",
    "ء": "",
    "ـ": "",
    # Cyrillic letters that spelling reforms and neighbours exchange.
    "ґ": "г",
    "ъ": "",
    "ь": "",
}

_ARTICLE = " ال"
"""The Arabic article, written together with its word."""

_SKIPPED = (
    range(0x3400, 0xA000),  # CJK ideographs: no folding, and most of the code space
    range(0xAC00, 0xFB00),  # Hangul syllables, surrogates, private use, CJK compatibility
)


def _fold_character(character: str) -> str:
    if character in _APOSTROPHES:
        return ""
    folded = ""
    for part in unicodedata.normalize("NFKD", character.casefold()).casefold():
        category = unicodedata.category(part)[0]
        if category in "ZPS":
            folded += " "
        elif category not in "MC":
            folded += _LETTERS.get(part, part)
    return folded


@cache
def folds() -> dict[str, str]:
    """Every character that folds to something else."""
    return dict(_folds())


def _folds() -> Iterator[tuple[str, str]]:
    for code in range(1, min(0x10000, sys.maxunicode)):
        if any(code in skipped for skipped in _SKIPPED):
            continue
        character = chr(code)
        folded = " " if character in "\t\n\r\v\f" else _fold_character(character)
        if folded != character:
            yield character, folded


@cache
def _translation() -> dict[int, str | None]:
    # None deletes as "" does, and leaves the quick way for ASCII open.
    return {ord(character): folded or None for character, folded in folds().items()}


WORDS = 50_000
"""Folded words that are remembered: texts of one collection share most of theirs."""

_LONG = 40


class _Words(dict[str, str]):
    """Words to folded words. A fold goes character by character, so words fold alone."""

    def __missing__(self, word: str) -> str:
        folded = word.translate(_translation())
        # What ends in a digit is a number or an id, which hardly ever comes again.
        if len(word) <= _LONG and not word[-1:].isdigit():
            if len(self) >= WORDS:
                self.clear()
            self[word] = folded
        return folded


_folded = _Words().__getitem__


def fold(text: str) -> str:
    """The text as search compares it.

    >>> fold("تَدْمُر"), fold("Qalʿat al-Ḥuṣn"), fold("قلعة الحصن")
    ('تدمر', 'qalat al husn', 'قلعه حصن')
    """
    folded = " ".join(map(_folded, text[:LIMIT].split(" ")))
    return (" " + folded).replace(_ARTICLE, " ").strip(" ")


def sql_fold(expression: str) -> str:
    """SQL that folds what `expression` yields, for triggers.

    Triggers may hold neither WITH nor functions of ours, so the characters are
    counted off by the table `_positions`.
    """
    return (
        f"(SELECT trim(replace(' ' || coalesce(group_concat(piece, ''), ''), '{_ARTICLE}', ' '))"
        " FROM (SELECT coalesce(f.folded, substr(t.text, p.n, 1)) AS piece"
        f" FROM (SELECT {expression} AS text) t"
        " JOIN _positions p ON p.n <= length(t.text)"
        " LEFT JOIN _folds f ON f.written = substr(t.text, p.n, 1) ORDER BY p.n))"
    )


def match_expression(text: str) -> str:
    """A full-text query that finds every word of a text, the last one as it begins.

    Empty where nothing searchable is left. Words are quoted, so nothing in
    them is read as query syntax.
    """
    text = unicodedata.normalize("NFC", text)
    words = fold(text.replace("\0", " ")).split()
    if not words:
        return ""
    return " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])
