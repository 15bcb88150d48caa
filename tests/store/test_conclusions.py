"""Conclusions in the file follow the claims, whoever writes them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

import heritage
from heritage import (
    Claim,
    Event,
    Intervention,
    Observation,
    RecordNotFoundError,
    Registry,
    Review,
    Site,
    Source,
    UsageError,
)
from heritage.codec import conclusion_to_plain
from heritage.judge import Tiers, condition_of_parts
from heritage.model import Record
from heritage.store import conclusions, schema
from heritage.store.connection import connect, transaction

PLAIN = (
    Source(id="unosat", title="Images", tier=3),
    Source(id="dgam", title="Directorate", tier=2),
    Source(id="paper", title="A newspaper", tier=1),
    Source(id="copy", title="A copy", tier=1, relies_on=["paper"]),
    Site(id="palmyra"),
    Site(id="bel", part_of="palmyra"),
    Site(id="arch", part_of="palmyra"),
    Event(id="blast", label="Bel blown up", sites=["bel"]),
    Event(id="second", label="Arch and Bel", sites=["bel", "arch"]),
)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry with sources, sites and two events, and nothing claimed."""
    with heritage.open(tmp_path / "registry.db", create=True) as opened:
        with opened.change(by="test", why="a beginning") as change:
            for record in PLAIN:
                change.put(record)
        yield opened


def put(registry: Registry, *records: Record) -> None:
    """Put records in one change."""
    with registry.change(by="test", why="more") as change:
        for record in records:
            change.put(record)


def dated(source: str, value: str, subject: str = "blast") -> Claim:
    """A claim on the date of an event."""
    return Claim(subject=subject, property="date", value=value, source=source)


def stored(path: Path) -> list[tuple[Any, ...]]:
    """The conclusions in the file, without the change that made them."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT * FROM conclusions ORDER BY subject, site, property")
        return [row[:-2] for row in rows.fetchall()]


def from_nothing(path: Path) -> list[tuple[Any, ...]]:
    """The conclusions as they come when all are worked out anew; nothing is kept."""
    connection = connect(path)
    try:
        connection.execute("BEGIN")
        connection.execute("UPDATE _context SET change = 1")
        connection.execute("DELETE FROM conclusions")
        subjects = connection.execute("SELECT id FROM events UNION SELECT id FROM sites ORDER BY 1")
        conclusions.conclude(connection, [id for (id,) in subjects.fetchall()], None)
        rows = connection.execute("SELECT * FROM conclusions ORDER BY subject, site, property")
        return [row[:-2] for row in rows.fetchall()]
    finally:
        connection.close()


def one(registry: Registry, subject: str = "blast", name: str = "date") -> dict[str, Any]:
    """The stored conclusion on one property of an event as a whole."""
    found = registry.conclusions(subject=subject, property=name)
    return next(plain for plain in found if plain["site"] is None)


def test_a_claim_is_concluded_in_the_change_that_puts_it(registry: Registry) -> None:
    """With its status, sentence and the change that made it true."""
    put(registry, dated("dgam", "2015-08-30"))

    found = one(registry)
    assert ("2015-08-30", "agreed", 2) == (found["value"], found["status"], found["weight"])
    assert "30 August 2015" in found["sentence"]


def test_a_change_that_is_undone_leaves_the_conclusion_as_it_was(registry: Registry) -> None:
    """Claims and conclusions are committed together or not at all."""
    put(registry, dated("dgam", "2015-08-30"))
    before = stored(registry.path)

    def fail() -> None:
        with registry.change(by="a", why="b") as change:
            change.put(dated("unosat", "2015-09-01"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert before == stored(registry.path)


def test_only_what_is_touched_is_written_anew(registry: Registry) -> None:
    """The other event keeps the change in which it was concluded."""
    put(registry, dated("dgam", "2015-08-30"))
    put(registry, dated("dgam", "2015-10-04", "second"))

    with sqlite3.connect(registry.path) as connection:
        rows = dict(
            connection.execute(
                "SELECT subject, change FROM conclusions WHERE property = 'date' AND site = ''"
            )
        )
    assert {"blast": 2, "second": 3} == rows


@pytest.mark.parametrize(
    ("kind", "id", "fields"),
    [
        ("source", "dgam", {"tier": 0}),
        ("source", "copy", {"relies_on": None}),
        ("source", "paper", {"relies_on": ["unosat"]}),
        ("event", "second", {"sites": ["arch"]}),
        ("event", "blast", {"sites": ["bel", "arch"]}),
        ("site", "bel", {"part_of": None}),
    ],
)
def test_what_a_conclusion_rests_on_changes_it(
    registry: Registry, kind: str, id: str, fields: dict[str, Any]
) -> None:
    """Weights, reliance, an event's sites and what a site is part of."""
    put(
        registry,
        dated("dgam", "2015-08-30"),
        dated("paper", "2015-07"),
        dated("copy", "2015-07"),
        Claim(subject="blast", property="actor", value="A group", source="paper"),
        Claim(
            subject="palmyra",
            property="control",
            value="A group since 2015-05-20",
            source="dgam",
        ),
        Observation(site="bel", observed="2015-08-27", state="intact", source="unosat"),
        Observation(site="bel", observed="2015-08-31", state="destroyed", source="unosat"),
    )
    with registry.change(by="test", why="amend") as change:
        change.amend(kind, id, **fields)

    assert from_nothing(registry.path) == stored(registry.path)


