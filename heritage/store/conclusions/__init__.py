"""Claims in the file to conclusions in the file, kept true within each change.

What to conclude anew is read from the log (`heritage.store.conclusions.stale`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, cast

import attrs

from heritage.errors import RecordNotFoundError
from heritage.judge import (
    Bundle,
    Conclusion,
    Fact,
    Library,
    Tiers,
    conclude_all,
    conclude_one,
    facts_of,
)
from heritage.model import Claim, Event, Intervention, Observation, Record, Review, Source
from heritage.store import facts
from heritage.store.conclusions import stale
from heritage.store.facts import counts, site_facts
from heritage.store.read import CHUNK, read_sound

R = TypeVar("R", bound=Record)

SUBJECTS = 200
"""Events and sites concluded at once."""

SOURCES = 5_000
"""Sources that are kept for the next subjects."""


def bring_up_to_date(connection: sqlite3.Connection, change: int | None) -> int:
    """Conclude what the log touched since last time; how many conclusions are new or other.

    Args:
        connection: Within a transaction.
        change: The change that they are part of.
    """
    newest = connection.execute("SELECT max(seq) FROM history").fetchone()[0] or 0
    subjects: Iterable[str] = ()
    count = 0
    if newest != connection.execute("SELECT seq FROM _concluded").fetchone()[0]:
        count = conclude(connection, stale.find(connection), change)
        connection.execute("UPDATE _concluded SET seq = ?", (newest,))
        subjects = stale.found(connection)
    facts.bring_up_to_date(connection, subjects)
    counts.bring_up_to_date(connection)
    stale.forget(connection)
    return count


def conclude(connection: sqlite3.Connection, subjects: Iterable[str], change: int | None) -> int:
    """Conclude some subjects anew, and write what is new or other than it was."""
    files = Files(connection)
    count, subjects = 0, iter(subjects)
    while chunk := list(islice(subjects, SUBJECTS)):
        rows: list[Row] = []
        told: list[tuple[str, Fact]] = []
        for bundle in files.bundles(chunk):
            found = conclude_all(bundle)
            rows += map(row_of, found)
            told += facts_of(bundle, found)
        count += _write(connection, chunk, rows, change)
        site_facts.put_events(connection, chunk, told)
    return count


def of_subject(
    connection: sqlite3.Connection,
    subject: str,
    property: str,
    site: str | None = None,
    tiers: Tiers | None = None,
) -> Conclusion:
    """One conclusion with its whole argument, worked out now; nothing is written.

    Raises:
        RecordNotFoundError: There is no such event or site.
    """
    for bundle in Files(connection, tiers).bundles([subject]):
        return conclude_one(bundle, property, site)
    raise RecordNotFoundError("event or site", subject)


def all_of(
    connection: sqlite3.Connection, subject: str, tiers: Tiers | None = None
) -> tuple[Conclusion, ...]:
    """Every conclusion on an event or site, worked out now; nothing is written."""
    for bundle in Files(connection, tiers).bundles([subject]):
        return conclude_all(bundle)
    return ()


def of_many(
    connection: sqlite3.Connection, subjects: Sequence[str]
) -> Iterator[tuple[str, tuple[Conclusion, ...]]]:
    """Every conclusion on some events or sites, each with its id; nothing is written.

    Args:
        connection: Any.
        subjects: No more at once than `SUBJECTS`.
    """
    for bundle in Files(connection).bundles(subjects):
        yield bundle.subject, conclude_all(bundle)


@attrs.frozen(kw_only=True)
class Wanted:
    """Which conclusions to list; everything left at its default does not narrow the list."""

    subject: str | None = None
    site: str | None = None
    """Conclusions on this site, as a subject of its own or as the site of an event."""
    property: str | None = None
    status: str | None = None
    conflicting: bool = False
    """Only those that are disputed or undecided."""


CONFLICTING = ("disputed", "undecided")


def listed(
    connection: sqlite3.Connection, wanted: Wanted, limit: int | None, tiers: Tiers | None
) -> Iterator[dict[str, Any]]:
    """Conclusions in plain form: as stored, or worked out under a reader's own weights."""
    if tiers is None:
        return islice(_stored(connection, wanted), limit)
    return islice(_weighed(connection, wanted, tiers), limit)


