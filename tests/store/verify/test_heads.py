"""A head that was published: the only thing that a rewritten file cannot forge."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import heritage
from heritage.store import chain
from tests.store.verify.test_log import found as asked
from tests.tampering import Naked, verified


def test_a_head_that_was_published_is_found_with_its_entry(honest: Path) -> None:
    ((seq, hash_, change, at),) = asked(
        honest,
        "SELECT h.seq, hash, change, at FROM seals JOIN history h USING (seq)"
        " JOIN changes c ON c.id = change WHERE h.seq = 20",
    )

    verification = verified(honest, hash_.hex())

    published = verification.published
    assert published is not None
    assert (seq, change, at) == (published.seq, published.change, published.at)
    assert verification.entries - seq == published.since
    assert verification.is_sound


def test_its_first_digits_do_in_any_case(honest: Path) -> None:
    head = verified(honest).head

    published = verified(honest, f" {head[:16].upper()}\n").published

    assert published is not None
    assert 0 == published.since


@pytest.mark.parametrize("head", ["", "abc", "x" * 64, "a" * 15, "a" * 65])
def test_what_is_no_head_is_refused(honest: Path, head: str) -> None:
    with pytest.raises(heritage.UsageError, match="is no head"):
        verified(honest, head)


def test_a_head_of_another_registry_is_a_problem(honest: Path) -> None:
    verification = verified(honest, "ab" * 32)

    assert ["head-not-found"] == [each.code for each in verification]


def test_the_head_of_an_empty_registry_is_in_every_chain(honest: Path, tmp_path: Path) -> None:
    with heritage.open(tmp_path / "empty.db", create=True) as registry:
        empty = registry.verify()

    assert chain.START.hex() == empty.head
    assert 0 == empty.entries
    published = verified(honest, empty.head).published
    assert published is not None
    assert "of an empty registry" in str(published)


def test_the_head_of_what_is_not_sealed_yet_stays_in_the_chain(
    honest: Path, tmp_path: Path
) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE sites SET kind = 'town' WHERE id = 'bam'")
    head = verified(path).head

    assert verified(path, head).published
    with heritage.open(path) as registry, registry.change(by="n", why="n") as change:
        change.put(heritage.Site(id="new"))
    later = verified(path, head)

    assert later.is_sound
    assert later.published is not None
    assert later.published.since > 0


def test_a_file_that_was_rewritten_as_a_whole_is_told_by_a_head_alone(
    honest: Path, naked: Naked, tmp_path: Path
) -> None:
    """Every word of it holds together; it is another word than was published."""
    head = verified(honest).head
    connection = naked.open()
    connection.execute("UPDATE changes SET by = 'somebody else'")
    connection.execute("DELETE FROM seals")
    chain.seal(connection)
    path = tmp_path / "rewritten.db"
    path.write_bytes(naked.dress(connection))

    assert verified(path).is_sound
    assert ["head-not-found"] == [each.code for each in verified(path, head)]
