"""What is written through Datasette stands in the log like any other edit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from tests.palmyra import EVERYTHING
from tests.registries import put, rows, write_empty
from tests.web.test_datasette import IS_ALPHA

pytestmark = pytest.mark.anyio

LOGGED = (
    "SELECT c.origin, h.table_name, h.row_key, h.op FROM history h"
    " JOIN changes c ON c.id = h.change WHERE h.change > 1 ORDER BY h.seq"
)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    path = write_empty(tmp_path / "registry.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        put(connection, EVERYTHING)
    return path


def logged(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return rows(connection, LOGGED)


async def test_a_statement_that_a_plugin_writes_is_logged(registry: Path) -> None:
    datasette = Datasette([str(registry)])
    database = datasette.get_database("registry")

    await database.execute_write("UPDATE sites SET kind = 'temple' WHERE id = 'bam'", block=True)

    assert [("outside", "sites", "bam", "update")] == logged(registry)


async def test_nonsense_is_refused_whoever_writes_it(registry: Path) -> None:
    datasette = Datasette([str(registry)])
    database = datasette.get_database("registry")

    with pytest.raises(sqlite3.IntegrityError, match="has to be the id of a source"):
        await database.execute_write("UPDATE claims SET source = 'nobody'", block=True)

    assert [] == logged(registry)


if IS_ALPHA:  # the 0.65 line has no write API
    WRITES: dict[str, tuple[str, dict[str, Any], tuple[Any, ...]]] = {
        "insert": (
            "sites/-/insert",
            {"row": {"id": "agora"}},
            ("outside", "sites", "agora", "insert"),
        ),
        "upsert": (
            "sites/-/upsert",
            {"rows": [{"id": "bam", "kind": "citadel"}]},
            ("outside", "sites", "bam", "update"),
        ),
        "update": (
            "sites/bam/-/update",
            {"update": {"kind": "citadel"}},
            ("outside", "sites", "bam", "update"),
        ),
        "delete": ("reviews/{review}/-/delete", {}, ("outside", "reviews", "{review}", "delete")),
    }

    @pytest.mark.parametrize("way", WRITES)
    async def test_the_write_api_is_logged(registry: Path, way: str) -> None:
        with closing(sqlite3.connect(registry)) as connection:
            ((review,),) = rows(connection, "SELECT id FROM reviews")
        address, body, expected = WRITES[way]
        datasette = Datasette([str(registry)])
        datasette.root_enabled = True
        token = datasette.create_token("root")
        token = await token if hasattr(token, "__await__") else token

        answer = await datasette.client.post(
            f"/registry/{address.format(review=review)}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
        )

        assert answer.status_code in (200, 201), answer.text
        assert [tuple(part.format(review=review) for part in expected)] == logged(registry)
