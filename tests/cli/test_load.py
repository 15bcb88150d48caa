"""`heritage load`: what is printed where, and what is in the registry afterwards."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from heritage.loading import LoadReport

Run = Callable[..., Result]
Lines = Callable[..., Path]

KEYS = [
    "file", "source", "rows", "created", "changed", "unchanged", "left", "problems", "change",
]  # fmt: skip
PROBLEM_KEYS = ["code", "message", "row", "column", "value", "suggestion"]

WHC = (
    "unique_number,id_no,rev_bis,name_en,date_inscribed,secondary_dates,danger,date_end,"
    "danger_list,longitude,latitude,area_hectares,category,criteria_txt,iso_code,transboundary"
)
PALMYRA = (
    "27,23,Bis,Site of Palmyra,1980,2017,1,,Y 2013,38.26667,34.55417,1640.5,Cultural,"
    "(i)(ii)(iv),sy,0"
)
LIVERPOOL = "1352,1150,,Liverpool,2004,,1,,Y 2012,-2.99444,53.40667,136,Cultural,(ii)(iii)(iv),gb,0"

SOURCE = ("source", {"id": "un", "title": "Imagery report"})
SITE = ("site", {"id": "bel", "names": [{"text": "Temple of Bel", "language": "en"}]})
CLAIM = ("claim", {"subject": "bel", "property": "height", "value": "14 m", "source": "un"})


@pytest.fixture
def empty(tmp_path: Path, run: Run) -> Path:
    """A registry without records."""
    path = tmp_path / "empty.db"
    assert 0 == run("init", path).exit_code
    return path


def edition(tmp_path: Path, name: str, *rows: str) -> Path:
    """A small edition of UNESCO's list."""
    path = tmp_path / name
    path.write_text("\n".join((WHC, *rows, "")), "utf-8")
    return path


