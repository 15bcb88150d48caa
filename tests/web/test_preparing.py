"""The first pages of a file that changed are made before anybody asks, while it is served."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from datasette.app import Datasette
from datasette.utils.asgi import Response

from heritage.web import preparing
from heritage.web.page import Page, Visit, sent

if TYPE_CHECKING:
    from tests.web.conftest import Open

pytestmark = pytest.mark.anyio

ALL = 2 * len(preparing.ADDRESSES)
VISITED = ("/", "/?lang=ar", "/search?kind=events", "/search?kind=sources&lang=ar")


@pytest.fixture
def path(small: Path, tmp_path: Path) -> Path:
    """A registry of one's own to write to."""
    return Path(shutil.copy(small, tmp_path / "small.db"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of the pages that are made, as they are made."""
    found: list[str] = []

    def noted(visit: Visit, page: Page, form: str | None) -> Response:
        found.append(page.template)
        return sent(visit, page, form)

    monkeypatch.setattr("heritage.web.answering.sent", noted)
    monkeypatch.setattr(preparing, "LOOK_SECONDS", 0.02)
    return found


@asynccontextmanager
async def running(datasette: Datasette) -> AsyncIterator[None]:
    """The application between the beginning and the end of its server."""
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    begun, ended = asyncio.Event(), asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        (begun if message["type"] == "lifespan.startup.complete" else ended).set()

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
    server = asyncio.create_task(datasette.app()(scope, told.get, send))
    await told.put({"type": "lifespan.startup"})
    await asyncio.wait_for(begun.wait(), 10)
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await asyncio.wait_for(server, 10)
        assert ended.is_set()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that is to happen."""
    for _ in range(1_000):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError


async def test_visitors_find_the_first_pages_made(
    path: Path, opened: Open, made: list[str]
) -> None:
    async with opened(path) as datasette, running(datasette):
        await until(lambda: len(made) == ALL)
        for host in ("a.example", "b.example:8001"):
            answers = [await datasette.client.get(e, headers={"host": host}) for e in VISITED]
            assert [200] * len(VISITED) == [answer.status_code for answer in answers]
            assert f"http://{host}/" in answers[0].text
            assert ".invalid" not in "".join(answer.text for answer in answers)

    assert ALL == len(made)


async def test_pages_are_made_anew_when_the_file_changed(
    path: Path, opened: Open, made: list[str]
) -> None:
    async with opened(path) as datasette, running(datasette):
        await until(lambda: len(made) == ALL)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE sources SET title = 'Another' WHERE id = 'agency'")
        await until(lambda: len(made) == 2 * ALL)
        page = await datasette.client.get("/search?kind=sources")

    assert "Another" in page.text
    assert 2 * ALL == len(made)


async def test_nothing_goes_on_after_the_server(path: Path, opened: Open, made: list[str]) -> None:
    async with opened(path) as datasette:
        before = asyncio.all_tasks()
        async with running(datasette):
            assert before < asyncio.all_tasks()
        assert before == asyncio.all_tasks()
        await datasette.client.get("/sources/agency")
        count = len(made)
        await asyncio.sleep(0.2)

        assert count == len(made)


async def test_without_a_server_nothing_is_prepared(
    path: Path, opened: Open, made: list[str]
) -> None:
    async with opened(path) as datasette:
        await datasette.client.get("/sources/agency")
        await asyncio.sleep(0.2)

    assert ["source"] == made


async def test_what_nobody_may_see_is_not_prepared(
    path: Path, opened: Open, made: list[str]
) -> None:
    rule = {"databases": {"small": {"allow": {"id": "curator"}}}}
    is_old = hasattr(Datasette, "permission_allowed")
    async with opened(path, **({"metadata": rule} if is_old else {"config": rule})) as datasette:
        await preparing.prepare(datasette)

    assert [] == made


@pytest.mark.parametrize("host", ['a"><script>alert(1)</script>', "a'b", "a.example/x?y#z"])
async def test_a_hostile_name_of_the_server_is_harmless(
    path: Path, opened: Open, host: str
) -> None:
    async with opened(path) as datasette:
        answers = [
            await datasette.client.get(each, headers={"host": host})
            for each in ("/", "/sites/city")
        ]
        missing = await datasette.client.get("/sites/none", headers={"host": host})

    for answer in (*answers, missing):
        assert "<script>alert" not in answer.text
        assert ".invalid" not in answer.text + answer.headers.get("link", "")
