"""Pages say what is concluded, how firmly, and who is for it and who against."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import closing
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from heritage.model import Claim, Event, Name, Observation, Record, Site, Source
from heritage.store import schema, write
from heritage.store.connection import transaction

if TYPE_CHECKING:
    from tests.web.conftest import Get, Open, Read

pytestmark = pytest.mark.anyio


def said(source: str, property: str, value: str | None, **more: str) -> Claim:
    """A claim on the raid."""
    return Claim(subject="raid", property=property, value=value, source=source, **more)


RECORDS: tuple[Record, ...] = (
    Source(id="lab", title="Satellite note", publisher="Lab", tier=3),
    Source(id="copyist", title="Copied note", publisher="Copyist", relies_on=["lab"]),
    Source(id="paper", title="Morning paper", publisher="Paper", tier=1),
    *(Source(id=f"w{n}", title=f"Witness {n}", publisher=f"W{n}", tier=1) for n in range(7)),
    Site(id="town", names=[Name(text="Town", language="en")]),
    Site(id="gate", names=[Name(text="Gate", language="en")], part_of="town"),
    Site(id="tower", names=[Name(text="Tower", language="en")], part_of="town"),
    Event(id="raid", label="The raid", sites=["gate", "tower"]),
    Event(id="rumour", label="A rumour", sites=["town"]),
    # Disputed, by less weight.
    said("lab", "date", "2015-05-04", as_written="on the fourth"),
    said("paper", "date", "2015-05-06", as_written="on Wednesday", attributed_to="a guard"),
    said("w6", "date", "2015", stance="cannot_determine", as_written="some day that year"),
    # Agreed, while the copy has lost the hedge of its root.
    said("lab", "cause", "explosives", stance="suggests", as_written="probably charges"),
    said("copyist", "cause", "explosives", as_written="charges"),
    # Undecided between two of one weight.
    said("w0", "severity", "severe", site="gate", as_written="badly hurt"),
    said("w1", "severity", "slight", site="gate", as_written="scratched"),
    # More supporters than are shown at first.
    *(said(f"w{n}", "severity", "destroyed", site="tower", as_written="gone") for n in range(7)),
    said("paper", "occurred", "true"),
    # Unsupported: words without a value.
    said("w2", "intent", None, as_written="out of spite"),
    Claim(subject="town", property="condition", value="poor", source="paper"),
    Claim(subject="rumour", property="occurred", value="false", source="w3"),
    # Denied by name.
    Claim(subject="rumour", property="actor", value="The Army", source="w4"),
    Claim(subject="rumour", property="actor", value="The Army", stance="denies", source="w5"),
    Observation(
        site="tower", observed="2015-05-20", state="destroyed", method="satellite", source="w5"
    ),
)  # fmt: skip


@pytest.fixture(scope="session")
def argued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry of the records above."""
    path = tmp_path_factory.mktemp("argued") / "argued.db"
    with closing(schema.create(path)) as connection, transaction(connection):
        change = write.begin_change(connection, at="2026-02-03T04:05:06.000Z", by="n", why="first")
        for record in RECORDS:
            write.put(connection, record)
        write.end_change(connection, change)
    return path


@pytest.fixture
async def ask(argued: Path, opened: Open) -> AsyncIterator[Get]:
    """Ask for a page of that registry."""
    async with opened(argued) as datasette:
        yield datasette.client.get


def section(html: str, property: str) -> str:
    """The part of a page on one property."""
    found = re.search(
        rf'<section class="group" aria-labelledby="p-{property}">.*?</section>', html, re.DOTALL
    )
    assert found is not None, property
    return found[0]


