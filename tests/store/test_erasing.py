"""Erasing records and texts: what goes, what stays, and what still proves itself."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import pytest

import heritage
from heritage import (
    Actor,
    Claim,
    Name,
    Review,
    Site,
    Source,
)
from heritage.errors import RecordNotFoundError, UsageError
from heritage.model import RECORDS
from heritage.registry import Registry
from heritage.store import chain, facts
from heritage.store.connection import connect
from heritage.store.erasing import residue, rewriting
from heritage.store.tables import TABLES, columns_of
from tests.canaries import MADE, Canaries
from tests.palmyra import BLAST, DATED_TOO, EVERYTHING, WHO, tables
from tests.registries import assert_whole, recorded, rows, write_empty


class Who(TypedDict):
    """By whom, and why."""

    by: str
    why: str


WHY: Who = {"by": "l.haddad", "why": "for the safety of a person"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_empty(tmp_path / "registry.db")


@pytest.fixture
def registry(path: Path) -> Iterator[Registry]:
    """A registry of everything, of a build of SQLite that leaves what it deletes."""
    with heritage.open(path) as registry:
        registry._connection.execute("PRAGMA secure_delete = OFF")
        with registry.change(**WHO) as change:
            for record in EVERYTHING:
                change.put(record)
        yield registry


def lived(registry: Registry, kind: str, canaries: Canaries) -> str:
    """A record that was amended, renamed, retracted and put again; its id."""
    first, second = canaries(), canaries()
    for id in (first, first):
        with registry.change(**WHO) as change:
            change.put(MADE[kind](canaries, id))
    with registry.change(**WHO) as change:
        change.retract(kind, first)
    with registry.change(**WHO) as change:
        change.put(MADE[kind](canaries, first))
        change.rename(kind, first, second)
    with registry.change(**WHO) as change:
        change.put(MADE[kind](canaries, second))
    return second


def found_in(folder: Path, texts: list[str]) -> set[str]:
    """Those of some texts that stand in any byte of any file of a folder."""
    contents = [file.read_bytes() for file in folder.iterdir() if file.is_file()]
    return {
        text
        for text in texts
        for content in contents
        if any(text.encode(form) in content for form in ("utf-8", "utf-16-le", "utf-16-be"))
    }


def placed(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Every event with the facts of its cell."""
    columns = f"event, earliest, latest, {facts.CELL}, n"
    cells = "_event_facts f JOIN _event_cells c ON c.id = f.cell"
    return rows(connection, f"SELECT {columns} FROM {cells} ORDER BY 1")


