"""Cells of events to bitmaps of cells: what combines any filters at any size.

For each code of each facet, `_event_bits` tells in bits which cells have it,
the cell of number `part * CELLS + i` by bit `i`, the lowest first. What passes
several filters is then the bits that are set for all of them. The facet `n`
holds how many events a cell has, one row of bits for each binary digit, so that
events are counted by counting bits. `_event_years` adds cells up by their years.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

CELLS = 1 << 14
"""Cells of one row of bits."""

LISTS = ("countries", "registers", "causes", "severities")
"""Facets that are columns of a cell, each a JSON array of codes."""

STATUS, YEARS, DIGITS = "status", "years", "n"
"""Facets beside these: certainty of date, `first/last` year, digits of the number of events."""

UNDATED = "undated"
"""The status of events that nothing dates."""

CELL = f"id, {', '.join(LISTS)}, status, first, last, n"
"""The columns of a cell, as they are read here."""

Place: TypeAlias = tuple[str, str, int]
"""Facet, code and part: which row of bits."""


@lru_cache(maxsize=10_000)
def codes(array: str) -> tuple[str, ...]:
    """The codes of a JSON array, each once: two answers may share one."""
    return tuple(dict.fromkeys(json.loads(array)))


def _codes(cell: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Every facet and code of a cell, but for its number of events."""
    for facet, array in zip(LISTS, cell[1:5], strict=True):
        for code in codes(array):
            yield facet, code
    status, first, last = cell[5:8]
    if last == "":
        yield STATUS, UNDATED
    else:
        yield YEARS, f"{first}/{last}"
        if status:
            yield STATUS, status


def _digits(n: int) -> Iterator[str]:
    return (str(digit) for digit in range(n.bit_length()) if n >> digit & 1)


def wanted(connection: sqlite3.Connection) -> dict[Place, bytes]:
    """Every row of bits as it follows from the cells of a file."""
    found: dict[Place, bytearray] = {}
    for cell in connection.execute(f"SELECT {CELL} FROM main._event_cells"):
        part, offset = divmod(cell[0], CELLS)
        for facet, code in (*_codes(cell), *((DIGITS, digit) for digit in _digits(cell[8]))):
            bits = found.get((facet, code, part))
            if bits is None:
                bits = found[facet, code, part] = bytearray(CELLS // 8)
            bits[offset >> 3] |= 1 << (offset & 7)
    return {place: _trimmed(bits) for place, bits in found.items()}


def _trimmed(bits: bytes | bytearray) -> bytes:
    return bytes(bits).rstrip(b"\0")


def build(connection: sqlite3.Connection) -> None:
    """Make all bits and sums by year anew.

    Args:
        connection: Within a transaction, cells being up to date.
    """
    connection.execute("DELETE FROM _event_bits")
    # In the order of the key, so that the same cells always give the same file.
    connection.executemany(
        "INSERT INTO _event_bits (facet, code, part, bits) VALUES (?, ?, ?, ?)",
        ((*place, bits) for place, bits in sorted(wanted(connection).items())),
    )
    connection.execute("DELETE FROM _event_years")
    connection.execute(f"INSERT INTO _event_years (first, last, status, n) {SUMS}")


SUMS = "SELECT first, last, status, sum(n) FROM main._event_cells GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
"""SQL for the rows of `_event_years` as they follow from the cells."""


def follow(
    connection: sqlite3.Connection,
    *,
    gone: Iterable[Sequence[Any]],
    new: Iterable[Sequence[Any]],
    counted: Iterable[tuple[int, int]],
) -> None:
    """Make bits true again after a few cells changed; sums by year are not touched.

    Args:
        connection: Within a transaction.
        gone: Cells that are no more, as `CELL` has them.
        new: Cells that were not there before, likewise.
        counted: Every cell that has another number of events, with the number: 0 for those gone.
    """
    turned: dict[Place, dict[int, bool]] = {}
    for cells, is_set in ((gone, False), (new, True)):
        for cell in cells:
            part, offset = divmod(cell[0], CELLS)
            for facet, code in _codes(cell):
                turned.setdefault((facet, code, part), {})[offset] = is_set
    known = {
        code
        for (code,) in connection.execute(
            "SELECT DISTINCT code FROM _event_bits WHERE facet = ?", (DIGITS,)
        )
    }
    for id, n in counted:
        part, offset = divmod(id, CELLS)
        digits = set(_digits(n))
        for digit in known | digits:
            turned.setdefault((DIGITS, digit, part), {})[offset] = digit in digits
    for place, offsets in sorted(turned.items()):
        _turn(connection, place, offsets)


def _turn(connection: sqlite3.Connection, place: Place, offsets: dict[int, bool]) -> None:
    where = "WHERE facet = ? AND code = ? AND part = ?"
    row = connection.execute(f"SELECT bits FROM _event_bits {where}", place).fetchone()
    before = row[0] if row else b""
    bits = bytearray(before.ljust(CELLS // 8, b"\0"))
    for offset, is_set in offsets.items():
        if is_set:
            bits[offset >> 3] |= 1 << (offset & 7)
        else:
            bits[offset >> 3] &= ~(1 << (offset & 7))
    after = _trimmed(bits)
    if not after:
        connection.execute(f"DELETE FROM _event_bits {where}", place)
    elif row is None:
        connection.execute(
            "INSERT INTO _event_bits (facet, code, part, bits) VALUES (?, ?, ?, ?)",
            (*place, after),
        )
    elif after != before:
        connection.execute(f"UPDATE _event_bits SET bits = ? {where}", (after, *place))
