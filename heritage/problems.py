"""Faults in data, as values: what is wrong, where, and what to do.

A problem never stops a load; it says which row, column or record was left out
or doubted, and why. The codes are data: `problem_codes.csv` beside this file
lists every one with its meaning and what a reader can do about it.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import attrs

from heritage.errors import HeritageError

__all__ = ["Origin", "Problem", "ProblemCode", "problem_codes"]


@attrs.frozen(kw_only=True)
class Origin:
    """Where a value was read: file, row (1 is the first line or row) and column."""

    file: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file or "registry", *([str(self.row)] if self.row is not None else [])]
        return ":".join(parts)


@attrs.frozen(kw_only=True)
class Problem:
    """One fault in data."""

    code: str
    """A word of `problem_codes`, such as `unknown-term`."""
    message: str
    """One sentence for a person: what is wrong and what happened to the value."""
    origin: Origin = Origin()
    value: str | None = None
    """The value at fault, as it was written."""
    suggestion: str | None = None
    """What was probably meant, or what to do."""

    def __attrs_post_init__(self) -> None:
        if self.code not in problem_codes():
            raise UndocumentedProblemError(self.code)

    def __str__(self) -> str:
        column = f" (column {self.origin.column})" if self.origin.column else ""
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return f"{self.origin}: {self.code} {self.message}{column}{hint}"


@attrs.frozen(kw_only=True)
class ProblemCode:
    """A kind of fault, as documented for users."""

    code: str
    meaning: str
    remedy: str


class UndocumentedProblemError(HeritageError):
    """A problem code that `problem_codes.csv` does not list: a fault of this package."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return f"the problem code {self.code!r} is not documented"


@cache
def problem_codes() -> dict[str, ProblemCode]:
    """All codes by name, in the order of the file."""
    text = resources.files("heritage").joinpath("problem_codes.csv").read_text("utf-8")
    return {row["code"]: ProblemCode(**row) for row in csv.DictReader(text.splitlines())}
