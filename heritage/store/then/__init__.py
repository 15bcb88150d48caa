"""A change of the log to the tables as they stood after it, under their own names.

A row that no later change touched is the row of then. The others are few:
their records are found by an index of what was amended, taken back entry by
entry, and put into temporary tables. Temporary views with the names of the
tables join the two, and SQLite looks for a name among temporary things first,
so that every question asked of the tables of now can be asked of those.

Nothing is written to the file, and nothing is locked between questions.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence

from heritage.errors import RecordNotFoundError
from heritage.store import derived
from heritage.store.folding import fold
from heritage.store.tables import BOOKKEEPING, MAIN, TABLES, Table, columns_of, parts_of
from heritage.store.then import ancestors
from heritage.store.then.moments import last_entry
from heritage.store.then.undo import Key, Row, undo

AMENDED = (
    "version > 1 OR op <> 'insert' OR table_name IN ('descriptions', 'editions', 'former_ids')"
)
"""SQL on an entry, as the index `history_amended` has it: not one of a record's beginnings."""

CONCLUSIONS = "conclusions"
_CONCLUSION_KEY = ("subject", "site", "property")
_KEYS = {table.name: table.key for table in TABLES} | {CONCLUSIONS: _CONCLUSION_KEY}
_APART = tuple(table for table in TABLES if table.main == "")
"""Tables whose rows are neither records nor parts of them."""

_SITES_OF_THEN = (
    ("INTO places", "INTO temp.then_places"),
    ("INTO _site_countries", "INTO temp.then_countries"),
    ("FROM sites", "FROM temp.then_sites"),
)

_PLACES = "CREATE VIRTUAL TABLE temp.then_places USING rtree(id, west, east, south, north)"


def id_then(connection: sqlite3.Connection, kind: str, id: str) -> str:
    """The id that a record of now, or of any time since, had then.

    Args:
        connection: One on which there is a `Past`.
        kind: The kind of record.
        id: An id that was not known then, and may be a later one.

    Raises:
        RecordNotFoundError: It leads to nothing that was there.
    """
    known = "SELECT id FROM main.former_ids WHERE former = ?1 AND kind = ?2 UNION SELECT ?1"
    found = connection.execute(
        f"SELECT t.id FROM main.former_ids f CROSS JOIN {MAIN[kind].name} t ON t.id = f.former"
        f" WHERE f.id IN ({known}) AND f.kind = ?2",
        (id, kind),
    ).fetchone()
    if found is None:
        raise RecordNotFoundError(kind, id)
    return str(found[0])


