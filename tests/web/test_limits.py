"""Nothing that a reader can ask takes the server's memory or time away from others."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from heritage.web.limits import Watched, bound

if TYPE_CHECKING:
    from tests.web.conftest import Open

pytestmark = pytest.mark.anyio

LONG = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT {})"
GREEDY = {
    "random": "SELECT randomblob(1000000000)",
    "zeros": "SELECT length(zeroblob(1000000000))",
    "printf": "SELECT printf('%1000000000s', 'x')",
    "replace": "SELECT replace(hex(zeroblob(100000)), '0', hex(zeroblob(100000)))",
    "joined": LONG.format(100_000_000) + " SELECT group_concat(n) FROM c",
    "array": LONG.format(100_000_000) + " SELECT json_group_array(hex(zeroblob(90000))) FROM c",
    "endless": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n FROM c) SELECT max(n) FROM c",
    "rows": LONG.format(100_000_000) + " SELECT hex(randomblob(100000)) FROM c",
    "sorted": LONG.format(100_000_000)
    + " SELECT hex(randomblob(10000)) AS x FROM c ORDER BY x LIMIT 1",
    "product": "SELECT count(*) FROM history a, history b, history c, history d, history e",
    "trim": "SELECT trim(printf('%.*c', 240000, 'a'), printf('%.*c', 240000, 'b') || 'a')",
    "slow steps": LONG.format(1000)
    + " SELECT instr(printf('%.*c', 240000, 'a'), printf('%.*c', 120000, 'a') || 'b') FROM c",
    "deep": "SELECT " + "(" * 2000 + "1" + ")" * 2000,
    "unions": " UNION ALL ".join(["SELECT 1"] * 400),
}

ASK = """
import asyncio, json, resource, sys, time
from heritage import web
async def main():
    app = web.application(sys.argv[1], private=True)
    await app.client.get("/")
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    answer = await app.client.get(sys.argv[2], follow_redirects=True)
    print(json.dumps({"status": answer.status_code, "seconds": time.monotonic() - begun,
        "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before}))
asyncio.run(main())
"""


def asked(registry: Path, address: str) -> dict[str, float]:
    """What one request takes of a server of its own."""
    command = [sys.executable, "-c", ASK, str(registry), address]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", GREEDY)
def test_a_greedy_query_takes_little_memory_and_few_seconds(small: Path, name: str) -> None:
    found = asked(small, f"/small.json?{urlencode({'sql': GREEDY[name], '_shape': 'array'})}")

    assert found["kilobytes"] < 200_000
    assert found["seconds"] < 8
    assert found["status"] in (200, 400, 503, 414)


def test_many_facets_are_refused_and_some_are_answered(small: Path) -> None:
    facets = "&".join(["_facet=value"] * 200)

    assert 414 == asked(small, f"/small/claims?{facets}")["status"]
    assert 200 == asked(small, "/small/claims?_facet=property&_facet=stance")["status"]


async def test_ordinary_questions_are_answered_as_ever(small: Path, opened: Open) -> None:
    sql = "SELECT trim(' a '), ltrim('xxa', 'x'), rtrim(NULL) IS NULL, length(zeroblob(200000))"
    async with opened(small) as datasette:
        address = f"/small.json?{urlencode({'sql': sql, '_shape': 'arrays'})}"
        rows = (await datasette.client.get(address, follow_redirects=True)).json()["rows"]

    assert [["a", "a", 1, 200_000]] == rows


async def test_no_request_writes(small: Path, opened: Open) -> None:
    async with opened(small) as datasette:
        get = datasette.client.get
        for sql in ("DELETE FROM claims", "ATTACH ':memory:' AS x", "PRAGMA writable_schema = 1",
                    "VACUUM INTO 'x.db'", "INSERT INTO sites (id) VALUES ('x')"):  # fmt: skip
            address = f"/small.json?{urlencode({'sql': sql})}"
            answer = await get(address, follow_redirects=True)
            assert 400 <= answer.status_code < 500, sql
        rows = (await get("/small/claims.json?_shape=array")).json()
    assert 7 == len(rows)


async def test_nobody_is_told_where_the_file_lies(
    small: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasette.handle_exception.rich", None)  # as `heritage serve` does
    sql = "SELECT file FROM pragma_database_list"
    addresses = (
        "/-/databases", "/-/databases.json", "/-/threads.json", "/-/versions.json",
        "/-/plugins.json", "/-/settings.json", "/-/config.json", "/-/.json", "/small.json",
        f"/small.json?{urlencode({'sql': sql, '_shape': 'array'})}",
    )  # fmt: skip
    async with opened(small) as datasette:
        for address in addresses:
            answer = await datasette.client.get(address, follow_redirects=True)
            assert str(small.parent) not in answer.text, address
            assert "site-packages" not in answer.text, address
        named = (await datasette.client.get("/-/databases.json")).json()
        read = (await datasette.client.get(addresses[-1], follow_redirects=True)).json()

    databases = named["databases"] if isinstance(named, dict) else named
    assert ["small.db"] == [each["path"] for each in databases]
    assert [None] == [row["file"] for row in read]


@pytest.mark.parametrize("call", ["fts3_tokenizer('simple')", "FTS3_Tokenizer('a', x'4142')"])
async def test_sql_reads_and_sets_no_address_in_memory(
    small: Path, opened: Open, call: str
) -> None:
    async with opened(small) as datasette:
        address = f"/small.json?{urlencode({'sql': f'SELECT hex({call})'})}"
        answer = await datasette.client.get(address, follow_redirects=True)

    assert 400 == answer.status_code


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("CONNECT", {}, 405),
        ("BREW", {}, 405),
        ("GET", {b"cookie": b"a=\xff"}, 400),
        ("GET", {b"cookie": "a=\u0645".encode()}, 200),
    ],
)
async def test_requests_that_datasette_stumbles_over_are_refused(
    small: Path, opened: Open, method: str, headers: dict[bytes, bytes], status: int
) -> None:
    async with opened(small) as datasette:
        answer = await datasette.client.request(method, "/about", headers=headers)

    assert status == answer.status_code


class Interrupted(sqlite3.Connection):
    """A connection that counts how often it is interrupted."""

    times = 0

    def interrupt(self) -> None:
        """Count, and interrupt."""
        self.times += 1
        super().interrupt()


@pytest.fixture
def connection() -> Iterator[Interrupted]:
    """A connection that any thread may use."""
    with closing(
        sqlite3.connect(":memory:", factory=Interrupted, check_same_thread=False)
    ) as connection:
        yield connection


ENDLESS = GREEDY["endless"]


def until(condition: Callable[[], bool]) -> None:
    """Wait for a moment that has to come."""
    given_up = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < given_up, "it never came"
        time.sleep(0.01)


def test_a_statement_that_runs_on_is_interrupted(connection: Interrupted) -> None:
    watched = Watched(connection)
    connection.set_trace_callback(watched.began)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(connection.execute, ENDLESS)
        until(lambda: watched.is_running)
        watched.look(time.monotonic() - 60)
        before = connection.times
        while not asked.done():
            watched.look(time.monotonic())

    assert 0 == before
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        asked.result()


def test_a_connection_that_rested_is_not_interrupted_when_it_is_asked_again(
    connection: Interrupted,
) -> None:
    watched = Watched(connection)
    connection.set_trace_callback(watched.began)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(connection.execute, "SELECT 1").result()
        while watched.is_running:
            watched.look(0)
        # Long after, at the very moment at which a thread has begun to work again.
        pool.submit(watched.look, time.monotonic() + 60).result()

    assert 0 == connection.times


async def test_a_page_of_ours_that_takes_too_long_says_to_come_again(
    small: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_progress_handler(lambda: 1, 100)
        connection.execute(ENDLESS)

    monkeypatch.setattr("heritage.web.routes.pages.home", too_long)
    async with opened(small) as datasette:
        answer = await datasette.client.get("/?lang=ar")

    assert (503, "10") == (answer.status_code, answer.headers["retry-after"])
    assert "took too long" in answer.text


def test_a_connection_that_is_gone_is_watched_no_more() -> None:
    connection = sqlite3.connect(":memory:")
    bound(connection)
    connection.execute("SELECT 1")
    connection.close()
