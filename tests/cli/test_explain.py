"""`heritage explain`, and the lists of what sources dispute."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]

EVENT = "palmyra-baalshamin-2015"

KEYS = [
    *("subject", "site", "property", "value", "earliest", "latest", "status", "weight"),
    *("margin", "runner_up", "supporters", "dissenters", "flags", "sentence"),
]
STANDING = {"source", "value", "weight", "root"}


def explained(run: Run, registry: Path, *arguments: object) -> dict[str, Any]:
    """An explanation as JSON."""
    result = run("explain", registry, *arguments, "--format", "json")
    assert (0, "") == (result.exit_code, result.stderr)
    plain: dict[str, Any] = json.loads(result.stdout)
    return plain


def test_an_explanation_has_the_shape_that_programs_rely_on(run: Run, demo: Path) -> None:
    plain = explained(run, demo / "registry.db", EVENT, "date")

    assert KEYS == list(plain)
    assert plain["supporters"]
    assert plain["dissenters"]
    for standing in plain["supporters"]:
        assert STANDING == standing.keys() - {"claim", "observation"}
        assert 1 == len(standing.keys() & {"claim", "observation"})
    for standing in plain["dissenters"]:
        more = {"relation", "gap_days", "hardness"}
        assert STANDING | more == standing.keys() - {"claim", "observation"}


def test_a_journalist_can_quote_what_is_explained(run: Run, demo: Path) -> None:
    text = run("explain", demo / "registry.db", EVENT, "date").stdout
    plain = explained(run, demo / "registry.db", EVENT, "date")

    assert plain["sentence"] in " ".join(text.split())
    assert f"status {plain['status']}, weight {plain['weight']}, margin {plain['margin']}" in text
    assert f"For ({len(plain['supporters'])})" in text
    assert f"Against ({len(plain['dissenters'])})" in text
    for flag in plain["flags"]:
        assert f"{flag}: " in text
    for standing in plain["supporters"] + plain["dissenters"]:
        assert f"[{standing['source']}]" in text, "an id has to be copied in one piece"


def test_weights_of_the_readers_own_change_the_answer_and_not_the_file(
    run: Run, demo: Path, tmp_path: Path
) -> None:
    registry = demo / "registry.db"
    plain = explained(run, registry, EVENT, "date")
    ids = _ids(run, registry) - {each["root"] for each in plain["supporters"]}
    dissenter = next(each for each in plain["dissenters"] if each["root"] in ids)
    weights = tmp_path / "tiers.json"
    weights.write_text(json.dumps({"sources": {dissenter["root"]: 1000}}))
    before = registry.read_bytes()

    other = explained(run, registry, EVENT, "date", "--tiers", weights)

    assert plain["value"] != other["value"]
    assert before == registry.read_bytes()


def _ids(run: Run, registry: Path) -> set[str]:
    lines = run("list", registry, "sources", "--format", "jsonl").stdout.splitlines()
    return {json.loads(line)["id"] for line in lines}


@pytest.mark.parametrize("text", ["", "[]", '{"sources": {"a": -1}}', '{"tiers": {}}', "{"])
def test_weights_that_are_none_are_refused(text: str, run: Run, demo: Path, tmp_path: Path) -> None:
    weights = tmp_path / "tiers.json"
    weights.write_text(text)

    result = run("explain", demo / "registry.db", EVENT, "date", "--tiers", weights)

    assert 2 == result.exit_code
    assert "--tiers" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("nothing", "date"), 1), ((EVENT, "colour"), 2), ((EVENT, "date", "--site", "nothing"), 1)],
)
def test_nothing_is_explained_of_what_is_not_there(
    arguments: tuple[str, ...], status: int, run: Run, demo: Path
) -> None:
    result = run("explain", demo / "registry.db", *arguments)

    assert (status, "") == (result.exit_code, result.stdout)
    assert result.stderr


def test_what_is_disputed_can_be_listed(run: Run, demo: Path) -> None:
    registry = demo / "registry.db"
    lines = run("list", registry, "conclusions", "--conflicting", "--format", "jsonl").stdout
    conclusions = [json.loads(line) for line in lines.splitlines()]
    assert {"disputed", "undecided"} == {each["status"] for each in conclusions}

    lines = run(
        "list", registry, "events", "--conflicting", "--property", "date", "--format", "jsonl"
    ).stdout
    events = {json.loads(line)["id"] for line in lines.splitlines()}
    about = {each["subject"] for each in conclusions if each["property"] == "date"}
    assert EVENT in events
    assert events == {subject for subject in about if not _is_site(run, registry, subject)}


def _is_site(run: Run, registry: Path, id: str) -> bool:
    return 1 == len(run("list", registry, "sites", "--site", id, "--all", "--format", "jsonl")
                    .stdout.splitlines())  # fmt: skip
