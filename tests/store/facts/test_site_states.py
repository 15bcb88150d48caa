"""The state of a site on a day is found without reading all that happened there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.dates import FuzzyDate
from heritage.judge import SITE_STATES, Fact, StateOn, history_from, state_on
from heritage.model import Record, Site, Source
from heritage.store.facts import site_facts
from heritage.store.facts.histories import histories
from heritage.store.facts.site_states import latest_ids, standing, states
from tests.registries import Connection, flat, in_memory, load, put
from tests.strategies import collections

DATES = (
    *("2015-08-30", "2015-08-30~", "2015-08-31", "2015-08", "2015-09-02/2015-09-04", "2015"),
    *("2014/2016", "../2015-08", "2015-09/..", "2016-01", "-2500", "Y17E8", "Y-17E30", "Y9E80"),
    *("[2015-08-27..2015-08-31]", "2013-03", "2012", "../.."),
)
_EVENT_STATES = ((), ("damaged",), ("destroyed",), ("damaged", "destroyed"), ("damaged", "intact"))
_EFFECTS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    *(("event", states, False) for states in _EVENT_STATES),
    *(("observation", states, False) for states in ((), ("intact",), ("damaged",), ("destroyed",))),
    *(("intervention", states, moves) for states in ((), ("restored",)) for moves in (False, True)),
)


def fact(number: int, effect: tuple[str, tuple[str, ...], bool], date: str) -> Fact:
    kind, states, moves = effect
    return Fact(kind=kind, id=f"f{number}", date=FuzzyDate.parse(date), states=states, moves=moves)


dates = st.sampled_from([date for date in DATES if date != "../.."])
facts = st.lists(st.tuples(st.sampled_from(_EFFECTS), dates), max_size=25).map(
    lambda found: [fact(number, *each) for number, each in enumerate(found)]
)


def written(told: Sequence[Fact]) -> Connection:
    connection = in_memory()
    rows = site_facts.rows_of([("a", each) for each in told])
    marks = "(?, ?, ?, ?, ?, ?, ?)"
    connection.executemany(f"INSERT INTO _site_facts VALUES {marks}", rows)
    return connection


def told(state: StateOn) -> tuple[object, ...]:
    """All that a state says but for which facts it was found by."""
    return state.site, state.date, state.state, state.possible, state.moved, state.sentence


@settings(max_examples=300, deadline=None)
@given(facts, dates)
def test_the_facts_that_decide_give_the_state_that_all_give(found: list[Fact], on: str) -> None:
    date = FuzzyDate.parse(on)
    with closing(written(found)) as connection:
        quick = standing(connection, ["a"], date, 5)
        alone = states(connection, ["a", "b"], date)
    slow = state_on(history_from("a", found), date)

    assert told(slow) == told(quick.states["a"])
    assert {"a": slow.state, "b": "unknown"} == alone
    assert {each.id for each in quick.states["a"].facts} <= {each.id for each in slow.facts}
    assert len(found) == quick.counted


@given(facts)
def test_a_row_keeps_its_fact(found: list[Fact]) -> None:
    rows = site_facts.rows_of([("a", each) for each in found])
    again = [site_facts.fact_of(kind, shape, id, date) for _, kind, shape, _, id, _, date in rows]

    assert found == again


@settings(max_examples=25, deadline=None)
@given(collections(), dates)
def test_states_follow_claims_looks_and_works(collection: dict[str, list[Record]], on: str) -> None:
    date = FuzzyDate.parse(on)
    one, many = in_memory(), in_memory()
    load(many, collection)
    for record in flat(collection):
        put(one, [record])
    sites = [site.id for site in collection["site"] if isinstance(site, Site)]

    for connection in (one, many):
        anew = histories(connection, sites, None)
        quick = standing(connection, sites, date, 1000)
        assert [told(state_on(anew[site], date)) for site in sites] == [
            told(quick.states[site]) for site in sites
        ]
        assert {site: {each.id for each in anew[site].facts} for site in sites} == {
            site: {each.id for each in quick.latest.get(site, ())} for site in sites
        }


def test_the_latest_facts_come_whatever_their_kind() -> None:
    found = [fact(n, _EFFECTS[n % len(_EFFECTS)], f"{1900 + n * 37 % 50}") for n in range(50)]
    with closing(written(found)) as connection:
        quick = standing(connection, ["b", "a"], FuzzyDate.parse("2000"), 7)
        events = latest_ids(connection, ["a", "b"], "event", 3)
    latest = sorted(found, key=lambda each: str(each.date))[-7:]

    assert latest == quick.latest["a"]
    assert ["unknown"] == [quick.states["b"].state]
    assert [each.id for each in latest[::-1] if each.kind == "event"][:3] == events[:3]


STEP = 10


def steps(connection: Connection, date: str) -> int:
    """How far SQLite's machine goes for the state of a site on a date."""
    found = 0

    def count() -> None:
        nonlocal found
        found += STEP

    connection.set_progress_handler(count, STEP)
    standing(connection, ["a"], FuzzyDate.parse(date), 20)
    connection.set_progress_handler(None, 0)
    return found


@pytest.mark.parametrize("on", ["1890", "1950-06-01", "1950", "2020-01-01"])
def test_a_state_costs_the_same_however_much_happened(on: str) -> None:
    def crowded(number: int) -> list[Fact]:
        return [
            fact(n, _EFFECTS[n % len(_EFFECTS)], f"{1900 + n % 100}-{1 + n % 9:02}")
            for n in range(number)
        ]

    with closing(written(crowded(2_500))) as some, closing(written(crowded(15_000))) as many:
        assert steps(many, on) == pytest.approx(steps(some, on), rel=0.05)


def test_what_other_programs_wrote_counts_before_it_is_settled() -> None:
    connection = in_memory()
    put(connection, [Source(id="s", title="S", tier=3), Site(id="a")])
    connection.execute(
        "INSERT INTO observations (id, site, observed, observed_earliest, observed_latest, state,"
        " source) VALUES ('o1', 'a', '2015', '2015-01-01', '2015-12-31', 'intact', 's')"
    )
    found = standing(connection, ["a"], FuzzyDate.parse("2020"), 10)

    assert "intact" == found.states["a"].state in SITE_STATES
    assert ["o1"] == [each.id for each in found.latest["a"]]
    assert 1 == found.counted
