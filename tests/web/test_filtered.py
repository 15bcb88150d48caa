"""Filters of any kind find what going through every event finds, in the same order."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.model import Claim, Event, Listing, Location, Record, Site, Source
from heritage.store.facts import bitmaps
from heritage.web.asked import read_asked
from heritage.web.queries import cells, filtered, newest
from heritage.web.words import Words
from tests.registries import Connection, in_memory, load, rows

COUNTRIES = ("SY", "IQ", "UA")
CAUSES = ("fire", "missile", "flood")
SEVERITIES = ("destroyed", "slight")
DATES = ("2015", "2015-08", "2015-08-23", "2014/2016", "1990", "2015-12/..", "-0050", "2020-01-31")
WINDOWS = ("2015", "2015-08", "2014-06/2015-08", "../1990", "2016/..", "1500")
WORDS = ("temple", "church", "temple gate")


def records() -> dict[str, list[Record]]:
    """Two hundred events that share sites, dates and words, some without any claim."""
    dice = random.Random(7)  # noqa: S311 - no secret
    sites = [
        Site(
            id=f"s{number}",
            names=(),
            countries=[COUNTRIES[number % 3]],
            location=Location(longitude=10.0 * number, latitude=10.0),
        )
        for number in range(6)
    ]
    listing = Listing(
        site="s0", register="world-heritage", status="inscribed", begin="1980", source="agency"
    )
    events: list[Record] = []
    claims: list[Claim] = []
    for number in range(200):
        some = sorted(dice.sample([site.id for site in sites], dice.choice((1, 1, 2))))
        events.append(Event(id=f"e{number}", label=dice.choice(WORDS), sites=some))
        said: list[tuple[str, str, str | None]] = [
            *([("date", dice.choice(DATES), None)] * (number % 4 > 0)),
            *([("date", dice.choice(DATES), None)] * (number % 7 == 0)),
            *([("cause", dice.choice(CAUSES), None)] * (number % 3 > 0)),
            *([("severity", dice.choice(SEVERITIES), some[0])] * (number % 5 > 0)),
        ]
        claims += [
            Claim(subject=f"e{number}", property=property, value=value, site=site, source="agency")
            for property, value, site in said
        ]
    return {
        "source": [Source(id="agency", title="Agency", tier=2)],
        "site": list(sites),
        "listing": [listing],
        "event": events,
        "claim": list({claim.id: claim for claim in claims}.values()),
    }


@pytest.fixture(scope="module")
def registry() -> Connection:
    """The events, loaded."""
    connection = in_memory()
    load(connection, records())
    return connection


def gone_through(connection: Connection, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every event with what it is asked by, the newest first."""
    names = ("event", "label", "earliest", "latest", *filtered.FACETS, "west")
    found = rows(
        connection,
        """SELECT f.event, e.label, f.earliest, f.latest, c.countries, c.registers, c.causes,
            c.severities, iif(c.last = '', 'undated', c.status),
            (SELECT min(s.longitude) FROM event_sites x JOIN sites s ON s.id = x.site
                WHERE x.event = f.event)
        FROM _event_facts f JOIN _event_cells c ON c.id = f.cell JOIN events e ON e.id = f.event
        ORDER BY 3 DESC, 4 DESC, 1 DESC""",
    )
    events = [dict(zip(names, row, strict=True)) for row in found]
    for event in events:
        for name in ("country", "register", "cause", "severity"):
            event[name] = set(json.loads(event[name]))
        event["status"] = {event["status"]}
    words = read_asked({"kind": "events", **asked}, Words("en"))
    if words.during is not None:
        first, last = words.during.earliest_key or "", words.during.latest_key or "~"
        events = [
            e for e in events if e["latest"] and e["earliest"] <= last and e["latest"] >= first
        ]
    if words.q:
        events = [event for event in events if words.q in event["label"]]
    return events


ASKED = st.fixed_dictionaries(
    {},
    optional={
        "country": st.sampled_from((*COUNTRIES, "XX")),
        "register": st.just("world-heritage"),
        "cause": st.sampled_from((*CAUSES, "nothing")),
        "severity": st.sampled_from(SEVERITIES),
        "status": st.sampled_from(("agreed", "disputed", "undecided", "undated")),
        "during": st.sampled_from(WINDOWS),
        "q": st.sampled_from(("temple", "church", "gate")),
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(asked=ASKED, size=st.sampled_from((3, 50)), seen=st.sampled_from((0, 4, 2_000)))
def test_filters_find_what_going_through_all_finds(
    registry: Connection, asked: dict[str, str], size: int, seen: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(newest, "GATHERED", seen)
        patch.setattr(cells, "AT_ONCE", size)
        found = filtered.find(registry, read_asked({"kind": "events", **asked}, Words("en")))
        listed = found.ids(1_000)
        pieces = [id for at in range(0, 220, size) for id in found.ids(size, at)]

    events = gone_through(registry, asked)
    chosen = {name: code for name, code in asked.items() if name in filtered.FACETS}

    def passing(leaving: str = "") -> list[dict[str, Any]]:
        return [
            event
            for event in events
            if all(code in event[name] for name, code in chosen.items() if name != leaving)
        ]

    assert [event["event"] for event in passing()] == listed == pieces
    assert (len(listed), False) == (found.counts.total, found.counts.is_least)
    for name in filtered.FACETS:
        counted = Counter(code for event in passing(name) for code in event[name])
        assert dict(counted) == found.counts.of[name]


def test_a_list_that_was_not_gone_through_says_so(
    registry: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked in ({"q": "temple"}, {"within": "-1,0,90,20"}, {"during": "2015-08"}):
        words = read_asked({"kind": "events", **asked}, Words("en"))
        whole = filtered.find(registry, words).counts
        assert 10 < whole.total
        monkeypatch.setattr(filtered, "EXAMINED", 10)
        part = filtered.find(registry, words).counts
        monkeypatch.undo()

        assert not whole.is_least
        assert part.is_least
        assert 10 >= part.total


def test_cells_are_counted_and_named_across_parts() -> None:
    few = cells.Cells({}, 0b11 << bitmaps.CELLS, (), in_memory())
    held = few.holding([3, 3, 3, bitmaps.CELLS, bitmaps.CELLS + 1])

    assert 5 == held.count(held.all)
    assert [3, bitmaps.CELLS, bitmaps.CELLS + 1] == list(cells.numbers(held.all))
    assert 2 == held.count(few.all)
    assert [0, 0, 1] == [int(cells.has(cells.as_bytes(0b1000), n)) for n in (1, 99, 3)]
