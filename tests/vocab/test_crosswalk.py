"""Other systems' terms are matched honestly: exact, close, or not at all with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from heritage.vocab import Scheme, schemes, unmapped, vocabulary

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "vocab" / "eamena-terms.json"
needs_the_lists = pytest.mark.skipif(
    not SHARED.is_file(), reason=f"the lists of other systems are not at {SHARED}"
)
UNOSAT_CLASSES = [str(number) for number in range(1, 14)]
AMAL_NUMBERS = [str(number) for number in range(6)]

# What the user-facing EAMENA templates spell otherwise than its concept scheme.
VARIANTS = [
    ("cause", "Grafitti", "Graffiti"),
    ("cause", "Tunelling", "Tunneling"),
    ("cause", "Recession of water", "Recession of Water"),
    ("effect", "Lack of Adehsion", "Lack of Adhesion"),
    ("effect", "Erosion/Deterioration (micro-bio)", "Erosion/Deterioration"),
    ("context", "Utilties", "Utilities"),
]


def unmapped_in(name: str, scheme: str) -> set[str]:
    return {u.term for u in unmapped() if (u.vocabulary, u.scheme) == (name, scheme)}


def neither_or_both(name: str, scheme: str, terms: list[str]) -> list[str]:
    """Terms that have no match and no reason, or a match and a reason for none."""
    known, excused = vocabulary(name), unmapped_in(name, scheme)
    return [term for term in terms if bool(known.match(scheme, term)) == (term in excused)]


def other_lists() -> dict[tuple[str, str], list[str]]:
    """The real lists, by title and list as `schemes.csv` names them."""
    data: dict[str, Any] = json.loads(SHARED.read_text("utf-8"))
    lists = {
        ("EAMENA", name): [term["en"] for term in terms]
        for name, terms in data["eamena_collections"]["lists"].items()
    }
    lists["UNOSAT damage assessment layers", "Main_Damage_Site_Class"] = list(
        data["unosat_cda_Main_Damage_Site_Class"]
    )
    lists["UNOSAT report on heritage in Syria of December 2014", "damage classes"] = data[
        "unosat_heritage_2014"
    ]
    lists["Amal in Heritage", "conditionNumber"] = list(data["amal_conditionNumber"])
    lists["HeritageTracker", "status"] = list(data["heritagetracker_status"])
    lists["Linked Places Format 1.3", "certainty"] = data["lpf_certainty"]
    return lists


@needs_the_lists
def test_every_term_of_a_wholly_covered_list_has_a_match_or_a_reason() -> None:
    lists = other_lists()
    compared = [s for s in schemes() if s.covered == "whole" and (s.title, s.list) in lists]
    assert {} == {
        (s.vocabulary, s.scheme): missing
        for s in compared
        if (missing := neither_or_both(s.vocabulary, s.scheme, lists[s.title, s.list]))
    }
    assert {"cause", "condition", "effect", "severity"} <= {s.vocabulary for s in compared}


@needs_the_lists
@pytest.mark.parametrize(
    "scheme",
    [s for s in schemes() if s.covered == "whole"],
    ids=lambda s: f"{s.vocabulary}-{s.scheme}",
)
def test_no_match_names_a_term_that_the_real_list_lacks(scheme: Scheme) -> None:
    terms = other_lists().get((scheme.title, scheme.list))
    if terms is None:
        pytest.skip("no copy of this list to compare with")
    spellings = {variant for name, variant, _ in VARIANTS if name == scheme.vocabulary}
    claimed = {
        word
        for term in vocabulary(scheme.vocabulary).terms.values()
        for match in (*term.exact_match, *term.close_match)
        for prefix, _, word in [match.partition(":")]
        if prefix == scheme.scheme
    } | unmapped_in(scheme.vocabulary, scheme.scheme)
    assert set() == claimed - set(terms) - spellings


@needs_the_lists
def test_the_unesco_primary_factors_have_a_context_or_a_reason() -> None:
    factors = json.loads(SHARED.read_text("utf-8"))["whc_primary_factors"]
    assert [] == neither_or_both("context", "whc-factor", factors)


@pytest.mark.parametrize("name", ["severity", "state"])
def test_every_unosat_class_has_a_match_or_a_reason(name: str) -> None:
    assert [] == neither_or_both(name, "unosat", UNOSAT_CLASSES)


def test_every_amal_number_has_a_match() -> None:
    assert [] == neither_or_both("severity", "amal", AMAL_NUMBERS)


def test_a_reason_stands_for_a_scheme_that_is_described() -> None:
    described = {(s.vocabulary, s.scheme) for s in schemes()}
    assert set() == {(u.vocabulary, u.scheme) for u in unmapped()} - described
    assert all(u.reason.endswith(".") for u in unmapped())


def test_what_is_not_a_severity_is_found_among_causes_and_effects() -> None:
    elsewhere = {
        code: vocabulary("cause").match("unosat", code) + vocabulary("effect").match("unosat", code)
        for code in unmapped_in("severity", "unosat")
    }
    assert {
        "5": ("crater",),
        "7": ("crater",),
        "9": ("incendiary_weapon",),
        "10": ("vehicle_movement",),
        "12": ("volcanic_eruption",),
    } == elsewhere


@pytest.mark.parametrize(
    ("scheme", "term", "exact", "close"),
    [
        ("eamena", "Destroyed", ("destroyed",), ()),
        ("eamena", "Slight Damage", ("slight",), ()),
        ("eamena", "Intact/No Damage", (), ("none_visible",)),
        ("eamena", "No Visible/Accessible/Known", (), ("none_visible",)),
        ("eamena-condition", "Fair", (), ("slight",)),
        ("unosat", "1", ("destroyed",), ()),
        ("unosat", "2", ("severe",), ()),
        ("unosat", "3", ("moderate",), ()),
        ("unosat", "4", (), ("possible",)),
        ("unosat", "6", ("none_visible",), ()),
        ("unosat", "8", (), ("destroyed",)),
        ("unosat", "11", (), ("possible",)),
        ("unosat", "13", (), ("unknown",)),
        ("amal", "5", (), ("destroyed",)),
        ("amal", "2", (), ("slight",)),
        ("heritagetracker", "damaged", (), ("unknown",)),
        ("heritagetracker", "looted", (), ()),
        ("ems98", "3", (), ("moderate", "severe")),
    ],
)
def test_a_lossy_match_is_close_and_never_exact(
    scheme: str, term: str, exact: tuple[str, ...], close: tuple[str, ...]
) -> None:
    severity = vocabulary("severity")
    assert exact == severity.match(scheme, term, exact=True)
    assert exact + close == severity.match(scheme, term)


@pytest.mark.parametrize(("name", "variant", "proper"), VARIANTS)
def test_known_misspellings_match_as_their_proper_forms_do(
    name: str, variant: str, proper: str
) -> None:
    matched = vocabulary(name).match("eamena", variant)
    assert matched
    assert vocabulary(name).match("eamena", proper) == matched


def test_a_term_of_one_scheme_is_not_taken_for_a_term_of_another() -> None:
    assert () == vocabulary("severity").match("eamena", "1")
    assert () == vocabulary("severity").match("nobody", "Destroyed")


def test_palmyra_needs_a_context_an_intent_and_a_cause_where_eamena_has_one_category() -> None:
    assert ("vandalism",) == vocabulary("context").match("eamena", "Vandalism")
    assert ("deliberate_destruction",) == vocabulary("intent").match("eamena", "Vandalism")
    assert ("armed_conflict",) == vocabulary("context").match("eamena", "Military/Armed Conflict")
