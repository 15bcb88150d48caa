"""A log to a new registry: every change carried out again, every conclusion drawn again.

The new file is the strongest proof that tables follow from the log: it is made
of nothing else, and should be the same, row by row. Conclusions are drawn where
they were drawn before, so that it shows as well since when each has stood.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from heritage.problems import Problem
from heritage.store import catching_up, chain, conclusions, schema, triggers
from heritage.store.connection import plain_faults, snapshot, transaction
from heritage.store.facts import counts, site_lists
from heritage.store.history import old_values
from heritage.store.tables import MAIN, TABLES
from heritage.store.verify.faults import MOST, entry, quoted, row

_BY_NAME = {table.name: table for table in TABLES}
_ENTRY = "seq, change, kind, record, version, table_name, row_key, op, before, after, salt"
_COMPARED = (
    *(table.name for table in TABLES),
    *(
        "conclusions",
        "changes",
        "history",
        "seals",
        "erased",
        "_concluded",
        "_context",
        "_site_facts",
    ),
    *("_site_countries", "_site_ancestors", "_event_ancestors", "_source_ancestors"),
)

Entry = tuple[Any, ...]


def remake(source: sqlite3.Connection, path: Path) -> list[Problem]:
    """Make a new registry of what a log says, and compare it with the one that has the log.

    Args:
        source: The registry, in no transaction; it is not changed.
        path: The new file.

    Returns:
        Where the two differ.

    Raises:
        RegistryExistsError: A file of that name is there already.
    """
    with closing(schema.create(path)) as target, plain_faults(str(path)), snapshot(source):
        target.execute("PRAGMA foreign_keys = OFF")
        with transaction(target):
            problems = list(_Remaking(source, target).run())
    return problems + list(_compared(source, path))


class _Remaking:
    """One log being carried out in an empty registry."""

    def __init__(self, source: sqlite3.Connection, target: sqlite3.Connection) -> None:
        self._source = source
        self._target = target
        self._has_erasures = source.execute("SELECT 1 FROM erased").fetchone() is not None
        triggers.remove(target)

    def run(self) -> Iterator[Problem]:
        """Carry out every change; conclusions that come out otherwise are problems."""
        for table in ("changes", "erased"):
            self._copy(table)
        settling = set(self._settling())
        entries = self._source.execute(f"SELECT {_ENTRY} FROM history ORDER BY seq")
        for change, group in groupby(entries, key=lambda entry: entry[1]):
            drawn = []
            tables = set()
            for each in group:
                if each[2] == "conclusion" and each[7] in ("update", "delete"):
                    drawn.append(each)
                else:
                    self._log([each])
                    self._carry_out(each)
                    tables.add(each[5])
            self._follow(tables)
            if change in settling:
                yield from self._settle(change, drawn)
            else:
                self._log(drawn)
        catching_up.derive_anew(self._target)
        settled = self._target.execute("SELECT facts FROM _concluded").fetchone()[0]
        counts.build(self._target, settled)
        site_lists.build(self._target)
        triggers.install(self._target)

    def _copy(self, table: str) -> None:
        found = self._source.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        names = [column[0] for column in found.description]
        marks = ", ".join("?" * len(names))
        self._target.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", found
        )

    def _settling(self) -> Iterator[int]:
        """The changes at whose end conclusions were drawn: those of the registry itself.

        Where what other programs wrote was sealed by itself, the newest change of
        theirs stands for that; it shows in what was drawn, or in the last seal.
        """
        for sql in (
            "SELECT id FROM changes WHERE origin <> 'outside'",
            "SELECT DISTINCT change FROM conclusions WHERE change IS NOT NULL",
            "SELECT DISTINCT change FROM history WHERE kind = 'conclusion'",
            "SELECT change FROM history WHERE seq = (SELECT max(seq) FROM seals)",
        ):
            for (change,) in self._source.execute(sql):
                yield change

    def _log(self, entries: Iterable[Entry]) -> None:
        marks = ", ".join("?" * len(_ENTRY.split(", ")))
        self._target.executemany(f"INSERT INTO history ({_ENTRY}) VALUES ({marks})", entries)

    def _carry_out(self, entry: Entry) -> None:
        _, change, kind, record, version, name, key, op, before, after, _ = entry
        if op == "erased" and kind in MAIN:  # the version that it made is left of it
            self._target.execute(
                f"UPDATE {MAIN[kind].name} SET version = ?1, change = ?2"
                " WHERE id = ?3 AND version < ?1",
                (version, change, record),
            )
        table = _BY_NAME.get(name)
        if table is None or op in ("erase", "erased"):
            return
        told = {"version": version, "change": change} if table.main is None else {}
        if op == "insert":
            values = {**json.loads(after), **told}
            marks = ", ".join("?" * len(values))
            self._target.execute(
                f"INSERT OR REPLACE INTO {name} ({', '.join(values)}) VALUES ({marks})",
                list(values.values()),
            )
        else:
            where = " AND ".join(f"{column} = ?" for column in table.key)
            known = old_values(name, key, json.loads(before or "{}"))
            if op == "delete":
                self._target.execute(f"DELETE FROM {name} WHERE {where}", known)
            else:
                values = {**json.loads(after), **told}
                assignments = ", ".join(f"{column} = ?" for column in values)
                self._target.execute(
                    f"UPDATE {name} SET {assignments} WHERE {where}", [*values.values(), *known]
                )
        if table.main and table.bumps:
            self._target.execute(
                f"UPDATE {table.main} SET version = version + 1, change = ?1"
                " WHERE id = ?2 AND change IS NOT ?1",
                (change, record),
            )

    def _follow(self, tables: set[str]) -> None:
        """Build what conclusions ask for beside the records, as far as it can have changed."""
        built = {
            "sites": ("_site_ancestors", "_site_ancestors_now"),
            "events": ("_event_ancestors", "_event_ancestors_now"),
            "source_relies_on": ("_source_ancestors", "_source_ancestors_now"),
        }
        for table, (name, now) in built.items():
            if table in tables:
                self._target.execute(f"DELETE FROM {name}")
                self._target.execute(f"INSERT OR IGNORE INTO {name} SELECT * FROM {now}")
        if "sites" in tables:
            self._target.execute("DELETE FROM _site_countries")
            self._target.execute(
                "INSERT OR IGNORE INTO _site_countries (country, site)"
                " SELECT c.value, s.id FROM sites s, json_each(s.countries) c"
            )

    def _settle(self, change: int, logged: list[Entry]) -> Iterator[Problem]:
        """Draw conclusions as they were drawn then, and put the log's own words on them."""
        (last,) = self._target.execute("SELECT coalesce(max(seq), 0) FROM history").fetchone()
        conclusions.bring_up_to_date(self._target, change)
        drawn = self._target.execute(
            f"SELECT {_ENTRY} FROM history WHERE seq > ? ORDER BY seq", (last,)
        ).fetchall()
        is_same = [each[:-1] for each in drawn] == [each[:-1] for each in logged]
        if not (is_same or self._has_erasures):
            yield _diverged(change, drawn, logged, last + 1)
        self._target.execute("DELETE FROM history WHERE seq > ?", (last,))
        self._log(logged)
        self._seal()

    def _seal(self) -> None:
        # Of what was erased, the commitment is bound that it had.
        sealed = [
            (each.seq, each.hash) for each in chain.links(self._target, *chain.newest(self._target))
        ]
        self._target.executemany("INSERT INTO seals (seq, hash) VALUES (?, ?)", sealed)


