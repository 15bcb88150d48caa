"""Bytes to text: UTF-8, UTF-16 and Windows-1252, also several of them in one file."""

from __future__ import annotations

import codecs

import attrs

from heritage.errors import UnreadableFileError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""UTF-32 stands before UTF-16, whose mark is the beginning of its own."""

_REST = "heritage.windows-1252"


@attrs.frozen(kw_only=True)
class Decoded:
    """A text and how it was read."""

    text: str
    encoding: str
    """`utf-8`, `utf-16`, `windows-1252` or `mixed`."""
    repaired: tuple[int, ...] = ()
    """The lines (from 1) that were not in the encoding of the rest."""


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    rest = error.object[error.start : error.end]
    return windows_1252(rest), error.end


codecs.register_error(_REST, _as_windows_1252)


def windows_1252(data: bytes) -> str:
    """Windows-1252 as browsers read it: its five empty places are Latin-1."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(
            bytes([byte]).decode("cp1252", "ignore") or bytes([byte]).decode("latin-1")
            for byte in data
        )


def decode(path: str, data: bytes) -> Decoded:
    """Read bytes as text, whatever mixture they are.

    What is UTF-8 is read so, line by line and down to the single character;
    every other byte is read as Windows-1252, of which Latin-1 is a part.

    Raises:
        UnreadableFileError: A mark promises UTF-16 or UTF-32 and the bytes are not.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark) and mark != codecs.BOM_UTF8:
            return Decoded(text=_strictly(path, data, encoding), encoding=encoding)
    data = data.removeprefix(codecs.BOM_UTF8)
    wide = utf_16_without_mark(data)
    if wide:
        return Decoded(text=_strictly(path, data, wide), encoding="utf-16")
    try:
        return Decoded(text=data.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError:
        return _mixed(data)


def utf_16_without_mark(data: bytes) -> str | None:
    """The byte order of UTF-16 that carries no mark, told by its zero bytes."""
    head = data[:2000]
    if len(head) < 4 or b"\0" not in head:
        return None
    half = len(head) // 2
    if head[1::2].count(0) > half * 0.6 and head[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if head[::2].count(0) > half * 0.6 and head[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _strictly(path: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-le").removesuffix("-be").upper()
        raise UnreadableFileError(
            path, f"it is not the {name} that it claims to be, or it breaks off"
        ) from error


def _mixed(data: bytes) -> Decoded:
    lines = data.split(b"\n")
    texts = []
    foreign = []
    utf_8 = False
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8")
            utf_8 = utf_8 or not line.isascii()
        except UnicodeDecodeError:
            text = line.decode("utf-8", _REST)
            foreign.append(number)
            utf_8 = utf_8 or text != windows_1252(line)
        texts.append(text)
    whole = "\n".join(texts)
    if utf_8:
        return Decoded(text=whole, encoding="mixed", repaired=tuple(foreign))
    return Decoded(text=whole, encoding="windows-1252")
