"""The registry tells what it is, what changed, and what people ask of it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from heritage.vocab import VOCABULARIES
from heritage.web.pages.about import meaning, meanings
from heritage.web.questions import QUESTIONS, Question

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

pytestmark = pytest.mark.anyio

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def assert_valid(feed: ET.Element) -> None:
    """What RFC 4287 demands of a feed and its entries."""
    assert f"{ATOM}feed" == feed.tag
    entries = feed.findall(f"{ATOM}entry")
    for element in [feed, *entries]:
        for name in ("id", "title", "updated"):
            assert 1 == len(element.findall(ATOM + name)), name
        id = element.findtext(f"{ATOM}id") or ""
        assert id.startswith("urn:uuid:")
        assert MOMENT.fullmatch(element.findtext(f"{ATOM}updated") or "")
        for link in element.findall(f"{ATOM}link"):
            assert link.attrib["href"].startswith("http")
    assert feed.find(f"{ATOM}author") is not None
    assert ["self"] == [
        link.attrib["rel"] for link in feed.findall(f"{ATOM}link") if link.attrib["rel"] == "self"
    ]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))


async def test_the_feed_has_the_changes_with_their_records(get: Get) -> None:
    answer = await get("/changes.atom")
    feed = ET.fromstring(answer.text.encode())  # noqa: S314 - our own

    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert_valid(feed)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert "first records" == entry.findtext(f"{ATOM}title")
    assert "n.kassem" == entry.findtext(f"{ATOM}author/{ATOM}name")
    assert "2026-02-03T04:05:06.000Z" == entry.findtext(f"{ATOM}updated")
    assert {"The blast", "Old City"} <= set(entry.itertext())


async def test_the_feed_is_bounded_stable_and_takes_hostile_texts(
    small: Path, tmp_path: Path, opened: Open
) -> None:
    path = shutil.copy(small, tmp_path / "small.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        for n in range(70):
            connection.execute(
                "INSERT INTO changes (at, by, why, origin) VALUES (?, ?, ?, 'registry')",
                (f"2026-03-03T00:00:{n % 60:02}.000Z", "<b>\x0b", f"]]> & \x00\ufffe <script> {n}"),
            )
    async with opened(path) as datasette:
        one, other = [(await datasette.client.get("/changes.atom")).text for _ in range(2)]

    assert one == other
    feed = ET.fromstring(one.encode())  # noqa: S314 - our own
    assert_valid(feed)
    assert 50 == len(feed.findall(f"{ATOM}entry"))
    assert "<script>" not in one


async def test_an_edition_tells_of_the_changes_that_are_public(demo: Path, opened: Open) -> None:
    async with opened(demo / "public.db") as datasette:
        feed = ET.fromstring((await datasette.client.get("/changes.atom")).text.encode())  # noqa: S314

    assert_valid(feed)
    assert feed.findall(f"{ATOM}entry")


async def test_every_page_offers_the_feed(get: Get, read: Read) -> None:
    links = read((await get("/sites/city")).text).all("link")

    assert "/changes.atom" in [link["href"] for link in links]


async def test_about_tells_every_table_column_and_term(small: Path, opened: Open) -> None:
    async with opened(small) as datasette:
        told = (await datasette.client.get("/about.json")).json()
    with closing(sqlite3.connect(small)) as connection:
        for table in told["tables"]:
            columns = connection.execute("SELECT name FROM pragma_table_info(?)", (table["name"],))
            assert [name for (name,) in columns] == [each["name"] for each in table["columns"]]

    assert {"sites", "events", "claims", "conclusions", "terms"} <= {
        table["name"] for table in told["tables"]
    }
    assert set(VOCABULARIES) == {each["name"] for each in told["vocabularies"]}
    undescribed = [
        (table["name"], column["name"])
        for table in told["tables"]
        for column in table["columns"]
        if not column["about"]
    ]
    assert [] == undescribed
    assert [] == [table["name"] for table in told["tables"] if not table["about"]]
    assert told["citation"]["url"].endswith("/about")


async def test_no_meaning_is_left_of_a_column_that_is_gone(small: Path, opened: Open) -> None:
    async with opened(small) as datasette:
        told = (await datasette.client.get("/about.json")).json()["tables"]
    known = {(table["name"], column["name"]) for table in told for column in table["columns"]}
    known |= {("*", column) for _, column in known} | {(table["name"], "") for table in told}

    assert set() == meanings().keys() - known
    assert "The first day that `date` may mean." == meaning("claims", "date_earliest")


async def test_about_is_a_page_in_both_languages(get: Get, read: Read) -> None:
    for language in ("en", "ar"):
        page = read((await get(f"/about?lang={language}")).text)
        assert [] == page.faults
        assert "search_text" in page.text


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
async def test_a_question_has_a_page_with_its_sql_and_an_answer(
    demo: Path, opened: Open, question: Question
) -> None:
    name, title = question.name, question.title
    async with opened(demo / "public.db") as datasette:
        page = await datasette.client.get(f"/public/{name}?year=2015")
        rows = (await datasette.client.get(f"/public/{name}.json?year=2015&_shape=array")).json()
        about = await datasette.client.get("/about")

    assert 200 == page.status_code
    assert "SELECT" in page.text
    assert rows
    assert title.replace("'", "&#39;") in about.text


async def test_what_was_destroyed_in_a_year_is_bounded_by_the_year(
    demo: Path, opened: Open
) -> None:
    async with opened(demo / "public.db") as datasette:
        get = datasette.client.get
        found = {
            year: (await get(f"/public/destroyed_in.json?year={quote(year)}&_shape=array")).json()
            for year in ("2015", "1700", "")
        }

    assert "palmyra-bel-2015" in {row["event"] for row in found["2015"]}
    assert [] == found["1700"] == found[""]
