"""Whoever asks for nonsense is told so; faults of the program stay faults."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from datasette.app import Datasette
from datasette.utils.asgi import Request
from datasette.views.base import DatasetteError

from heritage.web.refusing import refusal

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
@pytest.mark.parametrize(
    "asked",
    [
        "_sort=none", "_sort=id&_sort_desc=id", "_facet=none", "_facet=%00", "_facet_array=id",
        "_facet_date=none", "_where=1;DROP", "_through={", "_through={}", "_timelimit=x",
        "_timelimit=-1", "id__in=[", "_through=" + quote('{"table": "t", "column": "c"}'),
    ],
)  # fmt: skip
async def test_nonsense_in_an_address_is_no_fault_of_the_server(
    get: Get,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    asked: str,
) -> None:
    monkeypatch.setattr("datasette.handle_exception.rich", None)  # as `heritage serve` does
    answer = await get(f"/small/claims{form}?{asked}")

    assert answer.status_code < 500
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_an_ordinary_answer_is_as_ever(get: Get) -> None:
    assert 200 == (await get("/small/claims?_sort=id&_facet=property")).status_code
    assert 404 == (await get("/small/none")).status_code


async def test_faults_of_our_pages_and_of_the_file_stay_faults(small: Path, opened: Open) -> None:
    corrupt = sqlite3.DatabaseError("malformed")
    corrupt.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    async with opened(small) as datasette:
        theirs, ours = Request.fake("/small/claims"), Request.fake("/sites/city")
        assert refusal(datasette, theirs, KeyError("table")) is not None
        assert refusal(datasette, ours, KeyError("table")) is None
        assert refusal(datasette, theirs, corrupt) is None
        assert refusal(datasette, theirs, OSError("no disk")) is None
        assert refusal(datasette, theirs, DatasetteError("x", status=404)) is None


async def test_without_a_registry_datasette_answers_as_it_does() -> None:
    datasette = Datasette(memory=True)
    datasette.add_memory_database("other")
    await datasette.databases["other"].execute_write("CREATE TABLE t (x)")
    answer = await datasette.client.get("/other/t.json?_through={}")

    assert 500 == answer.status_code
    for database in datasette.databases.values():
        database.close()


async def test_an_edition_of_an_older_version_says_so(
    small: Path, tmp_path: Path, opened: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    old = Path(shutil.copy(small, tmp_path / "old.db"))
    with closing(sqlite3.connect(old)) as connection:
        newest = "(SELECT max(id) FROM _sqlite_migrations)"
        connection.execute(f"DELETE FROM _sqlite_migrations WHERE id = {newest}")
        connection.execute("DROP TABLE _event_years")
        connection.commit()
    datasette = Datasette([str(old)])
    answer = await datasette.client.get("/")
    for database in datasette.databases.values():
        database.close()

    assert (503, "2") == (answer.status_code, answer.headers["retry-after"])
    assert "old.db is of an older version" in answer.text
    assert str(tmp_path) not in answer.text
    assert "Traceback" not in "".join(capsys.readouterr())
