"""A page asks for what it shows, however much there is."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from heritage.dates import FuzzyDate
from heritage.judge import Fact
from heritage.store import schema
from heritage.store.site_states import Standing
from heritage.web.pages import chronology
from heritage.web.pages.chronology import MARKS
from heritage.web.queries import EVENTS, of_evidence, of_site
from heritage.web.words import Words

STEP = 10


def crowded(events: int) -> sqlite3.Connection:
    """A site of two parts with events at one of them or both, in tables without triggers."""
    connection = sqlite3.connect(":memory:")
    schema.make_tables(connection)
    connection.executemany(
        "INSERT INTO sites (id, name) VALUES (?, ?)", [(each, f"The {each}") for each in "abc"]
    )
    connection.executemany("INSERT INTO _site_ancestors VALUES (?, 'a')", [("b",), ("c",)])
    for n in range(events):
        id = f"e{n:06}"
        connection.execute("INSERT INTO events (id, label) VALUES (?, ?)", (id, id))
        places = "b" if n % 3 else "bc"
        connection.executemany(
            "INSERT INTO event_sites (event, site) VALUES (?, ?)", [(id, site) for site in places]
        )
    return connection


def steps(connection: sqlite3.Connection) -> int:
    """How far SQLite's machine goes for the events of the site."""
    found = 0

    def count() -> None:
        nonlocal found
        found += STEP

    connection.set_progress_handler(count, STEP)
    of_site.events_of_site(connection, "a")
    connection.set_progress_handler(None, 0)
    return found


def test_an_event_at_several_parts_is_told_once_with_their_number() -> None:
    with closing(crowded(4)) as connection:
        told = of_site.events_of_site(connection, "a")
        own = of_site.events_of_site(connection, "c")

    assert [("e000000", 2), ("e000001", 1), ("e000002", 1), ("e000003", 2)] == [
        (event["id"], event["sites"]) for event in told
    ]
    assert {"The b"} == {event["part"] for event in told}
    assert [("e000000", 1, None), ("e000003", 1, None)] == [
        (event["id"], event["sites"], event["part"]) for event in own
    ]


def test_the_events_of_a_site_cost_the_same_however_many_it_has() -> None:
    with closing(crowded(2 * EVENTS)) as some, closing(crowded(20 * EVENTS)) as many:
        assert EVENTS + 1 == len(of_site.events_of_site(many, "a"))
        assert steps(many) == pytest.approx(steps(some), rel=0.02)


def test_the_files_of_a_source_are_found_by_an_index() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        schema.make_tables(connection)
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        of_evidence.of_sources(connection, ["s"])
        connection.set_trace_callback(None)
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked[-1]}")]

    assert any("evidence_source" in line for line in plan)
    assert not any(line.startswith("SCAN e") for line in plan)


def test_the_picture_of_a_site_has_the_latest_of_its_events_and_counts_the_others() -> None:
    dates = [f"{1500 + n}" for n in range(MARKS + 50)]
    facts = [Fact(kind="event", id=date, date=FuzzyDate.parse(date)) for date in dates]
    known = Standing(states={}, latest={"a": facts}, counted=len(facts))
    drawn = chronology.drawn(known, {}, {}, FuzzyDate.parse("2020"), Words("en"))

    assert drawn is not None
    assert 50 == drawn["earlier"]
    assert dates[50:] == [mark["id"] for lane in drawn["lanes"] for mark in lane["marks"]]
