"""Records to rows and back, and into a registry and out again."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage import codec
from heritage.errors import InvalidRecordError, RecordNotFoundError
from heritage.model import RECORDS, Event, Identifier, Location, Name, Record, Site, Source
from heritage.store import read
from heritage.store.check import problems
from heritage.store.rows import COLUMNS, from_rows, part_tables, to_rows
from heritage.store.tables import MAIN, TABLES, columns_of
from tests.registries import flat, in_memory, put
from tests.strategies import RECORDS_OF, collections


@pytest.mark.parametrize("kind", RECORDS)
@settings(max_examples=15)
@given(data=st.data())
def test_a_record_comes_back_from_its_rows(kind: str, data: st.DataObject) -> None:
    record: Record = data.draw(RECORDS_OF[kind])

    rows = to_rows(record)
    main = dict(zip(COLUMNS[MAIN[kind].name], rows.main, strict=True))
    parts = {
        table: [dict(zip(COLUMNS[table], row, strict=True)) for row in rows.parts[table]]
        for table in part_tables(kind)
    }

    assert record == codec.from_plain(kind, from_rows(kind, main, parts))


@settings(max_examples=12)
@given(collections(most=3))
def test_what_was_put_is_what_is_read(collection: dict[str, list[Record]]) -> None:
    connection = in_memory()

    put(connection, flat(collection))

    for kind, records in collection.items():
        ids = [record.id for record in records]
        found = list(read.read_many(connection, kind, ids))
        assert records == [versioned.record for versioned in found]
        assert {1} >= {versioned.version for versioned in found}
        assert sorted(ids) == read.all_ids(connection, kind)
        assert read.is_empty(connection, kind) == (not records)


def test_columns_are_those_of_the_file_and_no_other() -> None:
    connection = in_memory()

    for table in TABLES:
        in_file = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
        kept_by_history = {"version", "change"} if table.main is None else set()
        assert set(columns_of(connection, table)) == in_file - kept_by_history - set(table.derived)
        if table.name in COLUMNS:
            assert set(COLUMNS[table.name]) == set(columns_of(connection, table))


def test_more_ids_than_sqlite_takes_at_once_are_read_in_their_order() -> None:
    connection = in_memory()
    sites = [Site(id=f"a{number}") for number in range(1, 1203)]
    put(connection, sites)
    wanted = [site.id for site in reversed(sites)]
    wanted.insert(700, "not-there")

    found = [versioned.record.id for versioned in read.read_many(connection, "site", wanted)]

    assert [id for id in wanted if id != "not-there"] == found


def test_what_is_not_there_cannot_be_read() -> None:
    with pytest.raises(RecordNotFoundError, match="no site has the id 'nowhere'"):
        read.read_one(in_memory(), "site", "nowhere")


def test_an_id_leads_to_its_record_by_itself_its_past_or_its_number_elsewhere() -> None:
    connection = in_memory()
    site = Site(id="palmyra", identifiers=(Identifier(scheme="whc", value="23"),))
    put(connection, [site])
    connection.execute("UPDATE sites SET id = 'tadmur' WHERE id = 'palmyra'")

    for id in ("tadmur", "palmyra", "whc:23", "WHC:23"):
        assert "tadmur" == read.resolve(connection, "site", id)
    for kind, id in (("site", "whc:24"), ("site", "x"), ("event", "palmyra"), ("event", "whc:23")):
        with pytest.raises(RecordNotFoundError):
            read.resolve(connection, kind, id)


@pytest.mark.parametrize("precision", [None, 0.0, 38.26666666666667, 0.1 + 0.2, 1e-7])
def test_numbers_come_back_to_the_last_digit(precision: float | None) -> None:
    connection = in_memory()
    place = Location(longitude=38.26666666666667, latitude=34.1 + 0.2, precision_m=precision)
    site = Site(id="a", location=place)

    put(connection, [site])

    assert site == read.read_one(connection, "site", "a").record


def test_parts_are_read_with_the_right_record() -> None:
    connection = in_memory()
    sites: list[Record] = [
        Site(id="a", names=(Name(text="A"), Name(text="ا", language="ar"))),
        Site(id="b"),
        Site(id="c", names=(Name(text="C"),)),
    ]
    more: list[Record] = [
        Source(id="s", title="x"),
        Source(id="t", title="y", relies_on=("s",)),
        Event(id="e", label="x", sites=("a", "c")),
    ]

    put(connection, [*sites, *more])

    assert sites == [v.record for v in read.read_many(connection, "site", ["a", "b", "c"])]
    assert more[2] == read.read_one(connection, "event", "e").record


def test_what_another_program_wrote_and_nobody_can_read_is_named() -> None:
    connection = in_memory()
    connection.execute("INSERT INTO sites (id, built) VALUES ('bel', '2015-2X-3')")

    with pytest.raises(InvalidRecordError, match=r"not a valid site \(bel\): built: '2015-2X-3'"):
        read.read_one(connection, "site", "bel")
    assert ["invalid-date"] == [problem.code for problem in problems(connection)]


def test_the_next_edit_fills_in_the_days_that_another_program_left_out() -> None:
    connection = in_memory()
    days = "SELECT built_earliest, built_latest FROM sites"
    connection.execute("INSERT INTO sites (id, built) VALUES ('bel', '0032/0033')")
    assert [(None, None)] == connection.execute(days).fetchall()

    put(connection, [read.read_one(connection, "site", "bel").record])

    assert [("0032-01-01", "0033-12-31")] == connection.execute(days).fetchall()


def test_reading_needs_no_writing() -> None:
    connection = in_memory()
    put(connection, [Site(id="a")])
    connection.execute("PRAGMA query_only = ON")

    assert "a" == read.read_one(connection, "site", "a").record.id
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM sites")
