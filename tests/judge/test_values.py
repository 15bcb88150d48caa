"""Degrees, terms, numbers and words; denials, hedges and what does not count."""

from __future__ import annotations

import pytest

from heritage.dates import FuzzyDate
from heritage.errors import UsageError
from heritage.judge import Case, Conclusion, Library, RunnerUp, conclude
from heritage.model import Claim, Observation, Review, Source
from heritage.model.observation import Extent

LIBRARY = Library(
    [Source(id=f"s{tier}{letter}", title="S", tier=tier) for tier in range(4) for letter in "abc"]
)


def said(property: str, source: str, value: str | None, stance: str = "asserts") -> Claim:
    return Claim(
        subject="event",
        property=property,
        value=value,
        as_written=None if value else "words",
        source=source,
        stance=stance,
    )


def judged(
    property: str, *claims: tuple[str, str | None] | tuple[str, str | None, str]
) -> Conclusion:
    made = [said(property, *each) for each in claims]
    return conclude(Case(subject="event", property=property, claims=made, sources=LIBRARY))


def test_a_degree_is_concluded_by_weight_and_not_by_the_worst() -> None:
    found = judged("severity", ("s1a", "destroyed"), ("s2a", "slight"))

    assert ("slight", 1) == (found.value, found.margin)


def test_possible_damage_is_no_degree() -> None:
    found = judged("severity", ("s3a", "possible"), ("s1a", "severe"))

    assert ("severe", "agreed", 1) == (found.value, found.status, found.weight)
    assert "degree-unknown" in found.flags
    assert ["possible"] == [each.value for each in found.not_counted]


def test_only_possible_damage_gives_no_degree() -> None:
    found = judged("severity", ("s3a", "possible"))

    assert (None, "unsupported") == (found.value, found.status)


def test_a_degree_says_that_something_happened() -> None:
    claims = [said("occurred", "s1a", "true"), said("severity", "s2a", "severe")]
    claims.append(said("severity", "s3a", "none_visible"))
    case = Case(subject="event", property="occurred", claims=claims, sources=LIBRARY)

    assert ("true", 3) == (conclude(case).value, conclude(case).weight)


def test_who_names_a_broader_cause_supports_each_narrower_one() -> None:
    found = judged("cause", ("s1a", "artillery"), ("s2a", "heavy_weapons"), ("s1b", "arson"))

    assert ("artillery", 3) == (found.value, found.weight)
    assert RunnerUp(value="arson", weight=1) == found.runner_up


def test_a_term_that_the_vocabulary_lacks_is_compared_by_its_letters() -> None:
    found = judged("cause", ("s1a", "Space debris"), ("s1b", "space  debris"), ("s1c", "fire"))

    assert ("Space debris", 2) == (found.value, found.weight)


def test_several_effects_do_not_exclude_each_other() -> None:
    found = judged("effect", ("s2a", "collapse"), ("s1a", "burning"))

    assert ("collapse", "agreed", ()) == (found.value, found.status, found.dissenters)
    assert ["burning"] == [each.value for each in found.not_counted]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["26.. killed", "26 killed", "15.. killed"], ("26 killed", "agreed")),
        (["26.. killed", "20 killed"], ("20.. killed", "undecided")),
        (["5 killed", "6 killed"], ("5..6 killed", "undecided")),
        (["5..8 killed", "7..9 killed"], ("7..8 killed", "agreed")),
        (["3 killed", "40 wounded", "3 killed"], ("3 killed", "agreed")),
        (["3 killed", "3"], ("3 killed", "agreed")),
    ],
)
def test_casualties_are_a_range_and_never_a_sum(
    values: list[str], expected: tuple[str, str]
) -> None:
    found = judged("casualties", *zip(["s1a", "s1b", "s1c"], values, strict=False))

    assert expected == (found.value, found.status)


def test_percentages_overlap_like_dates() -> None:
    found = judged("extent", ("s1a", "92..92.5"), ("s2a", "90.."), ("s1b", "flattened"))

    assert ("92..92.5", 3, "agreed") == (found.value, found.weight, found.status)
    assert "words-only" in found.flags


def test_the_larger_count_wins_a_tie_and_the_shorter_list_is_no_dissent() -> None:
    found = judged("count", ("s1a", "3 tombs"), ("s1b", "7 tombs"))

    assert ("7 tombs", "agreed") == (found.value, found.status)
    assert "open-list" in found.flags


def test_a_shorter_list_of_more_weight_stands_and_the_longer_dissents() -> None:
    found = judged("count", ("s3a", "3 tombs"), ("s1b", "7 tombs"))

    assert ("3 tombs", "disputed") == (found.value, found.status)


