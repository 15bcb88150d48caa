"""The log is readable: which changes there were, and what each did, field by field."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import heritage
from heritage.web.logged import number
from heritage.web.queries import of_log

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

pytestmark = pytest.mark.anyio

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def changed(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small registry after an amendment, a retraction and a foreign write."""
    path = Path(shutil.copy(small, tmp_path_factory.mktemp("changed") / "changed.db"))
    with heritage.open(path) as registry:
        observed = next(iter(registry.observations())).id
        with registry.change(by=HOSTILE, why="better <b>imagery</b>") as change:
            change.amend("event", "blast", label="The first blast")
            change.retract("observation", observed)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE sites SET kind = 'temple' WHERE id = 'temple'")
    return path


@pytest.fixture
async def ask(changed: Path, opened: Open) -> AsyncIterator[Get]:
    """Ask for a page of that registry."""
    async with opened(changed) as datasette:
        yield datasette.client.get


async def test_changes_are_listed_the_newest_first(ask: Get, read: Read) -> None:
    page = read((await ask("/changes")).text)
    told = (await ask("/changes.json")).json()

    assert [3, 2, 1] == [each["id"] for each in told["changes"]]
    assert ["outside", "registry", "registry"] == [each["origin"] for each in told["changes"]]
    assert told["next"] is None
    assert "Change 2" in page.text
    assert "better <b>imagery</b>" in page.text
    assert "entries: 1" in page.text
    assert "/changes/1" in {link["href"] for link in page.all("a")}


async def test_a_change_tells_each_field_before_and_after(ask: Get, read: Read) -> None:
    html = (await ask("/changes/2")).text
    page, text = read(html), read(html).text
    told = (await ask("/changes/2.json")).json()
    amended = next(e for e in told["entries"] if e["table_name"] == "events")

    assert {"label": "The blast"} == {"label": amended["before"]["label"]}
    assert "label The blast The first blast" in text
    assert "Removed from observations" in text
    assert "satellite" in text
    assert HOSTILE in text
    assert HOSTILE not in html.replace(json.dumps(HOSTILE), "")
    assert {"/changes/1", "/changes/3", "/events/blast"} <= {e["href"] for e in page.all("a")}
    assert (told["change"]["id"], told["change"]["by"]) == (2, HOSTILE)
    assert [] == page.faults


async def test_every_entry_of_the_log_is_on_the_page_of_its_change(ask: Get, changed: Path) -> None:
    with closing(sqlite3.connect(changed)) as connection:
        counts = dict(connection.execute("SELECT change, count(*) FROM history GROUP BY change"))
    for change, count in counts.items():
        told = (await ask(f"/changes/{change}.json")).json()
        assert (count, count) == (len(told["entries"]), told["change"]["entries"])
        assert told["next"] is None


async def test_a_long_change_comes_in_pieces(ask: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [each["seq"] for each in (await ask("/changes/1.json")).json()["entries"]]
    monkeypatch.setattr(of_log, "ENTRIES", 7)
    monkeypatch.setattr(import_module("heritage.web.pages.changes"), "ENTRIES", 7)
    found: list[int] = []
    address = "/changes/1.json?after=0"
    while address:
        told = (await ask(address)).json()
        assert 0 < len(told["entries"]) <= 7
        found += [each["seq"] for each in told["entries"]]
        address = f"/changes/1.json?after={told['next']}" if told["next"] else ""

    assert whole == found


async def test_many_changes_come_in_pieces(ask: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_log, "CHANGES", 1)
    monkeypatch.setattr(import_module("heritage.web.pages.changes"), "CHANGES", 1)
    first = (await ask("/changes.json")).json()
    second = (await ask(f"/changes.json?before={first['next']}")).json()

    assert ([3], [2]) == tuple([each["id"] for each in t["changes"]] for t in (first, second))


async def test_a_record_leads_to_the_changes_that_touched_it(ask: Get, read: Read) -> None:
    links = {link["href"] for link in read((await ask("/events/blast")).text).all("a")}
    told = (await ask("/changes.json?record=blast")).json()

    assert "/changes?record=blast" in links
    assert [2, 1] == [each["id"] for each in told["changes"]]
    assert [] == (await ask("/changes.json?record=none")).json()["changes"]


@pytest.mark.parametrize("address", ["/changes/99", "/changes/0", f"/changes/{'9' * 40}"])
async def test_a_change_that_never_was_has_a_page_that_says_so(ask: Get, address: str) -> None:
    assert 404 == (await ask(address)).status_code
    assert 404 == (await ask(f"{address}.json")).status_code


async def test_a_public_edition_tells_only_what_it_holds(demo: Path, opened: Open) -> None:
    async with opened(demo / "public.db") as datasette:
        get = datasette.client.get
        told = (await get("/changes.json")).json()["changes"]
        with closing(sqlite3.connect(demo / "public.db")) as connection:
            rows = connection.execute("SELECT DISTINCT number FROM released ORDER BY 1 DESC")
            assert [number for (number,) in rows] == [each["id"] for each in told]
        for each in told:
            one = (await get(f"/changes/{each['id']}.json")).json()
            assert one["is_edition"]
            assert all(
                {"kind", "record", "op", "fields"} == entry.keys() for entry in one["entries"]
            )
            page = await get(f"/changes/{each['id']}")
            assert 200 == page.status_code
            # There may be one, which the policy keeps back.
            assert "No reason is published" in page.text
            assert "No reason given" not in page.text


@pytest.mark.parametrize(
    ("text", "found"),
    [("12", 12), ("-1", None), ("1e3", None), ("", None), (None, None), ("٣", None),
     ("9" * 30, None)],
)  # fmt: skip
def test_only_plain_numbers_count(text: str | None, found: int | None) -> None:
    assert found == number(text)
