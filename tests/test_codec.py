"""Records to plain dictionaries and back, strictly."""

from __future__ import annotations

import json
from typing import Any, cast

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.codec import from_plain, kind_of, to_plain, value_to_plain
from heritage.dates import FuzzyDate
from heritage.errors import InvalidRecordError, UnknownKindError
from heritage.model import RECORDS, Event, Name, Record, Site
from tests.strategies import RECORDS_OF

SITE = {"id": "bel"}
SOURCE = {"id": "s", "title": "A report"}
CLAIM = {"subject": "bel", "property": "severity", "value": "destroyed", "source": "s"}
EVIDENCE = {"id": "v", "sha256": "0" * 64}
OBSERVATION = {"site": "bel", "observed": "2015-08-27", "state": "intact", "source": "s"}


def faults_of(kind: str, plain: object) -> list[str]:
    with pytest.raises(InvalidRecordError) as caught:
        from_plain(kind, cast("Any", plain))
    assert kind == caught.value.kind
    return list(caught.value.faults)


@pytest.mark.parametrize("kind", RECORDS)
@settings(max_examples=20)
@given(data=st.data())
def test_a_record_comes_back_from_its_plain_form(kind: str, data: st.DataObject) -> None:
    record: Record = data.draw(RECORDS_OF[kind])

    plain = to_plain(record)

    assert record == from_plain(kind, plain)
    assert plain == json.loads(json.dumps(plain))
    assert plain == to_plain(from_plain(kind, json.loads(json.dumps(plain))))
    assert kind == kind_of(record)


@pytest.mark.parametrize("kind", RECORDS)
@settings(max_examples=20)
@given(data=st.data())
def test_keys_stand_in_declared_order_and_defaults_are_left_out(
    kind: str, data: st.DataObject
) -> None:
    record: Record = data.draw(RECORDS_OF[kind])

    plain = to_plain(record)

    declared = [field.name for field in attrs.fields(RECORDS[kind])]
    assert [name for name in declared if name in plain] == list(plain)
    for field in attrs.fields(RECORDS[kind]):
        value = getattr(record, field.name)
        if value in (None, (), field.default):
            assert field.name not in plain


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        ("site", SITE),
        ("source", SOURCE),
        ("evidence", EVIDENCE),
        ("actor", {"id": "p", "kind": "person"}),
        ("actor", {"id": "g", "kind": "group"}),
    ],
)
def test_a_record_of_defaults_is_as_short_as_it_was_written(
    kind: str, plain: dict[str, Any]
) -> None:
    assert plain == to_plain(from_plain(kind, plain))


def test_what_differs_from_a_default_that_depends_on_others_is_written() -> None:
    person = {"id": "p", "kind": "person", "access": "public"}
    group = {"id": "g", "kind": "group", "access": "withheld"}

    assert person == to_plain(from_plain("actor", person))
    assert group == to_plain(from_plain("actor", group))


@pytest.mark.parametrize(
    ("kind", "plain", "expected"),
    [
        ("source", SOURCE | {"tier": "3"}, "tier: a whole number was expected, not '3'"),
        ("source", SOURCE | {"tier": 3.0}, "tier: a whole number was expected, not 3.0"),
        ("source", SOURCE | {"tier": True}, "tier: a whole number was expected, not True"),
        ("evidence", EVIDENCE | {"size": "12"}, "size: a whole number was expected, not '12'"),
        ("source", SOURCE | {"title": 12}, "title: a text was expected, not 12"),
        ("source", SOURCE | {"title": None}, "title: a text was expected, not None"),
        ("source", SOURCE | {"title": True}, "title: a text was expected, not True"),
        ("source", SOURCE | {"title": ["A"]}, "title: a text was expected, not ['A']"),
        ("source", SOURCE | {"relies_on": "abc"}, "relies_on: a list was expected, not 'abc'"),
        ("source", SOURCE | {"relies_on": {"a": 1}}, "relies_on: a list was expected"),
        ("source", SOURCE | {"relies_on": None}, "relies_on: a list was expected, not None"),
        ("source", SOURCE | {"relies_on": ["t", 7]}, "relies_on[1]: a text was expected, not 7"),
        ("source", SOURCE | {"published": 2015}, "published: an EDTF date was expected, not 2015"),
        ("source", SOURCE | {"published": "03/04/2015"}, "published: '03/04/2015' is not a date"),
        ("site", SITE | {"location": "here"}, "location: an object was expected, not 'here'"),
        ("site", SITE | {"location": [38, 34]}, "location: an object was expected"),
        ("site", SITE | {"names": ["Palmyra"]}, "names[0]: an object was expected, not 'Palmyra'"),
        (
            "site",
            SITE | {"location": {"longitude": "38.2", "latitude": 34}},
            "location.longitude: a number was expected, not '38.2'",
        ),
        (
            "site",
            SITE | {"location": {"longitude": True, "latitude": 34}},
            "location.longitude: a number was expected, not True",
        ),
        (
            "site",
            SITE | {"location": {"longitude": 1, "latitude": 2, "is_null_island": 1}},
            "location.is_null_island: true or false was expected, not 1",
        ),
        (
            "site",
            SITE | {"location": {"longitude": 1, "latitude": 2, "is_null_island": "false"}},
            "location.is_null_island: true or false was expected, not 'false'",
        ),
        (
            "site",
            SITE | {"location": {"geometry": {"type": "Point", "coordinates": ["1", 2]}}},
            "location.geometry: geometry.coordinates: a position is longitude and latitude",
        ),
        (
            "observation",
            OBSERVATION | {"extent": {"low": "70", "high": 80}},
            "extent.low: a number was expected, not '70'",
        ),
    ],
)
def test_nothing_is_coerced(kind: str, plain: dict[str, Any], expected: str) -> None:
    (fault,) = faults_of(kind, plain)

    assert fault.startswith(expected)


