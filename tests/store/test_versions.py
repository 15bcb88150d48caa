"""Nobody overwrites what they have not read, and no id stops working."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from heritage.codec import kind_of
from heritage.errors import (
    BrokenReferenceError,
    HeritageError,
    InvalidRecordError,
    RecordChangedError,
    RecordNotFoundError,
    RefusedByDatabaseError,
)
from heritage.model import Claim, Event, Identifier, Name, Record, Site, Source
from heritage.store import read, write
from heritage.store.connection import connect, transaction
from tests.registries import (
    AT,
    Connection,
    assert_whole,
    in_memory,
    put,
    rows,
    versions,
    write_empty,
)

SITES: list[Record] = [
    Source(id="s", title="A"),
    Site(id="a", names=(Name(text="Palmyra"), Name(text="Tadmur"))),
    Site(id="b", part_of="a"),
    Site(id="c", part_of="b"),
    Event(id="e", label="A blast", sites=("b",)),
    Claim(id="k", subject="e", site="b", property="severity", value="destroyed", source="s"),
    Claim(id="m", subject="b", property="condition", value="gone", source="s"),
]


@pytest.fixture
def registry() -> Connection:
    connection = in_memory()
    put(connection, SITES)
    return connection


def changed(connection: Connection, act: Callable[[], object]) -> int:
    """Do something within one change; the change."""
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n", why="a test")
        act()
        write.end_change(connection, change)
    return change


def test_a_change_is_one_version_however_much_of_a_record_it_touches(
    registry: Connection,
) -> None:
    before = versions(registry)

    def edit() -> None:
        write.amend(registry, "site", "a", {"kind": "city", "countries": ["SY"]})
        write.amend(registry, "site", "a", {"names": [Name(text="تدمر", language="ar")]})
        write.amend(registry, "site", "a", {"built": "0032~"})

    changed(registry, edit)

    assert before | {"a": before["a"] + 1} == versions(registry)
    assert_whole(registry)


def test_a_part_alone_makes_a_version(registry: Connection) -> None:
    changed(registry, lambda: write.amend(registry, "site", "a", {"names": [Name(text="X")]}))

    assert 2 == versions(registry)["a"]


def test_putting_what_is_there_makes_no_version(registry: Connection) -> None:
    before = versions(registry), rows(registry, "SELECT count(*) FROM history")

    for record in SITES:
        assert write.UNCHANGED == write.put(registry, record)

    assert before == (versions(registry), rows(registry, "SELECT count(*) FROM history"))


def test_put_tells_what_it_did(registry: Connection) -> None:
    outcomes: list[str] = []

    changed(
        registry,
        lambda: outcomes.extend(
            write.put(registry, site)
            for site in (Site(id="new"), Site(id="new"), Site(id="new", kind="city"))
        ),
    )

    assert [write.CREATED, write.UNCHANGED, write.CHANGED] == outcomes


@pytest.mark.parametrize("expect", [0, 2, 7])
def test_a_version_that_is_not_the_one_read_is_refused(registry: Connection, expect: int) -> None:
    acts: list[Callable[[], object]] = [
        lambda: write.put(registry, Site(id="a", kind="x"), expect=expect),
        lambda: write.amend(registry, "site", "a", {"kind": "x"}, expect=expect),
        lambda: write.retract(registry, "claim", "k", expect=expect),
        lambda: write.put(registry, Site(id="not-there"), expect=1),
    ]
    for act in acts:
        with pytest.raises(RecordChangedError):
            changed(registry, act)

    assert {1} == set(versions(registry).values())


def test_two_programs_lose_nothing(tmp_path: Path) -> None:
    path = write_empty(tmp_path / "r.db")
    one, other = connect(path), connect(path)
    put(one, [Site(id="a", names=(Name(text="Palmyra"),))])
    read_by_one = read.read_one(one, "site", "a")
    read_by_other = read.read_one(other, "site", "a")

    changed(
        one,
        lambda: write.amend(one, "site", "a", {"kind": "city"}, expect=read_by_one.version),
    )
    with pytest.raises(RecordChangedError) as caught:
        changed(
            other,
            lambda: write.put(other, Site(id="a"), expect=read_by_other.version),
        )

    assert (1, 2) == (caught.value.expected, caught.value.found)
    assert "city" == getattr(read.read_one(other, "site", "a").record, "kind", None)
    assert not other.in_transaction
    one.close()
    other.close()


def test_a_record_that_went_and_came_back_is_not_the_one_that_was_read(
    registry: Connection,
) -> None:
    claim = read.read_one(registry, "claim", "k")

    def away_and_back() -> None:
        write.retract(registry, "claim", "k")
        write.put(registry, claim.record)

    changed(registry, away_and_back)

    with pytest.raises(RecordChangedError):
        changed(
            registry,
            lambda: write.amend(
                registry, "claim", "k", {"confidence": "low"}, expect=claim.version
            ),
        )
    assert_whole(registry)


def test_a_change_that_fails_leaves_nothing(registry: Connection) -> None:
    before = rows(registry, "SELECT * FROM history"), rows(registry, "SELECT * FROM changes")

    def fail() -> None:
        write.put(registry, Site(id="x"))
        write.put(registry, Claim(subject="x", property="height", value="9 m", source="nobody"))

    with pytest.raises((HeritageError, sqlite3.IntegrityError)):
        changed(registry, fail)

    assert before == (
        rows(registry, "SELECT * FROM history"),
        rows(registry, "SELECT * FROM changes"),
    )
    assert [(None,)] == rows(registry, "SELECT change FROM _context")


@pytest.mark.parametrize(
    ("record", "table", "field", "target"),
    [
        (Site(id="x", part_of="nowhere"), "sites", "part_of", "nowhere"),
        (Event(id="x", label="x", sites=("nowhere",)), "event_sites", "site", "nowhere"),
        (Source(id="x", title="x", relies_on=("no",)), "source_relies_on", "relies_on", "no"),
        (
            Claim(id="x", subject="no", property="height", value="9 m", source="s"),
            "claims",
            "subject",
            "no",
        ),
        (
            Claim(id="x", subject="a", property="height", value="9 m", source="no"),
            "claims",
            "source",
            "no",
        ),
    ],
)
def test_what_names_nothing_is_refused_at_the_end_of_a_change(
    registry: Connection, record: Record, table: str, field: str, target: str
) -> None:
    with pytest.raises(BrokenReferenceError) as caught:
        changed(registry, lambda: write.put(registry, record))

    assert (table, "x", field, target) == caught.value.args


def test_records_of_one_change_may_name_each_other_in_any_order() -> None:
    connection = in_memory()

    put(connection, list(reversed(SITES)))

    assert_whole(connection)
    assert [("b", "a"), ("c", "a"), ("c", "b")] == rows(
        connection, "SELECT * FROM _site_ancestors ORDER BY 1, 2"
    )


def test_what_others_name_cannot_be_retracted(registry: Connection) -> None:
    for kind, id in (("site", "a"), ("site", "b"), ("source", "s"), ("event", "e")):
        with pytest.raises(RefusedByDatabaseError, match="refer to"):
            changed(registry, lambda kind=kind, id=id: write.retract(registry, kind, id))  # type: ignore[misc]  # bound at once


def test_everything_can_be_retracted_from_the_leaves_up(registry: Connection) -> None:
    def retract_all() -> None:
        for record in (*SITES[:0:-1], SITES[0]):
            write.retract(registry, kind_of(record), record.id)

    changed(registry, retract_all)

    assert {} == versions(registry)
    assert_whole(registry)


@pytest.mark.parametrize("keys", [False, True])
def test_a_chain_of_names_goes_on_leading_to_the_record(keys: bool) -> None:
    connection = in_memory(foreign_keys=keys)
    put(connection, SITES)

    for old, new in (("b", "x"), ("a", "p"), ("x", "y"), ("y", "z"), ("p", "q")):
        changed(connection, lambda old=old, new=new: write.rename(connection, "site", old, new))  # type: ignore[misc]  # bound at once

    assert ["z"] * 4 == [read.resolve(connection, "site", id) for id in ("b", "x", "y", "z")]
    assert ["q"] * 3 == [read.resolve(connection, "site", id) for id in ("a", "p", "q")]
    assert [("c", "z"), ("q", None), ("z", "q")] == rows(
        connection, "SELECT id, part_of FROM sites ORDER BY id"
    )
    assert [("e", "z"), ("z", None)] == rows(
        connection, "SELECT subject, site FROM claims ORDER BY id"
    )
    assert [("e", "z")] == rows(connection, "SELECT * FROM event_sites")
    assert {("q",)} == set(rows(connection, "SELECT site FROM names"))
    assert_whole(connection)


def test_a_name_that_leads_elsewhere_is_not_given_away(registry: Connection) -> None:
    changed(registry, lambda: write.rename(registry, "site", "a", "p"))

    for act in (
        lambda: write.put(registry, Site(id="a")),
        lambda: write.rename(registry, "site", "b", "a"),
        lambda: write.rename(registry, "site", "c", "b"),
    ):
        with pytest.raises((HeritageError, sqlite3.IntegrityError)):
            changed(registry, act)

    assert "p" == read.resolve(registry, "site", "a")


def test_what_is_not_there_is_neither_renamed_nor_amended_nor_retracted(
    registry: Connection,
) -> None:
    for act in (
        lambda: write.rename(registry, "site", "nowhere", "x"),
        lambda: write.retract(registry, "site", "nowhere"),
        lambda: write.amend(registry, "site", "nowhere", {}),
    ):
        with pytest.raises(RecordNotFoundError):
            changed(registry, act)


def test_an_amendment_keeps_what_it_does_not_name(registry: Connection) -> None:
    changed(registry, lambda: write.amend(registry, "site", "b", {"kind": "temple"}))
    changed(registry, lambda: write.amend(registry, "site", "b", {"part_of": None}))

    assert Site(id="b", kind="temple") == read.read_one(registry, "site", "b").record
    assert [("c", "b")] == rows(registry, "SELECT * FROM _site_ancestors")


def test_an_amendment_follows_the_rules_of_the_model(registry: Connection) -> None:
    with pytest.raises(InvalidRecordError, match="no such field; did you mean kind"):
        changed(registry, lambda: write.amend(registry, "site", "b", {"knid": "x"}))
    with pytest.raises(InvalidRecordError, match="value: "):
        changed(registry, lambda: write.amend(registry, "claim", "k", {"value": ""}))
    with pytest.raises(RefusedByDatabaseError, match="cannot change the id"):
        changed(registry, lambda: write.amend(registry, "site", "b", {"id": "z"}))


def test_an_identifier_belongs_to_one_site(registry: Connection) -> None:
    number = Identifier(scheme="whc", value="23")
    changed(registry, lambda: write.put(registry, Site(id="x", identifiers=(number,))))

    with pytest.raises(RefusedByDatabaseError, match=r"whc:23 cannot be .* one of 'x'"):
        changed(registry, lambda: write.put(registry, Site(id="y", identifiers=(number,))))
