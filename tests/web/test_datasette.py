"""The plugin adds to Datasette: it hides nothing, and stays away where no registry is open."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

try:
    from datasette.resources import DatabaseResource

    IS_ALPHA = DatabaseResource is not None
except ImportError:
    IS_ALPHA = False

pytestmark = pytest.mark.anyio


def configured(config: dict[str, Any]) -> dict[str, Any]:
    """The option under which a line of Datasette takes its configuration."""
    return {"config": config} if IS_ALPHA else {"metadata": config}


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A database that is no registry."""
    path = tmp_path / "plain.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE sites (id TEXT PRIMARY KEY, note TEXT)")
        connection.execute("INSERT INTO sites VALUES ('city', 'another program')")
    return path


async def test_without_a_registry_datasette_is_as_it_was(opened: Open, plain: Path) -> None:
    async with opened(plain) as datasette:
        get = datasette.client.get
        home, table, row = await get("/"), await get("/plain/sites"), await get("/plain/sites/city")
        page = await get("/sites/city")

    assert 'href="/plain"' in home.text
    assert "masthead" not in home.text
    assert (200, 200, 404) == (table.status_code, row.status_code, page.status_code)
    assert 'href="/sites/city"' not in table.text


async def test_a_database_keeps_the_addresses_of_its_tables(
    opened: Open, plain: Path, small: Path, tmp_path: Path
) -> None:
    named_like_a_room = shutil.copy(plain, tmp_path / "sites.db")
    async with opened(small, named_like_a_room) as datasette:
        get = datasette.client.get
        table, database = await get("/sites/sites.json?_shape=array"), await get("/sites")
        page = await get("/sites/city")

    assert [{"id": "city", "note": "another program"}] == table.json()
    assert (200, 200) == (database.status_code, page.status_code)
    assert "Old City" in page.text


async def test_a_registry_that_is_named_like_a_room_has_both(
    opened: Open, small: Path, tmp_path: Path
) -> None:
    path = shutil.copy(small, tmp_path / "events.db")
    async with opened(path) as datasette:
        get = datasette.client.get
        table, page = await get("/events/claims.json?_shape=array"), await get("/events/blast")

    assert 7 == len(table.json())
    assert "The blast" in page.text


async def test_of_several_registries_the_first_by_name_is_shown(
    opened: Open, small: Path, plain: Path, tmp_path: Path
) -> None:
    first, last = (shutil.copy(small, tmp_path / name) for name in ("a.db", "z.db"))
    with closing(sqlite3.connect(first)) as connection, connection:
        connection.execute("UPDATE names SET text = 'First City' WHERE text = 'Old City'")
    async with opened(last, plain, first) as datasette:
        get = datasette.client.get
        page, other = await get("/sites/city"), await get("/z/sites.json?_shape=array")

    assert "First City" in page.text
    assert 5 == len(other.json())


async def test_datasettes_own_home_is_at_its_own_address(get: Get) -> None:
    home = await get("/-/")

    assert 200 == home.status_code
    assert 'href="/small"' in home.text
    assert "masthead" not in home.text
    assert 200 == (await get("/.json")).status_code


async def test_the_tables_of_datasette_lead_to_the_pages_and_back(get: Get, read: Read) -> None:
    tables = {name: read((await get(f"/small/{name}")).text) for name in
              ("sites", "claims", "event_sites", "listings", "source_relies_on")}  # fmt: skip
    links = {name: {a["href"] for a in page.all("a")} for name, page in tables.items()}

    assert {"/sites/city", "/sites/temple", "/"} <= links["sites"]
    assert {"/events/blast", "/sites/city", "/sources/agency", "/sites/temple"} <= links["claims"]
    assert {"/events/blast", "/sites/cella"} <= links["event_sites"]
    assert {"/sites/city", "/sources/list"} <= links["listings"]
    assert {"/sources/agency", "/sources/observatory"} <= links["source_relies_on"]
    worded = [span for span in tables["claims"].all("span") if "title" in span.attributes]
    assert ("about July 2015", "2015-07~") in {(span["title"], span.text) for span in worded}


async def test_datasettes_search_box_finds_any_spelling(get: Get) -> None:
    for query in ("qalat", "Qal'at", "المدينه", "OLD CITY"):
        found = (await get(f"/small/sites.json?_search={query}&_shape=array")).json()
        assert ["city"] == [row["id"] for row in found], query


async def test_machinery_is_hidden_but_not_out_of_reach(get: Get) -> None:
    tables = {
        table["name"]: table["hidden"]
        for table in (await get("/small.json?_show_hidden=1")).json()["tables"]
    }
    shown = {name for name, hidden in tables.items() if not hidden}

    assert {"sites", "claims", "terms", "changes", "history", "event_sites"} <= shown
    assert set() == {name for name in shown if name.startswith(("_", "places")) or "_fts" in name}
    assert 200 == (await get("/small/_site_ancestors.json?_shape=array")).status_code


async def test_who_may_not_see_the_database_may_not_see_its_pages(
    opened: Open, small: Path
) -> None:
    options = configured({"databases": {"small": {"allow": {"id": "n.kassem"}}}})
    async with opened(small, **options) as datasette:
        get = datasette.client.get
        for address in (
            "/",
            "/-/heritage.json",
            "/sites/city",
            "/events/blast.json",
            "/search?q=o",
        ):
            refused = await get(address)
            assert 403 == refused.status_code, address
            assert "Old City" not in refused.text
        cookie = datasette.sign({"a": {"id": "n.kassem"}}, "actor")
        allowed = await get("/sites/city", cookies={"ds_actor": cookie})

    assert 200 == allowed.status_code


async def test_pages_know_where_the_site_is_mounted(opened: Open, small: Path, read: Read) -> None:
    async with opened(small, settings={"base_url": "/heritage/"}) as datasette:
        page = read((await datasette.client.get("/sites/city")).text)
        links = [link["href"] for link in page.all("a")]

    own = [href for href in links if not href.startswith(("#", "https:"))]
    # The address that stays is told with its host.
    own = [href.removeprefix("http://localhost") for href in own]
    assert "/heritage/sites/city" in own
    assert [] == [href for href in own if not href.startswith("/heritage/")]
    assert "/heritage/events/blast" in own


async def test_an_edit_is_on_the_next_page(opened: Open, small: Path, tmp_path: Path) -> None:
    path = shutil.copy(small, tmp_path / "edited.db")
    async with opened(path) as datasette:
        before = (await datasette.client.get("/sites/city")).text
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE names SET text = 'New City' WHERE text = 'Old City'")
        after = (await datasette.client.get("/sites/city")).text

    assert ("Old City" in before, "New City" in after, "Old City" in after) == (True, True, False)
