"""`heritage apply`: all edits or none, and every problem with its line and field."""

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

PUT = {"op": "put", "kind": "source", "record": {"id": "s", "title": "A report"}}


@pytest.fixture
def applied(run: Run, registry: Path, lines: Lines) -> Callable[..., Result]:
    """Apply lines to a copy of the small registry."""

    def apply_lines(*edits: dict[str, Any], options: tuple[str, ...] = ()) -> Result:
        file = lines(*edits, name="changes.jsonl")
        return run("apply", registry, file, "--by", "n.kassem", "--why", "a test", *options)

    return apply_lines


def claim_id(registry: Path) -> str:
    with heritage.open(registry) as opened:
        (claim,) = opened.claims()
        return claim.id


def test_edits_of_every_kind_are_one_change(applied: Callable[..., Result], registry: Path) -> None:
    claim = claim_id(registry)
    result = applied(
        {"op": "put", "kind": "claim", "record": {
            "subject": "bel-2015", "property": "cause", "value": "explosives", "source": "s"}},
        PUT,
        {"op": "amend", "kind": "event", "id": "bel-2015", "fields": {"label": "Bel destroyed"}},
        {"op": "amend", "kind": "site", "id": "whc:23", "fields": {"countries": ["SY"]}},
        {"op": "retract", "kind": "claim", "id": claim, "expect": 1},
    )  # fmt: skip

    assert (0, "") == (result.exit_code, result.stdout), result.stderr
    with heritage.open(registry) as opened:
        newest, _ = opened.changes()
        assert ("n.kassem", "a test", "registry") == (newest.by, newest.why, newest.origin)
        assert "Bel destroyed" == opened.event("bel-2015").label
        assert ["cause"] == [each.property for each in opened.claims()]


def test_a_dry_run_changes_nothing(applied: Callable[..., Result], registry: Path) -> None:
    before = registry.read_bytes()
    result = applied(PUT, options=("--dry-run",))

    assert 0 == result.exit_code
    assert "1 record created" in result.stderr
    assert before == registry.read_bytes()


def test_one_problem_undoes_everything(applied: Callable[..., Result], registry: Path) -> None:
    before = registry.read_bytes()
    result = applied(PUT, {"op": "retract", "kind": "event", "id": "atlantis"})

    assert 1 == result.exit_code
    assert "changes.jsonl:2: record-not-found " in result.stderr
    assert "nothing was changed" in result.stderr
    assert before == registry.read_bytes()


@pytest.mark.parametrize(
    ("edit", "code", "field"),
    [
        ({"op": "delete", "kind": "site", "id": "bel"}, "unreadable-row", "op"),
        ({"op": "put", "kind": "temple", "record": {}}, "unknown-kind", "kind"),
        ({"op": "put", "kind": "site"}, "unreadable-row", "record"),
        ({"op": "put", "kind": "site", "record": []}, "unreadable-row", "record"),
        ({"op": "amend", "kind": "site", "id": "bel"}, "unreadable-row", "fields"),
        ({"op": "retract", "kind": "site", "id": 7}, "unreadable-row", "id"),
        ({"op": "retract", "kind": "site", "id": "bel", "why": "x"}, "unreadable-row", "why"),
        (PUT | {"expect": "1"}, "unreadable-row", "expect"),
        (PUT | {"expect": True}, "unreadable-row", "expect"),
        (PUT | {"expect": 3}, "record-changed", "expect"),
        (PUT | {"id": "other"}, "invalid-record", "id"),
        ({"op": "put", "kind": "source", "record": {"id": "s"}}, "invalid-record", "title"),
        (
            {"op": "amend", "kind": "site", "id": "bel", "fields": {"colour": "white"}},
            "invalid-record",
            "colour",
        ),
        (
            {"op": "amend", "kind": "site", "id": "bel", "fields": {"countries": ["Syria"]}},
            "invalid-record",
            "countries",
        ),
        (
            {"op": "amend", "kind": "site", "id": "bel", "fields": {"part_of": "atlantis"}},
            "unknown-reference",
            "part_of",
        ),
        ({"op": "retract", "kind": "source", "id": "un"}, "change-refused", None),
        ({"op": "amend", "kind": "site", "id": "palmyra", "fields": {"part_of": "bel"}},
         "change-refused", None),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_line_and_field(
    edit: dict[str, Any], code: str, field: str | None, applied: Callable[..., Result],
    registry: Path,
) -> None:  # fmt: skip
    before = registry.read_bytes()
    result = applied({"op": "retract", "kind": "observation", "id": "nobody"}, edit)

    assert 1 == result.exit_code
    assert "changes.jsonl:1: record-not-found " in result.stderr
    (told,) = re.findall(r"changes\.jsonl:2: .*", result.stderr)
    assert f":2: {code} " in told
    assert field is None or f"(column {field}" in told
    assert before == registry.read_bytes()


def test_a_line_that_is_no_json_is_told(run: Run, registry: Path, tmp_path: Path) -> None:
    file = tmp_path / "changes.jsonl"
    file.write_text(json.dumps(PUT) + "\nput a source\n")

    result = run("apply", registry, file, "--by", "me", "--why", "a test")

    assert 1 == result.exit_code
    assert "changes.jsonl:2: unreadable-row " in result.stderr


def test_several_faults_of_one_record_are_all_told(applied: Callable[..., Result]) -> None:
    result = applied(
        {"op": "put", "kind": "claim", "record": {"subject": "bel-2015", "property": "colour"}}
    )

    assert 2 <= len(re.findall(r"changes\.jsonl:1: invalid-record ", result.stderr))


def test_what_is_retracted_may_be_named_by_a_later_line(
    applied: Callable[..., Result], registry: Path
) -> None:
    claim = claim_id(registry)
    result = applied(
        {"op": "retract", "kind": "event", "id": "bel-2015"},
        {"op": "retract", "kind": "claim", "id": claim},
    )

    assert 0 == result.exit_code, result.stderr
    with heritage.open(registry) as opened:
        assert [] == list(opened.events())


@pytest.mark.parametrize("missing", ["--by", "--why"])
def test_who_and_why_have_to_be_told(missing: str, run: Run, registry: Path, lines: Lines) -> None:
    file = lines(PUT, name="changes.jsonl")
    told = {"--by": "me", "--why": "a test"}
    without = [part for name in told if name != missing for part in (name, told[name])]

    assert 2 == run("apply", registry, file, *without).exit_code
    assert 2 == run("apply", registry, file, *without, missing, "  ").exit_code


def test_a_file_without_lines_changes_nothing(applied: Callable[..., Result]) -> None:
    result = applied()

    assert (0, "changes.jsonl: no lines\n") == (result.exit_code, result.stderr[-24:])
