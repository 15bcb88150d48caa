"""What holds of every conclusion, whatever is claimed."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from heritage.dates import FuzzyDate, relate
from heritage.judge import Case, Conclusion, Library, conclude
from heritage.model import Claim, Observation, Source

SOURCES = [
    Source(id="a", title="A", tier=1),
    Source(id="b", title="B", tier=2, publisher="Body"),
    Source(id="c", title="C", tier=3),
    Source(id="d", title="D", tier=2, publisher="Body"),
    Source(id="e", title="E", tier=0),
    Source(id="f", title="F", kind="news"),
    Source(id="of-c", title="G", tier=1, relies_on=("c",)),
    Source(id="of-of-c", title="H", tier=2, relies_on=("of-c",)),
    Source(id="of-a-c", title="I", tier=1, relies_on=("a", "c")),
    Source(id="of-b-e", title="J", tier=1, relies_on=("b", "e")),
]
LIBRARY = Library(SOURCES)
TERMS = ["heavy_weapons", "artillery", "mortar", "explosives", "vehicle_bomb", "fire", "arson"]
CONTROL = ["Army since 2015", "Rebels since 2016-03", "Army until 2016"]
DEGREES = ["none_visible", "possible", "slight", "severe", "destroyed", "unknown"]

FEW = settings(max_examples=120, deadline=None)

day = st.integers(1, 28).map(lambda number: f"2015-08-{number:02}")


@st.composite
def windows(draw: st.DrawFn) -> str:
    first, last = sorted((draw(day), draw(day)))
    return f"[{first}..{last}]" if first < last else first


dates = st.one_of(
    day,
    windows(),
    day.map(lambda each: f"[..{each}]"),
    day.map(lambda each: f"[{each}..]"),
    st.sampled_from(["2015-08", "2015-07~", "2015", "2015-09?", "[2015-08-03,2015-08-09]"]),
    st.tuples(day, st.sampled_from("?~%")).map("".join),
)
who = st.sampled_from([each.id for each in SOURCES])
quoted = st.sampled_from([None, None, None, "Body", "Hassan, Body", "an activist", "X"])
stances = st.sampled_from(["asserts", "asserts", "suggests", "alleges", "denies"])


def claims(values: st.SearchStrategy[str], property: str) -> st.SearchStrategy[list[Claim]]:
    claim = st.builds(
        lambda source, value, stance, name: Claim(
            subject="event",
            property=property,
            value=value,
            source=source,
            stance=stance,
            attributed_to=name,
        ),
        who,
        values,
        stances,
        quoted,
    )
    return st.lists(claim, min_size=1, max_size=7, unique_by=lambda each: each.id)


anything = st.one_of(
    claims(dates, "date"),
    claims(st.sampled_from(TERMS), "cause"),
    claims(st.sampled_from(DEGREES), "severity"),
    claims(st.sampled_from(["3 dead", "5 dead", "4..6 dead", "5.. dead", "2 hurt"]), "casualties"),
    claims(st.sampled_from(["3 tombs", "7 tombs", "7.. tombs", "a few"]), "count"),
    claims(st.sampled_from(["10", "20..30", "25..", "..40"]), "extent"),
    claims(st.sampled_from(["true", "false"]), "occurred"),
    claims(st.sampled_from(["Army", "Rebels", "army"]), "actor"),
    claims(
        st.sampled_from(["Army since 2015", "Rebels since 2016-03", "Army until 2016"]), "control"
    ),
)

looks = st.lists(
    st.builds(
        lambda source, observed, state: Observation(
            site="site", observed=FuzzyDate.parse(observed), state=state, source=source
        ),
        who,
        st.one_of(day, windows()),
        st.sampled_from(["intact", "damaged", "destroyed", "partly_visible"]),
    ),
    max_size=4,
    unique_by=lambda each: each.id,
)


def judged(said: Sequence[Claim], seen: Sequence[Observation] = ()) -> Conclusion:
    return conclude(
        Case(
            subject="event",
            property=said[0].property,
            claims=said,
            observations=seen,
            sources=LIBRARY,
        )
    )


def without_ids(found: Conclusion) -> tuple[object, ...]:
    return found.value, found.status, found.weight, found.margin, found.runner_up


@FEW
@given(st.data(), anything, looks)
def test_the_order_of_what_is_given_means_nothing(
    data: st.DataObject, said: list[Claim], seen: list[Observation]
) -> None:
    shuffled = judged(data.draw(st.permutations(said)), data.draw(st.permutations(seen)))

    assert judged(said, seen) == shuffled


@FEW
@given(anything, looks)
def test_every_conclusion_can_be_read_and_adds_up(
    said: list[Claim], seen: list[Observation]
) -> None:
    found = judged(said, seen)
    placed = [each.claim for each in (*found.supporters, *found.dissenters)]
    placed += [each.claim for each in found.not_counted]

    assert found.sentence.endswith(".")
    assert 0 <= found.margin <= found.weight
    assert sorted(each.id for each in said) == sorted(each for each in placed if each)
    if found.runner_up is not None and found.property != "control":
        assert max(found.weight - found.runner_up.weight, 0) == found.margin
    if found.status == "agreed":
        assert () == found.dissenters


@FEW
@given(anything, looks, who, quoted)
def test_a_supporting_claim_never_lowers_the_weight(
    said: list[Claim], seen: list[Observation], source: str, name: str | None
) -> None:
    before = judged(said, seen)
    assume(before.value is not None and " | " not in before.value and ";" not in before.value)
    assert before.value is not None
    more = Claim(
        subject="event",
        property=before.property,
        value=before.value,
        source=source,
        attributed_to=name,
        locator="more",
    )
    after = judged([*said, more], seen)

    assert before.weight <= after.weight


@FEW
@given(anything, looks, who)
def test_a_copied_source_changes_nothing(
    said: list[Claim], seen: list[Observation], copied: str
) -> None:
    copy = Source(id="copy", title="Copy", tier=3, relies_on=(copied,))
    repeated = [attrs.evolve(each, source="copy", id="") for each in said if each.source == copied]
    looked_again = [
        attrs.evolve(each, source="copy", id="") for each in seen if each.source == copied
    ]
    found = conclude(
        Case(
            subject="event",
            property=said[0].property,
            claims=[*said, *repeated],
            observations=[*seen, *looked_again],
            sources=Library([*SOURCES, copy]),
        )
    )

    assert without_ids(judged(said, seen)) == without_ids(found)


@FEW
@given(claims(dates, "date"), st.integers(0, 20), st.integers(0, 20))
def test_a_widened_window_never_contradicts_what_it_supported(
    said: list[Claim], earlier: int, later: int
) -> None:
    found = judged(said)
    assume(found.value is not None and found.status != "undecided")
    assert found.value is not None
    supporters = {each.claim for each in found.supporters if each.stance != "denies"}
    widened = next(each for each in said if each.id in supporters)
    date = FuzzyDate.parse(widened.value or "")
    first = None if date.earliest_day is None else date.earliest_day - earlier
    last = None if date.latest_day is None else date.latest_day + later
    assume(first is not None or last is not None)
    wider = attrs.evolve(widened, value=FuzzyDate.window(first, last).text, id="")
    assert wider.value is not None

    assert "disjoint" != relate(FuzzyDate.parse(wider.value), FuzzyDate.parse(found.value)).relation
    again = judged([wider if each is widened else each for each in said])
    if again.value == found.value:
        assert wider.id in {each.claim for each in again.supporters}


@FEW
@given(claims(st.one_of(day, windows().filter(lambda each: "[" not in each)), "date"), st.data())
def test_qualifiers_never_move_a_bound(said: list[Claim], data: st.DataObject) -> None:
    signs = data.draw(st.lists(st.sampled_from(["", "?", "~", "%"]), min_size=7, max_size=7))
    hedged = [
        attrs.evolve(each, value=f"{each.value}{sign}", id="")
        for each, sign in zip(said, signs, strict=False)
    ]
    plain, soft = judged(said), judged(hedged)

    assert (plain.earliest, plain.latest) == (soft.earliest, soft.latest)
    assert (plain.weight, plain.margin) == (soft.weight, soft.margin)


@FEW
@given(anything)
def test_a_refuted_claim_counts_for_nothing(said: list[Claim]) -> None:
    from heritage.model import Review

    refuted = said[0]
    review = Review(
        claim=refuted.id,
        reviewer="R",
        date=FuzzyDate.parse("2020-01-01"),
        decision="refuted",
        reason="wrong",
    )
    found = conclude(
        Case(
            subject="event",
            property=refuted.property,
            claims=said,
            reviews=[review],
            sources=LIBRARY,
        )
    )

    assert without_ids(judged(said[1:]) if said[1:] else found) == without_ids(found)
    assert refuted.id in {each.claim for each in found.not_counted}
