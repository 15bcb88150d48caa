"""A server whose file is replaced answers from the old edition or the new one, never from both."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import heritage
from heritage import Name, Site, web
from heritage.web.replacing import ReplacedError, check_connection

if TYPE_CHECKING:
    from tests.web.conftest import Open

pytestmark = pytest.mark.anyio

PARTS = 30


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Two editions of one registry: every name of the second is another."""
    folder = tmp_path_factory.mktemp("editions")
    found = []
    for word in ("Before", "Afterwards"):
        with heritage.open(folder / f"{word}.db", create=True) as registry:
            with registry.change(by="n", why=word) as change:
                change.put(Site(id="city", names=[Name(text=f"{word} City")]))
                for n in range(PARTS):
                    name = Name(text=f"{word} Part {n}")
                    change.put(Site(id=f"part-{n}", part_of="city", names=[name]))
            registry.publish(folder / f"{word}.public")
        found.append((folder / f"{word}.public").read_bytes())
    return found


@pytest.fixture
def public(tmp_path: Path, editions: list[bytes]) -> Path:
    """The first edition, under the name that is served."""
    path = tmp_path / "public.db"
    path.write_bytes(editions[0])
    return path


def replace(public: Path, content: bytes) -> None:
    beside = public.with_name("beside")
    beside.write_bytes(content)
    beside.replace(public)


def remove(public: Path) -> None:
    public.unlink()


def words(text: str) -> set[str]:
    return set(re.findall("Before|Afterwards", text))


ASKED = ("/", "/sites/city", "/public/sites.json?_size=max", "/public/sites", "/sites/part-3")


@pytest.mark.parametrize("immutable", [False, True])
async def test_a_replaced_file_is_answered_from_at_once(
    public: Path, editions: list[bytes], opened: Open, immutable: bool
) -> None:
    files, options = ([], {"immutables": [str(public)]}) if immutable else ([public], {})
    async with opened(*files, **options) as datasette:
        get = datasette.client.get
        # Every thread has a connection of its own, and each of them has to let go of it.
        before = await asyncio.gather(*(get(address) for address in ASKED * 3))
        replace(public, editions[1])
        after = await asyncio.gather(*(get(address) for address in ASKED * 3))
        again = await asyncio.gather(*(get(address) for address in ASKED))

    assert {"Before"} == set.union(*(words(answer.text) for answer in before))
    assert {"Afterwards"} == set.union(*(words(answer.text) for answer in (*after, *again)))
    assert {200} == {answer.status_code for answer in (*before, *after, *again)}


async def test_no_answer_is_a_mix_while_editions_come_and_go(
    public: Path, editions: list[bytes], opened: Open
) -> None:
    found: Counter[frozenset[str] | None] = Counter()
    async with opened(public) as datasette:

        async def ask(number: int) -> None:
            for step in range(6):
                answer = await datasette.client.get(ASKED[(number + step) % len(ASKED)])
                found[frozenset(words(answer.text)) if answer.status_code == 200 else None] += 1
                if found.total() % 20 == 0:
                    replace(public, editions[found.total() // 20 % 2])

        await asyncio.gather(*(ask(number) for number in range(8)))

    del found[None]  # the file was replaced while it was answered: 503
    assert {frozenset({"Before"}), frozenset({"Afterwards"})} == set(found)


async def test_while_there_is_no_edition_the_answer_says_so(
    public: Path, editions: list[bytes], opened: Open
) -> None:
    async with opened(public) as datasette:
        assert 200 == (await datasette.client.get("/")).status_code
        remove(public)
        missing = await datasette.client.get("/sites/city")
        replace(public, b"no edition")
        wrong = await datasette.client.get("/public/sites.json")
        replace(public, editions[1])
        found = await datasette.client.get("/sites/city")

    assert (503, 503, 200) == (missing.status_code, wrong.status_code, found.status_code)
    assert "This edition cannot be shown now: public.db does not exist" in missing.text
    assert str(public.parent) not in missing.text + wrong.text
    assert "2" == missing.headers["retry-after"]
    assert {"Afterwards"} == words(found.text)


async def test_a_connection_to_another_edition_is_refused(
    public: Path, editions: list[bytes]
) -> None:
    datasette = web.application(public)
    check_connection(datasette, "public")
    replace(public, editions[1])

    with pytest.raises(ReplacedError):
        check_connection(datasette, "public")


async def test_a_registry_that_is_edited_is_not_taken_for_another(
    tmp_path: Path, opened: Open
) -> None:
    path = tmp_path / "registry.db"
    heritage.open(path, create=True).close()
    async with opened(path) as datasette:
        first = datasette.databases["registry"]
        await datasette.client.get("/")
        with heritage.open(path) as registry, registry.change(by="n", why="w") as change:
            change.put(Site(id="city", names=[Name(text="Edited City")]))
        answer = await datasette.client.get("/sites/city")

        assert "Edited City" in answer.text
        assert first is datasette.databases["registry"]
