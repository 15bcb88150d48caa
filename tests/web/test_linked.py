"""What a page tells search engines is what it concludes, and nothing more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from heritage.web.linked import plain_date
from tests.web.conftest import HOSTILE

if TYPE_CHECKING:
    from tests.web.conftest import Get, Read

pytestmark = pytest.mark.anyio


@pytest.fixture
def linked(get: Get, read: Read) -> Any:  # noqa: ANN401 - a function
    """The JSON-LD of a page."""

    async def of(address: str) -> dict[str, Any]:
        page = read((await get(address)).text)
        scripts = [
            e for e in page.all("script") if e.attributes.get("type", "").endswith("ld+json")
        ]
        assert 1 == len(scripts)
        found: dict[str, Any] = json.loads(scripts[0].text)
        return found

    return of


async def test_a_site_is_a_place(linked: Any) -> None:  # noqa: ANN401
    city, temple = await linked("/sites/city"), await linked("/sites/temple")

    assert "https://schema.org" == city["@context"]
    assert "LandmarksOrHistoricalBuildings" == city["@type"]
    assert "http://localhost/sites/city" == city["@id"]
    assert {"@type": "GeoCoordinates", "longitude": 38.25, "latitude": 34.5} == city["geo"]
    assert ["https://whc.unesco.org/en/list/23"] == city["sameAs"]
    assert {"@value": "المدينة القديمة", "@language": "ar", "@direction": "rtl"} in city[
        "alternateName"
    ]
    assert ["http://localhost/sites/temple"] == [part["@id"] for part in city["containsPlace"]]
    assert "http://localhost/sites/city" == temple["containedInPlace"]["@id"]
    assert "geo" not in temple


async def test_an_event_whose_date_is_in_doubt_has_none(linked: Any) -> None:  # noqa: ANN401
    blast = await linked("/events/blast")

    assert "Event" == blast["@type"]
    assert "startDate" not in blast
    assert "July 2015" in blast["description"]
    assert {"The Temple", "The Cella"} == {place["name"] for place in blast["location"]}


async def test_a_source_is_a_work_of_its_kind(linked: Any) -> None:  # noqa: ANN401
    agency, hostile = await linked("/sources/agency"), await linked("/sources/hostile")

    assert ("NewsArticle", "2015-08-24") == (agency["@type"], agency["datePublished"])
    assert ["http://localhost/sources/observatory"] == [each["@id"] for each in agency["isBasedOn"]]
    assert ("CreativeWork", HOSTILE) == (hostile["@type"], hostile["name"])


@pytest.mark.parametrize(
    ("date", "plain"),
    [("2015", "2015"), ("2015-08-23", "2015-08-23"), ("2015~", None), ("2015/2016", None),
     ("[2015,2016]", None), ("-0031", None), ("201X", None), (None, None)],
)  # fmt: skip
def test_only_a_date_that_iso_8601_can_say_is_told(date: str | None, plain: str | None) -> None:
    assert plain == plain_date(date)
