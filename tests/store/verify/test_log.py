"""The log: whatever is altered, lost, added or moved in it is named exactly."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import heritage
from heritage.store import chain
from tests.registries import Rows, rows
from tests.store.verify.conftest import Tamper
from tests.tampering import Naked, problems, verified, write_honestly


def found(path: Path, sql: str) -> Rows:
    """What a query finds in a file."""
    with closing(sqlite3.connect(path)) as connection:
        return rows(connection, sql)


def last(path: Path) -> int:
    """The last entry of a file."""
    ((seq,),) = found(path, "SELECT max(seq) FROM history")
    return int(seq)


def told(path: Path, *codes: str) -> list[tuple[str, str]]:
    """Codes and places of the problems with the log, or of those with some codes."""
    every = [(each.code, str(each.origin)) for each in problems(path)]
    log = [(code, place) for code, place in every if place.startswith(("history", "changes"))]
    return [(code, place) for code, place in log if not codes or code in codes]


SEALING = (
    "entry-altered", "entry-missing", "entry-inserted", "entry-moved",
    "seal-altered", "seal-missing", "change-altered", "change-missing",
)  # fmt: skip


def sealing(path: Path) -> list[tuple[str, str]]:
    """What the chain alone tells."""
    return told(path, *SEALING)


def test_an_honest_registry_is_sound(honest: Path) -> None:
    verification = verified(honest)

    assert () == verification.problems
    assert () == verification.notes
    assert verification.is_sound


def test_triggers_that_are_put_back_leave_no_trace(tamper: Tamper) -> None:
    assert [] == problems(tamper())


@pytest.mark.parametrize(
    "assignment",
    [
        "after = replace(after, 'Bam', 'Bim')",
        "record = record || 'x'",
        "salt = zeroblob(16)",
        "version = version + 1",
        "kind = 'event'",
        "before = '{}'",
    ],
)
def test_an_altered_entry_is_named(tamper: Tamper, assignment: str) -> None:
    ((seq,),) = found(
        tamper(),
        "SELECT seq FROM history WHERE table_name = 'names' AND after LIKE '%\"Bam\"%' LIMIT 1",
    )

    path = tamper(f"UPDATE history SET {assignment} WHERE seq = {seq}")

    assert [("entry-altered", f"history:{seq}")] == sealing(path)


def test_two_altered_entries_side_by_side_are_both_named(tamper: Tamper) -> None:
    path = tamper("UPDATE history SET salt = zeroblob(16) WHERE seq IN (5, 6)")

    assert [("entry-altered", "history:5"), ("entry-altered", "history:6")] == sealing(path)


@pytest.mark.parametrize(
    "assignment", ["by = 'nobody'", "why = NULL", "at = '2001' || substr(at, 5)", "dataset = 'x'"]
)
def test_an_altered_change_is_named(tamper: Tamper, assignment: str) -> None:
    path = tamper(f"UPDATE changes SET {assignment} WHERE id = 2")

    assert [("change-altered", "changes:2")] == sealing(path)


def test_of_a_change_with_one_entry_either_may_have_been_altered(tamper: Tamper) -> None:
    ((change,),) = found(
        tamper(), "SELECT change FROM history GROUP BY change HAVING count(*) = 1 LIMIT 1"
    )

    path = tamper(f"UPDATE changes SET at = '2000' || substr(at, 5) WHERE id = {change}")

    (problem,) = [each for each in problems(path) if each.code == "entry-altered"]
    assert f"it, or change {change}, of which it is all" in problem.message


def test_an_entry_given_to_another_change_is_named_with_its_own(tamper: Tamper) -> None:
    path = tamper("UPDATE history SET change = 2 WHERE seq = 7")

    (problem,) = [each for each in problems(path) if each.code in SEALING]
    assert "history:7" == str(problem.origin)
    assert "of change 2; it is of 1" in problem.message


@pytest.mark.parametrize("seq", [1, 9, 0])
def test_a_missing_entry_is_named(tamper: Tamper, seq: int) -> None:
    """The last one, too."""
    seq = seq or last(tamper())
    path = tamper(f"DELETE FROM history WHERE seq = {seq}")

    assert [("entry-missing", f"history:{seq}")] == sealing(path)


def test_an_entry_that_is_missing_with_its_seal_is_named(tamper: Tamper) -> None:
    path = tamper("DELETE FROM history WHERE seq = 9", "DELETE FROM seals WHERE seq = 9")

    assert [("entry-missing", "history:9")] == sealing(path)


def test_entries_that_were_cut_off_at_the_end_are_named(tamper: Tamper) -> None:
    end = last(tamper())
    path = tamper(f"DELETE FROM history WHERE seq > {end - 2}")

    assert [("entry-missing", f"history:{seq}") for seq in (end - 1, end)] == sealing(path)


def moved(after: int, by: int) -> tuple[str, str]:
    """SQL that gives every entry after one another number."""
    return (
        f"UPDATE history SET seq = -seq WHERE seq > {after}",
        f"UPDATE history SET seq = {by} - seq WHERE seq < 0",
    )


def test_a_missing_entry_is_named_even_where_all_others_moved_up(tamper: Tamper) -> None:
    path = tamper("DELETE FROM history WHERE seq = 9", *moved(after=9, by=-1))

    assert [("entry-moved", "history:10"), ("entry-missing", "history:9")] == sealing(path)


def test_an_inserted_entry_is_named_even_where_all_others_made_room(tamper: Tamper) -> None:
    path = tamper(
        *moved(after=8, by=1),
        "INSERT INTO history (seq, change, kind, record, version, table_name, row_key, op, after)"
        " SELECT 9, change, kind, record, version, table_name, row_key, op, after"
        " FROM history WHERE seq = 8",
    )

    assert [("entry-moved", "history:9"), ("entry-inserted", "history:9")] == [
        each for each in sealing(path) if each[0] != "seal-missing"
    ]


def test_an_entry_added_at_the_end_in_the_name_of_the_registry_is_named(tamper: Tamper) -> None:
    path = tamper(
        "INSERT INTO history (change, kind, record, version, table_name, row_key, op, after)"
        " SELECT change, kind, record, version, table_name, row_key, op, after"
        " FROM history WHERE seq = 8"
    )

    assert [("seal-missing", f"history:{last(path)}")] == sealing(path)


def test_two_entries_that_changed_places_are_named(tamper: Tamper) -> None:
    path = tamper(
        "UPDATE history SET seq = -5 WHERE seq = 5",
        "UPDATE history SET seq = 5 WHERE seq = 12",
        "UPDATE history SET seq = 12 WHERE seq = -5",
    )

    one, other = (each for each in problems(path) if each.code in SEALING)
    assert ("entry-moved", "entry-moved") == (one.code, other.code)
    assert "sealed as 5 stands as 12" in one.message
    assert "sealed as 12 stands as 5" in other.message


@pytest.mark.parametrize("seq", [0, -3])
def test_an_entry_before_the_first_is_named(tamper: Tamper, seq: int) -> None:
    path = tamper(f"UPDATE history SET seq = {seq} WHERE seq = 5")

    assert ("entry-missing", "history:5") in sealing(path)


def test_an_altered_seal_is_told_from_an_altered_entry(tamper: Tamper) -> None:
    path = tamper("UPDATE seals SET hash = zeroblob(32) WHERE seq = 9")

    assert [("seal-altered", "history:9")] == sealing(path)


def test_a_missing_seal_is_named(tamper: Tamper) -> None:
    path = tamper("DELETE FROM seals WHERE seq = 9")

    assert [("seal-missing", "history:9")] == sealing(path)


def test_seals_that_were_cut_off_are_named(tamper: Tamper) -> None:
    end = last(tamper())
    path = tamper(f"DELETE FROM seals WHERE seq > {end - 2}")

    assert [("seal-missing", f"history:{seq}") for seq in (end - 1, end)] == sealing(path)


def test_a_missing_change_is_named(tamper: Tamper) -> None:
    path = tamper("DELETE FROM changes WHERE id = 2")

    assert ("change-missing", "changes:2") in sealing(path)


def test_a_change_without_entries_is_named(tamper: Tamper) -> None:
    path = tamper("INSERT INTO changes (at, origin) VALUES ('2999-01-01T00:00:00Z', 'registry')")

    ((number,),) = found(path, "SELECT max(id) FROM changes")
    assert [("change-empty", f"changes:{number}")] == told(path)


def test_a_log_that_contradicts_itself_is_named_even_where_it_was_sealed_anew(
    naked: Naked, tmp_path: Path
) -> None:
    """Somebody who can compute the chain still has to tell a story that holds."""
    connection = naked.open()
    connection.execute(
        "UPDATE history SET before = json_set(before, '$.kind', 'palace')"
        " WHERE table_name = 'sites' AND op = 'update' AND json_type(before, '$.kind') = 'text'"
    )
    connection.execute("DELETE FROM seals")
    chain.seal(connection)
    path = tmp_path / "sealed.db"
    path.write_bytes(naked.dress(connection))

    assert {"entry-contradicts-log"} == {code for code, _ in told(path)}


def test_a_thousand_altered_entries_are_told_in_bounded_time_and_space(tmp_path: Path) -> None:
    path = tmp_path / "long.db"
    with (
        heritage.open(path, create=True) as registry,
        registry.change(by="n.kassem", why="many") as change,
    ):
        for number in range(1_500):
            change.put(heritage.Site(id=f"s{number}"))
    naked = Naked.of(path)

    every = problems(naked.tampered(path, "UPDATE history SET salt = zeroblob(16) WHERE seq > 3"))

    assert any("more entries are not as they were sealed" in each.message for each in every)


def test_what_other_programs_wrote_is_noted_until_it_is_sealed(
    honest: Path, tmp_path: Path
) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE sites SET kind = 'town' WHERE id = 'bam'")

    before = verified(path)
    with heritage.open(path) as registry:
        head = registry.seal()
    after = verified(path)

    assert before.is_sound
    assert "1 entry of other programs not sealed yet" in before.notes[0]
    assert before.head == after.head == head
    assert after.is_sound
    assert () == after.notes


def test_an_unsealed_entry_of_another_program_that_was_altered_is_found(
    honest: Path, tmp_path: Path
) -> None:
    """By the table, which it contradicts."""
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE sites SET kind = 'town' WHERE id = 'bam'")

    Naked.of(path).tampered(
        path, f'UPDATE history SET after = \'{{"kind":"x"}}\' WHERE seq = {last(path)}'
    )

    assert ["row-altered"] == [each.code for each in problems(path)]


def test_a_change_dated_before_the_one_before_it_is_named(honest: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE sites SET kind = 'town' WHERE id = 'bam'")
    ((number,),) = found(path, "SELECT max(id) FROM changes")

    Naked.of(path).tampered(
        path, f"UPDATE changes SET at = '2001' || substr(at, 5) WHERE id = {number}"
    )

    assert [("changes-out-of-order", f"changes:{number}")] == told(path)


def test_what_is_marked_as_erased_has_to_be_told_by_the_log(naked: Naked, tmp_path: Path) -> None:
    """The commitment kept for an erased entry is no way round its seal."""
    connection = naked.open()
    ((_, _, salt, plain),) = [each for each in chain.contents(connection, 0) if each[0] == 4]
    connection.execute(
        "INSERT INTO erased VALUES ('entry', 4, ?, 1)", (chain.commitment(salt, plain),)
    )
    connection.execute("UPDATE history SET after = replace(after, 'a', 'b') WHERE seq = 4")
    path = tmp_path / "erased.db"
    path.write_bytes(naked.dress(connection))

    assert ("erasure-unexplained", "history:4") in told(path)


@pytest.fixture
def erased(tmp_path: Path) -> Path:
    """A registry out of which an actor, a source and a word were erased."""
    path = write_honestly(tmp_path / "erased.db")
    with heritage.open(path) as registry:
        registry.erase("witness-1", by="n.kassem", why="for their safety")
        registry.erase("blog", by="n.kassem", why="for their safety")
        registry.erase(texts=["imagery of 31"], by="n.kassem", why="a mistake")
        with registry.change(by="n.kassem", why="afterwards") as change:
            change.amend("site", "bam", kind="town")
    return path


def test_a_registry_is_sound_after_erasures(erased: Path) -> None:
    assert () == verified(erased).problems


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE history SET record = 'x' WHERE seq = {}", "erasure-altered"),
        ("UPDATE history SET salt = zeroblob(16) WHERE seq = {}", "erasure-altered"),
        ("UPDATE erased SET digest = zeroblob(32) WHERE number = {}", "entry-altered"),
        ("DELETE FROM erased WHERE number = {}", "erasure-altered"),
        ("UPDATE erased SET change = 1 WHERE number = {}", "erasure-unexplained"),
    ],
)
def test_what_an_erasure_left_is_bound_as_well(erased: Path, statement: str, code: str) -> None:
    ((seq,),) = found(erased, "SELECT min(number) FROM erased WHERE what = 'entry'")

    Naked.of(erased).tampered(erased, statement.format(f"{seq} AND 1"))

    assert (code, f"history:{seq}") in told(erased)


def test_what_an_erasure_left_of_a_change_is_bound_as_well(erased: Path) -> None:
    Naked.of(erased).tampered(erased, "UPDATE changes SET why = 'x' WHERE id = 1")

    assert [("erasure-altered", "changes:1")] == told(erased)
