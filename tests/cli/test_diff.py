"""`heritage diff`: why a count is another one now, and by whose change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import heritage
from heritage import Listing, Name, Registry, Site, UsageError

Run = Callable[..., Result]
Lines = Callable[..., Path]
Plain = dict[str, Any]
WHO = {"by": "n.kassem", "why": "looked again"}


@pytest.fixture
def told(run: Run, registry: Path) -> Callable[..., list[Plain]]:
    """What `heritage diff` says, as other programs read it."""

    def tell(*arguments: str) -> list[Plain]:
        result = run("diff", registry, *arguments, "--format", "jsonl")
        assert 0 == result.exit_code, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    return tell


def amend(path: Path, kind: str, id: str, /, **fields: Any) -> None:  # noqa: ANN401 - as the record has them
    with heritage.open(path) as opened, opened.change(**WHO) as change:
        change.amend(kind, id, **fields)


def only(path: Path, kind: str) -> str:
    with heritage.open(path) as opened:
        (id,) = opened.ids(kind, all=True)
        return id


def moves(rows: list[Plain]) -> list[tuple[str, str, int]]:
    return [(row["what"], row["id"], row["change"]["id"]) for row in rows[1:]]


def test_a_retraction_makes_a_count_go_down(
    registry: Path, told: Callable[..., list[Plain]]
) -> None:
    observation = only(registry, "observation")
    with heritage.open(registry) as opened, opened.change(**WHO) as change:
        change.retract("observation", observation)

    rows = told("change:1", "change:2")
    counts = {row["kind"]: row for row in rows if row["what"] == "count"}
    assert (1, 0, 0, 1) == tuple(
        counts["observation"][name] for name in ("before", "after", "created", "retracted")
    )
    assert (2, 2) == tuple(counts["site"][name] for name in ("before", "after"))
    (gone,) = [row for row in rows if row["what"] == "retracted"]
    assert (observation, ["destroyed", None]) == (gone["id"], gone["fields"]["state"])
    assert [("n.kassem", "looked again", "registry")] == [
        (each["by"], each["why"], each["origin"]) for each in gone["changes"]
    ]


def test_an_amended_field_is_told_with_its_change_and_its_conclusion(
    registry: Path, told: Callable[..., list[Plain]]
) -> None:
    claim = only(registry, "claim")
    amend(registry, "claim", claim, value="2015-08-30")
    amend(registry, "claim", claim, value="2015-08-31")
    rows = [row for row in told("change:1", "change:3") if row["what"] != "count"]

    assert [("changed", claim), ("concluded", None)] == [(r["what"], r.get("id")) for r in rows]
    assert ["[2015-08-27..2015-08-31]", "2015-08-31"] == rows[0]["fields"]["value"]
    assert ("[2015-08-27..2015-08-31]", "2015-08-31") == tuple(
        rows[1][name]["value"] for name in ("before", "after")
    )
    assert [[2, 3], [2, 3]] == [[change["id"] for change in row["changes"]] for row in rows]


def test_what_was_changed_and_changed_back_is_no_difference(
    registry: Path, told: Callable[..., list[Plain]]
) -> None:
    claim = only(registry, "claim")
    amend(registry, "claim", claim, value="2015-08-30")
    amend(registry, "claim", claim, value="[2015-08-27..2015-08-31]")

    assert {"count"} == {row["what"] for row in told("change:1", "change:3")}
    assert {"count", "changed", "concluded"} == {
        row["what"] for row in told("change:2", "change:3")
    }


def test_a_rename_is_told_and_moves_nothing(
    registry: Path, told: Callable[..., list[Plain]]
) -> None:
    with heritage.open(registry) as opened, opened.change(**WHO) as change:
        change.rename("site", "palmyra", "tadmur")

    renamed = [row for row in told("change:1", "change:2") if row["what"] == "renamed"]
    assert [("tadmur", "palmyra", {})] == [(r["id"], r["former"], r["fields"]) for r in renamed]
    assert [{"what": "count", "kind": "site", "before": 1, "after": 1}] == told(
        "change:1", "change:2", "sites", "--country", "SY"
    )


def test_a_listing_that_ended_takes_its_site_out_of_the_list(
    registry: Path, run: Run, told: Callable[..., list[Plain]]
) -> None:
    amend(registry, "site", "bel", kind="temple")
    listing = only(registry, "listing")
    amend(registry, "listing", listing, end="2016")
    amend(registry, "site", "bel", kind="ruin")
    count, left = told("change:1", "change:4", "sites", "--in-danger")

    assert (1, 0) == (count["before"], count["after"])
    assert ("left", "palmyra", 3) == (left["what"], left["id"], left["change"]["id"])
    (because,) = left["because"]
    assert ("changed", listing, {"end": [None, "2016"]}) == (
        because["what"], because["id"], because["fields"])  # fmt: skip
    shown = run("diff", registry, "change:1", "change:4", "sites", "--in-danger")
    assert shown.stdout.startswith("sites: 1 -> 0 (+0, -1)\nleft site palmyra\n    by change 3 (")
    assert f'    changed listing {listing}\n        end: null -> "2016"\n' in shown.stdout
    assert "0 came, 1 left\n" == shown.stderr


def test_each_record_that_came_or_left_is_told_with_the_change_that_moved_it(
    registry: Path, told: Callable[..., list[Plain]]
) -> None:
    amend(registry, "site", "bel", countries=("SY",))
    amend(registry, "site", "bel", countries=("IQ",))
    amend(registry, "site", "palmyra", countries=("IQ",))
    amend(registry, "site", "bel", countries=("SY",))

    assert [("left", "palmyra", 4), ("came", "bel", 5)] == moves(
        told("change:1", "change:5", "sites", "--country", "SY")
    )
    assert [("came", "bel", 2)] == moves(told("change:1", "change:2", "sites", "--country", "SY"))
    assert [("left", "bel", 3)] == moves(told("change:2", "change:3", "sites", "--country", "SY"))
    assert [] == moves(told("change:1", "change:3", "sites", "--country", "SY"))


def test_a_site_that_an_edition_no_longer_has_leaves_the_list(
    registry: Path, run: Run, told: Callable[..., list[Plain]], tmp_path: Path
) -> None:
    def load(name: str, edition: str, *rows: str) -> None:
        file = tmp_path / name
        file.write_text("id_no,name_en,date_inscribed,category\n" + "\n".join(rows) + "\n", "utf-8")
        result = run("load", registry, file, "--from", "whc", "--edition", edition)
        assert 0 == result.exit_code, result.output

    load("a.csv", "2019", "23,Palmyra,1980,Cultural", "1150,Liverpool,2004,Cultural")
    load("b.csv", "2022", "23,Palmyra,1980,Cultural")
    count, left = told("change:2", "change:3", "sites", "--register", "world-heritage")

    assert (2, 1) == (count["before"], count["after"])
    assert ("left", "whc-1150", 3, "edition 2022 of whc") == (
        left["what"], left["id"], left["change"]["id"], left["not_in"])  # fmt: skip
    shown = run("diff", registry, "change:2", "change:3", "sites")
    assert "    it is not in edition 2022 of whc\n" in shown.stdout


def test_a_filter_may_name_what_was_not_there_yet(
    registry: Path, run: Run, told: Callable[..., list[Plain]]
) -> None:
    with heritage.open(registry) as opened, opened.change(**WHO) as change:
        change.put(Site(id="bam", names=(Name(text="Bam"),)))
        change.put(Listing(site="bam", register="national", status="inscribed", source="un"))

    count, came = told("change:1", "change:2", "listings", "--site", "bam")
    assert (0, 1, "came") == (count["before"], count["after"], came["what"])
    nowhere = run("diff", registry, "change:1", "change:2", "listings", "--site", "atlantis")
    assert (1, "heritage: no site has the id 'atlantis'\n") == (nowhere.exit_code, nowhere.stderr)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("change:2", "change:1"), "the first moment comes after the second"),
        (("yesterday", "change:1"), "is not a moment"),
        (("change:1", "change:2", "--country", "SY"), "name its kind"),
        (("change:1", "change:2", "changes"), "is not one of"),
        (("change:1", "change:2", "sites", "--certainly"), "--certainly narrows --during"),
    ],
)
def test_a_question_that_means_nothing_is_refused(
    registry: Path, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    amend(registry, "site", "bel", kind="temple")
    result = run("diff", registry, *arguments)

    assert (2, "") == (result.exit_code, result.stdout)
    assert words in result.stderr


def test_two_days_can_be_compared_from_python(registry: Path) -> None:
    amend(registry, "site", "bel", kind="temple")
    with heritage.open(registry) as opened:
        whole = opened.diff("2000-01-01", "2999-12-31")
        listed = opened.diff_list("2000-01-01", "2999-12-31", "site", country="SY")
        with pytest.raises(UsageError):
            opened.diff("2999-12-31", "2000-01-01")
        assert Registry is type(opened)

    assert (0, 2, {"created"}) == (whole.since, whole.until, {r.what for r in whole.records})
    assert (0, 1, 7) == (listed.before, listed.after, len(whole.records))
    assert {1, 2} == whole.changes.keys()