def words(html: str) -> str:
    """The text of some HTML, without data that is embedded in it."""
    html = re.sub(r"<script[ >].*?</script>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_what_is_disputed_has_both_sides_with_weights_and_reasons(ask: Get) -> None:
    html = section((await ask("/events/raid")).text, "date")
    text = words(html)

    assert "When it happened 3 claims from 3 sources 4 May 2015 disputed" in text
    assert "The date is most likely 4 May 2015" in text
    assert "weight 4), 2 more than for 6 May 2015 (weight 2)." in text
    before, _, after = text.partition(" Against 1 ")
    assert "4 May 2015 Asserts weight 3 on the fourth Satellite note Lab says so" in before
    assert "6 May 2015 Asserts weight 1 on Wednesday Morning paper Paper" in after
    assert "2 days away, in the words of a guard · a hard disagreement" in after
    assert "Not counted: 1" in after
    assert "the source says that it cannot tell" in after


async def test_the_windows_of_a_date_are_bars_under_the_concluded_one(ask: Get, read: Read) -> None:
    html = section((await ask("/events/raid")).text, "date")
    bars = [bar["class"] for bar in read(html).all("rect") if bar["class"].startswith("bar")]

    assert ["bar concluded", "bar ", "bar seen", "bar disputed", "bar cannot_determine"] == bars
    assert len(bars) == html.count('class="band"')


async def test_a_hedge_that_a_copy_lost_is_told_in_words(ask: Get) -> None:
    text = words(section((await ask("/events/raid")).text, "cause"))

    assert "Planted explosives agreed The cause is planted explosives: one source says so" in text
    assert "A source states as a fact what the source it goes back to only held likely" in text
    assert "Copied note Copyist says so, goes back to Satellite note" in text


async def test_each_site_has_its_own_conclusion_and_answers_stand_side_by_side(ask: Get) -> None:
    html = section((await ask("/events/raid")).text, "severity")
    text = words(html)
    gate, _, tower = text.partition(" Tower ")

    assert "Gate Severe damage or Slight damage undecided" in gate
    assert "For Severe damage 1 Severe damage Asserts weight 1 badly hurt Witness 0" in gate
    assert "For Slight damage 1 Slight damage Asserts weight 1 scratched Witness 1" in gate
    assert "Destroyed agreed" in tower
    assert "3 more" in tower
    assert "Destroyed Seen 20 May 2015 weight 1" in tower


async def test_who_tells_of_damage_stands_apart_from_who_says_that_it_happened(ask: Get) -> None:
    text = words(section((await ask("/events/raid")).text, "occurred"))
    _, _, said_so = text.partition(" For 1 ")
    said_so, _, implied = said_so.partition(" For, by the damage that they tell of ")

    assert "It happened Asserts weight 1 Morning paper Paper says so" in said_so
    assert "Destroyed" not in said_so
    assert "Severe damage Asserts weight 1 at Gate Witness 0 see the claim tells what it did" in (
        implied
    )
    assert "says so" not in implied


async def test_what_a_site_says_word_for_word_as_the_event_is_told_once(
    demo: Path, opened: Open
) -> None:
    async with opened(demo / "public.db") as datasette:
        page = "/events/palmyra-baalshamin-2015"
        html = (await datasette.client.get(page)).text
        told = (await datasette.client.get(f"{page}.json")).json()["conclusions"]
    sentences = [each["sentence"] for each in told if each["property"] == "date"]

    assert len(sentences) > len(set(sentences))
    for sentence in sentences:
        assert 1 == words(section(html, "date")).count(escape(sentence))


async def test_a_value_leads_to_what_the_term_means(ask: Get, read: Read) -> None:
    page = read(section((await ask("/events/raid?lang=ar")).text, "severity"))
    found = {link["href"] for link in page.all("a") if link.attributes.get("class") == "term"}

    assert {
        "/terms/severity/severe?lang=ar", "/terms/severity/slight?lang=ar",
        "/terms/severity/destroyed?lang=ar", "/terms/state/destroyed?lang=ar",
    } == found  # fmt: skip


async def test_a_value_leads_to_its_term_from_what_a_source_says(ask: Get, read: Read) -> None:
    page = read((await ask("/sources/w0")).text)

    assert {"/terms/severity/severe", "/terms/severity/destroyed"} <= {
        link["href"] for link in page.all("a") if link.attributes.get("class") == "term"
    }


async def test_weights_are_told_in_arabic_where_the_sentence_is_english(ask: Get) -> None:
    text = words(section((await ask("/events/raid?lang=ar")).text, "date"))

    assert "الوزن 4، أي أكثر بـ 2" in text


async def test_a_denial_is_told_as_one(ask: Get, read: Read) -> None:
    page = read((await ask("/events/rumour")).text)

    assert ["a hard disagreement"] == [
        element.text
        for element in page.all("span")
        if element.attributes.get("title") == "a denial of it"
    ]


async def test_what_nothing_supports_says_so_and_keeps_the_words(ask: Get) -> None:
    text = words(section((await ask("/events/raid")).text, "intent"))

    assert "Nothing can be concluded unsupported" in text
    assert "Weight" not in text
    assert "out of spite Witness 2" in text
    assert "only its words are known, and no value" in text


@pytest.mark.parametrize("subject", ["raid", "rumour", "town"])
async def test_no_claim_is_lost_and_each_stands_once_in_full(
    ask: Get, read: Read, subject: str
) -> None:
    room = "sites" if subject == "town" else "events"
    data = (await ask(f"/{room}/{subject}.json")).json()
    html = (await ask(f"/{room}/{subject}")).text
    ids = [element.attributes.get("id") for element in read(html).all("li")]

    assert data["claims"]
    for claim in data["claims"]:
        assert 1 == ids.count(claim["id"])
        assert f'id="{claim["id"]}"' in section(html, claim["property"])


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_links_within_a_page_lead_somewhere(ask: Get, read: Read, language: str) -> None:
    page = read((await ask(f"/events/raid?lang={language}")).text)
    ids = {element.attributes.get("id") for element in page.elements}
    wanted = {link["href"][1:] for link in page.all("a") if link["href"].startswith("#")}

    assert len(wanted) > 5
    assert wanted <= ids


async def test_the_data_of_a_page_has_its_conclusions(ask: Get) -> None:
    event = (await ask("/events/raid.json")).json()
    site = (await ask("/sites/town.json")).json()
    found = {(c["property"], c["site"]): c for c in event["conclusions"]}

    assert ("2015-05-04", "disputed") == tuple(found["date", None][k] for k in ("value", "status"))
    assert ["paper"] == [each["source"] for each in found["date", None]["dissenters"]]
    assert "undecided" == found["severity", "gate"]["status"]
    assert ["poor"] == [each["value"] for each in site["conclusions"]]


async def test_lists_of_events_show_what_is_concluded(ask: Get) -> None:
    for address in ("/", "/sites/town", "/sites/gate"):
        html = (await ask(address)).text
        assert "4 May 2015 · disputed" in words(html), address
        assert "disputed" in re.findall(r'<rect class="bar ?([^"]*?) ?"', html), address


async def test_parts_show_in_which_state_each_of_them_is(ask: Get) -> None:
    text = words((await ask("/sites/town")).text)

    assert re.search(r"Gate [^·]*· Events: 1 damaged ", text)
    assert re.search(r"Tower [^·]*· Events: 1 destroyed ", text)


async def test_an_argument_in_arabic_keeps_english_sentences_apart(ask: Get) -> None:
    html = (await ask("/events/raid?lang=ar")).text
    text = words(html)

    assert '<span lang="en" dir="ltr">The date is most likely 4 May 2015' in html
    assert "مختلف فيه" in text
    assert "المخالفون" in text
    ours = words(re.sub(r'<span lang="en" dir="ltr">.*?</span>', "", html))
    for english in ("weight", "says so", "disputed", "Against", "days away", "Several"):
        assert english not in ours, english


async def test_more_claims_than_a_page_shows_are_listed_under_what_is_stored(
    ask: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("heritage.web.pages.event"), "CLAIMS", 8)
    response = await ask("/events/raid")
    text = words(section(response.text, "cause"))

    assert re.search("8 of [0-9]+ are shown. All of them as a table", words(response.text))
    assert "Planted explosives agreed" in text
    assert "Claims without a place in a conclusion" in text
