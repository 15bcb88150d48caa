"""Every command that reads can be asked what was known at a moment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import heritage
from heritage import Name
from heritage.cli import main
from tests.palmyra import EVERYTHING, WHO

COMMANDS = (
    ("show", "bel", "--format", "json"),
    ("show", "palmyra"),
    ("show", "unosat"),
    ("explain", "blast", "date"),
    ("search", "temple"),
    ("history",),
    ("history", "bel"),
    *(
        ("list", kind, "--format", "jsonl")
        for kind in (
            *("sites", "listings", "events", "observations", "claims", "sources"),
            *("interventions", "actors", "evidence", "reviews", "conclusions", "changes"),
        )
    ),
    ("list", "sites", "--country", "SY"),
    ("list", "claims", "--format", "csv"),
)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    path = tmp_path / "registry.db"
    with heritage.open(path, create=True) as registry, registry.change(**WHO) as change:
        for record in EVERYTHING:
            change.put(record)
    return path


def answer(registry: Path, command: tuple[str, ...], *options: str) -> str:
    result = CliRunner().invoke(main, [command[0], str(registry), *command[1:], *options])
    assert 0 == result.exit_code, result.output
    return result.stdout


def test_what_was_answered_is_answered_as_of_then(registry: Path) -> None:
    before = {command: answer(registry, command) for command in COMMANDS}
    with heritage.open(registry) as later:
        with later.change(**WHO) as change:
            for kind, id in reversed([(heritage.codec.kind_of(e), e.id) for e in EVERYTHING]):
                if id not in {"palmyra", "bel", "blast", "unosat"}:
                    change.retract(kind, id)
            change.amend("site", "bel", names=[Name(text="Gone")])
            change.amend("source", "unosat", title="Another title")
        with later.change(**WHO) as change:
            change.rename("site", "palmyra", "tadmur")

    for command in COMMANDS:
        assert before[command] == answer(registry, command, "--as-of", "change:1")
        assert before[command] != answer(registry, command) or command[1:] == ("search", "x")


def test_before_the_first_change_there_was_nothing(registry: Path) -> None:
    command = ("list", "sites", "--format", "jsonl")

    assert "" == answer(registry, command, "--as-of", "1999-12-31")
    assert "" != answer(registry, command, "--as-of", "9999-12-31")


def test_a_dossier_has_the_version_of_then(registry: Path) -> None:
    with heritage.open(registry) as later, later.change(**WHO) as change:
        change.amend("site", "bel", kind="ruin")

    for moment, version in (("change:1", 1), ("change:2", 2)):
        found = answer(registry, ("show", "bel", "--format", "json"), "--as-of", moment)
        assert version == json.loads(found)["version"]


@pytest.mark.parametrize("moment", ["2016-04-01T12:00:00", "soon", "2016-13-01", ""])
def test_a_moment_that_is_none_is_wrong_usage(registry: Path, moment: str) -> None:
    result = CliRunner().invoke(main, ["show", str(registry), "bel", "--as-of", moment])

    assert 2 == result.exit_code
    assert "is not a moment" in result.stderr
    assert "" == result.stdout


def test_a_change_that_there_is_not_is_refused(registry: Path) -> None:
    result = CliRunner().invoke(main, ["show", str(registry), "bel", "--as-of", "change:2"])

    assert 1 == result.exit_code
    assert "change" in result.stderr
    assert "'2'" in result.stderr
    assert "" == result.stdout
