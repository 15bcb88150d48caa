"""UNESCO's own files, in the order in which they came out and against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import heritage
from heritage import Registry
from heritage.ingest.formats import format_of, tables_of
from heritage.model import RECORDS, Record

DANGER = re.compile(r"\bY\s*\d{4}")


@pytest.fixture(scope="module")
def unesco(shared_data: Path) -> Path:
    return shared_data / "unesco"


@pytest.fixture(scope="module")
def loaded(unesco: Path, empty: Callable[[], Path]) -> Iterator[Registry]:
    with heritage.open(empty()) as registry:
        first = registry.load(unesco / "whc-sites-2019.xls")
        assert (1121, 0, 1121, "2019") == (first.created, first.changed, first.rows, first.edition)
        second = registry.load(unesco / "whc-sites-2024.xlsx")
        assert (1223, ("whc-1150",)) == (second.rows, second.left)
        yield registry


def in_danger(file: Path) -> set[str]:
    """The sites that a spreadsheet has in danger, read as plainly as can be."""
    (table, *_) = tables_of(str(file), format_of(str(file)))
    rows = [{key.lower(): value for key, value in row.values.items()} for row in table.rows]
    return {
        f"whc-{int(float(str(row['id_no'])))}"
        for row in rows
        if DANGER.search(str(row.get("danger_list") or ""))
        and not re.search(r"Y\s*\d{4}\s*-\s*\d{4}", str(row.get("danger_list")))
    }


def test_the_newest_edition_is_current_and_liverpool_is_kept(loaded: Registry) -> None:
    current = [site.id for site in loaded.sites()]

    assert 1223 == len(current) == len(set(current))
    assert ["whc-1150"] == [site.id for site in loaded.sites(status="left")]
    assert 1224 == sum(1 for _ in loaded.sites(all=True))
    assert "Liverpool" in loaded.site("whc:1150").name


def test_no_site_and_no_listing_is_doubled(loaded: Registry) -> None:
    sites = list(loaded.sites(all=True))
    numbers = [one for site in sites for one in site.identifiers]
    inscribed = [listing.site for listing in loaded.listings(status="inscribed", all=True)]

    assert len(numbers) == len(set(numbers)) == len(sites)
    assert sorted(site.id for site in sites) == sorted(inscribed)


def test_those_in_danger_are_those_of_the_newest_file(loaded: Registry, unesco: Path) -> None:
    assert in_danger(unesco / "whc-sites-2024.xlsx") == {
        site.id for site in loaded.sites(in_danger=True)
    }


def test_the_older_file_alone_tells_of_its_own_danger(
    unesco: Path, empty: Callable[[], Path]
) -> None:
    file = unesco / "whc-sites-2019.xls"
    with heritage.open(empty()) as registry:
        registry.load(file)

        assert in_danger(file) == {site.id for site in registry.sites(in_danger=True)}


def test_the_same_files_again_change_nothing(
    loaded: Registry, unesco: Path, whole: Callable[[Path], str]
) -> None:
    before = whole(loaded.path)

    for name in ("whc-sites-2024.xlsx", "whc-sites-2019.xls"):
        again = loaded.load(unesco / name)
        assert (0, 0, None) == (again.created, again.changed, again.change)

    assert before == whole(loaded.path)


def test_files_in_any_order_agree(
    unesco: Path,
    root: Path,
    empty: Callable[[], Path],
    content: Callable[[Path], object],
    sound: Callable[[Path], None],
) -> None:
    names = ("sources", "sites", "world-heritage", "listings", "events", "claims")
    files = [
        *(
            unesco / name
            for name in ("whc-sites-2019.xls", "whc-sites-2024.xlsx", "whc-en-2019.xml")
        ),
        *(root / "fixtures" / "dossier" / f"{name}.jsonl" for name in names),
    ]
    found = []
    for order in (files, [*files[3:], files[1], files[2], files[0]]):
        path = empty()
        with heritage.open(path) as registry:
            for file in order:
                registry.load(file)
            assert {"palmyra"} == {registry.site(id).id for id in ("palmyra", "whc:23", "whc-23")}
        sound(path)
        found.append(content(path))
    assert found[0] == found[1]


def test_an_edition_that_is_undone_leaves_the_registry_as_before_and_loads_again(
    unesco: Path, empty: Callable[[], Path]
) -> None:
    newer = unesco / "whc-sites-2024.xlsx"
    with heritage.open(empty()) as registry:
        registry.load(unesco / "whc-sites-2019.xls")
        before = everything(registry)
        first = registry.load(newer)
        assert first.change is not None
        after = everything(registry)

        done = registry.revert(first.change, by="n.kassem", why="the wrong file")
        assert (first.change + 1, before) == (done.change, everything(registry))
        again = registry.load(newer)

        assert (first.created, first.changed, first.left) == (
            again.created, again.changed, again.left)  # fmt: skip
        assert after == everything(registry)


def everything(registry: Registry) -> list[Record]:
    return [record for kind in RECORDS for record in registry.records(kind, all=True)]