class Past:
    """The tables after a change, on a connection of their own.

    Args:
        connection: A connection that is used for nothing else.
        change: The number of the change; 0 for the empty registry before the first.
    """

    def __init__(self, connection: sqlite3.Connection, change: int) -> None:
        self._connection = connection
        self.change = change
        self._entry = last_entry(connection, change)
        self._columns = {table.name: columns_of(connection, table) for table in TABLES}
        self._columns[CONCLUSIONS] = tuple(
            name
            for (name,) in connection.execute(
                "SELECT name FROM pragma_table_info(?)", (CONCLUSIONS,)
            )
        )
        self._known = self._entry
        self._last_row = 0
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.create_function("folded", 1, fold, deterministic=True)
        for sql in (*self._tables(), *self._views()):
            connection.execute(sql)

    # Temporary tables for what was touched since, and views that join them to the rest.

    def _all_columns(self, table: Table) -> tuple[str, ...]:
        own = (*table.derived, *BOOKKEEPING) if table.main is None else ()
        return (*self._columns[table.name], *own)

    def _tables(self) -> Iterator[str]:
        yield (
            "CREATE TEMP TABLE then_touched (kind TEXT, record TEXT, PRIMARY KEY (kind, record))"
            " WITHOUT ROWID"
        )
        yield "CREATE TEMP TABLE then_touching AS SELECT kind, record FROM then_touched"
        yield "CREATE UNIQUE INDEX temp.then_touching_key ON then_touching(kind, record)"
        yield (
            "CREATE TEMP TABLE then_keys (name TEXT, row_key TEXT, PRIMARY KEY (name, row_key))"
            " WITHOUT ROWID"
        )
        for name in (*(table.name for table in TABLES), CONCLUSIONS):
            yield f"CREATE TEMP TABLE then_{name} AS SELECT * FROM main.{name} LIMIT 0"
            yield from self._indexes(name)
        for table in TABLES:
            if table.search:
                yield self._search(table.name)
        yield _PLACES
        yield (
            "CREATE TEMP TABLE then_countries (country TEXT, site TEXT,"
            " PRIMARY KEY (country, site)) WITHOUT ROWID"
        )
        yield from ancestors.tables()

    def _indexes(self, name: str) -> Iterator[str]:
        rows = self._connection.execute(
            "SELECT l.name, group_concat(i.name) FROM pragma_index_list(?, 'main') l,"
            " pragma_index_info(l.name, 'main') i GROUP BY 1 ORDER BY 1",
            (name,),
        ).fetchall()
        for number, (_, columns) in enumerate(rows):
            yield f"CREATE INDEX temp.then_{name}_{number} ON then_{name}({columns})"

    def _search(self, name: str) -> str:
        """SQL for a table of words like that of the file, which has its own texts."""
        row = self._connection.execute(
            "SELECT sql FROM main.sqlite_master WHERE name = ?", (f"{name}_fts",)
        ).fetchone()
        sql = re.sub(r'content="\w+",', "", row[0])
        return re.sub(r"TABLE \w+", f"TABLE temp.then_{name}_fts", sql, count=1)

    def _views(self) -> Iterator[str]:
        change = self.change
        for table in TABLES:
            columns = ", ".join(self._all_columns(table))
            if table.main is None:
                columns = f"rowid AS rowid, {columns}"
            yield (
                f"CREATE TEMP VIEW {table.name} AS SELECT {columns} FROM main.{table.name} t"
                f" WHERE {self._untouched(table)}"
                f" UNION ALL SELECT {columns} FROM temp.then_{table.name}"
            )
        columns = ", ".join(self._columns[CONCLUSIONS])
        yield (
            f"CREATE TEMP VIEW {CONCLUSIONS} AS SELECT {columns} FROM main.{CONCLUSIONS}"
            f" WHERE change <= {change} UNION ALL SELECT {columns} FROM temp.then_{CONCLUSIONS}"
        )
        yield f"CREATE TEMP VIEW changes AS SELECT * FROM main.changes WHERE id <= {change}"
        yield f"CREATE TEMP VIEW history AS SELECT * FROM main.history WHERE seq <= {self._entry}"
        yield (
            "CREATE TEMP VIEW places AS SELECT * FROM main.places"
            " UNION ALL SELECT * FROM temp.then_places"
        )
        yield (
            "CREATE TEMP VIEW _site_countries AS SELECT country, site FROM main._site_countries c"
            " WHERE EXISTS (SELECT 1 FROM main.sites s WHERE s.id = c.site"
            f" AND s.change <= {change})"
            " UNION ALL SELECT country, site FROM temp.then_countries"
        )
        yield from ancestors.views(change)

    def _untouched(self, table: Table) -> str:
        """SQL on a row `t` of the file: whether it stands as it stood then."""
        if table.main is None:
            return f"t.change <= {self.change}"
        if not table.main:
            key = "t." + table.key[0]
            if len(table.key) > 1:
                key = "json_array(" + ", ".join(f"t.{name}" for name in table.key) + ")"
            return (
                "NOT EXISTS (SELECT 1 FROM temp.then_keys k"
                f" WHERE k.name = '{table.name}' AND k.row_key = {key})"
            )
        sql = (
            f"EXISTS (SELECT 1 FROM main.{table.main} m"
            f" WHERE m.id = t.{table.owner} AND m.change <= {self.change})"
        )
        if not table.bumps:
            sql += (
                " AND NOT EXISTS (SELECT 1 FROM temp.then_touched o"
                f" WHERE o.kind = '{table.kind}' AND o.record = t.{table.owner})"
            )
        return sql

    # What was touched since.

    def refresh(self) -> None:
        """Follow what was written meanwhile; within a transaction."""
        newest = self._connection.execute("SELECT max(seq) FROM main.history").fetchone()[0] or 0
        if newest == self._known:
            return
        self._find_touched()
        if self._has_erasure():
            self._forget()
            self._find_touched()
        rows = self._now()
        undo(rows, self._entries(), _KEYS)
        self._replace(rows)
        self._connection.execute(
            "INSERT OR IGNORE INTO temp.then_touched SELECT kind, record FROM temp.then_touching"
        )
        self._derive()
        self._known = newest

    def _has_erasure(self) -> bool:
        """Whether something was erased meanwhile: it must not be read on from here."""
        sql = "SELECT 1 FROM temp.then_touching WHERE kind = 'erasure'"
        return self._connection.execute(sql).fetchone() is not None

    def _forget(self) -> None:
        for name in (*(table.name for table in TABLES), CONCLUSIONS, "touched", "keys"):
            self._connection.execute(f"DELETE FROM temp.then_{name}")
        self._known = self._entry

    def _find_touched(self) -> None:
        """Fill `then_touching` with records touched since last time, under all their ids."""
        known = self._connection.execute(
            "SELECT change FROM main.history WHERE seq = ?", (self._known,)
        ).fetchone()
        self._connection.execute("DELETE FROM temp.then_touching")
        # The index leaves out the entries of new records: a load of many costs nothing.
        self._connection.execute(
            "INSERT INTO temp.then_touching SELECT DISTINCT kind, record"
            " FROM main.history INDEXED BY history_amended"
            f" WHERE change >= ? AND seq > ? AND ({AMENDED})",
            (known[0] if known else 0, self._known),
        )
        mains = ", ".join(f"'{table.name}'" for table in MAIN.values())
        while self._connection.execute(
            "INSERT OR IGNORE INTO temp.then_touching"
            " SELECT h.kind, json_extract(h.before, '$.id') FROM temp.then_touching o"
            " CROSS JOIN main.history h ON h.record = o.record AND h.kind = o.kind"
            f" WHERE h.seq > ? AND h.op = 'update' AND h.table_name IN ({mains})"
            " AND json_extract(h.before, '$.id') <> h.record",
            (self._entry,),
        ).rowcount:
            pass

    def _now(self) -> dict[Key, Row]:
        """The rows of now of what was touched."""
        rows: dict[Key, Row] = {}
        owned = [(table.name, table.kind, table.owner) for table in TABLES]
        for name, kind, owner in (*owned, (CONCLUSIONS, "conclusion", "subject")):
            columns = self._columns[name]
            listed = ", ".join(f"t.{column}" for column in columns)
            for values in self._connection.execute(
                f"SELECT {listed} FROM temp.then_touching o"
                f" CROSS JOIN main.{name} t ON t.{owner} = o.record WHERE o.kind = ?",
                (kind,),
            ):
                row = dict(zip(columns, values, strict=True))
                rows[name, tuple(row[column] for column in _KEYS[name])] = row
        return rows

    def _entries(self) -> Iterator[tuple[str, str, str, str | None]]:
        yield from self._connection.execute(
            "SELECT h.table_name, h.row_key, h.op, h.before FROM temp.then_touching o"
            " CROSS JOIN main.history h ON h.record = o.record AND h.kind = o.kind"
            " WHERE h.seq > ? ORDER BY h.seq DESC",
            (self._entry,),
        )

    # The rows of then.

    def _replace(self, rows: dict[Key, Row]) -> None:
        """Put the rows of then of what was touched in the place of those known so far."""
        by_table: dict[str, list[Row]] = {}
        for (name, _), row in rows.items():
            by_table.setdefault(name, []).append(row)
        for table in MAIN.values():
            self._replace_records(table, by_table)
        for table in _APART:
            self._replace_apart(table, by_table.get(table.name, ()))
        self._connection.execute(
            f"DELETE FROM temp.then_{CONCLUSIONS} WHERE subject IN"
            " (SELECT record FROM temp.then_touching WHERE kind = 'conclusion')"
        )
        # A conclusion that the log tells nothing older of was drawn later.
        stood = [
            row
            for row in by_table.get(CONCLUSIONS, ())
            if row.get("change") is not None and row["change"] <= self.change
        ]
        self._insert(CONCLUSIONS, self._columns[CONCLUSIONS], stood)
        key = ", ".join(_CONCLUSION_KEY)
        self._connection.execute(
            f"DELETE FROM temp.then_{CONCLUSIONS} WHERE ({key}) IN"
            f" (SELECT {key} FROM main.{CONCLUSIONS} m WHERE m.change <= {self.change}"
            " AND m.subject IN (SELECT record FROM temp.then_touching))"
        )

    def _replace_records(self, table: Table, by_table: dict[str, list[Row]]) -> None:
        parts = parts_of(table)
        for each in (table, *parts):
            self._connection.execute(
                f"DELETE FROM temp.then_{each.name} WHERE {each.owner} IN"
                " (SELECT record FROM temp.then_touching WHERE kind = ?)",
                (table.kind,),
            )
        stood: dict[str, bool] = {}
        """By id: whether the row of the file is the row of then."""
        records = []
        for row in by_table.get(table.name, ()):
            bookkeeping = self._bookkeeping(table, row["id"])
            if bookkeeping is None:
                continue
            stood[row["id"]] = self._still_stands(table, row["id"])
            if not stood[row["id"]]:
                self._last_row -= 1
                records.append({**row, **bookkeeping, "rowid": self._last_row})
        self._insert(table.name, ("rowid", *self._columns[table.name], *BOOKKEEPING), records)
        for part in parts:
            rows = [
                row
                for row in by_table.get(part.name, ())
                if row[part.owner] in stood and not (part.bumps and stood[row[part.owner]])
            ]
            self._insert(part.name, self._columns[part.name], rows)

    def _bookkeeping(self, table: Table, id: str) -> Row | None:
        """The version and the change that a record had; None where it was not there yet."""
        found = self._connection.execute(
            "SELECT version, change FROM main.history WHERE record = ? AND kind = ? AND seq <= ?"
            " AND table_name <> 'descriptions' AND op <> 'erase' ORDER BY seq DESC LIMIT 1",
            (id, table.kind, self._entry),
        ).fetchone()
        return None if found is None else dict(zip(BOOKKEEPING, found, strict=True))

    def _still_stands(self, table: Table, id: str) -> bool:
        return (
            self._connection.execute(
                f"SELECT 1 FROM main.{table.name} WHERE id = ? AND change <= ?", (id, self.change)
            ).fetchone()
            is not None
        )

    def _replace_apart(self, table: Table, rows: Sequence[Row]) -> None:
        self._connection.execute(
            f"DELETE FROM temp.then_{table.name} WHERE {table.owner} IN"
            " (SELECT record FROM temp.then_touching WHERE kind = ?)",
            (table.kind,),
        )
        self._connection.execute(
            "INSERT OR IGNORE INTO temp.then_keys SELECT h.table_name, h.row_key"
            " FROM temp.then_touching o CROSS JOIN main.history h"
            " ON h.record = o.record AND h.kind = o.kind WHERE o.kind = ? AND h.seq > ?",
            (table.kind, self._entry),
        )
        # What of them stands as it stood is read from the file.
        self._insert(table.name, self._columns[table.name], rows)
        key = ", ".join(table.key)
        text = key if len(table.key) == 1 else f"json_array({key})"
        self._connection.execute(
            f"DELETE FROM temp.then_{table.name} WHERE {text} NOT IN"
            " (SELECT row_key FROM temp.then_keys WHERE name = ?)",
            (table.name,),
        )

    def _insert(self, name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(
            f"INSERT INTO temp.then_{name} ({', '.join(columns)}) VALUES ({marks})",
            [tuple(row.get(column) for column in columns) for row in rows],
        )

    def _derive(self) -> None:
        """Build names, search, places, countries and ancestors of the rows of then."""
        for table in MAIN.values():
            if table.search:
                own = f"then_{table.name}"
                assignments = f"search_text = folded({table.search.format(row=own)})"
                if "name" in table.derived:
                    assignments += f", name = {derived.display_name(table, own)}"
                for sql in (
                    f"UPDATE temp.{own} SET {assignments} WHERE search_text IS NULL",
                    f"DELETE FROM temp.{own}_fts",
                    f"INSERT INTO temp.{own}_fts (rowid, search_text)"
                    f" SELECT rowid, search_text FROM temp.{own}",
                ):
                    self._connection.execute(sql)
        for name in ("places", "countries"):
            self._connection.execute(f"DELETE FROM temp.then_{name}")
        for sql in derived.set_wise("site"):
            self._of_then(sql)
        for sql in ancestors.fill():
            self._connection.execute(sql)

    def _of_then(self, sql: str) -> None:
        """Run what a load runs on the sites of the file, on those of then."""
        for now, then in _SITES_OF_THEN:
            sql = sql.replace(now, then)
        if "_ancestors" not in sql:  # a load has no parts that moved
            self._connection.execute(sql, {"before": self._last_row - 1})
