"""A curator's spreadsheet of names is matched as the Reconciliation Service API 0.2 has it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest

from heritage.web.queries.of_spelling import SOUGHT

if TYPE_CHECKING:
    from datasette.app import Datasette

    from tests.web.conftest import Open

pytestmark = pytest.mark.anyio

Plain = dict[str, Any]
FOREIGN = {"origin": "https://openrefine.example", "sec-fetch-site": "cross-site"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def site(demo: Path, opened: Open) -> AsyncIterator[Datasette]:
    """The public demo."""
    async with opened(demo / "public.db") as datasette:
        yield datasette


async def posted(site: Datasette, **fields: object) -> Any:  # noqa: ANN401 - an answer
    """The answer to a form that a page of another host posted."""
    body = urlencode({name: json.dumps(value) for name, value in fields.items()})
    return await site.client.post(
        "/reconcile", content=body, headers={**FORM, **FOREIGN, "cookie": "ds_actor=x"}
    )


def assert_result(batch: Plain) -> None:
    """What the specification's schema of a result batch demands."""
    for answer in batch.values():
        for each in answer["result"]:
            assert isinstance(each["id"], str)
            assert each["id"]
            assert isinstance(each["name"], str)
            assert isinstance(each["score"], float)
            assert isinstance(each["match"], bool)
            assert isinstance(each["description"], str)
            for kind in each["type"]:
                assert {"id", "name"} == kind.keys()


async def test_the_manifest_says_what_there_is_and_where(site: Datasette) -> None:
    answer = await site.client.get("/reconcile")
    told = answer.json()

    assert "*" == answer.headers["access-control-allow-origin"]
    assert ["0.2"] == told["versions"]
    assert {"name", "identifierSpace", "schemaSpace", "view", "preview"} <= told.keys()
    assert "{{id}}" in told["view"]["url"]
    assert "{{id}}" in told["preview"]["url"]
    assert {"site", "event", "source"} == {kind["id"] for kind in told["defaultTypes"]}
    services = [*told["suggest"].values(), told["extend"]["propose_properties"]]
    for service in services:
        address = service["service_url"] + service["service_path"]
        path = address.split("localhost", 1)[-1]
        assert 200 == (await site.client.get(f"{path}?prefix=pal")).status_code


async def test_a_batch_is_answered_query_by_query(site: Datasette) -> None:
    """The queries are those of the specification's examples, about monuments."""
    queries = {
        "q0": {"query": "Site of Palmyra", "type": "site", "limit": 5, "type_strict": "should"},
        "q1": {"query": "تدمر"},
        "q2": {"query": "alepo citadel", "type": ["site", "event"]},
        "q3": {"query": "Site of Palmyra", "properties": [{"pid": "country", "v": "IQ"}]},
        "q4": {"properties": [{"pid": "whc", "v": "23"}]},
        "q5": {"query": "qqqq zzzz"},
        "q6": {"query": "Palmyra", "type": "http://www.wikidata.org/entity/Q5"},
    }
    answer = await posted(site, queries=queries)
    found = answer.json()

    assert 200 == answer.status_code
    assert "*" == answer.headers["access-control-allow-origin"]
    assert queries.keys() == found.keys()
    assert_result(found)
    first = {key: (each["result"] or [{}])[0] for key, each in found.items()}
    assert ("palmyra", True) == (first["q0"]["id"], first["q0"]["match"])
    assert len(found["q0"]["result"]) <= 5
    assert "palmyra" == first["q1"]["id"]
    assert "aleppo-citadel" in [each["id"] for each in found["q2"]["result"]]
    assert not any(each["match"] for each in found["q3"]["result"] if each["id"] == "palmyra")
    assert ("palmyra", 100.0, True) == (
        first["q4"]["id"],
        first["q4"]["score"],
        first["q4"]["match"],
    )
    assert [] == found["q5"]["result"] == found["q6"]["result"]


async def test_a_batch_by_get_is_the_same(site: Datasette) -> None:
    queries = {"q0": {"query": "Aleppo"}}
    by_get = await site.client.get(f"/reconcile?queries={quote(json.dumps(queries))}")

    assert (await posted(site, queries=queries)).json() == by_get.json()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"queries": {"q0": {}}}, 400),
        ({"queries": {"q0": {"query": ""}}}, 400),
        ({"queries": {"q0": []}}, 400),
        ({"queries": [1]}, 400),
        ({"queries": {"q0": {"query": "a", "limit": "x"}}}, 400),
        ({"queries": {"q0": {"query": "a", "properties": [1]}}}, 400),
        ({"queries": {f"q{n}": {"query": "a"} for n in range(51)}}, 413),
        ({"queries": {"q0": {"query": "x" * 1_100_000}}}, 413),
        ({"extend": {"ids": 7}}, 200),
        ({"other": 1}, 400),
    ],
)
async def test_what_is_no_query_is_refused(site: Datasette, fields: Plain, status: int) -> None:
    answer = await posted(site, **fields)

    assert status == answer.status_code
    assert "*" == answer.headers["access-control-allow-origin"]
    assert ("error" in answer.json()) == (status != 200)


