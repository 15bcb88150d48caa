"""A reader with a browser: what is seen, followed and asked of the network."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from importlib import resources
from pathlib import Path
from socket import create_server
from typing import Any

import attrs
import pytest

import heritage
from heritage import Name, Site
from tests.palmyra import EVERYTHING, WHO

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
SERVE = (
    "import sys; from heritage import web;"
    " web.serve(sys.argv[1], port=int(sys.argv[2]), private=bool(sys.argv[3]))"
)
ADDRESSES = (
    "/", "/sites/palmyra", "/events/palmyra-baalshamin-2015",
    "/events/palmyra-tetrapylon-2017", "/sources/src-mail-20150918", "/sites/palmyra?on=2015-08-29",
    "/changes", "/changes/1", "/terms", "/terms/site_kind", "/terms/severity/destroyed",
    "/search?country=SY&during=2015", "/about", "/search?q=tadmur", "/sites/none",
)  # fmt: skip
WIDTHS = (360, 1440)
HOSTILE = Site(
    id="hostile",
    names=[
        Name(text="<script>alert(1)</script>"),
        Name(text="abc\u202egnp.exe"),
        Name(text="W" * 90),
    ],
)


@attrs.define
class Reader:
    """A page in a browser, and what went wrong in it."""

    page: Any
    address: str
    faults: list[str] = attrs.Factory(list)

    def open(self, path: str) -> Any:  # noqa: ANN401 - Playwright's own page
        """Open a page, and wait until its map is drawn."""
        self.page.goto(self.address + path, wait_until="load")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until every map is drawn."""
        # By a selector, since a function would be read from a text, which no page allows.
        waiting = self.page.locator("[data-map]:not([data-ready])")
        playwright.expect(waiting).to_have_count(0, timeout=15_000)


Visit = Callable[..., AbstractContextManager[Reader]]


