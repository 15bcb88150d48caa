"""Claims to conclusions from nothing, beside those that stand in the file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from heritage.judge import Fact, conclude_all, facts_of
from heritage.problems import Problem
from heritage.store import conclusions
from heritage.store.conclusions import stale
from heritage.store.facts import site_facts
from heritage.store.verify import standing
from heritage.store.verify.faults import REBUILD, Notes, bounded, entry, quoted, row

Key = tuple[str, str, str]
Drawn = dict[Key, dict[str, Any]]
"""Conclusions as the columns of their rows, by subject, site and property."""


def examine(connection: sqlite3.Connection, notes: Notes) -> Iterator[Problem]:
    """Conclusions that do not follow from the claims, and a log of them that is broken."""
    waiting = set(stale.find(connection))
    if waiting:
        notes.add(
            f"{len(waiting)} {'subject' if len(waiting) == 1 else 'subjects'} to be concluded anew"
            " since other programs wrote; the next change does, and `heritage seal` does so now"
        )
    yield from bounded(_drawn(connection, waiting))
    yield from bounded(_since(connection))
    yield from bounded(_superseded(connection))


def _where(key: Key) -> str:
    subject, site, name = key
    return f"{subject}/{site}/{name}" if site else f"{subject}/{name}"


def _subjects(connection: sqlite3.Connection) -> Iterator[list[str]]:
    """All subjects on which there is, or could be, a conclusion; so many at once as is quick."""
    found = connection.execute(
        "SELECT f.subject FROM (SELECT id AS subject FROM events UNION SELECT id FROM sites"
        " UNION SELECT subject FROM conclusions UNION SELECT id FROM _site_facts"
        f" WHERE kind = 'event') f WHERE {stale.ARGUED} ORDER BY 1"
    )
    while chunk := [subject for (subject,) in found.fetchmany(conclusions.SUBJECTS)]:
        yield chunk


def _by_key(rows: Iterable[tuple[Any, ...]]) -> Drawn:
    return {row[:3]: dict(zip(conclusions.COLUMNS, row, strict=True)) for row in rows}


def _recomputed(
    connection: sqlite3.Connection, subjects: Sequence[str]
) -> tuple[Drawn, list[tuple[str, Fact]]]:
    """Conclusions, and what follows from them on the states of sites."""
    drawn: Drawn = {}
    told: list[tuple[str, Fact]] = []
    for bundle in conclusions.Files(connection).bundles(subjects):
        found = conclude_all(bundle)
        drawn |= _by_key(map(conclusions.row_of, found))
        told += facts_of(bundle, found)
    return drawn, told


def _stored(connection: sqlite3.Connection, subjects: Sequence[str]) -> Drawn:
    columns, marks = ", ".join(conclusions.COLUMNS), ", ".join("?" * len(subjects))
    sql = f"SELECT {columns} FROM conclusions WHERE subject IN ({marks})"
    return _by_key(connection.execute(sql, subjects))


def _drawn(connection: sqlite3.Connection, waiting: set[str]) -> Iterator[Problem]:
    for subjects in _subjects(connection):
        settled = [subject for subject in subjects if subject not in waiting]
        wanted, told = _recomputed(connection, settled)
        found = _stored(connection, settled)
        for key in sorted(found.keys() | wanted.keys()):
            if key not in found:
                message = "it follows from the claims, and is missing"
                yield _problem("conclusion-missing", key, message)
            elif key not in wanted:
                message = "nothing is claimed or seen from which it follows"
                yield _problem("conclusion-unexplained", key, message)
            else:
                yield from _differing(key, found[key], wanted[key])
        yield from standing.differing(connection, "event", settled, site_facts.rows_of(told))


def _problem(code: str, key: Key, message: str, column: str | None = None) -> Problem:
    return row(code, "conclusions", _where(key), message, column, do=REBUILD)


def _differing(key: Key, found: dict[str, Any], wanted: dict[str, Any]) -> Iterator[Problem]:
    for column, value in wanted.items():
        if found[column] != value:
            message = f"{column} is {quoted(found[column])}; from the claims it is {quoted(value)}"
            yield _problem("conclusion-altered", key, message, column)


def _since(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Since when a conclusion has stood: the moment of its change."""
    for *key, change, as_of, at in connection.execute(
        "SELECT c.subject, c.site, c.property, c.change, c.as_of, g.at FROM main.conclusions c"
        " LEFT JOIN main.changes g ON g.id = c.change WHERE c.as_of IS NOT g.at OR g.at IS NULL"
    ):
        if at is None:
            message = f"it stands since change {quoted(change)}, which there is not"
            yield _problem("conclusion-altered", (key[0], key[1], key[2]), message, "change")
        else:
            message = f"it stands since {quoted(as_of)}; its change {change} was at {quoted(at)}"
            yield _problem("conclusion-altered", (key[0], key[1], key[2]), message, "as_of")


_ENTRIES = (
    "SELECT seq, change, record, row_key, op, before, after FROM main.history"
    " WHERE kind = 'conclusion' AND op IN ('update', 'delete') ORDER BY row_key, seq"
)
_CURRENT = "SELECT change FROM main.conclusions WHERE subject = ? AND site = ? AND property = ?"


def _superseded(connection: sqlite3.Connection) -> Iterator[Problem]:
    """What was concluded once: each entry goes on from the one before it."""
    last: tuple[str, str, int, int | None] | None = None
    for seq, change, _, key, op, before, after in connection.execute(_ENTRIES):
        if last is not None and last[0] != key:
            yield from _still(connection, last)
            last = None
        old, new = json.loads(before or "{}"), json.loads(after or "{}")
        since = old.get("change", last[3] if last else None)
        if last is not None and last[1] == "update" and since != last[3]:
            message = (
                f"it supersedes a conclusion of change {since}; entry {last[2]} left {last[3]}"
            )
            yield entry("conclusion-log-broken", seq, message, REBUILD)
        elif last is not None and last[1] == "delete" and (since or 0) < (last[3] or 0):
            message = f"it supersedes a conclusion of change {since}, which entry {last[2]} ended"
            yield entry("conclusion-log-broken", seq, message, REBUILD)
        elif since is not None and since > change:
            message = f"it supersedes a conclusion of change {since}, which came later"
            yield entry("conclusion-log-broken", seq, message, REBUILD)
        left = change if op == "delete" else new.get("change", since)
        last = key, op, seq, left
    if last is not None:
        yield from _still(connection, last)


def _still(
    connection: sqlite3.Connection, last: tuple[str, str, int, int | None]
) -> Iterator[Problem]:
    """The conclusion that stands is the one that the last entry about it left."""
    key, op, seq, left = last
    subject, site, name = json.loads(key)
    found = connection.execute(_CURRENT, (subject, site, name)).fetchone()
    now = None if found is None else found[0]
    if op == "update" and now != left:
        message = f"it stands since change {quoted(now)}; entry {seq} says {quoted(left)}"
        yield _problem("conclusion-altered", (subject, site, name), message, "change")
    elif op == "delete" and now is not None and now < (left or 0):
        message = f"it stands since change {now}; entry {seq} ended it in change {left}"
        yield _problem("conclusion-altered", (subject, site, name), message, "change")
