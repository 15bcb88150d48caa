"""A registry in wrong hands: closed, nested, in another thread, read-only, misspelt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import heritage
from heritage import Event, Identifier, Name, Registry, Site, Source, UsageError
from tests.palmyra import tables

WHO = {"by": "n.kassem", "why": "imagery of 31 August"}
SOURCE = Source(id="unosat", title="Damage at Palmyra")
PALMYRA = Site(
    id="palmyra",
    names=(Name(text="Site of Palmyra", language="en"),),
    identifiers=(Identifier(scheme="whc", value="23"),),
)
BLAST = Event(id="blast", label="Blowing up", sites=("palmyra",))
BAM = Site(id="bam", names=(Name(text="Bam", language="en"),), countries=("IR",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "registry.db"


@pytest.fixture
def registry(path: Path) -> Iterator[Registry]:
    with heritage.open(path, create=True) as registry:
        with registry.change(**WHO) as change:
            for record in (SOURCE, PALMYRA, BLAST):
                change.put(record)
        yield registry


def test_a_change_inside_a_change_is_refused_and_spoils_nothing(registry: Registry) -> None:
    with registry.change(**WHO) as outer:
        outer.put(Site(id="outer"))
        with pytest.raises(UsageError, match="open already"), registry.change(**WHO):
            pytest.fail("the block must not begin")
        outer.put(Site(id="outer-2"))

    assert ["outer", "outer-2"] == [registry.site(id).id for id in ("outer", "outer-2")]


def test_a_load_inside_a_change_is_refused(registry: Registry, tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text('{"kind": "site", "record": {"id": "new"}}\n', "utf-8")

    with registry.change(**WHO), pytest.raises(UsageError, match="open already"):
        registry.load(file)

    assert 1 == registry.load(file).created


def test_a_change_that_has_ended_takes_no_more_edits(registry: Registry, path: Path) -> None:
    with registry.change(**WHO) as change:
        pass
    before = tables(path)

    with pytest.raises(UsageError, match="ended"):
        change.put(Site(id="late"))

    assert before == tables(path)


VERBS: dict[str, Callable[[Registry], object]] = {
    "site": lambda registry: registry.site("palmyra"),
    "sites": lambda registry: list(registry.sites(site="whc:23")),
    "records": lambda registry: list(registry.records("actor")),
    "find": lambda registry: registry.find("palmyra"),
    "version": lambda registry: registry.version("site", "palmyra"),
    "search": lambda registry: registry.search("palmyra"),
    "check": lambda registry: list(registry.check()),
    "change": lambda registry: registry.change(**WHO).__enter__(),
    "load": lambda registry: registry.load("own.jsonl"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_closed_registry_says_so(registry: Registry, verb: str) -> None:
    registry.close()
    registry.close()

    with pytest.raises(UsageError, match="was closed; open it again"):
        VERBS[verb](registry)


@pytest.mark.parametrize("verb", VERBS)
def test_a_registry_belongs_to_the_thread_that_opened_it(registry: Registry, verb: str) -> None:
    raised: list[BaseException] = []

    def use() -> None:
        try:
            VERBS[verb](registry)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is looked at
            raised.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()

    assert ["UsageError"] == [type(error).__name__ for error in raised]
    assert "thread" in str(raised[0])


def test_a_registry_is_not_closed_under_a_change(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        with pytest.raises(UsageError, match="a change is open"):
            registry.close()
        change.put(Site(id="new"))

    assert "new" == registry.site("new").id


@pytest.mark.parametrize("record", [None, "palmyra", {"id": "palmyra"}, Name(text="x"), 3])
def test_only_records_can_be_put(registry: Registry, record: Site) -> None:
    with pytest.raises(UsageError, match="takes a record"), registry.change(**WHO) as change:
        change.put(record)


def test_kinds_that_there_are_not_are_refused(registry: Registry) -> None:
    with pytest.raises(heritage.UnknownKindError, match="known are"):
        registry.record("monument", "palmyra")
    with pytest.raises(heritage.UnknownKindError):
        registry.records("monument")
    with pytest.raises(heritage.UnknownKindError), registry.change(**WHO) as change:
        change.amend("monument", "palmyra", kind="temple")


def test_an_id_that_leads_nowhere_is_named(registry: Registry) -> None:
    for ask in (registry.site, registry.event, registry.source, registry.claim, registry.actor):
        with pytest.raises(heritage.RecordNotFoundError, match="'nowhere'"):
            ask("nowhere")
    with pytest.raises(heritage.RecordNotFoundError, match="site, event or source"):
        registry.find("nowhere")
    with pytest.raises(LookupError):
        registry.sites(part_of="nowhere")


def test_find_tells_the_kind(registry: Registry) -> None:
    found = [registry.find(id) for id in ("palmyra", "whc:23", "blast", "unosat")]

    assert [("site", PALMYRA), ("site", PALMYRA), ("event", BLAST), ("source", SOURCE)] == found


# Opening.


def test_a_registry_that_is_only_read_cannot_be_changed(registry: Registry, path: Path) -> None:
    before = tables(path)

    with heritage.open(path, readonly=True) as reader:
        assert PALMYRA == reader.site("palmyra")
        with pytest.raises(heritage.RegistryReadOnlyError), reader.change(**WHO) as change:
            change.put(Site(id="new"))

    assert before == tables(path)


def test_creating_opens_what_is_there_already(registry: Registry, path: Path) -> None:
    with heritage.open(path, create=True) as again:
        assert PALMYRA == again.site("palmyra")


def test_a_registry_cannot_be_both_new_and_read_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        heritage.open(tmp_path / "x.db", create=True, readonly=True)

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["a b.db", "q?mode=memory.db", "#x.db", "%41.db", "تدمر.db", "a'b.db"]
)
def test_a_registry_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with heritage.open(path, create=True) as registry, registry.change(**WHO) as change:
        change.put(BAM)

    with heritage.open(str(path), readonly=True) as registry:
        assert BAM == registry.site("bam")
    assert [name] == [each.name for each in tmp_path.iterdir()]
