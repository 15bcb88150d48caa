"""What is private says so on every page, and answers nobody else."""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from datasette.app import Datasette

import heritage
from heritage import web
from heritage.errors import NotAnEditionError, UsageError
from heritage.model import Name, Site
from heritage.web import passwords
from heritage.web.compat import is_page_of_ours
from heritage.web.private import is_private, told
from heritage.web.routes import ROUTES

if TYPE_CHECKING:
    from tests.web.conftest import Open, Read

pytestmark = pytest.mark.anyio

PAGES = (
    "/", "/?lang=ar", "/sites/city", "/events/blast", "/sources/agency", "/actors/guard",
    "/changes", "/changes/1", "/terms", "/terms/cause", "/terms/cause/explosives", "/about",
    "/search?q=temple", "/search?kind=events", "/sites/none", "/-/", "/small", "/small/sites",
    "/small/sites/city", "/small/none", "/none", "/small?sql=select+1", "/small?sql=nonsense",
    "/-/settings", "/-/plugins", "/-/versions", "/small/sites?_sort=none",
)  # fmt: skip
DATA = (
    "/-/heritage.json", "/sites/city.json", "/small/sites.json", "/small/sites.csv",
    "/changes.atom", "/reconcile", "/search.csv?kind=events", "/about.bib", "/small.db",
    "/-/static/app.css", "/sites", "/sites/whc:23",
)  # fmt: skip
LOGIN = web.Login("samira", "canary-5f1c")
NOTICE = 'class="private-notice"'
ORIGIN = "http://localhost"

Serve = Callable[..., Awaitable[Datasette]]
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def served() -> AsyncIterator[Serve]:
    """Datasette as `heritage serve` runs it; closed afterwards."""
    made: list[Datasette] = []

    async def serve(path: Path, **options: Any) -> Datasette:  # noqa: ANN401 - as `application`
        made.append(web.application(path, **options))
        await made[-1].invoke_startup()
        return made[-1]

    yield serve
    for datasette in made:
        for database in datasette.databases.values():
            database.close()


@pytest.fixture
async def ask(small: Path, served: Serve) -> Ask:
    """Ask the small registry as those who sit at the machine."""
    get: Ask = (await served(small, private=True)).client.get
    return get


@pytest.fixture
def edition(small: Path, tmp_path: Path) -> Path:
    """A public edition of the small registry, by the same name."""
    with heritage.open(small, readonly=True) as registry:
        registry.publish(tmp_path / "small.db")
    return tmp_path / "small.db"