@pytest.mark.parametrize("stance", ["suggests", "alleges"])
def test_a_hedge_weighs_in_full_and_is_shown(stance: str) -> None:
    found = judged("actor", ("s2a", "Army", stance))

    assert (2, "hedged" in found.flags) == (found.weight, True)
    assert "hedging" in found.sentence


def test_a_denial_counts_against_the_value_denied() -> None:
    found = judged("actor", ("s2a", "Army"), ("s1a", "Army", "denies"))

    assert ("Army", 2, 1, "disputed") == (found.value, found.weight, found.margin, found.status)
    assert RunnerUp(value="not Army", weight=1) == found.runner_up
    assert ["denies"] == [each.relation for each in found.dissenters]
    assert "denied" in found.flags
    assert "1 more than against it (weight 1)" in found.sentence


def test_a_denial_of_as_much_weight_leaves_it_undecided() -> None:
    assert "undecided" == judged("actor", ("s2a", "Army"), ("s2b", "Army", "denies")).status


def test_a_denial_alone_supports_nothing() -> None:
    found = judged("date", ("s2a", "2015-07", "denies"))

    assert (None, "unsupported") == (found.value, found.status)
    assert 1 == len(found.dissenters)


def test_who_denies_that_it_happened_says_that_it_did_not() -> None:
    found = judged("occurred", ("s1a", "true"), ("s2a", "true", "denies"))

    assert ("false", 1) == (found.value, found.margin)
    assert "did not happen" in found.sentence


def test_who_cannot_tell_supports_nothing() -> None:
    found = judged("cause", ("s1a", "explosives"), ("s3a", "explosives", "cannot_determine"))

    assert 1 == found.weight
    assert "cannot-determine" in found.flags


def test_no_credence_of_ours_and_no_value_are_told_as_reasons() -> None:
    doubtful = Claim(
        subject="e", property="cause", value="fire", source="s3a", confidence="negligible"
    )
    claims = [doubtful, said("cause", "s3b", None), said("cause", "s1a", "arson")]
    found = conclude(Case(subject="e", property="cause", claims=claims, sources=LIBRARY))

    assert ("arson", 1) == (found.value, found.weight)
    assert 2 == len({each.reason for each in found.not_counted})


@pytest.mark.parametrize(
    ("decisions", "counts"),
    [
        (["refuted"], False),
        (["refuted", "confirmed"], True),
        (["confirmed", "refuted"], False),
        (["undecided"], True),
    ],
)
def test_the_last_review_decides(decisions: list[str], counts: bool) -> None:
    claim = said("cause", "s2a", "arson")
    reviews = [
        Review(
            claim=claim.id,
            reviewer="R",
            date=FuzzyDate.parse(f"202{year}"),
            decision=decision,
            reason="because",
        )
        for year, decision in enumerate(decisions)
    ]
    found = conclude(
        Case(subject="event", property="cause", claims=[claim], reviews=reviews, sources=LIBRARY)
    )

    assert counts is (found.value == "arson")
    assert counts is not ("reviewed" in found.flags)


def look(day: str, state: str, severity: str | None = None) -> Observation:
    return Observation(
        site="site",
        observed=FuzzyDate.parse(day),
        state=state,
        severity=severity,
        extent=Extent(low=60, high=80) if severity else None,
        source="s3a",
    )


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (look("2015-09-01", "destroyed"), "destroyed"),
        (look("2015-09-01", "damaged", "moderate"), "moderate"),
        (look("2015-09-01", "intact"), "none_visible"),
        (look("2015-08-29", "intact"), "slight"),
        (look("2015-08-29", "destroyed"), "slight"),
        (look("2015-09-01", "damaged"), "slight"),
    ],
)
def test_only_looks_after_the_event_tell_what_it_left(seen: Observation, expected: str) -> None:
    found = conclude(
        Case(
            subject="event",
            property="severity",
            claims=[said("severity", "s1a", "slight")],
            observations=[seen],
            when=FuzzyDate.parse("2015-08-30"),
            sources=LIBRARY,
        )
    )

    assert expected == found.value


def test_an_extent_that_was_seen_counts_like_one_that_is_claimed() -> None:
    found = conclude(
        Case(
            subject="event",
            property="extent",
            claims=[said("extent", "s1a", "70..")],
            observations=[look("2015-09-01", "damaged", "moderate")],
            when=FuzzyDate.parse("2015-08-30"),
            sources=LIBRARY,
        )
    )

    assert ("70..80", 4) == (found.value, found.weight)


def test_far_years_are_concluded_like_near_ones() -> None:
    found = judged("built", ("s1a", "Y-170000"), ("s2a", "Y-17E4"), ("s1b", "-2500~"))

    assert ("Y-17E4", 3) == (found.value, found.weight)
    assert "[0001..0100]" == judged("built", ("s1a", "[0001..0100]"), ("s1b", "[..0100]")).value


def test_a_property_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="colour"):
        Case(subject="event", property="colour")
