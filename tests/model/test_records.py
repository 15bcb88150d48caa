"""What records accept, what they refuse, and in what order they keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from heritage.errors import InvalidRecordError
from heritage.model import (
    RECORDS,
    Actor,
    Claim,
    Custody,
    Event,
    Evidence,
    Extent,
    Geometry,
    Identifier,
    Intervention,
    Listing,
    Location,
    Name,
    Observation,
    Review,
    Site,
    Source,
    category_of,
)

Maker = Callable[..., Any]
SHA = "ab" * 32


def maker(cls: type, **known: object) -> Maker:
    """What makes a sound record, but for the fields that a test gives."""
    return lambda **fields: cls(**(known | fields))


site = maker(Site, id="bel")
source = maker(Source, id="s", title="A report")
listing = maker(Listing, site="a", register="world-heritage", status="inscribed", source="s")
event = maker(Event, id="e", label="Blown up", sites=("bel",))
claim = maker(Claim, subject="e", property="severity", value="destroyed", source="s")
observation = maker(Observation, site="bel", observed="2015-08-27", state="intact", source="s")
intervention = maker(Intervention, site="bel", kind="restoration", source="s")
evidence = maker(Evidence, id="v", sha256=SHA)
review = maker(
    Review, claim="c", reviewer="N. Kassem", date="2016", decision="refuted", reason="a copy"
)
actor = maker(Actor, id="p", kind="person")


def faults_of(make: Maker, **fields: object) -> tuple[str, ...]:
    with pytest.raises(InvalidRecordError) as caught:
        make(**fields)
    return caught.value.faults


@pytest.mark.parametrize(
    ("make", "field", "value"),
    [
        (site, "id", "a"),
        (site, "id", "Whc-23_b.c~d"),
        (site, "id", "x" * 200),
        (site, "part_of", "palmyra"),
        (site, "countries", ()),
        (site, "countries", ("LB", "SY")),
        (site, "kind", "a kind of nobody's list"),
        (site, "built", "-0044-03-15"),
        (site, "category", "mixed"),
        (source, "url", "https://example.org/تدمر"),
        (source, "tier", 0),
        (source, "tier", 3),
        (source, "relies_on", ("t", "u")),
        (source, "published", "2015-21"),
        (listing, "begin", "1978"),
        (listing, "begin", "1970/1978"),
        (listing, "area_ha", 0.01),
        (listing, "criteria", ("i", "x")),
        (listing, "status", "a status of somebody's"),
        (event, "sites", ("a", "b")),
        (event, "part_of", "campaign"),
        (claim, "as_written", "غير معروف"),
        (claim, "stance", "denies"),
        (claim, "confidence", "negligible"),
        (observation, "extent", Extent(low=0, high=100)),
        (observation, "extent", Extent(low=40, high=40)),
        (evidence, "size", 0),
        (evidence, "size", 2**63 - 1),
        (actor, "access", "public"),
        (review, "decision", "undecided"),
        (intervention, "date", None),
    ],
)
def test_sound_values_are_accepted(make: Maker, field: str, value: object) -> None:
    kept = getattr(make(**{field: value}), field)

    assert value == (kept.text if hasattr(kept, "earliest_key") else kept)


@pytest.mark.parametrize("make", [site, source, event, evidence, actor])
def test_an_empty_id_is_none(make: Maker) -> None:
    assert any(fault.startswith("id: ") for fault in faults_of(make, id=""))


@pytest.mark.parametrize("make", [site, source, event, claim, observation, evidence, review, actor])
@pytest.mark.parametrize(
    "id", [" ", "a b", "-a", ".a", "é", "a/b", "a\n", "x" * 201, "a\0", "٣", None, 7]
)
def test_what_cannot_stand_in_a_url_is_no_id(make: Maker, id: object) -> None:
    assert any(fault.startswith("id: ") for fault in faults_of(make, id=id))


@pytest.mark.parametrize(
    ("make", "field", "value", "expected"),
    [
        (site, "part_of", "bel", "part_of: a site cannot be part of itself"),
        (site, "part_of", "a b", "part_of: 'a b' is not an id"),
        (site, "countries", ("SYR",), "countries: 'SYR' is not an ISO 3166-1 alpha-2 code"),
        (site, "countries", ("sy",), "countries: 'sy' is not an ISO 3166-1 alpha-2 code"),
        (site, "countries", ("SY", 7), "countries: a text was expected, not 7"),
        (site, "category", "nice", "category: 'nice' is not a category; known are cultural"),
        (site, "built", "2015-02-29", "built: '2015-02-29' is not a date"),
        (site, "built", 2015, "built: an EDTF date was expected, not 2015"),
        (site, "kind", "", "kind: the text is empty"),
        (site, "kind", "\u2003", "kind: the text is empty"),
        (site, "kind", "a\0b", "kind: the text holds a NUL character"),
        (site, "kind", "\ud800", "kind: the text holds half of a surrogate pair"),
        (site, "kind", 7, "kind: a text was expected, not 7"),
        (site, "location", (38, 34), "location: a Location was expected"),
        (site, "names", ("Bel",), "names: a Name was expected"),
        (source, "title", "", "title: the text is empty"),
        (source, "url", "ftp://example.org", "url: 'ftp://example.org' is not an http"),
        (source, "url", "https://", "url: 'https://' is not an http"),
        (source, "url", "https://example.org/a b", "url: 'https://example.org/a b' is not"),
        (source, "archived_url", "example.org", "archived_url: 'example.org' is not an http"),
        (source, "tier", 4, "tier: 4 is not between 0 and 3"),
        (source, "tier", -1, "tier: -1 is not between 0 and 3"),
        (source, "tier", True, "tier: a whole number was expected, not True"),
        (source, "relies_on", ("s",), "relies_on: a source cannot rely on itself"),
        (source, "access", "secret", "access: 'secret' is not an access; known are public"),
        (listing, "begin", "1977", "begin: 1977 lies before 1978, the first inscriptions"),
        (listing, "begin", "1972/1977-12", "begin: 1972/1977-12 lies before 1978"),
        (listing, "criteria", ("xi",), "criteria: 'xi' is not a criterion; known are i, ii"),
        (listing, "area_ha", 0, "area_ha: 0.0 is not an area"),
        (listing, "area_ha", -3, "area_ha: -3.0 is not an area"),
        (listing, "area_ha", float("nan"), "area_ha: nan is not a finite number"),
        (listing, "area_ha", 10**400, "area_ha: inf is not a finite number"),
        (event, "sites", (), "sites: an event happened to one site or more"),
        (event, "part_of", "e", "part_of: an event cannot be part of itself"),
        (event, "label", " ", "label: the text is empty"),
        (claim, "property", "colour", "property: 'colour' is not a property; known are occurred"),
        (claim, "stance", "shouts", "stance: 'shouts' is not a stance"),
        (claim, "confidence", "sure", "confidence: 'sure' is not a confidence"),
        (claim, "value", None, "value: neither a value nor the words as written are given"),
        (observation, "state", "gone", "state: 'gone' is not a state; known are intact"),
        (observation, "observed", None, "observed: an EDTF date was expected, not None"),
        (observation, "extent", 40, "extent: an Extent was expected, not 40"),
        (evidence, "sha256", SHA.upper(), "sha256: "),
        (evidence, "sha256", SHA[:-1], "sha256: "),
        (evidence, "size", -1, "size: -1 is not a number of bytes"),
        (evidence, "size", 2**63, "size: 9223372036854775808 is not a number of bytes"),
        (evidence, "custody", ("mine",), "custody: a Custody was expected"),
        (review, "decision", "maybe", "decision: 'maybe' is not a decision"),
        (review, "reason", "", "reason: the text is empty"),
        (intervention, "kind", "", "kind: the text is empty"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(
    make: Maker, field: str, value: object, expected: str
) -> None:
    (fault,) = faults_of(make, **{field: value})

    assert fault.startswith(expected)


def test_an_end_before_the_beginning_is_refused() -> None:
    (fault,) = faults_of(listing, begin="2015", end="2013")

    assert "end: 2013 lies before begin 2015" == fault
    assert listing(begin="2015", end="2013/2015") is not None


def test_a_register_of_another_kind_may_be_older_than_the_convention() -> None:
    assert "1913" == str(listing(register="national", begin="1913").begin.text)


def test_all_faults_of_a_record_are_told_at_once() -> None:
    found = faults_of(source, id="a b", title="", tier=9, url="x", published="soon", access="no")

    assert ["id", "title", "published", "url", "tier", "access"] == [
        fault.split(":")[0] for fault in found
    ]


def test_rules_wait_until_the_fields_are_sound() -> None:
    assert ("sites: an event happened to one site or more",) == faults_of(event, sites=())
    assert ["label"] == [f.split(":")[0] for f in faults_of(event, sites=(), label="")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "neither a point nor a geometry is given"),
        ({"longitude": 1}, "longitude and latitude come together or not at all"),
        ({"latitude": 1}, "longitude and latitude come together or not at all"),
        ({"longitude": 181, "latitude": 1}, "longitude: 181.0 is not between -180 and 180"),
        ({"longitude": 1, "latitude": -90.5}, "latitude: -90.5 is not between -90 and 90"),
        ({"longitude": 0, "latitude": 0}, "0 0 is a missing value more often than a place"),
        ({"longitude": 0.0, "latitude": -0.0}, "0 0 is a missing value more often than a place"),
        ({"longitude": float("inf"), "latitude": 1}, "longitude: inf is not a finite number"),
        ({"longitude": "38", "latitude": 1}, "longitude: a number was expected, not '38'"),
        ({"longitude": 1, "latitude": 1, "precision_m": -1}, "precision_m: -1.0 is negative"),
        ({"longitude": 1, "latitude": 1, "access": "x"}, "access: 'x' is not an access"),
    ],
)
def test_a_location_that_is_none_is_refused(fields: dict[str, Any], expected: str) -> None:
    assert any(fault.startswith(expected) for fault in faults_of(Location, **fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"longitude": -180, "latitude": 90},
        {"longitude": 0, "latitude": 51.5},
        {"longitude": 0, "latitude": 0, "is_null_island": True},
        {"longitude": 38.27, "latitude": 34.55, "precision_m": 0},
        {"geometry": Geometry.of({"type": "Point", "coordinates": [0, 0]})},
    ],
)
def test_a_location_is_a_point_a_geometry_or_both(fields: dict[str, Any]) -> None:
    assert fields == {name: getattr(Location(**fields), name) for name in fields}


@pytest.mark.parametrize("language", ["ar", "en", "ku-Latn", "zh-Hant-TW", "und", "de-1996"])
def test_a_language_is_a_bcp_47_tag(language: str) -> None:
    assert language == Name(text="Bel", language=language).language


@pytest.mark.parametrize(
    "language", ["", "a", "english!", "en_GB", "en-", "-en", "en--GB", "e1", "عربي", "abcdefghi"]
)
def test_what_is_no_language_tag_is_refused(language: str) -> None:
    assert any(f.startswith("language: ") for f in faults_of(Name, text="Bel", language=language))


@pytest.mark.parametrize("scheme", ["", "WHC", "whc 23", "123", "é", "-_"])
def test_a_scheme_is_a_word_in_lower_case(scheme: str) -> None:
    assert any(f.startswith("scheme: ") for f in faults_of(Identifier, scheme=scheme, value="1"))


@pytest.mark.parametrize(("low", "high"), [(-1, 5), (5, 4), (0, 100.5), (float("nan"), 5)])
def test_an_extent_is_a_range_of_percent(low: float, high: float) -> None:
    assert faults_of(Extent, low=low, high=high)


def test_a_step_of_custody_needs_its_date() -> None:
    assert ("date: an EDTF date was expected, not None",) == faults_of(
        Custody, date=None, holder="Museum", act="received"
    )


def test_names_have_one_order_whoever_gave_them() -> None:
    names = (
        Name(text="Palmyre", language="fr"),
        Name(text="Tadmur", language="und", kind="alias"),
        Name(text="Palmyra", language="en"),
        Name(text="تدمر", language="ar"),
        Name(text="Palmira", language="es", kind="common"),
        Name(text="?", kind="of nobody's list"),
    )

    expected = ("Palmyra", "تدمر", "Palmyre", "Palmira", "Tadmur", "?")
    assert expected == tuple(name.text for name in site(names=names).names)
    assert site(names=names) == site(names=tuple(reversed(names)) + names)
    assert "Palmyra" == site(names=names).name
    assert "bel" == site().name


def test_sets_have_one_order_and_no_doubles() -> None:
    assert ("IQ", "SY") == site(countries=["SY", "IQ", "SY"]).countries
    assert ("a", "b") == event(sites=("b", "a", "b")).sites
    assert ("t", "u") == source(relies_on=("u", "t")).relies_on
    assert ("ii", "iv", "ix") == listing(criteria=("ix", "iv", "ii", "iv")).criteria


def test_the_chain_of_custody_keeps_its_own_order() -> None:
    steps = (
        Custody(date="2016", holder="B", act="received"),
        Custody(date="2015", holder="A", act="received"),
    )

    assert steps == evidence(custody=list(steps)).custody


def test_persons_are_withheld_unless_someone_decides() -> None:
    assert "withheld" == actor(kind="person").access
    assert "public" == actor(kind="group").access
    assert "restricted" == evidence().access


@pytest.mark.parametrize(
    ("criteria", "category"),
    [
        ((), None),
        (("i",), "cultural"),
        (("vi", "i"), "cultural"),
        (("vii",), "natural"),
        (("x", "viii"), "natural"),
        (("vi", "vii"), "mixed"),
    ],
)
def test_criteria_imply_a_category(criteria: tuple[str, ...], category: str | None) -> None:
    assert category == category_of(criteria)


def test_records_are_frozen_and_keyword_only() -> None:
    for cls in RECORDS.values():
        assert all(field.kw_only for field in attrs.fields(cls))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        site().id = "x"


@pytest.mark.parametrize(
    ("make", "field", "other"),
    [
        (claim, "subject", "f"),
        (claim, "site", "bel"),
        (claim, "property", "condition"),
        (claim, "value", "damaged"),
        (claim, "as_written", "détruit"),
        (claim, "stance", "alleges"),
        (claim, "source", "t"),
        (claim, "attributed_to", "a resident"),
        (claim, "locator", "p. 4"),
        (listing, "site", "b"),
        (listing, "register", "national"),
        (listing, "status", "extended"),
        (listing, "begin", "1980"),
        (listing, "source", "t"),
        (listing, "reference", "23"),
        (observation, "observed", "2015-08-31"),
        (observation, "state", "destroyed"),
        (observation, "extent", Extent(low=1, high=2)),
        (intervention, "kind", "move"),
        (intervention, "date", "2016"),
        (review, "reviewer", "another"),
        (review, "decision", "confirmed"),
    ],
)
def test_an_id_is_a_hash_of_what_is_said(make: Maker, field: str, other: object) -> None:
    assert make().id == make().id
    assert make().id != make(**{field: other}).id


@pytest.mark.parametrize(
    ("make", "field", "other"),
    [
        (claim, "confidence", "high"),
        (claim, "access", "withheld"),
        (listing, "end", "2020"),
        (listing, "edition", "2024"),
        (listing, "criteria", ("i",)),
        (listing, "area_ha", 3.5),
        (observation, "confidence", "low"),
        (review, "reason", "another reason"),
    ],
)
def test_what_is_ours_or_may_be_amended_does_not_change_the_id(
    make: Maker, field: str, other: object
) -> None:
    assert make().id == make(**{field: other}).id


def test_a_listing_with_a_reference_keeps_its_id_when_its_site_is_renamed() -> None:
    assert listing(reference="23").id == listing(reference="23", site="palmyra").id


def test_ids_do_not_depend_on_which_type_a_date_came_in() -> None:
    date = observation().observed

    assert observation().id == observation(observed=date).id


def test_an_id_that_was_given_is_kept() -> None:
    assert "mine" == claim(id="mine").id
