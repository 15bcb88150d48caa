"""A site shows its condition on any date: of its parts how many are in which state."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import heritage
from heritage.judge import SITE_STATES, condition_of_parts
from heritage.web.pages.condition import asked, leaves, shares

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

pytestmark = pytest.mark.anyio

AS_OF = {"at": "2026-02-03T04:05:06.000Z"}


@pytest.fixture
async def palmyra(demo: Path, opened: Open) -> Any:  # noqa: ANN401 - a generator
    """Ask for pages of the demo."""
    async with opened(demo / "registry.db") as datasette:
        yield datasette.client.get


@pytest.mark.parametrize("on", ["2015-05-01", "2015-08-29", "2015-09", "2020"])
async def test_the_page_counts_the_parts_as_the_registry_does(
    palmyra: Get, demo: Path, on: str
) -> None:
    told = (await palmyra(f"/sites/palmyra.json?on={on}")).json()["condition"]
    with heritage.open(demo / "registry.db", readonly=True) as registry:
        states = registry.states_of_parts("palmyra", on)

    assert on == told["on"]
    assert {each.site: each.state for each in states} == {
        each["site"]: each["state"] for each in told["states"]
    }
    assert dict(condition_of_parts(states).counts) == told["counts"]
    assert len(states) == told["total"] == sum(told["counts"].values())


async def test_a_date_is_asked_for_by_a_link(palmyra: Get, read: Read) -> None:
    html = (await palmyra("/sites/palmyra?on=2015-08-29")).text
    page = read(html)
    field = next(e for e in page.all("input") if e.attributes.get("name") == "on")

    assert "2015-08-29" == field["value"]
    assert "Of 18 parts without parts of their own, on 29 August 2015: 2 damaged" in page.text
    assert "undecided (intact or destroyed)" in page.text
    spread = [e for e in page.all("rect") if e["class"].startswith("share ")]
    assert 100 == pytest.approx(sum(float(e["width"][:-1]) for e in spread), abs=0.01)
    chosen = [e for e in page.all("line") if e.attributes.get("class") == "chosen"]
    assert len(page.all("circle")) > 5 < len(chosen)


async def test_without_a_date_it_is_that_of_the_newest_change(get: Get, read: Read) -> None:
    page = read((await get("/sites/city")).text)
    told = (await get("/sites/city.json")).json()["condition"]

    assert ("2026-02-03", 1, {"destroyed": 1}) == (told["on"], told["total"], told["counts"])
    assert "on 3 February 2026: 1 destroyed." in page.text
    assert "The Temple Events: 1 1 destroyed The Cella Events: 1 destroyed" in " ".join(
        page.text.replace(" · ", " ").split()
    )


async def test_a_site_without_parts_has_a_state_of_its_own(get: Get, read: Read) -> None:
    before, after = "/sites/cella?on=2015-01-01", "/sites/cella?on=2020"

    assert "On 1 January 2015: unknown" in read((await get(before)).text).text
    assert "On 2020: destroyed" in read((await get(after)).text).text


@pytest.mark.parametrize("on", ["yesterday", "2015-02-30", "%3Cscript%3E", "2015-13"])
async def test_what_is_no_date_is_told_and_answered_with_the_newest_state(
    get: Get, on: str, read: Read
) -> None:
    answer = await get(f"/sites/city?on={on}")
    told = await get(f"/sites/city.json?on={on}")

    assert (400, 400) == (answer.status_code, told.status_code)
    assert "is no date" in read(answer.text).text
    assert "<script>" not in answer.text
    assert "2026-02-03" == told.json()["condition"]["on"]


async def test_a_site_says_what_nobody_said_or_saw(get: Get, read: Read) -> None:
    missing = {e["what"]: e for e in (await get("/sites/city.json")).json()["missing"]}
    page = read((await get("/sites/city")).text)
    nowhere = read((await get("/sites/nowhere")).text).text

    assert (1, 2, ["undated"]) == tuple(missing["dates"][key] for key in ("n", "of", "ids"))
    assert "looks" not in missing
    assert "Events that no source dates: 1 of 2. A thing nobody dates" in page.text
    for sentence in ("No position is known.", "No source is named for its name and place.",
                     "Nobody says what kind of site it is.", "No source names a country.",
                     "Nobody is recorded as having looked at it."):  # fmt: skip
        assert sentence in nowhere


async def test_every_part_with_a_date_has_a_lane(get: Get, read: Read) -> None:
    page = read((await get("/sites/city")).text)
    events = [e for e in page.all("rect") if e["class"].startswith("bar")]
    looks = [e for e in page.all("circle") if e["class"].startswith("look")]

    assert ["look destroyed"] == [e["class"] for e in looks]
    assert "Seen: destroyed: 27 August 2015" in looks[0].text
    assert any("The blast: about July 2015" in e.text for e in page.all("a") if e["href"])
    assert events


def test_the_states_of_a_site_with_many_events_cost_no_more_than_what_is_stored(
    small: Path,
) -> None:
    from heritage.store.facts.histories import histories

    asked_of: list[str] = []
    with closing(sqlite3.connect(small)) as connection:
        connection.set_trace_callback(asked_of.append)
        histories(connection, ["temple", "cella"], 0)

    assert asked_of
    assert [] == [sql for sql in asked_of if "FROM claims" in sql]


def test_a_leaf_is_a_part_without_parts() -> None:
    parts = [{"id": "a", "part_of": "x"}, {"id": "b", "part_of": "a"}, {"id": "c", "part_of": "x"}]

    assert ["b", "c"] == leaves(parts)


@pytest.mark.parametrize(
    ("on", "day"),
    [(None, "2026-02-03"), ("", "2026-02-03"), ("2015-08-29", "2015-08-29"), ("2015-08", None),
     ("2015-08-29?", "2015-08-29"), ("Y17E8", None)],
)  # fmt: skip
def test_a_date_field_shows_single_days(on: str | None, day: str | None) -> None:
    assert day == asked(on, AS_OF).day


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(SITE_STATES), st.integers(1, 400), min_size=1))
def test_the_bar_is_filled_and_mirrored_from_right_to_left(counts: dict[str, int]) -> None:
    left = shares(counts, mirrored=False)
    right = shares(counts, mirrored=True)
    whole = sum(counts.values())

    for one, other in zip(left, right, strict=True):
        width = 100 * counts[one["state"]] / whole
        assert width == pytest.approx(float(one["width"][:-1]), abs=0.001)
        mirrored = 100 - float(one["x"][:-1]) - width
        assert mirrored == pytest.approx(float(other["x"][:-1]), abs=0.01)