def test_a_whole_number_is_a_number() -> None:
    site = from_plain("site", SITE | {"location": {"longitude": 38, "latitude": 34.5}})

    assert {"longitude": 38.0, "latitude": 34.5} == to_plain(site)["location"]


def test_all_faults_of_a_record_are_told_at_once_with_their_paths() -> None:
    found = faults_of(
        "site",
        {
            "id": "b a d",
            "name": "Bel",
            "names": [{"text": "Bel", "langage": "en"}, {"text": 3}, {"language": "english!"}],
            "countries": ["Syria", "SY"],
            "location": {"longitude": 200, "latitude": "x"},
            "built": "2015-13-45",
            "category": "nice",
        },
    )

    begins = [fault.split(":")[0] for fault in found]
    assert {
        *("id", "name", "names[0].langage", "names[1].text", "names[2].text", "names[2].language"),
        *("countries", "location.longitude", "location.latitude", "built", "category"),
    } == set(begins)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("key", "hint"),
    [("nmaes", "; did you mean names?"), ("identifer", "; did you mean identifiers?"), ("q", "")],
)
def test_an_unknown_key_is_refused_and_a_near_one_suggested(key: str, hint: str) -> None:
    assert [f"{key}: no such field{hint}"] == faults_of("site", SITE | {key: "x"})


def test_a_missing_field_is_named() -> None:
    assert ["subject: missing", "property: missing", "source: missing"] == faults_of("claim", {})


@pytest.mark.parametrize("plain", [None, 3, "site", [], [["id", "x"]], True])
def test_what_is_no_object_is_refused(plain: object) -> None:
    assert [f"record: an object was expected, not {plain!r}"] == faults_of("site", plain)


def test_rules_across_fields_are_told_as_faults_too() -> None:
    (fault,) = faults_of("site", SITE | {"part_of": "bel"})

    assert "part_of: a site cannot be part of itself" == fault


def test_a_kind_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownKindError, match=r"'sight' is not a kind.*known are source, actor"):
        from_plain("sight", {})


def test_a_claim_without_an_id_gets_the_one_of_its_content() -> None:
    claim = from_plain("claim", CLAIM)

    assert claim.id == from_plain("claim", CLAIM | {"id": claim.id, "access": "withheld"}).id
    assert claim.id != from_plain("claim", CLAIM | {"value": "damaged"}).id


def test_a_date_keeps_its_text() -> None:
    assert "2015-08-30~" == to_plain(from_plain("site", SITE | {"built": "2015-08-30~"}))["built"]


def test_values_of_fields_become_plain_one_by_one() -> None:
    assert "2015?" == value_to_plain(FuzzyDate.parse("2015?"))
    assert [{"text": "Bel"}, {"text": "بل"}] == value_to_plain([Name(text="Bel"), {"text": "بل"}])
    assert ["a", "b"] == value_to_plain(("a", "b"))
    assert 3 == value_to_plain(3)


def test_records_are_told_apart_by_their_kind() -> None:
    assert ["site", "event"] == [
        kind_of(Site(id="a")),
        kind_of(Event(id="e", label="x", sites=("a",))),
    ]
