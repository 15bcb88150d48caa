"""Editions of UNESCO's list, one after another in any order: nothing doubled, nothing lost."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import heritage
from heritage import CheckFailedError, Identifier, Listing, Name, Registry, Site, Source

Write = Callable[..., Path]
MakeRow = Callable[..., dict[str, object]]
WHO = {"by": "n.kassem", "why": "corrected"}


def ids(records: Any) -> list[str]:  # noqa: ANN401 - records of any kind
    return [record.id for record in records]


def text(date: heritage.FuzzyDate | None) -> str | None:
    return None if date is None else date.text


def stints(registry: Registry, site: str) -> list[tuple[str | None, str | None]]:
    return [
        (text(each.begin), text(each.end))
        for each in registry.listings(site=site, status="in-danger")
    ]


def spans(registry: Registry, site: str) -> dict[str, tuple[str | None, str | None]]:
    return {
        each.status: (text(each.first_edition), text(each.edition))
        for each in registry.listings(site=site)
    }


@pytest.mark.parametrize("kind", ["edition", "syndication", "own"])
@pytest.mark.parametrize("dry_run", [False, True])
def test_the_same_file_twice_changes_nothing(
    registry: Registry,
    row: MakeRow,
    whole: Callable[[Path], str],
    request: pytest.FixtureRequest,
    kind: str,
    dry_run: bool,
) -> None:
    write = request.getfixturevalue(kind)
    records = (
        [Source(id="s", title="S"), Site(id="a", source="s"), Site(id="b", part_of="a")]
        if kind == "own"
        else [row(1), row(2, danger_list="P 1990-2000"), row(3, secondary_dates="1985,1990")]
    )
    file = write(*records)
    first = registry.load(file)
    before = whole(registry.path)

    again = registry.load(file, dry_run=dry_run)

    assert (3, 0, 0, 1) == (first.created, first.changed, first.unchanged, first.change)
    assert (0, 0, 3, None) == (again.created, again.changed, again.unchanged, again.change)
    assert before == whole(registry.path)


def test_two_editions_in_either_order_make_one_registry(
    empty: Callable[[], Path],
    edition: Write,
    row: MakeRow,
    content: Callable[[Path], object],
    sound: Callable[[Path], None],
) -> None:
    older = edition(
        row(1, name_en="Old name", danger_list="Y 2013", date_inscribed=1979),
        row(2, area_hectares=5),
        row(3, date_inscribed=2015),
    )
    newer = edition(
        row(1, name_en="New name", danger_list="P 2013-2018", date_inscribed=1979),
        row(2, area_hectares=7, name_fr="Bien 2"),
        row(4, date_inscribed=2020),
    )
    found = []
    for files in ((older, newer), (newer, older)):
        path = empty()
        with heritage.open(path) as registry:
            for file in files:
                registry.load(file)
            assert [("2013", "2018")] == stints(registry, "whc-1")
            assert {"inscribed": ("2015", "2020"), "in-danger": ("2015", "2020")} == spans(
                registry, "whc-1"
            )
            assert ("2015", "2015") == spans(registry, "whc-3")["inscribed"]
            assert ("2020", "2020") == spans(registry, "whc-4")["inscribed"]
            assert [("New name", "official"), ("Old name", "former")] == [
                (name.text, name.kind) for name in registry.site("whc-1").names
            ]
            assert [7.0] == [each.area_ha for each in registry.listings(site="whc-2")]
            assert ["whc-1", "whc-2", "whc-4"] == ids(registry.sites())
            assert ["whc-3"] == ids(registry.sites(status="left"))
            assert ["whc-1", "whc-2", "whc-3", "whc-4"] == ids(registry.sites(all=True))
            assert [] == ids(registry.sites(in_danger=True))
        sound(path)
        found.append(content(path))
    assert found[0] == found[1]


def test_the_edition_can_be_named(registry: Registry, edition: Write, row: MakeRow) -> None:
    file = edition(row(1, date_inscribed=2001))

    assert "2001" == registry.load(file).edition
    assert "2016-07" == registry.load(file, edition="2016-07").edition
    assert {"inscribed": ("2001", "2016-07")} == spans(registry, "whc-1")
    with pytest.raises(heritage.DateParseError):
        registry.load(file, edition="July 2016")


def test_a_site_that_is_gone_is_reported_and_kept(
    registry: Registry, edition: Write, row: MakeRow
) -> None:
    registry.load(edition(row(1), row(2), row(3)), edition="2019")

    report = registry.load(edition(row(1)), edition="2024")

    assert ("whc-2", "whc-3") == report.left
    assert "Property 2" == registry.site("whc:2").name
    assert ["whc-1"] == ids(registry.sites())
    assert ["whc-2", "whc-3"] == ids(registry.sites(status="left"))
    assert {"whc-2", "whc-3"} == {
        each.origin.file.removeprefix("sites/")
        for each in registry.check()
        if each.code == "sites-left" and each.origin.file
    }


def test_a_listing_record_can_say_how_a_site_left(
    registry: Registry, edition: Write, own: Write, row: MakeRow
) -> None:
    registry.load(edition(row(1), row(2)), edition="2019")
    registry.load(edition(row(1)), edition="2024")
    out = Listing(
        site="whc-2", register="world-heritage", status="delisted", begin="2021", source="news"
    )

    registry.load(own(Source(id="news", title="News"), out))

    assert ["whc-2"] == ids(registry.sites(status="delisted"))
    assert ["whc-1"] == ids(registry.sites())
    assert [] == [each for each in registry.check() if each.code == "sites-left"]


def test_an_older_edition_reports_nothing_as_left_and_brings_nothing_back(
    registry: Registry, edition: Write, row: MakeRow
) -> None:
    registry.load(edition(row(1), row(3)), edition="2024")

    report = registry.load(edition(row(1), row(2)), edition="2019")

    assert ((), 1) == (report.left, report.created)
    assert "the edition 2024 is newer and known already; it goes on deciding" in report.notes
    assert ["whc-2"] == ids(registry.sites(status="left"))


def test_a_site_that_comes_back_has_not_left(
    registry: Registry, edition: Write, row: MakeRow
) -> None:
    registry.load(edition(row(1), row(2)), edition="2019")
    registry.load(edition(row(1)), edition="2021")

    report = registry.load(edition(row(1), row(2)), edition="2024")

    assert () == report.left
    assert ["whc-1", "whc-2"] == ids(registry.sites())


def test_a_row_that_cannot_be_used_does_not_make_its_site_leave(
    registry: Registry, edition: Write, row: MakeRow
) -> None:
    registry.load(edition(row(1), row(2), row(3)), edition="2019")

    report = registry.load(edition(row(1), row(2, name_en="")), edition="2024")

    assert ("whc-3",) == report.left
    assert ["whc-1", "whc-2"] == ids(registry.sites())
    assert ("missing-value", 3) in [(each.code, each.origin.row) for each in report.problems]


def test_danger_ends_with_the_edition_that_no_longer_tells_of_it(
    registry: Registry, edition: Write, row: MakeRow
) -> None:
    registry.load(
        edition(row(1, danger_list="Y 2013"), row(2, danger_list="Y 2014")), edition="2015"
    )
    registry.load(edition(row(1), row(2, danger_list="Y 2014")), edition="2020")

    assert ["whc-2"] == ids(registry.sites(in_danger=True))
    assert ["whc-1", "whc-2"] == ids(registry.sites(in_danger=True, during="2013/2015"))


def test_the_frozen_danger_of_the_syndication_does_not_overrule_and_is_kept(
    registry: Registry, edition: Write, syndication: Write, row: MakeRow
) -> None:
    sheet = edition(row(1, danger_list="P 1990-2000"), row(2, danger_list="Y 2013"), row(3))
    feed = syndication(
        row(1, danger_list="Y 1990"), row(2, danger_list=""), row(3, danger_list="P 1985-1988")
    )
    for files in ((sheet, feed), (feed, sheet)):
        for file in files:
            registry.load(file, edition="2019")
        assert ["whc-2"] == ids(registry.sites(in_danger=True))
    said = {
        (each.source, each.site, text(each.begin), text(each.end))
        for each in registry.listings(status="in-danger")
    }
    assert {
        ("whc-list", "whc-1", "1990", "2000"),
        ("whc-list", "whc-2", "2013", None),
        ("whc-syndication", "whc-1", "1990", None),
        ("whc-syndication", "whc-3", "1985", "1988"),
    } == said
    assert {"sites/whc-1", "sites/whc-2", "sites/whc-3"} == {
        each.origin.file for each in registry.check() if each.code == "danger-column-frozen"
    }


def test_two_files_of_one_edition_in_two_languages_are_one_edition(
    empty: Callable[[], Path], edition: Write, row: MakeRow, content: Callable[[Path], object]
) -> None:
    french = row(1, name_fr="Bien 1")
    del french["name_en"], french["area_hectares"]
    files = [edition(row(1)), edition(french)]
    found = []
    for order in (files, files[::-1]):
        path = empty()
        with heritage.open(path) as registry:
            for file in order:
                registry.load(file)
            for file in order:
                assert None is registry.load(file).change
            assert ["Property 1", "Bien 1"] == [each.text for each in registry.site("whc-1").names]
            assert [10.0] == [each.area_ha for each in registry.listings()]
        found.append(content(path))
    assert found[0] == found[1]


# What people wrote stays.


@pytest.mark.parametrize("with_sqlite3", [False, True])
def test_what_a_person_amended_survives_files_that_say_nothing_new(
    registry: Registry, edition: Write, row: MakeRow, with_sqlite3: bool
) -> None:
    file = edition(row(1, danger_list="Y 2013"))
    registry.load(file, edition="2019")
    (listing,) = registry.listings(status="inscribed")
    if with_sqlite3:
        connection = sqlite3.connect(registry.path)
        connection.execute("UPDATE sites SET kind = 'temple', longitude = 1.5 WHERE id = 'whc-1'")
        connection.execute("DELETE FROM names WHERE site = 'whc-1'")
        connection.execute("INSERT INTO names VALUES ('whc-1', 'Mine', 'en', 'official')")
        connection.execute("UPDATE listings SET area_ha = 99 WHERE id = ?", (listing.id,))
        connection.commit()
        connection.close()
    else:
        with registry.change(**WHO) as change:
            place = registry.site("whc-1").location
            assert place is not None
            change.amend(
                "site",
                "whc-1",
                kind="temple",
                names=[Name(text="Mine", language="en")],
                location=heritage.Location(longitude=1.5, latitude=place.latitude),
            )
            change.amend("listing", listing.id, area_ha=99)
    amended = registry.site("whc-1"), registry.record("listing", listing.id)

    same = registry.load(file, edition="2019")
    assert (0, 1, None) == (same.changed, same.unchanged, same.change)
    assert amended == (registry.site("whc-1"), registry.record("listing", listing.id))

    registry.load(edition(row(1, danger_list="P 2013-2020")), edition="2024")
    site, (after,) = registry.site("whc-1"), registry.listings(status="inscribed")
    assert amended[0] == site
    assert (99.0, "2024") == (after.area_ha, text(after.edition))
    assert [("2013", "2020")] == stints(registry, "whc-1")


def test_a_newer_edition_changes_what_it_says_differently_beside_an_amendment(
    registry: Registry, edition: Write, row: MakeRow
) -> None:
    registry.load(edition(row(1)), edition="2019")
    with registry.change(**WHO) as change:
        change.amend("site", "whc-1", kind="temple")

    registry.load(edition(row(1, name_en="Another name", iso_code="sy,lb")), edition="2024")

    site = registry.site("whc-1")
    assert ("temple", ("LB", "SY"), "Another name") == (site.kind, site.countries, site.name)


def test_a_name_that_was_taken_away_by_hand_does_not_come_back(
    registry: Registry, edition: Write, row: MakeRow
) -> None:
    registry.load(edition(row(1, name_fr="Faux nom")), edition="2019")
    with registry.change(**WHO) as change:
        change.amend("site", "whc-1", names=[Name(text="Property 1", language="en")])

    registry.load(edition(row(1, name_fr="Faux nom", name_es="Nombre")), edition="2024")

    assert ["Property 1", "Nombre"] == [each.text for each in registry.site("whc-1").names]


# Trials and refusals.


def test_a_dry_run_reports_what_a_load_would_do_and_does_nothing(
    registry: Registry, edition: Write, row: MakeRow, whole: Callable[[Path], str]
) -> None:
    registry.load(edition(row(1), row(2)), edition="2019")
    newer = edition(row(1, name_en="Changed"), row(3), row(4, id_no="x"))
    before = whole(registry.path)

    tried = registry.load(newer, edition="2024", dry_run=True)

    assert before == whole(registry.path)
    assert None is tried.change
    done = registry.load(newer, edition="2024")
    assert 2 == done.change
    for name in ("created", "changed", "unchanged", "left", "problems", "rows", "notes"):
        assert getattr(tried, name) == getattr(done, name), name
    assert ("whc-2",) == done.left
    assert [("invalid-value", 4), ("sites-left", None)] == [
        (problem.code, problem.origin.row) for problem in done.problems
    ]


def test_a_strict_load_changes_nothing_where_there_is_a_problem(
    registry: Registry, edition: Write, row: MakeRow, whole: Callable[[Path], str]
) -> None:
    before = whole(registry.path)

    with pytest.raises(CheckFailedError) as raised:
        registry.load(edition(row(1), row(2, longitude=999)), strict=True)

    assert ["invalid-coordinates"] == [problem.code for problem in raised.value.problems]
    assert before == whole(registry.path)
    assert 1 == registry.load(edition(row(1)), strict=True).created


# Any order.

NUMBERS = st.sampled_from([1, 2, 3])
ROWS = st.fixed_dictionaries(
    {
        "name_en": st.sampled_from(["Old", "New", "Other"]),
        "name_fr": st.sampled_from(["", "Vieux", "Nouveau"]),
        "danger_list": st.sampled_from(["", "Y 1990", "P 1990-1995", "P 1990-1995 P 1996-1998"]),
        "secondary_dates": st.sampled_from(["", "1985", "1985,1989"]),
        "area_hectares": st.sampled_from(["", "5", "6.5"]),
        "iso_code": st.sampled_from(["", "sy", "sy,lb"]),
        "longitude": st.sampled_from([35.25, 36.5]),
        "criteria_txt": st.sampled_from(["", "(i)", "(i)(ii)"]),
    }
)
EDITIONS = st.dictionaries(NUMBERS, ROWS, min_size=1)
OWN_SITES = st.builds(
    lambda number, name, kind, built: Site(
        id=f"own-{number}",
        names=(Name(text=name, language="en", kind="common"),),
        kind=kind,
        built=built,
        identifiers=(Identifier(scheme="whc", value=str(number)),),
    ),
    NUMBERS,
    st.sampled_from(["Ours", "Old", "New"]),
    st.sampled_from([None, "temple"]),
    st.sampled_from([None, "0032"]),
)


@settings(max_examples=settings().max_examples // 8)
@given(
    sheets=st.dictionaries(st.sampled_from(["2019", "2021-07", "2024"]), EDITIONS, min_size=1),
    feed=st.none() | EDITIONS,
    sites=st.lists(OWN_SITES, max_size=3, unique_by=lambda site: site.id),
    data=st.data(),
)
def test_files_in_any_order_and_number_make_one_registry(
    sheets: Mapping[str, Mapping[int, dict[str, object]]],
    feed: Mapping[int, dict[str, object]] | None,
    sites: list[Site],
    data: st.DataObject,
    tools: tuple[Write, Write, Write, MakeRow, Callable[[], Path]],
    content: Callable[[Path], object],
    sound: Callable[[Path], None],
) -> None:
    edition, syndication, own, row, empty = tools
    files: list[tuple[Path, str | None]] = [
        (edition(*(row(number, **given) for number, given in rows.items())), year)
        for year, rows in sheets.items()
    ]
    if feed is not None:
        files.append(
            (syndication(*(row(number, **given) for number, given in feed.items())), "2020")
        )
    if sites:
        files.append((own(*sites), None))
    found = []
    for order in (files, data.draw(st.permutations(files))):
        repeated = data.draw(st.lists(st.sampled_from(files), max_size=2))
        path = empty()
        with heritage.open(path) as registry:
            for file, year in [*order, *repeated]:
                registry.load(file, edition=year)
            for file, year in files:
                assert None is registry.load(file, edition=year).change
            for site in sites:
                for id in (site.id, f"whc-{site.id[4:]}", f"whc:{site.id[4:]}"):
                    if not id.startswith("whc-") or any(
                        int(id[4:]) in rows for rows in [*sheets.values(), feed or {}]
                    ):
                        assert site.id == registry.site(id).id
        sound(path)
        found.append(content(path))
    assert found[0] == found[1]


@pytest.fixture(scope="session")
def tools(
    edition: Write, syndication: Write, own: Write, row: MakeRow, empty: Callable[[], Path]
) -> tuple[Write, Write, Write, MakeRow, Callable[[], Path]]:
    return edition, syndication, own, row, empty


def test_history_tells_each_edition_apart(registry: Registry, edition: Write, row: MakeRow) -> None:
    for year, name in (("2019", "First"), ("2021", "Second"), ("2024", "Third")):
        registry.load(edition(row(1, name_en=name)), edition=year, by="n.kassem")

    rows = sqlite3.connect(registry.path).execute(
        "SELECT c.by, c.why, c.dataset, json_extract(h.after, '$.text') FROM changes c"
        " JOIN history h ON h.change = c.id WHERE h.table_name = 'names' AND h.op = 'insert'"
        " AND json_extract(h.after, '$.kind') = 'official' ORDER BY h.seq"
    )
    assert [
        ("n.kassem", "load edition.csv", "whc", name) for name in ("First", "Second", "Third")
    ] == (rows.fetchall())


def test_a_report_can_be_told_as_json(registry: Registry, edition: Write, row: MakeRow) -> None:
    report = registry.load(edition(row(1)))

    plain = {"created": report.created, "left": list(report.left), "change": report.change}
    assert '{"created": 1, "left": [], "change": 1}' == json.dumps(plain)


def test_orders_of_three_editions_all_agree(
    empty: Callable[[], Path], edition: Write, row: MakeRow, content: Callable[[Path], object]
) -> None:
    files = [
        (edition(row(1, name_en="A", danger_list="Y 1990"), row(2)), "2017"),
        (edition(row(1, name_en="B", danger_list="P 1990-2018"), row(3)), "2019"),
        (edition(row(1, name_en="A", danger_list="P 1990-2018"), row(2), row(4)), "2024"),
    ]
    found = []
    for order in itertools.permutations(files):
        path = empty()
        with heritage.open(path) as registry:
            for file, year in order:
                registry.load(file, edition=year)
            assert ["whc-3"] == ids(registry.sites(status="left"))
        found.append(content(path))
    assert [found[0]] * 6 == found