@contextmanager
def serving(path: Path, private: str = "") -> Iterator[str]:
    """The address at which a file is served."""
    with closing(create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-c", SERVE, str(path), str(port), private]
    with subprocess.Popen(command) as process:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(scope="module")
def address(demo: Path) -> Iterator[str]:
    """The address at which the demo is served."""
    with serving(demo / "public.db") as found:
        yield found


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which a registry with one record of every kind is served to the staff."""
    path = tmp_path_factory.mktemp("staff") / "registry.db"
    with heritage.open(path, create=True) as registry, registry.change(**WHO) as change:
        for record in EVERYTHING:
            change.put(record)
        change.put(HOSTILE)
    with serving(path, "private") as found:
        yield found


# Of module scope: a session's Playwright would keep an event loop running under
# every other asynchronous test.
@pytest.fixture(scope="module")
def visit(chromium: str, address: str, staff: str) -> Iterator[Visit]:
    """Open the site in a browser that reaches no other host; faults fail the test."""
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=list(FLAGS))

        @contextmanager
        def visiting(
            width: int = 1440,
            *,
            private: bool = False,
            refused: bool = False,
            **options: Any,  # noqa: ANN401 - Playwright's own
        ) -> Iterator[Reader]:
            context = browser.new_context(viewport={"width": width, "height": 900}, **options)
            reader = Reader(context.new_page(), staff if private else address)

            def pass_own(route: Any) -> None:  # noqa: ANN401 - Playwright's own
                if route.request.url.startswith((reader.address, "data:")):
                    route.continue_()
                else:
                    reader.faults.append(f"asked for {route.request.url}")
                    route.abort()

            reader.page.route("**/*", pass_own)
            reader.page.on("pageerror", lambda error: reader.faults.append(f"error: {error}"))
            reader.page.on(
                "console",
                lambda message: (
                    reader.faults.append(message.text)
                    if "Content Security Policy" in message.text
                    else None
                ),
            )
            reader.page.on(
                "response",
                lambda response: (
                    reader.faults.append(f"{response.status} {response.url}")
                    if response.status >= 400 and not (refused or "/none" in response.url)
                    else None
                ),
            )
            yield reader
            context.close()
            assert [] == reader.faults

        yield visiting
        browser.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_filters_leave_the_first_screen_to_what_is_found(visit: Visit, width: int) -> None:
    with visit(width, java_script_enabled=False) as reader:
        page = reader.page
        page.goto(reader.address + "/search?country=SY&during=2015")
        first = page.locator(".found tbody tr").first.bounding_box()["y"]
        field, fold = page.get_by_role("textbox", name="When"), page.get_by_text("Filter this list")
        seen = field.is_visible(), fold.is_visible()
        if width == 360:
            fold.click()
        field.fill("2016")
        field.press("Enter")
        page.wait_for_url("**during=2016**")
        chips = page.get_by_label("Filters").get_by_role("link").all_inner_texts()

    assert first < 600
    assert {360: (False, True), 1440: (True, False)}[width] == seen
    assert ["Country Syria ✕", "When 2016 ✕", "Remove all filters"] == chips


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_a_page_fits_its_window_in_either_direction(
    visit: Visit, path: str, language: str, width: int
) -> None:
    joint = "&" if "?" in path else "?"
    with visit(width) as reader:
        page = reader.open(f"{path}{joint}lang={language}")
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        direction = page.evaluate("getComputedStyle(document.body).direction")

    assert overflow <= 0
    assert {"en": "ltr", "ar": "rtl"}[language] == direction


def test_data_for_search_engines_is_no_script_and_no_script_of_others_runs(visit: Visit) -> None:
    with visit() as reader:
        page = reader.open("/sites/palmyra")
        data = page.locator("script[type='application/ld+json']").text_content()
        assert "Palmyra" in json.loads(data)["name"]
    with visit() as reader:
        page = reader.open("/sites/palmyra")
        page.evaluate(
            """() => {
                const script = document.createElement('script');
                script.textContent = 'window.ran = true';
                document.body.append(script);
            }"""
        )
        assert page.evaluate("window.ran") is None
        assert "script-src" in reader.faults.pop()


def test_the_map_is_drawn_with_its_sites_on_land(visit: Visit) -> None:
    with visit() as reader:
        page = reader.open("/")
        drawn = page.evaluate(
            """() => {
                const land = document.querySelector('.leaflet-overlay-pane canvas');
                const data = land.getContext('2d').getImageData(0, 0, land.width, land.height).data;
                return data.filter((value, n) => n % 4 === 3 && value > 0).length / data.length * 4;
            }"""
        )
        shown = page.locator(".leaflet-marker-pane .point").count()
        points = page.request.get(reader.address + "/-/heritage.json").json()["points"]
        in_danger = page.locator(".leaflet-marker-pane :is(.mark, .stand-mark).danger").count()

    assert 20 < shown == len(points)
    assert sum(point["in_danger"] for point in points) == in_danger
    assert 0.15 < drawn < 0.85


def test_a_map_without_a_script_is_a_picture(visit: Visit) -> None:
    with visit(java_script_enabled=False) as reader:
        reader.page.goto(reader.address + "/")
        world = reader.page.locator(".world")
        assert world.is_visible()
        assert 20 < reader.page.locator(".world a").count()
        box = world.bounding_box()

    assert box["width"] > 900
    assert box["height"] > 300


def test_a_point_on_the_map_leads_to_its_site(visit: Visit) -> None:
    with visit() as reader:
        page = reader.open("/sites/palmyra-bel")
        page.locator(".leaflet-marker-pane a").click()
        page.wait_for_url("**/sites/palmyra")
        reader.settle()

        assert "Palmyra" in page.locator("h1").inner_text()


def test_a_reader_goes_from_home_to_palmyra_to_an_event_to_a_source(visit: Visit) -> None:
    with visit() as reader:
        page = reader.open("/")
        page.get_by_role("searchbox").fill("Tadmur")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Site of Palmyra").click()
        page.wait_for_url("**/sites/palmyra")
        reader.settle()
        assert page.get_by_text("تدمر", exact=True).first.is_visible()
        page.get_by_role("link", name="Temple of Baalshamin blown up").first.click()
        page.wait_for_url("**/events/palmyra-baalshamin-2015")
        assert 5 < page.locator("table.dated .bar").count()
        source = page.locator(".side.for .from .cite").first
        title = source.inner_text()
        source.click()
        page.wait_for_url("**/sources/*")
        assert title == page.locator("h1").inner_text()


def test_a_slider_moves_through_the_days_and_stays_a_link(visit: Visit) -> None:
    with visit() as reader:
        page = reader.open("/sites/palmyra?on=2015-08-29")
        slider = page.get_by_role("slider")
        before = page.get_by_role("status").inner_text()
        slider.focus()
        page.keyboard.press("Home")
        page.wait_for_url(lambda address: "on=2015-08-29" not in address)
        first = page.locator("#on").input_value()
        after = page.get_by_role("status").inner_text()

        assert "2015" > first
        assert first == slider.get_attribute("aria-valuetext")
        assert before != after
        assert f"on={first}" in page.url
        assert after == reader.open(f"/sites/palmyra?on={first}").get_by_role("status").inner_text()


def test_a_date_can_be_chosen_without_a_script(visit: Visit) -> None:
    with visit(java_script_enabled=False) as reader:
        page = reader.page
        page.goto(reader.address + "/sites/palmyra?lang=ar")
        assert 0 == page.get_by_role("slider").count()
        page.locator("#on").fill("2015-08-29")
        page.locator("form.ask button").click()
        page.wait_for_url("**/sites/palmyra?lang=ar&on=2015-08-29#condition")
        assert "29 آب/أغسطس 2015" in page.get_by_role("status").inner_text()


def test_both_sides_stand_side_by_side_and_on_a_phone_below_each_other(visit: Visit) -> None:
    tops = []
    for width in WIDTHS:
        with visit(width) as reader:
            page = reader.open("/events/palmyra-baalshamin-2015")
            sides = page.locator("section[aria-labelledby=p-date] .side")
            tops.append([sides.nth(n).bounding_box()["y"] for n in range(sides.count())])

    phone, desk = tops
    assert 2 == len(phone) == len(desk)
    assert desk[0] == desk[1]
    assert phone[0] < phone[1]


def test_more_claims_unfold_without_a_script(visit: Visit) -> None:
    with visit(java_script_enabled=False) as reader:
        page = reader.page
        page.goto(reader.address + "/events/palmyra-baalshamin-2015")
        side = page.locator("section[aria-labelledby=p-date] .side.for")
        seen = side.locator(".stand:visible").count()
        side.locator("summary").click()
        assert 5 == seen < side.locator(".stand:visible").count()


def test_the_language_of_a_visit_stays(visit: Visit) -> None:
    with visit() as reader:
        page = reader.open("/sites/palmyra")
        page.get_by_role("link", name="العربية").click()
        page.wait_for_url("**/sites/palmyra?lang=ar")
        reader.settle()
        page.locator(".events a[href*='/events/']:visible").first.click()
        page.wait_for_url("**/events/*?lang=ar")
        assert "rtl" == page.locator("html").get_attribute("dir")


def test_the_first_key_leads_past_the_masthead(visit: Visit) -> None:
    with visit() as reader:
        page = reader.open("/sites/palmyra")
        page.keyboard.press("Tab")
        skip = page.locator(".skip")
        assert skip.evaluate("link => link === document.activeElement")
        assert skip.bounding_box()["y"] >= 0
        page.keyboard.press("Enter")
        assert "content" == page.evaluate("document.activeElement.id")


CONTRAST = """() => {
    const rgb = text => text.match(/[\\d.]+/g).map(Number);
    const gamma = value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const linear = value => gamma(value / 255);
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const ground = element => {
        for (; element; element = element.parentElement) {
            const colour = rgb(getComputedStyle(element).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const faint = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        const element = node.parentElement;
        if (!node.data.trim() || element.closest('svg, .map')) continue;
        const [one, other] = [rgb(getComputedStyle(element).color), ground(element)].map(light);
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (ratio < 4.5) faint.add(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
    }
    return [...faint];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_text_stands_out_from_its_ground(visit: Visit, path: str, scheme: str) -> None:
    with visit(color_scheme=scheme) as reader:
        assert [] == reader.open(path).evaluate(CONTRAST)


AXE = "axe.run(%s, {resultTypes: ['violations', 'passes'], selectors: false})"


def examined(page: Any, within: str = "document") -> list[tuple[str, str, list[str]]]:  # noqa: ANN401
    """What axe finds against a page, or against a part of it."""
    source = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.evaluate(source)
    found = page.evaluate(AXE % within)

    assert len(found["passes"]) > (15 if within == "document" else 1)
    return [
        (fault["id"], fault["impact"], [node["html"] for node in fault["nodes"]])
        for fault in found["violations"]
    ]


LOOKS = [("light", "en", 1440), ("dark", "ar", 360)]
"""How pages are looked at: in which scheme and language, and how wide."""


def spoken(path: str, language: str) -> str:
    """An address in a language."""
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.mark.parametrize(("scheme", "language", "width"), LOOKS)
@pytest.mark.parametrize("path", ADDRESSES)
def test_axe_finds_nothing_against_a_page(
    visit: Visit, path: str, scheme: str, language: str, width: int
) -> None:
    with visit(width, color_scheme=scheme) as reader:
        assert [] == examined(reader.open(spoken(path, language)))


STAFF_ADDRESSES = (
    "/", "/sites/palmyra", "/sites/bel", "/sites/hostile", "/events/blast", "/sources/unosat",
    "/actors/witness-1", "/changes", "/changes/1", "/terms/cause", "/search?q=palmyra",
    "/search?kind=sites", "/search?q=zzz", "/about", "/actors/none",
)  # fmt: skip
"""One page of each type in a registry that is shown to the staff."""


@pytest.mark.parametrize(("scheme", "language", "width"), LOOKS)
@pytest.mark.parametrize("path", STAFF_ADDRESSES)
def test_axe_finds_nothing_against_what_the_staff_sees(
    visit: Visit, path: str, scheme: str, language: str, width: int
) -> None:
    with visit(width, private=True, color_scheme=scheme) as reader:
        page = reader.open(spoken(path, language))
        assert page.get_by_role("complementary").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert [] == page.evaluate(CONTRAST)
        assert [] == examined(page)


@pytest.mark.parametrize(("scheme", "language", "width"), LOOKS)
@pytest.mark.parametrize("path", ["/search?during=soon", "/sites/palmyra?on=soon", "/events/none"])
def test_axe_finds_nothing_against_a_refusal(
    visit: Visit, path: str, scheme: str, language: str, width: int
) -> None:
    with visit(width, refused=True, color_scheme=scheme) as reader:
        assert [] == examined(reader.open(spoken(path, language)))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "path",
    ["/registry/sites", "/registry/claims", "/registry/sites/palmyra", "/registry/disputed_dates",
     "/registry", "/-/versions", "/registry/none"],
)  # fmt: skip
def test_axe_finds_nothing_against_what_is_added_to_pages_of_datasette(
    visit: Visit, path: str, width: int
) -> None:
    with visit(width, private=True, refused=True) as reader:
        page = reader.open(path)
        assert page.locator(".private-notice").is_visible()
        assert [] == examined(page, "'.private-notice'")
        if page.locator("td a[href*='/sites/']").count():
            assert [] == examined(page, "{include: [['td a']]}")


def test_axe_would_find_what_is_wrong(visit: Visit) -> None:
    with visit() as reader:
        page = reader.open("/terms")
        page.evaluate("document.querySelector('label').remove()")
        page.evaluate("document.querySelector('#q').removeAttribute('placeholder')")
        found = examined(page)

    assert "label" in {fault for fault, _, _ in found}
