"""Rows are counted without being counted, whoever writes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from heritage.model import Event, Record, Site
from heritage.store import schema, write
from heritage.store.connection import transaction
from heritage.store.facts import counts
from tests.registries import AT, Connection, flat, in_memory, load, put, rows
from tests.strategies import collections

RECORDS: tuple[Record, ...] = (
    Site(id="city", names=()),
    Site(id="town", names=()),
    *(Event(id=f"e{number}", label="Some", sites=["city"]) for number in range(5)),
)


def counted(connection: Connection) -> dict[str, int]:
    """What counting the rows gives."""
    return dict(rows(connection, counts.ROWS))


def test_counts_follow_what_is_written_and_retracted() -> None:
    connection = in_memory()
    put(connection, RECORDS)
    assert counted(connection) == counts.rows_of(connection)
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        write.retract(connection, "event", "e3")
        write.rename(connection, "site", "town", "village")
        write.end_change(connection, change)

    assert {"sites": 2, "events": 4, "claims": 0, "sources": 0, "observations": 0} == (
        counts.rows_of(connection)
    )
    assert counted(connection) == counts.rows_of(connection)


def test_what_another_program_writes_counts_at_once_and_only_once() -> None:
    connection = in_memory()
    put(connection, RECORDS)
    connection.execute("INSERT INTO sites (id) VALUES ('village')")
    connection.execute("DELETE FROM event_sites WHERE event = 'e1'")
    connection.execute("DELETE FROM events WHERE id = 'e1'")
    assert (3, 4) == tuple(counts.rows_of(connection)[name] for name in ("sites", "events"))

    with transaction(connection):
        write.seal(connection)
    assert counted(connection) == counts.rows_of(connection)


def test_many_entries_are_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MANY", 0)
    connection = in_memory()
    put(connection, RECORDS)

    assert counted(connection) == counts.rows_of(connection)


def test_an_older_file_is_counted(tmp_path: Path) -> None:
    connection = schema.create(tmp_path / "registry.db")
    put(connection, RECORDS)
    connection.execute("DROP TABLE _counts")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0011_counts'")

    assert ["0011_counts"] == schema.migrate(connection, str(tmp_path))
    assert counted(connection) == counts.rows_of(connection)
    connection.close()


@settings(max_examples=10)
@given(collections())
def test_a_load_counts_the_same_as_single_changes(collection: dict[str, list[Record]]) -> None:
    one, many = in_memory(), in_memory()
    load(many, collection)
    for record in flat(collection):
        put(one, [record])

    assert counted(one) == counts.rows_of(one) == counts.rows_of(many) == counted(many)
