"""A registry to the roll of its publication: what was decided of each record.

Kept in temporary tables of the registry's own connection, which grow on the
disk and not in memory, so that a registry of any size is published on any
machine. The files in which SQLite keeps them have no name where the system
allows that, can be read by nobody else, and are gone with the process however
it ends; the tables are gone with the transaction in which they were made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from heritage.store.read import CHUNK
from heritage.store.tables import MAIN

REMEMBERED = 10_000
"""Answers about single records that are kept at hand."""

Candidates = Callable[[str, int], Iterable[tuple[int, str]]]
"""From an id and the last number that was given for it to numbers and ids to be tried."""

_TABLES = (
    "hidden (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    "renamed (kind TEXT, id TEXT, new TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    "given (kind TEXT, new TEXT, PRIMARY KEY (kind, new)) WITHOUT ROWID",
    "numbered (new TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID",
    "wanted (n INTEGER PRIMARY KEY, id TEXT UNIQUE, new TEXT)",
    "told (source TEXT, said TEXT)",
    "places_hidden (site TEXT PRIMARY KEY, access TEXT) WITHOUT ROWID",
)

_IS_PLACED = "(longitude IS NOT NULL OR geometry IS NOT NULL) AND location_access <> 'public'"
_HIDDEN_PLACES = f"""INSERT INTO temp.places_hidden
    SELECT site, iif(max(access = 'withheld'), 'withheld', 'restricted') FROM (
        SELECT id AS site, location_access AS access FROM main.sites WHERE {_IS_PLACED}
        UNION ALL SELECT a.site, s.location_access FROM main.sites s
        JOIN main._site_ancestors a ON a.ancestor = s.id WHERE {_IS_PLACED})
    GROUP BY site"""


class Roll:
    """What was decided of each record: whether it appears, and under which id.

    Args:
        connection: The registry, within a transaction; only temporary tables are written.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        for table in _TABLES:
            connection.execute(f"CREATE TEMP TABLE {table}")
        connection.execute(_HIDDEN_PLACES)
        self._has_hidden_places = self._any("temp.places_hidden")
        self._renaming: set[str] = set()
        self.access_of_source = lru_cache(REMEMBERED)(self._access_of_source)
        self.access_of_place = lru_cache(REMEMBERED)(self._access_of_place)
        self.id_of = lru_cache(REMEMBERED)(self._id_of)

    def _any(self, table: str) -> bool:
        return self._connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None

    # What the registry knows.

    def _access_of_source(self, id: str) -> str:
        """The access of a source; `public` of one that is not there."""
        sql = "SELECT access FROM main.sources WHERE id = ?"
        row = self._connection.execute(sql, (id,)).fetchone()
        return "public" if row is None else str(row[0])

    def _access_of_place(self, site: str) -> str:
        """The strictest access of the positions of a site and of what it is part of."""
        if not self._has_hidden_places:
            return "public"
        sql = "SELECT access FROM temp.places_hidden WHERE site = ?"
        row = self._connection.execute(sql, (site,)).fetchone()
        return "public" if row is None else str(row[0])

    def in_order_of_coming(self, kind: str) -> Iterator[str]:
        """The ids of a kind in the order in which its rows came."""
        # That of hidden ids would tell something.
        return self._ids(f"SELECT id FROM main.{MAIN[kind].name} ORDER BY rowid")

    def not_public(self, kind: str) -> Iterator[str]:
        """The ids of a kind whose access is not public."""
        table = MAIN[kind].name
        return self._ids(f"SELECT id FROM main.{table} WHERE access <> 'public' ORDER BY rowid")

    def told_by_others(self, kind: str) -> Iterator[str]:
        """The ids of a kind that sources tell which are not public."""
        return self._ids(
            f"SELECT id FROM main.{MAIN[kind].name}"
            " WHERE source IN (SELECT id FROM main.sources WHERE access <> 'public')"
        )

    def _ids(self, sql: str) -> Iterator[str]:
        for (id,) in self._connection.execute(sql):
            yield id

    # Whether a record appears.

    def hide(self, kind: str, id: str) -> None:
        """Note that a record does not appear."""
        self._connection.execute("INSERT OR IGNORE INTO temp.hidden VALUES (?, ?)", (kind, id))

    def hidden(self, kind: str) -> int:
        """How many records of a kind do not appear."""
        sql = "SELECT count(*) FROM temp.hidden WHERE kind = ?"
        return int(self._connection.execute(sql, (kind,)).fetchone()[0])

    def hidden_among(self, kind: str, ids: Iterable[str]) -> set[str]:
        """Those of some records that do not appear."""
        ids = iter(ids)
        found: set[str] = set()
        while some := list(islice(ids, CHUNK)):
            marks = ", ".join("?" * len(some))
            sql = f"SELECT id FROM temp.hidden WHERE kind = ? AND id IN ({marks})"
            found.update(id for (id,) in self._connection.execute(sql, (kind, *some)))
        return found

    def subjects_of_hidden(self) -> Iterator[str]:
        """The events and sites on which claims and observations bear that do not appear."""
        return self._ids(
            "SELECT c.subject FROM temp.hidden h JOIN main.claims c ON c.id = h.id"
            " WHERE h.kind = 'claim' UNION"
            " SELECT es.event FROM temp.hidden h JOIN main.observations o ON o.id = h.id"
            " JOIN main.event_sites es ON es.site = o.site WHERE h.kind = 'observation' ORDER BY 1"
        )

    def is_shown(self, kind: str, id: str) -> bool:
        """Whether a record is there and appears."""
        row = self._connection.execute(
            f"SELECT 1 FROM main.{MAIN[kind].name} t WHERE id = ?2 AND {shown('?1')}", (kind, id)
        ).fetchone()
        return row is not None

    # Under which id it appears.

    def tell(self, source: str, said: str) -> None:
        """Note what a source tells."""
        self._connection.execute("INSERT INTO temp.told VALUES (?, ?)", (source, said))

    def told(self, source: str) -> Iterator[str]:
        """What a source tells, in order."""
        self._connection.execute(
            "CREATE INDEX IF NOT EXISTS temp.told_in_order ON told(source, said)"
        )
        sql = "SELECT said FROM temp.told WHERE source = ? ORDER BY said"
        return (said for (said,) in self._connection.execute(sql, (source,)))

    def want(self, id: str, new: str) -> None:
        """Note that a record needs another id, of the kind for which ids are given next."""
        self._connection.execute("INSERT INTO temp.wanted (id, new) VALUES (?, ?)", (id, new))

    def give(self, kind: str, candidates: Candidates) -> None:
        """Give the records of a kind the ids that they need; of equals, each is counted."""
        for id, wanted in self._connection.execute("SELECT id, new FROM temp.wanted ORDER BY n"):
            last = self._number(wanted)
            number, new = next(
                each for each in candidates(wanted, last) if not self._is_taken(kind, each[1])
            )
            if number > 1:
                sql = "INSERT OR REPLACE INTO temp.numbered VALUES (?, ?)"
                self._connection.execute(sql, (wanted, number))
            self._connection.execute("INSERT INTO temp.given VALUES (?, ?)", (kind, new))
            self._connection.execute("INSERT INTO temp.renamed VALUES (?, ?, ?)", (kind, id, new))
            self._renaming.add(kind)
        self._connection.execute("DELETE FROM temp.wanted")
        self._connection.execute("DELETE FROM temp.numbered")

    def _number(self, wanted: str) -> int:
        sql = "SELECT number FROM temp.numbered WHERE new = ?"
        row = self._connection.execute(sql, (wanted,)).fetchone()
        return 0 if row is None else int(row[0])

    def _is_taken(self, kind: str, id: str) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM temp.given WHERE kind = ?1 AND new = ?2 UNION ALL"
            f" SELECT 1 FROM main.{MAIN[kind].name} t WHERE id = ?2 AND {shown('?1')}"
            " AND NOT EXISTS (SELECT 1 FROM temp.wanted w WHERE w.id = t.id) LIMIT 1",
            (kind, id),
        ).fetchone()
        return row is not None

    def _id_of(self, kind: str, id: str) -> str:
        """The id under which a record appears; asked when the ids of its kind are given."""
        if kind not in self._renaming:
            return id
        sql = "SELECT new FROM temp.renamed WHERE kind = ? AND id = ?"
        row = self._connection.execute(sql, (kind, id)).fetchone()
        return id if row is None else str(row[0])

    def in_public_order(self, kind: str) -> Iterator[Sequence[tuple[str, str]]]:
        """The ids of what appears of a kind, each with the public one, in the order of those.

        So many at once as are read at once.
        """
        table, new, join = MAIN[kind].name, "t.id", ""
        if kind in self._renaming:
            new = "coalesce(r.new, t.id)"
            join = "LEFT JOIN temp.renamed r ON r.kind = ?1 AND r.id = t.id"
        pairs: Iterator[tuple[str, str]] = self._connection.execute(
            f"SELECT t.id, {new} FROM main.{table} t {join} WHERE {shown('?1')} ORDER BY {new}",
            (kind,),
        )
        while some := list(islice(pairs, CHUNK)):
            yield some


def shown(kind: str) -> str:
    """SQL: whether a row `t` of the main table of a kind appears."""
    return f"NOT EXISTS (SELECT 1 FROM temp.hidden x WHERE x.kind = {kind} AND x.id = t.id)"
