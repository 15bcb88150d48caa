"""The log, read backwards, to the rows as they stood before its last entries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Row = dict[str, Any]
Key = tuple[str, tuple[Any, ...]]
"""A table, and the values of its key."""

Entry = tuple[str, str, str, str | None]
"""Of an entry: table, key of the row, operation, and the values before."""


def key_of(names: tuple[str, ...], text: str) -> tuple[Any, ...]:
    """The values of a key from the text that the log has of it."""
    return (text,) if len(names) == 1 else tuple(json.loads(text))


def undo(
    rows: dict[Key, Row], entries: Iterable[Entry], keys: Mapping[str, tuple[str, ...]]
) -> None:
    """Take entries back, in place.

    Args:
        rows: The rows that stand now, by table and key; afterwards those that stood.
        entries: The entries, the newest first. What is left of an erased one
            undoes nothing.
        keys: The names of the columns of each table's key.
    """
    for table, text, op, before in entries:
        if op not in ("insert", "update", "delete"):
            continue
        names = keys[table]
        key = key_of(names, text)
        if op == "insert":
            rows.pop((table, key), None)
        elif op == "delete":
            rows[table, key] = json.loads(before or "{}")
        elif (row := rows.pop((table, key), None)) is not None:  # an update
            row = {**row, **json.loads(before or "{}")}
            rows[table, tuple(row[name] for name in names)] = row
