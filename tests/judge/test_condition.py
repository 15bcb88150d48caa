"""The state of a site on any day, and of its parts together."""

from __future__ import annotations

import pytest

from heritage.dates import FuzzyDate
from heritage.errors import UsageError
from heritage.judge import Bundle, History, Library, condition_of_parts, history_of, state_on
from heritage.model import Claim, Intervention, Observation, Source

LIBRARY = Library([Source(id=each, title=each, tier=2) for each in ("dgam", "press", "unesco")])


def event(date: str, *degrees: str, id: str = "event", site: str = "lion") -> Bundle:
    sources = ("dgam", "press", "unesco")
    claims = [Claim(subject=id, property="date", value=date, source="dgam")]
    claims += [
        Claim(subject=id, property="severity", value=degree, source=source)
        for degree, source in zip(degrees, sources, strict=False)
    ]
    return Bundle(subject=id, sites=(site,), claims=claims, sources=LIBRARY)


def look(day: str, state: str, site: str = "lion") -> Observation:
    return Observation(site=site, observed=FuzzyDate.parse(day), state=state, source="unesco")


def work(date: str | None, kind: str) -> Intervention:
    day = FuzzyDate.parse(date) if date else None
    return Intervention(site="lion", date=day, kind=kind, source="unesco")


LION = history_of(
    "lion",
    [event("2015-06-27", "destroyed")],
    [look("2015-01-01", "intact"), look("2016-03-31", "damaged")],
    [work("[2016-04..2017-09]", "relocation"), work("2017", "restoration")],
)


@pytest.mark.parametrize(
    ("day", "state", "moved"),
    [
        ("2014-12-31", "unknown", "no"),
        ("2015-01-01", "intact", "no"),
        ("2015-06-26", "intact", "no"),
        ("2015-06-27", "destroyed", "no"),
        ("2016-03-30", "destroyed", "no"),
        ("2016-03-31", "damaged", "no"),
        ("2016-05-01", "damaged", "maybe"),
        ("2017-06-01", "undecided", "maybe"),
        ("2018-01-01", "restored", "yes"),
    ],
)
def test_the_lion_of_al_lat_was_destroyed_then_found_then_shown(
    day: str, state: str, moved: str
) -> None:
    found = state_on(LION, day)

    assert (state, moved) == (found.state, found.moved)
    assert found.sentence.endswith(".")


def test_within_the_window_of_an_event_both_states_are_possible() -> None:
    history = history_of(
        "lion", [event("[2015-08-27..2015-08-31]", "destroyed")], [look("2015-06-26", "intact")]
    )
    found = state_on(history, "2015-08-29")

    assert ("undecided", ("intact", "destroyed")) == (found.state, found.possible)
    assert "destroyed" == state_on(history, "2015-08-31").state
    assert "undecided" == state_on(history, "2015-08").state


def test_an_event_never_leaves_things_better_than_it_found_them() -> None:
    events = [event("2015", "destroyed", id="one"), event("2016", "slight", id="two")]

    assert "destroyed" == state_on(history_of("lion", events), "2017").state


def test_an_undecided_degree_leaves_the_state_undecided() -> None:
    found = state_on(history_of("lion", [event("2015", "destroyed", "severe")]), "2016")

    assert ("undecided", ("damaged", "destroyed")) == (found.state, found.possible)


def test_an_event_that_did_no_damage_tells_nothing_of_the_state() -> None:
    assert "unknown" == state_on(history_of("lion", [event("2015", "none_visible")]), "2016").state


def test_what_has_no_date_is_kept_apart() -> None:
    history = history_of("lion", [], [], [work(None, "restoration")])

    assert (0, 1) == (len(history.facts), len(history.undated))
    assert "unknown" == state_on(history, "2016").state


def test_nothing_is_taken_over_from_other_sites() -> None:
    history = history_of(
        "lion", [event("2015", "destroyed", site="museum")], [look("2014", "intact", "museum")]
    )

    assert History(site="lion") == history


def test_parts_are_counted_and_their_worst_is_not_that_of_the_whole() -> None:
    parts = [
        state_on(history_of(each, [], [look("2015", state, each)]), "2016-01-01")
        for each, state in (("a", "intact"), ("b", "destroyed"), ("c", "intact"))
    ]
    parts.append(state_on(history_of("d", []), "2016-01-01"))
    found = condition_of_parts(parts)

    assert ((("intact", 2), ("destroyed", 1), ("unknown", 1)), 4) == (found.counts, found.total)
    assert (
        "Of four parts, on 1 January 2016: two intact, one destroyed and one unknown."
        == found.sentence
    )


@pytest.mark.parametrize("days", [[], ["2015", "2016"]])
def test_parts_are_counted_on_one_day(days: list[str]) -> None:
    with pytest.raises(UsageError, match="one day"):
        condition_of_parts([state_on(LION, day) for day in days])
