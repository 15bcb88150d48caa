"""Bits of the file to which cells of events pass a filter, and how many events those hold.

Each set of cells is one whole number, whose bit of a place tells of the cell of
that number (`heritage.store.facts.bitmaps`). So filters are and-ed in microseconds,
however many events and cells there are.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from operator import or_

import attrs

from heritage.store.facts import bitmaps

AT_ONCE = 100
"""Years whose bits are read with one question."""


def _joined(rows: Iterable[tuple[int, bytes]]) -> int:
    """Rows of bits of one code, in the order of their parts, as one number."""
    pieces = bytearray()
    for part, bits in rows:
        pieces += bytes(part * bitmaps.CELLS // 8 - len(pieces)) + bits
    return int.from_bytes(pieces, "little")


def _union(cells: Iterable[int]) -> int:
    return reduce(or_, cells, 0)


def has(cells: bytes, cell: int) -> bool:
    """Whether a set of cells, as bytes, has the cell of a number."""
    return cell >> 3 < len(cells) and bool(cells[cell >> 3] >> (cell & 7) & 1)


def as_bytes(cells: int) -> bytes:
    """A set of cells, to be asked for many numbers."""
    return cells.to_bytes((cells.bit_length() + 7) // 8, "little")


def numbers(cells: int) -> Iterator[int]:
    """The numbers of the cells of a set, in order."""
    for place, byte in enumerate(as_bytes(cells)):
        if byte:
            for bit in range(8):
                if byte >> bit & 1:
                    yield place * 8 + bit


@attrs.frozen
class Cells:
    """The cells of a file by their codes, but for their years, which are read when asked for."""

    of: dict[str, dict[str, int]]
    """By facet and code, the cells that have it."""
    all: int
    """Every cell."""
    digits: tuple[tuple[int, int], ...]
    """Binary digits of the number of events, each with the cells that have it."""
    connection: sqlite3.Connection

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> Cells:
        """The cells of a file."""
        of: dict[str, dict[str, int]] = {}
        sql = """SELECT facet, code, part, bits FROM _event_bits WHERE facet <> 'years'
            ORDER BY facet, code, part"""
        for (facet, code), rows in groupby(connection.execute(sql), key=lambda row: tuple(row[:2])):
            of.setdefault(facet, {})[code] = _joined(row[2:] for row in rows)
        digits = tuple((int(code), bits) for code, bits in of.pop(bitmaps.DIGITS, {}).items())
        return cls(of, _union(bits for _, bits in digits), digits, connection)

    def holding(self, events: Iterable[int]) -> Cells:
        """The same cells with some events alone, each told by the number of its cell."""
        digits: dict[int, bytearray] = {}
        for cell, n in Counter(events).items():
            for digit in range(n.bit_length()):
                if n >> digit & 1:
                    bits = digits.setdefault(digit, bytearray())
                    bits.extend(bytes(max(0, (cell >> 3) + 1 - len(bits))))
                    bits[cell >> 3] |= 1 << (cell & 7)
        found = {digit: int.from_bytes(bits, "little") for digit, bits in digits.items()}
        return attrs.evolve(self, all=_union(found.values()), digits=tuple(found.items()))

    def having(self, facet: str, code: str) -> int:
        """The cells that have a code."""
        return self.of.get(facet, {}).get(code, 0)

    @property
    def dated(self) -> int:
        """The cells of events that something dates."""
        return self.all & ~self.having(bitmaps.STATUS, bitmaps.UNDATED)

    def count(self, cells: int) -> int:
        """How many events some cells hold."""
        return sum((cells & bits).bit_count() << digit for digit, bits in self.digits)

    def years(self) -> list[tuple[str, str]]:
        """The first and last years that some cell has, the newest first."""
        sql = "SELECT DISTINCT first, last FROM _event_years WHERE last <> '' ORDER BY 1 DESC, 2"
        return [(first, last) for first, last in self.connection.execute(sql)]

    def of_years(self, years: Sequence[tuple[str, str]]) -> int:
        """The cells of some first and last years."""
        found = 0
        sql = """SELECT code, part, bits FROM _event_bits WHERE facet = 'years'
            AND code IN (SELECT value FROM json_each(?)) ORDER BY code, part"""
        for start in range(0, len(years), AT_ONCE):
            wanted = [f"{first}/{last}" for first, last in years[start : start + AT_ONCE]]
            read = self.connection.execute(sql, (json.dumps(wanted),))
            for _, rows in groupby(read, key=lambda row: row[0]):
                found |= _joined(row[1:] for row in rows)
        return found

    def within(self, first: str, last: str) -> int:
        """The cells of events that may have happened from one year to another."""
        passing: list[tuple[str, str]] = []
        others: list[tuple[str, str]] = []
        for years in self.years():
            is_within = years[0] <= last and years[1] >= first
            (passing if is_within else others).append(years)
        if len(passing) <= len(others):
            return self.of_years(passing)
        return self.dated & ~self.of_years(others)