def _diverged(change: int, drawn: list[Entry], logged: list[Entry], seq: int) -> Problem:
    pairs = zip([*drawn, None], [*logged, None], strict=False)
    for one, other in pairs:
        if one is None or other is None or one[:-1] != other[:-1]:
            seq = (other or one or (seq,))[0]
            break
    message = f"drawn again, the conclusions of change {change} come out otherwise from here on"
    return entry("conclusion-log-broken", seq, message)


def _compared(source: sqlite3.Connection, path: Path) -> Iterator[Problem]:
    """Rows of one registry that the other does not have."""
    source.execute("ATTACH ? AS remade", (str(path),))
    try:
        with snapshot(source):
            has_erasures = source.execute("SELECT 1 FROM main.erased").fetchone() is not None
            for name in _COMPARED:
                columns = [
                    c for (c,) in source.execute("SELECT name FROM pragma_table_info(?)", (name,))
                ]
                if name == "conclusions" and has_erasures:
                    # Since when it has stood may follow from what was erased.
                    columns = [column for column in columns if column not in ("change", "as_of")]
                listed = ", ".join(columns)
                for one, other, what in (
                    ("main", "remade", "is not in the registry that was made of the log"),
                    ("remade", "main", "follows from the log, and is not in the registry"),
                ):
                    for values in source.execute(
                        f"SELECT {listed} FROM {one}.{name} EXCEPT"
                        f" SELECT {listed} FROM {other}.{name} LIMIT {MOST}"
                    ):
                        message = f"the row ({', '.join(map(quoted, values))}) {what}"
                        yield row("replay-differs", name, values[0], message)
    finally:
        source.execute("DETACH remade")