def basic(user: str, password: str) -> dict[str, str]:
    """The header that carries a login."""
    return {"authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


async def test_every_page_says_that_it_is_private(ask: Ask, read: Read) -> None:
    for path in PAGES:
        # The 1.0 line has moved the page of a query, and leads there.
        answer = await ask(path, follow_redirects=True)
        assert answer.headers["content-type"].startswith("text/html"), path
        assert 1 == answer.text.count(NOTICE), path
        assert len(answer.content) == int(answer.headers.get("content-length", len(answer.content)))
        page = read(answer.text)
        notice = next(e for e in page.elements if e.attributes.get("class") == "private-notice")
        said = "خاص" if "lang=ar" in path else "Private"
        assert notice.text.split()[0] == said, path
        # No style of its own: a policy that allows none would take it away.
        assert "style" not in notice.attributes
        sheets = [e["href"] for e in page.all("link") if "private.css" in e["href"]]
        assert 1 == len(sheets), path
        assert 200 == (await ask(sheets[0])).status_code


async def test_every_answer_is_kept_by_nobody(ask: Ask) -> None:
    for path in (*PAGES, *DATA):
        headers = (await ask(path)).headers
        assert "no-store" == headers["cache-control"], path
        assert headers["x-robots-tag"].startswith("noindex"), path
        assert "same-origin" == headers["cross-origin-resource-policy"], path
        assert "access-control-allow-origin" not in headers, path
        assert 1 == len(headers.get_list("cache-control")), path


async def test_a_page_that_has_not_changed_is_answered_without_a_body(ask: Ask) -> None:
    tag = (await ask("/sites/city")).headers["etag"]
    answer = await ask("/sites/city", headers={"if-none-match": tag})

    assert (304, b"") == (answer.status_code, answer.content)


async def test_the_file_cannot_be_taken(ask: Ask) -> None:
    assert (await ask("/small.db")).status_code in {403, 404}


async def test_who_changed_what_and_why_is_told_and_reached_from_each_record(
    ask: Ask, read: Read
) -> None:
    change = (await ask("/changes/1")).text
    assert "n.kassem" in change
    assert "first records" in change
    assert "as_written" in change
    for path in ("/sites/city", "/events/blast", "/sources/agency", "/actors/guard"):
        page = read((await ask(path)).text)
        log = f"/changes?record={path.rpartition('/')[2]}"
        assert log in [e.attributes.get("href") for e in page.all("a")]
        assert "first records" in (await ask(log)).text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8001", "localhost.evil.example", "", "[", "127.0.0.2:1"]
)
async def test_another_name_that_leads_here_is_refused(ask: Ask, host: str) -> None:
    answer = await ask("/sites/city", headers={"host": host})

    assert 421 == answer.status_code
    assert "Old City" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8001", "127.0.0.1:8001", "[::1]:8001"])
async def test_names_of_this_machine_are_answered(ask: Ask, host: str) -> None:
    assert 200 == (await ask("/sites/city", headers={"host": host})).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
async def test_pages_of_other_sites_are_refused(ask: Ask, headers: dict[str, str]) -> None:
    for path in ("/reconcile?callback=f", "/changes.atom", "/sites/city", "/small/sites.json"):
        assert 403 == (await ask(path, headers=headers)).status_code


async def test_a_link_from_elsewhere_and_the_pages_own_scripts_are_answered(ask: Ask) -> None:
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    for headers in (
        followed | {"sec-fetch-dest": "document"},
        {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "origin": ORIGIN},
        {"sec-fetch-site": "none"},
    ):
        assert 200 == (await ask("/sites/city", headers=headers)).status_code


async def test_with_a_login_nothing_is_answered_without_it(
    small: Path, served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "DELAY_SECONDS", 0)
    get = (await served(small, private=True, login=LOGIN)).client.get
    for path in ("/", "/sites/city.json", "/small/sites", "/-/static/app.css", "/none"):
        answer = await get(path)
        assert 401 == answer.status_code
        assert answer.headers["www-authenticate"].startswith('Basic realm="')
        assert "Old City" not in answer.text
        assert "no-store" == answer.headers["cache-control"]
    wrong = await get("/sites/city", headers=basic("samira", "guess"))
    right = await get("/sites/city", headers=basic("samira", "canary-5f1c"))
    # Behind a server that speaks HTTPS it has that server's name.
    named = await get("/", headers=basic("samira", "canary-5f1c") | {"host": "registry.example"})

    assert (401, 200, 200) == (wrong.status_code, right.status_code, named.status_code)
    assert NOTICE in named.text


async def test_a_password_is_on_no_page(small: Path, served: Serve) -> None:
    datasette = await served(small, private=True, login=LOGIN)
    for path in (*PAGES, *DATA, "/-/config.json", "/-/metadata.json", "/-/threads.json"):
        answer = await datasette.client.get(path, headers=basic("samira", "canary-5f1c"))
        assert "canary-5f1c" not in answer.text, path


async def test_nothing_of_it_is_in_a_public_server(
    edition: Path, small: Path, served: Serve
) -> None:
    private, public = await served(small, private=True), await served(edition)
    assert is_private(private)
    assert not is_private(public)
    assert not any("private" in pattern for pattern, _ in ROUTES)
    for path in (*PAGES, *DATA, "/-/metadata.json"):
        answer = await public.client.get(path)
        assert NOTICE not in answer.text, path
        assert "private.css" not in answer.text, path
        assert "no-store" != answer.headers.get("cache-control"), path
        assert "x-robots-tag" not in answer.headers, path
        assert "n.kassem" not in answer.text, path


async def test_only_pages_of_an_edition_are_without_the_notice_in_plain_datasette(
    small: Path, edition: Path, opened: Open, tmp_path: Path
) -> None:
    empty, touched = tmp_path / "empty.db", tmp_path / "touched.db"
    heritage.open(empty, create=True).close()
    shutil.copy(edition, touched)
    with heritage.open(touched) as registry, registry.change(by="n", why="w") as change:
        change.put(Site(id="new", names=[Name(text="Not looked at")]))
    found = {}
    for path in (small, edition, empty, touched):
        async with opened(path) as datasette:
            found[path.parent.name, path.name] = NOTICE in (await datasette.client.get("/")).text

    assert [True, False, True, True] == list(found.values())


async def test_plain_datasette_says_it_on_its_own_pages_too(
    small: Path, edition: Path, opened: Open, tmp_path: Path
) -> None:
    public = Path(shutil.copy(edition, tmp_path / "public.db"))
    async with opened(small, public) as datasette:
        for path in PAGES:
            answer = await datasette.client.get(path, follow_redirects=True)
            # Of two registries the first by name has the pages, and it is not `small`.
            is_private = not is_page_of_ours(datasette, path.partition("?")[0])
            assert int(is_private) == answer.text.count(NOTICE), path
        for path in DATA:
            answer = await datasette.client.get(path)
            is_page = answer.headers.get("content-type", "").startswith("text/html")
            assert is_page == (NOTICE in answer.text), path
            assert "no-store" != answer.headers.get("cache-control"), path
        for path in ("/public", "/public/sites", "/public/sites/city", "/public/none"):
            assert NOTICE not in (await datasette.client.get(path)).text, path


async def test_below_another_address_the_notice_is_there_as_well(small: Path, opened: Open) -> None:
    async with opened(small, settings={"base_url": "/below/"}) as datasette:
        for path in ("/below/", "/below/small/sites", "/below/-/versions", "/below/none"):
            assert 1 == (await datasette.client.get(path)).text.count(NOTICE), path


async def test_the_notice_follows_what_the_file_is_now(edition: Path, opened: Open) -> None:
    async with opened(edition) as datasette:
        before = (await datasette.client.get("/small/sites")).text
        with heritage.open(edition) as registry, registry.change(by="n", why="w") as change:
            change.put(Site(id="new", names=[Name(text="Not looked at")]))
        after = (await datasette.client.get("/small/sites")).text

    assert [0, 1] == [before.count(NOTICE), after.count(NOTICE)]


def test_each_kind_of_file_is_served_in_its_own_way(small: Path, edition: Path) -> None:
    with pytest.raises(NotAnEditionError, match="heritage publish"):
        web.application(small)
    with pytest.raises(UsageError, match="without --private"):
        web.application(edition, private=True)
    with pytest.raises(UsageError, match="for everyone"):
        web.application(edition, login=LOGIN)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - to be refused
def test_what_is_private_is_listened_for_on_this_machine_alone(small: Path, host: str) -> None:
    with pytest.raises(UsageError, match="with a user and a password only"):
        web.serve(small, host, 0, private=True)


async def test_a_registry_never_takes_the_place_of_an_edition(
    small: Path, edition: Path, served: Serve
) -> None:
    datasette = await served(edition)
    assert 200 == (await datasette.client.get("/")).status_code
    other = edition.with_name("other")
    shutil.copy(small, other)
    other.replace(edition)
    answer = await datasette.client.get("/small/changes.json")

    assert 503 == answer.status_code
    assert "n.kassem" not in answer.text


async def test_the_staff_is_told_of_near_spellings_too(small: Path, served: Serve) -> None:
    datasette = await served(small, private=True)
    answer = await datasette.client.get("/search.json?q=tempel")

    assert "temple" == answer.json()["suggestion"]
    with pytest.raises(Exception, match="readonly"):
        await datasette.databases["small"].execute("DELETE FROM names")


async def test_edits_show_and_nothing_can_be_written(small: Path, served: Serve) -> None:
    path = Path(shutil.copy(small, small.with_name("edited.db")))
    datasette = await served(path, private=True)
    assert 404 == (await datasette.client.get("/sites/new")).status_code
    with heritage.open(path) as registry, registry.change(by="n", why="w") as change:
        change.put(Site(id="new", names=[Name(text="Edited City")]))
    assert "Edited City" in (await datasette.client.get("/sites/new")).text

    with pytest.raises(Exception, match="readonly"):
        await datasette.databases["edited"].execute_write("DELETE FROM names")


def test_headers_that_share_are_taken_away() -> None:
    sent = [(b"Access-Control-Allow-Origin", b"*"), (b"Cache-Control", b"max-age=9"), (b"a", b"b")]
    found = dict(told(sent))

    assert (b"b", b"no-store") == (found[b"a"], found[b"cache-control"])
    assert not any(name.lower().startswith(b"access-control") for name in found)
    assert b"Cache-Control" not in found
