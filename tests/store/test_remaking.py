"""A registry made of its log alone is the registry."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings

import heritage
from heritage import codec
from heritage.model import RECORDS, Record
from heritage.store import read, remaking, write
from heritage.store.connection import connect, transaction
from heritage.store.verify import verify
from tests.registries import AT, Connection, contents, flat, in_memory, load, put, rows
from tests.strategies import collections
from tests.tampering import Naked, write_honestly


def all_of(connection: Connection) -> dict[str, object]:
    """Everything in a registry, its salts too; when its migrations were made is its own."""
    found: dict[str, object] = dict(contents(connection))
    del found["_sqlite_migrations"]
    for table in ("history", "changes", "seals"):
        found[f"salted {table}"] = rows(connection, f"SELECT * FROM {table} ORDER BY 1")
    return found


def records(connection: Connection) -> dict[tuple[str, str], object]:
    """Every record in plain form."""
    return {
        (kind, versioned.record.id): codec.to_plain(versioned.record)
        for kind in RECORDS
        for versioned in read.read_many(connection, kind, read.all_ids(connection, kind))
    }


def assert_remade(connection: Connection, path: Path) -> None:
    path.unlink(missing_ok=True)
    assert [] == remaking.remake(connection, path)
    with closing(connect(path)) as remade:
        expected, found = all_of(connection), all_of(remade)
        for name in expected:
            assert expected[name] == found[name], name
        assert records(connection) == records(remade)
        assert verify(connection) == verify(remade)


def test_a_registry_with_a_past_comes_out_of_its_log_as_it_is(tmp_path: Path) -> None:
    path = write_honestly(tmp_path / "registry.db")

    with closing(connect(path)) as connection:
        assert_remade(connection, tmp_path / "remade.db")


@pytest.mark.parametrize("is_sealed", [True, False])
def test_what_other_programs_wrote_last_comes_out_sealed_or_not(
    honest_copy: Path, tmp_path: Path, is_sealed: bool
) -> None:
    with closing(sqlite3.connect(honest_copy)) as other, other:
        other.execute("UPDATE claims SET value = '2015-08-28' WHERE value = '2015-08-27'")
        other.execute("UPDATE sites SET part_of = 'palmyra' WHERE id = 'bam'")
        other.execute("INSERT INTO sources (id, title) VALUES ('late', 'A late report')")
    if is_sealed:
        with heritage.open(honest_copy) as registry:
            registry.seal()

    with closing(connect(honest_copy)) as connection:
        assert_remade(connection, tmp_path / "remade.db")


def test_what_was_erased_comes_out_of_the_log_as_it_was_left(
    honest_copy: Path, tmp_path: Path
) -> None:
    with heritage.open(honest_copy) as registry:
        registry.erase("blog", by="n.kassem", why="for their safety")
        registry.erase(texts=["imagery of 31"], by="n.kassem", why="a mistake")

    with closing(connect(honest_copy)) as connection:
        assert_remade(connection, tmp_path / "remade.db")


@settings(max_examples=4)
@given(collections(most=2), collections(prefix="x", most=2))
def test_any_collection_comes_out_of_its_log_as_it_is(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[str, list[Record]],
    more: dict[str, list[Record]],
) -> None:
    """Loaded, added to, retracted, and put again."""
    connection = in_memory()
    load(connection, first)
    put(connection, flat(more))
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n", why="all of it was wrong")
        for record in reversed(flat(more)):
            write.retract(connection, codec.kind_of(record), record.id)
        write.end_change(connection, change)
    put(connection, flat(more))

    assert () == verify(connection).problems
    assert_remade(connection, tmp_path_factory.mktemp("remade") / "remade.db")


def test_a_row_that_does_not_follow_from_the_log_is_told(honest_copy: Path, tmp_path: Path) -> None:
    path = Naked.of(honest_copy).tampered(
        tmp_path / "tampered.db", "UPDATE sites SET kind = 'palace' WHERE id = 'bel'"
    )

    with heritage.open(path) as registry:
        found = registry.replay(tmp_path / "remade.db")

    assert {("replay-differs", "sites/bel")} == {(each.code, str(each.origin)) for each in found}
    with heritage.open(tmp_path / "remade.db") as remade:
        assert remade.verify().is_sound


def test_a_conclusion_that_is_said_to_have_stood_for_longer_is_told(
    honest_copy: Path, tmp_path: Path
) -> None:
    """Of one that was never another, the row alone says since when it stands."""
    path = Naked.of(honest_copy).tampered(
        tmp_path / "tampered.db",
        "UPDATE conclusions SET (change, as_of) = (SELECT 1, at FROM changes WHERE id = 1)"
        " WHERE subject = 'blast' AND property = 'cause'",
    )

    with heritage.open(path) as registry:
        found = registry.replay(tmp_path / "remade.db")

    assert {"replay-differs"} == {each.code for each in found}


def test_a_file_that_is_there_is_not_written_over(honest_copy: Path) -> None:
    with heritage.open(honest_copy) as registry, pytest.raises(heritage.RegistryExistsError):
        registry.replay(honest_copy)


@pytest.fixture
def honest_copy(tmp_path: Path) -> Path:
    return write_honestly(tmp_path / "honest.db")
