"""What is told of an event for lists and counts follows whatever it follows from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from heritage.model import Claim, Event, Listing, Record, Site, Source
from heritage.store import facts, schema, write
from heritage.store.connection import transaction
from heritage.store.facts import bitmaps
from tests.registries import AT, Connection, flat, in_memory, load, put, rows
from tests.strategies import collections

RECORDS: tuple[Record, ...] = (
    Source(id="agency", title="Agency", tier=2),
    Source(id="list", title="The list", tier=2),
    Site(id="city", names=(), countries=["SY"]),
    Site(id="temple", names=(), part_of="city"),
    Listing(
        site="city", register="world-heritage", status="inscribed", begin="1980", source="list"
    ),
    Event(id="blast", label="The blast", sites=["temple"]),
    Event(id="undated", label="A thing nobody dates", sites=["temple"]),
    Claim(subject="blast", property="date", value="2015-08", source="agency"),
    Claim(subject="blast", site="temple", property="severity", value="destroyed", source="agency"),
    Claim(subject="blast", property="cause", value="fire", source="agency"),
    Claim(subject="blast", property="cause", value="missile", source="list"),
)


def told(connection: Connection) -> dict[str, tuple[Any, ...]]:
    """What is told of each event."""
    found = rows(
        connection,
        "SELECT f.event, c.countries, c.registers, c.causes, c.severities, c.status, c.first,"
        " c.last, f.earliest, f.latest FROM _event_facts f JOIN _event_cells c ON c.id = f.cell",
    )
    return {event: (*(json.loads(text) for text in some[:4]), *some[4:]) for event, *some in found}


def assert_true(connection: Connection) -> None:
    """Facts and cells are what they would be if they were built from nothing."""
    before = told(connection)
    counted = rows(
        connection,
        "SELECT id, n FROM _event_cells EXCEPT SELECT cell, count(*) FROM _event_facts GROUP BY 1",
    )
    assert_read(connection)
    with transaction(connection):
        for table in ("_event_facts", "_event_cells", "_event_bits", "_event_years"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("UPDATE _concluded SET facts = 0")
        facts.bring_up_to_date(connection, [])
    assert_read(connection)
    assert [] == counted
    assert told(connection) == before
    assert {id for (id,) in rows(connection, "SELECT id FROM events")} == before.keys()


def assert_read(connection: Connection) -> None:
    """Bits and sums by year follow from the cells."""
    bits = "SELECT facet, code, part, bits FROM _event_bits"
    assert bitmaps.wanted(connection) == {
        (facet, code, part): found for facet, code, part, found in rows(connection, bits)
    }
    years = "SELECT first, last, status, n FROM _event_years ORDER BY 1, 2, 3"
    assert rows(connection, bitmaps.SUMS) == rows(connection, years)


def amend(connection: Connection, kind: str, id: str, **fields: object) -> None:
    """Amend one record, in a change of its own."""
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        write.amend(connection, kind, id, fields)
        write.end_change(connection, change)


def test_an_event_is_told_with_its_places_and_what_is_concluded() -> None:
    connection = in_memory()
    put(connection, RECORDS)

    months = ("agreed", "2015", "2015", "2015-08-01", "2015-08-31")
    place = (["SY"], ["world-heritage"])
    assert {
        "blast": (*place, ["fire", "missile"], ["destroyed"], *months),
        "undated": (*place, [], [], "", "", "", "", ""),
    } == told(connection)
    assert_true(connection)


def test_facts_follow_sites_listings_events_and_claims() -> None:
    connection = in_memory()
    put(connection, RECORDS)
    (date,) = (r.id for r in RECORDS if isinstance(r, Claim) and r.property == "date")
    (listing,) = (r.id for r in RECORDS if isinstance(r, Listing))

    amend(connection, "site", "city", countries=["SY", "IQ"])
    assert ["IQ", "SY"] == told(connection)["undated"][0]
    amend(connection, "listing", listing, register="tentative")
    assert ["tentative"] == told(connection)["blast"][1]
    amend(connection, "claim", date, value="2014/2016")
    assert ("2014", "2016") == told(connection)["blast"][5:7]
    amend(connection, "site", "temple", part_of=None)
    assert ([], []) == told(connection)["blast"][:2]
    amend(connection, "event", "undated", sites=["city"])
    assert ["IQ", "SY"] == told(connection)["undated"][0]
    assert_true(connection)
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        write.rename(connection, "event", "blast", "boom")
        write.retract(connection, "event", "undated")
        write.end_change(connection, change)
    assert {"boom"} == told(connection).keys()
    assert_true(connection)


@settings(max_examples=10)
@given(collections())
def test_a_load_tells_the_same_as_single_changes(collection: dict[str, list[Record]]) -> None:
    one, many = in_memory(), in_memory()
    load(many, collection)
    for record in flat(collection):
        put(one, [record])

    assert_true(many)
    assert_true(one)


def test_bits_follow_one_by_one_as_they_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bitmaps, "CELLS", 16)
    connection = in_memory()
    years = [str(1990 + number % 30) for number in range(40)]
    events = [Event(id=f"e{number}", label="Some", sites=["temple"]) for number in range(40)]
    claims = [
        Claim(subject=event.id, property="date", value=year, source="agency")
        for event, year in zip(events, years, strict=True)
    ]
    put(connection, [*RECORDS, *events, *claims])
    assert_read(connection)
    for claim in claims[::3]:
        amend(connection, "claim", claim.id, value="1990")
    assert_read(connection)

    followed = bitmaps.wanted(connection)
    with transaction(connection):
        bitmaps.build(connection)
    assert followed == bitmaps.wanted(connection)
    assert {"0", "1", "2", "3"} == {code for facet, code, _ in followed if facet == "n"}
    assert 1 < len({part for _, _, part in followed})
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        for claim in claims:
            write.retract(connection, "claim", claim.id)
        for event in events:
            write.retract(connection, "event", event.id)
        write.end_change(connection, change)
    assert_true(connection)


def test_an_older_file_is_given_the_bits_of_its_cells(tmp_path: Path) -> None:
    connection = schema.create(tmp_path / "registry.db")
    put(connection, RECORDS)
    before = bitmaps.wanted(connection)
    for sql in ("TABLE _event_bits", "TABLE _event_years", "INDEX _event_facts_newest"):
        connection.execute(f"DROP {sql}")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0010_event_bits'")

    assert ["0010_event_bits"] == schema.migrate(connection, str(tmp_path))
    assert before == bitmaps.wanted(connection)
    assert_true(connection)
    connection.close()
