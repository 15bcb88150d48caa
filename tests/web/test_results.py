"""Lists are what their address says, with counts that add up, in every form."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

import heritage
from heritage import Event, Name, Site
from heritage.store.facts import is_settled
from heritage.store.lists import Filters
from heritage.store.lists import ids as listed_ids
from heritage.web.asked import box, read_asked
from heritage.web.queries import filtered, of_lists
from heritage.web.queries.of_spelling import distance, suggestion
from heritage.web.spreadsheet import as_csv
from heritage.web.words import Words

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

pytestmark = pytest.mark.anyio

ENGLISH = Words("en")


@pytest.fixture
def registry(demo: Path) -> Iterator[sqlite3.Connection]:
    """The public demo, open for reading."""
    with closing(sqlite3.connect(f"file:{demo / 'public.db'}?mode=ro", uri=True)) as connection:
        yield connection


def passing(registry: sqlite3.Connection, **given: str) -> tuple[int, list[str]]:
    """How many events pass some filters, and which."""
    asked = read_asked({"kind": "events", **given}, ENGLISH)
    assert () == asked.faults
    found = filtered.find(registry, asked)
    return found.counts.total, found.ids(1000)


FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"country": "SY"},
    {"country": "sy", "severity": "destroyed"},
    {"cause": "explosives"},
    {"register": "world-heritage"},
    {"status": "disputed"},
    {"status": "undated"},
    {"during": "2015"},
    {"during": "2015-08"},
    {"during": "2014/2015"},
    {"during": "2015-08/.."},
    {"during": "../1950"},
    {"within": "35,32,43,37.5"},
    {"within": "170,-50,-60,60"},
    {"q": "temple"},
    {"q": "temple", "country": "SY", "during": "2015"},
    {"within": "35,32,43,37.5", "during": "2015-08", "severity": "destroyed"},
)


@pytest.mark.parametrize("given", FILTERS)
def test_the_count_is_that_of_the_list(registry: sqlite3.Connection, given: dict[str, str]) -> None:
    total, found = passing(registry, **given)

    assert total == len(found) == len(set(found))
    asked = read_asked({"kind": "events", **given}, ENGLISH)
    counts = filtered.find(registry, asked).counts
    assert not counts.is_least
    for name in filtered.FACETS:
        for code, number in list(counts.of[name].items())[:6]:
            assert number == passing(registry, **{**given, name: code})[0], (name, code)


@pytest.mark.parametrize("country", ["SY", "UA", "XX"])
def test_a_country_has_the_events_of_the_command_line(
    registry: sqlite3.Connection, country: str
) -> None:
    expected = set(listed_ids(registry, "event", Filters(country=country)))

    assert expected == set(passing(registry, country=country)[1])


def test_a_window_has_what_may_have_happened_in_it(registry: sqlite3.Connection) -> None:
    rows = registry.execute(
        "SELECT subject FROM conclusions WHERE property = 'date' AND site = '' AND value"
        " IS NOT NULL AND coalesce(earliest, '') <= '2015-08-31'"
        " AND coalesce(latest, '~') >= '2015-08-01'"
    )

    expected = {subject for (subject,) in rows}
    assert expected
    assert expected == set(passing(registry, during="2015-08")[1])


def test_a_box_has_events_at_parts_that_have_no_position(registry: sqlite3.Connection) -> None:
    assert "palmyra-bel-2015" in passing(registry, within="38,34,39,35")[1]
    assert [] == passing(registry, within="0.1,0.1,0.2,0.2")[1]


def test_pages_of_a_list_follow_on_each_other(registry: sqlite3.Connection) -> None:
    asked = read_asked({"kind": "events"}, ENGLISH)
    found = filtered.find(registry, asked)
    whole = found.ids(1000)

    pieces = [found.ids(10, start) for start in range(0, len(whole), 10)]
    assert whole == [id for piece in pieces for id in piece]


SITES: tuple[dict[str, str], ...] = (
    {},
    {"country": "SY"},
    {"register": "world-heritage"},
    {"country": "SY", "register": "world-heritage"},
    {"country": "XX"},
    {"q": "palmyra"},
    {"q": "city", "country": "IQ"},
    {"within": "35,32,43,37.5"},
    {"within": "170,-50,-60,60", "register": "world-heritage"},
)


@pytest.mark.parametrize("given", SITES)
def test_a_list_of_sites_has_the_sites_that_pass(
    registry: sqlite3.Connection, given: dict[str, str]
) -> None:
    asked = read_asked({"kind": "sites", **given}, ENGLISH)
    found = of_lists.sites(registry, asked, 10_000, 0)
    pieces = [of_lists.sites(registry, asked, 40, at).rows for at in range(0, found.total + 40, 40)]
    registers: dict[str, set[str]] = {}
    for site, register in registry.execute("SELECT site, register FROM listings"):
        registers.setdefault(site, set()).add(register)

    ids = [row["id"] for row in found.rows]
    assert [row for piece in pieces for row in piece] == found.rows
    assert (len(ids), False) == (found.total, found.is_least)
    assert sorted(found.rows, key=lambda row: (row["name"], row["id"])) == found.rows
    if not given.keys() & {"q", "within"}:
        known = {id: set(json.loads(codes)) for id, codes in registry.execute(
            "SELECT id, countries FROM sites")}  # fmt: skip
        assert set(ids) == {
            id
            for id in known
            if given.get("country", "") in {"", *known[id]}
            and given.get("register", "") in {"", *registers.get(id, ())}
        }
    for name in ("country", "register"):
        for code, number in list(found.of[name].items())[:6]:
            other = read_asked({"kind": "sites", **given, name: code}, ENGLISH)
            assert number == of_lists.sites(registry, other, 1, 0).total, (name, code)


def test_sources_are_listed_by_their_titles(registry: sqlite3.Connection) -> None:
    asked = read_asked({"kind": "sources"}, ENGLISH)
    found = of_lists.sources(registry, asked, 10_000, 0)

    (count,) = registry.execute("SELECT count(*) FROM sources").fetchone()
    assert count == found.total == len(found.rows)
    assert sorted(found.rows, key=lambda row: (row["title"], row["id"])) == found.rows
    assert found.rows[3:5] == of_lists.sources(registry, asked, 2, 3).rows


def test_sites_and_sources_that_were_not_gone_through_are_told(
    registry: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_lists, "EXAMINED", 2)
    for kind, find in (("sites", of_lists.sites), ("sources", of_lists.sources)):
        part = find(registry, read_asked({"kind": kind, "q": "palmyra"}, ENGLISH), 50, 0)
        assert (2, True) == (part.total, part.is_least)


async def test_a_list_has_a_form_that_works_without_a_script(
    demo: Path, opened: Open, read: Read
) -> None:
    async with opened(demo / "public.db") as datasette:
        page = read((await datasette.client.get("/search?country=SY&severity=destroyed")).text)

    assert [] == page.faults
    fields = {each["name"] for tag in ("input", "select") for each in page.all(tag)}
    assert {"q", "kind", "country", "cause", "severity", "status", "during", "within"} <= fields
    chosen = [each.text for each in page.all("option") if "selected" in each.attributes]
    assert ["Syria (9)", "Destroyed (9)"] == chosen
    assert "9 found" in page.text
    without = {link["href"] for link in page.all("a") if link.text.endswith("✕")}
    assert {"/search?kind=events&severity=destroyed", "/search?kind=events&country=SY"} == without
    assert any("data-at" in link.attributes for link in page.all("a"))


@pytest.mark.parametrize("kind", ["events", "sites", "sources"])
async def test_a_list_is_the_same_in_every_form(demo: Path, opened: Open, kind: str) -> None:
    async with opened(demo / "public.db") as datasette:
        get = datasette.client.get
        found = (await get(f"/search.json?kind={kind}&q=palmyra")).json()
        table = await get(f"/search.csv?kind={kind}&q=palmyra")
        shape = await get(f"/search.geojson?kind={kind}&q=palmyra")

    assert min(found["total"], 50) == len(found[kind]) > 0
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert table.headers["content-type"].startswith("text/csv")
    assert [row["id"] for row in found[kind]] == [row.get("event") or row["id"] for row in rows][
        :50
    ]
    if kind == "sources":
        assert 404 == shape.status_code
    else:
        key = "event" if kind == "events" else "id"
        told = {each["properties"][key] for each in shape.json()["features"]}
        assert {row["id"] for row in found[kind] if row.get("sites", True)} <= told


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("during=yesterday", "“yesterday” is no date that can be read."),
        ("within=1,2,3", "“1,2,3” is no box"),
        ("within=nan,0,1,1&kind=sites", "is no box"),
        ("kind=events&status=maybe", "“maybe” is not how firm a date can be."),
        ("kind=stones", "“stones” is no list."),
        ("kind=sites&cause=fire", "“Cause” does not apply to this list and was left aside."),
        ("kind=events&cause=" + "x" * 400, "“Cause” is too long and was left aside."),
    ],
)
async def test_what_cannot_be_read_is_told(get: Get, read: Read, query: str, sentence: str) -> None:
    answer = await get(f"/search?{query}")

    assert 400 == answer.status_code
    assert sentence in read(answer.text).text


async def test_hostile_filters_are_harmless(get: Get) -> None:
    for name in ("q", "country", "cause", "severity", "register", "during", "within", "page"):
        for value in ("<script>alert(1)</script>", "' OR 1=1 --", "\0", '"*', "\u202e", "9" * 60):
            answer = await get(f"/search?{urlencode({'kind': 'events', name: value})}")
            assert answer.status_code in (200, 400), (name, value)
            assert "<script>alert" not in answer.text


async def test_a_near_miss_is_answered_with_what_was_meant(demo: Path, opened: Open) -> None:
    async with opened(demo / "public.db") as datasette:
        page = (await datasette.client.get("/search?q=alepo")).text
        other = (await datasette.client.get("/search.json?q=qqqqqqqqq")).json()

    assert 'Did you mean <a href="/search?q=aleppo"><bdi>aleppo</bdi></a>?' in page
    assert other["suggestion"] is None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("alepo", "aleppo"), ("tadumr", "tadmur"), ("xalmyra", "palmyra"), ("bmiyan", "bamiyan"),
     ("تدمير", "تدمر"), ("palmyra", None), ("zzzzqq", None), ("", None), ("a b c", None)],
)  # fmt: skip
def test_one_slip_leads_to_the_word(
    registry: sqlite3.Connection, wrong: str, right: str | None
) -> None:
    assert right == suggestion(registry, wrong)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("palmira", "palmyra", 1), ("abc", "xyz", 3)],
)
def test_distance_counts_slips(one: str, other: str, far: int) -> None:
    assert far == distance(one, other, 2) == distance(other, one, 2)


def test_no_spreadsheet_takes_a_cell_for_a_formula() -> None:
    dangers = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", " =1", "＝1", "%0", "\u202e=1"]
    rows: list[dict[str, Any]] = [{"text": danger, "number": -3.5} for danger in dangers]

    written = list(csv.DictReader(io.StringIO(as_csv(rows), newline="")))
    assert ["'"] * len(dangers) == [row["text"][0] for row in written]
    assert {"-3.5"} == {row["number"] for row in written}


def test_a_box_is_four_numbers_in_range() -> None:
    assert (35.0, 32.0, 43.0, 37.5) == box("35,32,43,37.5")
    for wrong in ("", "1,2,3", "1,2,3,4,5", "a,b,c,d", "0,50,10,40", "0,0,inf,1", "-200,0,1,1"):
        assert box(wrong) is None


async def test_what_another_program_wrote_is_listed_or_said_to_be_missing(
    tmp_path: Path, opened: Open
) -> None:
    path = tmp_path / "registry.db"
    with heritage.open(path, create=True) as registry, registry.change(by="n", why="w") as change:
        change.put(Site(id="city", names=[Name(text="City")], countries=["SY"]))
        change.put(Event(id="siege", label="Siege", sites=["city"]))
    async with opened(path) as datasette:
        get = datasette.client.get
        before = (await get("/search?kind=events")).text
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT INTO sites (id, countries) VALUES ('gate', '[\"SY\"]')")
        sites = (await get("/search.json?kind=sites&country=SY")).json()
        after = (await get("/search?kind=events")).text
        with heritage.open(path) as registry:
            registry.seal()
        settled = (await get("/search?kind=events")).text

    assert {"city", "gate"} == {site["id"] for site in sites["sites"]}
    assert (2, {"SY": 2}) == (sites["total"], sites["counts"]["country"])
    assert [False, True, False] == ["heritage seal" in page for page in (before, after, settled)]


def test_all_of_an_edition_is_settled(registry: sqlite3.Connection) -> None:
    assert is_settled(registry)
