"""A registry can be asked as it was known at any moment of its past."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import heritage
from heritage import (
    Actor,
    Claim,
    Event,
    MomentParseError,
    Name,
    RecordNotFoundError,
    Registry,
    Site,
)
from heritage.store import write
from heritage.store.connection import transaction
from tests.palmyra import BEL, BLOG, EVERYTHING, PALMYRA, SOURCE, WHO
from tests.registries import load, write_empty

BLAST = Event(id="blast", label="Blowing up of the Temple of Bel", sites=("bel",))


def say(registry: Registry, at: str, *records: heritage.model.Record) -> int:
    """Put records in one change, made at a moment of the past; its number."""
    with transaction(registry._connection):
        change = write.begin_change(registry._connection, at=at, by="n.kassem", why="a report")
        for record in records:
            write.put(registry._connection, record)
        write.end_change(registry._connection, change)
    return change


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """What was known of the Temple of Bel, as it came to be known."""
    with heritage.open(write_empty(tmp_path / "registry.db")) as registry:
        say(registry, "2015-05-21T08:00:00.000Z", SOURCE, BLOG, PALMYRA, BEL)
        say(
            registry,
            "2015-08-30T18:00:00.500Z",
            BLAST,
            Claim(subject="blast", property="severity", value="damaged", source="blog", id="c1"),
        )
        say(
            registry,
            "2015-08-31T16:00:00.000Z",
            Claim(
                subject="blast", property="severity", value="destroyed", source="unosat", id="c2"
            ),
        )
        yield registry


def severity(reader: heritage.reading.Reading) -> list[str]:
    return [each["value"] for each in reader.conclusions(subject="blast", property="severity")]


@pytest.mark.parametrize(
    ("moment", "sites", "events", "claims"),
    [
        ("2015-05-21T07:59:59.999Z", 0, 0, 0),
        ("2015-05-21T08:00:00Z", 2, 0, 0),
        ("2015-05-21", 2, 0, 0),
        ("2015-08-30T18:00:00.499999Z", 2, 0, 0),
        ("2015-08-30T18:00:00.5Z", 2, 1, 1),
        ("2015-08-30T21:00:00.5+03:00", 2, 1, 1),
        ("2015-08-30", 2, 1, 1),
        ("2015-08-31T15:59:59Z", 2, 1, 1),
        ("2015-08-31", 2, 1, 2),
        ("9999-12-31", 2, 1, 2),
        ("0001-01-01", 0, 0, 0),
        ("change:0", 0, 0, 0),
        ("change:1", 2, 0, 0),
        ("change:2", 2, 1, 1),
        ("change:3", 2, 1, 2),
    ],
)
def test_a_count_is_that_of_its_moment(
    registry: Registry, moment: str, sites: int, events: int, claims: int
) -> None:
    with registry.at(moment) as then:
        found = [len(list(each)) for each in (then.sites(), then.events(), then.claims())]

    assert [sites, events, claims] == found


def test_a_conclusion_is_what_could_be_concluded_then(registry: Registry) -> None:
    with registry.at("2015-08-30") as then, registry.at("2015-08-31") as later:
        assert ["damaged"] == severity(then)
        assert "damaged" == then.explain("blast", "severity").value
        assert severity(registry) == severity(later)
        assert ["destroyed"] == severity(later)


def test_a_moment_of_python_does_as_well(registry: Registry) -> None:
    with (
        registry.at(
            dt.datetime(2015, 8, 30, 21, 1, tzinfo=dt.timezone(dt.timedelta(hours=3)))
        ) as a,
        registry.at(dt.date(2015, 8, 30)) as b,
    ):
        assert 2 == a.change == b.change


@pytest.mark.parametrize("moment", ["2015-08-30T18:00:00", "soon", "", "change:x"])
def test_what_is_no_moment_is_refused(registry: Registry, moment: str) -> None:
    with pytest.raises(MomentParseError):
        registry.at(moment)


def test_a_change_that_there_is_not_is_refused(registry: Registry) -> None:
    with pytest.raises(RecordNotFoundError, match=r"change.*'4'"):
        registry.at("change:4")


def test_later_edits_do_not_show(registry: Registry) -> None:
    with registry.at("2015-08-31") as then:
        before = then.site("bel")
        with registry.change(**WHO) as change:
            change.amend("site", "bel", names=[Name(text="Gone")], part_of=None)
            change.retract("claim", "c2")

        assert before == then.site("bel")
        assert 1 == then.version("site", "bel")
        assert ["bel"] == [each.id for each in then.sites(part_of="whc:23")]
        assert ["bel"] == [hit.id for hit in then.search("temple") if hit.kind == "site"]
        assert [] == [hit.id for hit in then.search("gone")]
        assert ["destroyed"] == severity(then)
        assert ["damaged"] == severity(registry)


def test_a_later_id_leads_to_what_was_known(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        change.rename("site", "bel", "temple-of-bel")
    with registry.change(**WHO) as change:
        change.rename("site", "temple-of-bel", "palmyra-bel")

    with registry.at("2015-08-31") as then:
        assert "bel" == then.site("bel").id
        assert "bel" == then.site("palmyra-bel").id
        assert "bel" == then.site("temple-of-bel").id
        assert () == then.former_ids("site", "palmyra-bel")
        assert ["blast"] == [each.id for each in then.events(site="palmyra-bel")]
    with registry.at("change:4") as then:
        assert "temple-of-bel" == then.site("palmyra-bel").id
        assert ("bel",) == then.former_ids("site", "palmyra-bel")


def test_what_came_later_was_not_there(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        change.put(Site(id="bam", names=(Name(text="Bam"),)))

    with registry.at("2015-08-31") as then:
        with pytest.raises(RecordNotFoundError):
            then.site("bam")
        with pytest.raises(RecordNotFoundError):
            then.history("bam")
        assert [3, 2, 1] == [each.id for each in then.changes()]


def test_every_kind_is_as_it_was(tmp_path: Path) -> None:
    with heritage.open(write_empty(tmp_path / "registry.db")) as registry:
        with registry.change(**WHO) as change:
            for record in EVERYTHING:
                change.put(record)
        with registry.change(**WHO) as change:
            for kind, id in reversed([(heritage.codec.kind_of(e), e.id) for e in EVERYTHING]):
                change.retract(kind, id)
        with registry.at("change:1") as then:
            for record in EVERYTHING:
                assert record == then.record(heritage.codec.kind_of(record), record.id)
        assert [] == list(registry.sites())


def test_another_program_may_write_between_two_questions(registry: Registry) -> None:
    with registry.at("2015-08-31") as then:
        records = then.claims()
        first = next(records)
        other = sqlite3.connect(registry.path, timeout=0)
        other.execute("UPDATE claims SET value = 'intact' WHERE id = 'c2'")
        other.commit()
        other.close()

        assert {"damaged", "destroyed"} == {first.value, *(each.value for each in records)}
        assert "destroyed" == then.claim("c2").value


def test_a_file_that_cannot_be_written_is_read_as_of_then(registry: Registry) -> None:
    registry.path.chmod(0o444)
    with heritage.open(registry.path, readonly=True) as readonly, readonly.at("change:2") as then:
        assert ["c1"] == [each.id for each in then.claims()]


def test_what_is_closed_answers_no_more(registry: Registry) -> None:
    then = registry.at("2015-08-31")
    then.close()
    then.close()

    with pytest.raises(heritage.UsageError, match="was closed"):
        then.site("bel")


def test_the_cost_of_a_question_does_not_grow_with_the_log(tmp_path: Path) -> None:
    steps = {}
    for size in (200, 4_000):
        with heritage.open(write_empty(tmp_path / f"{size}.db")) as registry:
            load(registry._connection, {"site": [Site(id=f"a{n}") for n in range(size)]})
            with registry.change(**WHO) as change:
                change.amend("site", "a7", countries=["SY"])
            load(registry._connection, {"site": [Site(id=f"b{n}") for n in range(size)]})
            with registry.at("change:1") as then:
                steps[size] = steps_for(then, "a7")

    assert steps[4_000] < 1.1 * steps[200]


def steps_for(then: heritage.Then, site: str) -> int:
    """How many times ten instructions of SQLite's machine one site takes."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    then._connection.set_progress_handler(tick, 10)
    assert () == then.site(site).countries
    then._connection.set_progress_handler(None, 0)
    return count


def test_what_was_erased_is_not_read_from_the_past_either(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        change.put(Actor(id="guard-7", kind="witness", names=(Name(text="Khalil the guard"),)))
    with registry.change(**WHO) as change:
        change.amend("actor", "guard-7", role="guard of the museum")
    with registry.at("change:4") as opened_before:
        assert "Khalil" in str(opened_before.record("actor", "guard-7"))
        registry.erase("guard-7", by="n.kassem", why="for the safety of a witness")

        with registry.at("change:4") as opened_after:
            for then in (opened_before, opened_after):
                assert [] == [each for each in then.records("actor") if "Khalil" in str(each)]
                assert [] == then.search("khalil")
                assert ["bel", "palmyra"] == [each.id for each in then.sites()]
                assert ["destroyed"] == severity(then)
                with pytest.raises(RecordNotFoundError):
                    then.record("actor", "guard-7")
