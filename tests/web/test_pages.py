"""Pages say what the registry holds, who says it, and what is missing."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

from heritage.web import pages
from heritage.web.words import Words

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

HOSTILE = "<script>alert(1)</script>"
TURNED = "abc\u202egnp.exe"

pytestmark = pytest.mark.anyio

ADDRESSES = (
    "/", "/sites/city", "/sites/temple", "/sites/nowhere", "/events/blast", "/events/undated",
    "/sources/agency", "/sources/hostile", "/actors/guard",
    "/sites/city?on=2014", "/changes", "/changes/1", "/terms", "/terms/cause",
    "/terms/cause/explosives", "/search?q=temple", "/search", "/sites/none",
)  # fmt: skip


async def test_home_gives_figures_that_lead_to_as_many_rows(get: Get, read: Read) -> None:
    page = read((await get("/")).text)
    figures = [link for link in page.all("a") if link.text.isdigit()]

    assert {"1", "2", "7", "4", "5"} == {link.text for link in figures}
    for link in figures:
        address = link["href"] + ("&" if "?" in link["href"] else "?") + "_shape=array"
        path, _, query = address.partition("?")
        rows = await get(f"{path}.json?{query}")
        assert int(link.text) == len(rows.json()), link["href"]


async def test_home_draws_sites_with_a_position_and_none_of_their_parts(
    get: Get, read: Read
) -> None:
    html = (await get("/")).text
    points = {
        link["href"]: link.attributes.get("class", "")
        for link in read(html).all("a")
        if "data-at" in link.attributes
    }

    assert {"/sites/city": "danger damaged", "/sites/quiet": ""} == points
    assert 'data-at="38.25 34.5"' in html


async def test_home_shows_when_things_happened_and_counts_the_undated(get: Get, read: Read) -> None:
    text = read((await get("/")).text).text

    assert "about July 2015 · undecided The blast" in text
    assert "Events that no source dates: 1." in text
    assert "first records by n.kassem quiet The Temple" in text
    assert "State of 3 February 2026" in text
    assert "Old City Syria · since 2013" in text


async def test_a_site_shows_its_names_in_their_scripts(get: Get, read: Read) -> None:
    page = read((await get("/sites/city")).text)
    names = {
        (bdi.text, bdi.attributes.get("lang"), bdi.attributes.get("dir")) for bdi in page.all("bdi")
    }

    assert ("Old City", "en", "ltr") in names
    assert ("المدينة القديمة", "ar", "rtl") in names
    assert ("Qal'at al-Madina", "ar-Latn", "ltr") in names
    assert "Old City" == page.all("h1")[0].text


async def test_a_page_is_headed_in_its_own_language_where_there_is_a_name(
    get: Get, read: Read
) -> None:
    arabic = read((await get("/sites/city?lang=ar")).text)
    temple = read((await get("/sites/temple?lang=ar")).text)

    assert "المدينة القديمة" == arabic.all("h1")[0].text
    assert "Old City" in {bdi.text for bdi in arabic.all("bdi")}
    assert "The Temple" == temple.all("h1")[0].text


async def test_a_site_shows_where_it_is_and_what_is_said_of_it(get: Get, read: Read) -> None:
    page = read((await get("/sites/city")).text)
    links = {link["href"]: link.text for link in page.all("a")}

    assert "34.50000, 38.25000" in page.text
    assert "to within 1.5 km" in page.text
    assert "Syria" in page.text
    assert "UNESCO World Heritage 23" == links["https://whc.unesco.org/en/list/23"]
    assert "own x/1" in page.text
    assert "The Temple" == links["/sites/temple"]
    assert "The Cella" == links["/sites/cella"]
    assert "The blast" == links["/events/blast"]
    assert "A thing nobody dates" == links["/events/undated"]
    assert "Poor condition Asserts" in page.text
    assert "Daily report" == links["/sources/observatory"]
    assert "Destroyed" in page.text
    assert "Restoration" in page.text
    assert "In danger World Heritage List 2013 lasting" in page.text


async def test_a_part_is_shown_where_its_whole_is(get: Get, read: Read) -> None:
    page = read((await get("/sites/cella")).text)
    crumbs = [
        link.text for link in page.all("a") if link["href"] in ("/sites/city", "/sites/temple")
    ]

    assert ["Old City", "The Temple"] == crumbs[:2]
    assert "No position is known. Shown at the position of Old City." in page.text
    assert "38.25 34.5" in [link.attributes.get("data-at") for link in page.all("a")]


async def test_a_site_says_what_is_missing(get: Get, read: Read) -> None:
    text = read((await get("/sites/nowhere")).text).text

    for sentence in (
        "No position is known.", "No source names a country", "No parts are recorded.",
        "No event is recorded here or at its parts.", "No observation is recorded.",
        "No intervention is recorded.", "No claim is recorded.",
        "No listing on any register is recorded.",
    ):  # fmt: skip
        assert sentence in text


async def test_an_event_shows_claims_side_by_side(get: Get, read: Read) -> None:
    page = read((await get("/events/blast")).text)
    claims = [" ".join(item.text.split()) for item in page.all("li")]

    assert "6 claims from 3 sources" in page.text
    assert "When it happened 2 claims from 2 sources about July 2015 undecided" in page.text
    assert (
        "23 August 2015 Asserts weight 1 at The Temple on Sunday Temple gone, agency says"
        " Agency, 24 August 2015 · at paragraph 2 · Our confidence: Medium confidence"
        " 23 days away, in the words of a resident"
        " · a soft disagreement: one of the two is hedged"
    ) in claims
    assert (
        "about July 2015 Alleges weight 2 a month ago Daily report Observatory says so"
    ) in claims
    assert any(claim.startswith("at least 26 killed") for claim in claims)
    assert "Planted explosives Asserts" in page.text
    assert "27 August 2015 The Cella Destroyed Satellite imagery" in page.text
    assert 4 == len([bar for bar in page.all("rect") if bar["class"].startswith("bar")])


async def test_an_event_that_nobody_dates_says_so(get: Get, read: Read) -> None:
    text = read((await get("/events/undated")).text).text

    assert "Nobody gives a date." in text
    assert "Nobody names a cause." in text
    assert "No claim is recorded." in text


async def test_a_source_shows_what_it_said_and_on_whom_it_relies(get: Get, read: Read) -> None:
    agency = read((await get("/sources/agency")).text)
    observatory = read((await get("/sources/observatory")).text)

    assert "Relies on Daily report Observatory" in agency.text
    assert "Relied on by No other source" in agency.text
    assert "Relied on by Temple gone, agency says" in observatory.text
    assert "The blast Event" in agency.text
    assert "How bad the damage is Destroyed Asserts" in agency.text
    assert "1 · Secondary media or unnamed activist" in agency.text
    assert "https://agency.example/1" in [link["href"] for link in agency.all("a")]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/sites/calm", "/sites/quiet"),
        ("/sites/calm.json", "/sites/quiet.json"),
        ("/sites/whc:23", "/sites/city"),
        ("/sites/whc%3A23", "/sites/city"),
        ("/sites/own:x%2F1?lang=ar", "/sites/city?lang=ar"),
    ],
)
async def test_every_id_ever_given_leads_to_its_page(get: Get, asked: str, answer: str) -> None:
    response = await get(asked)

    assert (301, answer) == (response.status_code, response.headers["location"])


@pytest.mark.parametrize("room", ["sites", "events", "sources"])
async def test_an_unknown_id_has_a_page_that_says_so(get: Get, room: str, read: Read) -> None:
    page = await get(f"/{room}/{HOSTILE.replace('/', '%2F')}")
    data = await get(f"/{room}/none.json")

    assert (404, 404) == (page.status_code, data.status_code)
    assert "Not in this registry" in read(page.text).text
    assert HOSTILE not in page.text
    assert "not in this registry" == data.json()["error"]


async def test_every_page_has_its_data(get: Get) -> None:
    site = (await get("/sites/city.json")).json()
    event = (await get("/events/blast.json")).json()
    source = (await get("/sources/agency.json")).json()
    found = (await get("/search.json?q=temple")).json()
    home = (await get("/-/heritage.json")).json()

    assert "2026-02-03T04:05:06.000Z" == site["as_of"]
    assert ["SY"] == site["site"]["countries"]
    assert {"cella", "temple"} == {part["id"] for part in site["parts"]}
    assert "search_text" not in site["site"]
    assert {"2015-08-23", "2015-07~"} == {c["date"] for c in event["claims"]} - {None}
    assert ["observatory"] == [other["id"] for other in source["relies_on"]]
    assert ["temple"] == [hit["id"] for hit in found["sites"]]
    assert 2 == home["figures"]["events"]


async def test_the_data_of_a_page_is_one_link_away(get: Get, read: Read) -> None:
    for address in (*ADDRESSES, "/sites/a%3Fb%2523"):
        response = await get(address)
        alternates = [link["href"] for link in read(response.text).all("link")]
        data = next(href for href in alternates if ".json" in href)
        assert response.status_code == (await get(data)).status_code, address


@pytest.mark.parametrize(
    "query", ["Qalat", "qal'at al-mad", "المدينه", "مدينة", "OLD", "old ci", "city"]
)
async def test_search_finds_any_spelling_and_the_beginning_of_the_last_word(
    get: Get, query: str
) -> None:
    found = (await get(f"/search.json?q={query}")).json()

    assert ["city"] == [site["id"] for site in found["sites"]]


@pytest.mark.parametrize(
    "query", ["", '"', "a-b AND (", "'", "*", "NEAR(", "%", "\u202e", "x" * 3000]
)
async def test_search_takes_whatever_is_typed(get: Get, query: str, read: Read) -> None:
    response = await get(f"/search?q={quote(query)}")

    assert 200 == response.status_code
    assert read(response.text).faults == []


async def test_a_page_in_arabic_runs_from_right_to_left_and_stays_arabic(
    get: Get, read: Read
) -> None:
    for address in ADDRESSES:
        joint = "&" if "?" in address else "?"
        page = read((await get(f"{address}{joint}lang=ar")).text)
        html = page.all("html")[0]
        own = [
            link["href"]
            for link in page.all("a")
            if re.match(r"/(sites|events|sources|search|$)", link["href"])
            and "hreflang" not in link.attributes
        ]

        assert ("ar", "rtl") == (html["lang"], html["dir"])
        assert [] == [href for href in own if "lang=ar" not in href], address


async def test_an_unknown_language_is_english(get: Get) -> None:
    assert 'lang="en" dir="ltr"' in (await get("/?lang=xx")).text


@pytest.mark.parametrize("address", ADDRESSES)
async def test_nothing_in_the_data_becomes_code(get: Get, address: str, read: Read) -> None:
    page = read((await get(address)).text)

    scripts = [script for script in page.all("script") if script.text.strip()]
    assert all(script["type"] == "application/ld+json" for script in scripts)
    assert all("@type" in json.loads(script.text) for script in scripts)
    assert [] == page.all("style")
    for element in page.elements:
        for name, value in element.attributes.items():
            assert not name.startswith("on"), element
            assert name != "style", element
            assert not value.strip().casefold().startswith("javascript:"), element


async def test_hostile_names_are_shown_as_the_text_they_are(get: Get, read: Read) -> None:
    site, source = (await get("/sites/nowhere")).text, (await get("/sources/hostile")).text

    for html in (site, source):
        assert HOSTILE in read(html).text
        assert TURNED not in html
        assert TURNED.replace("\u202e", "") in html


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_page_is_built_for_those_who_cannot_see_it(
    get: Get, address: str, read: Read
) -> None:
    page = read((await get(address)).text)
    ids = [element["id"] for element in page.elements if "id" in element.attributes]
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]

    assert [] == page.faults
    assert len(set(ids)) == len(ids)
    assert 1 == len(page.all("h1"))
    assert 1 == levels[0]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in header.attributes for header in page.all("th"))
    assert "#content" == page.all("a")[0]["href"]
    for element in page.elements:
        if "aria-labelledby" in element.attributes:
            assert element["aria-labelledby"] in ids
    labelled = {label["for"] for label in page.all("label")}
    assert all(field["id"] in labelled for field in page.all("input") if field["type"] != "hidden")


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_page_asks_no_other_host_for_anything(get: Get, address: str, read: Read) -> None:
    page = read((await get(address)).text)
    fetched = [
        element[name]
        for element in page.elements
        for name in ("src", "href", "data-land", "data-leaflet", "data-tiles", "data-fine-land")
        if name in element.attributes
        and element.tag != "a"
        and element.attributes.get("rel") != "canonical"
    ]

    assert [] == [address for address in fetched if urlsplit(address).netloc]
    for static in {urlsplit(address).path for address in fetched if "static" in address}:
        assert 200 == (await get(static)).status_code, static


async def test_a_tile_server_is_used_where_one_is_configured(small: Path, opened: Open) -> None:
    tiles = {"tile_url": "https://tiles.example/{z}/{x}/{y}.png", "tile_attribution": "Tiles & co"}
    plugins = {"plugins": {"heritage": tiles}}
    try:
        from datasette.resources import DatabaseResource  # noqa: F401 - the 1.0 line has it

        options = {"config": plugins}
    except ImportError:
        options = {"metadata": plugins}
    async with opened(small, **options) as datasette:
        html = (await datasette.client.get("/")).text

    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png"' in html
    assert 'data-credit="Tiles &amp; co"' in html


@pytest.mark.parametrize(
    ("ask", "id"), [(pages.site, "city"), (pages.event, "blast"), (pages.source, "agency")]
)
def test_no_question_of_a_record_page_reads_a_whole_table(
    small: Path, ask: object, id: str
) -> None:
    asked: list[str] = []
    with closing(sqlite3.connect(small)) as connection:
        connection.set_trace_callback(asked.append)
        assert callable(ask)
        assert ask(connection, id, Words()) is not None
        connection.set_trace_callback(None)
        plans = [
            (step[3], sql)
            for sql in asked
            if not sql.startswith("--")  # what full text search asks of its own tables
            for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")
        ]

    tables = {
        "sites", "names", "identifiers", "listings", "events", "event_sites", "claims", "sources",
        "observations", "interventions", "history", "_site_ancestors", "former_ids",
        "reviews", "conclusions",
    }  # fmt: skip
    aliases = set("abcdeilopqrstvwx") | {"l", "o"}
    # What a statement gathers for itself is read whole, and is no table.
    gathered = {
        (sql, step.split()[1])
        for step, sql in plans
        if step.startswith(("CO-ROUTINE ", "MATERIALIZE "))
    }
    scans = [
        (step, sql)
        for step, sql in plans
        if step.startswith("SCAN ")
        and step.split()[1] in tables | aliases
        and (sql, step.split()[1]) not in gathered
    ]

    assert len(plans) > 10
    assert [] == scans


async def test_pages_of_the_demo_lead_to_pages_of_the_demo(
    demo: Path, read: Read, opened: Open
) -> None:
    async with opened(demo / "registry.db") as datasette:
        get = datasette.client.get
        wanted = {"/", "/?lang=ar"}
        seen: set[str] = set()
        while wanted - seen and len(seen) < 120:
            address = min(wanted - seen, key=lambda path: (len(path), path))
            seen.add(address)
            response = await get(address)
            page = read(response.text)
            assert 200 == response.status_code, address
            assert [] == page.faults, address
            links = {link["href"].partition("#")[0] for link in page.all("a")}
            wanted |= {link for link in links if re.match(r"/(sites|events|sources)/", link)}
    assert 120 == len(seen)


async def test_the_demo_shows_palmyra(demo: Path, opened: Open) -> None:
    async with opened(demo / "public.db") as datasette:
        text = (await datasette.client.get("/sites/palmyra")).text

    for words in ("تدمر", "Temple of Bel", "Baalshamin", "Syria"):
        assert words in text
