"""`heritage erase`: what it prints, what it refuses, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import heritage
from heritage.cli.group import FAULTS
from heritage.store.erasing import residue
from tests.cli.conftest import Run
from tests.palmyra import EVERYTHING, WHO

GIVEN = ("--by", "l.haddad", "--why", "for the safety of a person")
WRONG_USAGE = 2


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    path = tmp_path / "registry.db"
    with heritage.open(path, create=True) as opened, opened.change(**WHO) as change:
        for record in EVERYTHING:
            change.put(record)
    return path


def test_what_was_erased_is_told_by_its_pseudonym(run: Run, registry: Path) -> None:
    result = run("erase", str(registry), "witness-1", *GIVEN)

    assert 0 == result.exit_code
    assert result.stdout.startswith("actor erased-")
    assert "nothing stays of it" in result.stdout
    assert "witness-1" not in result.output
    assert b"witness-1" not in registry.read_bytes()


def test_a_dry_run_needs_no_reason_and_changes_no_byte(run: Run, registry: Path) -> None:
    before = registry.read_bytes()

    result = run("erase", str(registry), "unosat", "--dry-run")

    assert 0 == result.exit_code
    assert "a stub stays" in result.stdout
    assert before == registry.read_bytes()


def test_an_erasure_can_be_told_as_json(run: Run, registry: Path) -> None:
    result = run("erase", str(registry), "--text", "A guard", *GIVEN, "--format", "json")

    told = json.loads(result.stdout)
    assert {"actor_names": 1} == told["rows"]
    assert told["finished"]
    assert [] == told["mentions"]


@pytest.mark.parametrize(
    "given",
    [
        ("unosat",),
        ("unosat", "--by", "l.haddad"),
        GIVEN,
        ("--text", "x", *GIVEN),
        ("unosat", "--by", "l.haddad", "--why", "unosat asked for it"),
        ("unosat", "--kind", "ruin", *GIVEN),
    ],
)
def test_an_incomplete_or_self_defeating_wish_is_wrong_usage(
    run: Run, registry: Path, given: tuple[str, ...]
) -> None:
    before = registry.read_bytes()
    assert WRONG_USAGE == run("erase", str(registry), *given).exit_code
    assert before == registry.read_bytes()


def test_an_unknown_id_is_refused_in_words(run: Run, registry: Path) -> None:
    result = run("erase", str(registry), "nobody", *GIVEN)

    assert FAULTS == result.exit_code
    assert "no record has the id 'nobody'" in result.stderr


def test_where_it_still_stands_is_told(run: Run, registry: Path) -> None:
    with heritage.open(registry) as opened, opened.change(by="witness-1", why="x") as change:
        change.amend("site", "bam", kind="citadel")

    result = run("erase", str(registry), "witness-1", *GIVEN)

    assert "still there: 'witness-1' in changes.by of 2" in result.stdout


def test_a_file_that_could_not_be_written_anew_is_told(
    run: Run, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(residue, "finish", lambda _: False)
        result = run("erase", str(registry), "witness-1", *GIVEN)
    assert FAULTS == result.exit_code
    assert "--finish" in result.stderr

    assert 0 == run("erase", str(registry), "--finish").exit_code
    with heritage.open(registry) as opened:
        assert not residue.is_marked(opened._connection)
