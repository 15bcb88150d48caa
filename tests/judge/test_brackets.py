"""Looks at a site, and the windows between them."""

from __future__ import annotations

import pytest

from heritage.dates import FuzzyDate
from heritage.judge import Case, Conclusion, Library, conclude
from heritage.model import Claim, Intervention, Observation, Source

LIBRARY = Library([Source(id=f"tier{tier}", title=f"Tier {tier}", tier=tier) for tier in range(4)])


def look(day: str, state: str, source: str = "tier3", site: str = "site") -> Observation:
    return Observation(
        site=site, observed=FuzzyDate.parse(day), state=state, source=source, as_written=day
    )


def judged(
    *looks: Observation,
    claims: tuple[str, ...] = (),
    shared: bool = False,
    works: tuple[Intervention, ...] = (),
) -> Conclusion:
    said = [
        Claim(subject="event", property="date", value=value, source="tier1") for value in claims
    ]
    return conclude(
        Case(
            subject="event",
            property="date",
            claims=said,
            observations=looks,
            interventions=works,
            shared_sites={"site"} if shared else (),
            sources=LIBRARY,
        )
    )


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([("2015-06-26", "intact"), ("2015-08-27", "destroyed")], "[2015-06-26..2015-08-27]"),
        ([("2015-06-26", "intact"), ("2015-06-26", "destroyed")], "2015-06-26"),
        # Of an unknown day the one that makes the window widest.
        ([("2015-06", "intact"), ("2015-08", "damaged")], "[2015-06-01..2015-08-31]"),
        ([("2015~", "intact"), ("2016?", "damaged")], "[2015-01-01..2016-12-31]"),
        ([("2015-08-27", "destroyed")], "[..2015-08-27]"),
        # The first damage ends the window, whatever became of the rest.
        (
            [("2015-01-01", "intact"), ("2015-02-01", "damaged"), ("2015-03-01", "destroyed")],
            "[2015-01-01..2015-02-01]",
        ),
        # Nobody saw it whole: the event did the first damage or the last.
        ([("2015-01-01", "damaged"), ("2015-03-01", "destroyed")], "[..2015-03-01]"),
        ([("2015-06-26", "intact")], None),
        ([("2015-06-26", "partly_visible"), ("2015-06-27", "not_assessable")], None),
    ],
)
def test_looks_bracket_the_change(looks: list[tuple[str, str]], expected: str | None) -> None:
    assert expected == judged(*(look(*each) for each in looks)).value


def test_the_lighter_side_of_a_contradiction_is_set_aside() -> None:
    found = judged(
        look("2015-01-01", "intact"), look("2015-03-01", "destroyed"),
        look("2015-05-01", "intact", "tier1"),
    )  # fmt: skip

    assert "[2015-01-01..2015-03-01]" == found.value
    assert ["tier1"] == [each.source for each in found.dissenters]
    assert "observations-contradict" in found.flags


def test_looks_of_equal_weight_that_contradict_each_other_say_nothing() -> None:
    other = Source(id="other", title="Other", tier=3)
    found = conclude(
        Case(
            subject="event",
            property="date",
            observations=[look("2015-03-01", "destroyed"), look("2015-05-01", "intact", "other")],
            sources=Library([*LIBRARY.sources.values(), other]),
        )
    )

    assert (None, "unsupported") == (found.value, found.status)
    assert "observations-contradict" in found.flags


def test_what_stands_after_a_rebuilding_contradicts_nothing() -> None:
    rebuilt = Intervention(
        site="site", date=FuzzyDate.parse("2004-07"), kind="reconstruction", source="tier1"
    )
    looks = look("1993-01-01", "intact"), look("1993-11-09", "destroyed"), look("2010", "intact")
    found = judged(*looks, works=(rebuilt,))

    assert "[1993-01-01..1993-11-09]" == found.value
    assert () == found.flags or "observations-contradict" not in found.flags


def test_where_others_happened_too_a_bracket_needs_both_sides_and_a_claim() -> None:
    pair = look("2015-08-27", "intact"), look("2015-08-31", "destroyed")

    assert None is judged(*pair, shared=True).value
    assert "2015-08-30" == judged(*pair, claims=("2015-08-30",), shared=True).value
    assert 4 == judged(*pair, claims=("2015-08-30",), shared=True).weight
    assert 1 == judged(*pair, claims=("2012",), shared=True).weight
    assert 1 == judged(pair[1], claims=("2015-08-30",), shared=True).weight


def test_looks_at_one_site_do_not_contradict_those_at_another() -> None:
    found = judged(
        look("2015-08-27", "intact"), look("2015-08-31", "destroyed"),
        look("2015-09-30", "intact", site="portico"),
    )  # fmt: skip

    assert "observations-contradict" not in found.flags
    assert "[2015-08-27..2015-08-31]" == found.value


def test_an_observation_is_told_by_its_state_and_day() -> None:
    found = judged(look("2015-06-26", "intact"), look("2015-08-27", "destroyed"))

    assert ["destroyed 2015-08-27", "intact 2015-06-26"] == [e.value for e in found.supporters]
    assert all(each.claim is None for each in found.supporters)
