"""Answers are given again as long as the file stays as it is, and never any longer."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from datasette.app import Datasette
from datasette.utils.asgi import Response

from heritage.store.connection import transaction
from heritage.web.keeping import Answer, Shelf, stamp
from heritage.web.page import Page, Visit, sent

if TYPE_CHECKING:
    from tests.web.conftest import Open

pytestmark = pytest.mark.anyio

ADDRESSES = ("/", "/sites/city", "/events/blast", "/search?kind=events", "/sources/agency")


@pytest.fixture
def path(small: Path, tmp_path: Path) -> Path:
    """A registry of one's own to write to."""
    return Path(shutil.copy(small, tmp_path / "small.db"))


@pytest.fixture
async def served(path: Path, opened: Open) -> AsyncIterator[Datasette]:
    """The registry, served."""
    async with opened(path) as datasette:
        yield datasette


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of the pages that are made, as they are made."""
    found: list[str] = []

    def noted(visit: Visit, page: Page, form: str | None) -> Response:
        found.append(page.template)
        return sent(visit, page, form)

    monkeypatch.setattr("heritage.web.answering.sent", noted)
    return found


@pytest.mark.parametrize("address", ADDRESSES)
async def test_what_was_answered_is_answered_again_without_making_it(
    served: Datasette, made: list[str], address: str
) -> None:
    first = await served.client.get(address)
    again = await served.client.get(address)

    assert 1 == len(made)
    assert (200, first.content, first.headers) == (again.status_code, again.content, again.headers)


async def test_languages_forms_and_hosts_have_answers_of_their_own(served: Datasette) -> None:
    asked = ("/sites/city", "/sites/city?lang=ar", "/sites/city.json", "/sites/city.json?lang=ar")

    async def all_of(host: str) -> list[bytes]:
        return [(await served.client.get(each, headers={"host": host})).content for each in asked]

    first, other, again = (
        await all_of("a.example"),
        await all_of("b.example"),
        await all_of("a.example"),
    )

    assert first == again
    assert 2 * len(asked) == len({*first, *other})


async def test_whatever_any_program_writes_is_in_the_next_answer(
    served: Datasette, path: Path
) -> None:
    before = await served.client.get("/sites/city")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE names SET text = 'New City' WHERE text = 'Old City'")
    after = await served.client.get("/sites/city")

    assert b"New City" not in before.content
    assert b"New City" in after.content
    assert before.headers["etag"] != after.headers["etag"]


async def test_what_is_written_behind_the_log_is_in_the_next_answer_too(
    served: Datasette, path: Path
) -> None:
    await served.client.get("/sources/agency")
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE sources SET title = 'Another title' WHERE id = 'agency'")

    assert b"Another title" in (await served.client.get("/sources/agency")).content


async def test_another_file_under_the_name_is_answered_from_itself(
    served: Datasette, path: Path
) -> None:
    await served.client.get("/sources/agency")
    beside = Path(shutil.copy(path, path.with_name("beside.db")))
    with closing(sqlite3.connect(beside)) as connection, connection:
        connection.execute("UPDATE sources SET title = 'Another title' WHERE id = 'agency'")
    shutil.move(beside, path)

    assert b"Another title" in (await served.client.get("/sources/agency")).content


async def test_what_is_being_written_is_not_told_until_it_stands(
    served: Datasette, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            connection.execute("UPDATE sources SET title = 'Another title' WHERE id = 'agency'")
            during = await served.client.get("/sources/agency")
        after = await served.client.get("/sources/agency")

    assert b"Another title" not in during.content
    assert b"Another title" in after.content


async def test_a_browser_that_has_an_answer_is_told_so_until_it_changes(
    served: Datasette, path: Path
) -> None:
    async def asked(tag: str) -> tuple[int, bytes]:
        answer = await served.client.get("/sites/city", headers={"if-none-match": tag})
        return answer.status_code, answer.content

    whole = await served.client.get("/sites/city")
    tag = whole.headers["etag"]
    known = [await asked(each) for each in (tag, f"W/{tag}", f'"other", {tag}', "*")]
    other = await asked('"other"')
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE names SET text = 'New City' WHERE text = 'Old City'")
    status, _ = await asked(tag)

    assert [(304, b"")] * 4 == known
    assert (200, whole.content) == other
    assert 200 == status
    assert "no-cache" in whole.headers["cache-control"]


async def test_who_may_not_look_is_refused_after_others_have_looked(
    path: Path, opened: Open
) -> None:
    rule = {"databases": {"small": {"allow": {"id": "curator"}}}}
    is_old = hasattr(Datasette, "permission_allowed")
    async with opened(path, **({"metadata": rule} if is_old else {"config": rule})) as datasette:
        cookies = {"ds_actor": datasette.sign({"a": {"id": "curator"}}, "actor")}
        mine = await datasette.client.get("/sites/city", cookies=cookies)
        tag = {"if-none-match": mine.headers["etag"]}
        others = [await datasette.client.get("/sites/city", headers=h) for h in ({}, tag)]

    assert 200 == mine.status_code
    assert [403, 403] == [answer.status_code for answer in others]
    assert "private" in mine.headers["cache-control"]


async def test_what_is_missing_or_faulty_has_no_tag(served: Datasette, made: list[str]) -> None:
    for address in ("/sites/none", "/sites/city?on=someday", "/sites/none"):
        answer = await served.client.get(address)
        assert answer.status_code in (400, 404)
        assert "etag" not in answer.headers
    assert ["missing", "site", "missing"] == made


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    shelf = Shelf(100)
    answers = {name: Answer(name.encode(), {}, "", name) for name in "abcd"}
    for name in "abc":
        shelf.put(name, answers[name], 30)
    shelf.get("a")
    shelf.put("d", answers["d"], 40)
    shelf.put("d", answers["d"], 40)

    assert ["a", "c", "d"] == [name for name in "abcd" if shelf.get(name) is not None]
    shelf.put("e", answers["a"], 101)
    assert [None] * 5 == [shelf.get(name) for name in "abcde"]


def test_a_file_that_is_not_there_has_no_stamp(tmp_path: Path) -> None:
    assert stamp(None) is None
    assert stamp(str(tmp_path / "none.db")) is None