async def test_a_preflight_is_answered(site: Datasette) -> None:
    answer = await site.client.request("OPTIONS", "/reconcile", headers=FOREIGN)

    assert 204 == answer.status_code
    assert "POST" in answer.headers["access-control-allow-methods"]


async def test_entities_types_and_properties_are_suggested(site: Datasette) -> None:
    async def suggested(what: str, prefix: str) -> list[str]:
        answer = await site.client.get(f"/reconcile/suggest/{what}?prefix={quote(prefix)}")
        return [each["id"] for each in answer.json()["result"]]

    assert "palmyra" in await suggested("entity", "palm")
    assert ["event"] == await suggested("type", "eve")
    assert "country" in await suggested("property", "count")
    assert [] == await suggested("entity", "")


async def test_an_id_has_a_page_and_a_preview(site: Datasette) -> None:
    view = await site.client.get("/reconcile/view/palmyra")
    preview = await site.client.get("/reconcile/preview/palmyra?lang=ar")

    assert (302, "/sites/palmyra") == (view.status_code, view.headers["location"])
    assert "تدمر" in preview.text
    assert 404 == (await site.client.get("/reconcile/preview/none")).status_code


@pytest.mark.parametrize("kind", ["event", "source"])
async def test_whatever_can_be_matched_has_a_preview(site: Datasette, kind: str) -> None:
    query = {"q0": {"query": "Palmyra", "type": kind, "limit": 1}}
    (found,) = (await posted(site, queries=query)).json()["q0"]["result"]
    preview = await site.client.get(f"/reconcile/preview/{found['id']}")

    assert 200 == preview.status_code
    assert escape(found["name"], quote=True) in preview.text
    assert 404 == (await site.client.get("/reconcile/view/site:none")).status_code


async def test_columns_are_taken_over(site: Datasette) -> None:
    wanted = {
        "ids": ["palmyra", "palmyra-bel-2015", "none"],
        "properties": [{"id": "country"}, {"id": "latitude"}, {"id": "severity"}, {"id": "no"}],
    }
    found = (await posted(site, extend=wanted)).json()

    assert ["country", "latitude", "severity"] == [each["id"] for each in found["meta"]]
    assert [{"str": "SY"}] == found["rows"]["palmyra"]["country"]
    assert [34] == [int(each["float"]) for each in found["rows"]["palmyra"]["latitude"]]
    assert {"str": "destroyed"} in found["rows"]["palmyra-bel-2015"]["severity"]
    assert {"country": [], "latitude": [], "severity": []} == found["rows"]["none"]
    proposed = (await site.client.get("/reconcile/properties?type=event&limit=3")).json()
    assert ("event", 3) == (proposed["type"], len(proposed["properties"]))


async def test_a_post_from_elsewhere_is_taken_nowhere_else(site: Datasette) -> None:
    answer = await site.client.post("/-/logout", headers={**FORM, **FOREIGN, "cookie": "a=b"})

    assert answer.status_code in (302, 403, 404, 405)


@pytest.mark.parametrize(
    ("queries", "status"),
    [
        ('{"q": {"query": "Palmyra", "limit": -Infinity}}', 200),
        ('{"q": {"query": "Palmyra", "limit": NaN}}', 200),
        ('{"q": {"query": "Palmyra", "limit": ' + "9" * 4000 + "}}", 200),
        ('{"\\ud800": {"query": "Palmyra"}}', 400),
        ('{"q": {"query": "\\ud800"}}', 400),
        ('{"q": {"query": ' + "[" * 5000 + "]" * 5000 + "}}", 400),
    ],
)
async def test_json_that_no_answer_can_hold_is_refused(
    site: Datasette, queries: str, status: int
) -> None:
    body = urlencode({"queries": queries})
    answer = await site.client.post("/reconcile", content=body, headers=FORM)

    assert status == answer.status_code
    assert answer.json()


async def test_near_spellings_are_sought_for_so_many_words_of_a_request(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[str] = []

    def nearest(_: object, word: str) -> None:
        sought.append(word)

    monkeypatch.setattr("heritage.web.queries.of_spelling._nearest", nearest)
    queries = {f"q{n}": {"query": f"zzyx{n} zzyxagain"} for n in range(50)}
    answer = await posted(site, queries=queries)

    assert 200 == answer.status_code
    assert 50 == len(answer.json())
    assert SOUGHT == len(sought) == len(set(sought))
