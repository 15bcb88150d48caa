"""`heritage list`, `search` and `history`: the questions, and the three ways to print."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from heritage.cli.columns import TABLES, csv_header
from heritage.cli.lists import KINDS
from heritage.cli.table import columns_of, cut, guarded, table
from heritage.codec import from_plain, to_plain
from heritage.model import RECORDS

Run = Callable[..., Result]
Lines = Callable[..., Path]


def ids(result: Result) -> list[str]:
    """The ids of the records printed as JSON Lines."""
    assert 0 == result.exit_code, result.output
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


def test_every_kind_of_record_can_be_listed() -> None:
    assert set(RECORDS) <= set(KINDS.values())
    assert set(RECORDS) == set(TABLES)


@pytest.mark.parametrize("kind", KINDS)
def test_json_lines_count_records_and_hold_nothing_else(kind: str, run: Run, demo: Path) -> None:
    registry = demo / "registry.db"
    with closing(sqlite3.connect(registry)) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {kind}").fetchone()

    result = run("list", registry, kind, "--all", "--format", "jsonl") if kind not in (
        "conclusions", "changes",
    ) else run("list", registry, kind, "--format", "jsonl")  # fmt: skip

    assert "" == result.stderr
    assert count == len(result.stdout.splitlines())
    for line in result.stdout.splitlines():
        plain = json.loads(line)
        if KINDS[kind] in RECORDS:
            assert plain == to_plain(from_plain(KINDS[kind], plain))


@pytest.mark.parametrize("kind", RECORDS)
def test_csv_has_a_row_for_each_record_and_a_column_for_each_field(
    kind: str, run: Run, demo: Path
) -> None:
    many = next(many for many, one in KINDS.items() if one == kind)
    registry = demo / "registry.db"

    header, *rows = csv.reader(
        io.StringIO(run("list", registry, many, "--format", "csv").stdout, newline="")
    )
    plain = [
        json.loads(line)
        for line in run("list", registry, many, "--format", "jsonl").stdout.splitlines()
    ]

    assert list(csv_header(kind)) == header
    assert len(set(header)) == len(header)
    assert len(plain) == len(rows)
    if "id" in header:
        assert [each["id"] for each in plain] == [row[header.index("id")] for row in rows]


def test_a_date_has_three_columns_as_in_the_database(run: Run, registry: Path) -> None:
    text = run("list", registry, "observations", "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(text))

    assert "2015-08-31" == row["observed"]
    assert ("2015-08-31", "2015-08-31") == (row["observed_earliest"], row["observed_latest"])


def test_a_table_fits_its_terminal_and_shows_names(
    run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for kind in KINDS:
        if kind == "changes":
            continue
        result = run("list", demo / "registry.db", kind)
        assert all(columns_of(line) <= 80 for line in result.stdout.splitlines()), kind
    monkeypatch.setenv("COLUMNS", "160")
    sites = run("list", demo / "registry.db", "sites", "--part-of", "palmyra").stdout

    assert "Temple of Bel" in sites
    assert "Site of Palmyra" in sites


def test_nothing_found_prints_nothing_but_a_count(run: Run, registry: Path) -> None:
    result = run("list", registry, "sites", "--country", "IS")

    assert (0, "", "0 sites\n") == (result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize(
    ("kind", "filters", "expected"),
    [
        ("sites", [], ["bel", "palmyra"]),
        ("sites", ["--country", "sy"], ["palmyra"]),
        ("sites", ["--within", "38,34,39,35"], ["palmyra"]),
        ("sites", ["--within", "-10,34,0,35"], []),
        ("sites", ["--part-of", "whc:23"], ["bel"]),
        ("sites", ["--in-danger"], ["palmyra"]),
        ("sites", ["--in-danger", "--during", "2015"], ["palmyra"]),
        ("sites", ["--in-danger", "--during", "2010"], []),
        ("sites", ["--status", "In danger"], ["palmyra"]),
        ("sites", ["--register", "world-heritage"], ["palmyra"]),
        ("sites", ["--event", "bel-2015"], ["bel"]),
        ("sites", ["--source", "un"], ["palmyra"]),
        ("sites", ["--limit", "1"], ["bel"]),
        ("sites", ["--limit", "0"], []),
        ("events", ["--site", "palmyra"], ["bel-2015"]),
        ("events", ["--site", "whc:23", "--during", "2015-08-31"], ["bel-2015"]),
        ("events", ["--during", "2015-08-31", "--certainly"], []),
        ("events", ["--during", "2015-08", "--certainly"], ["bel-2015"]),
        ("sources", ["--event", "bel-2015", "--property", "date"], ["un"]),
    ],
)
def test_filters_narrow_a_list(
    kind: str, filters: list[str], expected: list[str], run: Run, registry: Path
) -> None:
    assert expected == ids(run("list", registry, kind, *filters, "--format", "jsonl"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["temples"], "temples"),
        (["sites", "--country", "Syria"], "ISO 3166-1"),
        (["sites", "--within", "38,34,39"], "west,south,east,north"),
        (["sites", "--within", "38,95,39,99"], "west,south,east,north"),
        (["sites", "--within", "a,b,c,d"], "west,south,east,north"),
        (["events", "--during", "2015-13"], "2015-13\n"),
        (["events", "--during", "31/08/2015"], "31/08/2015"),
        (["events", "--certainly"], "--during"),
        (["listings", "--country", "SY", "--property", "date"], "does not apply"),
        (["sources", "--conflicting"], "does not apply"),
        (["sites", "--as-of", "2016"], "--as-of"),
        (["changes", "--site", "palmyra"], "does not apply"),
        (["claims", "--property", "colour"], "colour"),
        (["sites", "--limit", "-1"], "--limit"),
        (["sites", "--format", "xml"], "xml"),
    ],
)
def test_a_question_that_means_nothing_is_wrong_usage(
    arguments: list[str], reason: str, run: Run, registry: Path
) -> None:
    result = run("list", registry, *arguments)

    assert (2, "") == (result.exit_code, result.stdout)
    assert reason in result.stderr


def test_a_status_that_no_vocabulary_holds_is_doubted_and_asked_for(
    run: Run, registry: Path
) -> None:
    result = run("list", registry, "sites", "--status", "in-dangr")

    assert 0 == result.exit_code
    assert "did you mean in-danger?" in result.stderr


@pytest.mark.parametrize("text", ["tadmur", "تدمر", "palmyra", "PALMYRE", "Tadmor"])
def test_search_finds_a_site_in_any_script(text: str, run: Run, demo: Path) -> None:
    result = run("search", demo / "registry.db", text, "--format", "jsonl")
    hits = [json.loads(line) for line in result.stdout.splitlines()]

    assert {"kind": "site", "id": "palmyra", "label": "Site of Palmyra"} in hits


def test_search_takes_several_words_and_a_limit(run: Run, registry: Path) -> None:
    assert "bel-2015" in run("search", registry, "bel", "blown").stdout
    assert 1 == len(
        run("search", registry, "bel", "--limit", 1, "--format", "jsonl").stdout.splitlines()
    )
    nothing = run("search", registry, "atlantis")
    assert (0, "", "0 records\n") == (nothing.exit_code, nothing.stdout, nothing.stderr)


def history(result: Result) -> list[dict[str, Any]]:
    """What was printed as JSON Lines."""
    assert 0 == result.exit_code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_history_tells_who_and_why(run: Run, registry: Path) -> None:
    (change,) = history(run("history", registry, "--format", "jsonl"))

    assert ("n.kassem", "a test", "load") == (change["by"], change["why"], change["origin"])
    assert "n.kassem" in run("history", registry).stdout


def test_the_history_of_a_record_has_the_values_before_and_after(run: Run, registry: Path) -> None:
    with closing(sqlite3.connect(registry)) as connection:
        connection.execute("UPDATE events SET label = 'Temple of Bel destroyed'")
        connection.commit()

    newest, *older = history(run("history", registry, "bel-2015", "--format", "jsonl"))

    assert ("update", 2, "events") == (newest["op"], newest["version"], newest["table"])
    assert {"label": "Bel blown up"} == newest["before"]
    assert {"label": "Temple of Bel destroyed"} == newest["after"]
    assert {"insert"} == {entry["op"] for entry in older}
    assert "Bel blown up → Temple of Bel destroyed" in run(
        "history", registry, "bel-2015", "--format", "csv"
    ).stdout  # fmt: skip


def test_the_history_of_what_was_retracted_is_still_there(run: Run, registry: Path) -> None:
    (claim,) = ids(run("list", registry, "claims", "--format", "jsonl"))
    with closing(sqlite3.connect(registry)) as connection:
        connection.execute("DELETE FROM claims")
        connection.commit()

    newest, *_ = history(run("history", registry, claim, "--format", "jsonl"))

    assert ("delete", claim) == (newest["op"], newest["record"])
    assert 1 == len(history(run("history", registry, claim, "--limit", 1, "--format", "jsonl")))


def test_check_prints_each_doubt_and_fails_where_there_is_one(run: Run, registry: Path) -> None:
    sound = run("check", registry)
    with closing(sqlite3.connect(registry)) as connection:
        connection.execute("UPDATE sites SET kind = 'tempel' WHERE id = 'bel'")
        connection.commit()

    doubtful = run("check", registry)

    assert (0, "", "0 problems\n") == (sound.exit_code, sound.stdout, sound.stderr)
    assert (1, "1 problem\n") == (doubtful.exit_code, doubtful.stderr)
    assert doubtful.stdout.startswith("sites/bel: unknown-term ")


@given(st.text())
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    shown = guarded(cell)

    assert shown.removeprefix("'") == cell or shown == cell
    if shown[:1] in ("=", "+", "-", "@", "\t", "\r") and shown:
        float(shown)


@pytest.mark.parametrize("number", ["-10.5", "+3", "-1e-05", "-0"])
def test_a_number_stays_a_number(number: str) -> None:
    assert number == guarded(number)


@pytest.mark.parametrize("cell", ["=1+1", "+49 170", "-2015-08-30", "@SUM(A1)", "-", "\t=1"])
def test_what_looks_like_a_formula_is_guarded(cell: str) -> None:
    assert "'" + cell == guarded(cell)


@given(st.text(), st.integers(1, 40))
def test_a_cut_text_takes_no_more_than_its_room(text: str, room: int) -> None:
    assert columns_of(cut(text, room)) <= max(room, 1)


@given(st.lists(st.tuples(st.text(max_size=12), st.text(), st.text()), max_size=5))
def test_a_table_has_a_line_for_each_row_and_no_way_to_the_terminal(
    rows: list[tuple[str, str, str]],
) -> None:
    lines = list(table(("id", "name", "note"), rows))

    assert (len(rows) + 2 if rows else 0) == len(lines)
    assert not any(ord(each) < 32 or 127 <= ord(each) < 160 for line in lines for each in line)
    assert all(columns_of(line) <= 100 for line in lines)
