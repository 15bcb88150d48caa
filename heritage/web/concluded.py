"""Conclusions to what pages show of them: worked out with their argument, or as stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from heritage.dates import FuzzyDate
from heritage.judge import Conclusion, RunnerUp
from heritage.store import conclusions
from heritage.store.facts import site_states
from heritage.web.queries import FACTS, PARTS, Row, rows


@contextmanager
def _plain_rows(connection: sqlite3.Connection) -> Iterator[None]:
    """Rows as plain tuples, as the store takes them; Datasette sets its own kind."""
    factory = connection.row_factory
    connection.row_factory = None
    try:
        yield
    finally:
        connection.row_factory = factory


def argued(connection: sqlite3.Connection, id: str) -> tuple[Conclusion, ...]:
    """Every conclusion on an event or a site with who stands where, worked out now."""
    with _plain_rows(connection):
        return conclusions.all_of(connection, id)


def standing(
    connection: sqlite3.Connection, sites: Sequence[str], date: FuzzyDate
) -> site_states.Standing:
    """How some sites stood on a date, with the latest of what is known of them."""
    with _plain_rows(connection):
        return site_states.standing(connection, sites, date, FACTS)


def states(
    connection: sqlite3.Connection, sites: Sequence[str], date: FuzzyDate
) -> Mapping[str, str]:
    """The states of some sites on a date."""
    with _plain_rows(connection):
        return site_states.states(connection, sites, date)


def stored(connection: sqlite3.Connection, id: str) -> tuple[Conclusion, ...]:
    """Conclusions on an event or a site as stored, which is without who stands where.

    They cost the same however many claims there are.
    """
    found = rows(
        connection,
        """SELECT subject, nullif(site, '') AS site, property, value, earliest, latest, status,
            weight, margin, runner_up, flags, sentence
        FROM conclusions WHERE subject = :id ORDER BY site, property LIMIT :limit""",
        id=id,
        limit=PARTS,
    )
    return tuple(_conclusion(row) for row in found)


def _conclusion(row: Row) -> Conclusion:
    told: dict[str, Any] = {**row, "flags": tuple(json.loads(row["flags"]))}
    told["runner_up"] = RunnerUp(**json.loads(row["runner_up"])) if row["runner_up"] else None
    return Conclusion(**told)


def titles(connection: sqlite3.Connection, ids: Collection[str]) -> dict[str, str]:
    """The titles of those sources that exist, by id."""
    values = {f"id{n}": id for n, id in enumerate(sorted(ids))}
    if not values:
        return {}
    places = ", ".join(f":{name}" for name in values)
    found = rows(connection, f"SELECT id, title FROM sources WHERE id IN ({places})", **values)
    return {row["id"]: row["title"] for row in found}
