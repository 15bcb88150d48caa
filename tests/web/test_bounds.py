"""A page asks for what it shows, however much there is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from heritage.dates import FuzzyDate
from heritage.judge import Fact
from heritage.store import schema
from heritage.store.facts import site_facts
from heritage.store.facts.site_states import Standing
from heritage.web import pages
from heritage.web.pages import chronology
from heritage.web.pages.chronology import MARKS
from heritage.web.queries import COUNTED, EVENTS, of_evidence, of_log, of_site, of_terms
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


def steps(connection: sqlite3.Connection, ask: Callable[[sqlite3.Connection], object]) -> int:
    """How far SQLite's machine goes for an answer."""
    found = 0

    def count() -> None:
        nonlocal found
        found += STEP

    connection.set_progress_handler(count, STEP)
    assert ask(connection) is not None
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
    def ask(connection: sqlite3.Connection) -> object:
        return of_site.events_of_site(connection, "a")

    with closing(crowded(2 * EVENTS)) as some, closing(crowded(20 * EVENTS)) as many:
        assert EVENTS + 1 == len(of_site.events_of_site(many, "a"))
        assert steps(many, ask) == pytest.approx(steps(some, ask), rel=0.02)


WORDS = Words("en")
PAGES: dict[str, Callable[[sqlite3.Connection], object]] = {
    "site": lambda connection: pages.site(connection, "a", WORDS),
    "site at a date": lambda connection: pages.site(connection, "a", WORDS, "2010"),
    "event": lambda connection: pages.event(connection, "e000001", WORDS),
    "campaign": lambda connection: pages.event(connection, "e000000", WORDS),
    "source": lambda connection: pages.source(connection, "s", WORDS),
    "actor": lambda connection: pages.actor(connection, "army", WORDS),
    "term": lambda connection: pages.term(connection, "stance", "asserts", WORDS),
    "vocabulary": lambda connection: pages.terms(connection, "stance", WORDS),
    "change": lambda connection: pages.change(connection, 1, WORDS, 0),
}


def busy(number: int) -> sqlite3.Connection:
    """So many events, looks, works, claims and entries of the log, of a few sites and a source."""
    connection = crowded(number)
    connection.execute("UPDATE events SET part_of = 'e000000' WHERE id <> 'e000000'")
    connection.execute("INSERT INTO sources (id, title) VALUES ('s', 'The source')")
    connection.execute("INSERT INTO actors (id, kind) VALUES ('army', 'group')")
    connection.execute(
        "INSERT INTO actor_names (actor, text, language, kind)"
        " VALUES ('army', 'The army', 'en', 'official')"
    )
    connection.execute("INSERT INTO changes (id, at, origin) VALUES (1, '2020-01-01T0Z', 'load')")
    for n in range(number):
        year = f"{1950 + n % 70}"
        for subject, property, value in (
            ("a", "built", year), ("e000001", "date", year), (f"e{n:06}", "actor", "The army"),
        ):  # fmt: skip
            connection.execute(
                "INSERT INTO claims (id, subject, property, value, date, source, stance,"
                " attributed_to) VALUES (?1, ?2, ?3, ?4, iif(?3 = 'date', ?4, NULL), 's',"
                " 'asserts', 'The army')",
                (f"c{n}{property}", subject, property, value),
            )
        look = Fact(kind="observation", id=f"o{n}", date=FuzzyDate.parse(year), states=("damaged",))
        work = Fact(kind="intervention", id=f"i{n}", date=FuzzyDate.parse(year))
        event = Fact(kind="event", id=f"e{n:06}", date=FuzzyDate.parse(year), states=("damaged",))
        connection.executemany(
            "INSERT INTO _site_facts VALUES (?, ?, ?, ?, ?, ?, ?)",
            site_facts.rows_of([("b", look), ("b", work), ("b", event)]),
        )
        ends = (year, f"{year}-01-01", f"{year}-12-31")
        connection.execute(
            "INSERT INTO observations (id, site, source, state, observed, observed_earliest,"
            " observed_latest) VALUES (?, 'b', 's', 'damaged', ?, ?, ?)",
            (f"o{n}", *ends),
        )
        connection.execute(
            "INSERT INTO interventions (id, site, source, kind, date, date_earliest, date_latest)"
            " VALUES (?, 'b', 's', 'repair', ?, ?, ?)",
            (f"i{n}", *ends),
        )
        connection.execute(
            "INSERT INTO history (change, kind, record, version, table_name, row_key, op, after)"
            " VALUES (1, 'event', ?, 1, 'events', ?, 'insert', '{}')",
            (f"e{n:06}", f"e{n:06}"),
        )
    connection.execute("UPDATE _concluded SET facts = (SELECT max(seq) FROM history)")
    return connection


@pytest.fixture(scope="module")
def few_and_many() -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Two registries in which every list is cut, one far larger than the other."""
    with closing(busy(COUNTED)) as few, closing(busy(6 * COUNTED)) as many:
        yield few, many


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_a_record_costs_more_as_the_registry_grows(
    few_and_many: tuple[sqlite3.Connection, sqlite3.Connection],
    page: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(of_terms, "SCANNED", COUNTED)
    monkeypatch.setattr(of_log, "COUNTED", COUNTED)
    few, many = (steps(connection, PAGES[page]) for connection in few_and_many)

    assert many <= 1.1 * few


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
