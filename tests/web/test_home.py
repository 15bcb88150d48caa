"""The first page counts what there is, and draws distributions, not verdicts."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import heritage
from heritage.dates import FuzzyDate
from heritage.model import Claim, Event, Intervention, Location, Observation, Site, Source
from heritage.web.pages.columns_of_time import HIGH, YEARS, columns
from heritage.web.pages.marks import WIDE, layers
from heritage.web.pages.standing import STANDS, standing
from heritage.web.queries import of_home
from tests.registries import put

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

pytestmark = pytest.mark.anyio


def cell(first: str, last: str, n: int, status: str = "agreed") -> dict[str, Any]:
    """Events of the same years."""
    return {"first": first, "last": last, "status": status, "n": n}


def test_a_year_is_a_column_of_firm_disputed_and_long_dates() -> None:
    drawn = columns(
        [cell("2014", "2014", 6), cell("2015", "2015", 2, "disputed"), cell("2014", "2015", 3)],
        mirrored=False,
    )
    assert drawn is not None

    found = [(c.year, c.firm, c.disputed, c.wide, c.total) for c in drawn.columns]
    assert [("2014", 6, 0, 3, 9), ("2015", 0, 2, 3, 5)] == found
    assert [["", "wide"], ["disputed", "wide"]] == [
        [part["look"] for part in c.parts] for c in drawn.columns
    ]
    for each in drawn.columns:
        assert 0 < sum(float(part["height"]) for part in each.parts) <= HIGH
    assert 0 == drawn.earlier


def test_what_is_too_early_is_counted_and_open_ends_are_drawn_where_they_are_known() -> None:
    drawn = columns(
        [
            cell("1500", "1500", 4),
            cell("-9768", "-9768", 1),
            cell("2020", "~", 2),
            cell("", "2019", 5),
        ],
        mirrored=True,
    )
    assert drawn is not None

    assert YEARS == len(drawn.columns)
    assert 5 == drawn.earlier
    assert (2, 5) == (drawn.columns[-1].total, drawn.columns[-2].total)
    assert drawn.columns[0].x > drawn.columns[-1].x
    assert columns([cell("", "", 3)], mirrored=False) is None


def test_discs_take_their_share_of_the_area_and_show_what_is_rare() -> None:
    found = layers(dict(zip(STANDS, (1, 3, 0, 0, 0, 12), strict=True)), in_danger=True)

    assert ["ring", "unknown", "damaged", "destroyed"] == [each["look"] for each in found]
    wide = {each["look"]: each["width"] for each in found}
    assert WIDE == wide["unknown"]
    assert abs((wide["damaged"] / WIDE) ** 2 - 4 / 16) < 0.05
    assert wide["destroyed"] >= 3


async def test_home_says_of_each_site_what_its_page_says(demo: Path, opened: Open) -> None:
    async with opened(demo / "public.db") as datasette:
        points = (await datasette.client.get("/-/heritage.json")).json()["points"]
        found = {point["id"]: point["parts"] for point in points if point["parts"]}
        pages = {
            id: (await datasette.client.get(f"/sites/{id}.json")).json()["condition"]
            for id in found
        }

    assert "palmyra" in found
    assert found["palmyra"]["destroyed"] < pages["palmyra"]["total"]
    for id, stand in found.items():
        assert {name: n for name, n in stand.items() if n} == pages[id]["counts"]


PARTS = ("standing", "mended", "gone", "doubted")


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """A place that an event hit, and what was done and seen on some of its parts afterwards."""
    path = tmp_path / "parts.db"
    with heritage.open(path, create=True) as registry, registry.change(by="n", why="w") as change:
        change.put(Source(id="news", title="News", tier=2))
        change.put(Site(id="place", location=Location(longitude=1, latitude=2)))
        for part in PARTS:
            change.put(Site(id=part, part_of="place"))
            change.put(Event(id=f"blast-{part}", label="Blast", sites=[part]))
            change.put(said(f"blast-{part}", "date", "2015-08-23"))
            change.put(said(f"blast-{part}", "severity", "destroyed"))
        change.put(Observation(site="standing", observed="2016-02", state="intact", source="news"))
        change.put(Intervention(site="mended", date="2018", kind="restoration", source="news"))
        change.put(said("blast-doubted", "date", "2099"))
    return path


def said(subject: str, property: str, value: str) -> Claim:
    """What the news say."""
    return Claim(subject=subject, property=property, value=value, source="news")


@pytest.mark.parametrize("is_settled", [True, False])
def test_a_part_stands_as_what_came_last_left_it(parts: Path, is_settled: bool) -> None:
    with closing(sqlite3.connect(parts)) as connection:
        if not is_settled:
            connection.execute("UPDATE events SET label = 'A blast' WHERE id = 'blast-gone'")
        found = standing(connection, ["place", "gone", "nobody"], FuzzyDate.parse("2020-01-01"))
        before = standing(connection, ["place"], FuzzyDate.parse("2015-01-01"))

    assert {"place": {**dict.fromkeys(STANDS, 0), "destroyed": 1, "undecided": 1, "restored": 1,
                      "intact": 1}} == found  # fmt: skip
    assert 4 == sum(before["place"].values())
    assert 3 <= before["place"]["unknown"]


def test_parts_that_would_be_too_many_are_not_told_in_part(
    parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heritage.web.pages.standing.PARTS_ASKED", 3)
    with closing(sqlite3.connect(parts)) as connection:
        assert {} == standing(connection, ["place"], FuzzyDate.parse("2020"))


async def test_home_says_how_parts_stand_without_colour(
    demo: Path, opened: Open, read: Read
) -> None:
    async with opened(demo / "public.db") as datasette:
        html = (await datasette.client.get("/")).text

    titles = [title.text for title in read(html).all("title") if "Site of Palmyra" in title.text]
    assert any("destroyed" in title and "unknown" in title for title in titles)
    assert 'class="share destroyed"' in html
    assert "How the parts of sites stand" in html


async def test_home_is_a_dataset_for_search_engines(get: Get) -> None:
    html = (await get("/")).text
    _, _, rest = html.partition('<script type="application/ld+json">')
    told = json.loads(rest.partition("</script>")[0])

    assert "Dataset" == told["@type"]
    assert "2026-02-03T04:05:06.000Z" == told["dateModified"]
    assert {"text/csv", "application/json"} <= {d["encodingFormat"] for d in told["distribution"]}


async def test_many_events_are_columns_that_lead_to_their_rows(
    small: Path, tmp_path: Path, opened: Open, read: Read
) -> None:
    path = shutil.copy(small, tmp_path / "many.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        records = [Event(id=f"e{n}", label=f"Event {n}", sites=["temple"]) for n in range(160)]
        claims = [
            Claim(subject=f"e{n}", property="date", value=str(2000 + n % 4), source="agency")
            for n in range(160)
        ]
        put(connection, [*records, *claims])
    async with opened(path) as datasette:
        page = read((await datasette.client.get("/")).text)
        found = (await datasette.client.get("/search.json?kind=events&during=2001")).json()

    links = {link["href"]: link.attributes.get("aria-label") for link in page.all("a")}
    assert "2001: 40" == links["/search?kind=events&during=2001"]
    assert 40 == found["total"]


def test_figures_are_counted_anew_when_any_program_has_written(small: Path, tmp_path: Path) -> None:
    path = shutil.copy(small, tmp_path / "small.db")
    with closing(sqlite3.connect(path)) as connection:
        before = of_home.figures(connection)
        with connection:
            connection.execute("INSERT INTO sources (id, title) VALUES ('new', 'New')")
        after = of_home.figures(connection)

    assert {**before, "sources": before["sources"] + 1} == after
