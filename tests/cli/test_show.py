"""`heritage show`: a dossier that a person can read, and one that a program can."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from heritage.cli.table import columns_of
from heritage.codec import from_plain

Run = Callable[..., Result]

SINGULAR = {
    "whole": "site", "parts": "site", "sites": "site", "listings": "listing", "events": "event",
    "claims": "claim", "observations": "observation", "interventions": "intervention",
    "relies_on": "source", "relied_on_by": "source", "sources": "source",
}  # fmt: skip


def shown(run: Run, registry: Path, id: str) -> dict[str, Any]:
    """A dossier as JSON."""
    result = run("show", registry, id, "--format", "json")
    assert (0, "") == (result.exit_code, result.stderr)
    plain: dict[str, Any] = json.loads(result.stdout)
    return plain


@pytest.mark.parametrize("id", ["palmyra", "whc:23", "wikidata:Q5747", "WHC:23"])
def test_a_site_is_found_by_any_of_its_identifiers(id: str, run: Run, demo: Path) -> None:
    assert "palmyra" == shown(run, demo / "registry.db", id)["id"]


def test_a_former_id_leads_to_the_record(run: Run, registry: Path) -> None:
    with closing(sqlite3.connect(registry)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("UPDATE sites SET id = 'palmyra-bel' WHERE id = 'bel'")
        connection.commit()

    found = shown(run, registry, "bel")

    assert ("palmyra-bel", ["bel"]) == (found["id"], found["former_ids"])
    assert "palmyra-bel (before: bel)" in run("show", registry, "bel").stdout


def test_palmyra_is_shown_with_all_that_belongs_to_it(run: Run, demo: Path) -> None:
    text = run("show", demo / "registry.db", "palmyra").stdout

    for expected in (
        "تدمر", "whc:23", "Archaeological site", "34.5542° N, 38.2667° E", "in danger since 2013",
        "Temple of Bel [palmyra-bel]", "معبد بعلشمين", "palmyra-bel-2015", "30 August 2015",
        "[src-alarabiya-20150901]", "cannot determine: ", "Observations", "Interventions",
    ):  # fmt: skip
        assert expected in text


def test_the_parts_of_parts_stand_under_their_whole(run: Run, demo: Path) -> None:
    lines = run("show", demo / "registry.db", "palmyra").stdout.splitlines()
    temple = next(n for n, line in enumerate(lines) if line.startswith("Temple of Bel [pal"))

    assert lines[temple + 1].startswith("  Temple of Bel, ")


@pytest.mark.parametrize("id", ["palmyra", "palmyra-bel-2015", "src-mail-20150918", "aleppo"])
def test_a_page_is_no_wider_than_its_terminal(
    id: str, run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("show", demo / "registry.db", id).stdout.splitlines()

    assert [] == [line for line in lines if columns_of(line) > 80 and " " in line.strip()]


@pytest.mark.parametrize("id", ["palmyra", "palmyra-bel-2015", "src-mail-20150918"])
def test_json_holds_every_record_whole(id: str, run: Run, demo: Path) -> None:
    found = shown(run, demo / "registry.db", id)
    kind = found["kind"]

    assert found["id"] == from_plain(kind, found["record"]).id
    for word, records in found.items():
        if word in SINGULAR:
            for record in records:
                from_plain(SINGULAR[word], record)
    assert {"kind", "id", "version", "former_ids", "record"} == set(found) - set(SINGULAR)


def test_json_of_a_site_holds_what_stands_in_the_tables(run: Run, demo: Path) -> None:
    registry = demo / "registry.db"
    found = shown(run, registry, "palmyra")
    with closing(sqlite3.connect(registry)) as connection:
        within = (
            "SELECT site FROM _site_ancestors WHERE ancestor = 'palmyra' UNION SELECT 'palmyra'"
        )
        events = f"SELECT DISTINCT event FROM event_sites WHERE site IN ({within})"
        counts = {
            "parts": "SELECT count(*) FROM _site_ancestors WHERE ancestor = 'palmyra'",
            "listings": "SELECT count(*) FROM listings WHERE site = 'palmyra'",
            "events": f"SELECT count(*) FROM ({events})",
            "claims": "SELECT count(*) FROM claims"
            f" WHERE subject IN ({events}) OR subject IN ({within}) OR site IN ({within})",
            "observations": f"SELECT count(*) FROM observations WHERE site IN ({within})",
        }
        expected = {word: connection.execute(sql).fetchone()[0] for word, sql in counts.items()}

    assert expected == {word: len(found[word]) for word in expected}
    named = {claim["source"] for claim in found["claims"]}
    assert named <= {source["id"] for source in found["sources"]}


def test_an_event_shows_each_value_with_who_says_so(run: Run, registry: Path) -> None:
    text = run("show", registry, "bel-2015").stdout

    assert "date: between 27 and 31 August 2015 [[2015-08-27..2015-08-31]]" in text
    assert "asserts: Imagery report (UNOSAT, 31 August 2015) [un] “still there on the 27th”" in text


def test_a_source_shows_what_it_says_and_on_whom_it_relies(run: Run, demo: Path) -> None:
    text = run("show", demo / "registry.db", "src-mail-20150918").stdout

    assert "relies on" in text
    assert "src-sohr-20150918" in text
    assert "palmyra-airstrikes-20150918" in text


def test_no_name_reaches_the_terminal_as_a_command(run: Run, registry: Path) -> None:
    with closing(sqlite3.connect(registry)) as connection:
        connection.execute("UPDATE events SET label = 'Bel ' || char(27) || '[2J' || char(8238)")
        connection.commit()

    for arguments in (("show", registry, "bel-2015"), ("list", registry, "events")):
        text = run(*arguments).stdout
        assert "Bel" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
