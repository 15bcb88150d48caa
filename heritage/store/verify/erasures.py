"""Erasures to whether the log tells of each, and what is left is as it was left."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from heritage.problems import Problem
from heritage.store import chain
from heritage.store.verify.faults import entry, of_change

Numbers = dict[tuple[str, int], tuple[str, int, int]]
"""For an entry or change: what stands there now, and the entry and change that say so."""

_NOW = {
    "entry": f"SELECT salt, {chain.encoded(chain.CONTENT, 'r')} FROM main.history r WHERE seq = ?",
    "change": f"SELECT salt, {chain.encoded(chain.HEADER, 'r')} FROM main.changes r WHERE id = ?",
}


def _told(connection: sqlite3.Connection) -> Iterator[tuple[int, int, str, int, str]]:
    """What each erasure says of itself: entry, change, and what it left where."""
    for seq, change, after in connection.execute(
        "SELECT seq, change, after FROM main.history WHERE op = 'erase' ORDER BY seq"
    ):
        said = json.loads(after or "{}")
        for number, digest in said.get("entries", ()):
            yield seq, change, "entry", number, digest
        for number, digest in said.get("changes", ()):
            yield seq, change, "change", number, digest


def examine(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Erasures that the log does not tell of, and what was altered after one."""
    latest: Numbers = {}
    by: set[tuple[str, int, int]] = set()
    for seq, change, what, number, digest in _told(connection):
        latest[what, number] = digest, seq, change
        by.add((what, number, change))
        if what == "entry" and number >= seq:
            message = f"entry {seq} tells that entry {number} was erased, which came later"
            yield entry("erasure-unexplained", seq, message)
    erased: set[tuple[str, int]] = set()
    for what, number, change in connection.execute(
        "SELECT what, number, change FROM main.erased ORDER BY what, number"
    ):
        erased.add((what, number))
        if (what, number) not in latest:
            message = f"{what} {number} is marked as erased, and no entry tells of that"
            yield _at("erasure-unexplained", what, number, message)
            continue
        if (what, number, change) not in by:
            message = f"{what} {number} is marked as erased by change {change}, which was another"
            yield _at("erasure-unexplained", what, number, message)
        row = connection.execute(_NOW[what], (number,)).fetchone()
        if row is not None and chain.commitment(*row).hex() != latest[what, number][0]:
            message = f"what was left of {what} {number} when it was erased was altered"
            yield _at("erasure-altered", what, number, message)
    for what, number in sorted(latest.keys() - erased):
        seq = latest[what, number][1]
        message = f"entry {seq} tells that {what} {number} was erased; its commitment is missing"
        yield _at("erasure-altered", what, number, message)
    yield from _unmarked(connection)
    for (change,) in connection.execute("SELECT change FROM main._residue ORDER BY 1"):
        message = f"free pages may still hold what change {change} erased"
        finish = "`heritage erase REGISTRY --finish` writes the file anew"
        yield of_change("erasure-unfinished", change, message, finish)


def _unmarked(connection: sqlite3.Connection) -> Iterator[Problem]:
    for (seq,) in connection.execute(
        "SELECT seq FROM main.history WHERE op = 'erased' AND NOT EXISTS"
        " (SELECT 1 FROM main.erased WHERE what = 'entry' AND number = seq) ORDER BY seq"
    ):
        message = f"entry {seq} says that it was erased, and its commitment is missing"
        yield entry("erasure-unexplained", seq, message)


def _at(code: str, what: str, number: int, message: str) -> Problem:
    if what == "entry":
        return entry(code, number, message)
    return of_change(code, number, message)
