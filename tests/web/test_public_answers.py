"""No answer of a server of the public edition tells what is not public."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import pytest

import heritage
from tests.publish.canaries import Planted, fill, leaks, plainly

if TYPE_CHECKING:
    from tests.web.conftest import Open

pytestmark = pytest.mark.anyio

LINK = re.compile(r"""(?:href|src|action)=["']([^"'#]+)""")
MOST_PAGES = 120
BEGIN = ("/", "/-/", "/-/heritage.json", "/-/databases.json", "/-/versions.json", "/-/metadata")


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Planted]:
    """A registry full of secrets, its public edition, and the secrets."""
    folder = tmp_path_factory.mktemp("answers")
    registry, public = folder / "registry.db", folder / "public.db"
    secrets = fill(registry)
    with heritage.open(registry, readonly=True) as opened:
        opened.publish(public)
    return registry, public, secrets


def tables(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        ).fetchall()
        return {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info([{name}])")]
            for (name,) in names
        }


def questions(path: Path) -> Iterator[str]:
    """Every table in every form, with search, facets, filters, SQL and mistakes."""
    base = f"/{path.stem}"
    for name, columns in tables(path).items():
        table = f"{base}/{quote(name, safe='_')}"
        yield f"{table}.json?_shape=objects&_size=max"
        if name.startswith(("_", "places", "sqlite", "terms")) or "_fts" in name:
            continue
        yield f"{table}.csv?_size=max"
        yield f"{table}?_size=max"
        yield f"{table}.json?_facet={columns[0]}&_facet={columns[-1]}"
        yield f"{table}.json?_search=qx*&_searchmode=raw"
        yield f"{table}.json?{columns[0]}__startswith=q"
        yield f"{table}?_where=nonsense"
        yield f"{table}/none"
    for sql in (
        "select name, sql from sqlite_master",
        "select * from history",
        "select * from claims join sources on sources.id = claims.source",
        "select group_concat(search_text) from sites_fts",
        "select hex(search_text) from claims",
        "select nonsense from claims",
        "attach database 'registry.db' as r",
        "select * from pragma_database_list",
        "select load_extension('x')",
    ):
        for page in (base, f"{base}/-/query"):
            for form in ("", ".json", ".csv"):
                yield f"{page}{form}?{urlencode({'sql': sql})}"
    for text in ("temple", "tomb", "qx", "person", "٣٨", "38.12", "%", "' or 1=1 --"):
        yield f"/search?{urlencode({'q': text})}"
        yield f"/search.json?{urlencode({'q': text})}"


def links(text: str, page: str) -> Iterator[str]:
    """Links of a page within the site, without those that only sort or fold a table anew."""
    for found in LINK.findall(text):
        target = urlsplit(html.unescape(found))
        is_static = "/-/static" in target.path
        if target.scheme or target.netloc or is_static or not target.path.startswith("/"):
            continue
        if re.search(r"(^|&)_(sort|sort_desc|facet|next|trace|hide_sql)", target.query):
            continue
        yield target.path + (f"?{target.query}" if target.query else "")


async def answers(opened: Open, path: Path, most: int) -> bytes:
    """Everything that a server of a file answers, headers and errors included."""
    heard: dict[bytes, None] = {}
    waiting = [*BEGIN, *questions(path)]
    seen = set(waiting)
    followed = 0
    async with opened(path) as datasette:
        while waiting:
            address = waiting.pop()
            answer = await datasette.client.get(address)
            heard |= dict.fromkeys((repr(answer.headers.raw).encode(), answer.content))
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            for link in links(answer.text, address):
                if link not in seen and followed < most:
                    followed += 1
                    seen.add(link)
                    waiting.insert(0, link)
    return b"\n".join(heard)


async def test_no_answer_tells_a_secret(edition: tuple[Path, Path, Planted], opened: Open) -> None:
    _, public, secrets = edition
    heard = await answers(opened, public, MOST_PAGES)

    assert b"A source that is not named" in heard
    assert b"no such column" in heard
    assert set() == leaks(heard, secrets)


async def test_the_same_questions_to_the_registry_tell_the_secrets(
    edition: tuple[Path, Path, Planted], opened: Open
) -> None:
    registry, _, secrets = edition
    found = leaks(await answers(opened, registry, 10), plainly(secrets))

    # Salts and hashes are bytes, which Datasette does not show.
    assert set(secrets) - {"salts", "hashes of the log"} == found
