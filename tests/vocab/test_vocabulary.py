"""Terms are found by any of their names, and never by a guess."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.errors import HeritageError, UnknownTermError
from heritage.vocab import VOCABULARIES, Term, UnknownVocabularyError, vocabulary

ALL_TERMS = [(name, term) for name in VOCABULARIES for term in vocabulary(name).terms.values()]
terms = st.sampled_from(ALL_TERMS)


def names_of(term: Term) -> list[str]:
    return [term.code, term.label_en, term.label_ar, *term.also]


@given(terms, st.data())
def test_any_name_of_a_term_finds_it(named: tuple[str, Term], data: st.DataObject) -> None:
    name, term = named
    text = data.draw(st.sampled_from(names_of(term)))
    assert term.code == vocabulary(name).find(text)


@given(terms, st.data())
def test_case_and_gaps_do_not_matter(named: tuple[str, Term], data: st.DataObject) -> None:
    name, term = named
    text = data.draw(st.sampled_from(names_of(term)))
    gap = data.draw(st.sampled_from(["_", "-", "  ", " \u00a0"]))
    rewritten = f" {text.upper()} ".replace(" ", gap)
    assert term.code == vocabulary(name).find(rewritten)


@given(terms)
def test_an_exact_match_with_its_scheme_finds_the_term(named: tuple[str, Term]) -> None:
    name, term = named
    assert [term.code] * len(term.exact_match) == [
        vocabulary(name).find(match) for match in term.exact_match
    ]


@given(terms, st.data())
def test_a_slip_of_the_pen_still_leads_somewhere(
    named: tuple[str, Term], data: st.DataObject
) -> None:
    """One letter left out of a long label is near enough for a suggestion."""
    name, term = named
    label = term.label_en
    if len(label) < 8:
        return
    at = data.draw(st.integers(0, len(label) - 1))
    assert vocabulary(name).nearest(label[:at] + label[at + 1 :]) in vocabulary(name)


@given(st.text())
def test_what_is_found_is_a_term_and_so_is_what_is_near(text: str) -> None:
    for name in ("severity", "cause"):
        found = vocabulary(name).find(text)
        near = vocabulary(name).nearest(text)
        assert found is None or found in vocabulary(name)
        assert near is None or near in vocabulary(name)
        assert found in {None, near}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("cause", "Explosion/Heavy Weaponry", "heavy_weapons"),
        ("cause", "Grafitti", "graffiti"),
        ("cause", "Tunelling", "tunnelling"),
        ("cause", "زلزال", "earthquake"),
        ("cause", "electrical short circuit", "electrical_fault"),
        ("effect", "Lack of Adehsion", "loss_of_adhesion"),
        ("severity", "مدمر", "destroyed"),
        ("severity", "مُدَمَّر", "destroyed"),
        ("severity", "Severe Damage", "severe"),
        ("severity", "unosat:1", "destroyed"),
        ("site_kind", "stage facade", "stage_facade"),
        ("context", "infrastructure/transport", "infrastructure"),
        ("listing_status", "In Danger", "in-danger"),
        ("criteria", "(iv)", "iv"),
    ],
)
def test_words_of_the_field_are_understood(name: str, text: str, code: str) -> None:
    assert code == vocabulary(name).find(text)


@pytest.mark.parametrize("text", ["", " ", "5", "1", "٣", "Fair", "zzz", "destroyed?"])
def test_what_could_mean_two_things_or_nothing_is_not_guessed(text: str) -> None:
    """A bare number differs from system to system; `Fair` is only close to slight."""
    assert vocabulary("severity").find(text) is None


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("severity", "distroyed", "destroyed"),
        ("severity", "servere", "severe"),
        ("cause", "earthquaek", "earthquake"),
        ("cause", "barel bombs", "barrel_bomb"),
        ("stance", "sugests", "suggests"),
        ("register", "world heritige", "world-heritage"),
        ("severity", "مدمرة", "destroyed"),
    ],
)
def test_a_misspelt_term_is_suggested(name: str, text: str, code: str) -> None:
    assert vocabulary(name).find(text) is None
    assert code == vocabulary(name).nearest(text)


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert vocabulary("severity").nearest("qqqq") is None
    assert vocabulary("severity").nearest("") is None


def test_an_unknown_code_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownTermError) as caught:
        vocabulary("severity")["distroyed"]
    assert ("severity", "distroyed", "destroyed") == (
        caught.value.vocabulary,
        caught.value.code,
        caught.value.nearest,
    )
    assert "did you mean 'destroyed'" in str(caught.value)


def test_an_unknown_vocabulary_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownVocabularyError, match="did you mean 'severity'") as caught:
        vocabulary("severty")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (str(caught.value), "severity") == (str(again), again.nearest)
    assert isinstance(again, HeritageError)
    with pytest.raises(UnknownVocabularyError, match=r"is called 'x'$"):
        vocabulary("x")


def test_membership_is_by_code_alone() -> None:
    severity = vocabulary("severity")
    assert "destroyed" in severity
    assert "Destroyed" not in severity
    assert None not in severity


def test_a_vocabulary_is_read_once_and_cannot_be_altered() -> None:
    assert vocabulary("cause") is vocabulary("cause")
    with pytest.raises(TypeError):
        vocabulary("cause").terms["new"] = vocabulary("cause")["fire"]  # type: ignore[index] # the point


def test_terms_come_in_the_order_of_the_file() -> None:
    stance = vocabulary("stance")
    assert ["asserts", "suggests", "alleges", "denies", "cannot_determine"] == list(stance)
    assert len(stance) == len(stance.terms)


def test_the_tree_is_climbed_from_the_nearest_ancestor() -> None:
    cause = vocabulary("cause")
    assert ("artillery", "heavy_weapons", "weapons") == cause.ancestors("mortar")
    assert () == cause.ancestors("weapons")


@given(terms)
def test_a_term_is_itself_and_all_its_ancestors_and_nothing_else(named: tuple[str, Term]) -> None:
    name, term = named
    whole = vocabulary(name)
    assert {term.code, *whole.ancestors(term.code)} == {
        other for other in whole if whole.is_a(term.code, other)
    }


def test_kinship_with_an_unknown_term_is_refused_and_not_denied() -> None:
    with pytest.raises(UnknownTermError):
        vocabulary("cause").is_a("mortar", "weapon")
    with pytest.raises(UnknownTermError):
        vocabulary("cause").is_a("morter", "weapons")


@pytest.mark.parametrize(
    ("name", "upwards", "unranked"),
    [
        (
            "severity",
            ["none_visible", "possible", "slight", "moderate", "severe", "destroyed"],
            {"unknown"},
        ),
        ("condition", ["good", "fair", "poor", "very_bad", "destroyed"], {"unknown"}),
        ("confidence", ["negligible", "low", "medium", "high", "definite"], set()),
        ("state", ["intact", "damaged", "destroyed"], {"partly_visible", "not_assessable"}),
        ("access", ["public", "restricted", "withheld"], set()),
        (
            "criteria",
            ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"],
            {"cultural", "natural"},
        ),
    ],
)
def test_ordered_vocabularies_rank_their_terms(
    name: str, upwards: list[str], unranked: set[str]
) -> None:
    whole = vocabulary(name)
    ranked = {code: rank for code in whole if (rank := whole.rank(code)) is not None}
    assert upwards == sorted(ranked, key=ranked.__getitem__)
    assert unranked == set(whole) - set(ranked)


def test_what_is_only_possible_is_said_to_be_a_grade_of_knowledge() -> None:
    assert "what is known" in vocabulary("severity")["possible"].definition


def test_criteria_stand_under_the_category_that_they_make() -> None:
    criteria = vocabulary("criteria")
    of = {
        code: [c for c in criteria if criteria[c].parent == code]
        for code in ("cultural", "natural")
    }
    assert {
        "cultural": ["i", "ii", "iii", "iv", "v", "vi"],
        "natural": ["vii", "viii", "ix", "x"],
    } == of
    columns = [f"{'C' if n < 7 else 'N'}{n}" for n in range(1, 11)]
    assert [code for code in criteria if criteria.rank(code)] == [
        code for column in columns for code in criteria.match("whc", column)
    ]
