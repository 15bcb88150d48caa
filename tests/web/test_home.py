"""The first page counts what there is, and draws distributions, not verdicts."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from heritage.model import Claim, Event
from heritage.web.pages.columns_of_time import HIGH, YEARS, columns
from heritage.web.pages.marks import WIDE, layers
from heritage.web.queries import of_home
from heritage.web.queries.of_parts import STANDS, standing
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
    found = layers(dict(zip(STANDS, (1, 3, 0, 12), strict=True)), in_danger=True)

    assert ["ring", "not_said", "damaged", "destroyed"] == [each["look"] for each in found]
    wide = {each["look"]: each["width"] for each in found}
    assert WIDE == wide["not_said"]
    assert abs((wide["damaged"] / WIDE) ** 2 - 4 / 16) < 0.05
    assert wide["destroyed"] >= 3


def test_a_site_is_told_by_its_parts_and_never_by_the_worst(demo: Path) -> None:
    with closing(sqlite3.connect(demo / "public.db")) as connection:
        found = standing(connection, ["palmyra", "nobody"])
        leaves = connection.execute(
            "SELECT count(*) FROM _site_ancestors a WHERE ancestor = 'palmyra'"
            " AND NOT EXISTS (SELECT 1 FROM sites s WHERE s.part_of = a.site)"
        ).fetchone()[0]

    assert ["palmyra"] == list(found)
    assert leaves == sum(found["palmyra"].values())
    assert found["palmyra"]["destroyed"] > 0
    assert found["palmyra"]["not_said"] > 0


async def test_home_says_how_parts_stand_without_colour(
    demo: Path, opened: Open, read: Read
) -> None:
    async with opened(demo / "public.db") as datasette:
        html = (await datasette.client.get("/")).text

    titles = [title.text for title in read(html).all("title") if "Site of Palmyra" in title.text]
    assert any("destroyed" in title and "of which nobody says" in title for title in titles)
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