def _stored(connection: sqlite3.Connection, wanted: Wanted) -> Iterator[dict[str, Any]]:
    columns = ", ".join((*COLUMNS, "as_of"))
    sql = f"SELECT {columns} FROM conclusions c WHERE {{}} ORDER BY subject, site, property"
    where, values = _where(wanted)
    for *row, as_of in connection.execute(sql.format(where), values):
        plain = _plain(tuple(row)) | {"as_of": as_of}
        if _passes(plain, wanted):
            yield plain


def _weighed(
    connection: sqlite3.Connection, wanted: Wanted, tiers: Tiers
) -> Iterator[dict[str, Any]]:
    where, values = _where(wanted)
    sql = f"SELECT DISTINCT subject FROM conclusions c WHERE {where} ORDER BY subject"
    subjects = [subject for (subject,) in connection.execute(sql, values)]
    files = Files(connection, tiers)
    for start in range(0, len(subjects), SUBJECTS):
        for bundle in files.bundles(subjects[start : start + SUBJECTS]):
            found = [_plain(row_of(conclusion)) for conclusion in conclude_all(bundle)]
            found.sort(key=lambda plain: (plain["site"] or "", plain["property"]))
            yield from (plain for plain in found if _passes(plain, wanted))


def _where(wanted: Wanted) -> tuple[str, tuple[str, ...]]:
    """What other weights cannot change: the subject and the site."""
    conditions, values = ["1"], []
    if wanted.subject is not None:
        conditions.append("c.subject = ?")
        values.append(wanted.subject)
    if wanted.site is not None:
        conditions.append("(c.site = ? OR c.subject = ?)")
        values += [wanted.site, wanted.site]
    return " AND ".join(conditions), tuple(values)


def _passes(plain: dict[str, Any], wanted: Wanted) -> bool:
    return (
        (wanted.site is None or wanted.site in (plain["site"], plain["subject"]))
        and (wanted.property is None or wanted.property == plain["property"])
        and (wanted.status is None or wanted.status == plain["status"])
        and (not wanted.conflicting or plain["status"] in CONFLICTING)
    )


def _plain(row: Row) -> dict[str, Any]:
    plain = dict(zip(COLUMNS, row, strict=True))
    plain["site"] = plain["site"] or None
    plain["flags"] = json.loads(plain["flags"])
    plain["runner_up"] = json.loads(plain["runner_up"]) if plain["runner_up"] else None
    return plain


Row = tuple[Any, ...]

COLUMNS = (
    *("subject", "site", "property", "value", "earliest", "latest", "status", "weight"),
    *("margin", "runner_up", "flags", "sentence"),
)
"""The columns of a conclusion itself: not since when it has stood."""


