"""A change of the log to its opposite: rows put back as they were before it.

Row by row, three states are compared: before the change, after it, and now. What
the change left is put back; what is as it was before is left alone; anything
else has been touched since, and is a conflict with the later change. Columns
that a later change amended and this one did not touch stay as they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import chain, islice

from heritage.errors import InvalidRecordError, RecordNotFoundError
from heritage.problems import Origin, Problem
from heritage.store.history import key_text, key_values
from heritage.store.ids import Today
from heritage.store.read import read_many
from heritage.store.references import pointing_at
from heritage.store.reverting.later import Later
from heritage.store.reverting.netting import Columns, Net, NetRow, netted
from heritage.store.tables import MAIN, REFERENCES, TABLES, Table, columns_of, parts_of

_FORMER = next(table for table in TABLES if table.name == "former_ids")

CHUNK = 500
"""Records that are looked at together."""


def _check_revertible(connection: sqlite3.Connection, change: int, by: int) -> Iterator[Problem]:
    """Why a change cannot be undone, whatever has come after it.

    Raises:
        RecordNotFoundError: There is no such change.
    """
    known = "SELECT 1 FROM changes WHERE id = ?"
    if not 0 < change < by or connection.execute(known, (change,)).fetchone() is None:
        raise RecordNotFoundError("change", str(change))
    found = connection.execute(
        "SELECT DISTINCT op FROM history WHERE change = ? AND op IN ('erase', 'erased')", (change,)
    ).fetchall()
    ops = {op for (op,) in found}
    if ops:
        what = "it erased for good" if "erase" in ops else "some of what it did was erased"
        yield Problem(
            code="change-refused",
            message=f"change {change} cannot be undone: {what}",
            origin=Origin(file=f"changes/{change}"),
        )


def revert(connection: sqlite3.Connection, change: int, by: int) -> list[Problem]:
    """Undo a change by another one that is open; every conflict is told.

    Args:
        connection: Within the transaction of the open change.
        change: The number of the change to undo.
        by: The number of the open change.

    Returns:
        Why it cannot be undone. Where there is anything, all is to be rolled back.
    """
    problems = list(_check_revertible(connection, change, by))
    if problems:
        return problems
    with netted(connection, change - 1, change) as net:
        reverting = _Reverting(connection, net, Later(connection, change, by))
        reverting.run()
    connection.execute("INSERT INTO reverts (change, reverted) VALUES (?, ?)", (by, change))
    return reverting.problems


class _Reverting:
    """One change on its way out of the tables."""

    def __init__(self, connection: sqlite3.Connection, net: Net, later: Later) -> None:
        self._connection = connection
        self._net = net
        self._today = Today(connection)
        self._later = later
        self._columns = {table.name: columns_of(connection, table) for table in TABLES}
        self._waiting: list[tuple[Table, NetRow, Callable[[Table, NetRow], None], str]] = []
        self._in_conflict: set[tuple[str, str]] = set()
        self.problems: list[Problem] = []

    def run(self) -> None:
        """Take out what was put in, give ids back, put back what was changed or taken out."""
        for table in reversed(TABLES):
            self._each(table, self._net.inserted(table.name), self._take_out)
        for table in MAIN.values():
            renamed = (
                row for row in self._net.updated(table.name) if row.key_before != row.key_after
            )
            self._each(table, renamed, self._rename)
        self._today.forget()
        for table in TABLES:
            self._each(table, self._net.updated(table.name), self._put_back)
        for table in TABLES:
            self._each(table, self._net.deleted(table.name), self._put_in)
        self._try_again()
        self._today.forget()
        for table in MAIN.values():
            self._check_named(table)
        for table in TABLES:
            self._check_naming(table)
        self._check_sound()

    def _each(
        self,
        table: Table,
        rows: Iterator[NetRow],
        step: Callable[[Table, NetRow], None],
    ) -> None:
        for row in rows:
            try:
                step(table, row)
            except sqlite3.IntegrityError as error:
                # A rule across rows may stand against it until another row is back.
                self._waiting.append((table, row, step, str(error)))

    def _try_again(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for table, row, step, _ in waiting:
                self._each(table, iter([row]), step)
            if len(self._waiting) == len(waiting):
                break
        for table, row, _, reason in self._waiting:
            self._conflict(table, row, None, f"it cannot be put back: {reason}")

    # Rows.

    def _found(self, table: Table, key: Columns) -> Columns | None:
        where = " AND ".join(f"{column} = ?" for column in table.key)
        columns = self._columns[table.name]
        row = self._connection.execute(
            f"SELECT {', '.join(columns)} FROM {table.name} WHERE {where}",
            [key[column] for column in table.key],
        ).fetchone()
        return None if row is None else dict(zip(columns, row, strict=True))

    def _key(self, table: Table, key: str) -> Columns:
        """A key of the log as it is today: ids of others may have been renamed."""
        return self._of_today(table, key_values(table.name, key))

    def _of_today(self, table: Table, row: Columns) -> Columns:
        moved = {
            column: self._today.id(target, row[column])
            for column, target in _naming(table)
            if row.get(column) is not None
        }
        if table.name == "former_ids" and "id" in row and "kind" in row:
            moved["id"] = self._today.id(row["kind"], row["id"])
        return {**row, **moved} if moved else row

    def _do(self, sql: str, *values: object) -> None:
        self._connection.execute(sql, values)

    def _delete(self, table: Table, key: Columns) -> None:
        where = " AND ".join(f"{column} = ?" for column in table.key)
        self._do(f"DELETE FROM {table.name} WHERE {where}", *(key[name] for name in table.key))

    # Steps.

    def _take_out(self, table: Table, row: NetRow) -> None:
        key = self._key(table, row.key_after or "")
        found = self._found(table, key)
        if found is None:
            if table.main is None and self._today.id(table.kind, row.record) != row.record:
                self._conflict(table, row, "id", "it was renamed")
            return
        left = self._of_today(table, row.after)
        differing = [name for name in found if found[name] != left.get(name)]
        for column in _plain_names(differing):
            self._conflict(table, row, column, "it was changed")
        added = list(self._added(table, row)) if table.main is None else []
        for part in added:
            self._conflict(table, row, part.name, f"something was added to its {part.name}", part)
        if not differing and not added:
            self._delete(table, key)

    def _added(self, table: Table, row: NetRow) -> Iterator[Table]:
        """Tables that still hold parts of a record, now that those of the change are out."""
        for part in parts_of(table):
            sql = f"SELECT 1 FROM {part.name} WHERE {part.owner} = ? LIMIT 1"
            if self._connection.execute(sql, (row.record,)).fetchone() is not None:
                yield part
        # An id that was its own for a while may go on leading nowhere; that of another may not.
        sql = (
            "SELECT 1 FROM former_ids f WHERE f.id = ? AND f.kind = ? AND NOT EXISTS"
            " (SELECT 1 FROM history h WHERE h.record = f.former AND h.kind = f.kind)"
        )
        if self._connection.execute(sql, (row.record, table.kind)).fetchone() is not None:
            yield _FORMER

    def _rename(self, table: Table, row: NetRow) -> None:
        if self._found(table, {"id": row.key_after}) is not None:
            self._do(f"UPDATE {table.name} SET id = ? WHERE id = ?", row.key_before, row.key_after)
        elif self._found(table, {"id": row.key_before}) is None:
            self._conflict(table, row, "id", "it was renamed or retracted")

    def _put_back(self, table: Table, row: NetRow) -> None:
        keys = [self._key(table, key) for key in (row.key_after, row.key_before) if key is not None]
        if table.main is None:
            keys = [{"id": self._today.id(table.kind, key["id"])} for key in reversed(keys)]
        found = next(filter(None, (self._found(table, key) for key in keys)), None)
        if found is None:
            self._conflict(table, row, None, "it was taken out")
            return
        before, after = (self._of_today(table, each) for each in (row.before, row.after))
        wanted = {}
        differing = []
        for name, value in before.items():
            if found[name] == value or (table.main is None and name == "id"):
                continue
            if found[name] == after[name]:
                wanted[name] = value
            else:
                differing.append(name)
        for column in _plain_names(differing):
            self._conflict(table, row, column, "it was changed")
        if wanted and not differing:
            assignments = ", ".join(f"{name} = ?" for name in wanted)
            where = " AND ".join(f"{column} = ?" for column in table.key)
            key = [found[name] for name in table.key]
            self._do(f"UPDATE {table.name} SET {assignments} WHERE {where}", *wanted.values(), *key)

    def _put_in(self, table: Table, row: NetRow) -> None:
        before = self._of_today(table, row.before)
        found = self._found(table, before)
        if found is not None:
            if any(found[name] != before.get(name) for name in found):
                self._conflict(table, row, None, "another one has taken its place")
            return
        if table.main and not self._today.exists(table.kind, before[table.owner]):
            self._conflict(table, row, None, f"its {table.kind} was taken out")
            return
        names = list(before)
        marks = ", ".join("?" * len(names))
        columns = ", ".join(names)
        self._do(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", *before.values())

    # What has to be true in the end.

    def _check_named(self, table: Table) -> None:
        """Nothing that stays may name a record that the change had brought."""
        for other, column in pointing_at(table.kind):
            owner = next(each for each in TABLES if each.name == other)
            rows = self._connection.execute(
                f"SELECT n.record, o.{owner.owner} FROM temp.net n JOIN {other} o"
                f" ON o.{column} = n.record WHERE n.table_name = ? AND n.key_before IS NULL"
                f" AND NOT EXISTS (SELECT 1 FROM {table.name} t WHERE t.id = n.record)"
                " ORDER BY n.id, 2",
                (table.name,),
            ).fetchall()
            for id, naming in rows:
                if (owner.kind, naming) in self._in_conflict:
                    continue
                told = self._later.told(owner, naming, (column,))
                self._tell(table, id, None, f"{other}/{naming} names it as its {column}{told}")

    def _check_naming(self, table: Table) -> None:
        """What was put back may not name a record that is there no more."""
        naming = _naming(table)
        if not naming:
            return
        for row in chain(self._net.updated(table.name), self._net.deleted(table.name)):
            if (row.kind, row.was) in self._in_conflict:
                continue
            for column, target in naming:
                id = row.before.get(column)
                if id is not None and not self._leads(target, id):
                    kinds = target.split(" or ")
                    told = "".join(self._later.told(MAIN[kind], id, None) for kind in kinds)
                    what = f"its {column} was {id!r}, which was taken out{told}"
                    self._tell(table, row.was, column, what)

    def _leads(self, target: str, id: str) -> bool:
        now = self._today.id(target, id)
        return any(self._today.exists(kind, now) for kind in target.split(" or "))

    def _check_sound(self) -> None:
        """Every record that was touched and is there must be one."""
        for kind, table in MAIN.items():
            ids = (self._today.id(kind, id) for id in self._net.records(kind))
            while chunk := list(islice(ids, CHUNK)):
                self._check_chunk(table, chunk)

    def _check_chunk(self, table: Table, ids: list[str]) -> None:
        try:
            for _ in read_many(self._connection, table.kind, ids):
                pass
        except InvalidRecordError:
            for id in ids:
                self._check_one(table, id)

    def _check_one(self, table: Table, id: str) -> None:
        try:
            for _ in read_many(self._connection, table.kind, [id]):
                pass
        except InvalidRecordError as error:
            if (table.kind, id) not in self._in_conflict:
                told = self._later.told(None, id, None, kind=table.kind)
                faults = "; ".join(error.faults)
                self._tell(table, id, None, f"it would break a rule ({faults}){told}")

    # Conflicts.

    def _conflict(
        self,
        table: Table,
        row: NetRow,
        column: str | None,
        what: str,
        where: Table | None = None,
    ) -> None:
        id = row.record if row.key_after is not None else row.was
        self._in_conflict.add((row.kind, id))
        columns = None if column is None or where is not None else (column,)
        told = self._later.told(where or table, id, columns, row=row)
        self._tell(table, id, column, f"{what}{told}", _part_key(table, row))

    def _tell(
        self, table: Table, id: str, column: str | None, what: str, value: str | None = None
    ) -> None:
        self.problems.append(
            Problem(
                code="later-change",
                message=what,
                origin=Origin(file=f"{table.name}/{id}", column=column),
                value=value,
            )
        )


def _naming(table: Table) -> tuple[tuple[str, str], ...]:
    """Columns of a table that name records, and their kinds; its own id is none of them."""
    owner = ((table.owner, table.kind),) if table.main else ()
    return (*owner, *REFERENCES.get(table.name, ()))


def _plain_names(columns: list[str]) -> list[str]:
    """Columns without those that follow from a date among them."""
    return [
        name
        for name in columns
        if name.removesuffix("_earliest").removesuffix("_latest") == name
        or name.removesuffix("_earliest").removesuffix("_latest") not in columns
    ]


def _part_key(table: Table, row: NetRow) -> str | None:
    """The key of a part within its record, for people; None for the record itself."""
    if table.main is None:
        return None
    values = key_values(table.name, row.key_after or row.key_before or "")
    return key_text([value for name, value in values.items() if name != table.owner])


def tally(connection: sqlite3.Connection, change: int) -> dict[str, int]:
    """How many records a change created, changed and retracted, parts counted with the whole."""
    tables = ", ".join(f"'{table.name}'" for table in MAIN.values())
    kinds = ", ".join(f"'{kind}'" for kind in MAIN)
    counts = connection.execute(
        "SELECT sum(inserted > deleted), sum(inserted = deleted), sum(inserted < deleted) FROM"
        f" (SELECT sum(op = 'insert' AND table_name IN ({tables})) AS inserted,"
        f" sum(op = 'delete' AND table_name IN ({tables})) AS deleted"
        f" FROM history WHERE change = ? AND kind IN ({kinds}) GROUP BY kind, record)",
        (change,),
    ).fetchone()
    named = zip(("created", "changed", "retracted"), counts, strict=True)
    return {what: count for what, count in named if count}