def test_a_refuted_claim_does_not_count_and_a_retracted_one_is_gone(registry: Registry) -> None:
    """A review and a retraction reach the conclusion."""
    wrong, right = dated("unosat", "2015-09-01"), dated("dgam", "2015-08-30")
    put(registry, wrong, right)
    assert "2015-09-01" == one(registry)["value"]

    put(
        registry,
        Review(claim=wrong.id, reviewer="R", date="2016", decision="refuted", reason="misread"),
    )
    assert "2015-08-30" == one(registry)["value"]

    with registry.change(by="test", why="retract") as change:
        change.retract("claim", right.id)
    assert None is one(registry)["value"]


def test_a_renamed_event_takes_its_conclusions_along(registry: Registry) -> None:
    """None is left under the old id."""
    put(registry, dated("dgam", "2015-08-30"))
    with registry.change(by="test", why="rename") as change:
        change.rename("event", "blast", "bel-2015")

    assert [] == registry.conclusions(subject="blast")
    assert "2015-08-30" == one(registry, "bel-2015")["value"]


def test_what_another_program_wrote_is_concluded_with_the_next_change(registry: Registry) -> None:
    """The log tells what it touched."""
    put(registry, dated("dgam", "2015-08-30"))
    with sqlite3.connect(registry.path) as connection:
        connection.execute(
            "INSERT INTO claims (id, subject, property, value, date, source)"
            " VALUES ('c1', 'blast', 'date', '2015-09-01', '2015-09-01', 'unosat')"
        )
    connection.close()
    put(registry, Site(id="elsewhere"))

    assert ("2015-09-01", "disputed") == (one(registry)["value"], one(registry)["status"])


def test_an_older_registry_is_concluded_when_it_is_migrated(tmp_path: Path) -> None:
    """A file from before conclusions were kept has them afterwards."""
    path = tmp_path / "old.db"
    connection = connect(path, new=True)
    with transaction(connection):
        schema.migrations().apply(Database(connection), stop_before="0002_concluded")
    connection.execute("INSERT INTO sources (id, title, tier) VALUES ('s', 'S', 2)")
    connection.execute("INSERT INTO sites (id) VALUES ('bel')")
    connection.execute(
        "INSERT INTO claims (id, subject, property, value, date, source)"
        " VALUES ('c1', 'bel', 'date', '2015-08-30', '2015-08-30', 's')"
    )
    connection.close()
    with pytest.raises(heritage.SchemaTooOldError):
        heritage.open(path)

    assert "0002_concluded" == Registry.migrate(path)[0]
    with sqlite3.connect(path) as plain:
        found = plain.execute("SELECT value FROM conclusions WHERE property = 'date'").fetchall()
    assert [("2015-08-30",)] == found


def test_an_explanation_is_the_stored_conclusion_with_its_argument(registry: Registry) -> None:
    """In the shape that programs rely on."""
    right, wrong = dated("dgam", "2015-08-30"), dated("paper", "2015-09-02")
    put(registry, right, wrong)

    plain = conclusion_to_plain(registry.explain("blast", "date"))

    assert {key: one(registry)[key] for key in ("value", "status", "weight", "margin")} == {
        key: plain[key] for key in ("value", "status", "weight", "margin")
    }
    assert [
        {"claim": right.id, "source": "dgam", "value": "2015-08-30", "weight": 2, "root": "dgam"}
    ] == plain["supporters"]
    (dissenter,) = plain["dissenters"]
    assert ("disjoint", 3, "hard") == (
        dissenter["relation"],
        dissenter["gap_days"],
        dissenter["hardness"],
    )
    assert plain == json.loads(json.dumps(plain))


def test_a_readers_own_weights_decide_and_write_nothing(registry: Registry) -> None:
    """The same claims under other weights; the file stays as it is."""
    put(registry, dated("dgam", "2015-08-30"), dated("paper", "2015-09-02"))
    before = registry.path.read_bytes()
    own = Tiers(sources={"paper": 3})

    assert "2015-09-02" == registry.explain("blast", "date", tiers=own).value
    listed = registry.conclusions(subject="blast", property="date", tiers=own)
    assert ["2015-09-02"] == [plain["value"] for plain in listed if plain["site"] is None]
    assert before == registry.path.read_bytes()


def test_an_explanation_of_nothing_is_refused(registry: Registry) -> None:
    """An unknown event or property."""
    with pytest.raises(RecordNotFoundError):
        registry.explain("nothing", "date")
    with pytest.raises(UsageError):
        registry.explain("blast", "colour")


