"""The histories of many sites at once are those of each, whether concluded anew or as stored."""

from __future__ import annotations

import pytest

from heritage import Claim, Event, Intervention, Name, Observation, Site, Source
from heritage.dates import FuzzyDate
from heritage.judge import condition_of_parts, state_on
from heritage.model import Record
from heritage.store.facts import histories
from tests.registries import in_memory, put

DAYS = ("2013", "2015-08-23", "2015-08-30", "2016-06-01", "2020")


def claim(subject: str, property: str, value: str, **more: str) -> Claim:
    return Claim(subject=subject, property=property, value=value, source="s", **more)


RECORDS: tuple[Record, ...] = (
    Source(id="s", title="Source", tier=2),
    Source(id="t", title="Another", tier=2),
    Site(id="whole", names=(Name(text="Whole"),)),
    *(Site(id=part, part_of="whole") for part in ("arch", "bath", "court", "dome")),
    Event(id="blast", label="Blast", sites=("arch", "bath")),
    Event(id="raid", label="Raid", sites=("arch",)),
    Event(id="rumour", label="Rumour", sites=("dome",)),
    claim("blast", "date", "2015-08-23"),
    claim("blast", "severity", "destroyed", site="arch"),
    claim("blast", "severity", "slight", site="bath"),
    claim("raid", "date", "2013-05"),
    claim("raid", "severity", "moderate"),
    Claim(subject="raid", property="severity", value="none_visible", source="t"),
    claim("rumour", "severity", "severe"),
    Observation(site="court", observed="2015-08-31", state="intact", source="s"),
    Observation(site="bath", observed="2014-01-01", state="intact", source="s"),
    Intervention(site="bath", date="2016", kind="restoration", source="s"),
)


@pytest.mark.parametrize("day", DAYS)
def test_what_is_stored_tells_the_same_as_what_is_concluded_anew(day: str) -> None:
    connection = in_memory()
    put(connection, RECORDS)
    parts = ["arch", "bath", "court", "dome"]
    anew = histories.histories(connection, parts, None)
    stored = histories.histories(connection, parts, 0)

    assert parts == list(anew)
    assert anew == stored
    date = FuzzyDate.parse(day)
    assert tuple(state_on(anew[part], date) for part in parts) == histories.states_of_parts(
        connection, "whole", date
    )


def test_each_part_has_a_state_of_its_own() -> None:
    connection = in_memory()
    put(connection, RECORDS)
    states = histories.states_of_parts(connection, "whole", FuzzyDate.parse("2020"))

    assert {"arch": "destroyed", "bath": "restored", "court": "intact", "dome": "unknown"} == {
        each.site: each.state for each in states
    }
    assert (("intact", 1), ("restored", 1), ("destroyed", 1), ("unknown", 1)) == condition_of_parts(
        states
    ).counts
    assert "unknown" == histories.state(connection, "whole", FuzzyDate.parse("2020")).state
