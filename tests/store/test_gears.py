"""Two gears, one result: a record at a time, and many at once."""

from __future__ import annotations

import sqlite3

import attrs
import pytest
from hypothesis import example, given, settings

from heritage.codec import kind_of
from heritage.model import Claim, Event, Listing, Record, Site, Source
from heritage.store import write
from heritage.store.connection import transaction
from tests.registries import (
    AT,
    Rows,
    assert_whole,
    contents,
    flat,
    in_memory,
    load,
    put,
    rows,
    versions,
)
from tests.strategies import collections

Collection = dict[str, list[Record]]


def assert_same(one: dict[str, Rows], other: dict[str, Rows]) -> None:
    """Table by table, so that a difference is small enough to read."""
    for table in one.keys() | other.keys():
        assert one.get(table) == other.get(table), table


@settings(max_examples=12)
@given(collections())
@example({"site": [Site(id="a", names=())]})
def test_both_gears_make_the_same_registry(collection: Collection) -> None:
    single, bulk = in_memory(), in_memory()

    put(single, flat(collection))
    refused = load(bulk, collection)

    assert [] == refused
    assert_same(contents(single), contents(bulk))
    assert_whole(single)
    assert_whole(bulk)


@settings(max_examples=8)
@given(collections(most=2), collections(prefix="x", most=2))
def test_both_gears_add_the_same_to_what_is_there(first: Collection, more: Collection) -> None:
    single, bulk = in_memory(), in_memory()
    for connection in (single, bulk):
        put(connection, flat(first))

    put(single, flat(more))
    assert [] == load(bulk, more)

    assert_same(contents(single), contents(bulk))
    assert_whole(bulk)


@settings(max_examples=5)
@given(collections(most=2))
def test_records_that_come_back_go_on_from_their_last_version_in_both_gears(
    collection: Collection,
) -> None:
    single, bulk = in_memory(), in_memory()
    for connection in (single, bulk):
        put(connection, flat(collection))
        with transaction(connection):
            change = write.begin_change(connection, at=AT, by="n", why="all of it was wrong")
            for record in reversed(flat(collection)):
                write.retract(connection, kind_of(record), record.id)
            write.end_change(connection, change)

    put(single, flat(collection))
    load(bulk, collection)

    assert_same(contents(single), contents(bulk))
    assert all(version > 1 for version in versions(bulk).values())


def test_a_load_keeps_the_triggers_of_others() -> None:
    connection = in_memory()
    connection.execute("CREATE TABLE seen (id TEXT)")
    connection.execute(
        "CREATE TRIGGER mine AFTER INSERT ON sites BEGIN INSERT INTO seen VALUES (NEW.id); END"
    )

    load(connection, {"site": [Site(id="a"), Site(id="b")]})

    assert [("a",), ("b",)] == rows(connection, "SELECT id FROM seen")
    assert [("mine",)] == rows(connection, "SELECT name FROM sqlite_master WHERE name = 'mine'")


SOURCE = Source(id="s", title="A report")


def listing(**fields: object) -> Listing:
    known = {"site": "a", "register": "world-heritage", "status": "inscribed", "source": "s"}
    return Listing(**(known | fields))  # type: ignore[arg-type]  # a test's shorthand


def test_a_load_takes_out_what_names_nothing_and_tells() -> None:
    connection = in_memory()
    claims: list[Record] = [
        Claim(id="c0", subject="a", property="severity", value="destroyed", source="s"),
        Claim(id="c1", subject="nowhere", property="severity", value="destroyed", source="s"),
        Claim(id="c2", subject="a", property="severity", value="destroyed", source="nobody"),
    ]

    refused = load(
        connection,
        {
            "source": [SOURCE],
            "site": [Site(id="a"), Site(id="b", part_of="nowhere"), Site(id="c", part_of="b")],
            "event": [Event(id="e", label="x", sites=("a", "nowhere"))],
            "claim": claims,
        },
    )

    assert {
        ("site", "b", 1, "unknown-reference", "part_of", "nowhere"),
        ("site", "c", 2, "unknown-reference", "part_of", "b"),
        ("event", "e", 0, "unknown-reference", "site", "nowhere"),
        ("claim", "c1", 1, "unknown-reference", "subject", "nowhere"),
        ("claim", "c2", 2, "unknown-reference", "source", "nobody"),
    } == {(r.kind, r.id, r.number, r.code, r.column, r.value) for r in refused}
    assert [("a",)] == rows(connection, "SELECT id FROM sites")
    assert [("c0",)] == rows(connection, "SELECT id FROM claims")
    assert [] == rows(connection, "SELECT id FROM events")
    assert_whole(connection)


def test_a_load_takes_out_circles() -> None:
    connection = in_memory()

    refused = load(
        connection,
        {
            "source": [
                Source(id="s", title="A", relies_on=("t",)),
                Source(id="t", title="B", relies_on=("u",)),
                Source(id="u", title="C", relies_on=("s",)),
                Source(id="v", title="D"),
            ],
            "site": [Site(id="a", part_of="b"), Site(id="b", part_of="a"), Site(id="c")],
        },
    )

    assert {"s", "t", "u", "a", "b"} == {fault.id for fault in refused}
    assert {"invalid-record"} == {fault.code for fault in refused}
    assert [("v",)] == rows(connection, "SELECT id FROM sources")
    assert [("c",)] == rows(connection, "SELECT id FROM sites")
    assert_whole(connection)


def test_a_load_takes_out_what_contradicts_the_inscription() -> None:
    connection = in_memory()

    refused = load(
        connection,
        {
            "source": [SOURCE],
            "site": [Site(id="a", category="cultural")],
            "listing": [
                listing(id="l0", begin="1990", criteria=("i",)),
                listing(id="l1", begin="1985", status="in-danger"),
                listing(id="l2", begin="1990", status="extended", criteria=("ix",)),
            ],
        },
    )

    assert {
        ("l1", "danger-before-inscription"),
        ("l2", "category-contradicts-criteria"),
    } == {(fault.id, fault.code) for fault in refused}
    assert [("l0",)] == rows(connection, "SELECT id FROM listings")


def test_a_site_and_an_event_cannot_share_an_id_in_a_load() -> None:
    connection = in_memory()

    refused = load(
        connection,
        {"site": [Site(id="a")], "event": [Event(id="a", label="x", sites=("a",))]},
    )

    assert {("a", "identifier-taken")} == {(fault.id, fault.code) for fault in refused}


def test_an_id_that_leads_elsewhere_is_refused_in_a_load() -> None:
    connection = in_memory()
    put(connection, [Site(id="a")])
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n", why="a better name")
        write.rename(connection, "site", "a", "b")
        write.end_change(connection, change)

    refused = load(connection, {"site": [Site(id="a"), Site(id="c")]})

    assert [("a", "identifier-taken")] == [(fault.id, fault.code) for fault in refused]
    assert [("b",), ("c",)] == rows(connection, "SELECT id FROM sites ORDER BY id")


def test_a_batch_with_an_id_that_is_not_new_leaves_nothing() -> None:
    connection = in_memory()

    put(connection, [Site(id="a")])
    with pytest.raises(sqlite3.IntegrityError, match=r"sites\.id"):
        load(connection, {"site": [Site(id="b"), attrs.evolve(Site(id="c"), id="a")]})

    assert [("a",)] == rows(connection, "SELECT id FROM sites")
