"""A file that is served to its first pages, made before anybody asks for them.

Once the server listens, and again each time the file has changed and rests, the
pages that most visitors see first are asked for from within, so that they are
kept (`heritage.web.keeping`). Nobody waits for it: it begins after the server
does, gives way between pages, and ends with it. Without a server that tells of
its beginning and end, as in tests, nothing of this happens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from datasette.app import Datasette

from heritage.web import rendering
from heritage.web.keeping import stamp
from heritage.web.replacing import served
from heritage.web.words import LANGUAGES

App = Callable[..., Awaitable[Any]]

ADDRESSES: Final = ("/", "/search?kind=events", "/search?kind=sites", "/search?kind=sources")
"""What is prepared, in each language."""

LOOK_SECONDS: Final = 1.0
"""How often the file is looked at; one that changed is to rest for as long."""

_PAUSE_SECONDS: Final = 0.02


def prepared(datasette: Datasette, app: App) -> App:
    """The same application, which prepares pages from its beginning to its end."""

    async def answer(scope: dict[str, Any], receive: App, send: App) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        tasks: list[asyncio.Task[None]] = []

        async def sending(message: dict[str, Any]) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                tasks.append(asyncio.create_task(_watch(datasette)))

        try:
            await app(scope, receive, sending)
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    return answer


def _state(datasette: Datasette) -> list[object]:
    databases = datasette.databases
    return [stamp(databases[name].path) for name in served(datasette).files if name in databases]


async def _watch(datasette: Datasette) -> None:
    last, done = _state(datasette), None
    while True:
        now = _state(datasette)
        if now == last != done:
            # With the state before the pages are made: what changes meanwhile is made anew.
            done = now
            await prepare(datasette)
        last = now
        await asyncio.sleep(LOOK_SECONDS)


async def prepare(datasette: Datasette) -> None:
    """Make the pages that most visitors see first, where whoever comes may see them."""
    for template in rendering.names(datasette):
        rendering.template(datasette, template)
        await asyncio.sleep(_PAUSE_SECONDS)
    for address in ADDRESSES:
        for language in LANGUAGES:
            joint = "&" if "?" in address else "?"
            asked = address if language == "en" else f"{address}{joint}lang={language}"
            # Whatever fails here is told to whoever asks for it.
            with suppress(Exception):
                answer = await datasette.client.get(asked)
                if answer.status_code != 200:
                    return
            await asyncio.sleep(_PAUSE_SECONDS)
