"""First bytes to format: what a file is, whatever it is called."""

from __future__ import annotations

import json
import re
from pathlib import Path

from heritage.errors import UnreadableFileError
from heritage.ingest.formats.encoding import utf_16_without_mark

HEAD = 64 * 1024
"""Bytes that are looked at."""

_WORKBOOKS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\x09\x08", "xls"),
    (b"\x09\x04", "xls"),
    (b"\x09\x02", "xls"),
    (b"\x09\x00\x04", "xls"),
    (b"PK\x03\x04", "xlsx"),
)

_REFUSED = (
    (b"\x89PNG", "it is a PNG image"),
    (b"\xff\xd8\xff", "it is a JPEG image"),
    (b"GIF8", "it is a GIF image"),
    (b"II*\0", "it is a TIFF image"),
    (b"MM\0*", "it is a TIFF image"),
    (b"%PDF", "it is a PDF document; a table in it cannot be read safely"),
    (b"\x1f\x8b", "it is compressed with gzip; unpack it first"),
    (b"BZh", "it is compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "it is compressed with xz; unpack it first"),
    (b"7z\xbc\xaf", "it is a 7-Zip archive; unpack it first"),
    (b"Rar!", "it is a RAR archive; unpack it first"),
    (b"PK\x05\x06", "it is an empty ZIP archive"),
    (b"SQLite format 3\0", "it is an SQLite database, not a file to load"),
    (b"PAR1", "it is a Parquet file"),
    (b"{\\rtf", "it is a Rich Text document"),
)

_HTML = re.compile(r"<(!doctype\s+html|html|head|body|table|div|meta)\b", re.IGNORECASE)
_OWN_LINE = re.compile(r'^[ \t]*\{(?=[^\n]*"kind"[ \t]*:)[^\n]*"record"[ \t]*:', re.MULTILINE)


def head_of(path: str) -> bytes:
    """The first bytes of a file.

    Raises:
        UnreadableFileError: It is missing, a folder, or may not be read.
    """
    file = Path(path)
    if file.is_dir():
        raise UnreadableFileError(path, "it is a folder; name the files in it")
    if file.exists() and not file.is_file():
        # A pipe can be read once: what was looked at would be missing from what is loaded.
        raise UnreadableFileError(path, "it is a pipe or a device; save it as a file first")
    try:
        with file.open("rb") as opened:
            return opened.read(HEAD)
    except FileNotFoundError as error:
        raise UnreadableFileError(path, "there is no such file") from error
    except PermissionError as error:
        raise UnreadableFileError(path, "you may not read it; check its permissions") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFileError(path, reason.lower()) from error


def recognise(path: str, head: bytes) -> str:
    """The format of a file, told by how it begins.

    Raises:
        UnreadableFileError: It is empty, or something that holds no rows.
    """
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError(path, "it is empty")
    for mark, name in _WORKBOOKS:
        if head.startswith(mark):
            return name
    for mark, reason in _REFUSED:
        if head.startswith(mark):
            raise UnreadableFileError(path, reason)
    return _of_text(path, _text(path, head))


def _text(path: str, head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    wide = utf_16_without_mark(head)
    if wide:
        return head.decode(wide, "replace")
    if head.count(0) > 2 or sum(byte < 9 for byte in head) > len(head) / 50:
        raise UnreadableFileError(path, "it is neither text nor a workbook")
    return head.decode("utf-8-sig", "replace")


def _of_text(path: str, text: str) -> str:
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return _of_markup(path, text)
    if _OWN_LINE.search(text):
        return "jsonl"
    if text.startswith("{"):
        return "jsonl" if _is_object(text.partition("\n")[0]) and _goes_on(text) else "json"
    if text.startswith("["):
        return "json"
    return "csv"


def _of_markup(path: str, text: str) -> str:
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        raise UnreadableFileError(path, "it is an Excel 2003 XML workbook; save it as XLSX or CSV")
    if _HTML.search(text[:2000]) and not text.startswith("<?xml"):
        raise UnreadableFileError(
            path, "it is a web page (HTML), not a table; save it as XLSX or CSV"
        )
    return "xml"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _goes_on(text: str) -> bool:
    """Whether more than one line is filled."""
    return text.partition("\n")[2].lstrip().startswith("{")
