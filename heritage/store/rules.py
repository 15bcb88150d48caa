"""Rules across rows to triggers, and to queries for a load.

What a CHECK cannot say because it sees one row alone. Each rule stands here
twice: as a trigger for any single change, and as a query for a load of many.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from heritage.store import outside
from heritage.store.references import OUTSIDE
from heritage.store.tables import MAIN

_CRITERIA_CATEGORY = """(SELECT CASE
        WHEN max(n < 7) AND max(n > 6) THEN 'mixed' WHEN max(n < 7) THEN 'cultural'
        ELSE 'natural' END FROM (SELECT CASE value
        WHEN 'vii' THEN 7 WHEN 'viii' THEN 8 WHEN 'ix' THEN 9 WHEN 'x' THEN 10 ELSE 1 END AS n
        FROM json_each({criteria})))"""

DANGER_EARLY = "a danger stint cannot begin before the inscription"
CATEGORY_WRONG = "the category contradicts the criteria"


def _rules() -> Iterator[tuple[str, str]]:
    early = """(NEW.status = 'in-danger' AND EXISTS (SELECT 1 FROM listings l
        WHERE l.site = NEW.site AND l.source = NEW.source AND l.register = NEW.register
        AND l.status = 'inscribed' AND l.begin_earliest > NEW.begin_latest))
    OR (NEW.status = 'inscribed' AND EXISTS (SELECT 1 FROM listings l
        WHERE l.site = NEW.site AND l.source = NEW.source AND l.register = NEW.register
        AND l.status = 'in-danger' AND l.begin_latest < NEW.begin_earliest))"""
    wrong = f"""NEW.register = 'world-heritage' AND NEW.criteria <> '[]' AND EXISTS (
        SELECT 1 FROM sites s WHERE s.id = NEW.site AND s.category IS NOT NULL
        AND s.category <> {_CRITERIA_CATEGORY.format(criteria="NEW.criteria")})"""
    for moment, name in (("INSERT", "insert"), ("UPDATE", "update")):
        # AFTER, so that an update of two rows in one statement is judged by its result.
        yield (
            f"listings_danger_{name}",
            f"AFTER {moment} ON listings WHEN {early}\nBEGIN\n"
            f"    SELECT RAISE(ABORT, '{DANGER_EARLY}');\nEND",
        )
        yield (
            f"listings_category_{name}",
            f"AFTER {moment} ON listings WHEN {wrong}\nBEGIN\n"
            f"    SELECT RAISE(ABORT, '{CATEGORY_WRONG}');\nEND",
        )
    yield (
        "sites_category_update",
        f"""AFTER UPDATE OF category ON sites WHEN NEW.category IS NOT NULL
    AND EXISTS (SELECT 1 FROM listings l WHERE l.site = NEW.id AND l.criteria <> '[]'
        AND l.register = 'world-heritage'
        AND NEW.category <> {_CRITERIA_CATEGORY.format(criteria="l.criteria")})
BEGIN
    SELECT RAISE(ABORT, '{CATEGORY_WRONG}');
END""",
    )


def _kept_by_the_registry(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """The log is only ever added to; what follows from it, only the registry writes."""
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for name in ("history", "changes", "seals", "erased", "reverts"):
        if name not in known:  # a migration to come makes it
            continue
        for moment in ("UPDATE", "DELETE"):
            yield (
                f"{name}_append_only_{moment.lower()}",
                f"BEFORE {moment} ON {name}\nBEGIN\n"
                "    SELECT RAISE(ABORT, 'history is only ever added to');\nEND",
            )
    for name, moments in (
        ("conclusions", ("INSERT", "UPDATE", "DELETE")),
        ("seals", ("INSERT",)),
        ("erased", ("INSERT",)),
        ("reverts", ("INSERT",)),
    ):
        if name not in known:
            continue
        for moment in moments:
            yield (
                f"{name}_by_the_registry_{moment.lower()}",
                f"BEFORE {moment} ON {name} WHEN {OUTSIDE}\nBEGIN\n"
                f"    SELECT RAISE(ABORT, '{name} follow from the log; only heritage writes them');"
                "\nEND",
            )


def violations(kind: str) -> Iterator[tuple[str, str, str, str]]:
    """Rules across rows, for a load: what finds new rows that break one, and what to say.

    Returns:
        SQL for the id and rowid of rows after `?`, a problem code, the column at
        fault, and the sentence.
    """
    table = MAIN[kind].name
    yield (
        f"SELECT t.id, t.rowid FROM {table} t JOIN former_ids f ON f.former = t.id"
        " WHERE t.rowid > ?",
        "identifier-taken",
        "id",
        "this id was given to another record and still leads there",
    )
    other = {"site": "events", "event": "sites"}.get(kind)
    if other:
        yield (
            f"SELECT t.id, t.rowid FROM {table} t JOIN {other} o ON o.id = t.id WHERE t.rowid > ?",
            "identifier-taken",
            "id",
            "a site and an event cannot have one id",
        )
        yield (
            f"SELECT t.id, t.rowid FROM {table} t JOIN _{kind}_ancestors_now a"
            f" ON a.{kind} = t.id AND a.ancestor = t.id WHERE t.rowid > ?",
            "invalid-record",
            "part_of",
            "part_of goes round in a circle",
        )
    if kind == "source":
        yield (
            "SELECT t.id, t.rowid FROM sources t JOIN _source_ancestors_now a"
            " ON a.source = t.id AND a.ancestor = t.id WHERE t.rowid > ?",
            "invalid-record",
            "relies_on",
            "relies_on goes round in a circle",
        )
    if kind == "listing":
        yield (
            """SELECT t.id, t.rowid FROM listings t JOIN listings l ON l.site = t.site
                AND l.source = t.source AND l.register = t.register AND l.status = 'inscribed'
                AND l.begin_earliest > t.begin_latest
                WHERE t.status = 'in-danger' AND t.rowid > ?""",
            "danger-before-inscription",
            "begin",
            DANGER_EARLY,
        )
        yield (
            f"""SELECT t.id, t.rowid FROM listings t JOIN sites s ON s.id = t.site
                WHERE t.rowid > ? AND t.register = 'world-heritage' AND t.criteria <> '[]'
                AND s.category <> {_CRITERIA_CATEGORY.format(criteria="t.criteria")}""",
            "category-contradicts-criteria",
            "criteria",
            CATEGORY_WRONG,
        )


def triggers(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every trigger that refuses or completes: its name and body."""
    yield from _rules()
    yield from _kept_by_the_registry(connection)
    yield from outside.triggers(connection)
