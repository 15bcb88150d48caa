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
from heritage.scripting import Line

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
        ({"op": "amend", "kind": "site", "id": "bel", "fields": {"id": "b"}},
         "change-refused", "id"),
        ({"op": "amend", "kind": "site", "id": "bel", "fields": {"expect": 1}},
         "invalid-record", "expect"),
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


def test_every_fault_of_every_line_is_told_at_once(applied: Callable[..., Result]) -> None:
    wrong = {"colour": 1, "countries": ["Syria"], "kind": 3, "part_of": "atlantis"}
    claim = {"subject": "nowhere", "property": "date", "value": "2015-13", "source": "nobody"}
    result = applied(
        {"op": "amend", "kind": "site", "id": "bel", "expect": 4, "fields": wrong},
        {"op": "put", "kind": "claim", "record": claim},
    )

    told = re.findall(r"changes\.jsonl:(\d): ([\w-]+) .*?\(column (\w+)", result.stderr)
    assert {
        *(("1", "invalid-record", name) for name in ("colour", "countries", "kind")),
        *(("1", code, field) for code, field in
          (("record-changed", "expect"), ("unknown-reference", "part_of"))),
        ("2", "invalid-record", "value"),
        *(("2", "unknown-reference", name) for name in ("subject", "source")),
    } == set(told)  # fmt: skip
    assert f"{len(told)} problems; nothing was changed" in result.stderr


def test_what_a_faulty_line_would_have_made_is_not_missed_as_well(
    applied: Callable[..., Result],
) -> None:
    result = applied(
        {"op": "put", "kind": "source", "record": {"id": "s"}},
        {"op": "amend", "kind": "site", "id": "bel", "fields": {"source": "s"}},
    )

    assert "1 problem; nothing was changed" in result.stderr


def test_two_lines_that_put_one_record_differently_are_refused(
    applied: Callable[..., Result],
) -> None:
    other = {**PUT, "record": {"id": "s", "title": "Another report"}}

    assert 0 == applied(PUT, PUT).exit_code
    assert "changes.jsonl:2: change-refused line 1 puts" in applied(PUT, other).stderr


def test_a_script_may_expect_the_version_that_it_read_on_each_of_its_lines(
    applied: Callable[..., Result], registry: Path
) -> None:
    def amend(country: str, version: int) -> dict[str, Any]:
        fields = {"countries": [country]}
        return {"op": "amend", "kind": "site", "id": "bel", "fields": fields, "expect": version}

    assert 0 == applied(amend("IQ", 1), amend("SY", 1)).exit_code
    refused = applied(amend("IQ", 1), amend("IR", 2))

    assert "changes.jsonl:1: record-changed site 'bel' was expected at version 1, but it is" in (
        refused.stderr
    )
    assert "1 problem" in refused.stderr
    with heritage.open(registry) as opened:
        assert (2, ("SY",)) == (opened.version("site", "bel"), opened.site("bel").countries)


def test_a_dry_run_shows_every_field_and_what_is_concluded_from_it(
    applied: Callable[..., Result], registry: Path
) -> None:
    claim = claim_id(registry)
    result = applied(
        PUT,
        {"op": "amend", "kind": "site", "id": "whc:23", "fields": {"kind": "city"}},
        {"op": "amend", "kind": "site", "id": "bel", "fields": {"part_of": "palmyra"}},
        {"op": "amend", "kind": "claim", "id": claim, "fields": {"value": "2015-08-30"}},
        {"op": "retract", "kind": "observation", "id": observation_id(registry)},
        options=("--dry-run",),
    )

    assert (
        """created source s
    title: "A report"
amended site palmyra
    kind: null -> "city"
unchanged site bel
"""
        in result.stdout
    )
    assert (
        f"""amended claim {claim}
    value: "[2015-08-27..2015-08-31]" -> "2015-08-30"
"""
        in result.stdout
    )
    assert '    state: "destroyed"\n' in result.stdout
    assert (
        """conclusion bel-2015 date
    value: "[2015-08-27..2015-08-31]" -> "2015-08-30"
"""
        in result.stdout
    )


def observation_id(registry: Path) -> str:
    with heritage.open(registry) as opened:
        (observation,) = opened.observations()
        return observation.id


def test_lines_may_come_through_a_pipe(
    program: Callable[..., Any], registry: Path, tmp_path: Path
) -> None:
    told = ("--by", "n.kassem", "--why", "a pipe")
    piped = b"\xef\xbb\xbf" + json.dumps(PUT).encode() + b"\r\n\r\n"
    done = program("apply", registry, "-", *told, input=piped)
    wrong = program("apply", registry, "-", *told, input=b"\nput a source\n")

    assert (0, b"<stdin>: 1 record created\n") == (done.returncode, done.stderr)
    assert (1, True) == (wrong.returncode, wrong.stderr.startswith(b"<stdin>:2: unreadable-row "))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"op": "amend", "kind": "site", "id": "b\xe9l", "fields": {}}', "is not UTF-8"),
        (b'{"op": "put", "kind": "evidence", "record": {"size": NaN}}', "NaN is not a number"),
        (b'{"op": "put", "op": "put"}', "stands twice"),
        (b"[" * 100_000, "nested too deep"),
        (b"7" * 5000, "too long"),
        (rb'{"op": "retract", "kind": "site", "id": "\ud800"}', "surrogate"),
    ],
)
def test_a_line_that_cannot_be_read_is_a_problem(
    run: Run, registry: Path, tmp_path: Path, line: bytes, words: str
) -> None:
    file = tmp_path / "changes.jsonl"
    file.write_bytes(line + b"\n")
    result = run("apply", registry, file, "--by", "me", "--why", "a test")

    assert 1 == result.exit_code
    assert "changes.jsonl:1: unreadable-row " in result.stderr
    assert words in result.stderr


def test_a_script_can_be_applied_from_python(registry: Path) -> None:
    with heritage.open(registry) as opened:
        lines: list[Line] = [json.dumps(PUT), {"op": "amend", "kind": "source", "id": "s",
                                   "fields": {"publisher": "UNOSAT"}}]  # fmt: skip
        shown = opened.apply(lines, by="n.kassem", why="a test", dry_run=True)
        with pytest.raises(heritage.CheckFailedError):
            opened.apply([{"op": "put"}], by="n.kassem", why="a test")
        assert 1 == len(opened.changes())
        done = opened.apply(lines, by="n.kassem", why="a test")

    assert (None, 2) == (shown.change, done.change)
    assert shown.edits == done.edits
    assert [("created", {"title": (None, "A report")}), ("amended", {"publisher": (None, "UNOSAT")})
            ] == [(edit.what, edit.fields) for edit in done.edits]  # fmt: skip
