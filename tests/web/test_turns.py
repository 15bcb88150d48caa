"""However many ask for much at once, only a few answers are made and held at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from heritage.web import limits, turns
from heritage.web.compat import queue_of
from heritage.web.limits import Receive, Scope, Send, timely
from heritage.web.turns import PIECE, STREAMS, UNTAKEN, in_turn

if TYPE_CHECKING:
    from tests.web.conftest import Open

pytestmark = pytest.mark.anyio

CHEAP, OTHER = "/cheap", "/other"
MAKING = 2
START = {"type": "http.response.start", "status": 200, "headers": []}


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a moment that has to come."""
    for _ in range(30_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    pytest.fail("it never came")


async def nothing() -> dict[str, Any]:
    """Whoever asks has nothing to tell."""
    return {}


@attrs.define
class Maker:
    """An application that says what it makes, and goes on when it is told to."""

    body: bytes = b"x"
    is_stream: bool = False
    kind: bytes = b"text/csv"
    begun: list[str] = attrs.Factory(list)
    go_on: asyncio.Event = attrs.Factory(asyncio.Event)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.begun.append(scope["path"])
        if scope["path"] == CHEAP:
            await send({**START})
            await send({"type": "http.response.body", "body": b"cheap"})
            return
        if not self.is_stream:
            await self.go_on.wait()
        await send({**START, "headers": [(b"content-type", self.kind)]})
        await send({"type": "http.response.body", "body": self.body, "more_body": self.is_stream})
        if self.is_stream:
            await self.go_on.wait()
            await send({"type": "http.response.body", "body": b""})


@attrs.define
class Reader:
    """Whoever asks, and takes what is sent unless told to wait."""

    messages: list[dict[str, Any]] = attrs.Factory(list)
    takes: asyncio.Event = attrs.Factory(asyncio.Event)
    is_slow: bool = False

    async def __call__(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if self.is_slow and message["type"] == "http.response.body":
            await self.takes.wait()

    @property
    def status(self) -> int | None:
        """What was answered so far."""
        return self.messages[0]["status"] if self.messages else None

    @property
    def body(self) -> bytes:
        """What was sent so far."""
        return b"".join(each.get("body", b"") for each in self.messages)


def ask(
    application: Callable[[Scope, Receive, Send], Awaitable[None]], path: str, reader: Reader
) -> asyncio.Task[None]:
    """A request on its way."""
    scope = {"type": "http", "path": path, "method": "GET", "headers": []}

    async def asked() -> None:
        await application(scope, nothing, reader)

    return asyncio.create_task(asked())


def queue(scope: Scope) -> str | None:
    """Where a request waits."""
    return {CHEAP: None, OTHER: "other"}.get(scope["path"], "costly")


async def test_those_who_wait_in_one_queue_do_not_wait_in_another() -> None:
    maker = Maker()
    application = in_turn(maker, queue, MAKING)
    tasks = [ask(application, f"/{n}", Reader()) for n in range(MAKING + 3)]
    tasks += [ask(application, OTHER, Reader()) for _ in range(MAKING + 3)]
    await until(lambda: len(maker.begun) == 2 * MAKING)
    others = maker.begun.count(OTHER)
    maker.go_on.set()
    await asyncio.gather(*tasks)

    assert MAKING == others


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/", None), ("/sites/city", None), ("/-/static/app.css", None), ("/about", None),
        ("/search", "search"), ("/search.csv", "search"), ("/reconcile", "search"),
        ("/small", "datasette"), ("/small/events.csv", "datasette"), ("/none", "datasette"),
    ],
)  # fmt: skip
async def test_what_may_cost_much_waits_in_a_queue(
    small: Path, opened: Open, path: str, right: str | None
) -> None:
    async with opened(small) as datasette:
        assert right == queue_of(datasette, {"type": "http", "path": path})


