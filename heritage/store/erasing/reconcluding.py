"""What an erasure rewrote to the conclusions that have to be worked out anew.

Their superseded forms quote what sources said; those entries of the log keep
only that there was one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from heritage.store import conclusions, facts
from heritage.store.erasing.relogging import Relogging
from heritage.store.erasing.rewriting import Entry, Rewriting, erased
from heritage.store.facts import site_facts

Mentions = Callable[[str], bool]

_KEY = ("subject", "site", "property")
_AT = "SELECT event FROM event_sites WHERE site IN (SELECT value FROM json_each(:ids))"
_PARTS = (
    "SELECT es.event FROM event_sites es JOIN _site_ancestors a ON a.site = es.site"
    " WHERE a.ancestor IN (SELECT value FROM json_each(:ids))"
)
_SPEAKERS = (
    "(SELECT value FROM json_each(:ids) UNION SELECT source FROM _source_ancestors"
    " WHERE ancestor IN (SELECT value FROM json_each(:ids)))"
)
_CLAIMED = "SELECT subject FROM claims c WHERE c.id IN (SELECT value FROM json_each(:ids))"
_TOUCHED: dict[str, tuple[str, ...]] = {
    "event": ("SELECT value FROM json_each(:ids)",),
    "site": ("SELECT value FROM json_each(:ids)", _AT, _PARTS),
    "claim": (
        _CLAIMED,
        f"SELECT es.event FROM event_sites es WHERE es.site IN ({_CLAIMED})",
        "SELECT es.event FROM event_sites es JOIN _site_ancestors a ON a.site = es.site"
        f" WHERE a.ancestor IN ({_CLAIMED} AND c.property = 'control')",
    ),
    "observation": (
        "SELECT es.event FROM event_sites es JOIN observations o ON o.site = es.site"
        " WHERE o.id IN (SELECT value FROM json_each(:ids))",
    ),
    "intervention": (
        "SELECT es.event FROM event_sites es JOIN interventions i ON i.site = es.site"
        " WHERE i.id IN (SELECT value FROM json_each(:ids))",
    ),
    "source": (
        f"SELECT subject FROM claims WHERE source IN {_SPEAKERS}",
        "SELECT es.event FROM event_sites es JOIN observations o ON o.site = es.site"
        f" WHERE o.source IN {_SPEAKERS}",
        "SELECT es.event FROM claims c JOIN _site_ancestors a ON a.ancestor = c.subject"
        " JOIN event_sites es ON es.site = a.site"
        f" WHERE c.property = 'control' AND c.source IN {_SPEAKERS}",
        "SELECT es.event FROM claims c JOIN event_sites es ON es.site = c.subject"
        f" WHERE c.property = 'control' AND c.source IN {_SPEAKERS}",
    ),
    "review": (
        "SELECT c.subject FROM reviews r JOIN claims c ON c.id = r.claim"
        " WHERE r.id IN (SELECT value FROM json_each(:ids))",
    ),
}
"""By kind, SQL for the events and sites that some records can touch."""


def touched(connection: sqlite3.Connection, records: Iterable[tuple[str, str]]) -> set[str]:
    """Events and sites whose conclusions some records can touch.

    Args:
        connection: The registry.
        records: Kind and current id.
    """
    by_kind: dict[str, list[str]] = {}
    for kind, id in records:
        by_kind.setdefault(kind, []).append(id)
    found: set[str] = set()
    for kind, ids in by_kind.items():
        values = {"ids": _json(sorted(ids))}
        for sql in _TOUCHED.get(kind, ()):
            found.update(subject for (subject,) in connection.execute(sql, values))
    return found


def mentioned(connection: sqlite3.Connection, mentions: Mentions) -> set[str]:
    """Subjects of conclusions in which something that is erased is mentioned."""
    texts = "c.value, c.runner_up, c.sentence, c.flags"
    connection.create_function("mentions", -1, lambda *found: any(map(mentions, _told(found))))
    sql = f"SELECT DISTINCT subject FROM conclusions c WHERE mentions(subject, site, {texts})"
    return {subject for (subject,) in connection.execute(sql).fetchall()}


def _told(values: Iterable[str | None]) -> list[str]:
    return [value for value in values if value is not None]


def forget_superseded(
    relogging: Relogging, rewriting: Rewriting, subjects: set[str], mentions: Mentions
) -> None:
    """Leave of superseded conclusions only that there was one.

    Args:
        relogging: The erasure.
        rewriting: With the new ids of sites and events.
        subjects: Whose conclusions, by their new ids.
        mentions: What tells that a text mentions what is erased.
    """
    entries = relogging.connection.execute(
        "SELECT seq, kind, record, version, table_name, row_key, op, before, after"
        " FROM history WHERE kind = 'conclusion' ORDER BY seq"
    ).fetchall()
    for row in entries:
        entry = Entry(*row)
        record = rewriting.id(("event", "site"), entry.record)
        if entry.op == "erased":
            new = entry._replace(record=record)
        elif record in subjects or any(map(mentions, _told((entry.before, entry.after)))):
            new = erased(entry, record)
        else:
            continue
        if new != entry:
            relogging.put(new)


def conclude(
    connection: sqlite3.Connection, rewriting: Rewriting, subjects: set[str], change: int
) -> None:
    """Conclude some subjects as if what was erased had never been there.

    A conclusion that was there before goes on standing since the change since
    which it stood, however its sentence reads now.

    Args:
        connection: Within the transaction of the erasure.
        rewriting: With the new ids of sites and events.
        subjects: Events and sites, by their new ids.
        change: The erasure, since which stand those that are new.
    """
    old: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    before = {id for kind in ("event", "site") for id in rewriting.ids.get(kind, ())} | subjects
    for subject in sorted(before):
        for key, since in _rows(connection, subject):
            subject_, site, property = key
            named = rewriting.id(("event", "site"), subject_)
            old[named, rewriting.id(("site",), site), property] = since
        connection.execute("DELETE FROM conclusions WHERE subject = ?", (subject,))
    site_facts.put_events(connection, sorted(before), ())
    site_facts.renew_looks(connection)
    conclusions.conclude(connection, sorted(subjects), change)
    for key, since in old.items():
        connection.execute(
            "UPDATE conclusions SET change = ?, as_of = ?"
            " WHERE subject = ? AND site = ? AND property = ?",
            (*since, *key),
        )
    # Of a log that has got nothing new, it would be thought that nothing is to be done.
    connection.execute(
        "UPDATE _concluded SET facts = min(facts, (SELECT max(seq) - 1 FROM history))"
    )
    facts.bring_up_to_date(connection, sorted(before))


def _rows(
    connection: sqlite3.Connection, subject: str
) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    sql = f"SELECT {', '.join(_KEY)}, change, as_of FROM conclusions WHERE subject = ?"
    return [(tuple(row[:3]), tuple(row[3:])) for row in connection.execute(sql, (subject,))]


def _json(ids: list[str]) -> str:
    return "[" + ",".join(f'"{id}"' for id in ids) + "]"
