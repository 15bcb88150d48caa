"""The roll of a publication gives every record an id of its own, of equals as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from heritage import Actor, Name
from heritage.publish import naming
from heritage.store.public.roll import Roll
from tests.registries import Connection, in_memory, put


@pytest.fixture
def connection() -> Iterator[Connection]:
    """An open registry in a transaction, with three actors."""
    opened = in_memory()
    names = (Name(text="Somebody"),)
    put(opened, [Actor(id=id, kind="group", names=names) for id in ("one", "two", "taken")])
    opened.execute("BEGIN")
    yield opened
    opened.close()


def test_of_equals_each_is_counted_in_the_order_in_which_they_came(connection: Connection) -> None:
    roll = Roll(connection)
    for id in ("two", "one"):
        roll.want(id, "a" * 24)
    roll.give("actor", naming.candidates)
    second = next(id for number, id in naming.candidates("a" * 24, 1) if number == 2)

    assert ["a" * 24, second] == [roll.id_of("actor", id) for id in ("two", "one")]
    assert "taken" == roll.id_of("actor", "taken")


def test_an_id_that_another_record_keeps_is_given_to_none(connection: Connection) -> None:
    roll = Roll(connection)
    roll.want("one", "taken")
    roll.give("actor", naming.candidates)

    assert "taken" != roll.id_of("actor", "one")


def test_the_id_of_what_does_not_appear_can_be_given(connection: Connection) -> None:
    """Otherwise what is given would tell that it is there."""
    roll = Roll(connection)
    roll.hide("actor", "taken")
    roll.want("one", "taken")
    roll.give("actor", naming.candidates)

    assert "taken" == roll.id_of("actor", "one")
    assert [[("one", "taken"), ("two", "two")]] == list(roll.in_public_order("actor"))


def test_what_appears_comes_in_the_order_of_its_public_ids(connection: Connection) -> None:
    roll = Roll(connection)
    roll.want("two", "first")
    roll.give("actor", naming.candidates)

    assert [[("two", "first"), ("one", "one"), ("taken", "taken")]] == list(
        roll.in_public_order("actor")
    )


def test_nothing_of_it_is_left_when_the_transaction_ends(connection: Connection) -> None:
    tables = "SELECT name FROM sqlite_temp_master ORDER BY 1"
    before = connection.execute(tables).fetchall()
    Roll(connection).hide("actor", "one")
    assert before != connection.execute(tables).fetchall()
    connection.execute("ROLLBACK")

    assert before == connection.execute(tables).fetchall()
