"""Pages say what they may load, and where their other forms are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from heritage.web.headers import links, policy

if TYPE_CHECKING:
    from tests.web.conftest import Get

pytestmark = pytest.mark.anyio


def directives(text: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in text.split("; "))


@pytest.mark.parametrize("address", ["/", "/sites/city", "/events/blast?lang=ar", "/sites/none"])
async def test_every_page_forbids_code_that_stands_in_it(get: Get, address: str) -> None:
    sent = (await get(address)).headers
    found = directives(sent["content-security-policy"])

    assert "'none'" == found["default-src"]
    assert ("'self'", "'self'") == (found["script-src"], found["style-src"])
    assert "unsafe" not in sent["content-security-policy"]
    assert "nosniff" == sent["x-content-type-options"]


@pytest.mark.parametrize(
    ("tiles", "pictures"),
    [
        (None, "'self' data:"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "'self' data: https://*.tiles.example"),
        ("http://localhost:8080/{z}.png", "'self' data: http://localhost:8080"),
        ("https://a; script-src *", "'self' data:"),
        ("https://a,b/{z}", "'self' data:"),
        ("javascript:alert(1)", "'self' data:"),
    ],
)
def test_pictures_come_from_here_and_from_the_tile_server(tiles: str | None, pictures: str) -> None:
    assert pictures == directives(policy(tiles))["img-src"]
    assert directives(policy()).keys() == directives(policy(tiles)).keys()


async def test_a_page_names_its_other_forms_before_it_begins(get: Get) -> None:
    sent = (await get("/sites/city")).headers["link"]

    assert '<http://localhost/sites/city>; rel="canonical"' in sent
    assert '</sites/city.geojson>; rel="alternate"; type="application/geo+json"' in sent
    for part in sent.split(", ")[1:]:
        address, _, type = part.replace('"', "").split("; ")
        response = await get(address.strip("<>"))
        assert 200 == response.status_code
        media = response.headers["content-type"].partition(";")[0]
        assert type.removeprefix("type=") == media


def test_a_page_without_other_forms_has_an_empty_header() -> None:
    assert "" == links(None, [])
