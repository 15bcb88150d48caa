"""The log: whatever was written by whomever, it tells how the tables came to be."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from heritage import codec
from heritage.errors import HeritageError
from heritage.model import RECORDS, Record, Site
from heritage.store import history, read, write
from heritage.store.connection import transaction
from heritage.store.tables import MAIN
from heritage.store.verify import verify
from tests.registries import AT, Connection, assert_whole, flat, in_memory, load, put, rows
from tests.strategies import collections, names, words

KINDS = tuple(RECORDS)
Known = dict[tuple[str, str], dict[str, Any]]


def everything(connection: Connection) -> Known:
    """Every record as it is read now."""
    return {
        (kind, versioned.record.id): codec.to_plain(versioned.record)
        for kind in KINDS
        for versioned in read.read_many(connection, kind, read.all_ids(connection, kind))
    }


def last(connection: Connection) -> int:
    return int(rows(connection, "SELECT coalesce(max(seq), 0) FROM history")[0][0])


def assert_read_as_then(connection: Connection, seen: list[tuple[int, Known]]) -> None:
    current = [(kind, id) for kind in KINDS for id in read.all_ids(connection, kind)]
    for seq, known in seen:
        for kind, id in current:
            plain = history.plain_at(connection, kind, id, seq)
            formerly = history.ids_of(connection, kind, id)
            then = next((known[kind, old] for old in formerly if (kind, old) in known), None)
            if plain is None or then is None:
                assert plain == then
            else:
                assert then == codec.to_plain(codec.from_plain(kind, plain))


STATEMENTS = (
    "UPDATE sites SET kind = ?1",
    "UPDATE sites SET kind = ?1 WHERE id = ?2",
    "UPDATE sites SET kind = NULL, countries = '[\"YE\"]' WHERE id = ?2",
    "UPDATE sites SET longitude = 1.1, latitude = 2.2 WHERE id = ?2",
    "UPDATE sites SET longitude = NULL, latitude = NULL, geometry = NULL WHERE id = ?2",
    "UPDATE sites SET built = '2001-02' WHERE id = ?2",
    "UPDATE sites SET built = NULL",
    "UPDATE sites SET part_of = ?3 WHERE id = ?2",
    "UPDATE sites SET part_of = NULL",
    "UPDATE sites SET id = id || 'x' WHERE id = ?2",
    "UPDATE sites SET id = ?3 WHERE id = ?2",
    "INSERT OR REPLACE INTO sites (id, kind) VALUES (?2, ?1)",
    "INSERT OR REPLACE INTO sites (id, part_of) VALUES (?2, ?3)",
    "INSERT OR IGNORE INTO sites (id, kind) VALUES (?2, ?1)",
    "INSERT INTO sites (id, kind) VALUES (?2, ?1) ON CONFLICT DO UPDATE SET kind = ?1",
    "DELETE FROM sites WHERE id = ?2",
    "UPDATE names SET text = text || '!'",
    "UPDATE OR IGNORE names SET language = 'fr' WHERE site = ?2",
    "UPDATE names SET site = ?3 WHERE site = ?2",
    "INSERT OR REPLACE INTO names VALUES (?2, ?1, 'en', 'official')",
    "INSERT INTO names VALUES (?2, ?1, 'de', 'alias')",
    "DELETE FROM names WHERE site = ?2",
    "INSERT OR REPLACE INTO identifiers VALUES ('whc', ?1, ?2)",
    "UPDATE identifiers SET value = value || '1'",
    "UPDATE sources SET title = ?1",
    "UPDATE sources SET id = id || 'x' WHERE id = (SELECT min(id) FROM sources)",
    "UPDATE sources SET published = '2015-08', published_earliest = NULL, published_latest = NULL",
    "INSERT OR REPLACE INTO sources (id, title) SELECT id, ?1 FROM sources",
    "DELETE FROM sources",
    "DELETE FROM source_relies_on",
    "UPDATE events SET label = ?1",
    "UPDATE events SET id = id || 'x'",
    "INSERT OR REPLACE INTO event_sites SELECT id, ?2 FROM events",
    "DELETE FROM events",
    "UPDATE claims SET as_written = ?1",
    "UPDATE claims SET value = '2016-03', property = 'date' WHERE property = 'date'",
    "DELETE FROM claims WHERE rowid % 2",
    "DELETE FROM reviews",
    "UPDATE evidence SET title = ?1, size = 7",
    "UPDATE custody SET position = position + 20",
    "UPDATE custody SET date = '2011', holder = ?1 WHERE position % 2",
    "DELETE FROM custody WHERE position = 1",
    "DELETE FROM evidence",
    "DELETE FROM observations",
    "UPDATE observations SET extent_low = 1.25, extent_high = 99.9999999999999",
    "UPDATE listings SET as_written = ?1, area_ha = 0.1",
    "UPDATE listings SET site = ?2 WHERE criteria = '[]'",
    "DELETE FROM listings",
    "UPDATE actors SET role = ?1",
    "UPDATE actor_names SET kind = 'alias', text = ?1 || text",
    "VACUUM",
)  # fmt: skip


class AnyWriter(RuleBasedStateMachine):
    """Random edits by random programs; after each, the log gives the tables."""

    connection: Connection
    seen: list[tuple[int, Known]]

    @initialize(collection=collections(most=2), keys=st.booleans(), recursive=st.booleans())
    def begin(self, collection: dict[str, list[Record]], keys: bool, recursive: bool) -> None:
        self.connection = in_memory(foreign_keys=keys, recursive_triggers=recursive)
        put(self.connection, flat(collection))
        self.keys = keys
        self.seen = []

    def sites(self) -> list[str]:
        return [*read.all_ids(self.connection, "site"), "a0", "a1", "zz"]

    @rule(sql=st.sampled_from(STATEMENTS), text=words, data=st.data())
    def another_program_writes(self, sql: str, text: str, data: st.DataObject) -> None:
        sites = st.sampled_from(self.sites())
        values = (text, data.draw(sites), data.draw(sites))
        try:
            self.connection.execute(
                sql, values[: max(int(n) for n in "123" if f"?{n}" in sql)] if "?" in sql else ()
            )
        except sqlite3.IntegrityError:
            assert not self.connection.in_transaction

    @rule(data=st.data())
    def the_library_amends(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self.sites()))
        fields = {"names": data.draw(st.lists(names, max_size=2)), "kind": data.draw(words)}
        self._change(lambda: write.amend(self.connection, "site", id, fields))

    @rule(data=st.data())
    def the_library_renames(self, data: st.DataObject) -> None:
        old, new = data.draw(st.sampled_from(self.sites())), data.draw(st.sampled_from("pqr"))
        self._change(lambda: write.rename(self.connection, "site", old, new))

    @rule(data=st.data())
    def the_library_retracts(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(KINDS))
        ids = read.all_ids(self.connection, kind)
        if ids:
            id = data.draw(st.sampled_from(ids))
            self._change(lambda: write.retract(self.connection, kind, id))

    @rule(number=st.integers(0, 99))
    def a_file_is_loaded(self, number: int) -> None:
        if not rows(self.connection, "SELECT 1 FROM sites WHERE id = ?", f"load{number}"):
            try:
                load(self.connection, {"site": [Site(id=f"load{number}", countries=("IQ",))]})
            finally:
                self.connection.execute(f"PRAGMA foreign_keys = {self.keys}")

    def _change(self, act: Callable[[], object]) -> None:
        try:
            with transaction(self.connection):
                change = write.begin_change(self.connection, at=AT, by="n", why="a test")
                act()
                write.end_change(self.connection, change)
        except (HeritageError, sqlite3.IntegrityError):
            assert not self.connection.in_transaction

    @rule()
    def somebody_reads(self) -> None:
        if not rows(
            self.connection, "SELECT 1 FROM events WHERE id NOT IN (SELECT event FROM event_sites)"
        ):
            self.seen.append((last(self.connection), everything(self.connection)))

    @invariant()
    def all_is_whole(self) -> None:
        if hasattr(self, "connection"):
            assert_whole(self.connection)

    def teardown(self) -> None:
        if hasattr(self, "connection") and not rows(
            self.connection, "SELECT 1 FROM events WHERE id NOT IN (SELECT event FROM event_sites)"
        ):
            assert_read_as_then(self.connection, self.seen)
            # A change that changed nothing is undone by the registry, and not by this test.
            doubts = [each for each in verify(self.connection) if each.code != "change-empty"]
            assert [] == doubts
            self.connection.close()


TestAnyWriter = AnyWriter.TestCase
TestAnyWriter.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@settings(max_examples=8)
@given(collections(most=2), collections(most=2))
def test_a_record_is_read_as_it_was_before_it_was_put_again(
    first: dict[str, list[Record]], second: dict[str, list[Record]]
) -> None:
    """Both collections have the same ids, and so the second amends the first."""
    connection = in_memory()
    put(connection, flat(first))
    seen = [(0, {}), (last(connection), everything(connection))]
    try:
        put(connection, flat(second))
    except (HeritageError, sqlite3.IntegrityError):
        return  # the two contradict each other: a circle, or a category
    seen.append((last(connection), everything(connection)))

    assert_read_as_then(connection, seen)


@pytest.mark.parametrize("keys", [False, True])
def test_a_record_is_read_under_its_current_id_as_it_was_under_a_former_one(keys: bool) -> None:
    connection = in_memory(foreign_keys=keys)
    put(connection, [Site(id="a", kind="city", countries=("SY",))])
    before = last(connection)
    connection.execute("UPDATE sites SET id = 'b', kind = 'ruin' WHERE id = 'a'")

    then = history.plain_at(connection, "site", "b", before)
    now = history.plain_at(connection, "site", "b", last(connection))

    assert then is not None
    assert now is not None
    assert ("a", "city", ["SY"]) == (then["id"], then["kind"], then["countries"])
    assert ("b", "ruin", ["SY"]) == (now["id"], now["kind"], now["countries"])
    assert history.plain_at(connection, "site", "b", 0) is None


def test_a_retracted_record_is_not_there_and_was_there() -> None:
    connection = in_memory()
    put(connection, [Site(id="a")])
    before = last(connection)
    connection.execute("DELETE FROM sites")

    assert history.plain_at(connection, "site", "a", last(connection)) is None
    assert {"id": "a"} == codec.to_plain(
        codec.from_plain("site", history.plain_at(connection, "site", "a", before) or {})
    )


def test_the_last_load_of_a_dataset_is_found_through_every_name() -> None:
    connection = in_memory()
    with transaction(connection):
        change = write.begin_change(
            connection, at=AT, by=None, why=None, origin="load", dataset="whc"
        )
        write.put(connection, Site(id="whc-23"))
        write.end_change(connection, change)
    loaded = last(connection)
    connection.execute("UPDATE sites SET id = 'palmyra'")

    assert loaded == history.last_load(connection, "site", "palmyra", "whc")
    assert history.last_load(connection, "site", "palmyra", "own") is None


def test_every_kind_has_one_table_of_its_own() -> None:
    assert set(KINDS) == set(MAIN)
