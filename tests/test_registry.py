"""Changes of a registry: all of one or nothing of it, and who, when and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import heritage
from heritage import (
    Claim,
    Event,
    Evidence,
    Identifier,
    Intervention,
    Listing,
    Name,
    Observation,
    Registry,
    Review,
    Site,
    Source,
    UsageError,
)
from heritage.model import Record
from tests.palmyra import (
    BEL,
    BLAST,
    DATED,
    EVERYTHING,
    PALMYRA,
    SHAKEN,
    SOURCE,
    WHO,
    WITNESS,
    tables,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "registry.db"


@pytest.fixture
def registry(path: Path) -> Iterator[Registry]:
    with heritage.open(path, create=True) as registry:
        put(registry, *EVERYTHING)
        yield registry


def put(registry: Registry, *records: Record) -> None:
    with registry.change(**WHO) as change:
        for record in records:
            change.put(record)


def ids(records: Iterator[Any]) -> list[str]:
    return [record.id for record in records]


# Changes.


def test_what_was_put_is_read_again_as_it_was(registry: Registry) -> None:
    read = [registry.site("palmyra"), registry.event("blast"), registry.claim(DATED.id)]

    assert [PALMYRA, BLAST, DATED] == read
    assert SOURCE == registry.source("unosat")
    assert WITNESS == registry.actor("witness-1")


def test_a_change_says_who_when_and_why(registry: Registry, path: Path) -> None:
    with registry.change(**WHO) as change:
        change.amend("claim", DATED.id, confidence="high")

    row = sqlite3.connect(path).execute(
        "SELECT by, why, origin, at GLOB '20*Z' FROM changes WHERE id = ?", (change.number,)
    )
    assert ("n.kassem", "imagery of 31 August", "registry", 1) == row.fetchone()


@pytest.mark.parametrize(
    ("by", "why"), [("", "x"), ("x", ""), (" ", "x"), ("x", "\n"), (None, "x")]
)
def test_a_change_without_who_or_why_is_refused(
    registry: Registry, by: str, why: str, path: Path
) -> None:
    before = tables(path)

    with pytest.raises(UsageError, match="a change needs"), registry.change(by=by, why=why):
        pytest.fail("the block must not begin")

    assert before == tables(path)


def test_an_exception_undoes_the_whole_change_and_passes_through(
    registry: Registry, path: Path
) -> None:
    before = tables(path)

    def edit() -> None:
        with registry.change(**WHO) as change:
            change.put(Site(id="new"))
            change.retract("claim", SHAKEN.id)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        edit()

    assert before == tables(path)


@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "gone"), sqlite3.OperationalError("another file"), SystemExit(3)]
)
def test_a_fault_of_the_blocks_own_is_not_taken_for_one_of_the_registry(
    registry: Registry, error: BaseException, path: Path
) -> None:
    before = tables(path)

    def edit() -> None:
        with registry.change(**WHO) as change:
            change.put(Site(id="new"))
            raise error

    with pytest.raises(type(error)) as raised:
        edit()

    assert error is raised.value
    assert before == tables(path)


def test_a_change_that_changes_nothing_leaves_no_trace(registry: Registry, path: Path) -> None:
    before = tables(path)

    with registry.change(**WHO):
        pass
    with registry.change(**WHO) as change:
        assert "unchanged" == change.put(PALMYRA)
        change.amend("site", "palmyra", kind="archaeological_site")

    assert before == tables(path)


def test_putting_says_whether_anything_changed(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        said = [
            change.put(Site(id="new")),
            change.put(Site(id="new")),
            change.put(Site(id="new", kind="temple")),
        ]

    assert ["created", "unchanged", "changed"] == said


def test_amending_changes_the_named_fields_alone(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        after = change.amend("site", "palmyra", kind="tell", location=None)

    assert ("tell", None) == (after.kind, after.location)  # type: ignore[union-attr] # a site
    assert after == registry.site("palmyra")
    assert PALMYRA.names == registry.site("palmyra").names


def test_every_change_of_a_record_makes_one_version(registry: Registry) -> None:
    assert 1 == registry.version("site", "palmyra")

    with registry.change(**WHO) as change:
        change.amend("site", "palmyra", kind="tell")
        change.amend("site", "palmyra", names=[Name(text="Palmyra")], category="cultural")

    assert 2 == registry.version("site", "palmyra")
    assert 1 == registry.version("site", "bel")


def test_an_amendment_of_what_moved_on_is_refused(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        change.amend("site", "palmyra", kind="tell", expect=1)

    for stale in (1, 3):
        with pytest.raises(heritage.RecordChangedError) as raised, registry.change(**WHO) as change:
            change.amend("site", "palmyra", kind="necropolis", expect=stale)
        assert (stale, 2) == (raised.value.expected, raised.value.found)
    with pytest.raises(heritage.RecordChangedError), registry.change(**WHO) as change:
        change.put(PALMYRA, expect=1)
    with pytest.raises(heritage.RecordChangedError), registry.change(**WHO) as change:
        change.retract("claim", SHAKEN.id, expect=2)
    with pytest.raises(heritage.RecordChangedError, match="does not exist"):  # noqa: SIM117
        with registry.change(**WHO) as change:
            change.put(Site(id="new"), expect=1)
    assert "tell" == registry.site("palmyra").kind


def test_what_is_retracted_is_gone_and_its_history_stays(registry: Registry, path: Path) -> None:
    with registry.change(**WHO) as change:
        change.retract("claim", SHAKEN.id)

    with pytest.raises(heritage.RecordNotFoundError):
        registry.claim(SHAKEN.id)
    rows = sqlite3.connect(path).execute(
        "SELECT op FROM history WHERE record = ? ORDER BY seq", (SHAKEN.id,)
    )
    assert [("insert",), ("delete",)] == rows.fetchall()


def test_what_others_refer_to_is_not_retracted(registry: Registry, path: Path) -> None:
    before = tables(path)

    for kind, id in (
        ("site", "palmyra"),
        ("source", "unosat"),
        ("event", "blast"),
        ("claim", DATED.id),
    ):
        with pytest.raises(heritage.RefusedByDatabaseError, match="refer"):  # noqa: SIM117
            with registry.change(**WHO) as change:
                change.retract(kind, id)

    assert before == tables(path)


def test_a_renamed_record_is_found_by_every_id_that_it_had(registry: Registry) -> None:
    for new in ("tadmur", "palmyra-syria"):
        with registry.change(**WHO) as change:
            change.rename("site", "palmyra", new)

    assert ["palmyra-syria"] * 4 == [
        registry.site(id).id for id in ("palmyra", "tadmur", "palmyra-syria", "whc:23")
    ]
    assert "palmyra-syria" == registry.site("bel").part_of
    assert ["bel"] == ids(registry.sites(part_of="tadmur"))
    assert ["palmyra-syria"] == [listing.site for listing in registry.listings(site="palmyra")]


@pytest.mark.parametrize("new", ["bam", "blast", "", "a b", "ü", "x" * 201])
def test_a_record_is_not_renamed_to_what_is_taken_or_no_id(
    registry: Registry, new: str, path: Path
) -> None:
    before = tables(path)

    with pytest.raises(heritage.RefusedByDatabaseError), registry.change(**WHO) as change:
        change.rename("site", "palmyra", new)

    assert before == tables(path)


def test_a_former_id_is_not_given_to_another_record(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        change.rename("site", "bam", "arg-e-bam")

    with pytest.raises(heritage.RefusedByDatabaseError), registry.change(**WHO) as change:
        change.put(Site(id="bam"))

    assert "arg-e-bam" == registry.site("bam").id


BROKEN: dict[str, Record] = {
    "listings.site": Listing(site="x", register="national", status="inscribed", source="blog"),
    "listings.source": Listing(site="bam", register="national", status="inscribed", source="x"),
    "claims.subject": Claim(subject="x", property="date", value="2015", source="blog"),
    "claims.site": Claim(subject="blast", site="x", property="date", value="2015", source="blog"),
    "claims.source": Claim(subject="blast", property="date", value="2015", source="x"),
    "observations.site": Observation(site="x", observed="2015", state="intact", source="blog"),
    "observations.source": Observation(site="bam", observed="2015", state="intact", source="x"),
    "interventions.site": Intervention(site="x", kind="repair", source="blog"),
    "sites.part_of": Site(id="new", part_of="x"),
    "sites.source": Site(id="new", source="x"),
    "events.part_of": Event(id="new", label="New", sites=("bam",), part_of="x"),
    "event_sites.site": Event(id="new", label="New", sites=("bam", "x")),
    "source_relies_on.relies_on": Source(id="new", title="New", relies_on=("x",)),
    "evidence.source": Evidence(id="new", sha256="0" * 64, source="x"),
    "reviews.claim": Review(
        claim="x", reviewer="r", date="2020", decision="refuted", reason="it is not there"
    ),
}


@pytest.mark.parametrize("where", BROKEN)
def test_a_reference_to_what_does_not_exist_is_named(
    registry: Registry, where: str, path: Path
) -> None:
    before = tables(path)

    with pytest.raises(heritage.BrokenReferenceError) as raised:
        put(registry, Site(id="sound"), BROKEN[where])

    assert where == f"{raised.value.table}.{raised.value.field}"
    assert "x" == raised.value.target
    assert before == tables(path)


def test_records_of_one_change_refer_to_each_other_in_any_order(path: Path) -> None:
    with heritage.open(path, create=True) as registry:
        put(registry, *reversed(EVERYTHING))

        assert [PALMYRA, BEL] == [registry.site("palmyra"), registry.site("bel")]
        assert ["bel"] == ids(registry.sites(part_of="palmyra"))


@pytest.mark.parametrize(
    "circle",
    [
        (Site(id="a", part_of="b"), Site(id="b", part_of="a")),
        (Site(id="palmyra", part_of="bel"),),
        (
            Event(id="a", label="A", sites=("bam",), part_of="b"),
            Event(id="b", label="B", sites=("bam",), part_of="a"),
        ),
        (
            Source(id="a", title="A", relies_on=("b",)),
            Source(id="b", title="B", relies_on=("c",)),
            Source(id="c", title="C", relies_on=("a",)),
        ),
    ],
)
def test_nothing_is_part_of_itself_by_a_detour(
    registry: Registry, circle: tuple[Record, ...], path: Path
) -> None:
    before = tables(path)

    with pytest.raises(heritage.RefusedByDatabaseError, match="circle"):
        put(registry, *circle)

    assert before == tables(path)


def test_an_identifier_belongs_to_one_site(registry: Registry) -> None:
    with pytest.raises(heritage.RefusedByDatabaseError, match="'palmyra'"):
        put(registry, Site(id="new", identifiers=(Identifier(scheme="whc", value="23"),)))


def test_a_refused_edit_leaves_nothing_of_itself_in_a_change_that_goes_on(
    registry: Registry, path: Path
) -> None:
    with registry.change(**WHO) as change:
        change.put(Site(id="before"))
        with pytest.raises(heritage.RefusedByDatabaseError):
            change.rename("event", "blast", "bel")
        with pytest.raises(heritage.RefusedByDatabaseError):
            change.put(Site(id="quake", names=(Name(text="Not this one"),)))
        with pytest.raises(heritage.InvalidRecordError):
            change.amend("site", "palmyra", kind="tell", countries=["Syria"])
        change.put(Site(id="after"))

    assert ["after", "before"] == [
        id for id in ids(registry.sites(all=True)) if id in {"after", "before", "quake"}
    ]
    assert PALMYRA == registry.site("palmyra")
    assert (
        []
        == sqlite3.connect(path)
        .execute("SELECT * FROM history WHERE after LIKE '%Not this one%'")
        .fetchall()
    )


def test_an_amendment_names_all_faults_of_a_record(registry: Registry) -> None:
    with pytest.raises(heritage.InvalidRecordError) as raised, registry.change(**WHO) as change:
        change.amend("site", "palmyra", countries=["Syria"], category="old", hight=3)

    assert 3 == len(raised.value.faults), raised.value.faults


def test_an_amendment_cannot_change_an_id(registry: Registry) -> None:
    with pytest.raises(heritage.HeritageError), registry.change(**WHO) as change:
        change.amend("site", "palmyra", id="elsewhere")
