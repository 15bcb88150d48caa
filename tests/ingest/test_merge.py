"""Descriptions to a site: who speaks for a field, which names are former, and what stays."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage import Identifier, Location, Name, Site
from heritage.ingest.merge import Description, merge, same_edition
from heritage.loading.descriptions import is_minted


def said(dataset: str, edition: str = "", **fields: object) -> Description:
    names = fields.pop("names", ())
    site = Site(id="stated", names=names, **fields)  # type: ignore[arg-type] # fields of any type
    return Description(dataset=dataset, edition=edition, latest=edition, site=site)


def named(*texts: str, language: str = "en", kind: str = "official") -> tuple[Name, ...]:
    return tuple(Name(text=text, language=language, kind=kind) for text in texts)


def test_a_field_is_what_the_highest_standing_says_that_says_anything() -> None:
    whc = said("whc", "2024", kind="property", countries=("SY",), category="cultural")
    feed = said("whc-xml", "2025", kind="odd", built="0100")
    own = said("own", kind="tell")

    site = merge("a", None, (), [feed, whc, own])

    assert Site(id="a", kind="tell", countries=("SY",), category="cultural", built="0100") == site


def test_of_two_editions_the_newer_speaks_and_the_older_fills_gaps() -> None:
    older = said("whc", "2019", kind="old", location=Location(longitude=1, latitude=2))
    newer = said("whc", "2024", kind="new")

    site = merge("a", None, (), [newer, older])

    assert ("new", 1.0) == (site.kind, site.location and site.location.longitude)
    assert site == merge("a", None, (), [older, newer])


def test_names_of_older_editions_are_former_unless_somebody_still_says_them() -> None:
    older = said("whc", "2019", names=named("Old", "Kept"))
    newer = said("whc", "2024", names=named("New"))
    feed = said("whc-xml", "2018", names=named("Kept"))

    site = merge("a", None, (), [older, newer, feed])

    assert {("New", "official"), ("Kept", "official"), ("Old", "former")} == {
        (name.text, name.kind) for name in site.names
    }


def test_the_better_kind_of_a_name_counts() -> None:
    site = merge(
        "a",
        None,
        (),
        [said("own", names=named("Bel", kind="alias")), said("whc", names=named("Bel"))],
    )

    assert named("Bel") == site.names


EDITS = [
    ("kind", "temple"),
    ("kind", None),
    ("countries", ("LB",)),
    ("countries", ()),
    ("names", named("Mine")),
    ("names", ()),
    ("names", named("Old", kind="alias")),
    ("identifiers", ()),
    ("identifiers", (Identifier(scheme="mine", value="1"),)),
    ("location", None),
]
BEFORE = said(
    "whc",
    "2019",
    kind="tell",
    countries=("SY",),
    names=named("Old"),
    identifiers=(Identifier(scheme="whc", value="1"),),
    location=Location(longitude=1, latitude=2),
)


@pytest.mark.parametrize(("field", "value"), EDITS)
def test_what_was_edited_by_hand_stays(field: str, value: object) -> None:
    edited = attrs.evolve(merge("a", None, (), [BEFORE]), **{field: value})  # type: ignore[arg-type]
    again = attrs.evolve(BEFORE, edition="2024", latest="2024")

    assert edited == merge("a", edited, [BEFORE], [BEFORE])
    assert edited == merge("a", edited, [BEFORE], [BEFORE, again])


def test_a_newer_edition_changes_what_was_not_edited() -> None:
    edited = attrs.evolve(merge("a", None, (), [BEFORE]), kind="temple")
    newer = said("whc", "2024", kind="mound", countries=("LB",), names=named("New"))

    site = merge("a", edited, [BEFORE], [BEFORE, newer])

    assert ("temple", ("LB",)) == (site.kind, site.countries)
    assert ["New", "Old"] == [name.text for name in site.names]


def test_an_own_file_that_changes_its_mind_decides_over_an_edit() -> None:
    before, after = said("own", kind="tell", category="cultural"), said("own", kind="mound")
    edited = attrs.evolve(merge("a", None, (), [before]), kind="temple", category="mixed")

    site = merge("a", edited, [before], [after])

    assert ("mound", None) == (site.kind, site.category)


def test_two_files_of_one_edition_complete_each_other() -> None:
    english = said("whc", "2019", names=named("Site"), kind="tell")
    french = said("whc", "2019", names=named("Bien", language="fr"), countries=("SY",))

    both = same_edition(english, french)

    assert both == same_edition(french, english)
    assert ("tell", ("SY",), 2) == (both.site.kind, both.site.countries, len(both.site.names))
    assert english == same_edition(
        french.__class__(**attrs.asdict(french, recurse=False) | {"edition": "2020"}), english
    )
    own = said("own", kind="tell")
    assert own == same_edition(said("own", names=named("Site")), own)


@pytest.mark.parametrize(
    ("id", "is_it"), [("whc-23", True), ("palmyra", False), ("whc-24", False), ("23", False)]
)
def test_an_id_made_out_of_an_identifier_is_told_from_a_given_one(id: str, is_it: bool) -> None:
    site = Site(id=id, identifiers=(Identifier(scheme="whc", value="23"),))

    assert is_it is is_minted(site)


SAID = st.builds(
    said,
    st.sampled_from(["own", "whc", "whc-xml", "eamena"]),
    st.sampled_from(["2019", "2021", "2024"]),
    kind=st.sampled_from([None, "tell", "temple"]),
    countries=st.sampled_from([(), ("SY",), ("LB", "SY")]),
    names=st.lists(st.sampled_from("ABC"), max_size=3, unique=True).map(lambda t: named(*t)),
)
MANY = st.lists(SAID, min_size=1, max_size=5, unique_by=lambda each: each.key)


@given(MANY, st.data())
def test_the_order_of_descriptions_means_nothing(
    descriptions: list[Description], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(descriptions))

    assert merge("a", None, (), descriptions) == merge("a", None, (), shuffled)


@given(MANY, MANY)
def test_descriptions_one_after_another_come_to_the_same_as_all_at_once(
    first: list[Description], second: list[Description]
) -> None:
    after = [*[each for each in first if each.key not in {d.key for d in second}], *second]
    at_first = merge("a", None, (), first)

    assert merge("a", None, (), after) == merge("a", at_first, first, after)
    assert at_first == merge("a", at_first, first, first)
