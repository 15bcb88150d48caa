"""Rows to CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from heritage.web.words import shown

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""Beginnings of a text that some spreadsheet runs as a formula."""


def harmless(value: object) -> object:
    """A cell that is only shown: a text that begins like a formula gets an apostrophe before it.

    >>> harmless("=1+1"), harmless(-3.5), harmless("2015")
    ("'=1+1", -3.5, '2015')
    """
    if not isinstance(value, str):
        return value
    text = shown(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with a line of names; empty where there are no rows."""
    if not rows:
        return ""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(rows[0])
    writer.writerows([harmless(value) for value in row.values()] for row in rows)
    return written.getvalue()