def test_what_sources_disagree_about_can_be_listed(registry: Registry) -> None:
    """Events, claims and conclusions."""
    put(
        registry,
        dated("dgam", "2015-08-30"),
        dated("paper", "2015-09-02"),
        dated("dgam", "2015-10-04", "second"),
    )

    assert ["blast"] == [event.id for event in registry.events(conflicting=True)]
    assert [] == list(registry.events(conflicting=True, property="severity"))
    assert {"blast"} == {claim.subject for claim in registry.claims(conflicting=True)}
    assert {"blast"} == {plain["subject"] for plain in registry.conclusions(conflicting=True)}


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("claim"),
            st.sampled_from(["unosat", "dgam", "paper", "copy"]),
            st.sampled_from(["blast", "second"]),
            st.sampled_from([("date", "2015-08-30"), ("date", "2015-07~"), ("date", "2015-09"),
                             ("severity", "destroyed"), ("severity", "severe"),
                             ("actor", "A group")]),
            st.sampled_from([None, "bel"]),
        ),
        st.tuples(
            st.just("look"),
            st.sampled_from(["unosat", "paper"]),
            st.sampled_from(["bel", "arch"]),
            st.sampled_from(["2015-08-27", "2015-08-31"]),
            st.sampled_from(["intact", "destroyed"]),
        ),
        st.tuples(st.just("tier"), st.sampled_from(["dgam", "paper"]), st.integers(0, 3)),
        st.tuples(st.just("relies"), st.sampled_from(["copy", "paper"]), st.booleans()),
        st.tuples(st.just("retract"), st.integers(0, 30)),
        st.tuples(st.just("outside"), st.sampled_from(["asserts", "denies"])),
    ),
    min_size=1,
    max_size=10,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_increments_give_what_all_anew_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    """After any edits, by whatever program."""
    path = tmp_path_factory.mktemp("steps") / "registry.db"
    with heritage.open(path, create=True) as registry:
        put(registry, *PLAIN)
        for step in steps:
            take(registry, step)
        put(registry, Site(id="last"))

    assert from_nothing(path) == stored(path)


def take(registry: Registry, step: tuple[Any, ...]) -> None:
    """Carry out one random edit."""
    match step:
        case ("claim", source, subject, (name, value), site):
            put(
                registry,
                Claim(subject=subject, site=site, property=name, value=value, source=source),
            )
        case ("look", source, site, day, state):
            put(registry, Observation(site=site, observed=day, state=state, source=source))
        case ("tier", source, tier):
            with registry.change(by="a", why="b") as change:
                change.amend("source", source, tier=tier)
        case ("relies", source, relies):
            with registry.change(by="a", why="b") as change:
                change.amend("source", source, relies_on=["unosat"] if relies else None)
        case ("retract", number):
            claims = list(registry.claims())
            if claims:
                with registry.change(by="a", why="b") as change:
                    change.retract("claim", claims[number % len(claims)].id)
        case ("outside", stance):
            with sqlite3.connect(registry.path) as connection:
                connection.execute("UPDATE claims SET stance = ?", (stance,))
            connection.close()


def test_a_conclusion_says_since_when_it_stands(registry: Registry) -> None:
    """The moment of the change that last made it other than it was."""
    put(registry, dated("dgam", "2015-08-30"))
    first = one(registry)["as_of"]
    put(registry, dated("dgam", "2015-10-04", "second"))

    assert first == one(registry)["as_of"]
    assert first < one(registry, "second")["as_of"]
    assert {change.at for change in registry.changes()} > {first}


def test_a_site_has_a_state_on_every_day(registry: Registry) -> None:
    """Before, after, and once it was mended; its parts are counted, never their worst."""
    put(
        registry,
        dated("unosat", "2015-08-30"),
        Claim(subject="blast", site="bel", property="severity", value="destroyed", source="dgam"),
        Observation(site="bel", observed="2015-08-27", state="intact", source="unosat"),
        Observation(site="arch", observed="2015-08-27", state="intact", source="unosat"),
        Intervention(site="bel", date="2017", kind="reconstruction", source="dgam"),
    )

    days = ("2015-08-26", "2015-08-28", "2015-09-01", "2018-01-01")
    assert ["unknown", "intact", "destroyed", "restored"] == [
        registry.state("bel", day).state for day in days
    ]
    parts = condition_of_parts(registry.states_of_parts("palmyra", "2015-09-01"))
    assert (("intact", 1), ("destroyed", 1)) == parts.counts


def test_rows_that_make_no_record_stop_nobody(registry: Registry) -> None:
    """They take no part, and the check tells of them."""
    with sqlite3.connect(registry.path) as connection:
        connection.execute("INSERT INTO events (id, label) VALUES ('nowhere', 'No sites')")
        connection.execute(
            "INSERT INTO claims (id, subject, property, value, source)"
            " VALUES ('lost', 'nowhere', 'severity', 'destroyed', 'dgam')"
        )
    connection.close()
    put(registry, dated("dgam", "2015-08-30"))

    assert "2015-08-30" == one(registry)["value"]
    found = [problem for problem in registry.check() if problem.code == "invalid-record"]
    assert ["events/nowhere"] == [problem.origin.file for problem in found]
