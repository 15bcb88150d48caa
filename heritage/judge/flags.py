"""The flags of conclusions, as data: what each code tells a reader.

`flags.csv` beside this file lists every one.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import attrs

__all__ = ["Flag", "flags"]


@attrs.frozen(kw_only=True)
class Flag:
    """Something that a reader of a conclusion should know."""

    code: str
    meaning: str
    """One sentence."""


@cache
def flags() -> dict[str, Flag]:
    """All flags by code, in the order of the file."""
    text = resources.files("heritage.judge").joinpath("flags.csv").read_text("utf-8")
    return {row["code"]: Flag(**row) for row in csv.DictReader(text.splitlines())}