def row_of(conclusion: Conclusion) -> Row:
    """A conclusion as a row, in the order of `COLUMNS`."""
    runner_up = conclusion.runner_up
    return (
        conclusion.subject,
        conclusion.site or "",
        conclusion.property,
        conclusion.value,
        conclusion.earliest,
        conclusion.latest,
        conclusion.status,
        conclusion.weight,
        conclusion.margin,
        None if runner_up is None else _json(attrs.asdict(runner_up)),
        _json(conclusion.flags),
        conclusion.sentence,
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write(
    connection: sqlite3.Connection, subjects: Sequence[str], rows: list[Row], change: int | None
) -> int:
    marks = ", ".join("?" * len(subjects))
    columns = ", ".join((*COLUMNS, "change", "as_of"))
    sql = f"SELECT {columns} FROM conclusions WHERE subject IN ({marks})"
    found = {row[: len(COLUMNS)]: row for row in connection.execute(sql, subjects)}
    wanted = {row[:3]: row for row in rows}
    superseded = [row for short, row in found.items() if wanted.get(row[:3]) != short]
    at = connection.execute("SELECT at FROM changes WHERE id = ?", (change,)).fetchone()
    as_of = at and at[0]
    connection.executemany(
        "INSERT INTO history"
        " (change, kind, record, version, table_name, row_key, op, before, after)"
        " VALUES (?, 'conclusion', ?, 1, 'conclusions', ?, ?, ?, ?)",
        [_entry(change, as_of, row, wanted.get(row[:3])) for row in sorted(superseded, key=_key)],
    )
    connection.executemany(
        "DELETE FROM conclusions WHERE subject = ? AND site = ? AND property = ?",
        [row[:3] for row in superseded],
    )
    new = [row for row in rows if row not in found]
    marks = ", ".join("?" * (len(COLUMNS) + 2))
    connection.executemany(
        f"INSERT INTO conclusions ({columns}) VALUES ({marks})",
        [(*row, change, as_of) for row in new],
    )
    return len(new)


def _key(row: Row) -> Row:
    return row[:3]


def _entry(change: int | None, as_of: str | None, old: Row, new: Row | None) -> Row:
    """An entry of the log on a conclusion that no longer stands as it stood.

    That one was drawn for the first time is not logged: it follows from the claims,
    and the row itself says since when it has stood.
    """
    names = (*COLUMNS, "change", "as_of")
    before = dict(zip(names, old, strict=True))
    if new is None:
        after = None
    else:
        later = dict(zip(names, (*new, change, as_of), strict=True))
        changed = [name for name in names if before[name] != later[name]]
        before = {name: before[name] for name in changed}
        after = {name: later[name] for name in changed}
    return (
        change,
        old[0],
        _json(list(old[:3])),
        "delete" if after is None else "update",
        _json({name: value for name, value in before.items() if after or value is not None}),
        None if after is None else _json(after),
    )


class Files:
    """Records of the file as bundles for the judge; sources are read once for many."""

    def __init__(self, connection: sqlite3.Connection, tiers: Tiers | None = None) -> None:
        self._connection = connection
        self._tiers = tiers
        self._sources: dict[str, Source] = {}

    def bundles(self, subjects: Sequence[str]) -> Iterator[Bundle]:
        """The bundles of those subjects that exist, events and sites with claims alike."""
        events = {event.id: event for event in self._read("event", subjects, Event)}
        exist = set(self._ids("SELECT id FROM sites WHERE id IN ({})", subjects)) | events.keys()
        claims = self._grouped("subject", self._where("claim", "subject", subjects, Claim))
        places = {site for event in events.values() for site in event.sites}
        looks = self._grouped("site", self._where("observation", "site", places, Observation))
        works = self._grouped("site", self._where("intervention", "site", places, Intervention))
        decisions = self._grouped("claim", self._reviews(subjects))
        held = self._control(places)
        shared = set(self._shared(places))
        unpublished = self._unpublished(subjects)
        library = self._library(
            {record.source for records in claims.values() for record in records}
            | {record.source for records in looks.values() for record in records}
            | {record.source for records in held.values() for record in records}
        )
        for subject in subjects:
            if subject not in exist:
                continue
            event = events.get(subject)
            own = claims.get(subject, [])
            sites = event.sites if event else ()
            yield Bundle(
                subject=subject,
                sites=sites,
                claims=own,
                observations=_of(looks, sites, Observation),
                interventions=_of(works, sites, Intervention),
                reviews=_of(decisions, [claim.id for claim in own], Review),
                sources=library,
                control=_of(held, sites, Claim),
                shared_sites=[site for site in sites if site in shared],
                unpublished=unpublished.get(subject, ()),
            )

    def _unpublished(self, subjects: Sequence[str]) -> dict[str, set[tuple[str, str | None]]]:
        """The questions on which bears what a public edition leaves out, by subject."""
        found: dict[str, set[tuple[str, str | None]]] = {}
        marks = ", ".join("?" * len(subjects))
        sql = f"SELECT subject, property, site FROM unpublished WHERE subject IN ({marks})"
        for subject, property, site in self._connection.execute(sql, subjects):
            found.setdefault(subject, set()).add((property, site or None))
        return found

    def seen_and_done(self, sites: Collection[str]) -> tuple[list[Observation], list[Intervention]]:
        """The looks at some sites and the works on them."""
        looks = self._where("observation", "site", sites, Observation)
        return list(looks), list(self._where("intervention", "site", sites, Intervention))

    def _ids(self, sql: str, values: Collection[str]) -> Iterator[str]:
        """Ids from a query with one list of marks, asked in lists of a size that SQLite takes."""
        values = sorted(values)
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            marks = ", ".join("?" * len(chunk))
            for row in self._connection.execute(sql.format(marks), chunk):
                yield row[0]

    def _read(self, kind: str, ids: Iterable[str], _cls: type[R]) -> Iterator[R]:
        # What another program wrote and makes no record takes no part; `check` tells of it.
        for record in read_sound(self._connection, kind, ids):
            yield cast("R", record)

    def _where(self, kind: str, column: str, values: Collection[str], cls: type[R]) -> Iterator[R]:
        sql = f"SELECT id FROM {kind}s WHERE {column} IN ({{}})"
        return self._read(kind, list(self._ids(sql, values)), cls)

    def _grouped(self, key: str, records: Iterable[R]) -> dict[str, list[R]]:
        groups: dict[str, list[R]] = {}
        for record in records:
            groups.setdefault(getattr(record, key), []).append(record)
        return groups

    def _reviews(self, subjects: Collection[str]) -> Iterator[Review]:
        sql = "SELECT r.id FROM reviews r JOIN claims c ON c.id = r.claim WHERE c.subject IN ({})"
        return self._read("review", list(self._ids(sql, subjects)), Review)

    def _control(self, places: Collection[str]) -> dict[str, list[Claim]]:
        """Claims on who held the sites or what they are part of, by site."""
        sql = (
            "SELECT c.id, p.site FROM (SELECT id AS site, id AS place FROM sites"
            " WHERE id IN ({0}) UNION SELECT site, ancestor FROM _site_ancestors"
            " WHERE site IN ({0})) p JOIN claims c ON c.subject = p.place"
            " AND c.property = 'control'"
        )
        pairs: list[tuple[str, str]] = []
        ordered = sorted(places)
        for start in range(0, len(ordered), CHUNK):
            chunk = ordered[start : start + CHUNK]
            marks = ", ".join(f"?{number}" for number in range(1, len(chunk) + 1))
            pairs += self._connection.execute(sql.format(marks), chunk)
        claims = {c.id: c for c in self._read("claim", sorted({id for id, _ in pairs}), Claim)}
        held: dict[str, list[Claim]] = {}
        for id, site in sorted(pairs):
            held.setdefault(site, []).append(claims[id])
        return held

    def _shared(self, places: Collection[str]) -> Iterator[str]:
        # A second one is enough: there may be thousands.
        other = "SELECT 1 FROM event_sites e WHERE e.site = s.id LIMIT 1 OFFSET 1"
        return self._ids(f"SELECT s.id FROM sites s WHERE s.id IN ({{}}) AND ({other})", places)

    def _library(self, ids: set[str]) -> Library:
        behind = set(self._ids("SELECT ancestor FROM _source_ancestors WHERE source IN ({})", ids))
        wanted = ids | behind
        if len(self._sources) > SOURCES:
            self._sources.clear()
        missing = sorted(wanted - self._sources.keys())
        for source in self._read("source", missing, Source):
            self._sources[source.id] = source
        known = [self._sources[id] for id in sorted(wanted) if id in self._sources]
        return Library(known, self._tiers)


def _of(groups: dict[str, list[R]], keys: Iterable[str], _cls: type[R]) -> list[R]:
    """The records of some groups, each once."""
    found = {record.id: record for key in keys for record in groups.get(key, ())}
    return list(found.values())
