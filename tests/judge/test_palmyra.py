"""Palmyra, as told of it: each case has the answer that follows from its claims."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from heritage.dates import FuzzyDate, during
from heritage.judge import Case, Conclusion, Library, RunnerUp, Tiers, conclude, holdings
from heritage.model import Claim, Observation, Source

ISLAMIC_STATE = "Islamic State"


def source(id: str, tier: int, *relies_on: str, published: str | None = None) -> Source:
    date = FuzzyDate.parse(published) if published else None
    return Source(id=id, title=id, tier=tier, relies_on=relies_on, published=date)


def claim(source: str, value: str, property: str = "date", stance: str = "asserts") -> Claim:
    return Claim(subject="event", property=property, value=value, source=source, stance=stance)


def look(source: str, day: str, state: str, severity: str | None = None) -> Observation:
    observed = FuzzyDate.parse(day)
    return Observation(site="bel", observed=observed, state=state, source=source, severity=severity)


BAALSHAMIN_SOURCES = [
    source("sohr", 1),
    source("rferl", 1, "sohr"),
    source("dgam", 2),
    source("ap", 2),
    source("khatib", 2),
    source("arabpress", 1),
    source("ynet", 1, published="2015-08-25"),
    source("israelpress", 1, "ynet"),
    source("unosat", 3),
    source("timesofisrael", 1, "unosat"),
    source("asor", 2),
]
BAALSHAMIN = [
    claim("rferl", "2015-07~"),
    claim("dgam", "2015-08-23"),
    claim("ap", "2015-08-23"),
    claim("khatib", "[..2015-08-22]"),
    claim("arabpress", "2015-08-24"),
    claim("israelpress", "2015-08-25"),
    claim("timesofisrael", "[2015-06-26..2015-08-27]"),
]


def baalshamin(claims: Sequence[Claim] = BAALSHAMIN, tiers: Tiers | None = None) -> Conclusion:
    library = Library(BAALSHAMIN_SOURCES, tiers)
    return conclude(Case(subject="event", property="date", claims=claims, sources=library))


def test_baalshamin_fell_on_23_august_by_a_margin_of_one() -> None:
    found = baalshamin()

    assert ("2015-08-23", 7, 1) == (found.value, found.weight, found.margin)
    assert RunnerUp(value="2015-07", weight=6) == found.runner_up
    assert "disputed" == found.status
    assert ("2015-08-23", "2015-08-23") == (found.earliest, found.latest)


def test_imagery_of_baalshamin_supports_both_answers_and_does_not_decide() -> None:
    assert {"unosat", "dgam", "ap"} == {each.root for each in baalshamin().supporters}


def test_each_dissenter_over_baalshamin_is_told_with_its_distance() -> None:
    told = {
        each.source: (each.relation, each.gap_days, each.hardness)
        for each in baalshamin().dissenters
    }

    assert {
        "rferl": ("disjoint", 23, "soft"),
        "khatib": ("disjoint", 1, "hard"),
        "arabpress": ("disjoint", 1, "hard"),
        "israelpress": ("disjoint", 2, "hard"),
    } == told


def test_the_day_on_which_the_photo_came_out_is_told_as_such() -> None:
    found = baalshamin()
    (late,) = [each for each in found.dissenters if each.value == "2015-08-25"]

    assert late.reason.startswith("publication date")
    assert "publication-date" in found.flags


def test_one_more_tier_for_sohr_leaves_baalshamin_undecided() -> None:
    found = baalshamin(tiers=Tiers(sources={"sohr": 2}))

    assert ("undecided", 7, 0) == (found.status, found.weight, found.margin)
    assert "[2015-07,2015-08-23]" == found.value


def test_without_al_khatib_it_is_seven_to_four() -> None:
    found = baalshamin([each for each in BAALSHAMIN if each.source != "khatib"])

    assert (7, RunnerUp(value="2015-07", weight=4)) == (found.weight, found.runner_up)


def test_with_asor_as_an_independent_root_it_is_nine_to_six() -> None:
    found = baalshamin([*BAALSHAMIN, claim("asor", "2015-08-23")])

    assert (9, RunnerUp(value="2015-07", weight=6)) == (found.weight, found.runner_up)


def test_a_sentence_says_who_disagrees_about_baalshamin_and_by_how_much() -> None:
    sentence = baalshamin().sentence

    assert "23 August 2015" in sentence
    assert "three independent sources" in sentence
    assert "July 2015 (weight 6)" in sentence
    assert "khatib says 22 August 2015 or earlier (1 day away)" in sentence


UNOSAT_LOOKS = [look("unosat", "2015-08-27", "intact"), look("unosat", "2015-08-31", "destroyed")]
BEL_SOURCES = [
    source("sohr", 1),
    source("resident", 2),
    source("asor", 1),
    source("unosat", 3),
    source("dgam", 2),
    source("planet", 1),
]


def bel(claims: Sequence[Claim], looks: Sequence[Observation]) -> Conclusion:
    return conclude(
        Case(
            subject="event",
            property="date",
            claims=claims,
            observations=looks,
            sources=Library(BEL_SOURCES),
        )
    )


def test_two_images_bracket_the_fall_of_bel_with_both_days() -> None:
    found = bel([], UNOSAT_LOOKS)

    assert ("[2015-08-27..2015-08-31]", "agreed", 3) == (found.value, found.status, found.weight)


def test_30_august_refines_the_bracket_of_bel() -> None:
    claims = [claim(each, "2015-08-30") for each in ("sohr", "resident", "asor")]
    found = bel(claims, UNOSAT_LOOKS)

    assert ("2015-08-30", 7, "agreed") == (found.value, found.weight, found.status)


@pytest.mark.parametrize("who", ["unosat", "planet"])
def test_an_intact_pass_on_29_august_tightens_the_bracket(who: str) -> None:
    found = bel([], [*UNOSAT_LOOKS, look(who, "2015-08-29", "intact")])

    assert "[2015-08-29..2015-08-31]" == found.value


def test_who_still_saw_bel_standing_on_31_august_gives_way_to_imagery() -> None:
    found = bel([], [*UNOSAT_LOOKS, look("dgam", "2015-08-31", "intact")])

    assert "[2015-08-27..2015-08-31]" == found.value
    assert "observations-contradict" in found.flags
    assert ["dgam"] == [each.source for each in found.dissenters]


def test_october_2015_takes_in_the_day_of_the_arch() -> None:
    library = Library([source("afp", 1), source("dgam", 2), source("cnn", 1), source("press", 1)])
    claims = [claim(each, "2015-10-04") for each in ("afp", "dgam", "cnn")]
    case = Case(
        subject="event",
        property="date",
        claims=[*claims, claim("press", "2015-10")],
        sources=library,
    )
    found = conclude(case)

    assert ("2015-10-04", "agreed", 5) == (found.value, found.status, found.weight)


TETRAPYLON_SOURCES = [source("asor", 3), source("dgam", 2, "asor"), source("unosat", 3)]


def test_the_window_of_the_tetrapylon_spans_the_turn_of_the_year() -> None:
    claims = [claim(each, "[2016-12-26..2017-01-10]") for each in ("asor", "dgam")]
    found = conclude(
        Case(subject="event", property="date", claims=claims, sources=Library(TETRAPYLON_SOURCES))
    )
    assert found.value is not None
    date = FuzzyDate.parse(found.value)

    assert "[2016-12-26..2017-01-10]" == found.value
    assert ["maybe", "maybe"] == [
        during(date, FuzzyDate.parse("2016")),
        during(date, FuzzyDate.parse("2017")),
    ]
    assert 3 == found.weight, "DGAM relies on ASOR: one root"


def test_dgam_lost_the_hedge_of_asor() -> None:
    claims = [
        claim("asor", ISLAMIC_STATE, "actor", "suggests"),
        claim("dgam", ISLAMIC_STATE, "actor"),
    ]
    found = conclude(
        Case(subject="event", property="actor", claims=claims, sources=Library(TETRAPYLON_SOURCES))
    )

    assert {"hedge-lost", "copy", "single-root"} <= set(found.flags)
    assert 3 == found.weight


def test_the_dispute_over_elahbel_is_soft_and_two_days_wide() -> None:
    library = Library([source("asor", 3), source("dgam", 2)])
    claims = [claim("asor", "[2015-08-27..2015-09-02]"), claim("dgam", "2015-08-25~")]
    found = conclude(Case(subject="event", property="date", claims=claims, sources=library))
    (dissenter,) = found.dissenters

    assert ("[2015-08-27..2015-09-02]", "disputed") == (found.value, found.status)
    assert (2, "soft") == (dissenter.gap_days, dissenter.hardness)
    assert "soft-dispute" in found.flags


def test_three_tombs_are_a_shorter_list_than_seven() -> None:
    library = Library([source("asor", 3), source("dgam", 2)])
    claims = [claim("asor", "7 tower tombs", "count"), claim("dgam", "3 tower tombs", "count")]
    found = conclude(Case(subject="event", property="count", claims=claims, sources=library))

    assert ("7 tower tombs", "agreed") == (found.value, found.status)
    assert ("open-list",) == tuple(flag for flag in found.flags if flag == "open-list")
    assert ["3 tower tombs"] == [each.value for each in found.not_counted]


def test_early_july_is_four_days_from_the_lion_s_27_june() -> None:
    library = Library([source("dgam", 2), source("sana", 1)])
    claims = [claim("dgam", "2015-06-27"), claim("sana", "[2015-07-01..2015-07-10]")]
    found = conclude(Case(subject="event", property="date", claims=claims, sources=library))
    (dissenter,) = found.dissenters

    assert "2015-06-27" == found.value
    assert (4, "hard") == (dissenter.gap_days, dissenter.hardness)


def test_a_later_look_tells_that_the_lion_was_not_destroyed() -> None:
    found = conclude(
        Case(
            subject="event",
            property="severity",
            claims=[claim("dgam", "destroyed", "severity")],
            observations=[look("restorers", "2016-03-31", "damaged", "severe")],
            when=FuzzyDate.parse("2015-06-27"),
            sources=Library([source("dgam", 2), source("restorers", 3)]),
        )
    )

    assert ("severe", "disputed") == (found.value, found.status)
    assert RunnerUp(value="destroyed", weight=2) == found.runner_up
    assert ["destroyed"] == [each.value for each in found.dissenters]


def test_dynamite_or_shell_is_undecided_in_the_museum() -> None:
    library = Library([source("ap", 1), source("markowski", 1)])
    claims = [claim("ap", "explosives", "cause"), claim("markowski", "artillery", "cause")]
    found = conclude(Case(subject="event", property="cause", claims=claims, sources=library))

    assert ("undecided", "artillery | explosives") == (found.status, found.value)


def test_unesco_contradicts_itself_on_the_list_and_both_are_kept() -> None:
    library = Library([source("unesco-csv", 2), source("unesco-xml", 2)])
    claims = [
        claim("unesco-csv", "danger flag: Y 2013", "listing"),
        claim("unesco-xml", "danger flag: empty", "listing"),
    ]
    found = conclude(Case(subject="palmyra", property="listing", claims=claims, sources=library))

    assert "undecided" == found.status
    assert 2 == len(found.supporters) + len(found.dissenters)


CONTROL = [
    claim("reuters", f"{ISLAMIC_STATE} since [2015-05-20..2015-05-21]", "control"),
    claim("reuters", "Syrian army since 2016-03-27", "control"),
    claim("asor", "Syrian army since 2016-03-24", "control"),
    claim("theweek", "Syrian army since 2016-05", "control"),
    claim("reuters", f"{ISLAMIC_STATE} since 2016-12-11", "control"),
    claim("cnn", "Syrian army since 2017-03-02", "control"),
]
CONTROL_SOURCES = [source(each, 1) for each in ("reuters", "asor", "theweek", "cnn")]


def test_three_days_for_one_recapture_leave_it_undecided() -> None:
    case = Case(
        subject="palmyra", property="control", claims=CONTROL, sources=Library(CONTROL_SOURCES)
    )
    found = conclude(case)
    second = holdings(case)[1]

    assert ("undecided", 0) == (found.status, found.margin)
    assert "Syrian army" == second.holder
    assert "[2016-03-24,2016-03-27,2016-05]" == second.since.value


@pytest.mark.parametrize(
    ("day", "is_outside"),
    [
        ("2015-08-30", False),
        ("[2016-12-26..2017-01-10]", False),
        ("[..2014-03-08]", True),
        ("2013-11-14", True),
        ("2016-08", True),
    ],
)
def test_a_deed_outside_the_accused_s_control_is_flagged_and_kept(
    day: str, is_outside: bool
) -> None:
    found = conclude(
        Case(
            subject="event",
            property="actor",
            claims=[claim("reuters", ISLAMIC_STATE, "actor")],
            control=CONTROL,
            when=FuzzyDate.parse(day),
            sources=Library(CONTROL_SOURCES),
        )
    )

    assert ISLAMIC_STATE == found.value
    assert is_outside is ("outside-control" in found.flags)


def test_a_month_is_enough_for_the_shrines() -> None:
    found = conclude(
        Case(
            subject="event",
            property="date",
            claims=[claim("press", "2015-06")],
            sources=Library([source("press", 1)]),
        )
    )

    assert ("2015-06", "2015-06-01", "2015-06-30") == (found.value, found.earliest, found.latest)
