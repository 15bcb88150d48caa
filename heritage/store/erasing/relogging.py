"""The log and the tables to what they would be had something never been said.

`erased` keeps what the chain needs: the commitment to each entry and each
change as it stood before its first rewriting.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from heritage.store import chain
from heritage.store.erasing.rewriting import NAMING, PERSONS, SPEAKERS, TEXTS, Entry, Rewriting
from heritage.store.erasing.stubs import ERASED, stub
from heritage.store.rows import part_tables
from heritage.store.tables import MAIN, TABLES, Table, columns_of

FEW = 20
"""So many ids are looked for one by one; more of them as words of a text."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_BY_NAME = {table.name: table for table in TABLES}
_ENTRY = "seq, kind, record, version, table_name, row_key, op, before, after"


@attrs.define
class Relogging:
    """An erasure's hand on the log: each entry and change that it rewrites is remembered."""

    connection: sqlite3.Connection
    change: int
    entries: set[int] = attrs.field(factory=set)
    changes: set[int] = attrs.field(factory=set)
    rows: dict[str, set[tuple[Any, ...]]] = attrs.field(factory=dict)
    """By table, what tells the rows of it that were rewritten or went."""
    named: set[tuple[str, str]] = attrs.field(factory=set)
    """Kind and id, as they were, of every record of which an entry was rewritten."""
    subjects: set[str] = attrs.field(factory=set)
    """Events and sites, by their old ids, that rewritten claims were about."""
    places: set[str] = attrs.field(factory=set)
    """Sites, by their old ids, that rewritten looks, works, events and listings were at."""

    def put(self, entry: Entry) -> None:
        """Write an entry in place of what stood there, with a new salt."""
        content = chain.encoded(chain.CONTENT, "h")
        salt, plain = self.connection.execute(
            f"SELECT salt, {content} FROM history h WHERE seq = ?", (entry.seq,)
        ).fetchone()
        self._remember("entry", entry.seq, chain.commitment(salt, plain))
        self.connection.execute(
            "UPDATE history SET kind = ?, record = ?, version = ?, table_name = ?, row_key = ?,"
            " op = ?, before = ?, after = ?, salt = randomblob(16) WHERE seq = ?",
            (*entry[1:], entry.seq),
        )
        self.entries.add(entry.seq)

    def _remember(self, what: str, number: int, digest: bytes) -> None:
        self.connection.execute(
            "INSERT OR IGNORE INTO erased (what, number, digest, change) VALUES (?, ?, ?, ?)",
            (what, number, digest, self.change),
        )

    def rewrite_log(self, rewriting: Rewriting) -> set[tuple[str, str]]:
        """Rewrite every entry that is concerned; kind and old id of the records."""
        found: set[tuple[str, str]] = set()
        for old in list(self._concerned(rewriting)):
            new = rewriting.entry(old)
            if new != old:
                self.put(new)
                found.add((old.kind, old.record))
                self._note(old)
        self.named |= found
        return found

    def _note(self, old: Entry) -> None:
        """Note whose conclusions an entry can touch."""
        column, where = {
            "claims": ("subject", self.subjects),
            "observations": ("site", self.places),
            "interventions": ("site", self.places),
            "event_sites": ("site", self.places),
            "listings": ("site", self.places),
        }.get(old.table, ("", set()))
        if column:
            for text in (old.before, old.after):
                sql = "SELECT json_extract(?, ?)"
                (value,) = self.connection.execute(sql, (text, f"$.{column}")).fetchone()
                if value is not None:
                    where.add(value)

    def _concerned(self, rewriting: Rewriting) -> Iterator[Entry]:
        tables = _tables_naming(rewriting)
        names = {id for ids in rewriting.ids.values() for id in ids}

        def concerned(kind: str, record: str, *texts: str | None) -> bool:
            if record in rewriting.ids.get(kind, ()):
                return True
            return any(
                text is not None and (_names(text, names) or rewriting.may_match(text))
                for text in texts
            )

        kinds = ", ".join(f"'{kind}'" for kind in rewriting.ids) or "''"
        where = "1"
        if rewriting.pattern is None:
            marks = ", ".join(f"'{table}'" for table in sorted(tables))
            where = f"(table_name IN ({marks}) OR kind IN ({kinds}))"
        self.connection.create_function("concerned", 5, concerned)
        try:
            for row in self.connection.execute(
                f"SELECT {_ENTRY} FROM history WHERE {where}"
                " AND concerned(kind, record, row_key, before, after) ORDER BY seq"
            ):
                yield Entry(*row)
        finally:
            self.connection.create_function("concerned", 5, None)

    def rewrite_changes(self, rewriting: Rewriting) -> None:
        """Take a text out of who made changes and why; the own change tells of it already."""
        header = chain.encoded(chain.HEADER, "c")
        for id, salt, plain, *texts in self.connection.execute(
            f"SELECT id, salt, {header}, by, why FROM changes c WHERE id <> ?", (self.change,)
        ).fetchall():
            if any(rewriting.matches(text) for text in texts):
                self._remember("change", id, chain.commitment(salt, plain))
                by, why = (text and rewriting.plain(text) for text in texts)
                self.connection.execute(
                    "UPDATE changes SET by = ?, why = ?, salt = randomblob(16) WHERE id = ?",
                    (by, why, id),
                )
                self.changes.add(id)

    def commitments(self) -> tuple[list[list[Any]], list[list[Any]]]:
        """Of every entry and change that was rewritten: its number, and what it is bound to now."""
        found = []
        for table, key, columns, numbers in (
            ("history", "seq", chain.CONTENT, self.entries),
            ("changes", "id", chain.HEADER, self.changes),
        ):
            sql = f"SELECT salt, {chain.encoded(columns, 't')} FROM {table} t WHERE {key} = ?"
            found.append(
                [
                    [number, chain.commitment(*row).hex()]
                    for number in sorted(numbers)
                    for row in self.connection.execute(sql, (number,))
                ]
            )
        return found[0], found[1]

    # Tables.

    def rewrite_tables(self, rewriting: Rewriting) -> None:
        """Do to the tables what was done to the log."""
        for kind, id in sorted(rewriting.gone):
            self._leave_stub(kind, id)
        for table in TABLES:
            if table.name != "former_ids":
                self._rename(table, rewriting)
                self._take_out(table, rewriting)
        for kind, ids in rewriting.ids.items():
            for column in ("former", "id"):
                self.connection.executemany(
                    f"UPDATE former_ids SET {column} = ? WHERE {column} = ? AND kind = ?",
                    [(new, old, kind) for old, new in ids.items()],
                )

    def _write(self, table: str, sql: str, values: Sequence[Any]) -> None:
        """Write to a table, and note which rows that concerns."""
        keys = "rowid" if _BY_NAME[table].main is None else ", ".join(_BY_NAME[table].key)
        found = self.connection.execute(f"{sql} RETURNING {keys}", values).fetchall()
        if found:
            self.rows.setdefault(table, set()).update(found)

    def _leave_stub(self, kind: str, id: str) -> None:
        main = MAIN[kind]
        columns = columns_of(self.connection, main)
        sql = f"SELECT {', '.join(columns)} FROM {main.name} WHERE id = ?"
        row = self.connection.execute(sql, (id,)).fetchone()
        if row is not None:
            kept = stub(main.name, dict(zip(columns, row, strict=True))) or {}
            assignments = ", ".join(f"{column} = ?" for column in columns)
            self._write(
                main.name,
                f"UPDATE {main.name} SET {assignments} WHERE id = ?",
                [*(kept.get(column) for column in columns), id],
            )
        self._write(
            "former_ids",
            "DELETE FROM former_ids WHERE kind = ? AND (id = ? OR former = ?)",
            (kind, id, id),
        )
        parts = (*part_tables(kind), *(("descriptions",) if kind == "site" else ()))
        for part in parts:
            table = _BY_NAME[part]
            if stub(part, {}) is None:
                self._write(part, f"DELETE FROM {part} WHERE {table.owner} = ?", (id,))

    def _rename(self, table: Table, rewriting: Rewriting) -> None:
        columns = NAMING[table.name].items()
        pairs = [
            (column, new, old)
            for column, kinds in columns
            for kind in kinds
            for old, new in rewriting.ids.get(kind, {}).items()
            if old != new
        ]
        person = PERSONS.get(table.name)
        pairs += [
            (person, rewriting.ids[kind][id], id)
            for kind, id in sorted(rewriting.gone)
            if person and kind in SPEAKERS
        ]
        for column, new, old in pairs:
            sql = f"UPDATE {table.name} SET {column} = ? WHERE {column} = ?"
            self._write(table.name, sql, (new, old))

    def _take_out(self, table: Table, rewriting: Rewriting) -> None:
        """Take a text out of the rows of a table, and ids out of what datasets say."""
        texts = TEXTS.get(table.name, ())
        if not texts or (rewriting.pattern is None and table.name != "descriptions"):
            return
        names = {id for ids in rewriting.ids.values() for id in ids}

        def held(*values: str | None) -> bool:
            return any(
                value is not None
                and (
                    rewriting.may_match(value)
                    or (table.key[-1] == "edition" and _names(value, names))
                )
                for value in values
            )

        columns = list(dict.fromkeys((*table.key, *texts)))
        where = " AND ".join(f"{column} = ?" for column in table.key)
        self.connection.create_function("held", len(texts), held)
        rows = self.connection.execute(
            f"SELECT {', '.join(columns)} FROM {table.name} WHERE held({', '.join(texts)})"
        ).fetchall()
        self.connection.create_function("held", len(texts), None)
        for values in rows:
            row = dict(zip(columns, values, strict=True))
            new = rewriting.row(table.name, row)
            if new != row:
                assignments = ", ".join(f"{column} = ?" for column in texts)
                self._write(
                    table.name,
                    f"UPDATE {table.name} SET {assignments} WHERE {where}",
                    [*(new[column] for column in texts), *(row[key] for key in table.key)],
                )


