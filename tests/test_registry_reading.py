"""Reading a registry: lists and their filters, search in any script, and doubts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import heritage
from heritage import (
    Name,
    Registry,
    Site,
    UsageError,
)
from heritage.model import Record
from tests.palmyra import (
    BLAST,
    BLOG,
    DANGER,
    DATED,
    DATED_TOO,
    EVERYTHING,
    PALMYRA,
    REVIEWED,
    SEEN,
    SHAKEN,
    WHO,
    WORKS,
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that no test changes."""
    path = tmp_path_factory.mktemp("filled") / "registry.db"
    with heritage.open(path, create=True) as registry:
        put(registry, *EVERYTHING)
        yield registry


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with heritage.open(tmp_path / "registry.db", create=True) as registry:
        put(registry, *EVERYTHING)
        yield registry


def put(registry: Registry, *records: Record) -> None:
    with registry.change(**WHO) as change:
        for record in records:
            change.put(record)


def ids(records: Iterator[Any]) -> list[str]:
    return [record.id for record in records]


ASKED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("site", {}, ["bam", "bel", "palmyra"]),
    ("site", {"country": "SY"}, ["bel", "palmyra"]),
    ("site", {"country": "sy"}, ["bel", "palmyra"]),
    ("site", {"country": "XX"}, []),
    ("site", {"part_of": "whc:23"}, ["bel"]),
    ("site", {"site": "whc:23"}, ["palmyra"]),
    ("site", {"within": (38, 34, 39, 35)}, ["palmyra"]),
    ("site", {"within": (-180, -90, 180, 90)}, ["bam", "palmyra"]),
    ("site", {"within": (58, 29, 39, 35)}, ["bam", "palmyra"]),
    ("site", {"register": "world-heritage"}, ["palmyra"]),
    ("site", {"status": "in-danger"}, ["palmyra"]),
    ("site", {"status": "inscribed"}, []),
    ("site", {"in_danger": True}, ["palmyra"]),
    ("site", {"in_danger": True, "during": "2013"}, ["palmyra"]),
    ("site", {"in_danger": True, "during": "2012"}, []),
    ("site", {"in_danger": True, "during": "2012/2014", "certainly": True}, ["palmyra"]),
    ("site", {"event": "blast"}, ["bel"]),
    ("event", {}, ["blast", "quake"]),
    ("event", {"during": "2015-08"}, ["blast"]),
    ("event", {"during": "2015-08-31"}, ["blast"]),
    ("event", {"during": "2015-08-31", "certainly": True}, []),
    ("event", {"during": "2015-08", "certainly": True}, ["blast"]),
    ("event", {"during": "2015-09"}, []),
    ("event", {"site": "bel"}, ["blast"]),
    ("event", {"site": "palmyra"}, ["blast"]),
    ("event", {"part_of": "palmyra"}, ["blast"]),
    ("event", {"site": "bam"}, ["quake"]),
    ("event", {"source": "unosat"}, ["blast"]),
    ("event", {"country": "IR"}, ["quake"]),
    ("claim", {"event": "blast"}, sorted([DATED.id, DATED_TOO.id])),
    ("claim", {"source": "unosat"}, [DATED.id]),
    ("claim", {"property": "severity"}, []),
    ("claim", {"during": "2003"}, [SHAKEN.id]),
    ("listing", {"site": "palmyra"}, [DANGER.id]),
    ("listing", {"status": "inscribed"}, []),
    ("listing", {"during": "2020"}, [DANGER.id]),
    ("observation", {"site": "palmyra"}, [SEEN.id]),
    ("observation", {"during": "2015-09"}, []),
    ("intervention", {"during": "2016"}, [WORKS.id]),
    ("source", {}, ["blog", "unosat"]),
    ("source", {"event": "blast"}, ["blog", "unosat"]),
    ("source", {"source": "unosat"}, ["blog", "unosat"]),
    ("source", {"event": "quake"}, ["blog"]),
    ("actor", {}, ["witness-1"]),
    ("evidence", {}, ["photo-1"]),
    ("review", {}, [REVIEWED.id]),
]


@pytest.mark.parametrize(("kind", "filters", "expected"), ASKED)
def test_a_list_holds_what_passes_its_filters(
    filled: Registry, kind: str, filters: dict[str, Any], expected: list[str]
) -> None:
    assert expected == ids(filled.records(kind, **filters))


def test_each_kind_has_its_verb(filled: Registry) -> None:
    assert [[PALMYRA], [BLAST], [SEEN], [DANGER], [WORKS], [BLOG], [DATED]] == [
        list(filled.sites(site="palmyra")),
        list(filled.events(event="blast")),
        list(filled.observations()),
        list(filled.listings()),
        list(filled.interventions()),
        list(filled.sources(limit=1)),
        list(filled.claims(source="unosat")),
    ]


def test_a_list_can_be_cut_short(filled: Registry) -> None:
    assert [[], ["bam"], ["bam", "bel"], ["bam", "bel", "palmyra"]] == [
        ids(filled.sites(limit=limit)) for limit in (0, 1, 2, 99)
    ]
    assert [] == ids(filled.records("actor", limit=0))


@pytest.mark.parametrize(
    ("kind", "filters"),
    [
        ("site", {"contry": "SY"}),
        ("source", {"status": "left"}),
        ("claim", {"in_danger": True}),
        ("actor", {"country": "SY"}),
        ("site", {"within": (0, 91, 1, 92)}),
        ("site", {"limit": -1}),
        ("site", {"limit": "many"}),
        ("site", {"during": "August"}),
    ],
)
def test_a_filter_that_means_nothing_is_refused_at_once(
    filled: Registry, kind: str, filters: dict[str, Any]
) -> None:
    with pytest.raises((UsageError, heritage.DateParseError)):
        filled.records(kind, **filters)


def test_a_list_can_be_read_while_its_records_are_changed(registry: Registry) -> None:
    for site in registry.sites():
        with registry.change(**WHO) as change:
            change.amend("site", site.id, category="cultural")

    assert ["cultural"] * 3 == [site.category for site in registry.sites()]


@pytest.mark.parametrize(
    "text",
    ["Palmyra", "palmyra", "PALMYRA", "palmy", "Пальмира", "пальмир", "تدمر", "تَدْمُر", "Tadmur",
     "tadmūr", "site palmyra"],
)  # fmt: skip
def test_search_finds_a_name_in_any_script(filled: Registry, text: str) -> None:
    assert "palmyra" in [hit.id for hit in filled.search(text)]


@pytest.mark.parametrize(
    "text", ["", " ", '"', "*", "AND", "a OR b", "NEAR(", "x\0y", "'", "^", "-"]
)
def test_any_text_can_be_searched_for(filled: Registry, text: str) -> None:
    assert all(hit.id for hit in filled.search(text))


def test_search_tells_kind_and_label_and_follows_changes(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        change.amend("site", "bel", names=[Name(text="Baal temple", language="en")])

    assert [] == [hit for hit in registry.search("Temple of Bel") if hit.kind == "site"]
    (hit,) = registry.search("baal")
    assert ("site", "bel", "Baal temple") == (hit.kind, hit.id, hit.label)


def test_check_tells_of_terms_that_no_vocabulary_holds(registry: Registry) -> None:
    with registry.change(**WHO) as change:
        change.put(Site(id="odd", kind="tempel"))

    (problem,) = [each for each in registry.check() if each.code == "unknown-term"]
    assert ("tempel", "did you mean temple?") == (problem.value, problem.suggestion)