def placed_anew(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    connection.execute("BEGIN")
    connection.execute("DELETE FROM _event_facts")
    connection.execute("DELETE FROM _event_cells")
    connection.execute("UPDATE _concluded SET facts = 0")
    facts.bring_up_to_date(connection, ())
    found = placed(connection)
    connection.execute("ROLLBACK")
    return found


def verified(registry: Registry) -> dict[int, bytes]:
    """The stored chain, after working it out again from the log."""
    connection = registry._connection
    assert_whole(connection)
    assert [("ok",)] == rows(connection, "PRAGMA integrity_check")
    stored: dict[int, bytes] = dict(rows(connection, "SELECT seq, hash FROM seals"))
    assert stored == {each.seq: each.hash for each in chain.links(connection, 0, chain.START)}
    assert placed(connection) == placed_anew(connection)
    assert () == tuple(registry.verify().problems)
    told: dict[int, bytes] = {}
    for (after,) in rows(connection, "SELECT after FROM history WHERE op = 'erase' ORDER BY seq"):
        told |= {seq: bytes.fromhex(digest) for seq, digest in json.loads(after)["entries"]}
    now = {
        seq: chain.commitment(salt, plain)
        for seq, _, salt, plain in chain.contents(connection, 0)
        if seq in told
    }
    assert told == now
    known = rows(connection, "SELECT number FROM erased WHERE what = 'entry' ORDER BY 1")
    assert [(seq,) for seq in sorted(told)] == known
    return stored


@pytest.mark.parametrize("kind", RECORDS)
def test_nothing_of_an_erased_record_is_left_in_any_byte(
    registry: Registry, path: Path, kind: str
) -> None:
    canaries = Canaries()
    id = lived(registry, kind, canaries)
    assert set(canaries.made) == found_in(path.parent, canaries.made)
    before = verified(registry)

    erasure = registry.erase(id, **WHY)

    assert erasure.finished
    assert () == erasure.mentions
    assert set() == found_in(path.parent, canaries.made)
    assert before.items() <= verified(registry).items()


@pytest.mark.parametrize("kind", RECORDS)
def test_what_does_not_name_the_record_stays_as_it_was(registry: Registry, kind: str) -> None:
    before = recorded(registry._connection)
    id = lived(registry, kind, Canaries())

    registry.erase(id, **WHY)

    assert before == recorded(registry._connection)


def test_claims_of_an_erased_witness_stand_on_an_unnamed_source(registry: Registry) -> None:
    concluded = registry.explain("blast", "date")

    (left,) = registry.erase("blog", **WHY).records

    assert left.stays
    stub = registry.source(left.id)
    expected = Source(id=left.id, title="[erased]", relies_on=("unosat",), access="withheld")
    assert expected == stub
    (claim,) = (claim for claim in registry.claims(event="blast") if claim.source == left.id)
    assert (DATED_TOO.value, left.id) == (claim.value, claim.source)
    now = registry.explain("blast", "date")
    assert (concluded.value, concluded.weight, concluded.margin) == (
        now.value,
        now.weight,
        now.margin,
    )


def test_ids_made_of_what_was_erased_are_made_anew(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        review = Review(
            claim=DATED_TOO.id, reviewer="n.kassem", date="2016", decision="confirmed", reason="x"
        )
        change.put(review)

    erasure = registry.erase("blog", **WHY)

    assert 4 == erasure.renamed
    for kind in ("claim", "intervention", "review"):
        for record in registry.records(kind, all=True):
            plain = heritage.codec.to_plain(record)
            assert record.id == heritage.codec.from_plain(kind, plain | {"id": ""}).id
    assert () == registry.former_ids("event", "blast")
    assert [] == rows(registry._connection, "SELECT * FROM former_ids")
    old = [DATED_TOO.id, review.id]
    assert set() == found_in(registry.path.parent, old)


def test_an_erased_record_that_nobody_names_is_retracted(registry: Registry) -> None:
    (left,) = registry.erase("witness-1", **WHY).records

    assert not left.stays
    with pytest.raises(RecordNotFoundError):
        registry.actor(left.id)
    ops = [entry.op for entry in registry.history(left.id)]
    assert ["erase", "delete", "erased", "insert"] == ops


def test_the_log_says_when_by_whom_and_why(registry: Registry) -> None:
    erasure = registry.erase("witness-1", **WHY)

    (change,) = (one for one in registry.changes() if one.id == erasure.change)
    assert (WHY["by"], WHY["why"]) == (change.by, change.why)
    told = rows(
        registry._connection,
        "SELECT kind, record, table_name FROM history WHERE op = 'erase' AND change = ?",
        erasure.change,
    )
    assert [("erasure", erasure.records[0].id, "history")] == told


def test_an_id_that_nobody_ever_had_is_refused(registry: Registry) -> None:
    before = tables(registry.path)
    with pytest.raises(RecordNotFoundError, match="no record has the id 'nobody'"):
        registry.erase("nobody", **WHY)
    assert before == tables(registry.path)


def test_an_id_of_two_records_asks_for_the_kind(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        change.put(Actor(id="unosat", kind="body"))

    with pytest.raises(UsageError, match="several records"):
        registry.erase("unosat", **WHY)
    registry.erase("unosat", kind="actor", **WHY)

    assert "unosat" == registry.source("unosat").id


def test_a_reason_that_tells_what_is_erased_is_refused(registry: Registry) -> None:
    with pytest.raises(UsageError, match="for good"):
        registry.erase("witness-1", by="l.haddad", why="witness-1 is in danger")
    with pytest.raises(UsageError, match="for good"):
        registry.erase(texts=["A Guard"], by="l.haddad", why="the name of a guard")


@pytest.mark.parametrize("texts", [[], ["x"], ["erased"]])
def test_what_cannot_be_erased_is_refused(registry: Registry, texts: list[str]) -> None:
    with pytest.raises(UsageError):
        registry.erase(texts=texts, **WHY)


def test_a_dry_run_tells_what_would_go_and_changes_no_byte(registry: Registry) -> None:
    before = registry.path.read_bytes()

    erasure = registry.erase("blog", dry_run=True, **WHY)

    assert before == registry.path.read_bytes()
    assert erasure.change is None
    expected = {"claims": 2, "interventions": 1, "source_relies_on": 1, "sources": 1}
    assert expected == erasure.rows
    assert erasure.entries > 0


def test_an_erasure_of_an_erasure_keeps_the_pseudonym_and_the_first_commitments(
    registry: Registry,
) -> None:
    (left,) = registry.erase("blog", **WHY).records
    first = rows(registry._connection, "SELECT what, number, digest FROM erased")
    with registry.change(**WHO) as change:
        change.amend("source", left.id, author="kanarie0000zwitschert")

    (again,) = registry.erase(left.id, **WHY).records

    assert left.id == again.id
    assert set(first) < set(rows(registry._connection, "SELECT what, number, digest FROM erased"))
    assert set() == found_in(registry.path.parent, ["kanarie0000zwitschert"])
    verified(registry)


def test_what_is_erased_already_is_no_change(registry: Registry) -> None:
    (left,) = registry.erase("blog", **WHY).records
    before = tables(registry.path)

    assert registry.erase(left.id, **WHY).change is None
    assert before == tables(registry.path)


def test_a_text_goes_wherever_it_stands(registry: Registry) -> None:
    name = "Ahmad al-Kanarie"
    with registry.change(by=name, why=f"told by {name.upper()}") as change:
        change.put(Source(id="talk", title=f'"{name}" speaks', url="https://example.org/x"))
        change.put(Site(id="house", names=(Name(text=name), Name(text=name.lower()))))
        change.put(Claim(subject="blast", property="actor", value=name, source="talk"))
        change.put(
            Claim(subject="bel", property="control", value=f"{name} since 2015", source="talk")
        )
        change.amend("event", "blast", label=f"Blast seen by\n{name.replace(' ', '  ')}")
        change.amend("event", "blast", label=BLAST.label)

    erasure = registry.erase(texts=[name], **WHY)

    assert 1 == erasure.changes
    content = registry.path.read_bytes().lower()
    assert 0 == content.count(b"al-kanarie")
    assert '"[erased]" speaks' == registry.source("talk").title
    assert {"[erased]", "[erased] (2)"} == {name.text for name in registry.site("house").names}
    values = {claim.value for claim in registry.claims(source="talk")}
    assert {"[erased]", "[erased] since 2015"} == values
    assert [] == registry.search("kanarie")
    verified(registry)


def test_a_text_of_quotes_breaks_and_controls_goes_from_json_as_well(registry: Registry) -> None:
    note = 'said "kanarie"\n\\ twice\x17'
    with registry.change(**WHO) as change:
        change.put(Source(id="talk", title="Talk", note=f"he {note} and left"))

    registry.erase(texts=[note], **WHY)

    assert "he [erased] and left" == registry.source("talk").note
    assert set() == found_in(registry.path.parent, ["kanarie"])
    verified(registry)


def test_what_a_dataset_says_of_a_site_is_erased_with_it(registry: Registry) -> None:
    canaries = Canaries()
    site = {
        "id": canaries(),
        "names": [{"text": canaries()}],
        "identifiers": [{"scheme": "local", "value": canaries()}],
        "part_of": "palmyra",
    }
    whole = {"id": "house", "names": [{"text": f"House of {canaries()}"}], "part_of": site["id"]}
    with registry.change(**WHO) as change:
        change.put(Site(id=str(site["id"]), part_of="palmyra"))
        change.put(Site(id="house", part_of=str(site["id"])))
    for id, plain in ((site["id"], site), ("house", whole)):
        registry._connection.execute(
            "INSERT INTO descriptions VALUES (?, 'own', '2015', ?)", (id, json.dumps(plain))
        )

    (left,) = registry.erase(str(site["id"]), texts=[canaries.made[-1]], **WHY).records

    assert set() == found_in(registry.path.parent, canaries.made)
    (said,) = rows(registry._connection, "SELECT record FROM descriptions")
    expected = {"id": "house", "names": [{"text": "House of [erased]"}], "part_of": left.id}
    assert expected == json.loads(said[0])
    assert left.id == registry.site("house").part_of
    verified(registry)


def test_a_change_whose_reason_was_rewritten_is_told(registry: Registry) -> None:
    before = verified(registry)

    erasure = registry.erase(texts=["imagery of 31"], **WHY)

    (after,) = rows(registry._connection, "SELECT after FROM history WHERE op = 'erase'")[0]
    assert [1] == [id for id, _ in json.loads(after)["changes"]]
    assert "[erased] August" == registry.changes()[-1].why
    assert 1 == erasure.changes
    assert before.items() <= verified(registry).items()


def test_every_column_of_text_is_known_to_erasing(registry: Registry) -> None:
    """A new column has to be classed: an id, a text, or one that holds neither."""
    plain = {
        *("tier", "access", "language", "category", "countries", "longitude", "latitude"),
        *("geometry", "precision_m", "location_access", "is_null_island", "criteria", "area_ha"),
        *("property", "low", "high", "stance", "confidence", "state", "extent_low", "scheme"),
        *("extent_high", "sha256", "size", "position", "decision", "dataset", "edition"),
        *("published", "accessed", "built", "begin", "end", "first_edition", "date", "observed"),
    }
    unknown = {
        (table.name, column)
        for table in TABLES
        for column in columns_of(registry._connection, table)
        if column not in rewriting.NAMING[table.name]
        and column not in rewriting.TEXTS.get(table.name, ())
        and column.removesuffix("_earliest").removesuffix("_latest") not in plain
    }
    assert {
        *(("former_ids", column) for column in ("former", "kind", "id")),
        ("names", "kind"),
        ("actor_names", "kind"),
    } == unknown


def test_a_process_that_dies_before_the_file_is_written_anew_is_made_good(
    registry: Registry, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries = Canaries()
    id = lived(registry, "source", canaries)
    monkeypatch.setattr(residue, "_write_anew", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        registry.erase(id, **WHY)
    monkeypatch.undo()
    copy = tmp_path / "copies" / "registry.db"
    copy.parent.mkdir()
    shutil.copy(path, copy)

    with heritage.open(copy) as other:
        assert ["erasure-unfinished"] == [one.code for one in other.verify().problems]
        with other.change(**WHO) as change:
            change.put(Site(id="elsewhere"))
        assert not residue.is_marked(other._connection)
        assert set() == found_in(copy.parent, canaries.made)
        verified(other)


def test_search_and_places_follow_rows_that_got_other_numbers(registry: Registry) -> None:
    connection = registry._connection
    connection.execute("UPDATE _residue SET numbers = 'other'")
    registry.erase("witness-1", **WHY)
    residue.mark(connection, 1)
    connection.execute("UPDATE _residue SET numbers = 'other'")

    assert residue.finish(connection)
    verified(registry)
    assert ["palmyra"] == [hit.id for hit in registry.search("Tadmur")]


def test_triggers_are_in_place_when_all_is_done(registry: Registry, path: Path) -> None:
    registry.erase("witness-1", **WHY)

    connection = sqlite3.connect(path)
    (user,), (schema,) = (
        connection.execute(f"PRAGMA {name}_version").fetchone() for name in ("user", "schema")
    )
    connection.close()
    assert user == schema
    outside = connect(path)
    outside.execute("UPDATE sources SET author = 'x' WHERE id = 'unosat'")
    assert "update" == rows(outside, "SELECT op FROM history ORDER BY seq DESC LIMIT 1")[0][0]
    outside.close()
