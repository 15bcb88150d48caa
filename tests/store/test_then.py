"""What was known after any change is what is read as of that change."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import heritage
from heritage.errors import HeritageError
from heritage.model import RECORDS
from heritage.reading import Reading
from heritage.registry import Registry
from heritage.store.tables import TABLES
from tests.registries import flat, load, write_empty
from tests.strategies import collections

WHO = {"by": "n.kassem", "why": "a test"}
DERIVED = ("_site_ancestors", "_event_ancestors", "_source_ancestors", "_site_countries")
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("site", {"all": True}),
    ("site", {"country": "SY"}),
    ("site", {"within": (-180, -90, 180, 90)}),
    ("site", {"within": (0, 0, 90, 90), "all": True}),
    ("site", {"register": "world-heritage"}),
    ("site", {"in_danger": True}),
    ("site", {"conflicting": True}),
    ("site", {"during": "2015", "all": True}),
    ("listing", {"during": "2010/2020", "certainly": True}),
    ("event", {"during": "2015", "all": True}),
    ("event", {"conflicting": True}),
    ("claim", {"property": "date"}),
    ("claim", {"country": "SY"}),
    ("observation", {"during": "2015/2016"}),
    ("source", {"property": "date"}),
)
WORDS = ("palmyra", "the same", "تدمر", "a", "s1", "qal")
OUTSIDE = (
    "UPDATE sites SET kind = 'city', longitude = 38.27, latitude = 34.55",
    "UPDATE sites SET part_of = NULL WHERE part_of IS NOT NULL",
    "UPDATE sites SET part_of = 'a0' WHERE id <> 'a0'",
    "UPDATE events SET label = 'Blast', part_of = NULL",
    "INSERT OR REPLACE INTO names VALUES ('a0', 'Palmyra', 'en', 'common')",
    "UPDATE names SET site = 'a1' WHERE site = 'a0'",
    "DELETE FROM names WHERE site = 'a1'",
    "DELETE FROM listings",
    "DELETE FROM source_relies_on",
    "INSERT OR REPLACE INTO sources (id, title) VALUES ('s0', 'Another title')",
    "INSERT OR REPLACE INTO editions (dataset, edition, edition_latest)"
    " VALUES ('whc', '2015', '2015-12-31')",
    "UPDATE editions SET edition_latest = '2014-12-31'",
    "DELETE FROM editions",
    "INSERT INTO descriptions VALUES ('a0', 'whc', '2015', '{}')",
    "INSERT INTO descriptions VALUES ('a1', 'whc', '2015', '{}')",
    "DELETE FROM descriptions",
    "UPDATE claims SET confidence = 'low'",
    "UPDATE identifiers SET site = 'a0'",
    "DELETE FROM reviews",
)


def rows_of(reader: Reading, table: str) -> list[Any]:
    """Every column of a table but the number of the row, as a question would see it."""
    cursor = reader._connection.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    kept = sorted(name for name in names if name not in {"rowid", "salt"})
    found = (dict(zip(names, row, strict=True)) for row in cursor)
    return sorted(([(name, row[name]) for name in kept] for row in found), key=repr)


def known(reader: Reading) -> dict[str, Any]:
    """Everything that can be asked, with its answers."""
    found: dict[str, Any] = {}
    for kind in RECORDS:
        records = list(reader.records(kind, all=kind not in UNFILTERED))
        found[kind] = [
            (each, reader.version(kind, each.id), reader.former_ids(kind, each.id))
            for each in records
        ]
    for kind, filters in QUESTIONS:
        key = f"{kind} {filters}"
        found[key] = [each.id for each in reader.records(kind, **filters)]
        found[f"{key}, two"] = [each.id for each in reader.records(kind, limit=2, **filters)]
    for word in WORDS:
        found[f"search {word}"] = {(hit.kind, hit.id, hit.label) for hit in reader.search(word)}
    found["conclusions"] = reader.conclusions()
    found["changes"] = reader.changes()
    found["problems"] = list(reader.check())
    for kind in ("site", "event"):
        for record, *_ in found[kind]:
            found[f"log of {record.id}"] = reader.history(record.id)
            found[f"why {record.id}"] = [
                reader.explain(record.id, name) for name in ("date", "severity")
            ]
    for site, *_ in found["site"]:
        found[f"state of {site.id}"] = reader.state(site.id, "2016")
        found[f"parts of {site.id}"] = reader.states_of_parts(site.id, "2016")
        found[f"in {site.id}"] = [each.id for each in reader.claims(part_of=site.id)]
    for table in (*(table.name for table in TABLES), "conclusions", *DERIVED):
        found[f"rows of {table}"] = rows_of(reader, table)
    return found


def differences(expected: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The answers that are others, each with what it should have been."""
    return {
        question: (expected.get(question), found.get(question))
        for question in expected.keys() | found.keys()
        if expected.get(question) != found.get(question)
    }