def _tables_naming(rewriting: Rewriting) -> set[str]:
    """Tables with a column that may hold one of the ids."""
    found = {
        table
        for table, columns in NAMING.items()
        if any(kind in rewriting.ids for kinds in columns.values() for kind in kinds)
    }
    if rewriting.ids.keys() & {"site", "source"}:
        found.add("descriptions")
    if any(kind in SPEAKERS for kind, _ in rewriting.gone):
        found |= PERSONS.keys()
    return found | {"former_ids"}


def _names(text: str, names: set[str]) -> bool:
    if len(names) <= FEW:
        return any(name in text for name in names)
    return not names.isdisjoint(_WORD.findall(text))


def taken(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """By table, texts of keys that hold the mark of an erasure, now or in the log."""
    found: dict[str, set[str]] = {}
    for table in ("names", "actor_names", "identifiers"):
        column = "value" if table == "identifiers" else "text"
        rows: Iterable[Sequence[str]] = connection.execute(
            f"SELECT {column} FROM {table} WHERE instr({column}, ?1)"
            " UNION SELECT json_extract(t.value, '$.' || ?3) FROM"
            " (SELECT after AS value FROM history WHERE table_name = ?2 AND instr(after, ?1)) t",
            (ERASED, table, column),
        ).fetchall()
        found[table] = {text for (text,) in rows if text}
    return found
