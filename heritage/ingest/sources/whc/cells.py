"""One row's cells to values, with every doubt reported once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import attrs

from heritage.errors import ValueParseError
from heritage.ingest.formats.table import Row, Value
from heritage.ingest.sources.whc.columns import Columns
from heritage.ingest.sources.whc.values import Read, is_nothing, text_of
from heritage.ingest.wording import ranges, shown
from heritage.problems import Origin, Problem

T = TypeVar("T")

_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "S": "5", "B": "8"})


@attrs.define
class Repairs:
    """Repairs of a whole file, told once for each column instead of once for each row."""

    path: str
    found: dict[tuple[str, str], list[tuple[int, str, str]]] = attrs.field(factory=dict)
    marked_up: set[int] = attrs.field(factory=set)
    """Rows in whose names there was markup, as UNESCO writes it."""

    def note(self, code: str, column: str, row: int, written: str, read: str) -> None:
        """Remember one repair."""
        self.found.setdefault((code, column), []).append((row, written, read))

    def problems(self) -> Iterator[Problem]:
        """One problem for each column in which something was repaired."""
        for (code, column), repairs in self.found.items():
            row, written, read = repairs[0]
            rows = ranges(each[0] for each in repairs)
            count = len(repairs)
            what = "text" if code == "repaired-text" else "value"
            message = (
                f"{written[:80]!r} was read as {read[:80]!r}"
                if count == 1
                else f"{count} {what}s were repaired and read, such as {written[:80]!r}"
                f" as {read[:80]!r}; rows {rows}"
            )
            origin = Origin(file=self.path, row=row, column=column)
            yield Problem(code=code, message=message, origin=origin, value=shown(written))


@attrs.define
class Cells:
    """The cells of one row under the names of our columns."""

    path: str
    row: Row
    columns: Columns
    repairs: Repairs
    problems: list[Problem] = attrs.field(factory=list)

    def raw(self, column: str) -> Value:
        """A cell as it stands; None where it says nothing or its column is not there."""
        header = self.columns.taken.get(column)
        value = None if header is None else self.row.values.get(header)
        return None if is_nothing(value) else value

    def read(self, column: str, reader: Callable[[Value], Read[T]]) -> T | None:
        """The value of a cell; None, and a problem, where it has none of its kind."""
        value = self.raw(column)
        if value is None:
            return None
        try:
            found, repaired = reader(value)
        except ValueParseError as error:
            guess = text_of(value).translate(_LOOKALIKES)
            self.report(
                "invalid-value",
                f"{text_of(value)[:80]!r} is not {error.expected}; it was left out",
                column=column,
                value=value,
                suggestion=f"{guess} may be meant" if _reads(reader, guess) else None,
            )
            return None
        if repaired:
            self.repaired(column, value, found)
        return found

    def repaired(self, column: str, value: Value, found: object) -> None:
        """Remember that a value was read although it was written oddly."""
        shown = ", ".join(map(str, found)) if isinstance(found, tuple) else str(found)
        header = self.columns.taken[column]
        self.repairs.note("repaired-value", header, self.row.number, text_of(value), shown)

    def report(
        self,
        code: str,
        message: str,
        *,
        column: str | None = None,
        value: Value = None,
        suggestion: str | None = None,
    ) -> None:
        """Add a problem of this row; `column` is one of ours or a header."""
        header = self.columns.taken.get(column, column) if column else None
        self.problems.append(
            Problem(
                code=code,
                message=message,
                origin=self.origin(header),
                value=shown(text_of(value)) or None,
                suggestion=suggestion,
            )
        )

    def origin(self, header: str | None = None) -> Origin:
        """Where this row stands."""
        return Origin(file=self.path, row=self.row.number, column=header)


def _reads(reader: Callable[[Value], Read[T]], text: str) -> bool:
    try:
        reader(text)
    except ValueParseError:
        return False
    return True
