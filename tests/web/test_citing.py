"""A page can be cited: in words, in BibTeX and in CSL-JSON, with the moment of its state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.web.citing import Citation, escaped
from heritage.web.words import Words

if TYPE_CHECKING:
    from tests.web.conftest import Get, Read

pytestmark = pytest.mark.anyio

RAID = Citation(
    title="The {raid} & 50 %",
    registry="Heritage registry",
    url="https://a.example/events/raid",
    moment="2026-02-03T04:05:06.000Z",
)


def test_a_citation_tells_the_state_that_it_is_of() -> None:
    assert (
        "“The {raid} & 50 %”. Heritage registry, state of 3 February 2026."
        " https://a.example/events/raid"
    ).replace("State", "state") == RAID.text(Words("en")).replace("State", "state")
    assert "3 شباط/فبراير 2026" in RAID.text(Words("ar"))


def test_bibtex_takes_every_character_as_it_is_meant() -> None:
    bibtex = RAID.bibtex()

    assert bibtex.startswith("@misc{heritage-events-raid-2026-02-03,\n")
    assert r"title = {{The \{raid\} \& 50 \%}}," in bibtex
    assert "year = {2026}," in bibtex
    assert bibtex.endswith("\n}\n")


@settings(max_examples=60)
@given(st.text())
def test_no_title_breaks_out_of_its_field(title: str) -> None:
    bare = re.sub(r"\\[{}]", "", escaped(title).replace(r"\textbackslash{}", ""))
    bare = bare.replace(r"\textasciitilde{}", "").replace(r"\textasciicircum{}", "")

    assert not set("{}%#$&_~^") & set(re.sub(r"\\[#$%&_]", "", bare))


async def test_pages_of_records_cite_themselves_with_an_address_that_stays(
    get: Get, read: Read
) -> None:
    for address, title in (
        ("/sites/city", "Old City"),
        ("/events/blast", "The blast"),
        ("/sources/agency", "Temple gone, agency says"),
    ):
        page = read((await get(f"{address}?lang=ar")).text)
        stays = f"http://localhost{address}"
        canonical = [e["href"] for e in page.all("link") if e.attributes.get("rel") == "canonical"]
        csl = (await get(f"{address}.csl.json")).json()
        bibtex = await get(f"{address}.bib")

        assert [stays] == canonical
        assert f"«{title}»" in page.text
        assert [(title, stays, [[2026, 2, 3]])] == [
            (item["title"], item["URL"], item["issued"]["date-parts"]) for item in csl
        ]
        assert (200, True) == (bibtex.status_code, f"url = {{{stays}}}" in bibtex.text)
        assert stays == (await get(f"{address}.json")).json()["citation"]["url"]


async def test_what_has_no_page_has_no_citation(get: Get) -> None:
    for ending in (".bib", ".csl.json", ".geojson"):
        assert 404 == (await get(f"/sites/none{ending}")).status_code
    assert 404 == (await get("/sources/agency.geojson")).status_code
