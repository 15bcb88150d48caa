"""Names as copied to names as meant: without markup, in the right letters."""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser
from typing import NamedTuple

from heritage.ingest.formats.encoding import windows_1252

_SPACE = re.compile(r"\s+")
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "td", "small", "h1", "h2", "h3"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe]")
_LOST = re.compile(r"\ufffd|\?{3,}")
_TAG_OR_ENTITY = re.compile(r"</?[A-Za-z][^<>]*>|&(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]\w+);")
_SCRIPTS = {"ru": "CYRILLIC", "ar": "ARABIC", "zh": "CJK"}


class Clean(NamedTuple):
    """A text and what was done to it."""

    text: str
    markup: bool
    """Markup or entities were read."""
    repaired: bool
    """Letters had been read in the wrong encoding, or stray signs stood in it."""


class _Words(HTMLParser):
    """The words of a text with markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag in _BREAKING:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKING:
            self.words.append(" ")


def without_markup(text: str) -> str:
    """The words of a text with HTML in it: `Ulu<U>r</U>u` is `Uluru`.

    Line breaks become blanks, entities their characters, also where they were
    escaped twice. A `<` that begins no tag is dropped with the blanks at the ends.

    >>> without_markup("Auschwitz<br /><small>Camp (1940&ndash;1945)</small>")
    'Auschwitz Camp (1940–1945)'
    """
    for _ in range(2):
        if not _TAG_OR_ENTITY.search(text):
            break
        words = _Words()
        words.feed(text)
        words.close()
        text = "".join(words.words)
    return _SPACE.sub(" ", html.unescape(text)).strip(" <>")


def in_right_letters(text: str) -> str:
    """A text that was UTF-8 and read as Latin letters, read again: `PaÃ¯s` is `País`.

    Done only where every foreign letter of the text takes part, so that real
    words are left alone.
    """
    for _ in range(3):
        if text.isascii():
            return text
        try:
            again = _as_bytes(text).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            return text
        text = again
    return text


def _as_bytes(text: str) -> bytes:
    """The bytes that Windows-1252 reads as this text."""
    found = bytearray()
    for character in text:
        try:
            found += character.encode("cp1252")
        except UnicodeEncodeError:
            found += character.encode("latin-1")
    if windows_1252(bytes(found)) != text:
        raise UnicodeEncodeError("cp1252", text, 0, len(text), "not reversible")
    return bytes(found)


def clean(text: str) -> Clean:
    """A name as it was meant."""
    right = in_right_letters(text)
    bare = without_markup(right)
    plain = _SPACE.sub(" ", _CONTROL.sub("", bare)).strip()
    return Clean(
        text=plain,
        markup=bare != _SPACE.sub(" ", right).strip(),
        repaired=right != text or plain != bare,
    )


def wrong_letters(text: str, language: str) -> str | None:
    """Why a text cannot be a name in a language, or None where it can.

    Letters were lost for good (`????`), or those beyond plain Latin are of
    another script than the language has: a Russian name in accented Latin was
    read in a wrong encoding, one in Chinese stands in the wrong column.
    """
    if _LOST.search(text):
        return "lost its letters to a wrong encoding"
    script = _SCRIPTS.get(language)
    foreign = [c for c in text if c.isalpha() and not c.isascii()]
    if script is None or not foreign:
        return None
    if any(unicodedata.name(c, "").startswith(script) for c in foreign):
        return None
    return "is not in the letters of its language"
