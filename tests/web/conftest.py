"""A small registry with everything that pages have to cope with, and ways to ask for pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import pytest
from datasette.app import Datasette

from heritage.model import (
    Actor,
    Claim,
    Event,
    Identifier,
    Intervention,
    Listing,
    Location,
    Name,
    Observation,
    Record,
    Site,
    Source,
)
from heritage.store import schema, write
from heritage.store.connection import transaction

Get = Callable[[str], Awaitable[Any]]
Open = Callable[..., AbstractAsyncContextManager[Any]]

HOSTILE = "<script>alert(1)</script>"
TURNED = "abc\u202egnp.exe"

RECORDS: tuple[Record, ...] = (
    Source(
        id="agency",
        title="Temple gone, agency says",
        publisher="Agency",
        published="2015-08-24",
        url="https://agency.example/1",
        language="en",
        kind="news",
        tier=1,
        relies_on=["observatory"],
    ),
    Source(id="observatory", title="Daily report", publisher="Observatory", tier=2),
    Source(id="list", title="The list, edition of 2020", publisher="UNESCO", tier=2),
    Source(id="hostile", title=HOSTILE, author=TURNED, tier=0),
    Actor(
        id="guard",
        kind="witness",
        names=[Name(text=HOSTILE), Name(text="حارس", language="ar")],
        role="guard",
    ),
    Site(
        id="city",
        names=[
            Name(text="Old City", language="en"),
            Name(text="المدينة القديمة", language="ar"),
            Name(text="Qal'at al-Madina", language="ar-Latn", kind="transliteration"),
        ],
        kind="historic_city",
        countries=["SY"],
        identifiers=[Identifier(scheme="whc", value="23"), Identifier(scheme="own", value="x/1")],
        location=Location(longitude=38.25, latitude=34.5, precision_m=1500),
        category="cultural",
        source="list",
    ),
    Site(id="temple", names=[Name(text="The Temple", language="en")], part_of="city"),
    Site(id="cella", names=[Name(text="The Cella", language="en")], part_of="temple"),
    Site(id="nowhere", names=[Name(text=HOSTILE, language="en"), Name(text=TURNED)]),
    Site(id="calm", location=Location(longitude=10.5, latitude=50.25), countries=["DE"]),
    Listing(
        site="city", register="world-heritage", status="inscribed", begin="1980", source="list"
    ),
    Listing(
        site="city", register="world-heritage", status="in-danger", begin="2013", source="list"
    ),
    Event(id="blast", label="The blast", sites=["temple", "cella"], context="armed_conflict"),
    Event(id="undated", label="A thing nobody dates", sites=["city"]),
    Claim(
        subject="blast",
        site="temple",
        property="date",
        value="2015-08-23",
        as_written="on Sunday",
        source="agency",
        attributed_to="a resident",
        locator="paragraph 2",
        confidence="medium",
    ),
    Claim(
        subject="blast",
        property="date",
        value="2015-07~",
        as_written="a month ago",
        stance="alleges",
        source="observatory",
    ),
    Claim(subject="blast", property="severity", value="destroyed", source="agency"),
    Claim(subject="blast", property="cause", value="explosives", source="agency"),
    Claim(
        subject="blast",
        property="occurred",
        as_written=HOSTILE,
        stance="cannot_determine",
        source="hostile",
    ),
    Claim(subject="blast", property="casualties", value="26.. killed", source="agency"),
    Claim(subject="city", property="condition", value="poor", source="observatory"),
    Observation(
        site="cella", observed="2015-08-27", state="destroyed", method="satellite", source="agency"
    ),
    Intervention(site="temple", date="2017", kind="restoration", source="agency"),
)


VOID = {"meta", "link", "input", "br", "img", "hr"}
APART = {"br", "dd", "div", "dt", "h1", "h2", "h3", "li", "p", "section", "td", "th", "title"}
"""Elements whose text stands apart from what is before it."""


@attrs.define
class Element:
    """An element with its attributes and the text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


@attrs.define
class Reading(HTMLParser):
    """A page, taken apart; `faults` says what is not nested rightly."""

    elements: list[Element] = attrs.Factory(list)
    faults: list[str] = attrs.Factory(list)
    _open: list[Element] = attrs.Factory(list)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in APART:
            self.handle_data(" ")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        """Every element of a tag, in order."""
        return [element for element in self.elements if element.tag == tag]

    @property
    def text(self) -> str:
        """The text of the page, its blanks evened out."""
        return " ".join(next(e for e in self.elements if e.tag == "body").text.split())


def _read(html: str) -> Reading:
    """Take a page apart."""
    page = Reading()
    page.feed(html)
    page.close()
    return page


Read = Callable[[str], Reading]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry of the records above, in which `city` was once called `town`."""
    path = tmp_path_factory.mktemp("web") / "small.db"
    with closing(schema.create(path)) as connection, transaction(connection):
        change = write.begin_change(
            connection, at="2026-02-03T04:05:06.000Z", by="n.kassem", why="first records"
        )
        for record in RECORDS:
            write.put(connection, record)
        write.rename(connection, "site", "calm", "quiet")
        write.end_change(connection, change)
    return path


@asynccontextmanager
async def _opened(*paths: Path | str, **options: object) -> AsyncIterator[Datasette]:
    """Datasette with some files open; its connections are closed afterwards."""
    datasette = Datasette([str(path) for path in paths], **options)
    await datasette.invoke_startup()
    try:
        yield datasette
    finally:
        for database in datasette.databases.values():
            database.close()


@pytest.fixture
async def get(small: Path) -> AsyncIterator[Get]:
    """Ask for a page of the small registry."""
    async with _opened(small) as datasette:
        yield datasette.client.get


@pytest.fixture(scope="session")
def opened() -> Open:
    """Datasette with some files open, for as long as the context lasts."""
    return _opened


@pytest.fixture(scope="session")
def read() -> Read:
    """Take a page apart."""
    return _read
