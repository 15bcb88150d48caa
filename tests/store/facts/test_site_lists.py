"""Sites stand in the lists of their countries and registers, whatever happens to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from heritage.model import Listing, Name, Record, Site, Source
from heritage.store import schema, write
from heritage.store.connection import transaction
from heritage.store.facts import site_lists
from tests.registries import AT, Connection, assert_whole, flat, in_memory, load, put, rows
from tests.strategies import collections

RECORDS: tuple[Record, ...] = (
    Source(id="list", title="The list", tier=2),
    Site(id="city", names=(Name(text="Old City"),), countries=["SY", "IQ"]),
    Site(id="temple", names=(), part_of="city"),
    Listing(
        site="city", register="world-heritage", status="inscribed", begin="1980", source="list"
    ),
)


def listed(connection: Connection, country: str = "", register: str = "") -> list[str]:
    """The sites of a list, in its order."""
    sql = "SELECT site FROM _site_lists WHERE country = ? AND register = ? ORDER BY name, site"
    found = [site for (site,) in rows(connection, sql, country, register)]
    counted = rows(
        connection,
        "SELECT n FROM _site_counts WHERE country = ? AND register = ?",
        country,
        register,
    )
    assert [(len(found),)] * bool(found) == counted
    return found


def change(connection: Connection, *edits: tuple[str, str, dict[str, object]]) -> None:
    """Amend some records in a change of their own."""
    with transaction(connection):
        number = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        for kind, id, fields in edits:
            write.amend(connection, kind, id, fields)
        write.end_change(connection, number)


def test_lists_follow_names_countries_registers_and_ids() -> None:
    connection = in_memory()
    put(connection, RECORDS)
    (listing,) = (record.id for record in RECORDS if isinstance(record, Listing))
    assert ["city", "temple"] == listed(connection)
    assert ["city"] == listed(connection, "IQ") == listed(connection, "SY", "world-heritage")

    change(connection, ("site", "city", {"names": [{"text": "Zenobia"}], "countries": ["SY"]}))
    assert ["city", "temple"] == listed(connection)
    assert [("Zenobia",)] == rows(
        connection, "SELECT DISTINCT name FROM _site_lists WHERE site = 'city'"
    )
    assert [] == listed(connection, "IQ")
    change(connection, ("listing", listing, {"register": "national"}))
    assert [] == listed(connection, "SY", "world-heritage")
    assert ["city"] == listed(connection, "", "national")
    change(connection, ("listing", listing, {"site": "temple"}))
    assert ["temple"] == listed(connection, "", "national")
    with transaction(connection):
        number = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        write.rename(connection, "site", "temple", "shrine")
        write.end_change(connection, number)
    assert ["shrine"] == listed(connection, "", "national")
    assert_whole(connection)


@settings(max_examples=10)
@given(collections())
def test_a_load_lists_the_same_as_single_changes(collection: dict[str, list[Record]]) -> None:
    one, many = in_memory(), in_memory()
    load(many, collection)
    for record in flat(collection):
        put(one, [record])

    for table in ("_site_lists", "_site_counts"):
        sql = f"SELECT * FROM {table} ORDER BY 1, 2, 3"
        assert rows(one, sql) == rows(many, sql)
    assert_whole(one)


def test_many_sites_are_listed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_lists, "MANY", 0)
    connection = in_memory()
    put(connection, RECORDS)

    assert ["city"] == listed(connection, "IQ", "world-heritage")
    assert_whole(connection)


def test_an_older_file_is_given_its_lists(tmp_path: Path) -> None:
    connection = schema.create(tmp_path / "registry.db")
    put(connection, RECORDS)
    for sql in ("TABLE _site_lists", "TABLE _site_counts", "INDEX sources_title"):
        connection.execute(f"DROP {sql}")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0014_site_lists'")

    assert ["0014_site_lists"] == schema.migrate(connection, str(tmp_path))
    assert ["city"] == listed(connection, "SY", "world-heritage")
    assert_whole(connection)
    connection.close()
