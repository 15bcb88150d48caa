"""Rows to a table for people, and to CSV for spreadsheets."""

from __future__ import annotations

import csv
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import click

WIDTH = 100
"""Columns of a table where there is no terminal to measure."""

NARROWEST = 8
"""Columns to which a cell is cut before another one is."""

LOOKED_AT = 1_000
"""Rows that are measured before the first is printed."""

GAP = "  "

_TURNS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks that turn the order of letters would do so for the rest of the line."""

_UNSEEN: dict[int, str | None] = {
    **dict.fromkeys((*range(32), *range(127, 160)), " "),
    **dict.fromkeys(_TURNS),
}
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def width() -> int:
    """Columns of the terminal."""
    return max(40, shutil.get_terminal_size((WIDTH, 24)).columns)


def visible(text: str) -> str:
    """A text on one line that can do nothing to a terminal but be seen."""
    return text.translate(_UNSEEN)


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(each) or unicodedata.category(each) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(each) in "WF"
        else 1
        for each in text
    )


def cut(text: str, room: int) -> str:
    """A text that takes at most so many columns, with `…` where it was cut."""
    if columns_of(text) <= room:
        return text
    kept = ""
    for each in text:
        if columns_of(kept + each) > room - 1:
            break
        kept += each
    return kept.rstrip() + "…"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a table whose first column is never cut; nothing where there are no rows."""
    rows = iter(rows)
    measured = [[visible(cell) for cell in row] for row in islice(rows, LOOKED_AT)]
    if not measured:
        return
    widths = _fitted(
        [
            max(columns_of(name), *(columns_of(row[number]) for row in measured))
            for number, name in enumerate(header)
        ],
        width(),
    )
    yield _line(header, widths)
    yield _line(["-" * each for each in widths], widths)
    for row in chain(measured, rows):
        yield _line([visible(cell) for cell in row], widths)


def _fitted(widths: list[int], room: int) -> list[int]:
    """Widths that fit: the widest columns give way first, the first column never."""
    room -= len(GAP) * (len(widths) - 1)
    while sum(widths) > room:
        number = max(range(1, len(widths)), key=lambda each: widths[each], default=0)
        if number == 0 or widths[number] <= NARROWEST:
            break
        widths[number] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    parts = [(first[0], first[1])] + [(cut(cell, room), room) for cell, room in others]
    return GAP.join(cell + " " * (room - columns_of(cell)) for cell, room in parts).rstrip()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: `'` stands before one that looks like it."""
    if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table."""
    for line in table(header, rows):
        click.echo(line)


def print_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print CSV as RFC 4180 has it, but with plain line ends."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
