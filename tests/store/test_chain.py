"""The chain of hashes over the log: what it binds, and what it gives away."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

import heritage
from heritage import Claim, Event, Site, Source
from heritage.registry import Registry
from heritage.store import chain, schema
from heritage.store.connection import connect, transaction
from tests.registries import in_memory, put, rows, write_empty

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_empty(tmp_path / "registry.db")


@given(st.lists(st.none() | TEXTS | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4))
def test_the_database_and_python_encode_alike(values: list[str | int | None]) -> None:
    connection = sqlite3.connect(":memory:")
    names = [f"c{number}" for number in range(len(values))]
    connection.execute(f"CREATE TABLE t ({', '.join(names)})")
    connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(values))})", values)

    ((found,),) = rows(connection, f"SELECT {chain.encoded(names, 't')} FROM t")
    connection.close()

    assert chain.encode(*values) == found


@given(*[st.lists(st.none() | TEXTS, max_size=4)] * 2)
def test_different_values_are_encoded_differently(
    some: list[str | None], others: list[str | None]
) -> None:
    assert (some == others) == (chain.encode(*some) == chain.encode(*others))


def test_an_entry_is_encoded_as_the_documentation_says() -> None:
    assert b"4:site,2:\xd8\xaa,1:7,-" == chain.encode("site", "\u062a", 7, None)


def test_every_change_through_the_registry_is_sealed(path: Path) -> None:
    with heritage.open(path) as registry, registry.change(by="n.kassem", why="a test") as change:
        change.put(Site(id="palmyra"))
        change.put(Site(id="bel", part_of="palmyra"))

    connection = connect(path)
    assert rows(connection, "SELECT seq FROM history") == rows(connection, "SELECT seq FROM seals")
    assert chain.head(connection) == chain.newest(connection)
    connection.close()


def test_the_chain_is_what_hashlib_says() -> None:
    """Worked out here by hand, for one entry of one change."""
    connection = in_memory()
    put(connection, [Source(id="unosat", title="Imagery")])
    ((entry_salt, change_salt, after, at),) = rows(
        connection, "SELECT h.salt, c.salt, after, at FROM history h, changes c"
    )

    def text(value: str) -> bytes:
        return f"{len(value.encode())}:{value},".encode()

    content = b"".join(map(text, ("source", "unosat", "1", "sources", "unosat", "insert")))
    content = sha256(entry_salt + content + b"-" + text(after)).digest()
    header = b"".join(map(text, ("1", at, "n.kassem", "a test", "registry"))) + b"-"
    header = sha256(change_salt + header).digest()
    expected = sha256(bytes(32) + text("1") + text("1") + header + content).digest()

    assert (1, expected) == chain.newest(connection)
    connection.close()


def test_what_another_program_wrote_is_sealed_with_the_next_change(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO sites (id) VALUES ('palmyra')")
    other.close()
    connection = connect(path)
    expected = chain.head(connection)
    assert (0, chain.START) == chain.newest(connection)

    put(connection, [Site(id="bel")])

    assert [expected] == rows(connection, "SELECT seq, hash FROM seals WHERE seq = 1")
    connection.close()


def test_equal_entries_have_unequal_hashes_in_two_registries() -> None:
    """Who knows what an erased entry may have said cannot try it out."""
    heads = set()
    for _ in range(2):
        connection = in_memory()
        put(connection, [Site(id="palmyra")])
        heads.add(chain.newest(connection))
        connection.close()

    assert 2 == len(heads)


@pytest.mark.parametrize("table", ["seals", "erased", "conclusions"])
def test_other_programs_cannot_write_what_follows_from_the_log(path: Path, table: str) -> None:
    columns = {
        "seals": "(seq, hash) VALUES (1, zeroblob(32))",
        "erased": "(what, number, digest, change) VALUES ('entry', 1, zeroblob(32), 1)",
        "conclusions": "(subject, property, status, weight, margin, sentence)"
        " VALUES ('bel', 'date', 'agreed', 9, 9, 'So it was.')",
    }[table]
    with sqlite3.connect(path) as other, pytest.raises(sqlite3.IntegrityError, match="follow"):
        other.execute(f"INSERT INTO {table} {columns}")
    other.close()


@pytest.mark.parametrize("statement", ["UPDATE seals SET hash = zeroblob(32)", "DELETE FROM seals"])
def test_no_program_can_undo_a_seal(statement: str) -> None:
    connection = in_memory()
    put(connection, [Site(id="palmyra")])

    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        connection.execute(statement)
    connection.close()


def test_a_clock_that_was_put_back_puts_no_change_before_another() -> None:
    """Neither in a change of this package nor in one of another program."""
    connection = in_memory()
    with transaction(connection):
        connection.execute(
            "INSERT INTO changes (at, origin) VALUES ('2999-01-01T00:00:00.000Z', 'registry')"
        )
    put(connection, [Site(id="palmyra")])
    connection.execute("INSERT INTO events (id, label) VALUES ('fire', 'Fire')")
    put(connection, [Site(id="bel")])

    assert {("2999-01-01T00:00:00.000Z",)} == set(rows(connection, "SELECT at FROM changes"))
    connection.close()


def test_a_log_from_before_the_chain_is_sealed_when_it_is_migrated(tmp_path: Path) -> None:
    """With a salt of its own for every entry and change, and nothing else changed."""
    path = tmp_path / "old.db"
    connection = connect(path, new=True)
    with transaction(connection):
        schema.migrations().apply(Database(connection), stop_before="0003_sealed")
    connection.execute("INSERT INTO sites (id) VALUES ('palmyra')")
    connection.execute("INSERT INTO events (id, label) VALUES ('fire', 'Fire')")
    connection.execute("DELETE FROM events")
    before = rows(connection, "SELECT * FROM history")
    connection.close()

    Registry.migrate(path)

    connection = connect(path)
    assert before == [row[:-1] for row in rows(connection, "SELECT * FROM history")]
    assert 3 == len(set(rows(connection, "SELECT salt FROM history")))
    assert [(1,), (2,), (3,)] == rows(connection, "SELECT seq FROM seals")
    connection.close()


def test_a_conclusion_that_no_longer_stands_is_kept_in_the_log(path: Path) -> None:
    """What the registry said once can be read, with the change that put an end to it."""
    with heritage.open(path) as registry:
        with registry.change(by="n.kassem", why="a first word") as change:
            change.put(Source(id="dgam", title="A statement", tier=2))
            change.put(Source(id="unosat", title="Imagery", tier=3))
            change.put(Site(id="bel"))
            change.put(Event(id="blast", label="Blast", sites=("bel",)))
            claim = Claim(subject="blast", property="date", value="2015-08-30", source="dgam")
            change.put(claim)
        with registry.change(by="n.kassem", why="imagery") as change:
            change.put(Claim(subject="blast", property="date", value="2015-08-27", source="unosat"))
        with registry.change(by="n.kassem", why="withdrawn") as change:
            change.retract("claim", claim.id)

    connection = connect(path)
    found = rows(
        connection,
        "SELECT change, op, before ->> 'value', after ->> 'value', before ->> 'change'"
        " FROM history WHERE kind = 'conclusion' AND record = 'blast' ORDER BY seq",
    )
    connection.close()
    assert (2, "update", "2015-08-30", "2015-08-27", 1) == found[0]
    assert (3, "update") == found[1][:2]
