"""One byte is enough: samples of all values and of all bytes of a file, changed one by one.

`HYPOTHESIS_PROFILE=deep` (`make faults`) tries thousands.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from heritage.errors import HeritageError, StoreError
from tests.tampering import (
    Naked,
    cells,
    change_cell,
    flip,
    places_of_content,
    problems,
    seeded,
    seen,
    tables,
)

IS_DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
ROWS = 25 if IS_DEEP else 1
"""Rows of each table of which every column is changed."""
BYTES = 1_500 if IS_DEEP else 15
"""Bytes that are changed in each part of a file."""

OWN_TO_SEARCH = ("_fts_config", "_fts_data", "_fts_docsize", "_fts_idx")


def is_found(path: Path) -> bool:
    """Whether verification finds anything; nothing but our own errors may come out of it."""
    try:
        return bool(problems(path))
    except HeritageError:
        return True


@pytest.mark.parametrize("seed", range(4) if IS_DEEP else range(1))
def test_every_changed_value_is_found(naked: Naked, tmp_path: Path, seed: int) -> None:
    """The triggers are as they were: only the values can tell."""
    dice = seeded(seed)
    path = tmp_path / "tampered.db"
    tried, missed = 0, []
    with closing(naked.open()) as connection:
        chosen = list(cells(connection, dice, ROWS))
    for cell in chosen if IS_DEEP else dice.sample(chosen, 90):
        content = change_cell(naked, cell, dice)
        if content is None:
            continue
        tried += 1
        path.write_bytes(content)
        if not is_found(path):
            missed.append(str(cell))

    assert [] == missed
    assert tried > (700 if IS_DEEP else 60)


@pytest.mark.parametrize(
    "part", [("history", "changes", "seals"), (), None], ids=["log", "rows", "any"]
)
def test_every_changed_byte_of_content_is_found(
    naked: Naked, honest: Path, tmp_path: Path, part: tuple[str, ...] | None
) -> None:
    """A byte that nobody misses is one that no table holds."""
    dice = seeded(7)
    content, expected = honest.read_bytes(), seen(honest)
    with closing(naked.open()) as connection:
        names = part or tables(connection)
        places = places_of_content(connection, content, names)
    path = tmp_path / "flipped.db"
    missed = []
    for _ in range(BYTES):
        place = dice.randrange(len(content)) if part is None else dice.choice(places)
        path.write_bytes(flip(content, place, dice))
        if not is_found(path) and seen(path) != expected:
            missed.append(place)

    assert [] == missed


def test_every_changed_byte_of_an_entry_is_found_by_its_number(
    naked: Naked, honest: Path, tmp_path: Path
) -> None:
    """Where the file can still be read."""
    dice = seeded(3)
    content = honest.read_bytes()
    path = tmp_path / "flipped.db"
    with closing(naked.open()) as connection:
        salts = dict(connection.execute("SELECT seq, salt FROM history"))
    for seq, salt in dice.sample(sorted(salts.items()), 50 if IS_DEEP else 8):
        place = content.index(salt) + dice.randrange(len(salt))
        path.write_bytes(flip(content, place, dice))
        try:
            found = {str(each.origin) for each in problems(path)}
        except StoreError:
            continue

        assert {f"history:{seq}"} == found