def printed(result: Result) -> list[dict[str, Any]]:
    """The JSON objects on standard output, one a line."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def changes(registry: Path) -> list[tuple[str | None, str | None, str | None]]:
    """Who, why and of what dataset, of each change."""
    with closing(sqlite3.connect(registry)) as connection:
        return connection.execute("SELECT by, why, dataset FROM changes ORDER BY id").fetchall()


def test_a_load_prints_what_the_contract_says_and_nothing_else(
    run: Run, empty: Path, lines: Lines
) -> None:
    file = lines(SOURCE, SITE, name="a.jsonl")

    result = run("load", empty, file, "--json")

    assert 0 == result.exit_code
    (report,) = printed(result)
    assert KEYS == list(report)
    assert {"file": str(file), "source": "own", "rows": 2, "created": 2, "changed": 0} | {
        "unchanged": 0, "left": [], "problems": [], "change": 1,
    } == report  # fmt: skip


def test_the_same_file_again_changes_nothing(run: Run, empty: Path, lines: Lines) -> None:
    file = lines(SOURCE, SITE, name="a.jsonl")
    run("load", empty, file)

    result = run("load", empty, file, "--json")

    (report,) = printed(result)
    assert (0, 0, 2, None) == tuple(
        report[key] for key in ("created", "changed", "unchanged", "change")
    )
    assert "nothing to change" in result.stderr
    assert 1 == len(changes(empty))


def test_without_json_nothing_is_printed_but_a_summary_for_people(
    run: Run, empty: Path, lines: Lines
) -> None:
    result = run("load", empty, lines(SOURCE, SITE, name="a.jsonl"))

    assert "" == result.stdout
    assert "a.jsonl: 2 records created" in result.stderr


@pytest.mark.parametrize("backwards", [False, True])
def test_files_given_together_may_name_each_other_in_any_order(
    backwards: bool, run: Run, empty: Path, lines: Lines
) -> None:
    files = [
        lines(CLAIM, name="claims.jsonl"),
        lines(SITE, name="sites.jsonl"),
        lines(SOURCE, name="sources.jsonl"),
    ]

    result = run("load", empty, *(files[::-1] if backwards else files), "--json")

    assert 0 == result.exit_code, result.output
    assert [1, 1, 1] == [report["created"] for report in printed(result)]
    assert 1 == len(changes(empty))


def test_files_may_name_each_other_in_a_circle(run: Run, empty: Path, lines: Lines) -> None:
    """The first file needs the second for its claim, and the second the first for its source."""
    first = lines(SOURCE, CLAIM, name="first.jsonl")
    second = lines(("site", SITE[1] | {"source": "un"}), name="second.jsonl")

    assert 0 == run("load", empty, first, second).exit_code
    assert "bel" in run("list", empty, "claims", "--format", "jsonl").stdout


def test_a_folder_stands_for_the_lines_in_it(run: Run, empty: Path, tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    folder.mkdir()
    (folder / "b.jsonl").write_text(json.dumps({"kind": "source", "record": SOURCE[1]}))
    (folder / "a.jsonl").write_text(json.dumps({"kind": "claim", "record": CLAIM[1]}))
    (folder / "c.jsonl").write_text(json.dumps({"kind": "site", "record": SITE[1]}))
    (folder / "README.md").write_text("not a record")

    result = run("load", empty, folder, "--json")

    assert ["a.jsonl", "b.jsonl", "c.jsonl"] == [
        Path(report["file"]).name for report in printed(result)
    ]
    assert 0 == result.exit_code


def test_a_problem_is_told_with_its_place_and_the_rest_is_loaded(
    run: Run, empty: Path, lines: Lines
) -> None:
    bad = ("source", {"id": "no title"})
    file = lines(SOURCE, bad, CLAIM, SITE, name="a.jsonl")

    result = run("load", empty, file, "--json")

    (report,) = printed(result)
    assert 1 == result.exit_code
    assert 3 == report["created"]
    (problem,) = report["problems"]
    assert PROBLEM_KEYS == list(problem)
    assert ("invalid-record", 2) == (problem["code"], problem["row"])
    assert f"{file}:2: invalid-record " in result.stderr


def test_a_problem_of_one_file_is_told_of_that_file(run: Run, empty: Path, lines: Lines) -> None:
    lost = ("claim", CLAIM[1] | {"source": "nobody"})
    one = lines(SOURCE, lost, name="one.jsonl")
    two = lines(SITE, CLAIM, lost, name="two.jsonl")

    result = run("load", empty, one, two, "--json")

    told = [[(p["code"], p["row"]) for p in report["problems"]] for report in printed(result)]
    assert [("unknown-reference", 2)] == told[0]
    assert 3 in [row for _, row in told[1]] or told[1] == []
    assert f"{one}:2: unknown-reference" in result.stderr


def test_strict_loads_nothing_where_anything_is_wrong(run: Run, empty: Path, lines: Lines) -> None:
    file = lines(SOURCE, ("source", {"id": "no title"}), name="a.jsonl")

    result = run("load", empty, file, "--strict", "--json")

    assert 1 == result.exit_code
    assert "nothing was changed" in result.stderr
    assert None is printed(result)[0]["change"]
    assert [] == changes(empty)
    assert "" == run("list", empty, "sources", "--format", "jsonl").stdout


def test_strict_refuses_files_that_are_one_change_together(
    run: Run, empty: Path, lines: Lines
) -> None:
    sound = lines(SOURCE, name="sound.jsonl")
    bad = lines(("source", {"id": "no title"}), name="bad.jsonl")

    result = run("load", empty, sound, bad, "--strict", "--json")

    assert 1 == result.exit_code
    assert [None, None] == [report["change"] for report in printed(result)]
    assert 2 == result.stderr.count("nothing was changed, as --strict asks")
    assert [] == changes(empty)


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(
    run: Run, empty: Path, lines: Lines
) -> None:
    before = empty.read_bytes()
    result = run("load", empty, lines(SOURCE, name="a.jsonl"), "--dry-run", "--json")

    assert (1, None) == (printed(result)[0]["created"], printed(result)[0]["change"])
    assert "dry run" in result.stderr
    assert before == empty.read_bytes()


def test_who_and_why_stand_in_the_log(run: Run, empty: Path, lines: Lines) -> None:
    file = lines(SOURCE, name="a.jsonl")
    run("load", empty, file, "--by", "n.kassem", "--why", "imagery of 31 August")

    assert [("n.kassem", "imagery of 31 August", "own")] == changes(empty)


def test_unasked_the_login_name_and_the_files_stand_in_the_log(
    run: Run, empty: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "archivist")
    run("load", empty, lines(SOURCE, name="a.jsonl"), lines(SITE, name="b.jsonl"))

    assert [("archivist", "load a.jsonl, b.jsonl", "own")] == changes(empty)


def test_a_user_without_a_name_loads_all_the_same(
    run: Run, empty: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("uid")

    monkeypatch.setattr("getpass.getuser", nameless)

    assert 0 == run("load", empty, lines(SOURCE, name="a.jsonl")).exit_code
    assert None is changes(empty)[0][0]


def test_unescos_list_counts_sites_and_names_those_that_left(
    run: Run, empty: Path, tmp_path: Path
) -> None:
    old = edition(tmp_path, "old.csv", PALMYRA, LIVERPOOL)
    new = edition(tmp_path, "new.csv", PALMYRA)
    first = run("load", empty, old, "--edition", "2019", "--json")
    second = run("load", empty, new, "--edition", "2024", "--json")

    assert ("whc", 2, 2) == tuple(printed(first)[0][key] for key in ("source", "rows", "created"))
    assert ["whc-1150"] == printed(second)[0]["left"]
    assert "whc-1150" in second.stderr
    assert "1 site left" in second.stderr
    assert 1 == len(run("list", empty, "sites", "--format", "jsonl").stdout.splitlines())
    left = run("list", empty, "sites", "--status", "left", "--format", "jsonl")
    assert ["whc-1150"] == [json.loads(line)["id"] for line in left.stdout.splitlines()]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04 this is no workbook", "cannot be read|damaged|workbook|ZIP"),
        (b"\x89PNG\r\n\x1a\n", "it is a PNG image"),
        (b"<html><body><table></table></body></html>", "web page"),
        (b"name,colour\nBel,white\n", "cannot be told for certain"),
    ],
    ids=["empty", "broken", "picture", "page", "stranger"],
)
def test_a_spreadsheet_that_is_none_is_told_and_the_others_are_loaded(
    content: bytes, reason: str, run: Run, empty: Path, lines: Lines, tmp_path: Path
) -> None:
    bad = tmp_path / "list.xlsx"
    bad.write_bytes(content)

    result = run("load", empty, bad, lines(SOURCE, name="a.jsonl"), "--json")

    assert 1 == result.exit_code
    first, second = printed(result)
    assert ["unreadable-file"] == [problem["code"] for problem in first["problems"]]
    assert (0, None) == (first["rows"], first["change"])
    assert f"{bad}: unreadable-file " in result.stderr
    assert re.search(reason, result.stderr)
    assert 1 == second["created"]


def test_a_file_that_is_not_there_is_told(run: Run, empty: Path) -> None:
    result = run("load", empty, "nowhere.xls")

    assert 1 == result.exit_code
    assert "nowhere.xls: unreadable-file there is no such file" in result.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_told_and_not_half_read(run: Run, empty: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)

    loaded, listed = run("load", empty, pipe), run("list", pipe, "sites")

    assert (1, 1) == (loaded.exit_code, listed.exit_code)
    assert "pipe.jsonl: unreadable-file it is a pipe or a device" in loaded.stderr
    assert "is not a heritage registry" in listed.stderr


def test_a_source_that_nobody_knows_is_wrong_usage(run: Run, empty: Path, lines: Lines) -> None:
    result = run("load", empty, lines(SOURCE, name="a.jsonl"), "--from", "atlantis")

    assert 2 == result.exit_code
    assert "'atlantis'" in result.stderr
    assert "whc" in result.stderr


def test_an_edition_that_is_no_date_is_shown_with_its_fault(
    run: Run, empty: Path, lines: Lines
) -> None:
    result = run("load", empty, lines(SOURCE, name="a.jsonl"), "--edition", "2019-13")

    assert 2 == result.exit_code
    assert "--edition" in result.stderr
    assert "^" in result.stderr


def test_progress_is_shown_on_a_terminal_alone(
    run: Run, empty: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lines(SOURCE, name="a.jsonl")
    silent = run("load", empty, file, "--dry-run")
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
    watched = run("load", empty, file, "--dry-run")

    assert "\r" not in silent.stderr
    assert "1 row read" in watched.stderr
    assert "" == watched.stdout


def test_what_was_loaded_before_a_fault_is_told(
    run: Run, empty: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_all(*_: object, **__: object) -> Iterator[LoadReport]:
        yield LoadReport(file="a.csv", source="whc", rows=1, created=1, change=1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("heritage.registry.Registry.load_all", load_all)
    result = run("load", empty, "a.csv", "b.csv", "--json")

    assert 1 == result.exit_code
    assert ["a.csv"] == [report["file"] for report in printed(result)]
    assert "no space left on device" in result.stderr
