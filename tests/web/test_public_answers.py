"""No answer of a server of the public edition tells what is not public."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from datasette import handle_exception
from datasette.app import Datasette

import heritage
from heritage.publish import default_policy
from heritage.web import compat
from heritage.web.page import FORMS
from heritage.web.routes import ROUTES
from tests.publish.canaries import (
    IDS,
    ONCE_AT,
    RESTRICTED_AT,
    WITHHELD_AT,
    WORDS,
    Planted,
    fill,
    id_of,
    leaks,
    plainly,
    word,
)
from tests.web import asking
from tests.web.asking import Question

if TYPE_CHECKING:
    from tests.web.conftest import Open

pytestmark = [
    pytest.mark.anyio,
    # Datasette leaves off the other facets once it has refused one.
    pytest.mark.filterwarnings("ignore:coroutine '.*facet.*' was never awaited:RuntimeWarning"),
]

LINK = re.compile(r"""(?:href|src|action)=["']([^"'#]+)""")
MOST_PAGES = 120
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    """A registry full of secrets, and the secrets."""
    path = tmp_path_factory.mktemp("answers") / "registry.db"
    return path, fill(path)


@pytest.fixture(scope="module")
def edition(registry: tuple[Path, Planted]) -> Path:
    """The public edition of that registry."""
    path = registry[0].with_name("public.db")
    with heritage.open(registry[0], readonly=True) as opened:
        opened.publish(path)
    return path


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print no traceback of what is refused, as `heritage serve` prints none."""
    monkeypatch.setattr(handle_exception, "rich", None)


def patterns_of(datasette: Datasette) -> list[str]:
    """The patterns of Datasette's own addresses."""
    return [getattr(pattern, "pattern", pattern) for pattern, _ in compat.own_routes(datasette)]


def questions(datasette: Datasette, path: Path) -> list[Question]:
    """Every question to a file."""
    found = [*asking.ours(path), *asking.datasettes(path, patterns_of(datasette))]
    return list(dict.fromkeys(found))


def links(text: str) -> Iterator[str]:
    """Links of a page within the site, without those that only sort or fold a table anew."""
    for found in LINK.findall(text):
        target = urlsplit(html.unescape(found))
        is_static = "/-/static" in target.path
        if target.scheme or target.netloc or is_static or not target.path.startswith("/"):
            continue
        if re.search(r"(^|&)_(sort|sort_desc|facet|next|trace|hide_sql)", target.query):
            continue
        yield target.path + (f"?{target.query}" if target.query else "")


async def answer(datasette: Datasette, question: Question) -> Any:  # noqa: ANN401
    """What a server answers."""
    if question.sent is None:
        return await datasette.client.get(question.address)
    return await datasette.client.post(question.address, content=question.sent, headers=FORM)


async def heard(datasette: Datasette, path: Path, most: int) -> AsyncIterator[bytes]:
    """Everything that a server answers to every question, and on some pages it links to."""
    waiting = questions(datasette, path)
    seen = set(waiting)
    followed = 0
    while waiting:
        asked = waiting.pop()
        found = await answer(datasette, asked)
        assert found.status_code < 500, asked
        yield repr(found.headers.raw).encode()
        yield found.content
        if "text/html" not in found.headers.get("content-type", ""):
            continue
        for question in map(Question, links(found.text)):
            if question not in seen and followed < most:
                followed += 1
                seen.add(question)
                waiting.insert(0, question)


async def all_of(datasette: Datasette, path: Path, most: int) -> bytes:
    """The same, each answer once."""
    return b"\n".join(dict.fromkeys([each async for each in heard(datasette, path, most)]))


async def test_no_answer_tells_a_secret(
    registry: tuple[Path, Planted], edition: Path, opened: Open
) -> None:
    async with opened(edition) as datasette:
        found = await all_of(datasette, edition, MOST_PAGES)

    assert b"A source that is not named" in found
    assert b"no such column" in found
    assert set() == leaks(found, registry[1])


async def test_the_same_questions_to_the_registry_tell_the_secrets(
    registry: tuple[Path, Planted], opened: Open
) -> None:
    path, secrets = registry
    async with opened(path) as datasette:
        found = leaks(await all_of(datasette, path, 10), plainly(secrets))

    # Hashes are bytes, of which Datasette shows those alone that it is asked for one by one.
    assert set(secrets) - {"hashes of the log"} == found


def listed(pattern: str) -> dict[str, tuple[str | None, ...]]:
    """The parts of an address that its pattern lists, each with all that may stand there."""
    parts: dict[str, tuple[str | None, ...]] = {}
    for name, inside in re.findall(r"\(\?P<(\w+)>([\w.\\\\|-]+)\)", pattern):
        is_optional = rf"(\.(?P<{name}>{inside}))?" in pattern
        some = inside.replace("\\", "").split("|")
        parts[name] = (*some, None) if is_optional else tuple(some)
    return parts


Form = tuple[str, tuple[str | None, ...]]
"""The pattern of an address, and what stands in the parts that it lists."""


def forms_of(pattern: str) -> set[Form]:
    """Every form of an address."""
    return {(pattern, values) for values in itertools.product(*listed(pattern).values())}


def form_of(datasette: Datasette, path: str) -> Form:
    """The pattern that answers a path, and in which form."""
    for pattern, _ in datasette._routes():
        found = pattern.match(path)
        if found:
            return pattern.pattern, tuple(found.group(name) for name in listed(pattern.pattern))
    return "", ()


async def test_every_address_is_asked_for_in_every_form(edition: Path, opened: Open) -> None:
    async with opened(edition) as datasette:
        paths = {each.path for each in questions(datasette, edition)}
        asked = {form_of(datasette, path) for path in paths}
        theirs = {form for pattern in patterns_of(datasette) for form in forms_of(pattern)}
    ours = {form for pattern, _ in ROUTES for form in forms_of(pattern)}

    assert {*FORMS, None} <= {part for _, parts in ours for part in parts}
    assert set() == ours - asked
    # At `/` this plugin answers, wherever a registry is open.
    assert {"/"} >= {re.sub(r"\W*\(.*", "", pattern) or "/" for pattern, _ in theirs - asked}


async def test_every_address_of_ours_answers_some_question(edition: Path, opened: Open) -> None:
    async with opened(edition) as datasette:
        told = set()
        for question in asking.ours(edition):
            pattern, _ = form_of(datasette, question.path)
            if pattern not in told and (await answer(datasette, question)).status_code < 400:
                told.add(pattern)

    # The 1.0 line has a page of its own there, and answers first.
    assert {pattern for pattern, _ in ROUTES} - told <= ({"/-/$"} if compat.IS_V1 else set())


CORE = slice(-16, None)
"""The letters of a canary that no other text has."""
SPOKEN = re.compile(rb'[0-9.]+ ?ms\b|"query_ms": ?[0-9.]+')
"""How long an answer took."""


def without(text: str, found: Any) -> tuple[int, bytes, bytes]:  # noqa: ANN401 - an answer
    """An answer without the text that was asked for, which it may repeat."""
    headers = [(name, value) for name, value in found.headers.raw if name.lower() != b"etag"]
    told = [repr(sorted(headers)).encode(), found.content]
    core = text[CORE].encode()
    said, body = (SPOKEN.sub(b"", each.lower().replace(core, b"?")) for each in told)
    return found.status_code, said, body


Ask = Callable[[str, Path], Iterator[Question]]


async def differing(
    datasette: Datasette, path: Path, ask: Ask, texts: Iterable[str], unknown: str
) -> set[str]:
    """Questions that are answered otherwise for a text than for one that stands nowhere."""
    nonsense = [
        without(unknown, await answer(datasette, question)) for question in ask(unknown, path)
    ]
    found = set()
    for text in texts:
        for question, expected in zip(ask(text, path), nonsense, strict=True):
            if expected != without(text, await answer(datasette, question)):
                found.add(question.path.replace(text, "?"))
    return found


async def told_apart(datasette: Datasette, path: Path, every: int = 1) -> set[str]:
    """Questions by which somebody learns that one of so many secrets is one."""
    ids = [id_of(where) for where in IDS if where.endswith(" id")][::every]
    words = [word(where) for where in WORDS][::every]
    return {
        *await differing(datasette, path, asking.about, ids, id_of("nothing at all")),
        *await differing(datasette, path, asking.after, words, word("nothing at all")),
    }


async def test_who_asks_for_a_secret_is_told_what_is_told_of_nonsense(
    registry: tuple[Path, Planted], edition: Path, opened: Open
) -> None:
    async with opened(edition) as datasette:
        assert set() == await told_apart(datasette, edition)


async def test_the_same_questions_tell_the_secrets_of_a_registry(
    registry: tuple[Path, Planted], opened: Open
) -> None:
    async with opened(registry[0]) as datasette:
        found = await told_apart(datasette, registry[0], every=3)

    assert {"/sources/?", "/sources/?.json", "/search", "/reconcile", "/changes.json",
            "/reconcile/suggest/entity", "/registry/sources"} <= found  # fmt: skip


def boxes(longitude: float, latitude: float) -> Iterator[Question]:
    """What is said to lie within a small box around a position."""
    ends = (longitude - 1e-4, latitude - 1e-4, longitude + 1e-4, latitude + 1e-4)
    box = ",".join(f"{end:.6f}" for end in ends)
    for kind, ending in itertools.product(("events", "sites"), (".csv", ".geojson")):
        yield asking.ask(f"/search{ending}", kind=kind, within=box)


async def within(datasette: Datasette, position: tuple[float, float]) -> list[bytes]:
    """What a server answers about a small box around a position."""
    found: list[bytes] = [
        (await answer(datasette, question)).content for question in boxes(*position)
    ]
    return found


async def test_no_box_however_small_tells_where_in_its_square_something_is(
    registry: tuple[Path, Planted], edition: Path, opened: Open
) -> None:
    nowhere = (-30.5, -40.5)
    async with opened(edition) as public, opened(registry[0]) as private:
        for position in (RESTRICTED_AT, ONCE_AT):
            square = default_policy().grid.square(*position)
            corner = (square.west + 0.001, square.south + 0.001)
            assert await within(public, position) == await within(public, corner)
            assert await within(private, position) != await within(private, corner)
            assert await within(private, corner) == await within(private, nowhere)
        assert await within(public, WITHHELD_AT) == await within(public, nowhere)
        assert await within(private, WITHHELD_AT) != await within(private, nowhere)
