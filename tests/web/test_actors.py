"""An actor shows what is claimed of it, what it is quoted as saying, and what it published."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from heritage.model import Actor, Claim, Event, Evidence, Name, Record, Site, Source
from heritage.store import schema, write
from heritage.store.connection import transaction

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

pytestmark = pytest.mark.anyio

RECORDS: tuple[Record, ...] = (
    Actor(
        id="brigade",
        kind="armed_group",
        names=[
            Name(text="The 3rd Brigade", language="en"),
            Name(text="اللواء الثالث", language="ar"),
        ],
    ),
    Actor(id="agency", kind="media", names=[Name(text="Agency")]),
    Actor(id="guard", kind="witness", role="guard of the site", access="restricted"),
    Source(id="report", title="Report", publisher="Agency", kind="news"),
    Source(id="other", title="Other report", publisher="Agency of others"),
    Site(id="town", names=[Name(text="Town")]),
    Event(id="raid", label="The raid", sites=["town"]),
    Claim(subject="raid", property="actor", value="The 3rd Brigade", source="report"),
    Evidence(id="photo", sha256="a" * 64, title="A photo", source="report", size=12),
    Evidence(id="elsewhere", sha256="b" * 64),
    Claim(subject="raid", property="actor", value="اللواء الثالث", source="other"),
    Claim(subject="raid", property="actor", value="The 3rd Brigade of others", source="other"),
    Claim(
        subject="raid",
        property="occurred",
        value="false",
        stance="denies",
        source="other",
        attributed_to="The 3rd Brigade",
    ),
)


@pytest.fixture
async def ask(tmp_path: Path, opened: Open) -> AsyncIterator[Get]:
    """Ask for a page of a registry of the records above."""
    path = tmp_path / "named.db"
    with closing(schema.create(path)) as connection, transaction(connection):
        change = write.begin_change(connection, at="2026-02-03T04:05:06.000Z", by="n", why="first")
        for record in RECORDS:
            write.put(connection, record)
        write.end_change(connection, change)
    async with opened(path) as datasette:
        yield datasette.client.get


async def test_what_is_claimed_of_an_actor_is_found_by_any_of_its_names(
    ask: Get, read: Read
) -> None:
    page = read((await ask("/actors/brigade")).text)
    told = (await ask("/actors/brigade.json")).json()

    assert {("report", "The 3rd Brigade"), ("other", "اللواء الثالث")} == {
        (claim["source"], claim["value"]) for claim in told["claimed"]
    }
    assert ["occurred"] == [claim["property"] for claim in told["quoted"]]
    assert [] == told["published"]
    assert "The 3rd Brigade" == page.all("h1")[0].text
    assert ("اللواء الثالث", "rtl") in {
        (bdi.text, bdi.attributes.get("dir")) for bdi in page.all("bdi")
    }
    assert {"/events/raid", "/sources/report", "/terms/actor_kind/armed_group"} <= {
        link["href"] for link in page.all("a")
    }
    assert "Denies" in page.text


async def test_an_actor_has_the_sources_that_it_published(ask: Get, read: Read) -> None:
    told = (await ask("/actors/agency.json")).json()
    links = {link["href"]: link.text for link in read((await ask("/sources/report")).text).all("a")}

    assert ["report"] == [source["id"] for source in told["published"]]
    assert "Agency" == links["/actors/agency"]
    assert "/actors/" not in (await ask("/sources/other")).text


async def test_an_actor_without_a_name_is_shown_by_its_id_and_role(ask: Get, read: Read) -> None:
    page = read((await ask("/actors/guard")).text)

    assert "guard" == page.all("h1")[0].text
    assert "guard of the site" in page.text
    assert "Restricted" in page.text or "restricted" in page.text
    assert "No claim names it." in page.text
    assert 404 == (await ask("/actors/none")).status_code


async def test_events_and_sources_show_the_files_that_are_kept_of_them(
    ask: Get, read: Read
) -> None:
    for address in ("/events/raid", "/sources/report"):
        told = (await ask(f"{address}.json")).json()["evidence"]
        assert ["photo"] == [file["id"] for file in told]
        text = read((await ask(address)).text).text
        assert "12 bytes" in text
        assert "a" * 64 in text
    assert [] == (await ask("/sources/other.json")).json()["evidence"]
