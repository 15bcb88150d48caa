"""Every term of every vocabulary has a page: what it means, and which records use it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from heritage.store.tables import TABLES, columns_of
from heritage.vocab import VOCABULARIES, vocabulary
from heritage.web.queries import of_terms

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

pytestmark = pytest.mark.anyio


async def test_every_vocabulary_has_a_page_that_counts_its_terms(get: Get, read: Read) -> None:
    told = (await get("/terms.json")).json()["vocabularies"]
    links = {link["href"] for link in read((await get("/terms")).text).all("a")}

    assert list(VOCABULARIES) == [each["name"] for each in told]
    for name in VOCABULARIES:
        assert f"/terms/{name}" in links
        one = (await get(f"/terms/{name}.json")).json()
        assert list(vocabulary(name)) == [each["code"] for each in one["terms"]]
        assert [] == read((await get(f"/terms/{name}")).text).faults


async def test_a_term_tells_what_it_means_and_who_uses_it(get: Get, read: Read) -> None:
    page = read((await get("/terms/cause/explosives")).text)
    told = (await get("/terms/cause/explosives.json")).json()
    links = {link["href"]: link.text for link in page.all("a")}

    assert vocabulary("cause")["explosives"].definition in page.text
    assert "متفجرات" in told["term"]["label_ar"]
    assert "The blast" == links["/events/blast"]
    assert [("claims", 1, True)] == [
        (use["table"], use["count"], use["is_whole"]) for use in told["uses"]
    ]
    assert told["term"]["parent"] in told["broader"]
    assert f"/terms/cause/{told['term']['parent']}" in links


async def test_a_term_names_what_means_the_same_elsewhere(get: Get) -> None:
    terms = vocabulary("severity").terms.values()
    term = next(term for term in terms if term.exact_match and term.close_match)
    told = (await get(f"/terms/severity/{term.code}.json")).json()["matches"]

    assert [*term.exact_match, *term.close_match] == [f"{m['scheme']}:{m['term']}" for m in told]
    assert all(match["list"] for match in told)


async def test_the_rows_behind_a_count_are_one_link_away(get: Get, read: Read) -> None:
    for term, rows in (("cause/explosives", 1), ("stance/asserts", 5), ("state/destroyed", 1)):
        page = read((await get(f"/terms/{term}")).text)
        link = next(e for e in page.all("a") if e.text == f"uses: {rows}")
        path, _, query = link["href"].partition("?")
        assert rows == len((await get(f"{path}.json?{query}&_shape=array")).json())


async def test_pages_lead_to_the_terms_that_they_use(get: Get, read: Read) -> None:
    for address, term in (("/sites/city", "/terms/site_kind/historic_city"),
                          ("/events/blast", "/terms/context/armed_conflict"),
                          ("/sources/agency", "/terms/source_kind/news")):  # fmt: skip
        assert term in {link["href"] for link in read((await get(address)).text).all("a")}


async def test_what_is_no_term_is_counted_and_shown_as_written(
    small: Path, tmp_path: Path, opened: Open, read: Read
) -> None:
    path = shutil.copy(small, tmp_path / "unknown.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE sites SET kind = '<b>folly</b>' WHERE id = 'temple'")
    async with opened(path) as datasette:
        told = (await datasette.client.get("/terms/site_kind.json")).json()
        html = (await datasette.client.get("/terms/site_kind")).text

    assert [{"code": "<b>folly</b>", "uses": 1}] == told["unknown"]
    assert "<b>folly</b> uses: 1" in read(html).text
    assert "<b>" not in html


@pytest.mark.parametrize(
    "address", ["/terms/none", "/terms/cause/none", "/terms/cause/%3Cscript%3E"]
)
async def test_an_unknown_term_is_answered_with_404(get: Get, address: str) -> None:
    assert 404 == (await get(address)).status_code


def test_every_use_is_of_a_column_that_there_is(small: Path) -> None:
    with closing(sqlite3.connect(small)) as connection:
        columns = {table.name: columns_of(connection, table) for table in TABLES}

    assert set(VOCABULARIES) - {"criteria"} == of_terms.USES.keys()
    for uses in of_terms.USES.values():
        for use in uses:
            assert use.column in columns[use.table]


def test_of_a_long_table_only_the_beginning_is_counted(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use = of_terms.USES["stance"][0]
    with closing(sqlite3.connect(small)) as connection:
        whole = of_terms.counts(connection, use)
        assert of_terms.is_whole(connection, use)
        monkeypatch.setattr(of_terms, "SCANNED", 2)
        assert 2 == sum(of_terms.counts(connection, use).values()) < sum(whole.values())
        assert not of_terms.is_whole(connection, use)
        assert len(of_terms.records(connection, use, "asserts")) <= 2
