"""Records of the file to the histories of sites, of many at once, and to their states on a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TypeVar

from heritage.dates import FuzzyDate
from heritage.judge import Fact, History, StateOn, fact_of_event, history_from, history_of, state_on
from heritage.model import Intervention, Observation
from heritage.store.conclusions import Files
from heritage.store.read import CHUNK

ARGUED = 60
"""Events that are concluded anew for histories; of more, what is stored is taken."""

T = TypeVar("T", Observation, Intervention)


def histories(
    connection: sqlite3.Connection, sites: Sequence[str], argued: int | None = ARGUED
) -> dict[str, History]:
    """The histories of some sites, each by itself, by id.

    Where more than `argued` events befell them together, the conclusions that
    are stored are taken: those of the event as a whole wherever nothing is
    stored of its date at a site. None concludes every event anew.
    """
    befell = _events_at(connection, sites)
    events = sorted({event for found in befell.values() for event in found})
    files = Files(connection)
    looks, works = files.seen_and_done(sites)
    seen, done = _by_site(looks), _by_site(works)
    if argued is None or len(events) <= argued:
        bundles = {bundle.subject: bundle for bundle in files.bundles(events)}
        return {
            site: history_of(
                site,
                [bundles[event] for event in befell.get(site, ()) if event in bundles],
                seen.get(site, ()),
                done.get(site, ()),
            )
            for site in sites
        }
    stored = _stored(connection, befell)
    return {
        site: history_from(site, stored.get(site, ()), seen.get(site, ()), done.get(site, ()))
        for site in sites
    }


def state(connection: sqlite3.Connection, site: str, date: FuzzyDate) -> StateOn:
    """The state of a site on a date, from events, looks and works; its parts left aside."""
    return state_on(histories(connection, [site], None)[site], date)


def states_of_parts(
    connection: sqlite3.Connection, site: str, date: FuzzyDate
) -> tuple[StateOn, ...]:
    """The state on a date of every part of a site, at any depth, that has no parts itself."""
    found = connection.execute(
        "SELECT a.site FROM _site_ancestors a WHERE a.ancestor = ?"
        " AND NOT EXISTS (SELECT 1 FROM sites s WHERE s.part_of = a.site) ORDER BY 1",
        (site,),
    )
    known = histories(connection, [part for (part,) in found], None)
    return tuple(state_on(history, date) for history in known.values())


def _by_site(records: Iterable[T]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for record in records:
        groups.setdefault(record.site, []).append(record)
    return groups


def _chunks(values: Sequence[str]) -> Iterable[tuple[Sequence[str], str]]:
    """Values in lists of a size that SQLite takes, each with its marks."""
    for start in range(0, len(values), CHUNK):
        chunk = values[start : start + CHUNK]
        yield chunk, ", ".join("?" * len(chunk))


def _events_at(connection: sqlite3.Connection, sites: Sequence[str]) -> dict[str, list[str]]:
    """The events that befell some sites, by site."""
    found: dict[str, list[str]] = {}
    for chunk, marks in _chunks(sites):
        sql = f"SELECT site, event FROM event_sites WHERE site IN ({marks}) ORDER BY site, event"
        for site, event in connection.execute(sql, chunk):
            found.setdefault(site, []).append(event)
    return found


def _stored(connection: sqlite3.Connection, befell: dict[str, list[str]]) -> dict[str, list[Fact]]:
    """What stored conclusions tell of the events at some sites, by site."""
    events = sorted({event for found in befell.values() for event in found})
    dates: dict[tuple[str, str], str] = {}
    severities: dict[tuple[str, str], tuple[str | None, str]] = {}
    for chunk, marks in _chunks(events):
        for event, site, property, value, status in connection.execute(
            "SELECT subject, site, property, value, status FROM conclusions"
            f" WHERE subject IN ({marks}) AND property IN ('date', 'severity')",
            chunk,
        ):
            if property == "severity":
                severities[event, site] = value, status
            elif value is not None:
                dates[event, site] = value
    return {
        site: [
            fact_of_event(
                event,
                dates.get((event, site)) or dates.get((event, "")),
                *severities.get((event, site), (None, "unsupported")),
            )
            for event in found
        ]
        for site, found in befell.items()
    }
