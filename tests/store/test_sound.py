"""What is read as records, sound rows alone, is what stands in the file at that moment."""

from __future__ import annotations

from heritage.model import Source
from heritage.store.read import read_sound
from tests.registries import in_memory, put


def test_a_record_that_is_read_again_is_the_one_that_stands_now() -> None:
    connection = in_memory()
    long = Source(id="long", title="word " * 2_000)
    put(connection, [Source(id="agency", title="First"), long])
    first = list(read_sound(connection, "source", ["agency", "long"]))
    again = list(read_sound(connection, "source", ["agency", "long"]))
    connection.execute("UPDATE sources SET title = 'Second' WHERE id = 'agency'")
    after = list(read_sound(connection, "source", ["agency"]))

    assert [Source(id="agency", title="First"), long] == first == again
    assert [Source(id="agency", title="Second")] == after


def test_a_row_that_makes_no_record_is_left_out_each_time() -> None:
    connection = in_memory()
    put(connection, [Source(id="agency", title="First")])
    connection.execute("UPDATE sources SET url = 'https://a' || char(9) || 'b' WHERE id = 'agency'")

    assert [[], []] == [list(read_sound(connection, "source", ["agency"])) for _ in range(2)]
