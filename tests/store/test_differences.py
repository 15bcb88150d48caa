"""Two moments of the log compared: what differs, and what is concluded otherwise."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from heritage.model import RECORDS
from heritage.store import read
from heritage.store.conclusions.concluded import redrawn
from heritage.store.differences import between, counted
from tests.palmyra import EVERYTHING
from tests.registries import Connection, in_memory, put, rows
from tests.store.test_reverting import Step, changes, make

Plain = dict[str, Any]


def plain(connection: Connection) -> dict[tuple[str, str], Plain]:
    """Every record in plain form, its id left out."""
    return {
        (kind, id): {name: value for name, value in found.items() if name != "id"}
        for kind in RECORDS
        for id, (found, _) in read.read_plain(
            connection, kind, read.all_ids(connection, kind)
        ).items()
    }


def drawn(connection: Connection) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    return {
        (subject, site, property): tuple(rest)
        for subject, site, property, *rest in rows(
            connection, "SELECT subject, site, property, value, status FROM conclusions"
        )
    }


@settings(max_examples=15)
@given(changes())
def test_what_differs_between_any_two_changes_is_what_was_seen_to_differ(
    made: list[list[Step]],
) -> None:
    connection = in_memory()
    put(connection, EVERYTHING)
    seen = {0: ({}, {}), 1: (plain(connection), drawn(connection))}
    for steps in made:
        change = make(connection, steps)
        if change is not None:
            seen[change] = plain(connection), drawn(connection)

    for after in seen:
        for until in seen:
            if after <= until:
                assert_explained(connection, after, until, seen)


def assert_explained(connection: Connection, after: int, until: int, seen: dict[int, Any]) -> None:
    (before, old), (then, new) = seen[after], seen[until]
    found = list(between(connection, after, until))
    renamed = {(each.kind, each.former): each.id for each in found if each.former}
    same = {(kind, renamed.get((kind, id), id)): value for (kind, id), value in before.items()}

    assert {key for key in then if key not in same} == named(found, "created")
    assert {key for key in same if key not in then} == named(found, "retracted")
    assert {key for key in then if key in same and then[key] != same[key]} >= {
        (each.kind, each.id) for each in found if each.what == "changed"
    }
    assert all(
        set(each.changes) <= set(range(after + 1, until + 1)) and each.changes for each in found
    )
    there = counted(connection, until)
    assert {kind: sum(k == kind for k, _ in then) for kind in RECORDS} == there
    expected = {key for key in old | new if old.get(key) != new.get(key)}
    told = {
        (each.subject, each.site or "", each.property) for each in redrawn(connection, after, until)
    }
    assert expected <= told


def named(found: list[Any], what: str) -> set[tuple[str, str]]:
    return {(each.kind, each.id) for each in found if each.what == what}
