"""UNESCO's list means the same through every fault of its copies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from heritage.dates import FuzzyDate
from heritage.errors import UnreadableFileError
from heritage.ingest import deliver
from heritage.ingest.sources.whc.columns import IGNORED, TAKEN, columns_of, normal
from heritage.model import Identifier, Listing, Location, Name, Site, Source
from heritage.vocab import vocabulary

Writer = Callable[..., Path]
Reader = Callable[..., Any]
Row = dict[str, Any]


def test_a_row_is_a_site_and_its_listings(palmyra: Row, write: Writer, read: Reader) -> None:
    found = read(write([palmyra]), edition="2019-07")
    edition = FuzzyDate.parse("2019-07")
    listed = Listing(
        site="whc-23",
        register="world-heritage",
        status="inscribed",
        begin="1980",
        reference="23",
        suffix="Bis",
        criteria=["i", "ii", "iv"],
        area_ha=1640.5,
        source="whc-list",
        first_edition=edition,
        edition=edition,
    )
    bare = attrs.evolve(listed, suffix=None, criteria=(), area_ha=None, id="")

    assert [] == found.problems
    assert [
        Site(
            id="whc-23",
            names=[
                Name(text="Site of Palmyra", language="en"),
                Name(text="Site de Palmyre", language="fr"),
            ],
            kind="cultural_property",
            countries=["SY"],
            identifiers=[Identifier(scheme="whc", value="23")],
            location=Location(longitude=38.26667, latitude=34.55417),
            category="cultural",
            source="whc-list",
        ),
        listed,
        attrs.evolve(bare, status="extended", begin="2017", id=""),
        attrs.evolve(bare, status="in-danger", begin="2013", as_written="Y 2013", id=""),
    ] == found.records[1:]


def test_the_source_comes_first(palmyra: Row, write: Writer, read: Reader) -> None:
    for format, id in (("csv", "whc-list"), ("xml", "whc-syndication")):
        row = (
            palmyra if format == "csv" else {"id_number": 23, "site": "Palmyra", "danger": "Y 2013"}
        )
        source = read(write([row], format)).records[0]

        assert isinstance(source, Source)
        assert (id, 2, "dataset") == (source.id, source.tier, source.kind)


def test_every_term_is_of_its_vocabulary(palmyra: Row, write: Writer, read: Reader) -> None:
    flags = ("C1", "C2", "C3", "C4", "C5", "C6", "N7", "N8", "N9", "N10")
    kinds = (("Cultural", "(i)"), ("Natural", "(x)"), ("Mixed", "(i)(x)"), (None, None))
    rows = [
        {**palmyra, **dict.fromkeys(flags), "id_no": n, "category": name, "criteria_txt": criteria}
        for n, (name, criteria) in enumerate(kinds, 1)
    ]
    found = read(write(rows))

    for site in found.sites.values():
        assert site.kind in vocabulary("site_kind")
    for listing in found.listings:
        assert listing.register in vocabulary("register")
        assert listing.status in vocabulary("listing_status")
    assert found.records[0].kind in vocabulary("source_kind")
    assert ["cultural", "natural", "mixed", None] == [s.category for s in found.sites.values()]


def test_names_are_read_in_every_language_there_is(write: Writer, read: Reader) -> None:
    row = {
        "ID_NO": 23, "NAME_RU": "Пальмира", "NAME_AR": "تدمر", "NAME_ZH": "帕尔米拉",
        "Name (sr_Latn)": "Palmira",
    }  # fmt: skip
    found = read(write([row]))

    assert {("ru", "Пальмира"), ("ar", "تدمر"), ("zh", "帕尔米拉"), ("sr-Latn", "Palmira")} == {
        (name.language, name.text) for name in found.sites["whc-23"].names
    }


@pytest.mark.parametrize("language", ["en", "fr", "ru", "ar"])
def test_the_syndication_tells_its_language_by_its_links(
    language: str, write: Writer, read: Reader
) -> None:
    link = f"https://whc.unesco.org/{language}/list/23"
    row = {"id_number": 23, "site": "Palmyra", "http_url": link, "danger": None}

    (name,) = read(write([row], "xml")).sites["whc-23"].names
    assert (language, "official") == (name.language, name.kind)


def test_no_place_and_no_area_are_not_noughts(palmyra: Row, write: Writer, read: Reader) -> None:
    found = read(write([{**palmyra, "longitude": 0, "latitude": "0.0", "area_hectares": "0"}]))

    assert found.sites["whc-23"].location is None
    assert [None] * 3 == [listing.area_ha for listing in found.listings]
    assert ["invalid-coordinates"] == found.codes


def test_exchanged_coordinates_are_never_put_right_by_guessing(
    palmyra: Row, write: Writer, read: Reader
) -> None:
    found = read(write([{**palmyra, "longitude": 34.55, "latitude": 138.26}]))

    assert found.sites["whc-23"].location is None


def test_letters_of_the_compass_put_exchanged_coordinates_right(
    palmyra: Row, write: Writer, read: Reader
) -> None:
    found = read(write([{**palmyra, "longitude": "34.5 N", "latitude": "38.2 E"}]))

    assert Location(longitude=38.2, latitude=34.5) == found.sites["whc-23"].location


@pytest.mark.parametrize(
    ("danger_list", "danger", "date_end", "stints"),
    [
        ("Y 1996 P 1984-1992", 1, 1992, [("1984", "1992"), ("1996", None)]),
        ("P 2000-2006 P 1984-1988", 0, 1988, [("1984", "1988"), ("2000", "2006")]),
        ("P 2000-2006 P 1984-1988", 0, 2006, [("1984", "1988"), ("2000", "2006")]),
        ("Y 1992-2011", 0, 2011, [("1992", "2011")]),
        ("y 2013", "True", None, [("2013", None)]),
    ],
)
def test_the_danger_list_decides_and_an_earlier_end_is_no_contradiction(
    danger_list: str,
    danger: object,
    date_end: object,
    stints: object,
    palmyra: Row,
    write: Writer,
    read: Reader,
) -> None:
    row = {**palmyra, "danger_list": danger_list, "danger": danger, "date_end": date_end}
    found = read(write([row]))

    assert ([], stints) == (found.codes, found.stints("whc-23"))


@pytest.mark.parametrize(
    ("danger", "date_end", "listed"),
    [
        (1, None, [("in-danger", None)]),
        (0, 2005, [("removed", "2005")]),
        (1, 2005, [("removed", "2005"), ("in-danger", None)]),
        (0, None, []),
        ("Y 2013", None, [("in-danger", "2013")]),
    ],
)
def test_without_the_danger_list_the_flags_say_no_more_than_they_know(
    danger: object, date_end: object, listed: object, palmyra: Row, write: Writer, read: Reader
) -> None:
    row = {**palmyra, "danger": danger, "date_end": date_end}
    del row["danger_list"]
    found = read(write([row]))

    assert [] == found.codes
    assert listed == [
        (listing.status, listing.begin.text if listing.begin else None)
        for listing in found.listings
        if listing.status not in {"inscribed", "extended"}
    ]


@pytest.mark.parametrize("frozen", ["0", "1"])
def test_the_frozen_danger_field_is_told_and_nothing_is_made_of_it(
    frozen: str, write: Writer, read: Reader
) -> None:
    rows = [
        {"id_number": 9, "site": "A", "date_inscribed": 1980, "danger": frozen},
        {"id_number": 8, "site": "B", "date_inscribed": 1980, "danger": "Y 1996"},
    ]
    found = read(write(rows, "xml"))

    assert [("danger-column-frozen", 1, frozen)] == [
        (p.code, p.origin.row, p.value) for p in found.problems
    ]
    assert ([], [("1996", None)]) == (found.stints("whc-9"), found.stints("whc-8"))
    assert {"whc-syndication"} == {listing.source for listing in found.listings}


def test_the_syndication_is_told_by_its_columns_in_any_format(write: Writer, read: Reader) -> None:
    rows = [{"id_number": 9, "site": "A", "danger": ""}]

    for format in ("xml", "csv", "json", "xlsx"):
        assert "whc-xml" == read(write(rows, format)).delivery.dataset


def test_the_portal_s_columns_are_read(write: Writer, read: Reader) -> None:
    row = {
        "uuid": "1e6988b2", "id_no": "570", "name_en": "Butrint", "short_description_en": "…",
        "date_inscribed": "1992", "secondary_dates": "1992, 1999", "danger": "False",
        "date_end": None, "danger_list": None, "area_hectares": 8591.0, "cultural_criteria": "c3",
        "natural_criteria": None, "criteria_txt": "(iii)", "category": "Cultural", "category_id": 1,
        "states_names": ["Albania"], "iso_codes": "AL, MK", "region": "E", "region_code": "EUR",
        "transboundary": "False", "coordinates": {"lon": 20.02095, "lat": 39.745732},
        "main_image_url": {"id": "3f", "width": 1}, "images_urls": "a, b", "components_count": 1,
        "main_image_caption_en": "x", "main_video_url": None, "videos_urls": None,
        "components_list": "{}",
    }  # fmt: skip
    found = read(write(json.dumps({"total_count": 1, "results": [row]})))
    site = found.sites["whc-570"]

    assert [] == found.codes
    assert (("AL", "MK"), Location(longitude=20.02095, latitude=39.745732)) == (
        site.countries,
        site.location,
    )
    assert [("inscribed", "1992"), ("extended", "1999")] == [
        (listing.status, listing.begin.text) for listing in found.listings
    ]


def test_the_portal_s_point_in_one_cell_is_read(palmyra: Row, write: Writer, read: Reader) -> None:
    row = {**palmyra, "coordinates": "34.55417, 38.26667"}
    del row["longitude"], row["latitude"]

    found = read(write([row])).sites["whc-23"]

    assert Location(longitude=38.26667, latitude=34.55417) == found.location


def test_headers_are_read_in_every_spelling(palmyra: Row, write: Writer, read: Reader) -> None:
    plain = read(write([palmyra])).records
    spellings: list[Callable[[str], str]] = [
        str.upper,
        str.title,
        lambda name: name.replace("_", " ").title(),
        lambda name: name.replace("_", "-"),
        lambda name: f" {name} ",
        lambda name: "".join(w if not i else w.title() for i, w in enumerate(name.split("_"))),
    ]
    for spell in spellings:
        found = read(write([{spell(name): value for name, value in palmyra.items()}]))

        assert ([], plain) == (found.codes, found.records)


def test_a_mark_that_came_through_as_letters_does_not_hide_the_first_header(
    palmyra: Row, write: Writer, read: Reader
) -> None:
    row = {("ï»¿" + name if not i else name): v for i, (name, v) in enumerate(palmyra.items())}

    assert [] == read(write([row])).codes


def test_columns_of_their_own_are_told_once(
    palmyra: Row, aleppo: Row, write: Writer, read: Reader
) -> None:
    rows = [{**palmyra, "visited": 1, "name_en ": "x"}, {**aleppo, "visited": 0, "name_en ": "y"}]
    found = read(write(rows))

    assert [("unknown-column", 1, "visited"), ("unknown-column", 1, "name_en (2)")] == [
        (problem.code, problem.origin.row, problem.origin.column) for problem in found.problems
    ]


def test_only_the_number_and_one_name_are_needed(write: Writer, read: Reader) -> None:
    found = read(write([{"id_no": 23, "name_fr": "Palmyre"}]), edition="2019")

    assert ["inscribed"] == [listing.status for listing in found.listings]
    assert [] == found.codes
    assert any("date_inscribed" in note for note in found.delivery.notes)


@pytest.mark.parametrize("columns", [("id_no", "town"), ("name_en", "town")])
def test_without_its_number_or_a_name_nothing_is_read_and_that_is_told(
    columns: tuple[str, ...], write: Writer, read: Reader
) -> None:
    found = read(write([dict.fromkeys(columns, "1")]), source="whc", edition="2019")

    assert (["missing-column"], []) == (found.codes, found.records)


@pytest.mark.parametrize(
    ("headers", "certain"),
    [
        (["id_no", "name_ar"], True),
        (["id_number", "site"], True),
        (["ID NO", "Name", "Date Inscribed"], True),
        (["id_no", "name", "price"], False),
        (["id_no", "name_old"], False),
        (["id", "name_en", "date_inscribed"], False),
    ],
)
def test_the_list_is_told_by_its_own_columns(headers: list[str], certain: bool) -> None:
    assert certain == columns_of(headers).is_list


def test_headers_without_rows_are_no_edition(write: Writer) -> None:
    with pytest.raises(UnreadableFileError, match="no rows"):
        deliver(write("id_no,name_en,date_inscribed\n"))


def test_what_is_ignored_and_what_is_taken_do_not_overlap() -> None:
    aliases = [alias for names in TAKEN.values() for alias in names]

    assert len(aliases) == len(set(aliases))
    for alias in aliases:
        assert (alias,) == tuple(columns_of([alias]).taken.values())
    assert all(reason for reason in IGNORED.values())


@pytest.mark.parametrize(
    ("header", "column"),
    [("ID No", "id_no"), ("idNo", "id_no"), ("Date Inscribed", "date_inscribed"), ("C1", "c1")],
)
def test_a_header_is_freed_of_accidents(header: str, column: str) -> None:
    assert column == normal(header)


@pytest.mark.parametrize(
    ("row", "edition"),
    [
        ({"date_inscribed": 1980}, "1980"),
        ({"date_inscribed": 1980, "secondary_dates": "2005,1990"}, "2005"),
        ({"date_inscribed": 1980, "danger_list": "Y 2013"}, "2013"),
        ({"date_inscribed": 1980, "danger_list": "P 1997-2016"}, "2016"),
        ({"date_inscribed": 2980, "danger_list": "Y 2013"}, "2013"),
        ({"date_inscribed": 1980, "area_hectares": 2019}, "1980"),
    ],
)
def test_the_edition_is_the_newest_year_in_the_file(
    row: Row, edition: str, write: Writer, read: Reader
) -> None:
    found = read(write([{"id_no": 23, "name_en": "Palmyra", **row}]))

    assert FuzzyDate.parse(edition) == found.delivery.edition
    assert {edition} == {listing.edition.text for listing in found.listings}
    assert any(edition in note for note in found.delivery.notes)


def test_an_edition_that_nothing_tells_is_told(write: Writer, read: Reader) -> None:
    found = read(write([{"id_no": 23, "name_en": "Palmyra"}]))

    assert (None, ["edition-unknown"]) == (found.delivery.edition, found.codes)


def test_an_edition_older_than_its_rows_is_told_and_kept(
    palmyra: Row, write: Writer, read: Reader
) -> None:
    found = read(write([palmyra]), edition="2015")

    assert (FuzzyDate.parse("2015"), ["edition-too-early"]) == (found.delivery.edition, found.codes)


def test_a_file_of_one_decimal_comma_is_read_by_it(
    palmyra: Row, write: Writer, read: Reader
) -> None:
    comma = {
        **palmyra, "longitude": "38,26667", "latitude": "34,55417", "area_hectares": "1640,5",
    }  # fmt: skip
    found = read(write([comma], delimiter=";"))

    assert ([], read(write([palmyra])).records) == (found.codes, found.records)
    assert any("comma" in note for note in found.delivery.notes)