UNFILTERED = ("actor", "evidence", "review")


def someone(registry: Registry, data: st.DataObject) -> tuple[str, str] | None:
    every = [(kind, each.id) for kind in RECORDS for each in registry.records(kind)]
    return data.draw(st.sampled_from(every)) if every else None


def put(registry: Registry, data: st.DataObject) -> None:
    for record in flat(data.draw(collections(most=2))):
        with suppress(HeritageError), registry.change(**WHO) as change:
            change.put(record)


def put_together(registry: Registry, data: st.DataObject) -> None:
    collection = flat(data.draw(collections(most=2)))
    with suppress(HeritageError), registry.change(**WHO) as change:
        for record in collection:
            change.put(record)


def load_more(registry: Registry, data: st.DataObject) -> None:
    prefix = data.draw(st.sampled_from(("x", "y", "")))
    taken = {each.id for kind in RECORDS for each in registry.records(kind)}
    collection = data.draw(collections(prefix=prefix, most=2))
    with suppress(sqlite3.Error):
        load(
            registry._connection,
            {kind: [r for r in each if r.id not in taken] for kind, each in collection.items()},
        )


def retract(registry: Registry, data: st.DataObject) -> None:
    chosen = someone(registry, data)
    if chosen:
        with suppress(HeritageError), registry.change(**WHO) as change:
            change.retract(*chosen)


def rename(registry: Registry, data: st.DataObject) -> None:
    chosen = someone(registry, data)
    if chosen:
        new = data.draw(st.sampled_from(("a0", "a1", "n1", "n2", "e1", "s1", "c9")))
        with suppress(HeritageError), registry.change(**WHO) as change:
            change.rename(*chosen, new)


def outside(registry: Registry, data: st.DataObject) -> None:
    connection = sqlite3.connect(registry.path)
    with suppress(sqlite3.Error):
        connection.execute(data.draw(st.sampled_from(OUTSIDE)))
        connection.commit()
    connection.close()


ACTS: tuple[Callable[[Registry, st.DataObject], None], ...] = (
    put,
    put_together,
    load_more,
    retract,
    rename,
    rename,
    outside,
    outside,
    outside,
)


@contextmanager
def a_registry() -> Iterator[Registry]:
    folder = Path(tempfile.mkdtemp())
    try:
        with heritage.open(write_empty(folder / "registry.db")) as registry:
            yield registry
    finally:
        shutil.rmtree(folder)


@given(data=st.data(), acts=st.lists(st.sampled_from(ACTS), min_size=2, max_size=6))
@settings(max_examples=12)
def test_what_was_known_after_every_change_is_read_as_of_it(
    data: st.DataObject, acts: list[Callable[[Registry, st.DataObject], None]]
) -> None:
    with a_registry() as registry:
        remembered = {0: known(registry)}
        opened = {0: registry.at("change:0")}
        for act in (put_together, *acts):
            act(registry, data)
            newest = next((change.id for change in registry.changes(limit=1)), 0)
            remembered[newest] = known(registry)
            change = data.draw(st.sampled_from(sorted(opened.keys() - {newest})))
            assert {} == differences(remembered[change], known(opened[change]))
            opened.setdefault(newest, registry.at(f"change:{newest}"))
        for change, answers in remembered.items():
            with registry.at(f"change:{change}") as then:
                assert {} == differences(answers, known(then))
            opened[change].close()