async def test_a_few_costly_answers_are_made_at_once_and_cheap_ones_wait_for_none() -> None:
    maker = Maker()
    application = in_turn(maker, queue, MAKING)
    tasks = [ask(application, f"/{n}", Reader()) for n in range(MAKING + 3)]
    await until(lambda: len(maker.begun) == MAKING)
    reader = Reader()
    await ask(application, CHEAP, reader)
    before = len(maker.begun)
    maker.go_on.set()
    await asyncio.gather(*tasks)

    assert b"cheap" == reader.body
    assert MAKING + 1 == before
    assert MAKING + 4 == len(maker.begun)


async def test_what_is_sent_while_it_is_made_leaves_the_turn_to_others() -> None:
    maker = Maker(is_stream=True)
    application = in_turn(maker, queue, MAKING)
    readers = [Reader() for _ in range(STREAMS + MAKING + 1)]
    tasks = [ask(application, f"/{n}", reader) for n, reader in enumerate(readers)]
    await until(lambda: len(maker.begun) == STREAMS + MAKING)
    sent = sum(reader.status == 200 for reader in readers)
    maker.go_on.set()
    await asyncio.gather(*tasks)

    assert STREAMS == sent
    assert {b"x"} == {reader.body for reader in readers}


async def test_a_file_as_it_stands_takes_no_turn_from_anybody() -> None:
    maker = Maker(is_stream=True, kind=b"application/octet-stream")
    application = in_turn(maker, queue, MAKING)
    readers = [Reader() for _ in range(STREAMS + MAKING + 1)]
    tasks = [ask(application, f"/{n}", reader) for n, reader in enumerate(readers)]
    await until(lambda: all(reader.body for reader in readers))
    maker.go_on.set()
    await asyncio.gather(*tasks)


async def test_a_request_that_was_given_up_leaves_its_turn() -> None:
    maker = Maker()
    application = in_turn(maker, queue, MAKING)
    tasks = [ask(application, f"/{n}", Reader()) for n in range(2 * MAKING)]
    await until(lambda: len(maker.begun) == MAKING)
    for task in tasks[:MAKING]:
        task.cancel()
    await until(lambda: len(maker.begun) == 2 * MAKING)
    maker.go_on.set()
    await asyncio.gather(*tasks[MAKING:])


async def test_readers_who_take_nothing_cannot_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "UNTAKEN", 4 * PIECE)
    maker = Maker(body=b"y" * (4 * PIECE))
    maker.go_on.set()
    application = in_turn(maker, queue, MAKING)
    slow, late, cheap, after = Reader(is_slow=True), Reader(), Reader(), Reader()
    task = ask(application, "/slow", slow)
    await until(lambda: len(slow.messages) > 1)
    await ask(application, "/late", late)
    slow.takes.set()
    await task
    await ask(application, "/after", after)
    await ask(application, CHEAP, cheap)

    assert 503 == late.status
    assert b"Try again" in late.body
    assert (200, 200) == (after.status, cheap.status)
    assert maker.body == slow.body == after.body
    assert max(len(each.get("body", b"")) for each in slow.messages) == PIECE
    assert [True, True, True, False] == [each["more_body"] for each in slow.messages[1:]]


async def test_one_answer_alone_may_be_larger_than_all_that_is_held() -> None:
    maker, reader = Maker(body=b"z" * (UNTAKEN + 1)), Reader()
    maker.go_on.set()
    await ask(in_turn(maker, queue, MAKING), "/", reader)

    assert 200 == reader.status


async def test_an_answer_that_its_reader_does_not_take_is_broken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SENDING_SECONDS", 0.05)
    table, file = Maker(is_stream=True), Maker(is_stream=True, kind=b"application/octet-stream")
    await ask(timely(in_turn(table, queue, MAKING)), "/", Reader())
    task = ask(timely(in_turn(file, queue, MAKING)), "/", Reader())
    await asyncio.sleep(0.2)
    is_waiting = not task.done()
    file.go_on.set()
    await task

    assert is_waiting
