"""Whose word a statement is, and what it weighs."""

from __future__ import annotations

import pytest

from heritage.errors import UsageError
from heritage.judge import KIND_TIERS, OTHER_TIER, Case, Conclusion, Library, Tiers, conclude
from heritage.model import Claim, Source
from heritage.vocab import vocabulary


def source(id: str, tier: int | None = 1, *relies_on: str, publisher: str | None = None) -> Source:
    return Source(id=id, title=id, tier=tier, relies_on=relies_on, publisher=publisher)


def said(source: str, value: str = "2015-08-23", quoted: str | None = None) -> Claim:
    return Claim(subject="event", property="date", value=value, source=source, attributed_to=quoted)


def judged(sources: list[Source], *claims: Claim) -> Conclusion:
    library = Library(sources)
    return conclude(Case(subject="event", property="date", claims=claims, sources=library))


def test_independent_sources_add_up() -> None:
    assert 5 == judged([source("a", 2), source("b", 3)], said("a"), said("b")).weight


def test_who_relies_on_a_root_through_others_speaks_with_its_voice() -> None:
    sources = [source("root", 3), source("agency", 1, "root"), source("paper", 2, "agency")]
    found = judged(sources, said("agency"), said("paper"))

    assert 3 == found.weight
    assert {"root"} == {each.root for each in found.supporters}
    assert {"copy", "single-root"} <= set(found.flags)


def test_a_copy_cannot_lend_its_root_s_weight_to_another_answer() -> None:
    sources = [source("root", 3), source("copy", 1, "root"), source("other", 1)]
    claims = said("root"), said("copy", "2015-08-25"), said("other", "2015-08-25")
    found = judged(sources, *claims)

    assert ("2015-08-23", 3, 2) == (found.value, found.weight, found.margin)


def test_copies_that_retell_a_silent_root_differently_leave_it_undecided() -> None:
    sources = [source("root", 3), source("one", 1, "root"), source("two", 1, "root")]
    found = judged(sources, said("one"), said("two", "2015-08-25"))

    assert ("undecided", 3, 0) == (found.status, found.weight, found.margin)
    assert "[2015-08-23,2015-08-25]" == found.value


def test_a_source_with_two_roots_adds_nothing_where_one_of_them_speaks() -> None:
    sources = [source("a", 1), source("b", 3), source("both", 1, "a", "b")]

    assert 3 == judged(sources, said("b"), said("both")).weight
    assert 1 == judged(sources, said("both")).weight


def test_all_who_quote_one_name_are_one_voice() -> None:
    sources = [source("paper"), source("station"), source("third")]
    claims = (
        said("paper", quoted="Syrian Observatory for Human Rights"),
        said("station", quoted="Rami Abdulrahman, SOHR (AFP)"),
        said("third", quoted="Hassan, activist"),
    )

    assert 2 == judged(sources, *claims).weight


def test_a_name_quoted_is_the_voice_of_the_body_that_publishes_under_it() -> None:
    body = source("statement", 2, publisher="Syrian Observatory for Human Rights")
    found = judged([body, source("paper")], said("statement"), said("paper", quoted="SOHR"))

    assert 2 == found.weight


def test_two_documents_of_one_publisher_are_one_voice() -> None:
    sources = [source("first", 2, publisher="DGAM"), source("second", 1, publisher="DGAM (Syria)")]
    found = judged(sources, said("first"), said("second"))

    assert 2 == found.weight
    assert "same-publisher" in found.flags


def test_a_first_hand_source_stands_by_what_it_quotes() -> None:
    found = judged([source("ministry", 2)], said("ministry", quoted="residents"))

    assert (2, "ministry") == (found.weight, found.supporters[0].root)


def test_quoting_somebody_else_does_not_borrow_the_weight_of_a_root() -> None:
    sources = [source("unosat", 3), source("paper", 1, "unosat"), source("dgam", 2)]
    quoting = judged(sources, said("paper", quoted="Maamoun Abdulkarim, DGAM"))
    repeating = judged(sources, said("paper", quoted="Einar Bjorgo, UNOSAT"))

    assert (1, 3) == (quoting.weight, repeating.weight)


def test_a_root_without_a_tier_weighs_by_its_kind() -> None:
    legal = Source(id="legal", title="A judgement", kind="legal")
    plain = Source(id="plain", title="A page")

    assert (2, 1) == (Library([legal]).weight("legal"), Library([plain]).weight("plain"))
    assert "unweighed" in judged([legal], said("legal")).flags
    assert set(KIND_TIERS) <= set(vocabulary("source_kind"))
    assert OTHER_TIER not in KIND_TIERS.values()


def test_a_reader_s_own_weights_go_before_those_of_the_registry() -> None:
    sources = [source("a", 3), Source(id="b", title="B", tier=3, kind="legal")]
    library = Library(sources).with_tiers(Tiers(sources={"a": 0}, kinds={"official": 5}))

    assert (0, 5) == (library.weight("a"), library.weight("b"))


@pytest.mark.parametrize("weights", [{"a": -1}, {"a": 1.5}, {"a": True}, ["a"]])
def test_weights_that_are_none_are_refused(weights: object) -> None:
    with pytest.raises(UsageError, match="tiers"):
        Tiers(sources=weights)  # type: ignore[arg-type]  # what a file may hold


def test_only_weightless_sources_support_nothing() -> None:
    found = judged([source("mock", 0)], said("mock"))

    assert ("unsupported", 0, "2015-08-23") == (found.status, found.weight, found.value)


def test_a_weightless_rumour_narrows_nothing() -> None:
    sources = [source("unosat", 3), source("rumour", 0)]
    found = judged(sources, said("unosat", "2015-08"), said("rumour"))

    assert ("2015-08", 3) == (found.value, found.weight)


def test_what_a_root_says_more_exactly_narrows_what_it_says_elsewhere() -> None:
    found = judged([source("sohr", 1)], said("sohr", "2015-08"), said("sohr", "2015-08-30"))

    assert ("2015-08-30", 1) == (found.value, found.weight)


def test_a_source_that_is_not_public_is_not_named() -> None:
    hidden = Source(id="hidden", title="Abu Hidden", tier=2, access="withheld")
    found = judged([hidden], said("hidden"))

    assert "Hidden" not in found.sentence
    assert "rests-on-withheld" in found.flags


def test_a_circle_of_sources_is_one_voice() -> None:
    sources = [source("a", 2, "b"), source("b", 2, "a")]

    assert 2 == judged(sources, said("a"), said("b")).weight


@pytest.mark.parametrize("quoted", ["UNITAR/UNOSAT", "Einar Bjorgo, UNOSAT", "UNOSAT analysts"])
@pytest.mark.parametrize(
    "root",
    [
        Source(id="s5", title="Imagery of UNOSAT, 28 August", publisher="UN", tier=3),
        Source(id="unosat", title="Imagery", tier=3),
        Source(id="s5", title="Imagery", publisher="UNITAR-UNOSAT", tier=3),
    ],
)
def test_a_root_is_known_by_any_of_its_names(root: Source, quoted: str) -> None:
    copy = source("newspaper", 1, root.id)

    assert 3 == judged([root, copy], said("newspaper", quoted=quoted)).weight
