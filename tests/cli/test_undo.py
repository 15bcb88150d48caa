"""`heritage revert`: a change undone by a new one, or the later ones that stand on it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import heritage

Run = Callable[..., Result]
Lines = Callable[..., Path]
Amend = Callable[..., int]
BY = ("--by", "n.kassem", "--why", "a mistake")


@pytest.fixture
def amend(run: Run, registry: Path, lines: Lines) -> Amend:
    """Amend the temple; the number of the change."""

    def amend_temple(**fields: Any) -> int:  # noqa: ANN401 - as JSON has them
        edit = {"op": "amend", "kind": "site", "id": "bel", "fields": fields}
        file = lines(edit, name="changes.jsonl")
        result = run("apply", registry, file, "--by", "m.later", "--why", "imagery")
        assert 0 == result.exit_code, result.stderr
        with heritage.open(registry) as opened:
            return opened.changes(limit=1)[0].id

    return amend_temple


def test_a_whole_load_is_undone_and_can_be_loaded_again(
    run: Run, registry: Path, tmp_path: Path
) -> None:
    whole = registry_lines(run, registry)
    result = run("revert", registry, 1, *BY)

    assert (0, "") == (result.exit_code, result.stdout)
    assert "change 1: 7 records retracted, by change 2\n" == result.stderr
    assert "" == registry_lines(run, registry)
    again = run("revert", registry, 2, *BY)
    assert "change 2: 7 records created, by change 3\n" == again.stderr
    assert whole == registry_lines(run, registry)
    with heritage.open(registry) as opened:
        newest = opened.changes()[0]
        assert ("n.kassem", "a mistake", "registry") == (newest.by, newest.why, newest.origin)


def registry_lines(run: Run, registry: Path) -> str:
    kinds = ("sources", "sites", "listings", "events", "claims", "observations", "conclusions")
    printed = "".join(
        run("list", registry, kind, "--all", "--format", "jsonl").stdout
        if kind != "conclusions"
        else run("list", registry, kind, "--format", "jsonl").stdout
        for kind in kinds
    )
    return re.sub(r'"as_of": "[^"]*"', "", printed)


def test_what_a_revert_would_do_is_shown_field_by_field(
    run: Run, registry: Path, amend: Amend
) -> None:
    change = amend(countries=["IQ"], kind="temple")
    before = registry.read_bytes()
    result = run("revert", registry, change, *BY, "--dry-run")

    assert (
        'changed site bel\n    kind: "temple" -> null\n    countries: ["IQ"] -> null\n'
        == result.stdout
    )
    assert "1 record changed; nothing was changed, this being a dry run" in result.stderr
    assert before == registry.read_bytes()


def test_conclusions_that_would_be_others_are_shown(run: Run, registry: Path) -> None:
    result = run("revert", registry, 1, *BY, "--dry-run")

    assert "retracted event bel-2015\n" in result.stdout
    assert (
        'conclusion bel-2015 date\n    value: "[2015-08-27..2015-08-31]" -> null\n' in result.stdout
    )


def test_later_changes_that_stand_on_it_are_named_and_nothing_is_changed(
    run: Run, registry: Path, amend: Amend
) -> None:
    first, second = amend(kind="temple"), amend(kind="ruin")
    before = registry.read_bytes()
    result = run("revert", registry, first, *BY)

    assert (1, "") == (result.exit_code, result.stdout)
    told, summary = result.stderr.splitlines()
    assert re.fullmatch(
        rf"sites/bel: later-change it was changed by change {second}"
        r" \(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, m\.later: imagery\) \(column kind\)",
        told,
    )
    assert f"change {first}: 1 problem; nothing was changed" == summary
    assert before == registry.read_bytes()


def test_what_is_as_it_was_already_needs_no_undoing(run: Run, registry: Path, amend: Amend) -> None:
    change = amend(kind="temple")
    assert 0 == run("revert", registry, change, *BY).exit_code
    again = run("revert", registry, change, *BY)

    assert (0, f"change {change}: everything is as it was before it; nothing to undo\n") == (
        again.exit_code,
        again.stderr,
    )


def test_a_load_that_was_undone_keeps_what_a_person_amended_when_it_comes_again(
    run: Run, registry: Path, lines: Lines
) -> None:
    def load(label: str) -> None:
        file = lines(
            ("event", {"id": "bel-2015", "label": label, "sites": ["bel"]}), name="e.jsonl"
        )
        assert 0 == run("load", registry, file).exit_code

    load("Bel destroyed")
    edit = lines({"op": "amend", "kind": "event", "id": "bel-2015",
                  "fields": {"context": "armed_conflict"}}, name="c.jsonl")  # fmt: skip
    assert 0 == run("apply", registry, edit, *BY).exit_code
    assert 0 == run("revert", registry, 2, *BY).exit_code
    load("Bel destroyed")

    (event,) = map(
        json.loads, run("list", registry, "events", "--format", "jsonl").stdout.split("\n")[:1]
    )
    assert ("Bel destroyed", "armed_conflict") == (event["label"], event["context"])


@pytest.mark.parametrize(("change", "status"), [("99", 1), ("0", 1), ("-1", 1), ("one", 2)])
def test_a_change_that_is_not_there_cannot_be_undone(
    run: Run, registry: Path, change: str, status: int
) -> None:
    result = run("revert", registry, *BY, "--", change)

    assert (status, "") == (result.exit_code, result.stdout)
    if status == 1:
        assert f"heritage: no change has the id '{change}'\n" == result.stderr


def test_python_says_what_a_change_is_told_by(registry: Path) -> None:
    with heritage.open(registry) as opened, pytest.raises(heritage.UsageError):
        opened.revert("1", by="n.kassem", why="a mistake")  # type: ignore[arg-type]
