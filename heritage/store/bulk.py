"""Many new records at once: the gear of a load.

Rows go in first; indexes, search, places, ancestors and history are then built
set-wise, in the same transaction, to the same result as if every row had gone
through the triggers (a property test says so). Row by row these structures
cost many times what the rows themselves cost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from heritage.model import Actor, Claim, Event, Record, Site, Source
from heritage.store import derived, rules, triggers
from heritage.store.folding import fold
from heritage.store.rows import COLUMNS, Row, to_rows
from heritage.store.tables import MAIN, REFERENCES, TABLES, Table, columns_of, parts_of

RANGE = 20_000
"""Records whose history is sorted at once: small enough to stay in memory."""

_BY_NAME = {table.name: table for table in TABLES}


@attrs.frozen(kw_only=True)
class Refused:
    """A row that was taken out again, and the rule that it broke."""

    kind: str
    id: str
    number: int
    """Its place among the inserted records of its kind, from 0."""
    code: str
    message: str
    column: str
    value: str | None = None


@attrs.define
class _Inserted:
    """What was added to one main table."""

    before: int
    count: int = 0


def _site(site: Site) -> Row:
    names = sorted((name.kind, name.language, name.text) for name in site.names)
    return site.name, fold(f"{site.id} {' '.join(text for *_, text in names)}")


def _actor(actor: Actor) -> Row:
    names = sorted((name.kind, name.language, name.text) for name in actor.names)
    shown = actor.names[0].text if actor.names else actor.id
    return shown, fold(f"{actor.id} {' '.join(text for *_, text in names)}")


def _event(event: Event) -> Row:
    return (fold(f"{event.id} {event.label}"),)


def _source(source: Source) -> Row:
    text = f"{source.id} {source.title} {source.publisher or ''} {source.author or ''}"
    return (fold(text),)


def _claim(claim: Claim) -> Row:
    text = f"{claim.value or ''} {claim.as_written or ''} {claim.attributed_to or ''}"
    return (fold(text),)


_DERIVED: dict[str, Callable[[Any], Row]] = {
    "site": _site,
    "actor": _actor,
    "event": _event,
    "source": _source,
    "claim": _claim,
}
"""By kind, the derived columns of a row: the same texts that its triggers make."""


def _nothing(_: object) -> Row:
    return ()


class Bulk:
    """A load in progress, within an open change.

    Nothing may read search, places or history between the first `insert` and
    `build`, and foreign keys have to be off: `build` checks references itself.

    Args:
        connection: Within a transaction.
        change: The number of the change.
        salt: SQL for the salt of each entry of the log.
    """

    def __init__(
        self, connection: sqlite3.Connection, change: int, *, salt: str = "randomblob(16)"
    ) -> None:
        self._connection = connection
        self._change = change
        self._salt = salt
        self._inserted: dict[str, _Inserted] = {}
        self._indexes: list[str] = []
        self._statements: dict[str, str] = {}
        triggers.remove(connection)

    def insert(
        self, kind: str, records: Sequence[Record], extra: Mapping[str, Iterable[Row]] | None = None
    ) -> None:
        """Insert records of one kind whose ids are new.

        Args:
            kind: Their kind.
            records: The records.
            extra: Rows of other part tables that belong to them.

        Raises:
            sqlite3.IntegrityError: An id was not new; nothing of this batch stays.
        """
        main = MAIN[kind]
        state = self._inserted.get(kind) or self._start(main)
        parts: dict[str, list[Row]] = {}
        derived_row = _DERIVED.get(kind, _nothing)
        bookkeeping: Row = (1, self._change)
        rows = []
        for record in records:
            found = to_rows(record)
            rows.append(found.main + derived_row(record) + bookkeeping)
            for part, part_rows in found.parts.items():
                if part_rows:
                    parts.setdefault(part, []).extend(part_rows)
        for part, more in (extra or {}).items():
            parts.setdefault(part, []).extend(more)
        last = self._last(main)
        written: dict[str, list[Row]] = {}
        try:
            self._connection.executemany(self._statement(main), rows)
            for part, part_rows in parts.items():
                written[part] = part_rows
                self._connection.executemany(self._statement(_BY_NAME[part]), part_rows)
        except sqlite3.IntegrityError:
            self._take_back(main, last, written)
            raise
        state.count += len(rows)

    def _last(self, main: Table) -> int:
        found = self._connection.execute(f"SELECT max(rowid) FROM {main.name}").fetchone()[0]
        return found or 0

    def _take_back(self, main: Table, last: int, written: Mapping[str, Iterable[Row]]) -> None:
        """Undo a batch. A savepoint would copy every page that each batch touches."""
        for part, rows in written.items():
            columns = COLUMNS.get(part) or columns_of(self._connection, _BY_NAME[part])
            where = " AND ".join(f"{column} IS ?" for column in columns)
            self._connection.executemany(f"DELETE FROM {part} WHERE {where}", rows)
        self._connection.execute(f"DELETE FROM {main.name} WHERE rowid > ?", (last,))

    def _start(self, main: Table) -> _Inserted:
        for table in (main, *parts_of(main)):
            if self._connection.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchone() is None:
                self._drop_indexes(table.name)
        state = self._inserted[main.kind] = _Inserted(before=self._last(main))
        return state

    def _drop_indexes(self, table: str) -> None:
        for name, sql in self._connection.execute(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
            (table,),
        ).fetchall():
            self._connection.execute(f"DROP INDEX {name}")
            self._indexes.append(sql)

    def _statement(self, table: Table) -> str:
        if table.name not in self._statements:
            columns: tuple[str, ...] = COLUMNS.get(table.name) or columns_of(
                self._connection, table
            )
            if table.main is None:
                columns = (*columns, *table.derived, "version", "change")
            marks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"
            self._statements[table.name] = sql
        return self._statements[table.name]

    def build(self) -> list[Refused]:
        """Build what follows from the rows, put the triggers back, and tell what was refused."""
        for sql in self._indexes:
            self._connection.execute(sql)
        refused = list(self._refuse())
        self._derive()
        self._number_versions()
        self._write_history()
        triggers.install(self._connection)
        return refused

    def _refuse(self) -> Iterator[Refused]:
        """Take out rows that break a rule across rows, until none is left."""
        while True:
            found = {(r.kind, r.id): r for r in self._violations()}
            if not found:
                return
            for refused in found.values():
                for part in parts_of(MAIN[refused.kind]):
                    self._connection.execute(
                        f"DELETE FROM {part.name} WHERE {part.owner} = ?", (refused.id,)
                    )
                self._connection.execute(
                    f"DELETE FROM {MAIN[refused.kind].name} WHERE id = ?", (refused.id,)
                )
            yield from found.values()

    def _violations(self) -> Iterator[Refused]:
        for kind, state in self._inserted.items():
            for table in (MAIN[kind], *parts_of(MAIN[kind])):
                for column, target in REFERENCES.get(table.name, ()):
                    yield from self._dangling(kind, state, table, column, target)
            for sql, code, column, message in rules.violations(kind):
                for id, rowid in self._connection.execute(sql, (state.before,)):
                    number = rowid - state.before - 1
                    yield Refused(
                        kind=kind, id=id, number=number, code=code, message=message, column=column
                    )

    def _dangling(
        self, kind: str, state: _Inserted, table: Table, column: str, target: str
    ) -> Iterator[Refused]:
        main = MAIN[kind].name
        missing = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {MAIN[one].name} x WHERE x.id = t.{column})"
            for one in target.split(" or ")
        )
        join = "" if table.name == main else f"JOIN {table.name} t ON t.{table.owner} = m.id"
        source = f"{main} t" if table.name == main else f"{main} m {join}"
        row = "t" if table.name == main else "m"
        sql = (
            f"SELECT {row}.id, {row}.rowid, t.{column} FROM {source}"
            f" WHERE {row}.rowid > ? AND t.{column} IS NOT NULL AND {missing}"
        )
        for id, rowid, value in self._connection.execute(sql, (state.before,)):
            yield Refused(
                kind=kind,
                id=id,
                number=rowid - state.before - 1,
                code="unknown-reference",
                message=f"{kind} {id!r} names the {target} {value!r}, which does not exist",
                column=column,
                value=value,
            )

    def _derive(self) -> None:
        for kind, state in self._inserted.items():
            main = MAIN[kind]
            if main.search:
                self._connection.execute(
                    f"INSERT INTO {main.name}_fts (rowid, search_text)"
                    f" SELECT rowid, search_text FROM {main.name} WHERE rowid > ? ORDER BY rowid",
                    (state.before,),
                )
            for sql in derived.set_wise(kind):
                self._connection.execute(sql, {"before": state.before})

    def _number_versions(self) -> None:
        """A record that was retracted and comes back goes on from its last version."""
        if self._connection.execute("SELECT 1 FROM history LIMIT 1").fetchone() is None:
            return
        for kind, state in self._inserted.items():
            known = f"FROM history h WHERE h.record = {MAIN[kind].name}.id AND h.kind = '{kind}'"
            self._connection.execute(
                f"UPDATE {MAIN[kind].name} SET version = (SELECT max(h.version) + 1 {known})"
                f" WHERE rowid > ? AND EXISTS (SELECT 1 {known})",
                (state.before,),
            )

    def _write_history(self) -> None:
        total = sum(state.count for state in self._inserted.values())
        known = self._connection.execute("SELECT max(seq) FROM history").fetchone()[0] or 0
        if total > known:
            self._indexes.clear()
            self._drop_indexes("history")
        for kind, state in self._inserted.items():
            sql = self._history_sql(MAIN[kind])
            for first in range(state.before + 1, state.before + state.count + 1, RANGE):
                bounds = {"first": first, "last": first + RANGE - 1, "change": self._change}
                self._connection.execute(sql, bounds)
        if total > known:
            for index in self._indexes:
                self._connection.execute(index)

    def _history_sql(self, main: Table) -> str:
        """One entry a row, in the order in which single changes would have written them."""
        members = (main, *parts_of(main))
        width = max(len(table.key) for table in members)
        selects = []
        for number, table in enumerate(members):
            row = "m" if table is main else "t"
            join = "" if table is main else f"JOIN {table.name} t ON t.{table.owner} = m.id"
            keys = [f"{row}.{column}" for column in table.key] if number else ["''"]
            keys += ["''"] * (width - len(keys))
            named = ", ".join(f"{key} AS k{position}" for position, key in enumerate(keys))
            columns = columns_of(self._connection, table)
            selects.append(
                f"SELECT m.rowid AS o, {number} AS n, {named}, m.id AS record, m.version,"
                f" '{table.name}' AS table_name, {triggers.key_of(row, table)} AS row_key,"
                f" {triggers.object_of(row, columns)} AS after"
                f" FROM {main.name} m {join} WHERE m.rowid BETWEEN :first AND :last"
            )
        order = ", ".join(["o", "n", *(f"k{position}" for position in range(width))])
        if len(members) == 1:
            order = "o"
        return (
            "INSERT INTO history"
            " (change, kind, record, version, table_name, row_key, op, after, salt)"
            f" SELECT :change, '{main.kind}', record, version, table_name, row_key, 'insert',"
            f" after, {self._salt} FROM ({' UNION ALL '.join(selects)}) ORDER BY {order}"
        )
