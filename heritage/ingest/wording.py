"""Rows and values to words: how problems tell of them."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 12
"""Runs of rows that are told one by one."""
LONGEST = 200
"""Characters of a value that are shown."""


def shown(text: str) -> str:
    """A value as far as it can be shown: not endless, and without halves of characters."""
    return text[:LONGEST].encode("utf-8", "backslashreplace").decode()


def ranges(numbers: Iterable[int]) -> str:
    """Rows in as few characters as tell them all apart, or the first of very many.

    >>> ranges([2, 3, 4, 9])
    '2-4, 9'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = [str(a) if a == b else f"{a}-{b}" for a, b in runs]
    if len(told) > SHOWN:
        told = [*told[:SHOWN], f"and {len(told) - SHOWN} more"]
    return ", ".join(told)
